//! A PostgreSQL, and databases on it.

use std::hash::{Hash, Hasher};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use floorjobs_core::repository::{PostgresRepository, PostgresUrl};
use postgres::{Client, NoTls};
use rustix::process::Signal;

use super::is_here;
use super::server::Server;
use crate::process::environment;

/// The address of a server that several processes share.
const SHARED: &str = "FLOORJOBS_TEST_POSTGRES_URL";

/// What the schema is made of.
const MIGRATIONS: &str = concat!(
    include_str!("../../../core/src/repository/postgres/migrations/0001_initial.sql"),
    include_str!("../../../core/src/repository/postgres/migrations/0001_enqueue.sql")
);

/// A PostgreSQL of the test's own, which it may break. It is killed when this is dropped.
pub(crate) struct Postgres {
    server: Server,
}

impl Postgres {
    /// Starts one; `None` if there is none here and the test is to be skipped.
    pub(crate) fn start() -> Option<Postgres> {
        Postgres::start_with(&[])
    }

    /// Starts one with settings, such as `("max_connections", "20")`.
    pub(crate) fn start_with(settings: &[(&str, &str)]) -> Option<Postgres> {
        if !is_here(&["postgres"]) {
            return None;
        }
        let settings = settings
            .iter()
            .flat_map(|(name, value)| ["-c".to_owned(), format!("{name}={value}")]);
        let arguments: Vec<_> = settings.collect();
        Some(Postgres {
            server: Server::start("postgres.sh", &arguments, answers),
        })
    }

    /// The address of a database, which need not exist.
    pub(crate) fn url(&self, database: &str) -> String {
        url_of(self.port(), database)
    }

    pub(crate) fn port(&self) -> u16 {
        self.server.port
    }

    /// The folder of its unix socket.
    pub(crate) fn socket_folder(&self) -> &std::path::Path {
        self.server.folder()
    }

    /// What it has written to its log.
    pub(crate) fn log(&self) -> String {
        self.server.log()
    }

    /// Makes an empty database, which goes with the server.
    pub(crate) fn create(&self, database: &str) -> String {
        execute(
            &self.url("postgres"),
            &format!("CREATE DATABASE {database}"),
        );
        self.url(database)
    }

    /// Stops it as an administrator does who does not wait for clients.
    pub(crate) fn stop(&mut self) {
        self.server.end(Signal::INT);
    }

    /// Stops it as an administrator does in an emergency: it recovers from its log when it starts.
    pub(crate) fn stop_immediately(&mut self) {
        self.server.end(Signal::QUIT);
    }

    /// Ends it without any preparation.
    pub(crate) fn kill(&mut self) {
        self.server.end(Signal::KILL);
    }

    /// Starts it again after [`stop`](Self::stop) or [`kill`](Self::kill).
    pub(crate) fn start_again(&mut self) {
        self.server.start_again(answers);
    }

    /// Lets all its processes stand still: connections stay open, and nothing is answered.
    pub(crate) fn freeze(&self) {
        self.server.signal_all(Signal::STOP);
    }

    pub(crate) fn thaw(&self) {
        self.server.signal_all(Signal::CONT);
    }

    /// Ends the connections of all clients of a database; returns how many.
    pub(crate) fn terminate_backends(&self, database: &str) -> usize {
        let mut admin = connect(&self.url("postgres"));
        let ended = admin.query(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
             WHERE datname = $1 AND backend_type = 'client backend'",
            &[&database],
        );
        ended.unwrap().len()
    }
}

/// A database on the shared server, dropped with this.
pub(crate) struct Database {
    server: String,
    name: String,
}

impl Database {
    /// An empty one; `None` if the test is to be skipped.
    pub(crate) fn empty() -> Option<Database> {
        Database::like("template1")
    }

    /// One with the schema of floorjobs and nothing in it.
    pub(crate) fn migrated() -> Option<Database> {
        static TEMPLATE: OnceLock<String> = OnceLock::new();
        let server = shared()?;
        let template = TEMPLATE.get_or_init(|| template(&server));
        let database = Database::like(template)?;
        // A copy has the identity of its original; each of these is to be its own.
        let sql = "UPDATE floorjobs.meta SET value = hashtextextended(current_database(), 0)
                   WHERE key = 'identity'";
        execute(&database.url(), sql);
        Some(database)
    }

    /// A copy of another database of the shared server, to which nobody is connected.
    pub(crate) fn like(template: &str) -> Option<Database> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let server = shared()?;
        let number = MADE.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{}_{number}", std::process::id());
        let make = format!("CREATE DATABASE {name} TEMPLATE {template}");
        // A process of the same number may have left one behind on a server that outlived it.
        let drop = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        execute_all(&url_with(&server, "postgres"), &[&drop, &make]);
        Some(Database { server, name })
    }

    pub(crate) fn url(&self) -> String {
        url_with(&self.server, &self.name)
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// The port of the server.
    pub(crate) fn port(&self) -> u16 {
        self.server.rsplit(':').next().unwrap().parse().unwrap()
    }

    /// A connection to it.
    pub(crate) fn connect(&self) -> Client {
        connect(&self.url())
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        execute(&url_with(&self.server, "postgres"), &drop);
    }
}

/// The name of the database on a server that migrated ones are copied from; whoever comes first
/// makes it.
fn template(server: &str) -> String {
    // A server that outlives the tests has one for each state of the migrations.
    let name = format!("migrated_{:016x}", hash_of(MIGRATIONS));
    let mut admin = connect(&url_with(server, "postgres"));
    admin.batch_execute("SELECT pg_advisory_lock(1)").unwrap();
    let exists = "SELECT 1 FROM pg_database WHERE datname = $1";
    if admin.query_opt(exists, &[&name]).unwrap().is_none() {
        let raw = format!("{name}_raw");
        admin
            .batch_execute(&format!("DROP DATABASE IF EXISTS {raw}"))
            .and_then(|()| admin.batch_execute(&format!("CREATE DATABASE {raw}")))
            .unwrap();
        let url = PostgresUrl::parse(&url_with(server, &raw)).unwrap();
        PostgresRepository::migrate(&url).unwrap();
        // Its connections are closed here, or on their way; the rename waits for them.
        crate::process::until("the template is ready", || {
            let rename = format!("ALTER DATABASE {raw} RENAME TO {name}");
            admin.batch_execute(&rename).is_ok()
        });
    }
    name
}

fn hash_of(text: &str) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// The address, without a database, of the server that tests share which leave it unharmed.
fn shared() -> Option<String> {
    static OWN: OnceLock<Option<Postgres>> = OnceLock::new();
    if let Some(url) = environment::<String>(SHARED) {
        return Some(url.trim_end_matches('/').to_owned());
    }
    let own = OWN.get_or_init(Postgres::start);
    Some(
        url_of(own.as_ref()?.port(), "")
            .trim_end_matches('/')
            .to_owned(),
    )
}

fn url_of(port: u16, database: &str) -> String {
    format!("postgresql://floorjobs@127.0.0.1:{port}/{database}")
}

fn url_with(server: &str, database: &str) -> String {
    format!("{server}/{database}")
}

fn connect(url: &str) -> Client {
    Client::connect(url, NoTls).unwrap()
}

fn execute(url: &str, sql: &str) {
    execute_all(url, &[sql]);
}

/// One after the other: a database is not made in a transaction with others.
fn execute_all(url: &str, statements: &[&str]) {
    let mut client = connect(url);
    for sql in statements {
        client.batch_execute(sql).unwrap();
    }
}

fn answers(port: u16) -> bool {
    Client::connect(&url_of(port, "postgres"), NoTls).is_ok()
}
