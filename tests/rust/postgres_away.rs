//! A PostgreSQL server that restarts, throws clients out, has no room, or stops in mid-sentence.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use floorjobs_core::clock::{Clock, SystemClock};
use floorjobs_core::job::{JobId, NewJob, QueueName, Status};
use floorjobs_core::repository::{
    Enqueue, PostgresOptions, PostgresRepository, PostgresUrl, Repository,
};
use floorjobs_core::settings::{Overrides, Settings};
use floorjobs_core::{Client, ErrorKind};

use crate::servers::Postgres;

fn request() -> Enqueue {
    Enqueue {
        id: JobId::generate(SystemClock.now()),
        job: NewJob::new("work").unwrap(),
        default_queue: QueueName::default_queue(),
        payload_ref: None,
        floorplan: None,
    }
}

fn enqueue(repository: &PostgresRepository) -> floorjobs_core::Result<JobId> {
    Ok(repository.enqueue(&[request()])?.remove(0).job.id)
}

fn open(url: &str) -> PostgresRepository {
    let url = PostgresUrl::parse(url).unwrap();
    PostgresRepository::migrate(&url).unwrap();
    PostgresRepository::open(&url, PostgresOptions::default()).unwrap()
}

#[test]
fn a_connection_that_was_lost_at_rest_is_replaced_before_anything_is_sent() {
    let Some(mut server) = Postgres::start() else {
        return;
    };
    let url = server.create("jobs");
    let repository = open(&url);
    let first = enqueue(&repository).unwrap();
    assert!(server.terminate_backends("jobs") > 0);
    let second = enqueue(&repository).unwrap();
    server.stop();
    server.start_again();
    let third = enqueue(&repository).unwrap();
    server.kill();
    server.start_again();
    for id in [first, second, third] {
        assert_eq!(repository.get(id).unwrap().status, Status::Queued);
    }
}

#[test]
fn a_server_that_is_away_is_unavailable_and_used_again_once_it_is_back() {
    let Some(mut server) = Postgres::start() else {
        return;
    };
    let repository = open(&server.create("jobs"));
    server.stop();
    let refused = enqueue(&repository).unwrap_err();
    assert_eq!(
        refused.kind(),
        ErrorKind::Unavailable,
        "{}",
        refused.chain()
    );
    assert!(repository.check_health().is_err());
    server.start_again();
    enqueue(&repository).unwrap();
}

#[test]
fn a_transaction_that_is_cut_off_before_its_commit_is_tried_again() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.create("jobs");
    let repository = open(&url);
    let id = enqueue(&repository).unwrap();
    let mut other = postgres::Client::connect(&url, postgres::NoTls).unwrap();
    other
        .batch_execute("BEGIN; SELECT * FROM floorjobs.jobs FOR UPDATE")
        .unwrap();
    let mut watcher = postgres::Client::connect(&server.url("postgres"), postgres::NoTls).unwrap();
    thread::scope(|scope| {
        let cancelling = scope.spawn(|| repository.cancel(id));
        let waits = "SELECT count(*) FROM pg_stat_activity
             WHERE datname = 'jobs' AND wait_event_type = 'Lock'";
        while watcher.query_one(waits, &[]).unwrap().get::<_, i64>(0) == 0 {
            thread::yield_now();
        }
        assert_eq!(server.terminate_backends("jobs"), 2);
        let cancelled = cancelling.join().unwrap().unwrap();
        assert_eq!(cancelled.status, Status::Cancelled);
    });
}

#[test]
fn a_server_without_room_is_asked_again() {
    let Some(server) = Postgres::start_with(&[("max_connections", "12")]) else {
        return;
    };
    let url = server.create("jobs");
    // One that has no connection yet.
    open(&url);
    let parsed = PostgresUrl::parse(&url).unwrap();
    let mut taken = Vec::new();
    // Sessions that are ending may still make room.
    let full = loop {
        while let Ok(client) = postgres::Client::connect(&url, postgres::NoTls) {
            taken.push(client);
        }
        if let Err(full) = PostgresRepository::open(&parsed, PostgresOptions::default()) {
            break full;
        }
    };
    assert_eq!(full.kind(), ErrorKind::Unavailable, "{}", full.chain());
    thread::scope(|scope| {
        let opening = scope.spawn(|| PostgresRepository::open(&parsed, PostgresOptions::default()));
        drop(taken);
        enqueue(&opening.join().unwrap().unwrap()).unwrap();
    });
}

#[test]
fn no_more_connections_are_opened_than_allowed_and_all_callers_get_their_turn() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let url = server.create("jobs");
    open(&url);
    let options = PostgresOptions {
        connections: 2,
        ..PostgresOptions::default()
    };
    let parsed = PostgresUrl::parse(&url).unwrap();
    let repository = PostgresRepository::open(&parsed, options).unwrap();
    thread::scope(|scope| {
        let callers: Vec<_> = (0..16)
            .map(|_| scope.spawn(|| enqueue(&repository)))
            .collect();
        for caller in callers {
            caller.join().unwrap().unwrap();
        }
    });
    let mut watcher = postgres::Client::connect(&server.url("postgres"), postgres::NoTls).unwrap();
    let counted = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'jobs'";
    let open_now: i64 = watcher.query_one(counted, &[]).unwrap().get(0);
    assert!((1..=2).contains(&open_now), "{open_now} connections");
}

/// Stands between a client and a server, and can swallow the answer to a commit.
struct Wiretap {
    port: u16,
    swallows: Arc<AtomicBool>,
    swallowed: Arc<Mutex<usize>>,
}

impl Wiretap {
    fn before(port: u16) -> Wiretap {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let tap = Wiretap {
            port: listener.local_addr().unwrap().port(),
            swallows: Arc::default(),
            swallowed: Arc::default(),
        };
        let (swallows, swallowed) = (Arc::clone(&tap.swallows), Arc::clone(&tap.swallowed));
        thread::spawn(move || {
            for client in listener.incoming() {
                let server = TcpStream::connect(("127.0.0.1", port)).unwrap();
                let (swallows, swallowed) = (Arc::clone(&swallows), Arc::clone(&swallowed));
                thread::spawn(move || carry(client.unwrap(), server, &swallows, &swallowed));
            }
        });
        tap
    }
}

/// Carries bytes both ways until one side ends or an answer is swallowed.
fn carry(
    mut client: TcpStream,
    mut server: TcpStream,
    swallows: &AtomicBool,
    swallowed: &Mutex<usize>,
) {
    let (mut from_server, mut to_client) =
        (server.try_clone().unwrap(), client.try_clone().unwrap());
    let cut = Arc::new(AtomicBool::new(false));
    let is_cut = Arc::clone(&cut);
    let answers = thread::spawn(move || {
        let mut bytes = [0; 8192];
        while let Ok(read @ 1..) = from_server.read(&mut bytes) {
            let is_cut = is_cut.load(Ordering::SeqCst);
            if !is_cut && to_client.write_all(&bytes[..read]).is_err() {
                break;
            }
            // The whole answer, to the end of the commit, has been given, and is lost.
            if is_cut && bytes[..read].windows(7).any(|part| part == b"COMMIT\0") {
                break;
            }
        }
        let _ = to_client.shutdown(Shutdown::Both);
    });
    let mut bytes = [0; 8192];
    while let Ok(read @ 1..) = client.read(&mut bytes) {
        let commits = bytes[..read].windows(7).any(|part| part == b"COMMIT\0");
        if commits && swallows.swap(false, Ordering::SeqCst) {
            cut.store(true, Ordering::SeqCst);
            *swallowed.lock().unwrap() += 1;
        }
        if server.write_all(&bytes[..read]).is_err() {
            break;
        }
    }
    let _ = server.shutdown(Shutdown::Both);
    answers.join().unwrap();
}

#[test]
fn a_commit_whose_answer_is_lost_is_not_repeated_and_a_client_finds_out() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let direct = open(&server.create("jobs"));
    let tap = Wiretap::before(server.port());
    let tapped = server
        .url("jobs")
        .replace(&format!(":{}", server.port()), &format!(":{}", tap.port));
    let url = PostgresUrl::parse(&tapped).unwrap();
    let repository = PostgresRepository::open(&url, PostgresOptions::default()).unwrap();
    let request = request();
    tap.swallows.store(true, Ordering::SeqCst);
    let lost = repository
        .enqueue(std::slice::from_ref(&request))
        .unwrap_err();
    assert_eq!(lost.kind(), ErrorKind::Unavailable);
    assert_eq!(*tap.swallowed.lock().unwrap(), 1);
    assert_eq!(direct.get(request.id).unwrap().attempt, 0);

    let folder = tempfile::tempdir().unwrap();
    let settings = Settings::load(&Overrides {
        database_url: Some(tapped),
        blobs_url: Some(format!("file:{}", folder.path().display())),
        ..Overrides::default()
    });
    let client = Client::connect(&settings.unwrap()).unwrap();
    tap.swallows.store(true, Ordering::SeqCst);
    let job = client.enqueue(NewJob::new("work").unwrap()).unwrap();
    assert_eq!(*tap.swallowed.lock().unwrap(), 2);
    assert_eq!(direct.get(job.id).unwrap(), job);
    // A reading may be repeated, and is.
    tap.swallows.store(true, Ordering::SeqCst);
    assert_eq!(client.get(job.id).unwrap(), job);
    assert_eq!(*tap.swallowed.lock().unwrap(), 3);
}

#[test]
fn a_child_of_a_fork_opens_connections_of_its_own_and_leaves_those_of_its_parent_alone() {
    let Some(server) = Postgres::start() else {
        return;
    };
    let repository = open(&server.create("jobs"));
    let parents = enqueue(&repository).unwrap();
    let mut watcher = postgres::Client::connect(&server.url("postgres"), postgres::NoTls).unwrap();
    let pids = "SELECT array_agg(pid ORDER BY pid) FROM pg_stat_activity WHERE datname = 'jobs'";
    let before: Vec<i32> = watcher.query_one(pids, &[]).unwrap().get(0);
    let code = fork_and_wait(|| {
        let is_there = repository.get(parents).is_ok();
        i32::from(is_there && enqueue(&repository).is_ok())
    });
    assert_eq!(code, 1);
    enqueue(&repository).unwrap();
    let after: Vec<i32> = watcher.query_one(pids, &[]).unwrap().get(0);
    assert!(
        before.iter().all(|pid| after.contains(pid)),
        "{before:?} {after:?}"
    );
}

#[allow(unsafe_code)]
fn fork_and_wait(in_child: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the child calls only code that allocates (which glibc keeps usable after a fork) and
    // takes locks that the hooks manage, then `_exit`.
    unsafe {
        let pid = libc::fork();
        assert!(pid >= 0, "fork failed");
        if pid == 0 {
            // A child that hangs is killed, which fails the test.
            libc::alarm(60);
            libc::_exit(in_child());
        }
        let mut status = 0;
        assert_eq!(libc::waitpid(pid, &mut status, 0), pid);
        assert!(libc::WIFEXITED(status), "the child was killed");
        libc::WEXITSTATUS(status)
    }
}
