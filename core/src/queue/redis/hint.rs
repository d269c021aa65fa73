//! What a hint says, and where it lies.

use crate::job::{Kind, QueueName};

/// The one consumer group of each stream.
pub(super) const GROUP: &str = "floorjobs";

/// A stream holds about so many entries; older ones go. More hints than waiting workers are
/// needed by nobody.
pub(super) const KEPT: usize = 1_000;

/// That a queue may have jobs now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// The queue.
    pub queue: QueueName,
    /// What the jobs do, if they all do the same; a worker without a handler for it passes the hint
    /// on.
    pub kind: Option<Kind>,
    /// About how many jobs there are. Whoever cannot take them all passes on what is left.
    pub jobs: u32,
    /// How often the hint was passed on by workers that know no such kind.
    pub passes: u32,
}

impl Hint {
    /// A hint that something in a queue may be ready, it is not known how much.
    pub fn of_queue(queue: QueueName) -> Hint {
        Hint {
            queue,
            kind: None,
            jobs: 1_000,
            passes: 0,
        }
    }

    /// The command that adds this hint to its stream.
    pub(super) fn add_to(&self, keys: &Keys) -> redis::Cmd {
        let mut add = add(&keys.stream(&self.queue));
        add.arg("jobs").arg(self.jobs);
        if let Some(kind) = &self.kind {
            add.arg("kind").arg(kind.as_str());
        }
        if self.passes > 0 {
            add.arg("passes").arg(self.passes);
        }
        add
    }

    /// What is left of hints when so many jobs were taken: halves, so that those they wake can wake
    /// others at the same time.
    pub fn rest(queue: &QueueName, jobs: u32) -> Vec<Hint> {
        let half = jobs / 2;
        [half, jobs - half]
            .into_iter()
            .filter(|jobs| *jobs > 0)
            .map(|jobs| Hint {
                jobs,
                ..Hint::of_queue(queue.clone())
            })
            .collect()
    }
}

pub(super) fn add(stream: &str) -> redis::Cmd {
    let mut add = redis::cmd("XADD");
    add.arg(stream).arg("MAXLEN").arg("~").arg(KEPT).arg("*");
    add
}

/// The names of the keys of one repository.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keys {
    identity: String,
}

impl Keys {
    /// The keys of the repository with this [identity](crate::repository::Repository::identity),
    /// so that several can share a Redis.
    pub fn of(identity: &str) -> Keys {
        Keys {
            identity: identity.to_owned(),
        }
    }

    /// The stream of a queue. What is in braces decides the slot in a cluster.
    pub fn stream(&self, queue: &QueueName) -> String {
        format!("{{fj:{}:{queue}}}:hints", self.identity)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_of_a_hint_is_halved_until_there_is_none() {
        let queue = QueueName::default_queue();
        let jobs = |count| -> Vec<u32> {
            let rest = Hint::rest(&queue, count);
            rest.iter().map(|hint| hint.jobs).collect()
        };
        assert_eq!(jobs(9), [4, 5]);
        assert_eq!(jobs(1), [1]);
        assert!(jobs(0).is_empty());
    }

    #[test]
    fn the_keys_of_a_queue_have_one_tag() {
        let stream = Keys::of("0a").stream(&QueueName::new("mail").unwrap());
        assert_eq!(stream, "{fj:0a:mail}:hints");
    }
}
