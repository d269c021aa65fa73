//! When to leave Redis alone: a circuit breaker with backoff and jitter.
//!
//! ```text
//!  closed ── failure ──► open ── its time is over ──► half-open ── answer ──► closed
//!                          ▲                              │
//!                          └───────── failure ────────────┘
//! ```

/// The first rest after a failure, in microseconds; it doubles with each that follows.
const FIRST_REST: i64 = 500_000;

/// The longest rest: a Redis that is back is used again this soon.
const LONGEST_REST: i64 = 5_000_000;

/// A breaker. It knows no clock: moments are given, in microseconds of one that never goes back.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    state: State,
    /// Failures since the last answer.
    failures: u32,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum State {
    #[default]
    Closed,
    Open {
        until: i64,
    },
    HalfOpen,
}

/// What may be done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permit {
    /// All, in the usual time.
    Full,
    /// One try, in next to no time.
    Probe,
    /// Nothing.
    None,
}

impl Breaker {
    /// What may be done at `now`; a rest that is over makes the breaker half-open.
    pub fn permit(&mut self, now: i64) -> Permit {
        match self.state {
            State::Closed => Permit::Full,
            State::HalfOpen => Permit::Probe,
            State::Open { until } if now < until => Permit::None,
            State::Open { .. } => {
                self.state = State::HalfOpen;
                Permit::Probe
            }
        }
    }

    /// Redis answered.
    pub fn succeeded(&mut self) {
        *self = Breaker::default();
    }

    /// Redis failed at `now`; `jitter` in 0..1 shortens the rest by up to half, so that processes
    /// which failed together do not come back together.
    pub fn failed(&mut self, now: i64, jitter: f64) {
        let doubled = FIRST_REST.saturating_mul(1 << self.failures.min(16));
        let rest = doubled.min(LONGEST_REST);
        let rest = (rest as f64 * (0.5 + 0.5 * jitter)) as i64;
        self.failures = self.failures.saturating_add(1);
        self.state = State::Open {
            until: now.saturating_add(rest),
        };
    }

    /// Whether everything is as it should be.
    pub fn is_closed(&self) -> bool {
        self.state == State::Closed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_opens_at_a_failure_and_closes_at_an_answer() {
        let mut breaker = Breaker::default();
        assert_eq!(breaker.permit(0), Permit::Full);
        breaker.failed(0, 1.0);
        assert_eq!(breaker.permit(FIRST_REST - 1), Permit::None);
        assert_eq!(breaker.permit(FIRST_REST), Permit::Probe);
        assert_eq!(
            breaker.permit(FIRST_REST),
            Permit::Probe,
            "until it is known"
        );
        breaker.succeeded();
        assert_eq!(breaker.permit(FIRST_REST), Permit::Full);
    }

    #[test]
    fn each_rest_is_twice_the_last_up_to_the_longest_and_no_shorter_than_half() {
        let mut breaker = Breaker::default();
        let mut now = 0;
        for rest in [
            500_000, 1_000_000, 2_000_000, 4_000_000, 5_000_000, 5_000_000,
        ] {
            breaker.failed(now, 1.0);
            assert_eq!(breaker.permit(now + rest - 1), Permit::None);
            now += rest;
            assert_eq!(breaker.permit(now), Permit::Probe);
        }
        breaker.failed(now, 0.0);
        assert_eq!(breaker.permit(now + LONGEST_REST / 2 - 1), Permit::None);
        assert_eq!(breaker.permit(now + LONGEST_REST / 2), Permit::Probe);
        breaker.succeeded();
        breaker.failed(now, 1.0);
        assert_eq!(
            breaker.permit(now + FIRST_REST),
            Permit::Probe,
            "from the first again"
        );
    }
}
