//! Redis as a transport of hints: it wakes workers, and decides nothing.
//!
//! ```text
//!  client, worker                                     worker
//!  Publisher ── XADD {fj:<ns>:<queue>}:hints ──► one stream per queue, one group ──► Receiver
//! ```
//! A hint says that a queue may have jobs now. It is written after the commit of what made them
//! ready, and acknowledged after the commit of the claim that it led to. Each wakes one worker of
//! those that wait. Any of them may be lost, with all of Redis: workers poll all the same, and
//! sooner while they cannot hear.
//!
//! The commands are those that Redis 6.2 and Valkey have. The protocol and the URLs are the `redis`
//! crate's; the sockets are our own, because a publisher must be able to give up at any moment
//! without a thread, and to leave a reply for later.

mod breaker;
mod fault;
mod hint;
mod link;
mod publisher;
mod receiver;
mod replies;
mod resolve;
mod socket;
mod stream;
mod target;
mod tls;

pub use breaker::Breaker;
pub use fault::Fault;
pub use hint::{Hint, Keys};
pub use publisher::{Publisher, Tally};
pub use receiver::{Heard, Received, Receiver};
pub use target::Target;
