//! How a worker learns that there may be work, without asking all the time.
//!
//! A wake-up carries no job and proves nothing: it only says "ask the repository now". Losing one
//! costs at most a poll interval, and a needless one costs one empty claim.

mod announce;
pub mod local;
#[cfg(feature = "redis")]
pub mod redis;
mod redis_url;

pub use announce::{Announcer, Ready};
pub use redis_url::RedisUrl;

pub use local::{Notifier, Waiter, WakeWatch};
