//! Tells workers that there may be work, in every way that is configured.

use crate::error::Result;
use crate::job::{Job, Kind, QueueName, Status};
use crate::queue::Notifier;

/// What may be ready now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// In which queue.
    pub queue: QueueName,
    /// What the jobs do, if they all do the same.
    pub kind: Option<Kind>,
    /// How many there are; `None` when that is not known.
    pub jobs: Option<u32>,
}

impl Ready {
    /// Something in a queue.
    pub fn in_queue(queue: QueueName) -> Ready {
        Ready {
            queue,
            kind: None,
            jobs: None,
        }
    }

    /// A job that was started before and is queued again.
    pub fn again(job: &Job) -> Ready {
        Ready {
            queue: job.queue.clone(),
            kind: Some(job.kind.clone()),
            jobs: Some(1),
        }
    }

    /// Those of the jobs that are queued, by queue and kind. Jobs that are due later count as well:
    /// whoever waits for the next moment must hear of an earlier one.
    pub fn among<'a>(jobs: impl IntoIterator<Item = &'a Job>) -> Vec<Ready> {
        let mut counts = std::collections::BTreeMap::<(&QueueName, &Kind), u32>::new();
        for job in jobs {
            if job.status == Status::Queued && job.waiting_for == 0 {
                let count = counts.entry((&job.queue, &job.kind)).or_default();
                *count = count.saturating_add(1);
            }
        }
        counts
            .into_iter()
            .map(|((queue, kind), jobs)| Ready {
                queue: queue.clone(),
                kind: Some(kind.clone()),
                jobs: Some(jobs),
            })
            .collect()
    }
}

/// Wakes workers: on this machine through the side file, everywhere through Redis.
///
/// Clones share one connection. It starts no thread.
#[derive(Debug, Clone, Default)]
pub struct Announcer {
    notifier: Option<Notifier>,
    #[cfg(feature = "redis")]
    hints: Option<std::sync::Arc<hints::Hints>>,
}

impl Announcer {
    /// One that touches this side file, and nothing else.
    pub fn local(notifier: Option<Notifier>) -> Announcer {
        Announcer {
            notifier,
            #[cfg(feature = "redis")]
            hints: None,
        }
    }

    /// What touches the side file, if there is one.
    pub fn notifier(&self) -> Option<&Notifier> {
        self.notifier.as_ref()
    }

    /// Whether it reaches anybody; if not, workers hear of nothing and have to ask often.
    pub fn reaches_workers(&self) -> bool {
        #[cfg(feature = "redis")]
        if self.hints.is_some() {
            return true;
        }
        self.notifier.is_some()
    }

    /// Tells of what is ready; only after the commit that made it so.
    ///
    /// `ready` is asked for only where hints are written, and `identity` once. Never fails: what
    /// is not told is found by polling.
    pub fn announce(
        &self,
        ready: impl FnOnce() -> Vec<Ready>,
        identity: impl FnOnce() -> Result<String>,
    ) {
        if let Some(notifier) = &self.notifier {
            let _ = notifier.notify();
        }
        #[cfg(feature = "redis")]
        if let Some(hints) = &self.hints {
            hints.publish(&ready(), identity);
        }
        #[cfg(not(feature = "redis"))]
        drop((ready, identity));
    }
}

#[cfg(feature = "redis")]
mod hints {
    use std::sync::{Arc, OnceLock};

    use super::{Announcer, Ready};
    use crate::error::Result;
    use crate::queue::redis::{Hint, Keys, Publisher};

    /// So many hints wake so many workers at first; they wake the others.
    const AT_ONCE: u32 = 16;

    #[derive(Debug)]
    pub(super) struct Hints {
        publisher: Arc<Publisher>,
        keys: OnceLock<Keys>,
    }

    impl Announcer {
        /// The same, writing hints as well.
        #[must_use]
        pub fn with_hints(self, publisher: Arc<Publisher>) -> Announcer {
            Announcer {
                hints: Some(Arc::new(Hints {
                    publisher,
                    keys: OnceLock::new(),
                })),
                ..self
            }
        }

        /// What writes hints, if anything does.
        pub fn publisher(&self) -> Option<&Arc<Publisher>> {
            self.hints.as_ref().map(|hints| &hints.publisher)
        }
    }

    impl Hints {
        pub(super) fn publish(&self, ready: &[Ready], identity: impl FnOnce() -> Result<String>) {
            let keys = match self.keys.get() {
                Some(keys) => keys,
                // A repository that does not say now is asked again the next time.
                None => match identity() {
                    Ok(identity) => self.keys.get_or_init(|| Keys::of(&identity)),
                    Err(_) => return,
                },
            };
            let hints: Vec<Hint> = ready.iter().flat_map(hints_of).collect();
            self.publisher.publish(keys, &hints);
        }
    }

    /// As many hints as workers should wake at once, which share the jobs.
    fn hints_of(ready: &Ready) -> impl Iterator<Item = Hint> {
        let whole = Hint {
            kind: ready.kind.clone(),
            ..Hint::of_queue(ready.queue.clone())
        };
        let (jobs, count) = match ready.jobs {
            Some(jobs) => (jobs, jobs.min(AT_ONCE)),
            // Whoever is woken wakes others, if there is more than it can take.
            None => (whole.jobs, 1),
        };
        (0..count).map(move |place| Hint {
            jobs: jobs / count + u32::from(place < jobs % count),
            ..whole.clone()
        })
    }

    #[cfg(test)]
    mod tests {
        use super::*;
        use crate::job::QueueName;

        #[test]
        fn hints_share_the_jobs_and_are_few() {
            let shares = |jobs| -> Vec<u32> {
                let ready = Ready {
                    jobs,
                    ..Ready::in_queue(QueueName::default_queue())
                };
                hints_of(&ready).map(|hint| hint.jobs).collect()
            };
            assert_eq!(shares(Some(3)), [1, 1, 1]);
            let many = shares(Some(10_000));
            assert_eq!(many.len(), AT_ONCE as usize);
            assert_eq!(many.iter().sum::<u32>(), 10_000);
            assert_eq!(shares(None).len(), 1);
            assert!(shares(Some(0)).is_empty());
        }
    }
}
