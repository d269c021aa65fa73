//! What Redis can suffer: no enqueue fails, no job waits for more than a poll.

use std::net::{Ipv4Addr, TcpListener};
use std::time::Duration;

use super::{Party, Running, client, options, work};
use crate::process::until;
use crate::servers::{Proxy, Redis};

#[test]
fn a_flush_while_a_worker_blocks_loses_nothing_and_is_noticed_at_once() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&redis.url());
    let _worker = Running::hearing(&party.client, &["work"]);
    for _ in 0..3 {
        // Its hint is lost with the stream, or was never written.
        let job = party.enqueue_silently();
        assert_eq!(redis.order("FLUSHALL"), "+OK");
        party.until_done(&[job]);
        let job = party.enqueue();
        party.until_done(&[job]);
    }
}

#[test]
fn a_redis_that_comes_back_empty_is_used_again() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let party = Party::new(&redis.url());
    let worker = Running::hearing(&party.client, &["work"]);
    redis.kill();
    worker.until_mode("degraded");
    let jobs = [(); 3].map(|()| party.enqueue());
    party.until_done(&jobs);
    redis.start_again();
    worker.until_mode("redis");
    // Until the client looks again its hints are left out, and no poll comes here: the first that
    // is written leads to all of them.
    let mut jobs = Vec::new();
    until("the client uses it again", || {
        jobs.push(party.enqueue());
        party.trouble().is_none()
    });
    party.until_done(&jobs);
    let stream = party.stream();
    until("every hint was used", || {
        redis.order(&format!("XLEN {stream}")) == ":0"
    });
}

#[test]
fn jobs_of_a_client_with_the_wrong_database_are_found_by_the_poll() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&redis.url());
    let mut often = options();
    often.poll = Duration::from_millis(300);
    let worker = Running::start(&party.client, &["work"], often);
    worker.until_mode("redis");
    let elsewhere = redis.url().replace("/0", "/1");
    let wrong = client(party.folder.path(), &elsewhere);
    let jobs = [(); 5].map(|()| wrong.enqueue(work()).unwrap().id);
    party.until_done(&jobs);
}

/// Enqueues until the client leaves Redis alone, and twenty more.
fn enqueues_are_not_held_up(party: &Party, what: &str) {
    let publisher = party.client.announcer().publisher().unwrap();
    let before = publisher.tally();
    let mut count = 20;
    until("the breaker opens", || {
        count += 1;
        party.enqueue();
        publisher.tally().failures > before.failures
    });
    for _ in 0..20 {
        party.enqueue();
    }
    let after = publisher.tally();
    let waited = after.waited_us - before.waited_us;
    let skipped = after.skipped - before.skipped;
    println!("{what}: {count} enqueues waited {waited} µs for Redis, {skipped} hints left out");
    assert!(waited < 2_000_000, "{what}: {waited} µs");
    assert!(skipped >= 10, "{what}: {after:?}");
}

#[test]
fn a_frozen_redis_holds_nobody_up_and_is_used_again_when_it_goes_on() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&redis.url());
    let worker = Running::hearing(&party.client, &["work"]);
    let job = party.enqueue();
    party.until_done(&[job]);
    redis.freeze();
    enqueues_are_not_held_up(&party, "SIGSTOP");
    let reason = worker.until_mode("degraded").unwrap();
    assert!(reason.contains("no answer in time"), "{reason}");
    redis.thaw();
    worker.until_mode("redis");
    until("the client uses it again", || {
        party.enqueue();
        party.trouble().is_none()
    });
}

#[test]
fn a_redis_that_answers_nothing_from_the_beginning_holds_nobody_up() {
    // Connections are taken by the system, and nobody reads.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = silent.local_addr().unwrap().port();
    let party = Party::new(&format!("redis://:secret@127.0.0.1:{port}"));
    enqueues_are_not_held_up(&party, "silence");
    // An address of no route, as behind a firewall that drops everything.
    let party = Party::new("redis://192.0.2.1:6379");
    let publisher = party.client.announcer().publisher().unwrap();
    for _ in 0..20 {
        party.enqueue();
    }
    assert!(publisher.tally().waited_us < 2_000_000);
    assert!(publisher.tally().skipped >= 10);
}

#[test]
fn a_paused_redis_holds_nobody_up() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&redis.url());
    let worker = Running::hearing(&party.client, &["work"]);
    let job = party.enqueue();
    party.until_done(&[job]);
    assert_eq!(redis.order("CLIENT PAUSE 12000 ALL"), "+OK");
    enqueues_are_not_held_up(&party, "CLIENT PAUSE");
    worker.until_mode("degraded");
    worker.until_mode("redis");
}

#[test]
fn a_redis_without_memory_refuses_hints_and_nothing_else() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&redis.url());
    let worker = Running::hearing(&party.client, &["work"]);
    assert_eq!(redis.order("CONFIG SET maxmemory 1"), "+OK");
    enqueues_are_not_held_up(&party, "maxmemory");
    let trouble = party.trouble().unwrap();
    assert!(trouble.contains("OOM"), "{trouble}");
    let reason = worker.until_mode("degraded").unwrap();
    assert!(reason.contains("OOM"), "{reason}");
    let job = party.enqueue();
    party.until_done(&[job]);
    assert_eq!(redis.order("CONFIG SET maxmemory 0"), "+OK");
    worker.until_mode("redis");
}

#[test]
fn a_read_only_redis_is_no_transport_though_it_answers() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&redis.url());
    // Nobody is there whom it could follow; it refuses writes all the same.
    assert_eq!(redis.order("REPLICAOF 127.0.0.1 1"), "+OK");
    let worker = Running::start(&party.client, &["work"], options());
    let reason = worker.until_mode("degraded");
    assert_ne!(reason.as_deref(), Some("not connected yet"));
    enqueues_are_not_held_up(&party, "read-only");
    let job = party.enqueue();
    party.until_done(&[job]);
}

#[test]
fn connections_that_break_in_the_middle_of_a_command_lose_nothing() {
    let Some(redis) = Redis::start() else { return };
    let proxy = Proxy::before(redis.port());
    proxy.resets(true);
    let party = Party::new(&format!("redis://127.0.0.1:{}", proxy.port()));
    let mut often = options();
    often.poll = Duration::from_secs(1);
    let _worker = Running::start(&party.client, &["work"], often);
    let jobs: Vec<_> = (0..200).map(|_| party.enqueue()).collect();
    party.until_done(&jobs);
    until("many connections broke", || {
        party.enqueue();
        proxy.connections() > 10
    });
}
