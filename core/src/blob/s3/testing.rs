//! A server that answers as a test tells it to, and remembers what it was asked.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use super::ObjectStore;
use crate::settings::AwsEnvironment;

/// The moment of every answer that sets no other.
pub(super) const DATE: &str = "Tue, 24 Nov 2026 12:00:00 GMT";

/// A request as it came.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) method: String,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// What the server does with a request.
pub(super) enum Reply {
    /// Answers with a status, headers and a body.
    Says(u16, Vec<(&'static str, String)>, Vec<u8>),
    /// Announces a body of this length, and breaks off after a part of it.
    BreaksOff(usize, Vec<(&'static str, String)>, Vec<u8>),
    /// Closes the connection without an answer.
    HangsUp,
}

pub(super) struct Server {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    is_over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Asked {
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap()
    }

    /// A parameter of the query, undecoded.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.target.split_once('?')?;
        let mut pairs = query.split('&').map(|pair| pair.split_once('=').unwrap());
        pairs
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    pub(super) fn is_list(&self) -> bool {
        self.query("list-type").is_some()
    }
}

impl Reply {
    pub(super) fn status(status: u16) -> Reply {
        Reply::Says(status, Vec::new(), Vec::new())
    }

    pub(super) fn text(status: u16, text: impl Into<String>) -> Reply {
        Reply::Says(status, Vec::new(), text.into().into_bytes())
    }

    pub(super) fn error(status: u16, code: &str) -> Reply {
        Reply::text(
            status,
            format!(
                "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>why</Message></Error>"
            ),
        )
    }

    /// What HEAD says of an object.
    pub(super) fn object(size: usize, modified: &str) -> Reply {
        let headers = vec![
            ("content-length", size.to_string()),
            ("last-modified", modified.to_owned()),
        ];
        Reply::Says(200, headers, Vec::new())
    }

    /// A listing of keys, each with when it was written.
    pub(super) fn listing(objects: &[(&str, &str)]) -> Reply {
        let contents: String = objects
            .iter()
            .map(|(key, modified)| {
                format!(
                    "<Contents><Key>{key}</Key><LastModified>{modified}</LastModified>\
                     <Size>1</Size></Contents>"
                )
            })
            .collect();
        Reply::text(
            200,
            format!(
                "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
                 <IsTruncated>false</IsTruncated>{contents}</ListBucketResult>"
            ),
        )
    }
}

impl Server {
    pub(super) fn start(answer: impl FnMut(&Asked) -> Reply + Send + 'static) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let is_over = Arc::new(AtomicBool::new(false));
        let answer = Arc::new(Mutex::new(answer));
        let (log, over) = (Arc::clone(&asked), Arc::clone(&is_over));
        let thread = std::thread::spawn(move || {
            for stream in listener.incoming() {
                if over.load(Ordering::SeqCst) {
                    return;
                }
                let (answer, log) = (Arc::clone(&answer), Arc::clone(&log));
                let stream = stream.unwrap();
                std::thread::spawn(move || serve(&stream, &answer, &log));
            }
        });
        Server {
            address,
            asked,
            is_over,
            thread: Some(thread),
        }
    }

    pub(super) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What was asked since the last call of this.
    pub(super) fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }

    /// A store in the bucket `plans` of this server, below `here`.
    pub(super) fn store(&self) -> ObjectStore {
        let environment = AwsEnvironment::with(&[
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE"),
            ("AWS_SECRET_ACCESS_KEY", "wJalrSECRET"),
        ]);
        self.store_with(&environment)
    }

    pub(super) fn store_with(&self, environment: &AwsEnvironment) -> ObjectStore {
        let url = format!("s3://plans/here?endpoint={}", self.url());
        let store = ObjectStore::open(&url, environment).unwrap();
        ObjectStore {
            bucket: store.bucket.hasty(),
            ..store
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::SeqCst);
        let _ = TcpStream::connect(self.address);
        let ended = self.thread.take().unwrap().join();
        if !std::thread::panicking() {
            ended.unwrap();
        }
    }
}

fn serve<F: FnMut(&Asked) -> Reply>(
    stream: &TcpStream,
    answer: &Mutex<F>,
    log: &Mutex<Vec<Asked>>,
) {
    let mut reader = BufReader::new(stream);
    while let Some(asked) = read_request(&mut reader) {
        log.lock().unwrap().push(asked.clone());
        let reply = (answer.lock().unwrap())(&asked);
        let (status, headers, length, body) = match reply {
            Reply::Says(status, headers, body) => (status, headers, body.len(), body),
            Reply::BreaksOff(length, headers, body) => (200, headers, length, body),
            Reply::HangsUp => break,
        };
        let mut head = format!("HTTP/1.1 {status} Said\r\n");
        if !headers.iter().any(|(name, _)| *name == "date") {
            head.push_str(&format!("date: {DATE}\r\n"));
        }
        if !headers.iter().any(|(name, _)| *name == "content-length") && status != 204 {
            head.push_str(&format!("content-length: {length}\r\n"));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str("\r\n");
        let mut stream = stream;
        if stream.write_all(head.as_bytes()).is_err() || stream.write_all(&body).is_err() {
            break;
        }
        if body.len() < length {
            break;
        }
    }
    let _ = stream.shutdown(Shutdown::Both);
}

fn read_request(reader: &mut BufReader<&TcpStream>) -> Option<Asked> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, target) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |n| n.parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Asked {
        method,
        target,
        headers,
        body,
    })
}
