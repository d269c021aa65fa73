//! From a host's name to its addresses, asked for rarely.
//!
//! The system's resolver cannot be told how long it may take, and asking it on a thread is not for
//! a client that starts none. So a name is resolved when a connection is configured, and what was
//! found is kept; only when none of it can be connected to is it asked for again, at most every
//! [`AGAIN_AFTER`]. An address in place of a name is never asked for.

use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use super::fault::Fault;

/// In microseconds.
const AGAIN_AFTER: i64 = 30_000_000;

/// The addresses of a host, of which one is tried after the other.
#[derive(Debug, Default)]
pub(super) struct Addresses {
    found: Vec<SocketAddr>,
    asked_at: Option<i64>,
    next: usize,
}

impl Addresses {
    /// The address to try at `now`.
    pub(super) fn choose(&mut self, host: &str, port: u16, now: i64) -> Result<SocketAddr, Fault> {
        if let Ok(address) = host.parse::<IpAddr>() {
            return Ok(SocketAddr::new(address, port));
        }
        let is_due = self
            .asked_at
            .is_none_or(|asked| now.saturating_sub(asked) >= AGAIN_AFTER);
        if self.next >= self.found.len() && is_due {
            self.asked_at = Some(now);
            match (host, port).to_socket_addrs() {
                Ok(found) => self.found = found.collect(),
                Err(error) if self.found.is_empty() => {
                    return Err(Fault::Unresolved(error.to_string()));
                }
                // What was found before may still be right.
                Err(_) => {}
            }
            self.next = 0;
        }
        let count = self.found.len().max(1);
        let chosen = self.found.get(self.next % count);
        chosen
            .copied()
            .ok_or_else(|| Fault::Unresolved("there is no address of that name".to_owned()))
    }

    /// The address that was chosen last led nowhere.
    pub(super) fn failed(&mut self) {
        self.next = self.next.saturating_add(1);
    }

    /// The address that was chosen last is the right one.
    pub(super) fn succeeded(&mut self) {
        let count = self.found.len().max(1);
        self.next %= count;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_taken_as_it_is() {
        let mut addresses = Addresses::default();
        let chosen = addresses.choose("::1", 7, 0).unwrap();
        assert_eq!(chosen, "[::1]:7".parse().unwrap());
        assert_eq!(addresses.asked_at, None, "nobody was asked");
    }

    #[test]
    fn a_name_is_asked_for_once_and_again_only_when_nothing_answers() {
        let mut addresses = Addresses::default();
        addresses.choose("localhost", 7, 0).unwrap();
        addresses.succeeded();
        addresses.choose("localhost", 7, 2 * AGAIN_AFTER).unwrap();
        assert_eq!(addresses.asked_at, Some(0), "it works");
        for _ in 0..addresses.found.len() {
            addresses.failed();
        }
        addresses.choose("localhost", 7, AGAIN_AFTER - 1).unwrap();
        assert_eq!(addresses.asked_at, Some(0), "not so soon");
        addresses.choose("localhost", 7, AGAIN_AFTER).unwrap();
        assert_eq!(addresses.asked_at, Some(AGAIN_AFTER));
    }

    #[test]
    fn a_name_that_is_none_is_told() {
        let error = Addresses::default().choose("no-such-host.invalid", 7, 0);
        assert!(matches!(error, Err(Fault::Unresolved(_))));
    }
}
