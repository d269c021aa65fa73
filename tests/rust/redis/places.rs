//! Where Redis may be, and as whom one comes to it.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

use super::{Party, Running, client, work};
use crate::process::{again, environment, until};
use crate::servers::Redis;

#[test]
fn a_unix_socket_will_do() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&format!("unix://{}?db=3", redis.socket().display()));
    let worker = Running::hearing(&party.client, &["work"]);
    let job = party.enqueue();
    party.until_done(&[job]);
    // It leaves the group, and what it has written is in the database that was named.
    drop(worker);
    assert!(redis.order("INFO keyspace").starts_with('$'));
}

#[test]
fn a_user_with_few_rights_is_enough_and_a_wrong_password_is_told_and_not_shown() {
    let Some(redis) = Redis::start() else { return };
    let rules = "ACL SETUSER app on >s3cret ~{fj:* resetchannels -@all +xadd +xreadgroup +xack +xdel \
                 +xautoclaim +xgroup|create +xgroup|delconsumer +xinfo|consumers +multi +exec +select";
    assert_eq!(redis.order(rules), "+OK");
    assert_eq!(redis.order("ACL SETUSER default off"), "+OK");
    let port = redis.port();
    let party = Party::new(&format!("redis://app:s3cret@127.0.0.1:{port}/0"));
    let _worker = Running::hearing(&party.client, &["work"]);
    let job = party.enqueue();
    party.until_done(&[job]);

    let wrong = Party::new(&format!("redis://app:wr0ng@127.0.0.1:{port}/0"));
    let worker = Running::start(&wrong.client, &["work"], super::options());
    let mut reason = worker.until_mode("degraded").unwrap();
    while reason == "not connected yet" {
        reason = worker.until_mode("degraded").unwrap();
    }
    assert!(reason.contains("WRONGPASS"), "{reason}");
    assert!(!reason.contains("wr0ng"), "{reason}");
    let job = wrong.enqueue();
    wrong.until_done(&[job]);
    until("the worker is noted as degraded", || {
        let workers = wrong.client.workers().unwrap();
        workers
            .iter()
            .any(|row| row.transport == format!("degraded: {reason}"))
    });
    let metrics = wrong.client.metrics().unwrap();
    assert!(
        metrics.contains("floorjobs_workers_hearing{transport=\"degraded\"} 1.0"),
        "{metrics}"
    );
    let findings = wrong.client.doctor();
    let redis = findings
        .iter()
        .find(|finding| finding.name == "redis")
        .unwrap();
    assert!(redis.message.contains("WRONGPASS"), "{redis:?}");
    assert!(!redis.message.contains("wr0ng"));
}

#[test]
fn two_databases_on_one_redis_do_not_wake_each_other() {
    let Some(redis) = Redis::start() else { return };
    let (one, other) = (Party::new(&redis.url()), Party::new(&redis.url()));
    assert_ne!(one.stream(), other.stream());
    let _worker = Running::hearing(&one.client, &["work"]);
    other.enqueue();
    let job = one.enqueue();
    one.until_done(&[job]);
    let theirs = format!("XLEN {}", other.stream());
    until("the other's hint waits for the other's worker", || {
        redis.order(&theirs) == ":1"
    });
}

const CERTIFICATE: &str = "FLOORJOBS_TEST_REDIS_TLS";

#[test]
fn tls_is_spoken_and_the_certificate_checked() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (key, certificate) = (path("key.pem"), path("cert.pem"));
    if !certify(folder.path()) {
        println!("SKIPPED: no openssl here");
        return;
    }
    // The server may be another user's.
    for (path, mode) in [(folder.path(), 0o755), (&key, 0o644)] {
        std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }
    let Some(redis) = Redis::start() else { return };
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    drop(free);
    let orders = [
        "CONFIG SET tls-auth-clients no".to_owned(),
        format!(
            "CONFIG SET tls-cert-file {} tls-key-file {}",
            certificate.display(),
            key.display()
        ),
        format!("CONFIG SET tls-port {port}"),
    ];
    for order in orders {
        let answer = redis.order(&order);
        if answer != "+OK" {
            println!("SKIPPED: this Redis speaks no TLS: {answer}");
            return;
        }
    }
    let play = |trusted: bool, host: &str| {
        let mut command = again("redis::places::tls_client");
        command.env(CERTIFICATE, format!("rediss://{host}:{port}/0"));
        command.env(
            "SSL_CERT_FILE",
            path(if trusted { "ca.pem" } else { "none.pem" }),
        );
        command.env("SSL_CERT_DIR", folder.path().join("empty"));
        command.status().unwrap().success()
    };
    assert!(play(true, "localhost"));
    assert!(play(true, "127.0.0.1"));
    assert!(
        !play(false, "localhost"),
        "a certificate that nobody vouches for"
    );
}

/// Makes an authority and what it certifies: the keys and certificates of a server here.
fn certify(folder: &Path) -> bool {
    let names = "subjectAltName=DNS:localhost,IP:127.0.0.1";
    std::fs::write(folder.join("names"), names).unwrap();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    let steps = [
        format!("req -x509 {key} -days 2 -subj /CN=authority -keyout ca.key -out ca.pem"),
        format!("req {key} -subj /CN=localhost -keyout key.pem -out request"),
        "x509 -req -in request -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names \
         -out cert.pem"
            .to_owned(),
    ];
    steps.iter().all(|step| {
        let mut command = Command::new("openssl");
        command.args(step.split_whitespace()).current_dir(folder);
        command.output().is_ok_and(|output| output.status.success())
    })
}

/// Plays the client of the test above, with certificates of its own.
#[test]
fn tls_client() {
    let Some(url) = environment::<String>(CERTIFICATE) else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let client = client(folder.path(), &url);
    let publisher = client.announcer().publisher().unwrap();
    for _ in 0..1_000 {
        client.enqueue(work()).unwrap();
        if publisher.tally().written > 3 && publisher.trouble().is_none() {
            let party = Party::new(&url);
            let _worker = Running::hearing(&party.client, &["work"]);
            let job = party.enqueue();
            party.until_done(&[job]);
            return;
        }
    }
    panic!("{:?}", publisher.trouble());
}
