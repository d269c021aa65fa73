//! Writes hints, without a thread, and without holding anybody up who has a job to store.
//!
//! A hint is written and its reply left for later: those that are there are read before the next
//! hint is written, and nobody waits for the others, unless they are [`LATE`]: then Redis counts as
//! failing. What can take time is to connect, and to write when nobody reads: one call at most
//! [`BUDGET`]. After a failure the [`Breaker`] keeps everybody away from it. After a rest one call looks, for
//! at most [`GLANCE`], whether it is back, and those after it look without any wait; what that
//! look has begun goes on meanwhile.

use std::cell::RefCell;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use super::breaker::{Breaker, Permit};
use super::fault::Fault;
use super::hint::{Hint, Keys};
use super::link::{Deadline, Link};
use super::replies::accepted;
use super::resolve::Addresses;
use super::target::{Address, Target};
use super::tls;
use crate::clock::Clock;
use crate::error::Result;
use crate::job::random_unit;
use crate::sys::fork::{self, ForkAware};
use crate::sys::lock::{OwnedGuard, lock_owned};

/// How long one call may take while all seems well. The promise is 50 ms; the rest is for the
/// scheduler.
const BUDGET: Duration = Duration::from_millis(40);

/// A reply that is not there after so long will not come soon, in microseconds.
const LATE: i64 = 250_000;

/// More replies than this are not waited for at a time.
const MOST_OWED: usize = 10_000;

/// How long a look after a rest may take.
const GLANCE: Duration = Duration::from_millis(4);

/// How long what a look has begun may be under way before it counts as failed, in microseconds.
const UNDER_WAY: i64 = 1_000_000;

/// What a publisher has done so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Hints that were written.
    pub written: u64,
    /// Hints that were left out while the breaker was open.
    pub skipped: u64,
    /// Calls that found Redis failing, each of which opened the breaker.
    pub failures: u64,
    /// How long calls have waited for Redis, in microseconds.
    pub waited_us: u64,
    /// The longest of these waits, one for the calls of other threads included.
    pub longest_us: u64,
}

/// Writes hints to one Redis. Threads share it; a forked child opens a connection of its own.
pub struct Publisher {
    target: Target,
    clock: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    link: Option<Link>,
    addresses: Addresses,
    breaker: Breaker,
    /// Since when a look is under way.
    looking_since: Option<i64>,
    /// Since when nothing has come of what was written.
    owed_since: Option<i64>,
    last_fault: Option<Fault>,
    tally: Tally,
}

impl std::fmt::Debug for Publisher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Publisher")
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

impl Publisher {
    /// A publisher that has not connected yet. Resolves the server's name, which takes as long as
    /// the system's resolver likes; that it fails is no error, and found out again later.
    ///
    /// # Errors
    /// `unavailable` when the system cannot install fork hooks.
    pub fn new(target: Target, clock: Arc<dyn Clock>) -> Result<Arc<Publisher>> {
        let mut state = State::default();
        if let Address::Tcp { host, port, tls } = &target.address {
            let _ = state.addresses.choose(host, *port, clock.boot_micros());
            if *tls {
                let _ = tls::config();
            }
        }
        let publisher = Arc::new(Publisher {
            target,
            clock,
            state: Arc::new(Mutex::new(state)),
        });
        let weak: Weak<Publisher> = Arc::downgrade(&publisher);
        fork::register(weak)?;
        Ok(publisher)
    }

    /// The Redis that hints are written to.
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Writes hints, if Redis lets it; never before the commit of what they are about.
    pub fn publish(&self, keys: &Keys, hints: &[Hint]) {
        if hints.is_empty() {
            return;
        }
        let called = self.clock.boot_micros();
        let mut state = lock_owned(&self.state);
        let began = self.clock.boot_micros();
        let count = hints.len() as u64;
        let budget = match state.breaker.permit(began) {
            Permit::None => {
                state.tally.skipped += count;
                return;
            }
            Permit::Full => BUDGET,
            // The first who looks waits a little, those after it not at all.
            Permit::Probe if state.looking_since.is_some() => Duration::ZERO,
            Permit::Probe => GLANCE,
        };
        let is_look = !state.breaker.is_closed();
        let deadline = Deadline::after(self.clock.as_ref(), budget);
        let outcome = self.write(&mut state, keys, hints, &deadline);
        let now = self.clock.boot_micros();
        let since = |moment: i64| u64::try_from(now.saturating_sub(moment)).unwrap_or(0);
        state.tally.waited_us += since(began);
        state.tally.longest_us = state.tally.longest_us.max(since(called));
        match outcome {
            Ok(()) => {
                state.tally.written += count;
                if is_look && state.looking_since.is_none() {
                    state.looking_since = Some(began);
                }
            }
            Err(Fault::Slow) if is_look => {
                let since = *state.looking_since.get_or_insert(began);
                state.tally.skipped += count;
                if now.saturating_sub(since) >= UNDER_WAY {
                    state.link = None;
                    state.addresses.failed();
                    state.fail(now, Fault::Slow);
                }
            }
            Err(fault) => {
                // A connection that is only slow may still come to an end, which the next look sees.
                if fault != Fault::Slow {
                    state.link = None;
                }
                state.tally.skipped += count;
                state.fail(now, fault);
            }
        }
    }

    fn write(
        &self,
        state: &mut State,
        keys: &Keys,
        hints: &[Hint],
        deadline: &Deadline<'_>,
    ) -> Result<(), Fault> {
        let was_there = state.link.is_some();
        match self.write_to_link(state, keys, hints, deadline) {
            // A connection of before may have been closed meanwhile: that says nothing of Redis.
            Err(Fault::Broken(_)) if was_there => {
                state.link = None;
                self.write_to_link(state, keys, hints, deadline)
            }
            other => other,
        }
    }

    fn write_to_link(
        &self,
        state: &mut State,
        keys: &Keys,
        hints: &[Hint],
        deadline: &Deadline<'_>,
    ) -> Result<(), Fault> {
        let now = self.clock.boot_micros();
        let mut link = match state.link.take() {
            Some(link) => link,
            None => {
                state.owed_since = None;
                Link::begin(&self.target, &mut state.addresses, now)
                    .inspect_err(|_| state.addresses.failed())?
            }
        };
        let outcome = state.settle(&mut link, deadline, now).and_then(|()| {
            state.owed_since.get_or_insert(now);
            hints.iter().for_each(|hint| link.send(&hint.add_to(keys)));
            match link.flush(deadline)? {
                true => Ok(()),
                false => Err(Fault::Slow),
            }
        });
        match &outcome {
            Ok(()) | Err(Fault::Slow) => state.link = Some(link),
            Err(_) if link.owes_replies() => state.addresses.failed(),
            Err(_) => {}
        }
        outcome
    }

    /// What this publisher has done so far.
    pub fn tally(&self) -> Tally {
        lock_owned(&self.state).tally
    }

    /// Why nothing is written at the moment; `None` when all seems well.
    pub fn trouble(&self) -> Option<Fault> {
        let state = lock_owned(&self.state);
        match state.breaker.is_closed() {
            true => None,
            false => state.last_fault.clone(),
        }
    }
}

impl State {
    /// Reads the replies that are there. A look after a failure waits for one, to know.
    fn settle(&mut self, link: &mut Link, deadline: &Deadline<'_>, now: i64) -> Result<(), Fault> {
        if !link.has_begun_commands() {
            return match link.is_alive() {
                true => Ok(()),
                false => Err(Fault::Broken("the connection was closed".to_owned())),
            };
        }
        let at_once = deadline.at_once();
        while link.owes_replies() {
            let is_look = !self.breaker.is_closed();
            let deadline = if is_look { deadline } else { &at_once };
            let Some(reply) = link.reply(deadline, None)? else {
                break;
            };
            accepted(reply)?;
            self.breaker.succeeded();
            self.addresses.succeeded();
            self.looking_since = None;
            self.owed_since = link.owes_replies().then_some(now);
        }
        let since = self.owed_since.unwrap_or(now);
        let is_late = now.saturating_sub(since) >= LATE || link.owed() > MOST_OWED;
        match link.owes_replies() && (is_late || !self.breaker.is_closed()) {
            true => Err(Fault::Slow),
            false => Ok(()),
        }
    }

    fn fail(&mut self, now: i64, fault: Fault) {
        self.looking_since = None;
        self.tally.failures += 1;
        self.last_fault = Some(fault);
        self.breaker.failed(now, random_unit());
    }
}

thread_local! {
    /// What the forking thread holds from before a fork until after it, so that the child does not
    /// inherit a lock of a thread that it does not have.
    static HELD: RefCell<Vec<(*const Publisher, OwnedGuard<State>)>> =
        const { RefCell::new(Vec::new()) };
}

impl Publisher {
    fn take_held(&self) -> Option<OwnedGuard<State>> {
        HELD.with_borrow_mut(|held| {
            let at = held.iter().position(|(of, _)| std::ptr::eq(*of, self))?;
            Some(held.swap_remove(at).1)
        })
    }
}

impl ForkAware for Publisher {
    fn before_fork(&self) {
        let guard = lock_owned(&self.state);
        HELD.with_borrow_mut(|held| held.push((self, guard)));
    }

    fn after_fork_parent(&self) {
        drop(self.take_held());
    }

    /// The connection is the parent's. Closing our copy of its descriptor tells nobody anything.
    fn after_fork_child(&self) {
        if let Some(mut state) = self.take_held() {
            state.link = None;
            state.looking_since = None;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::{ManualClock, SystemClock};
    use crate::job::{QueueName, Timestamp};
    use crate::sys::fork::fork_and_wait;
    use std::io::{Read, Write};
    use std::net::{Ipv4Addr, TcpListener, TcpStream};

    fn keys() -> Keys {
        Keys::of("test")
    }

    fn hint() -> [Hint; 1] {
        [Hint::of_queue(QueueName::default_queue())]
    }

    /// A server that takes connections, and the target that leads to it.
    fn server() -> (TcpListener, Target) {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let target = Target::of(&format!("redis://127.0.0.1:{port}")).unwrap();
        (listener, target)
    }

    fn answer(connection: &mut TcpStream) {
        connection.write_all(b"$3\r\n1-0\r\n").unwrap();
    }

    /// Waits until the answer has arrived on the other side of the loopback.
    fn take_command(connection: &mut TcpStream) {
        let mut buffer = [0; 4_096];
        assert!(connection.read(&mut buffer).unwrap() > 0);
    }

    #[test]
    fn nobody_waits_for_answers_and_a_server_that_gives_none_is_left_alone() {
        let clock = Arc::new(ManualClock::starting_at(Timestamp::from_micros(0)));
        let (listener, target) = server();
        let publisher = Publisher::new(target, clock.clone()).unwrap();
        // The first is written, and its answer left for later.
        publisher.publish(&keys(), &hint());
        let (mut connection, _) = listener.accept().unwrap();
        take_command(&mut connection);
        assert_eq!((publisher.tally().written, publisher.trouble()), (1, None));
        // So is the next, which waits for no answer; one that comes later finds it late.
        publisher.publish(&keys(), &hint());
        take_command(&mut connection);
        assert_eq!((publisher.tally().written, publisher.trouble()), (2, None));
        clock.advance(Duration::from_millis(250));
        publisher.publish(&keys(), &hint());
        assert_eq!(publisher.trouble(), Some(Fault::Slow));
        publisher.publish(&keys(), &hint());
        let tally = publisher.tally();
        assert_eq!((tally.written, tally.skipped, tally.failures), (2, 2, 1));
        assert_eq!(tally.waited_us, 0);
        // After the rest somebody looks, again in vain, and after the time of that look it rests
        // for longer.
        clock.advance(Duration::from_millis(500));
        publisher.publish(&keys(), &hint());
        assert_eq!(publisher.tally().failures, 1, "the look is under way");
        clock.advance(Duration::from_secs(1));
        publisher.publish(&keys(), &hint());
        assert_eq!(publisher.tally().failures, 2);
        // Once it answers, all is well.
        clock.advance(Duration::from_secs(1));
        publisher.publish(&keys(), &hint());
        let (mut connection, _) = listener.accept().unwrap();
        take_command(&mut connection);
        answer(&mut connection);
        publisher.publish(&keys(), &hint());
        take_command(&mut connection);
        assert_eq!(publisher.trouble(), None);
        assert_eq!(publisher.tally().written, 4);
    }

    #[test]
    fn a_refusal_opens_the_breaker_and_is_told() {
        let (listener, target) = server();
        let publisher = Publisher::new(target, Arc::new(SystemClock)).unwrap();
        publisher.publish(&keys(), &hint());
        let (mut connection, _) = listener.accept().unwrap();
        take_command(&mut connection);
        connection.write_all(b"-OOM no room\r\n").unwrap();
        publisher.publish(&keys(), &hint());
        let refused = Fault::Refused("OOM no room".to_owned());
        assert_eq!(publisher.trouble(), Some(refused));
    }

    #[test]
    fn a_connection_that_was_closed_meanwhile_is_made_anew_within_the_call() {
        let (listener, target) = server();
        let publisher = Publisher::new(target, Arc::new(SystemClock)).unwrap();
        publisher.publish(&keys(), &hint());
        let (mut connection, _) = listener.accept().unwrap();
        take_command(&mut connection);
        drop(connection);
        publisher.publish(&keys(), &hint());
        let (mut connection, _) = listener.accept().unwrap();
        take_command(&mut connection);
        assert_eq!((publisher.tally().failures, publisher.trouble()), (0, None));
    }

    #[test]
    fn nobody_listening_is_a_failure_that_takes_no_time() {
        // A port that the system gives to nobody.
        let target = Target::of("redis://127.0.0.1:1").unwrap();
        let clock = Arc::new(ManualClock::starting_at(Timestamp::from_micros(0)));
        let publisher = Publisher::new(target, clock).unwrap();
        publisher.publish(&keys(), &hint());
        publisher.publish(&keys(), &hint());
        let tally = publisher.tally();
        assert_eq!((tally.failures, tally.skipped, tally.waited_us), (1, 2, 0));
    }

    #[test]
    fn a_child_opens_a_connection_of_its_own_and_leaves_that_of_its_parent() {
        let (listener, target) = server();
        let publisher = Publisher::new(target, Arc::new(SystemClock)).unwrap();
        publisher.publish(&keys(), &hint());
        let (mut ours, _) = listener.accept().unwrap();
        take_command(&mut ours);
        let code = fork_and_wait(|| {
            publisher.publish(&keys(), &hint());
            i32::try_from(publisher.tally().written).unwrap()
        });
        assert_eq!(code, 2);
        let (mut theirs, _) = listener.accept().unwrap();
        take_command(&mut theirs);
        // The parent's goes on as if nothing had happened.
        answer(&mut ours);
        publisher.publish(&keys(), &hint());
        take_command(&mut ours);
        assert_eq!(publisher.trouble(), None);
    }
}
