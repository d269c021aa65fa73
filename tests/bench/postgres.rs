//! What hints through Redis cost a worker on PostgreSQL.

use floorjobs_core::settings::{Database, Overrides};
use floorjobs_core::{Client, NewJob, Settings};

use crate::Plan;
use crate::drain::drain;
use crate::redis::{Server, woken_by};
use crate::table::{Table, percent, rate};
use crate::timing::{self, Turns};

const DRAINED: usize = 4_000;

/// Where `tests/servers.py` says that a server is.
const SHARED: &str = "FLOORJOBS_TEST_POSTGRES_URL";

/// A database of its own on the server, dropped with this.
struct Own {
    server: String,
    name: String,
    folder: tempfile::TempDir,
}

impl Own {
    fn new(server: &str, what: &str) -> Own {
        let name = format!("bench_{}_{what}", std::process::id());
        let own = Own {
            server: server.trim_end_matches('/').to_owned(),
            name,
            folder: tempfile::tempdir().unwrap(),
        };
        own.order("CREATE DATABASE").unwrap();
        Client::migrate(&Database::load(&own.overrides("")).unwrap()).unwrap();
        own
    }

    fn order(&self, words: &str) -> Result<(), postgres::Error> {
        let url = format!("{}/postgres", self.server);
        let mut connection = postgres::Client::connect(&url, postgres::NoTls)?;
        connection.batch_execute(&format!("{words} {}", self.name))
    }

    fn overrides(&self, redis: &str) -> Overrides {
        Overrides {
            database_url: Some(self.url()),
            blobs_url: Some(self.blobs()),
            redis_url: Some(redis.to_owned()),
            ..Overrides::default()
        }
    }

    fn url(&self) -> String {
        format!("{}/{}", self.server, self.name)
    }

    fn blobs(&self) -> String {
        format!("file:{}", self.folder.path().display())
    }

    fn client(&self, redis: &str) -> Client {
        let settings = Settings::resolve(&self.overrides(redis), |_| None).unwrap();
        Client::connect(&settings).unwrap()
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // The server goes with the run anyway.
        let _ = self.order("DROP DATABASE IF EXISTS");
    }
}

#[allow(
    clippy::disallowed_methods,
    reason = "a benchmark is told by its environment where a server is"
)]
pub(crate) fn run(plan: &Plan) {
    let Ok(shared) = std::env::var(SHARED) else {
        println!("postgres: no server here; `make bench` starts one");
        return;
    };
    let Some(redis) = Server::start() else {
        println!("postgres: no redis-server here; tools/servers.sh installs it");
        return;
    };
    let table = Table::new(
        "postgres: one worker, jobs per second with hints through Redis and without (goal: 60 %)",
        &["without", "with", "of it"],
    );
    for concurrency in [1, 8, 32] {
        let (alone, hinted) = (Own::new(&shared, "alone"), Own::new(&shared, "hinted"));
        {
            let (without, with) = (alone.client(""), hinted.client(&redis.url));
            let mut works: [&mut dyn FnMut() -> f64; 2] =
                [&mut || drained(&without, concurrency), &mut || {
                    drained(&with, concurrency)
                }];
            let turns = Turns::take(plan.rounds, &mut works);
            let cells = [
                rate(turns.rate(0)),
                rate(turns.rate(1)),
                percent(turns.ratio(1, 0)),
            ];
            table.row(&format!("drain, concurrency {concurrency}"), &cells);
        }
    }
    let table = Table::new(
        "postgres: from the commit of an enqueue to the handler's first line in another process \
         that hears through Redis, in ms (goal: p50 under 1.3)",
        &["p50", "p99", "max"],
    );
    let own = Own::new(&shared, "woken");
    let client = own.client(&redis.url);
    woken_by(&table, "1 idle", &client, &own.url(), &own.blobs(), &redis);
}

fn drained(client: &Client, concurrency: usize) -> f64 {
    for _ in 0..DRAINED / 500 {
        let jobs = (0..500).map(|_| NewJob::new("noop").unwrap()).collect();
        client.enqueue_many(jobs).unwrap();
    }
    timing::rate(DRAINED, || drain(client, concurrency))
}
