//! One connection to Redis: commands go out and replies come in, each for as long as the caller has
//! time, and what is not done by then is done at the next call.

use std::collections::VecDeque;
use std::io::{self, Write};
use std::os::fd::BorrowedFd;
use std::time::Duration;

use redis::{Cmd, Parser, Value};

use super::fault::Fault;
use super::resolve::Addresses;
use super::socket::Wanted;
use super::stream::Stream;
use super::target::Target;
use crate::clock::Clock;

/// Until when something may take, by the boot clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline<'a> {
    clock: &'a dyn Clock,
    at: i64,
}

impl<'a> Deadline<'a> {
    pub(super) fn after(clock: &'a dyn Clock, time: Duration) -> Deadline<'a> {
        let micros = crate::job::time::duration_micros(time);
        Deadline {
            clock,
            at: clock.boot_micros().saturating_add(micros),
        }
    }

    /// The same, with no time at all.
    pub(super) fn at_once(&self) -> Deadline<'a> {
        Deadline {
            at: i64::MIN,
            ..*self
        }
    }

    fn left(&self) -> Duration {
        let micros = self.at.saturating_sub(self.clock.boot_micros());
        Duration::from_micros(u64::try_from(micros).unwrap_or(0))
    }
}

/// What the reply to a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Owed {
    /// A step of the handshake: an error makes the connection useless.
    Setup,
    /// A command of the caller.
    Command,
}

pub(super) struct Link {
    stream: Stream,
    parser: Parser,
    is_connected: bool,
    /// What is still to be written.
    out: VecDeque<u8>,
    /// Whether all that was written has left the TLS session.
    is_flushed: bool,
    owed: VecDeque<Owed>,
}

impl Link {
    /// Begins to connect to `target`; nothing has to be waited for yet.
    pub(super) fn begin(
        target: &Target,
        addresses: &mut Addresses,
        now: i64,
    ) -> Result<Link, Fault> {
        let mut link = Link {
            stream: Stream::begin(target, addresses, now)?,
            parser: Parser::new(),
            is_connected: false,
            out: VecDeque::new(),
            is_flushed: true,
            owed: VecDeque::new(),
        };
        if let Some(password) = &target.password {
            let mut auth = redis::cmd("AUTH");
            if let Some(user) = &target.user {
                auth.arg(user);
            }
            link.push(auth.arg(password), Owed::Setup);
        }
        if target.database != 0 {
            link.push(redis::cmd("SELECT").arg(target.database), Owed::Setup);
        }
        Ok(link)
    }

    fn push(&mut self, command: &Cmd, owed: Owed) {
        self.out.extend(command.get_packed_command());
        self.owed.push_back(owed);
    }

    /// Adds a command to what is to be written.
    pub(super) fn send(&mut self, command: &Cmd) {
        self.push(command, Owed::Command);
    }

    /// Whether a command was sent whose reply is still to come.
    pub(super) fn has_begun_commands(&self) -> bool {
        self.owed.contains(&Owed::Command)
    }

    /// How many replies are still to come.
    pub(super) fn owed(&self) -> usize {
        self.owed.len()
    }

    /// Whether replies are still to come.
    pub(super) fn owes_replies(&self) -> bool {
        !self.owed.is_empty()
    }

    /// Writes what is to be written; whether all of it was.
    pub(super) fn flush(&mut self, deadline: &Deadline<'_>) -> Result<bool, Fault> {
        loop {
            match self.write_some() {
                Ok(()) => return Ok(true),
                Err(error) if would_block(&error) => {}
                Err(error) => return Err(Fault::broken(&error)),
            }
            if !self.wait(Wanted::Writing, deadline, None)? {
                return Ok(false);
            }
        }
    }

    fn write_some(&mut self) -> io::Result<()> {
        self.is_connected = self.is_connected || self.stream.is_connected()?;
        if !self.is_connected {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        while !self.out.is_empty() {
            let (bytes, _) = self.out.as_slices();
            self.is_flushed = false;
            match self.stream.write(bytes)? {
                0 => return Err(io::ErrorKind::WriteZero.into()),
                written => drop(self.out.drain(..written)),
            }
        }
        if !self.is_flushed {
            self.stream.flush()?;
            self.is_flushed = true;
        }
        Ok(())
    }

    /// The next reply to a command, or `None` when there is none in time. The wait ends early when
    /// `other` becomes readable. Errors of the server are values; those of the handshake are faults.
    pub(super) fn reply(
        &mut self,
        deadline: &Deadline<'_>,
        other: Option<BorrowedFd<'_>>,
    ) -> Result<Option<Value>, Fault> {
        loop {
            if !self.out.is_empty() || !self.is_flushed {
                match self.write_some() {
                    Err(error) if !would_block(&error) => return Err(Fault::broken(&error)),
                    _ => {}
                }
            }
            match self.read_one() {
                Ok(value) => match self.owed.pop_front() {
                    Some(Owed::Command) => return Ok(Some(value)),
                    Some(Owed::Setup) => check_setup(value)?,
                    None => return Err(Fault::Broken("an answer to nothing".to_owned())),
                },
                Err(ReadError::NotYet) => {
                    let wanted = match self.is_connected && self.out.is_empty() {
                        true => Wanted::Reading,
                        false => Wanted::Writing,
                    };
                    if !self.wait(wanted, deadline, other)? {
                        return Ok(None);
                    }
                }
                Err(ReadError::Fault(fault)) => return Err(fault),
            }
        }
    }

    /// Whether a connection that owes nothing is still good: the other side may have closed it.
    pub(super) fn is_alive(&mut self) -> bool {
        !self.is_connected || matches!(self.read_one(), Err(ReadError::NotYet))
    }

    fn read_one(&mut self) -> Result<Value, ReadError> {
        if !self.is_connected {
            return Err(ReadError::NotYet);
        }
        self.parser
            .parse_value(&mut self.stream)
            .map_err(|error| match error.is_timeout() {
                true => ReadError::NotYet,
                false => ReadError::Fault(match error.is_io_error() {
                    true => Fault::Broken("the connection was closed".to_owned()),
                    false => Fault::Broken(format!("no Redis answers there: {}", error.category())),
                }),
            })
    }

    /// Whether there may be progress before the time is over.
    fn wait(
        &self,
        wanted: Wanted,
        deadline: &Deadline<'_>,
        other: Option<BorrowedFd<'_>>,
    ) -> Result<bool, Fault> {
        let left = deadline.left();
        let ready = self.stream.wait(wanted, left, other);
        ready.map_err(|error| Fault::broken(&error))
    }
}

enum ReadError {
    NotYet,
    Fault(Fault),
}

fn would_block(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock
}

fn check_setup(value: Value) -> Result<(), Fault> {
    match value {
        Value::ServerError(error) => Err(refusal(&error)),
        _ => Ok(()),
    }
}

/// A refusal of the server, without what it quotes of the command.
pub(super) fn refusal(error: &redis::ServerError) -> Fault {
    match error.code() {
        "NOGROUP" | "UNBLOCKED" => return Fault::GroupLost,
        _ => {}
    }
    let details = error.details().unwrap_or_default();
    Fault::Refused(format!("{} {details}", error.code()).trim().to_owned())
}
