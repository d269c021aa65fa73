//! Those who lock several jobs wait for each other, and never in a circle.

use std::sync::Barrier;
use std::time::Duration;

use floorjobs_core::job::{JobId, RetryPolicy, Timestamp};
use floorjobs_core::repository::{Beat, Heartbeat, PostgresRepository, Reap, Repository};

use super::{claim, open, owner, request_of, success, url};
use crate::servers::Postgres;

const ROUNDS: i64 = 30;

#[test]
fn endings_beats_and_reaps_do_not_lock_each_other_up() {
    // So soon the server looks for circles; it undoes one of those in it, and says so.
    let Some(server) = Postgres::start_with(&[("deadlock_timeout", "5ms")]) else {
        return;
    };
    let address = server.create("mine");
    PostgresRepository::migrate(&url(&address)).unwrap();
    let repositories = [(); 3].map(|()| open(&address));
    for round in 1..=ROUNDS {
        let me = owner();
        let ids: Vec<_> = (0..16)
            .map(|number| JobId::generate(Timestamp::from_micros(round * 1_000 + number)))
            .collect();
        let requests = ids.iter().map(|id| request_of(*id));
        repositories[0]
            .enqueue(&requests.collect::<Vec<_>>())
            .unwrap();
        // What waits for them makes their endings be written one after the other.
        let mut children = Vec::new();
        for id in &ids {
            let mut child = request_of(JobId::generate(Timestamp::from_micros(i64::MAX >> 20)));
            child.job.after = vec![*id];
            child.job.queue = Some(floorjobs_core::job::QueueName::new("later").unwrap());
            children.push(child);
        }
        repositories[0].enqueue(&children).unwrap();
        let jobs = repositories[0].claim(&claim(&me, 16)).unwrap();
        assert_eq!(jobs.len(), 16);
        let endings: Vec<_> = jobs.iter().rev().map(|job| success(job, &me)).collect();
        let beats: Vec<_> = jobs
            .iter()
            .map(|job| Beat::of(success(job, &me).fence))
            .collect();
        let (start, me) = (Barrier::new(3), &me);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                start.wait();
                let nothing = claim(me, 0);
                repositories[0]
                    .finish_and_claim(endings.into(), &nothing)
                    .unwrap();
            });
            scope.spawn(|| {
                start.wait();
                let heartbeat = Heartbeat {
                    owner: me.id,
                    beats,
                    lease: Some(Duration::from_secs(60)),
                };
                repositories[1].heartbeat(&heartbeat).unwrap();
            });
            scope.spawn(|| {
                start.wait();
                let reap = Reap {
                    gone: vec![me.id],
                    limit: 100,
                    policy: RetryPolicy::default(),
                    jitter: 0.0,
                };
                // A third of the rounds: else there would be little left to end.
                if round % 3 == 0 {
                    repositories[2].reap(&reap).unwrap();
                }
            });
        });
        // What was given up is not to be claimed in the next round.
        for id in ids {
            let _ = repositories[0].cancel(id);
        }
    }
    assert!(!server.log().contains("deadlock detected"), "see above");
}
