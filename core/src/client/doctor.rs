//! Whether the place where jobs are kept and run is in order, finding by finding.
//!
//! What is asked is here; what the answers mean is decided in `findings`, without asking more.

mod findings;

use serde::Serialize;

use super::Client;
use crate::error::{ErrorKind, Result};
use crate::queue::Waiter;

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What was looked at; a stable name such as `disk_space`.
    pub name: &'static str,
    /// How it is.
    pub level: Level,
    /// What was found, as a sentence.
    pub message: String,
}

/// How bad a finding is; the worst is the greatest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, but somebody should look.
    Warning,
    /// Something does not work, or will not for long.
    Error,
}

impl Client {
    /// Looks at everything that jobs need here, and tells what it found.
    ///
    /// Never fails: what could not be asked is a finding. The names are `version`, `repository`
    /// (it answers and can be written), `engine`, `schema`, `settings`, `file_system`,
    /// `disk_space`, `log_size`, `server_clock`, `pooler`, `clock`, `wake_up`, `blobs`, `redis`,
    /// `workers`, `handlers`, `queues` and `backlog`; those that mean nothing here are left out.
    ///
    /// Reads the index of every job, as [`stats`](Self::stats) does, and stores and removes one
    /// small blob.
    pub fn doctor(&self) -> Vec<Finding> {
        let mut now = self.clock.now();
        let mut found = vec![findings::version(), findings::answers(self.check_health())];
        match self.repository.storage() {
            Ok(storage) => found.extend(findings::storage(&storage)),
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            Err(error) => found.push(findings::unknown("engine", &error)),
        }
        match self.repository.server() {
            Ok(server) => {
                // What is stored there is dated by its clock.
                now = server.now;
                found.extend(findings::server(&server));
            }
            Err(error) if error.kind() == ErrorKind::Unsupported => {}
            Err(error) => found.push(findings::unknown("engine", &error)),
        }
        let mut add = |name, finding: Result<Finding>| {
            found.push(finding.unwrap_or_else(|error| findings::unknown(name, &error)));
        };
        let latest = self.repository.latest_moment();
        add("clock", latest.map(|latest| findings::clock(now, latest)));
        if let Some(finding) = self.wake_up() {
            add("wake_up", finding);
        }
        add("blobs", self.try_blobs());
        let loads = self.loads();
        #[cfg(feature = "redis")]
        if let Some(publisher) = self.announcer.publisher() {
            let loads = loads.as_deref().unwrap_or_default();
            let tried = self.try_redis(publisher.target());
            add(
                "redis",
                tried.map(|tried| findings::redis(publisher.target(), tried, loads, now)),
            );
        }
        let queued = self.repository.queued_kinds();
        match loads {
            Ok(loads) => {
                let handlers = queued.map(|queued| findings::handlers(&queued, &loads, now));
                add("workers", Ok(findings::workers(&loads, now)));
                add("handlers", handlers);
            }
            Err(error) => add("workers", Err(error)),
        }
        match self.repository.stats() {
            Ok(stats) => {
                add("queues", Ok(findings::queues(&stats)));
                add("backlog", Ok(findings::backlog(&stats, now)));
            }
            Err(error) => add("queues", Err(error)),
        }
        found
    }

    /// Whether workers can be woken; nothing where there is no side file.
    fn wake_up(&self) -> Option<Result<Finding>> {
        let notifier = self.announcer.notifier()?;
        let database = self.settings.database.file()?;
        let is_watched = matches!(Waiter::of_database(database), Waiter::Watching(_));
        Some(notifier.notify().map(|()| findings::wake_up(is_watched)))
    }

    /// Writes a hint that says nothing and reads it back, as a worker does.
    #[cfg(feature = "redis")]
    fn try_redis(
        &self,
        target: &crate::queue::redis::Target,
    ) -> Result<std::result::Result<(), crate::queue::redis::Fault>> {
        use crate::queue::redis::{Keys, Receiver};
        let mut receiver = Receiver::new(
            target.clone(),
            std::sync::Arc::clone(&self.clock),
            Keys::of(&self.repository.identity()?),
            vec![self.settings.queue.clone()],
            crate::job::OwnerId::generate(),
        );
        // What it is given meanwhile, it hands back as it leaves.
        let tried = receiver.connect().and_then(|_| receiver.leave());
        Ok(tried)
    }

    /// Stores and removes a blob that no job can have.
    fn try_blobs(&self) -> Result<Finding> {
        let blob = self.blobs.put(b"stored by the floorjobs doctor")?;
        self.blobs.get(&blob, 64)?;
        // Another doctor may have removed it, or stored it anew at this moment.
        self.blobs.remove_unused(&blob, i64::MAX)?;
        Ok(findings::blobs(&self.blobs.description()))
    }
}

#[cfg(test)]
mod tests;
