//! A lock that can stay locked for longer than a call: over a fork, in particular.

use std::mem::ManuallyDrop;
use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The guard of a shared mutex, which keeps the mutex alive and so needs no borrow of it.
#[derive(Debug)]
pub struct OwnedGuard<T: 'static> {
    guard: ManuallyDrop<MutexGuard<'static, T>>,
    // Dropped after the guard: see `Drop`.
    mutex: ManuallyDrop<Arc<Mutex<T>>>,
}

/// Locks `mutex` until the returned guard is dropped, on the thread that called this.
pub fn lock_owned<T: 'static>(mutex: &Arc<Mutex<T>>) -> OwnedGuard<T> {
    let mutex = Arc::clone(mutex);
    let guard = mutex.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: only the lifetime changes. The mutex lies in the heap block of the `Arc`, which the
    // returned value holds and gives up only after the guard is dropped; the guard is never
    // handed out, only borrowed for as long as `self` is.
    let guard: MutexGuard<'static, T> = unsafe { std::mem::transmute(guard) };
    OwnedGuard {
        guard: ManuallyDrop::new(guard),
        mutex: ManuallyDrop::new(mutex),
    }
}

impl<T> Deref for OwnedGuard<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.guard
    }
}

impl<T> DerefMut for OwnedGuard<T> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.guard
    }
}

impl<T> Drop for OwnedGuard<T> {
    fn drop(&mut self) {
        // SAFETY: each field is dropped here, once, and not used again; the guard goes first,
        // because it points into what the `Arc` keeps alive.
        unsafe {
            ManuallyDrop::drop(&mut self.guard);
            ManuallyDrop::drop(&mut self.mutex);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_held_until_the_guard_goes_and_outlives_its_last_other_user() {
        let mutex = Arc::new(Mutex::new(vec![1]));
        let mut guard = lock_owned(&mutex);
        assert!(mutex.try_lock().is_err());
        let weak = Arc::downgrade(&mutex);
        drop(mutex);
        guard.push(2);
        assert_eq!(*guard, [1, 2]);
        drop(guard);
        assert_eq!(weak.strong_count(), 0);
    }
}
