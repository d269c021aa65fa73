//! A pooler before a PostgreSQL, which lends its connections for a transaction at a time.

use postgres::{Client, NoTls};
use rustix::process::Signal;

use super::is_here;
use super::server::{Server, listens};

/// A pgbouncer of the test's own, killed when this is dropped.
pub(crate) struct PgBouncer {
    server: Server,
}

impl PgBouncer {
    /// Starts one before the server on a port; `None` if there is none here and the test is to be
    /// skipped.
    pub(crate) fn before(port: u16) -> Option<PgBouncer> {
        if !is_here(&["pgbouncer"]) {
            return None;
        }
        Some(PgBouncer {
            server: Server::start("pgbouncer.sh", &[port.to_string()], listens),
        })
    }

    /// The address of a database of the server behind it.
    pub(crate) fn url(&self, database: &str) -> String {
        format!(
            "postgresql://floorjobs@127.0.0.1:{}/{database}",
            self.server.port
        )
    }

    /// Ends it without any preparation.
    pub(crate) fn kill(&mut self) {
        self.server.end(Signal::KILL);
    }

    pub(crate) fn start_again(&mut self) {
        self.server.start_again(listens);
    }

    /// Gives an order to it, such as `PAUSE` or `KILL name`.
    pub(crate) fn order(&self, words: &str) {
        let mut console = Client::connect(&self.url("pgbouncer"), NoTls).unwrap();
        // The console knows the simple protocol only.
        console.simple_query(words).unwrap();
    }
}
