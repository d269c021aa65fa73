//! An object store that keeps everything in memory and believes all keys: moto's imitation of S3.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use super::is_here;
use super::server::{Server, listens};
use crate::process::environment;

/// The address of a server that several processes share.
const SHARED: &str = "FLOORJOBS_TEST_S3_URL";

/// A bucket of the test's own in a store that tests share.
pub(crate) struct Bucket {
    port: u16,
    name: String,
}

impl Bucket {
    /// Makes one; `None` if there is no store here and the test is to be skipped.
    pub(crate) fn new() -> Option<Bucket> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let bucket = Bucket {
            port: shared()?,
            name: format!("plans-{}-{number}", std::process::id()),
        };
        bucket.ask("PUT", "", b"");
        Some(bucket)
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Sends a request for something in the bucket as the store's administrator; returns the body
    /// of the answer.
    pub(crate) fn ask(&self, method: &str, rest: &str, body: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port)).unwrap();
        let head = format!(
            "{method} /{}{rest} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\
             authorization: AWS4-HMAC-SHA256 Credential=admin/20260101/us-east-1/s3/aws4_request\r\n\
             content-length: {}\r\n\r\n",
            self.name,
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(body).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .unwrap();
        let head = String::from_utf8_lossy(&answer[..end]).into_owned();
        assert!(head.starts_with("HTTP/1.1 2"), "{method} {rest}: {head}");
        answer.split_off(end + 4)
    }
}

/// The port of the store that tests share.
fn shared() -> Option<u16> {
    static OWN: OnceLock<Option<Server>> = OnceLock::new();
    if let Some(url) = environment::<String>(SHARED) {
        return Some(url.rsplit(':').next()?.parse().unwrap());
    }
    let start = || is_here(&["moto_server"]).then(|| Server::start("moto.sh", &[], listens));
    Some(OWN.get_or_init(start).as_ref()?.port)
}
