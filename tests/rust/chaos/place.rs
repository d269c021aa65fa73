//! Where the jobs of a run are, and what its processes write down.

use std::path::{Path, PathBuf};

use floorjobs_core::settings::Overrides;
use floorjobs_core::{Client, Result, Settings};

/// The URLs that all processes of a run share, and the folder of their logs.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) database: String,
    /// Empty where there is none.
    pub(super) redis: String,
    pub(super) blobs: String,
    pub(super) logs: PathBuf,
}

/// How many words a place is written in.
pub(super) const WORDS: usize = 4;

impl Place {
    /// A place with its jobs and blobs in one folder, and its logs in another.
    pub(super) fn in_sqlite(folder: &Path, logs: &Path) -> Place {
        let file = folder.join("jobs.db");
        Place::of(format!("sqlite:///{}", file.display()), folder, logs)
    }

    /// The same with its jobs elsewhere.
    pub(super) fn of(database: String, folder: &Path, logs: &Path) -> Place {
        let logs = logs.join("logs");
        std::fs::create_dir(&logs).unwrap();
        Place {
            database,
            redis: String::new(),
            blobs: format!("file:{}", folder.join("blobs").display()),
            logs,
        }
    }

    pub(super) fn with_redis(self, redis: String) -> Place {
        Place { redis, ..self }
    }

    /// For the environment of a process.
    pub(super) fn to_words(&self) -> String {
        let Place {
            database,
            redis,
            blobs,
            logs,
        } = self;
        let redis = if redis.is_empty() { "-" } else { redis };
        format!("{database} {redis} {blobs} {}", logs.display())
    }

    pub(super) fn from_words(words: &[&str]) -> Place {
        let [database, redis, blobs, logs] = words else {
            panic!("{words:?}");
        };
        Place {
            database: (*database).to_owned(),
            redis: redis.trim_start_matches('-').to_owned(),
            blobs: (*blobs).to_owned(),
            logs: PathBuf::from(logs),
        }
    }

    pub(super) fn connect(&self) -> Result<Client> {
        Client::connect(&self.settings()?)
    }

    /// Makes the schema.
    pub(super) fn migrate(&self) {
        Client::migrate(&self.settings().unwrap().database).unwrap();
    }

    fn settings(&self) -> Result<Settings> {
        let overrides = Overrides {
            database_url: Some(self.database.clone()),
            redis_url: Some(self.redis.clone()),
            blobs_url: Some(self.blobs.clone()),
            ..Overrides::default()
        };
        Settings::resolve(&overrides, |_| None)
    }
}
