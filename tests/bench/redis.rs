//! What hints through Redis cost, and how soon they wake a worker.

use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use floorjobs_core::queue::Ready;
use floorjobs_core::repository::Durability;
use floorjobs_core::{Client, NewJob};

use crate::Plan;
use crate::drain::drain;
use crate::pickup::{Process, pickups_by, rest, tell};
use crate::place::{Place, name};
use crate::table::{Table, percent, rate};
use crate::timing::{self, Turns};

const ENQUEUES: usize = 3_000;
const DRAINED: usize = 8_000;

/// A Redis that keeps nothing, killed when it is dropped.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
}

impl Server {
    pub(crate) fn start() -> Option<Server> {
        let find = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/servers/find.sh");
        let found = Command::new(find)
            .args(["redis-server", "valkey-server"])
            .output()
            .ok()?;
        let program = String::from_utf8(found.stdout).ok()?;
        let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let child = Command::new(program.trim())
            .args([
                "--port",
                &port.to_string(),
                "--save",
                "",
                "--bind",
                "127.0.0.1",
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        let until = timing::now() + 20_000_000;
        while TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err() {
            assert!(timing::now() < until, "Redis does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        let url = format!("redis://127.0.0.1:{port}/0");
        Some(Server { child, url })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

pub(crate) fn run(plan: &Plan) {
    let Some(server) = Server::start() else {
        println!("redis: no redis-server here; tools/servers.sh installs it");
        return;
    };
    let table = Table::new(
        "redis: one worker, jobs per second with hints and without (goal: 60 %)",
        &["without", "with", "of it"],
    );
    for durability in [Durability::Process, Durability::Power] {
        for concurrency in [1, 8] {
            drains(plan, &table, &server, durability, concurrency);
        }
    }
    for durability in [Durability::Process, Durability::Power] {
        enqueues(plan, &table, &server, durability);
    }
    woken(&server);
}

/// A worker empties a queue that was filled one call at a time, so that there are hints to read.
fn drains(plan: &Plan, table: &Table, server: &Server, durability: Durability, concurrency: usize) {
    let count = match durability {
        Durability::Process => DRAINED,
        Durability::Power => 2_000,
    };
    let (alone, hinted) = (Place::new(durability), Place::new(durability));
    let (without, with) = (alone.client(), hinted.client_with(&server.url));
    let drained = |client: &Client| {
        for _ in 0..count / 500 {
            let jobs = (0..500).map(|_| job()).collect();
            client.enqueue_many(jobs).unwrap();
        }
        timing::rate(count, || drain(client, concurrency))
    };
    let mut works: [&mut dyn FnMut() -> f64; 2] =
        [&mut || drained(&without), &mut || drained(&with)];
    let turns = Turns::take(plan.rounds, &mut works);
    row(
        table,
        &format!("drain, concurrency {concurrency}, {}", name(durability)),
        &turns,
    );
}

fn enqueues(plan: &Plan, table: &Table, server: &Server, durability: Durability) {
    let count = match durability {
        Durability::Process => ENQUEUES,
        Durability::Power => 500,
    };
    let (alone, hinted) = (Place::new(durability), Place::new(durability));
    let (without, with) = (alone.client(), hinted.client_with(&server.url));
    let enqueued = |client: &Client| {
        timing::rate(count, || {
            (0..count).for_each(|_| drop(client.enqueue(job()).unwrap()));
        })
    };
    let mut works: [&mut dyn FnMut() -> f64; 2] =
        [&mut || enqueued(&without), &mut || enqueued(&with)];
    let turns = Turns::take(plan.rounds, &mut works);
    row(table, &format!("enqueue, {}", name(durability)), &turns);
    let micros = 1e6 / turns.rate(1) - 1e6 / turns.rate(0);
    println!("  a hint costs an enqueue {micros:.1} µs");
}

fn row(table: &Table, what: &str, turns: &Turns) {
    let cells = [
        rate(turns.rate(0)),
        rate(turns.rate(1)),
        percent(turns.ratio(1, 0)),
    ];
    table.row(what, &cells);
}

fn job() -> NewJob {
    NewJob::new("noop").unwrap()
}

fn woken(server: &Server) {
    let table = Table::new(
        "redis: from the commit of an enqueue to the handler's first line in another process \
         without side file, in ms (goal: p50 under 1.3)",
        &["p50", "p99", "max"],
    );
    let place = Place::new(Durability::Power);
    let client = place.client_with(&server.url);
    let blobs = format!("file:{}", place.folder.path().display());
    woken_by(&table, "1 idle", &client, &place.url(), &blobs, server);
}

/// One idle worker process that hears through the Redis, and jobs for it.
pub(crate) fn woken_by(
    table: &Table,
    what: &str,
    client: &Client,
    database: &str,
    blobs: &str,
    server: &Server,
) {
    let process = Process::hearing(client, database, blobs, &server.url);
    let announce = |job: &floorjobs_core::Job| {
        let identity = || client.repository().identity();
        client
            .announcer()
            .announce(|| Ready::among([job]), identity);
    };
    tell(table, what, &pickups_by(client, announce));
    let (share, resident) = rest(&[process]);
    println!(
        "  idle: {:.3} % of a core, {:.1} MB resident",
        share * 100.0,
        resident / 1e6
    );
}
