//! The traps in which other systems lose jobs between SQL and Redis.

use std::sync::Arc;
use std::time::Duration;

use floorjobs_core::clock::SystemClock;
use floorjobs_core::job::{OwnerId, QueueName};
use floorjobs_core::queue::RedisUrl;
use floorjobs_core::queue::redis::{Hint, Keys, Publisher, Received, Receiver};

use super::{Party, Running, options, work};
use crate::process::until;
use crate::servers::Redis;

fn queue() -> QueueName {
    QueueName::default_queue()
}

fn publisher(redis: &Redis) -> Arc<Publisher> {
    let target = RedisUrl::new(&redis.url()).unwrap().target().unwrap();
    Publisher::new(target, Arc::new(SystemClock)).unwrap()
}

fn receiver(redis: &Redis, owner: OwnerId) -> Receiver {
    let target = RedisUrl::new(&redis.url()).unwrap().target().unwrap();
    Receiver::new(target, Arc::new(SystemClock), keys(), vec![queue()], owner)
}

fn keys() -> Keys {
    Keys::of("trap")
}

fn hint(jobs: u32) -> Hint {
    Hint {
        jobs,
        ..Hint::of_queue(queue())
    }
}

fn pending(redis: &Redis, stream: &str) -> String {
    // `*4`, and the count in the next line, of which `order` returns the first only.
    redis.order(&format!(
        "EVAL \"return redis.call('XPENDING',KEYS[1],'floorjobs')[1]\" 1 {stream}"
    ))
}

fn is_writing(party: &Party) -> bool {
    format!("{:?}", party.client.repository()).contains("leading: true")
}

#[test]
fn a_hint_is_published_only_after_its_row_is_visible() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&redis.url());
    let (client, stream) = (&party.client, party.stream());
    let hints = || redis.order(&format!("XLEN {stream}"));
    let after_the_commit = |write: &(dyn Fn() + Sync)| {
        let before = hints();
        let other = rusqlite::Connection::open(client.database().unwrap()).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(write);
            until("the write waits for the lock", || is_writing(&party));
            assert_eq!(hints(), before, "a hint came too early");
            other.execute_batch("ROLLBACK").unwrap();
            writer.join().unwrap();
        });
        until("a hint comes", || hints() != before);
    };
    after_the_commit(&|| drop(client.enqueue(work()).unwrap()));
    after_the_commit(&|| drop(client.enqueue_many(vec![work(), work()]).unwrap()));
    let job = party.enqueue();
    client.cancel(job).unwrap();
    after_the_commit(&|| drop(client.retry(job).unwrap()));
    let later = client.enqueue(work().delay(Duration::from_secs(600)));
    let later = later.unwrap().id;
    after_the_commit(&|| drop(client.make_due(later).unwrap()));
    client.pause(&queue()).unwrap();
    after_the_commit(&|| client.resume(&queue()).unwrap());
    let held = client.hold(job).unwrap().id;
    client.enqueue(work().after([held])).unwrap();
    after_the_commit(&|| drop(client.complete(held, None).unwrap()));
}

#[test]
fn a_hint_is_acknowledged_only_after_the_claim_is_committed() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&redis.url());
    let worker = Running::hearing(&party.client, &["work"]);
    let stream = party.stream();
    let job = party.enqueue_silently();
    let other = rusqlite::Connection::open(party.client.database().unwrap()).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    redis.order(&format!("XADD {stream} * kind work jobs 1"));
    until("the claim waits for the lock", || is_writing(&party));
    assert_eq!(
        pending(&redis, &stream),
        ":1",
        "acknowledged before the claim"
    );
    assert_eq!(redis.order(&format!("XLEN {stream}")), ":1");
    other.execute_batch("ROLLBACK").unwrap();
    party.until_done(&[job]);
    until("it is acknowledged and deleted", || {
        pending(&redis, &stream) == ":0" && redis.order(&format!("XLEN {stream}")) == ":0"
    });
    drop(worker);
}

#[test]
fn what_was_added_before_the_group_was_made_is_heard() {
    let Some(redis) = Redis::start() else { return };
    publisher(&redis).publish(&keys(), &[hint(7)]);
    until("it is there", || {
        redis.order(&format!("XLEN {}", keys().stream(&queue()))) == ":1"
    });
    let heard = receiver(&redis, OwnerId::generate()).connect().unwrap();
    assert_eq!(heard.len(), 1, "{heard:?}");
    assert_eq!(heard[0].hint, hint(7));
}

#[test]
fn a_row_whose_hint_was_never_written_is_not_stranded() {
    let Some(mut redis) = Redis::start() else {
        return;
    };
    let party = Party::new(&redis.url());
    let worker = Running::hearing(&party.client, &["work"]);
    redis.kill();
    let reason = worker.until_mode("degraded").unwrap();
    assert!(reason.contains("no connection"), "{reason}");
    let job = party.enqueue();
    party.until_done(&[job]);
    assert!(party.trouble().is_some());
}

#[test]
fn a_hint_of_a_kind_that_its_worker_does_not_know_comes_to_one_that_does() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&redis.url());
    // They are first in line.
    let _others = [(); 3].map(|()| Running::hearing(&party.client, &["play"]));
    let _able = Running::hearing(&party.client, &["work"]);
    for _ in 0..20 {
        let job = party.enqueue();
        party.until_done(&[job]);
    }
}

#[test]
fn a_full_worker_leaves_the_hint_to_another() {
    let Some(redis) = Redis::start() else { return };
    let party = Party::new(&redis.url());
    let mut one_slot = options();
    one_slot.concurrency = 1;
    let full = Running::start(&party.client, &["sleep"], one_slot);
    full.until_mode("redis");
    drop(full);
    let _workers = [(); 2].map(|()| Running::hearing(&party.client, &["work"]));
    let many = (0..50).map(|_| work()).collect();
    let jobs = party.client.enqueue_many(many).unwrap();
    let jobs: Vec<_> = jobs.iter().map(|job| job.id).collect();
    party.until_done(&jobs);
}

#[test]
fn no_two_processes_share_a_name_and_what_a_dead_one_held_is_heard_again() {
    let Some(redis) = Redis::start() else { return };
    let (dead, alive) = (OwnerId::generate(), OwnerId::generate());
    let stream = keys().stream(&queue());
    let mut first = receiver(&redis, dead);
    first.connect().unwrap();
    publisher(&redis).publish(&keys(), &[hint(1), hint(2)]);
    let wait = Duration::from_secs(20);
    let heard = first.listen(wait, None).unwrap();
    assert_ne!(heard, floorjobs_core::queue::redis::Heard::Nothing);
    // It dies with what it holds.
    drop(first);
    let mut second = receiver(&redis, alive);
    let mut taken: Vec<Received> = second.connect().unwrap();
    let left = second.tidy(Duration::from_secs(3_600)).unwrap();
    assert!(left.len() <= taken.len(), "a live one keeps what it holds");
    taken = second.tidy(Duration::ZERO).unwrap();
    assert_eq!(taken.len(), 2, "{taken:?}");
    assert!(taken.contains(&Received {
        id: taken[0].id.clone(),
        hint: hint(1)
    }));
    second.settle(&taken, &[]).unwrap();
    assert_eq!(pending(&redis, &stream), ":0");
    assert_eq!(redis.order(&format!("XLEN {stream}")), ":0");
    second.leave().unwrap();
    assert_eq!(
        redis.order(&format!("XINFO CONSUMERS {stream} floorjobs")),
        "*1"
    );
}

#[test]
fn a_stopped_worker_hands_back_what_it_heard_and_leaves() {
    let Some(redis) = Redis::start() else { return };
    let mut first = receiver(&redis, OwnerId::generate());
    first.connect().unwrap();
    publisher(&redis).publish(&keys(), &[hint(3)]);
    first.listen(Duration::from_secs(20), None).unwrap();
    first.leave().unwrap();
    let heard = receiver(&redis, OwnerId::generate()).connect().unwrap();
    assert_eq!(heard.len(), 1);
    assert_eq!(heard[0].hint, hint(3));
}

#[test]
fn a_stream_that_nobody_reads_is_bounded() {
    let Some(redis) = Redis::start() else { return };
    let publisher = publisher(&redis);
    let hints: Vec<Hint> = (0..500).map(|_| hint(1)).collect();
    for _ in 0..10 {
        publisher.publish(&keys(), &hints);
    }
    assert_eq!(publisher.tally().written, 5_000);
    let length = || redis.order(&format!("XLEN {}", keys().stream(&queue())));
    until("all are written", || {
        length()[1..].parse::<u64>().unwrap() >= 1_000
    });
    assert!(
        length()[1..].parse::<u64>().unwrap() < 1_500,
        "{}",
        length()
    );
}
