//! What must happen around `fork` so that parent and child both go on safely.
//!
//! Objects that a forked child must not inherit as they are, such as open databases, register
//! here once. The hooks are installed with `pthread_atfork`, so a fork made by any language in
//! the process runs them. `posix_spawn` and `vfork` followed by `exec` run none and need none.

use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use crate::error::{Error, ErrorKind, Result};

/// Something that prepares for a fork and picks up again on both sides of it.
///
/// The hooks run on the forking thread. They must not register further objects, must not fork,
/// and should not panic; a panic is caught and the fork goes on.
pub trait ForkAware: Send + Sync {
    /// Before the fork, in the order of registration: finish or lock what must not be cut in two.
    fn before_fork(&self);

    /// After the fork in the parent, in reverse order: undo [`before_fork`](Self::before_fork).
    fn after_fork_parent(&self);

    /// After the fork in the child, in reverse order; the forking thread is the only one there.
    fn after_fork_child(&self);
}

/// The id of the calling process, never a cached one.
pub fn current_pid() -> u32 {
    std::process::id()
}

/// Calls `object`'s hooks around every fork of this process for as long as it lives.
///
/// An [`ErrorKind::Unavailable`] when the system cannot install the hooks (out of memory).
pub fn register(object: Weak<dyn ForkAware>) -> Result<()> {
    static INSTALLED: OnceLock<i32> = OnceLock::new();
    // SAFETY: the three functions are `extern "C"`, take nothing, never unwind (each body runs
    // under `catch_unwind`), and live as long as the library that the C runtime ties them to.
    let code = *INSTALLED.get_or_init(|| unsafe {
        libc::pthread_atfork(Some(prepare), Some(in_parent), Some(in_child))
    });
    if code != 0 {
        let cause = std::io::Error::from_raw_os_error(code);
        return Err(
            Error::new(ErrorKind::Unavailable, "cannot install fork hooks").with_source(cause),
        );
    }
    let mut registry = lock_registry();
    registry.objects.retain(|known| known.strong_count() > 0);
    registry.objects.push(object);
    Ok(())
}

/// Calls `object`'s hooks innermost: after all others before a fork, before all others after it.
///
/// For locks of the whole process that the other hooks still use. Registering it again does
/// nothing; it takes effect once something is [registered](register).
pub fn register_innermost(object: &'static dyn ForkAware) {
    let mut registry = lock_registry();
    let is_known = registry
        .innermost
        .iter()
        .any(|known| std::ptr::addr_eq(*known, object));
    if !is_known {
        registry.innermost.push(object);
    }
}

/// Does `work` while no other thread can fork. It must neither register objects nor fork itself.
pub fn without_forks<T>(work: impl FnOnce() -> T) -> T {
    let _registry = lock_registry();
    work()
}

#[derive(Default)]
struct Registry {
    objects: Vec<Weak<dyn ForkAware>>,
    innermost: Vec<&'static dyn ForkAware>,
}

static REGISTRY: Mutex<Registry> = Mutex::new(Registry {
    objects: Vec::new(),
    innermost: Vec::new(),
});

/// What the forking thread carries over the fork: the registry stays locked, so that the child
/// cannot inherit it locked by a thread that it does not have, and the objects stay alive, so that
/// each one prepared is also resumed.
struct Forking {
    registry: MutexGuard<'static, Registry>,
    prepared: Vec<Arc<dyn ForkAware>>,
}

thread_local! {
    static FORKING: RefCell<Option<Forking>> = const { RefCell::new(None) };
}

fn lock_registry() -> MutexGuard<'static, Registry> {
    REGISTRY.lock().unwrap_or_else(PoisonError::into_inner)
}

extern "C" fn prepare() {
    run_quietly(|| {
        let registry = lock_registry();
        let prepared: Vec<_> = registry.objects.iter().filter_map(Weak::upgrade).collect();
        for object in &prepared {
            run_quietly(|| object.before_fork());
        }
        for object in &registry.innermost {
            run_quietly(|| object.before_fork());
        }
        let forking = Forking { registry, prepared };
        // During the thread's own teardown there is nowhere to keep it: the lock is then released
        // early, which matters only if another thread registers at this very moment.
        let _ = FORKING.try_with(|slot| *slot.borrow_mut() = Some(forking));
    });
}

extern "C" fn in_parent() {
    resume(|object| object.after_fork_parent());
}

extern "C" fn in_child() {
    resume(|object| object.after_fork_child());
}

fn resume(hook: impl Fn(&dyn ForkAware)) {
    run_quietly(|| {
        let forking = FORKING
            .try_with(|slot| slot.borrow_mut().take())
            .ok()
            .flatten();
        let Some(Forking { registry, prepared }) = forking else {
            return;
        };
        for object in registry.innermost.iter().rev() {
            run_quietly(|| hook(*object));
        }
        for object in prepared.iter().rev() {
            run_quietly(|| hook(object.as_ref()));
        }
        // Released first: dropping the last reference runs the object's own code.
        drop(registry);
        drop(prepared);
    });
}

/// Unwinding must not reach the C library; a hook that panics has nobody to tell.
fn run_quietly(work: impl FnOnce()) {
    let _ = catch_unwind(AssertUnwindSafe(work));
}

/// Forks; the child answers with what `in_child` returns as its exit code.
#[cfg(test)]
pub(crate) fn fork_and_wait(in_child: impl FnOnce() -> i32) -> i32 {
    // SAFETY: the child of a test that may have other threads calls only code that allocates
    // (which glibc keeps usable after a fork) and locks that the hooks manage, then `_exit`.
    unsafe {
        let pid = libc::fork();
        assert!(pid >= 0, "fork failed");
        if pid == 0 {
            // A child that hangs is killed, which fails the test.
            libc::alarm(60);
            libc::_exit(in_child());
        }
        let mut status = 0;
        assert_eq!(libc::waitpid(pid, &mut status, 0), pid);
        assert!(libc::WIFEXITED(status), "the child was killed");
        libc::WEXITSTATUS(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Notes its calls; only those of the test's own thread, since other tests may fork too.
    struct Recorder {
        name: &'static str,
        thread: std::thread::ThreadId,
        log: Arc<Mutex<Vec<String>>>,
        panics: bool,
    }

    impl Recorder {
        fn note(&self, what: &str) {
            if std::thread::current().id() == self.thread {
                self.log
                    .lock()
                    .unwrap()
                    .push(format!("{} {what}", self.name));
            }
        }
    }

    impl ForkAware for Recorder {
        fn before_fork(&self) {
            self.note("before");
            assert!(!self.panics, "hooks may fail");
        }
        fn after_fork_parent(&self) {
            self.note("parent");
        }
        fn after_fork_child(&self) {
            self.note("child");
        }
    }

    #[test]
    fn hooks_run_in_order_before_and_in_reverse_after_on_both_sides() {
        let log = Arc::new(Mutex::new(Vec::new()));
        let recorder = |name, panics| {
            let recorder: Arc<dyn ForkAware> = Arc::new(Recorder {
                name,
                thread: std::thread::current().id(),
                log: Arc::clone(&log),
                panics,
            });
            register(Arc::downgrade(&recorder)).unwrap();
            recorder
        };
        let (_first, _second, dropped) = (
            recorder("a", false),
            recorder("b", true),
            recorder("gone", false),
        );
        drop(dropped);

        let in_child = Arc::clone(&log);
        let code = fork_and_wait(move || {
            let seen = in_child.lock().unwrap();
            i32::from(*seen == ["a before", "b before", "b child", "a child"])
        });
        assert_eq!(code, 1, "the child saw another order");
        assert_eq!(
            *log.lock().unwrap(),
            ["a before", "b before", "b parent", "a parent"]
        );
    }

    #[test]
    fn a_child_can_register_and_fork_again() {
        struct Counter(AtomicUsize);
        impl ForkAware for Counter {
            fn before_fork(&self) {}
            fn after_fork_parent(&self) {}
            fn after_fork_child(&self) {
                self.0.fetch_add(1, Ordering::SeqCst);
            }
        }
        let outer = Arc::new(Counter(AtomicUsize::new(0)));
        let weak: Weak<Counter> = Arc::downgrade(&outer);
        register(weak).unwrap();
        let code = fork_and_wait(|| {
            let inner = Arc::new(Counter(AtomicUsize::new(0)));
            let weak: Weak<Counter> = Arc::downgrade(&inner);
            if register(weak).is_err() {
                return 1;
            }
            fork_and_wait(|| {
                let counts = (
                    outer.0.load(Ordering::SeqCst),
                    inner.0.load(Ordering::SeqCst),
                );
                if counts == (2, 1) { 42 } else { 2 }
            })
        });
        assert_eq!(code, 42);
    }
}
