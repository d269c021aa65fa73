//! How the server finds what it is asked for: by an index, however many jobs there are.

use std::time::Duration;

use floorjobs_core::job::{JobId, QueueName, RetryPolicy, Status, Timestamp};
use floorjobs_core::repository::{
    Beat, Claim, Heartbeat, ListJobs, PostgresRepository, Prune, Reap, Repository,
};

use super::{claim, kind, open, owner, request, success, url};
use crate::servers::Postgres;

const JOBS: u32 = 100_000;

/// 70,000 jobs that ended, few of them failed and those the oldest, 100 that run, 20,000 that are
/// ready and 10,000 that are delayed; in three queues and of five kinds.
const FILL: &str = "
    INSERT INTO floorjobs.jobs (id, kind, queue, priority, status, ready, run_at, payload,
        unique_key, attempt, owner, lease_until, created_at, updated_at, started_at, finished_at)
    SELECT id, 'kind-' || n % 5, 'queue-' || n % 3, n % 4,
        status, status = 'queued' AND n <= 90100,
        CASE WHEN n > 90100 THEN 9000000000000000 ELSE n END, '{}',
        CASE WHEN n % 100 = 0 THEN 'key-' || n END, CASE WHEN status = 'queued' THEN 0 ELSE 1 END,
        CASE WHEN status = 'running' THEN id END, CASE WHEN status = 'running' THEN 1 << 60 END,
        n, n, CASE WHEN status <> 'queued' THEN n END,
        CASE WHEN status NOT IN ('queued', 'running') THEN n END
    FROM (SELECT n, lpad(to_hex(n), 32, '0')::uuid AS id,
                 CASE WHEN n <= 100 THEN 'failed' WHEN n <= 70000 THEN 'succeeded'
                      WHEN n <= 70100 THEN 'running' ELSE 'queued' END AS status
          FROM generate_series(1, 100000) AS n) AS made;
    INSERT INTO floorjobs.attempts (job, number, owner, host, pid, started_at, finished_at, outcome)
    SELECT id, 1, id, 'host', 1, started_at, finished_at,
        CASE WHEN status <> 'running' THEN status END
    FROM floorjobs.jobs WHERE attempt = 1 ON CONFLICT DO NOTHING;";

/// A server that explains each statement in its log, and the repository on it.
struct Bench {
    server: Postgres,
    address: String,
    repository: std::sync::Arc<PostgresRepository>,
}

impl Bench {
    fn start() -> Option<Bench> {
        let server = Postgres::start_with(&[
            ("session_preload_libraries", "auto_explain"),
            ("auto_explain.log_min_duration", "0"),
            ("auto_explain.log_analyze", "on"),
            ("auto_explain.log_timing", "off"),
            ("auto_explain.log_level", "log"),
            // What functions run.
            ("auto_explain.log_nested_statements", "on"),
            // Nobody tells the planner of what comes but the test.
            ("autovacuum", "off"),
        ])?;
        let address = server.create("mine");
        PostgresRepository::migrate(&url(&address)).unwrap();
        Some(Bench {
            repository: open(&address),
            server,
            address,
        })
    }

    /// With the jobs, which the planner knows of.
    fn start_full() -> Option<Bench> {
        let bench = Bench::start()?;
        bench.fill();
        bench.admin("VACUUM ANALYZE");
        Some(bench)
    }

    fn fill(&self) {
        self.admin(&FILL.replace("1 << 60", "(1::bigint << 60)"));
    }

    fn admin(&self, sql: &str) {
        let mut admin = postgres::Client::connect(&self.address, postgres::NoTls).unwrap();
        admin
            .batch_execute("SET auto_explain.log_min_duration = -1")
            .unwrap();
        admin.batch_execute(sql).unwrap();
    }

    /// The plans of what `ask` asks; none of them goes through all jobs or attempts.
    fn plans_of(&self, what: &str, ask: impl FnOnce(&dyn Repository)) -> String {
        let before = self.server.log().len();
        ask(self.repository.as_ref());
        let log = self.server.log();
        let plans = &log[before..];
        assert!(
            plans.contains("Query Text:"),
            "{what} is not explained: {plans}"
        );
        for table in ["jobs", "attempts"] {
            let scan = format!("Seq Scan on {table}");
            assert!(!plans.contains(&scan), "{what} reads all {table}:\n{plans}");
        }
        plans.to_owned()
    }

    /// The same, and no step of a plan reads many rows; returns the plans.
    fn reads_little(&self, what: &str, ask: impl FnOnce(&dyn Repository)) -> String {
        let plans = self.plans_of(what, ask);
        for line in plans.lines() {
            let rows = line
                .split("actual rows=")
                .nth(1)
                .or_else(|| line.split("Rows Removed by Filter: ").nth(1));
            let rows = rows.and_then(|rest| rest.split([' ', '.']).next()?.parse::<u32>().ok());
            assert!(
                rows.unwrap_or(0) <= 3_000,
                "{what} reads too much: {line}\n{plans}"
            );
        }
        plans
    }
}

fn id(number: u32) -> JobId {
    let mut bytes = [0; 16];
    bytes[12..].copy_from_slice(&number.to_be_bytes());
    JobId::from_bytes(bytes)
}

fn queue(number: u32) -> QueueName {
    QueueName::new(format!("queue-{number}")).unwrap()
}

fn kind_of(number: u32) -> floorjobs_core::Kind {
    floorjobs_core::Kind::new(format!("kind-{number}")).unwrap()
}

#[test]
fn writes_find_their_rows_among_many_by_an_index() {
    let Some(bench) = Bench::start_full() else {
        return;
    };
    let me = owner();
    let claim = Claim {
        queues: vec![queue(0), queue(1)],
        kinds: vec![kind_of(0), kind_of(3), kind()],
        ..claim(&me, 20)
    };
    bench.reads_little("enqueue", |repository| {
        repository.enqueue(&[request(), request()]).unwrap();
    });
    let mut jobs = Vec::new();
    bench.reads_little("claim", |repository| {
        jobs = repository.claim(&claim).unwrap();
    });
    assert_eq!(jobs.len(), 20);
    bench.reads_little("claim_one", |repository| {
        repository
            .claim_one(id(95_000), &me, Duration::from_secs(60))
            .unwrap();
    });
    let heartbeat = Heartbeat {
        owner: me.id,
        beats: jobs
            .iter()
            .map(|job| Beat::of(success(job, &me).fence))
            .collect(),
        lease: Some(Duration::from_secs(60)),
    };
    bench.reads_little("heartbeat", |repository| {
        repository.heartbeat(&heartbeat).unwrap();
    });
    bench.reads_little("finish", |repository| {
        repository.finish(&success(&jobs[0], &me)).unwrap();
    });
    bench.reads_little("finish_and_claim", |repository| {
        repository
            .finish_and_claim([success(&jobs[1], &me)].into(), &claim)
            .unwrap();
    });
    bench.reads_little("cancel", |repository| {
        repository.cancel(id(90_000)).unwrap();
    });
    bench.reads_little("retry", |repository| {
        repository.retry(id(90_000)).unwrap();
    });
    bench.reads_little("make_due", |repository| {
        repository.make_due(id(99_999)).unwrap();
    });
    bench.reads_little("release_strays", |repository| {
        repository.release_strays(me.id, &[]).unwrap();
    });
    let reap = Reap {
        gone: vec![me.id],
        limit: 100,
        policy: RetryPolicy::default(),
        jitter: 0.0,
    };
    bench.reads_little("reap", |repository| {
        repository.reap(&reap).unwrap();
    });
    let prune = Prune {
        succeeded_before: Some(Timestamp::from_micros(20_000)),
        failed_before: Some(Timestamp::from_micros(50)),
        cancelled_before: None,
        limit: 200,
    };
    bench.reads_little("prune", |repository| {
        assert_eq!(repository.prune(&prune).unwrap(), 200);
    });
}

/// What the server planned for a function when there was nothing holds when there is much.
#[test]
fn plans_that_are_kept_find_their_rows_when_the_tables_have_grown() {
    let Some(bench) = Bench::start() else {
        return;
    };
    let me = owner();
    let claim = Claim {
        queues: vec![queue(0), QueueName::default_queue()],
        kinds: vec![kind_of(0), kind()],
        ..claim(&me, 2)
    };
    let reads_little = |what: String, ask: &mut dyn FnMut(&dyn Repository)| {
        let plans = bench.reads_little(&what, ask);
        assert!(
            plans.contains(" on jobs"),
            "{what} is not explained: {plans}"
        );
    };
    let work = |what: &str| {
        reads_little(format!("enqueue {what}"), &mut |repository| {
            repository.enqueue(&[request(), request()]).unwrap();
        });
        let mut jobs = Vec::new();
        reads_little(format!("claim {what}"), &mut |repository| {
            jobs = repository.claim(&claim).unwrap();
        });
        assert_eq!(jobs.len(), 2);
        reads_little(format!("finish {what}"), &mut |repository| {
            repository.finish(&success(&jobs[0], &me)).unwrap();
        });
        reads_little(format!("finish_and_claim {what}"), &mut |repository| {
            let last = [success(&jobs[1], &me)];
            repository.finish_and_claim(last.into(), &claim).unwrap();
        });
    };
    // Else the planner takes it that new tables will not stay empty.
    bench.admin("VACUUM ANALYZE");
    work("when it is empty");
    bench.fill();
    work("when it is full");
}

#[test]
fn questions_find_their_rows_among_many_by_an_index() {
    let Some(bench) = Bench::start_full() else {
        return;
    };
    let list = |what: &str, expected: usize, filter: ListJobs| {
        bench.reads_little(what, |repository| {
            assert_eq!(repository.list(&filter).unwrap().len(), expected, "{what}");
        });
    };
    let any = ListJobs::default;
    list("a list of all", 50, any());
    let failed = vec![Status::Failed];
    list(
        "a list of old failures",
        50,
        ListJobs {
            statuses: failed.clone(),
            ..any()
        },
    );
    list(
        "a list of old failures of a kind",
        20,
        ListJobs {
            statuses: failed,
            kind: Some(kind_of(2)),
            ..any()
        },
    );
    let of_nothing = ListJobs {
        kind: Some(kind()),
        ..any()
    };
    // The delayed jobs are looked through for it: their index does not know the kind.
    bench.plans_of("a list of a kind that is not there", |repository| {
        assert_eq!(repository.list(&of_nothing).unwrap(), []);
    });
    list(
        "a list by a key",
        1,
        ListJobs {
            unique_key: Some("key-700".to_owned()),
            ..any()
        },
    );
    list(
        "a list about a floor plan",
        0,
        ListJobs {
            floorplan_id: Some(1),
            ..any()
        },
    );
    list(
        "a page further on",
        50,
        ListJobs {
            before: Some(id(60_000)),
            ..any()
        },
    );
    list(
        "what runs",
        50,
        ListJobs {
            statuses: vec![Status::Running],
            ..any()
        },
    );
    bench.reads_little("get", |repository| {
        repository.get(id(7)).unwrap();
    });
    bench.reads_little("attempts", |repository| {
        repository.attempts(id(7)).unwrap();
    });
    bench.reads_little("parents", |repository| {
        repository.parents(id(7)).unwrap();
    });
    bench.reads_little("next_run_at", |repository| {
        assert!(
            repository
                .next_run_at(&[queue(0), queue(2)])
                .unwrap()
                .is_some()
        );
    });
    bench.reads_little("ready_queues", |repository| {
        assert_eq!(repository.ready_queues().unwrap().len(), 3);
    });
    // Priority 3 is the highest, so that some thousands of each kind are not before it.
    bench.reads_little("position", |repository| {
        assert!(repository.position(id(71_003)).unwrap().is_some());
    });
    bench.reads_little("situation", |repository| {
        repository.situation(id(71_003)).unwrap();
    });
    bench.reads_little("recent_runs", |repository| {
        assert_eq!(repository.recent_runs(&kind_of(1), 20).unwrap().len(), 20);
    });
    bench.reads_little("recent_attempts", |repository| {
        assert_eq!(repository.recent_attempts(200).unwrap().len(), 200);
    });
    bench.reads_little("latest_moment", |repository| {
        repository.latest_moment().unwrap();
    });
    bench.reads_little("running_owners", |repository| {
        assert_eq!(repository.running_owners().unwrap().len(), 100);
    });
    bench.reads_little("loads", |repository| {
        repository.loads().unwrap();
    });
    bench.reads_little("unreferenced", |repository| {
        let blobs = ["sha256:1".to_owned(), "sha256:2".to_owned()];
        assert_eq!(repository.unreferenced(&blobs).unwrap(), blobs);
    });
    bench.reads_little("references", |repository| {
        repository.references(None, 256).unwrap();
    });
    bench.reads_little("change_counter", |repository| {
        repository.change_counter().unwrap();
    });
    // These count, and read the indices of what they count.
    bench.plans_of("counts", |repository| {
        let counts = repository.counts(&[queue(0), queue(1), queue(2)]).unwrap();
        assert_eq!(
            (counts.ready, counts.delayed, counts.running),
            (20_000, 9_900, 100)
        );
    });
    bench.plans_of("stats", |repository| {
        let stats = repository.stats().unwrap();
        let jobs = stats
            .iter()
            .map(|one| one.succeeded + one.failed + one.active.ready);
        assert_eq!(jobs.sum::<u64>(), u64::from(JOBS) - 10_000);
    });
    bench.plans_of("queued_kinds", |repository| {
        assert_eq!(repository.queued_kinds().unwrap().len(), 15);
    });
}
