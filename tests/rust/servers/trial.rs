//! The servers do what the tests that use them rely on.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use postgres::{Client, NoTls};

use super::{Database, PgBouncer, Postgres, Redis, redis, script};
use crate::process::{environment, until};

fn one(url: &str, sql: &str) -> String {
    let mut client = Client::connect(url, NoTls).unwrap();
    client.query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn a_postgres_that_was_killed_or_stopped_comes_back_with_what_was_committed() {
    let Some(mut server) = Postgres::start_with(&[("work_mem", "7MB")]) else {
        return;
    };
    let url = server.create("mine");
    let mut client = Client::connect(&url, NoTls).unwrap();
    assert_eq!(one(&url, "SHOW work_mem"), "7MB");
    client
        .batch_execute("CREATE TABLE kept (what TEXT)")
        .unwrap();
    for word in ["first", "second"] {
        Client::connect(&url, NoTls)
            .and_then(|mut client| client.execute("INSERT INTO kept VALUES ($1)", &[&word]))
            .unwrap();
        match word {
            "first" => server.kill(),
            _ => server.stop(),
        }
        assert!(Client::connect(&url, NoTls).is_err(), "it is away");
        server.start_again();
    }
    assert!(client.simple_query("SELECT 1").is_err(), "it was cut off");
    let kept = one(&url, "SELECT string_agg(what, ' ' ORDER BY what) FROM kept");
    assert_eq!(kept, "first second");
    assert!(server.log().contains("database system is ready"));
    let socket = format!(".s.PGSQL.{}", server.port());
    assert!(UnixStream::connect(server.socket_folder().join(socket)).is_ok());
}

#[test]
fn a_frozen_postgres_answers_once_it_goes_on_and_backends_can_be_ended() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.create("mine");
    let mut client = Client::connect(&url, NoTls).unwrap();
    server.freeze();
    let (say, said) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(|| say.send(client.simple_query("SELECT 1").is_ok()).unwrap());
        let early = said.recv_timeout(Duration::from_millis(300));
        assert!(early.is_err(), "it answered though it stands still");
        server.thaw();
        assert!(said.recv().unwrap());
    });
    assert_eq!(server.terminate_backends("mine"), 1);
    until("the connection is cut", || {
        client.simple_query("SELECT 1").is_err()
    });
}

#[test]
fn each_database_of_the_shared_server_is_of_one_test() {
    let (Some(one), Some(other)) = (Database::empty(), Database::empty()) else {
        return;
    };
    let mut client = one.connect();
    client.batch_execute("CREATE TABLE mine (n INT)").unwrap();
    assert!(other.connect().batch_execute("SELECT * FROM mine").is_err());
    drop(client);
    let copy = Database::like(one.name()).unwrap();
    copy.connect().batch_execute("SELECT * FROM mine").unwrap();
    let url = other.url();
    drop(other);
    assert!(Client::connect(&url, NoTls).is_err(), "it is dropped");
}

#[test]
fn the_pooler_lends_a_connection_for_one_transaction() {
    let Some(database) = Database::empty() else {
        return;
    };
    let Some(mut pooler) = PgBouncer::before(database.port()) else {
        return;
    };
    let url = pooler.url(database.name());
    let mut clients: Vec<_> = (0..20)
        .map(|_| Client::connect(&url, NoTls).unwrap())
        .collect();
    let backends = clients.iter_mut().map(|client| {
        let rows = client.simple_query("SELECT pg_backend_pid()").unwrap();
        let pid = rows.iter().find_map(|row| match row {
            postgres::SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        });
        pid.unwrap()
    });
    let backends: std::collections::HashSet<_> = backends.collect();
    assert!(backends.len() <= 5, "{backends:?} for 20 clients");
    pooler.order("RECONNECT");
    pooler.kill();
    assert!(Client::connect(&url, NoTls).is_err(), "it is away");
    pooler.start_again();
    assert!(Client::connect(&url, NoTls).is_ok());
}

#[test]
fn a_redis_that_was_killed_comes_back_empty_and_a_stopped_one_with_what_it_saves() {
    let Some(mut server) = Redis::start_with(&[("databases", "3"), ("appendonly", "yes")]) else {
        return;
    };
    assert!(server.url().ends_with("/0"));
    assert!(UnixStream::connect(server.socket()).is_ok());
    assert!(
        server.order("SELECT 3").starts_with("-ERR"),
        "as configured"
    );
    assert_eq!(server.order("SET kept 1"), "+OK");
    server.stop();
    server.start_again();
    assert_eq!(server.order("EXISTS kept"), ":1");
    let Some(mut forgetful) = Redis::start() else {
        return;
    };
    assert_eq!(forgetful.order("SET kept 1"), "+OK");
    forgetful.kill();
    forgetful.start_again();
    assert_eq!(forgetful.order("EXISTS kept"), ":0");
    forgetful.freeze();
    forgetful.thaw();
    assert_eq!(forgetful.order("PING"), "+PONG");
    assert!(redis::shared().unwrap().starts_with("redis://"));
}

/// Starts a Redis, says where, and waits to be killed.
#[test]
fn starter() {
    if environment::<u8>("FLOORJOBS_TEST_STARTER").is_none() {
        return;
    }
    let server = Redis::start().unwrap();
    println!("\nstarted {} {}", server.port(), server.socket().display());
    std::thread::sleep(crate::process::LONG);
}

#[test]
fn no_server_outlives_who_started_it() {
    if !super::is_here(&["redis-server", "valkey-server"]) {
        return;
    }
    let mut starter = crate::process::again("servers::trial::starter")
        .env("FLOORJOBS_TEST_STARTER", "1")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let said = BufReader::new(starter.stdout.take().unwrap()).lines();
    let words = said.map(|line| line.unwrap());
    let line = words
        .into_iter()
        .find_map(|line| line.strip_prefix("started ").map(str::to_owned))
        .unwrap();
    let (port, socket) = line.split_once(' ').unwrap();
    starter.kill().unwrap();
    starter.wait().unwrap();
    let port: u16 = port.parse().unwrap();
    let folder = Path::new(socket).parent().unwrap();
    until("the port is free", || {
        TcpListener::bind(("127.0.0.1", port)).is_ok()
    });
    until("the folder is gone", || !folder.exists());
}

#[test]
fn a_server_whose_keeper_is_killed_dies_too() {
    if !super::is_here(&["redis-server", "valkey-server"]) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut keeper = Command::new(script("keep.sh"))
        .arg(folder.path())
        .args(["sleep", "600"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pid = String::new();
    let mut said = BufReader::new(keeper.stdout.take().unwrap());
    said.read_line(&mut pid).unwrap();
    let status = format!("/proc/{}/stat", pid.trim());
    // By then it has asked the kernel for its end.
    until("the server runs", || {
        std::fs::read_to_string(&status).is_ok_and(|stat| stat.contains("(sleep)"))
    });
    keeper.kill().unwrap();
    keeper.wait().unwrap();
    until("the server is gone", || {
        std::fs::read_to_string(&status).map_or(true, |stat| stat.contains(") Z"))
    });
}
