//! Waits for hints, on a connection and a thread of its own.
//!
//! Each queue has one stream with one group, of which this is a consumer with the name of its
//! owner. An entry that was delivered is pending until it is [settled](Receiver::settle), so that
//! what a worker heard and died with comes to another. The group is made at `0`: what was added
//! before it counts. It is made anew when it is gone, and then nobody knows what was missed: the
//! caller asks the repository.

use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Duration;

use redis::{Cmd, Value};

use super::fault::Fault;
use super::hint::{GROUP, Hint, Keys, add};
use super::link::{Deadline, Link};
use super::replies::{accepted, entries, read};
use super::resolve::Addresses;
use super::target::Target;
use crate::clock::Clock;
use crate::job::{OwnerId, QueueName};

/// How long Redis may take to answer what it can answer at once. Nobody waits for it here.
const PATIENCE: Duration = Duration::from_secs(2);

/// A consumer without entries that nobody has heard of for longer is forgotten.
const FORGOTTEN_MS: i64 = 600_000;

/// How many entries are taken at a time.
const AT_A_TIME: usize = 100;

/// A hint that was delivered and is to be settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The entry of the stream.
    pub id: String,
    /// What it says.
    pub hint: Hint,
}

/// What listening brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Heard {
    /// The time is over, or the wait was ended.
    Nothing,
    /// Hints.
    Hints(Vec<Received>),
}

/// A consumer of the hints of some queues.
pub struct Receiver {
    target: Target,
    clock: Arc<dyn Clock>,
    keys: Keys,
    queues: Vec<QueueName>,
    consumer: OwnerId,
    addresses: Addresses,
    link: Option<Link>,
    /// A blocking read was sent whose reply is still to come.
    is_listening: bool,
    probes: u64,
}

impl std::fmt::Debug for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Receiver")
            .field("target", &self.target)
            .field("consumer", &self.consumer)
            .finish_non_exhaustive()
    }
}

impl Receiver {
    /// A receiver that has not connected yet. Its name is that of one process incarnation, so that
    /// no two have the same.
    pub fn new(
        target: Target,
        clock: Arc<dyn Clock>,
        keys: Keys,
        queues: Vec<QueueName>,
        consumer: OwnerId,
    ) -> Receiver {
        Receiver {
            target,
            clock,
            keys,
            queues,
            consumer,
            addresses: Addresses::default(),
            link: None,
            is_listening: false,
            probes: 0,
        }
    }

    /// Connects anew, makes groups where there are none, and sends a probe through each stream.
    /// Returns what was delivered to this consumer and never settled, and what came with the
    /// probes. Hints may have been missed before this.
    pub fn connect(&mut self) -> Result<Vec<Received>, Fault> {
        self.link = None;
        self.is_listening = false;
        let now = self.clock.boot_micros();
        let link = Link::begin(&self.target, &mut self.addresses, now)
            .inspect_err(|_| self.addresses.failed())?;
        self.link = Some(link);
        let made = self.make_groups();
        match made {
            Ok(()) => self.addresses.succeeded(),
            Err(_) => self.addresses.failed(),
        }
        made?;
        let mut received = self.unsettled()?;
        received.extend(self.probe()?);
        Ok(received)
    }

    fn make_groups(&mut self) -> Result<(), Fault> {
        for stream in self.streams() {
            let mut create = redis::cmd("XGROUP");
            create.arg("CREATE").arg(&stream).arg(GROUP);
            match self.ask(create.arg("0").arg("MKSTREAM")) {
                Ok(_) => {}
                Err(Fault::Refused(why)) if why.starts_with("BUSYGROUP") => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(())
    }

    fn streams(&self) -> Vec<String> {
        let streams = self.queues.iter();
        streams.map(|queue| self.keys.stream(queue)).collect()
    }

    /// Waits for hints for at most `time`, or until `other` becomes readable.
    pub fn listen(
        &mut self,
        time: Duration,
        other: Option<BorrowedFd<'_>>,
    ) -> Result<Heard, Fault> {
        if !self.is_listening {
            let time = u64::try_from(time.as_millis()).unwrap_or(u64::MAX).max(1);
            let read = self.read_group(Some(time), ">");
            self.link()?.send(&read);
            self.is_listening = true;
        }
        let clock = Arc::clone(&self.clock);
        let deadline = Deadline::after(clock.as_ref(), time.saturating_add(PATIENCE));
        match self.link()?.reply(&deadline, other)? {
            Some(value) => {
                self.is_listening = false;
                let received = self.received(value)?;
                Ok(match received.is_empty() {
                    true => Heard::Nothing,
                    false => Heard::Hints(received),
                })
            }
            None if other.is_some_and(is_readable) => Ok(Heard::Nothing),
            None => Err(Fault::Slow),
        }
    }

    fn read_group(&self, block_ms: Option<u64>, from: &str) -> Cmd {
        let mut read = redis::cmd("XREADGROUP");
        read.arg("GROUP").arg(GROUP).arg(self.consumer.to_string());
        read.arg("COUNT").arg(AT_A_TIME);
        if let Some(time) = block_ms {
            read.arg("BLOCK").arg(time);
        }
        read.arg("STREAMS").arg(self.streams());
        for _ in &self.queues {
            read.arg(from);
        }
        read
    }

    /// The hints of a reply. Probes among them are of workers that died before they read them.
    fn received(&self, value: Value) -> Result<Vec<Received>, Fault> {
        let mut received = Vec::new();
        for (stream, found) in entries(value)? {
            let of_it = self.queues.iter();
            let of_it = of_it.filter(|queue| self.keys.stream(queue) == stream);
            for queue in of_it {
                received.extend(found.iter().map(|entry| Received {
                    id: entry.id.clone(),
                    hint: Hint {
                        jobs: match entry.probe() {
                            Some(_) => 0,
                            None => entry.hint(queue).jobs,
                        },
                        ..entry.hint(queue)
                    },
                }));
            }
        }
        Ok(received)
    }

    /// What was delivered to this consumer and not settled: an answer may have been lost.
    fn unsettled(&mut self) -> Result<Vec<Received>, Fault> {
        let history = self.read_group(None, "0");
        let value = self.ask(&history)?;
        self.received(value)
    }

    /// Writes a probe into each stream and reads it back through the group, in one transaction, so
    /// that nobody else gets it. Returns the hints that came with it.
    pub fn probe(&mut self) -> Result<Vec<Received>, Fault> {
        self.probes += 1;
        let word = format!("{}-{}", self.consumer, self.probes);
        let mut probe = vec![redis::cmd("MULTI")];
        for stream in self.streams() {
            let mut add = add(&stream);
            add.arg("probe").arg(&word);
            probe.push(add);
        }
        probe.push(self.read_group(None, ">"));
        probe.push(redis::cmd("EXEC"));
        let reply = self.ask_all(&probe)?;
        let replies: Vec<Value> = read(reply)?;
        let found = replies.last().cloned().unwrap_or_default();
        let is_back = |entry: &super::replies::Entry| entry.probe() == Some(word.as_str());
        let streams = entries(found.clone())?;
        let back = streams.iter();
        let back = back.filter(|(_, entries)| entries.iter().any(is_back));
        // More than a reading takes may lie before it: then the stream works as well.
        let full = streams.iter();
        let full =
            full.filter(|(_, entries)| entries.len() >= AT_A_TIME && !entries.iter().any(is_back));
        if back.count() + full.count() < self.queues.len() {
            return Err(Fault::ProbeLost);
        }
        let all = self.received(found)?;
        let (probes, hints): (Vec<_>, Vec<_>) = all
            .into_iter()
            .partition(|received| received.hint.jobs == 0);
        self.settle(&probes, &[])?;
        Ok(hints)
    }

    /// Acknowledges and deletes what was received, and adds what is passed on to others first:
    /// all or nothing.
    pub fn settle(&mut self, received: &[Received], passed: &[Hint]) -> Result<(), Fault> {
        if received.is_empty() && passed.is_empty() {
            return Ok(());
        }
        let mut commands = vec![redis::cmd("MULTI")];
        commands.extend(passed.iter().map(|hint| hint.add_to(&self.keys)));
        for queue in &self.queues {
            let of_it = received.iter().filter(|one| one.hint.queue == *queue);
            let ids: Vec<&str> = of_it.map(|one| one.id.as_str()).collect();
            if ids.is_empty() {
                continue;
            }
            let stream = self.keys.stream(queue);
            let mut acknowledge = redis::cmd("XACK");
            acknowledge.arg(&stream).arg(GROUP).arg(&ids);
            let mut delete = redis::cmd("XDEL");
            delete.arg(&stream).arg(&ids);
            commands.extend([acknowledge, delete]);
        }
        commands.push(redis::cmd("EXEC"));
        self.ask_all(&commands).map(drop)
    }

    /// Takes over what consumers have held for longer than `abandoned`, and forgets those that hold
    /// nothing and were not heard of for ten minutes. Returns what is to be treated as received.
    pub fn tidy(&mut self, abandoned: Duration) -> Result<Vec<Received>, Fault> {
        let abandoned = u64::try_from(abandoned.as_millis()).unwrap_or(u64::MAX);
        for stream in self.streams() {
            let mut take_over = redis::cmd("XAUTOCLAIM");
            take_over.arg(&stream).arg(GROUP);
            take_over.arg(self.consumer.to_string()).arg(abandoned);
            take_over
                .arg("0-0")
                .arg("COUNT")
                .arg(AT_A_TIME)
                .arg("JUSTID");
            self.ask(&take_over)?;
            self.forget_consumers(&stream)?;
        }
        self.unsettled()
    }

    fn forget_consumers(&mut self, stream: &str) -> Result<(), Fault> {
        let consumers = self.ask(redis::cmd("XINFO").arg("CONSUMERS").arg(stream).arg(GROUP))?;
        let consumers: Vec<std::collections::HashMap<String, Value>> = read(consumers)?;
        for consumer in consumers {
            let number = |field| match consumer.get(field) {
                Some(Value::Int(number)) => *number,
                _ => 0,
            };
            let is_forgotten = number("pending") == 0 && number("idle") > FORGOTTEN_MS;
            let (true, Some(name)) = (is_forgotten, consumer.get("name")) else {
                continue;
            };
            let name: String = read(name.clone())?;
            self.delete_consumer(stream, &name)?;
        }
        Ok(())
    }

    fn delete_consumer(&mut self, stream: &str, name: &str) -> Result<(), Fault> {
        let mut delete = redis::cmd("XGROUP");
        delete.arg("DELCONSUMER").arg(stream).arg(GROUP).arg(name);
        self.ask(&delete).map(drop)
    }

    /// Hands back what was not settled, to be heard by others, and leaves the groups.
    pub fn leave(&mut self) -> Result<(), Fault> {
        // What a blocking read would bring now is delivered to nobody once it is disconnected.
        self.is_listening = false;
        let now = self.clock.boot_micros();
        self.link = Some(Link::begin(&self.target, &mut self.addresses, now)?);
        let unsettled = self.unsettled()?;
        let passed: Vec<Hint> = unsettled
            .iter()
            .map(|received| received.hint.clone())
            .filter(|hint| hint.jobs > 0)
            .collect();
        self.settle(&unsettled, &passed)?;
        for stream in self.streams() {
            self.delete_consumer(&stream, &self.consumer.to_string())?;
        }
        Ok(())
    }

    fn link(&mut self) -> Result<&mut Link, Fault> {
        let none = || Fault::Broken("not connected".to_owned());
        self.link.as_mut().ok_or_else(none)
    }

    fn ask(&mut self, command: &Cmd) -> Result<Value, Fault> {
        self.ask_all(std::slice::from_ref(command))
    }

    /// Sends commands together; the reply to the last, once all are accepted.
    fn ask_all(&mut self, commands: &[Cmd]) -> Result<Value, Fault> {
        let clock = Arc::clone(&self.clock);
        let deadline = Deadline::after(clock.as_ref(), PATIENCE);
        let link = self.link()?;
        commands.iter().for_each(|command| link.send(command));
        let mut last = Ok(Value::Nil);
        for _ in commands {
            let reply = link.reply(&deadline, None)?.ok_or(Fault::Slow)?;
            // The first refusal says why; a transaction that is given up says only that it is.
            last = last.and(accepted(reply));
        }
        last
    }
}

fn is_readable(fd: BorrowedFd<'_>) -> bool {
    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    let now = Timespec::default();
    let mut fds = [PollFd::new(&fd, PollFlags::IN)];
    matches!(poll(&mut fds, Some(&now)), Ok(count) if count > 0)
}
