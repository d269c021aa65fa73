//! How much a PostgreSQL URL asks of a connection's encryption, before a server that encrypts and
//! has nothing to say but who may come in.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use floorjobs_core::ErrorKind;
use floorjobs_core::repository::{PostgresOptions, PostgresRepository, PostgresUrl};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, Stream};

fn file(name: &str) -> PathBuf {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/tls");
    PathBuf::from(folder).join(name)
}

/// The words with which everybody is turned away; they tell how they were carried.
const ENCRYPTED: &str = "turned away in secret";
const PLAIN: &str = "turned away aloud";

/// Starts a server whose certificate is for `localhost`; returns its port.
fn doorman(encrypts: bool) -> u16 {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_file(file("server.pem")).unwrap()],
            PrivateKeyDer::from_pem_file(file("server.key")).unwrap(),
        );
    let config = Arc::new(config.unwrap());
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        for client in listener.incoming() {
            let (mut client, config) = (client.unwrap(), Arc::clone(&config));
            // Who does not like the certificate leaves in the middle.
            thread::spawn(move || serve(&mut client, config, encrypts));
        }
    });
    port
}

fn serve(
    client: &mut (impl Read + Write),
    config: Arc<ServerConfig>,
    encrypts: bool,
) -> std::io::Result<()> {
    let mut first = message(client)?;
    // The number by which a client asks for encryption.
    if first == 80_877_103_u32.to_be_bytes() {
        client.write_all(if encrypts { b"S" } else { b"N" })?;
        if encrypts {
            let mut secret = ServerConnection::new(config).map_err(std::io::Error::other)?;
            let mut stream = Stream::new(&mut secret, client);
            message(&mut stream)?;
            return turn_away(&mut stream, ENCRYPTED);
        }
        first = message(client)?;
    }
    assert!(first.starts_with(&196_608_u32.to_be_bytes()), "a start");
    turn_away(client, PLAIN)
}

/// A message that begins with its length, as the first ones do.
fn message(client: &mut impl Read) -> std::io::Result<Vec<u8>> {
    let mut length = [0; 4];
    client.read_exact(&mut length)?;
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    client.read_exact(&mut body)?;
    Ok(body)
}

fn turn_away(client: &mut impl Write, words: &str) -> std::io::Result<()> {
    let body = format!("SFATAL\0C28000\0M{words}\0\0");
    let length = u32::try_from(body.len() + 4).unwrap().to_be_bytes();
    client.write_all(&[b"E", &length[..], body.as_bytes()].concat())?;
    client.flush()
}

/// What becomes of a connection: the error, with its causes.
fn outcome(port: u16, host: &str, options: &str) -> String {
    let url = format!("postgresql://me:secret@{host}:{port}/jobs?{options}");
    let url = PostgresUrl::parse(&url).unwrap();
    let refused = PostgresRepository::open(&url, PostgresOptions::default()).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::Unavailable);
    refused.chain()
}

#[test]
fn a_connection_is_encrypted_and_its_certificate_checked_as_the_url_says() {
    let port = doorman(true);
    let ours = format!("sslrootcert={}", file("ours.pem").display());
    let theirs = format!("sslrootcert={}", file("theirs.pem").display());
    for (host, options) in [
        ("127.0.0.1", String::new()),
        ("127.0.0.1", "sslmode=require".to_owned()),
        ("127.0.0.1", format!("sslmode=verify-ca&{ours}")),
        ("localhost", format!("sslmode=verify-full&{ours}")),
    ] {
        let outcome = outcome(port, host, &options);
        assert!(outcome.contains(ENCRYPTED), "{options}: {outcome}");
    }
    for (host, options) in [
        ("127.0.0.1", format!("sslmode=verify-full&{ours}")),
        ("localhost", format!("sslmode=verify-full&{theirs}")),
        ("localhost", format!("sslmode=verify-ca&{theirs}")),
    ] {
        let outcome = outcome(port, host, &options);
        assert!(outcome.contains("certificate"), "{options}: {outcome}");
    }
    let missing = outcome(
        port,
        "localhost",
        "sslmode=verify-full&sslrootcert=%2Fno%2Fsuch.pem",
    );
    assert!(missing.contains("cannot read `/no/such.pem`"), "{missing}");
    assert!(outcome(port, "127.0.0.1", "sslmode=disable").contains(PLAIN));
}

#[test]
fn a_server_that_does_not_encrypt_is_refused_where_that_is_asked_for() {
    let port = doorman(false);
    assert!(outcome(port, "127.0.0.1", "sslmode=prefer").contains(PLAIN));
    let refused = outcome(port, "127.0.0.1", "sslmode=require");
    assert!(refused.contains("does not support TLS"), "{refused}");
}
