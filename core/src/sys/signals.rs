//! Threads that leave their host's signals alone.
//!
//! The kernel hands a signal to any thread that does not block it. Threads of this library block
//! them all, so a host's handlers go on running on the host's own threads.

use std::io;
use std::mem::MaybeUninit;
use std::thread;

/// Faults of the thread itself and profiling timers: blocked, they would kill or mislead.
const KEPT: [libc::c_int; 8] = [
    libc::SIGSEGV,
    libc::SIGBUS,
    libc::SIGFPE,
    libc::SIGILL,
    libc::SIGTRAP,
    libc::SIGSYS,
    libc::SIGABRT,
    libc::SIGPROF,
];

/// Starts a named thread that takes no signal of its process, from its first instruction on.
pub fn spawn_without_signals<F>(name: String, work: F) -> io::Result<thread::JoinHandle<()>>
where
    F: FnOnce() + Send + 'static,
{
    // A thread inherits the mask of its creator, so blocking here leaves no moment open.
    let _blocked = BlockedSignals::on_this_thread()?;
    thread::Builder::new().name(name).spawn(work)
}

/// Calls what starts threads that end within the caller's own call, so that they, too, take no signal of
/// their process.
pub(crate) fn starting_without_signals<T>(start: impl FnOnce() -> T) -> T {
    // It fails for arguments only that are not given here; the work does not depend on it.
    let _blocked = BlockedSignals::on_this_thread();
    start()
}

/// Blocks the signals of the calling thread until it is dropped.
struct BlockedSignals {
    before: libc::sigset_t,
}

impl BlockedSignals {
    fn on_this_thread() -> io::Result<BlockedSignals> {
        let mut set = MaybeUninit::<libc::sigset_t>::uninit();
        let mut before = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: `sigfillset` initialises `set` before it is used; `pthread_sigmask` reads it and
        // initialises `before`, which is taken only when the call succeeded.
        unsafe {
            libc::sigfillset(set.as_mut_ptr());
            for signal in KEPT {
                libc::sigdelset(set.as_mut_ptr(), signal);
            }
            match libc::pthread_sigmask(libc::SIG_BLOCK, set.as_ptr(), before.as_mut_ptr()) {
                0 => Ok(BlockedSignals {
                    before: before.assume_init(),
                }),
                code => Err(io::Error::from_raw_os_error(code)),
            }
        }
    }
}

impl Drop for BlockedSignals {
    fn drop(&mut self) {
        // SAFETY: `before` was filled by `pthread_sigmask`, and a null old set is allowed.
        unsafe {
            libc::pthread_sigmask(libc::SIG_SETMASK, &self.before, std::ptr::null_mut());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn is_blocked(signal: libc::c_int) -> bool {
        let mut mask = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: a null new set only reads the mask into `mask`.
        unsafe {
            libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), mask.as_mut_ptr());
            libc::sigismember(mask.as_ptr(), signal) == 1
        }
    }

    #[test]
    fn the_new_thread_takes_no_signals_and_the_old_one_keeps_its_mask() {
        let (sender, receiver) = mpsc::channel();
        spawn_without_signals("quiet".into(), move || {
            sender
                .send((is_blocked(libc::SIGTERM), is_blocked(libc::SIGSEGV)))
                .unwrap();
        })
        .unwrap()
        .join()
        .unwrap();
        assert_eq!(receiver.recv().unwrap(), (true, false));
        assert!(!is_blocked(libc::SIGTERM));
    }

    #[test]
    fn threads_within_a_call_take_no_signals_either() {
        let asked = || (is_blocked(libc::SIGTERM), is_blocked(libc::SIGUSR1));
        std::thread::scope(|scope| {
            let helper = starting_without_signals(|| scope.spawn(asked));
            assert_eq!(helper.join().unwrap(), (true, true));
        });
        assert!(!is_blocked(libc::SIGTERM));
    }
}
