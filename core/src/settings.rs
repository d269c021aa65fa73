//! Settings: an argument, else the environment, else the default.
//!
//! The only module that reads the environment. The names are the same in every face.

mod aws;

use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::job::{QueueName, RetryPolicy, duration_from_seconds};

pub use crate::queue::RedisUrl;
pub use crate::repository::Durability;
#[cfg(feature = "postgres")]
pub use crate::repository::PostgresUrl;
pub use aws::AwsEnvironment;

/// What a host says about itself; what it leaves out comes from the environment.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overrides {
    /// For `FLOORJOBS_DATABASE_URL`: `sqlite:///relative.db`, `sqlite:////absolute.db` or
    /// `postgresql://user:password@host:port/database`.
    pub database_url: Option<String>,
    /// For `FLOORJOBS_BLOBS_URL`: `file:relative`, `file:/absolute` or `s3://bucket/prefix`.
    pub blobs_url: Option<String>,
    /// For `REDIS_URL`: `redis://`, `rediss://` or `unix://`, with user, password and database.
    pub redis_url: Option<String>,
    /// For `JOB_QUEUE_NAME`.
    pub queue: Option<String>,
    /// For `JOB_MAX_RETRIES`: how often a failed attempt is repeated.
    pub max_retries: Option<u16>,
    /// For `JOB_RETRY_DELAY_SECONDS`: the longest delay before the first repetition.
    pub retry_delay_seconds: Option<f64>,
    /// For `FLOORJOBS_DURABILITY`: `power` or `process`.
    pub durability: Option<String>,
}

/// Where jobs are kept.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Database {
    /// In a SQLite file, by its absolute path.
    Sqlite(PathBuf),
    /// In a PostgreSQL database.
    #[cfg(feature = "postgres")]
    Postgres(PostgresUrl),
}

impl Database {
    /// The database of `overrides`, else of the environment of this process, else the default.
    ///
    /// # Errors
    /// As [`Settings::load`]; of the other settings none needs to be right.
    pub fn load(overrides: &Overrides) -> Result<Database> {
        #[allow(clippy::disallowed_methods)]
        Database::resolve(overrides, &|name| std::env::var(name).ok())
    }

    fn resolve(
        overrides: &Overrides,
        environment: &impl Fn(&str) -> Option<String>,
    ) -> Result<Database> {
        let url = text(
            &overrides.database_url,
            "FLOORJOBS_DATABASE_URL",
            environment,
        );
        database_of(url.as_deref().unwrap_or(DEFAULT_DATABASE_URL))
    }

    /// The file, if it is one.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Database::Sqlite(path) => Some(path),
            #[cfg(feature = "postgres")]
            Database::Postgres(_) => None,
        }
    }
}

/// Settings with nothing left open.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Where jobs are kept.
    pub database: Database,
    /// Where blobs are kept.
    pub blobs_url: String,
    /// What the environment says about an object store; empty where blobs are files.
    pub aws: AwsEnvironment,
    /// The Redis that carries hints to workers; `None` where there is none.
    pub redis: Option<RedisUrl>,
    /// The queue of jobs that name none, and of workers that are told none.
    pub queue: QueueName,
    /// How often and how soon a job is tried again.
    pub retry: RetryPolicy,
    /// What an acknowledged enqueue or finish survives.
    pub durability: Durability,
}

const DEFAULT_DATABASE_URL: &str = "sqlite:///floorjobs.db";
const MOST_RETRIES: u16 = 999;

impl Settings {
    /// Settings from `overrides`, the environment of this process, and the defaults.
    ///
    /// # Errors
    /// `invalid_input` naming the setting, or `unsupported` for a kind of URL this version does
    /// not speak.
    pub fn load(overrides: &Overrides) -> Result<Settings> {
        #[allow(clippy::disallowed_methods)]
        Settings::resolve(overrides, |name| std::env::var(name).ok())
    }

    /// As [`load`](Self::load), with `environment` in place of the process's.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub fn resolve(
        overrides: &Overrides,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<Settings> {
        let set = |name: &str| text(&None, name, &environment);
        let text = |given: &Option<String>, name: &str| text(given, name, &environment);
        let database = Database::resolve(overrides, &environment)?;
        let blobs_url = match text(&overrides.blobs_url, "FLOORJOBS_BLOBS_URL") {
            Some(url) => url,
            None => blobs_beside(&database)?,
        };
        let redis = text(&overrides.redis_url, "REDIS_URL");
        let redis = redis.filter(|url| !url.is_empty());
        let redis = redis.map(|url| RedisUrl::new(&url)).transpose()?;
        let queue = match text(&overrides.queue, "JOB_QUEUE_NAME") {
            Some(name) => QueueName::new(name)?,
            None => QueueName::default_queue(),
        };
        let retries = match overrides.max_retries {
            Some(retries) => retries,
            None => number(
                "JOB_MAX_RETRIES",
                "a whole number of 0 or more",
                set("JOB_MAX_RETRIES"),
                3,
            )?,
        };
        if retries > MOST_RETRIES {
            return Err(Error::invalid_field(
                "JOB_MAX_RETRIES",
                format!("`JOB_MAX_RETRIES` must be at most {MOST_RETRIES}, not {retries}"),
            ));
        }
        let delay = match overrides.retry_delay_seconds {
            Some(seconds) => seconds,
            None => number(
                "JOB_RETRY_DELAY_SECONDS",
                "a number",
                set("JOB_RETRY_DELAY_SECONDS"),
                5.0,
            )?,
        };
        let durability = text(&overrides.durability, "FLOORJOBS_DURABILITY");
        Ok(Settings {
            database,
            aws: match blobs_url.starts_with("s3:") {
                true => AwsEnvironment::of(environment),
                false => AwsEnvironment::default(),
            },
            blobs_url,
            redis,
            queue,
            retry: RetryPolicy {
                max_attempts: retries + 1,
                base: duration_from_seconds("JOB_RETRY_DELAY_SECONDS", delay)?,
                ..RetryPolicy::default()
            },
            durability: durability_of(durability.as_deref().unwrap_or("power"))?,
        })
    }
}

/// A setting as text: what was given, or what the environment says.
fn text(
    given: &Option<String>,
    name: &str,
    environment: &impl Fn(&str) -> Option<String>,
) -> Option<String> {
    // An empty variable is how a shell or a compose file leaves one out.
    let set = || environment(name).filter(|text| !text.is_empty());
    given.clone().or_else(set)
}

/// What a database URL names; a file is absolute from here on.
fn database_of(url: &str) -> Result<Database> {
    let refused = |kind, why: &str| {
        Err(Error::new(
            kind,
            format!("database URL `{}` {why}", without_password(url)),
        )
        .with_field("database_url"))
    };
    let path = match url.split_once(':') {
        Some(("sqlite", rest)) => match rest.strip_prefix("///") {
            Some(path) if !path.is_empty() && !path.contains(['?', '#', '\0']) => path,
            _ => {
                return refused(
                    ErrorKind::InvalidInput,
                    "must be `sqlite:///relative.db` or `sqlite:////absolute.db`",
                );
            }
        },
        #[cfg(feature = "postgres")]
        Some(("postgresql" | "postgres", _)) => {
            return Ok(Database::Postgres(PostgresUrl::parse(url)?));
        }
        #[cfg(not(feature = "postgres"))]
        Some(("postgresql" | "postgres", _)) => {
            return refused(
                ErrorKind::Unsupported,
                "needs a build with the feature `postgres`",
            );
        }
        _ => {
            return refused(
                ErrorKind::InvalidInput,
                "must begin with `sqlite:///` or `postgresql://`",
            );
        }
    };
    let path = std::path::absolute(Path::new(path)).map_err(|error| {
        Error::new(ErrorKind::Unavailable, "the working directory is gone").with_source(error)
    })?;
    Ok(Database::Sqlite(path))
}

/// A URL as it may be shown.
fn without_password(url: &str) -> String {
    match (url.find("://"), url.rfind('@')) {
        (Some(start), Some(end)) if start + 3 <= end => {
            let (head, tail) = (url.get(..start + 3), url.get(end..));
            format!("{}…{}", head.unwrap_or_default(), tail.unwrap_or_default())
        }
        _ => url.to_owned(),
    }
}

/// Blobs lie beside the database file they belong to: `jobs.db` and `jobs.db-blobs`.
///
/// Where there is no file there is no such place: several machines are at work, and all of them
/// must find the blobs.
fn blobs_beside(database: &Database) -> Result<String> {
    let missing =
        |why: &str| Error::invalid_field("blobs_url", format!("{why}; set `FLOORJOBS_BLOBS_URL`"));
    let path = database
        .file()
        .ok_or_else(|| missing("a database on a server says nothing of where blobs are kept"))?;
    let path = path
        .to_str()
        .ok_or_else(|| missing("the database's path is not UTF-8"))?;
    // A percent sign in a file's name would be read as an escape.
    Ok(format!("file:{}-blobs", path.replace('%', "%25")))
}

fn number<T: std::str::FromStr>(
    name: &str,
    what: &str,
    text: Option<String>,
    default: T,
) -> Result<T> {
    match text {
        None => Ok(default),
        Some(text) => text.trim().parse().map_err(|_| {
            Error::invalid_field(name, format!("`{name}` must be {what}, not `{text}`"))
        }),
    }
}

fn durability_of(text: &str) -> Result<Durability> {
    match text {
        "power" => Ok(Durability::Power),
        "process" => Ok(Durability::Process),
        other => Err(Error::invalid_field(
            "durability",
            format!("`durability` must be `power` or `process`, not `{other}`"),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn the_defaults_are_a_local_file_and_four_attempts() {
        let settings = Settings::resolve(&Overrides::default(), none).unwrap();
        let file = settings.database.file().unwrap();
        assert!(file.is_absolute() && file.ends_with("floorjobs.db"));
        assert!(settings.blobs_url.ends_with("/floorjobs.db-blobs"));
        assert_eq!(settings.retry, RetryPolicy::default());
        assert_eq!(settings.durability, Durability::Power);
    }

    #[test]
    fn an_argument_wins_over_the_environment() {
        let environment = |name: &str| match name {
            "FLOORJOBS_DATABASE_URL" => Some("sqlite:////from/environment.db".to_owned()),
            "JOB_MAX_RETRIES" => Some("0".to_owned()),
            "JOB_QUEUE_NAME" => Some(String::new()),
            _ => None,
        };
        let overrides = Overrides {
            database_url: Some("sqlite:////from/argument.db".to_owned()),
            ..Overrides::default()
        };
        let settings = Settings::resolve(&overrides, environment).unwrap();
        assert_eq!(
            settings.database.file(),
            Some(Path::new("/from/argument.db"))
        );
        assert_eq!(settings.retry.max_attempts, 1);
        assert_eq!(settings.queue, QueueName::default_queue());
    }

    #[cfg(feature = "redis")]
    #[test]
    fn redis_is_used_only_where_it_is_named_and_its_password_is_not_shown() {
        let settings = Settings::resolve(&Overrides::default(), none).unwrap();
        assert_eq!(settings.redis, None);
        let environment = |name: &str| {
            (name == "REDIS_URL").then(|| "redis://app:secret@localhost:6379/2".to_owned())
        };
        let settings = Settings::resolve(&Overrides::default(), environment).unwrap();
        assert!(settings.redis.is_some());
        assert!(!format!("{settings:?}").contains("secret"));
        let without = Overrides {
            redis_url: Some(String::new()),
            ..Overrides::default()
        };
        let settings = Settings::resolve(&without, environment).unwrap();
        assert_eq!(settings.redis, None, "an empty argument switches it off");
        let wrong = Overrides {
            redis_url: Some("http://app:secret@localhost".to_owned()),
            ..Overrides::default()
        };
        let error = Settings::resolve(&wrong, environment).unwrap_err();
        assert_eq!(error.field(), Some("redis_url"));
        assert!(!error.chain().contains("secret"));
    }

    #[test]
    #[cfg(feature = "postgres")]
    fn a_database_on_a_server_needs_a_place_for_blobs() {
        let url = "postgresql://me:secret@host/jobs".to_owned();
        let mut overrides = Overrides {
            database_url: Some(url),
            ..Overrides::default()
        };
        let error = Settings::resolve(&overrides, none).unwrap_err();
        assert_eq!(error.field(), Some("blobs_url"));
        overrides.blobs_url = Some("file:/srv/blobs".to_owned());
        let settings = Settings::resolve(&overrides, none).unwrap();
        assert_eq!(settings.database.file(), None);
        assert!(!format!("{settings:?}").contains("secret"));
    }

    #[test]
    fn a_bad_setting_is_named() {
        let with_database = |url: &str| Overrides {
            database_url: Some(url.to_owned()),
            ..Overrides::default()
        };
        for (url, kind) in [
            ("jobs.db", ErrorKind::InvalidInput),
            ("sqlite:jobs.db", ErrorKind::InvalidInput),
            ("sqlite:///", ErrorKind::InvalidInput),
            ("sqlite:///jobs.db?mode=ro", ErrorKind::InvalidInput),
            (
                "postgresql://user:secret@host/db?sslmode=maybe",
                ErrorKind::InvalidInput,
            ),
        ] {
            let error = Settings::resolve(&with_database(url), none).unwrap_err();
            assert_eq!(error.kind(), kind, "{url}");
            assert_eq!(error.field(), Some("database_url"));
            assert!(!error.message().contains("secret"));
        }
        for name in ["JOB_MAX_RETRIES", "JOB_RETRY_DELAY_SECONDS"] {
            for bad in ["many", "-1"] {
                let environment = |asked: &str| (asked == name).then(|| bad.to_owned());
                let error = Settings::resolve(&Overrides::default(), environment).unwrap_err();
                assert_eq!(error.field(), Some(name));
            }
        }
        let environment = |asked: &str| (asked == "FLOORJOBS_DURABILITY").then(|| "all".to_owned());
        assert!(Settings::resolve(&Overrides::default(), environment).is_err());
    }
}
