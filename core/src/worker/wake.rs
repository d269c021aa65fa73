//! Carries what the side file tells to the worker's loop.

use std::os::fd::AsFd;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::control::Control;
use crate::queue::{Waiter, WakeWatch};
use crate::repository::Repository;
use crate::sys::readable::watch_readable;

/// Where there is no watch, the database is asked this often whether it has changed.
const ASK_EVERY: Duration = Duration::from_millis(50);

/// A watch that failed is replaced after so many questions: about five seconds.
const WATCH_AGAIN_AFTER: u32 = 100;

/// Listens for as long as the worker runs. Each wake-up is handed over once and must be taken
/// before the next is listened for, so that a full worker is not woken at all.
pub(super) async fn listen(
    database: PathBuf,
    first: Waiter,
    repository: Arc<dyn Repository>,
    control: Arc<Control>,
) {
    let mut waiter = first;
    loop {
        match waiter {
            Waiter::Watching(watch) => {
                // What was missed is asked for; what cannot be watched must not be retried at once.
                let _ = listen_to(watch, &control).await;
                tokio::time::sleep(ASK_EVERY).await;
            }
            Waiter::Polling => ask(repository.as_ref(), &control).await,
        }
        waiter = Waiter::of_database(&database);
        control.wake();
        control.wake_taken.notified().await;
    }
}

/// Returns when the watch is lost.
async fn listen_to(mut watch: WakeWatch, control: &Control) -> std::io::Result<()> {
    let readable = watch_readable(watch.as_fd().try_clone_to_owned()?)?;
    loop {
        let mut ready = readable.readable().await?;
        let woken = watch.drain().map_err(std::io::Error::other)?;
        ready.clear_ready();
        if woken {
            control.wake();
            control.wake_taken.notified().await;
        }
    }
}

async fn ask(repository: &dyn Repository, control: &Control) {
    let mut known = repository.change_counter().ok();
    for _ in 0..WATCH_AGAIN_AFTER {
        tokio::time::sleep(ASK_EVERY).await;
        let counter = repository.change_counter().ok();
        if counter.is_some() && counter != known {
            known = counter;
            control.wake();
            control.wake_taken.notified().await;
        }
    }
}
