//! One call's work on several threads, which end within the call.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::error::{Error, ErrorKind, Result};
use crate::sys::signals::starting_without_signals;
use crate::sys::usage::{count_for_this_thread, thread_cpu_micros};
use crate::watch::Watch;

/// Most threads that are of use: what is done in parallel comes in few parts.
const MOST_THREADS: usize = 8;

/// How many threads may be used where nobody said how many.
pub(crate) fn usual_threads() -> usize {
    std::thread::available_parallelism()
        .map_or(1, usize::from)
        .min(MOST_THREADS)
}

/// Runs `work` for 0..count on several threads; the results are in order whatever the threads do.
///
/// # Errors
/// The first error of `work` in the order of the numbers, [`ErrorKind::Cancelled`] when `watch`
/// asks to stop, and [`ErrorKind::Panicked`] for a panic on one of the threads.
pub(crate) fn in_parallel<T: Send>(
    count: usize,
    threads: usize,
    watch: &dyn Watch,
    work: impl Fn(usize) -> Result<T> + Sync,
) -> Result<Vec<T>> {
    if threads <= 1 || count <= 1 {
        return (0..count)
            .map(|number| {
                watch.check()?;
                work(number)
            })
            .collect();
    }
    let next = AtomicUsize::new(0);
    let run = || {
        let before = thread_cpu_micros();
        let mut done: Vec<(usize, Result<T>)> = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= count {
                break;
            }
            let result = watch.check().and_then(|()| work(number));
            let is_over = result.is_err();
            done.push((number, result));
            if is_over {
                // What is left is not wanted any more.
                next.store(count, Ordering::Relaxed);
            }
        }
        (done, thread_cpu_micros() - before)
    };
    let results: Vec<_> = std::thread::scope(|scope| {
        // On a thread of a host's own, whose signals are the host's.
        let handles: Vec<_> = starting_without_signals(|| {
            (0..threads.min(count)).map(|_| scope.spawn(run)).collect()
        });
        handles
            .into_iter()
            .map(std::thread::ScopedJoinHandle::join)
            .collect()
    });
    let mut all = Vec::with_capacity(count);
    for result in results {
        let (done, used) =
            result.map_err(|_| Error::new(ErrorKind::Panicked, "a helping thread panicked"))?;
        count_for_this_thread(used);
        all.extend(done);
    }
    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, result)| result).collect()
}

/// Things that one thread takes at a time from a list of very many.
const PIECE: usize = 4_096;

/// Runs `work` for the pieces of 0..count, on several threads where these are many, and puts what
/// it gives one after the other.
///
/// # Errors
/// As those of [`in_parallel`].
pub(crate) fn in_pieces<T: Send>(
    count: usize,
    watch: &dyn Watch,
    work: impl Fn(Range<usize>) -> Result<Vec<T>> + Sync,
) -> Result<Vec<T>> {
    in_parts(count, PIECE, watch, work)
}

/// The same with pieces of `size`, for things that each take longer.
///
/// # Errors
/// As those of [`in_parallel`].
pub(crate) fn in_parts<T: Send>(
    count: usize,
    size: usize,
    watch: &dyn Watch,
    work: impl Fn(Range<usize>) -> Result<Vec<T>> + Sync,
) -> Result<Vec<T>> {
    let threads = if count < 2 * size { 1 } else { usual_threads() };
    let found = in_parallel(count.div_ceil(size), threads, watch, |number| {
        work(number * size..count.min((number + 1) * size))
    })?;
    // The first list is long already where there is but one.
    let count = found.iter().map(Vec::len).sum::<usize>();
    let mut found = found.into_iter();
    let mut all = found.next().unwrap_or_default();
    all.reserve_exact(count - all.len());
    for mut part in found {
        watch.check()?;
        all.append(&mut part);
    }
    Ok(all)
}

/// Runs two works that need nothing of each other, beside each other if there are several threads.
///
/// # Errors
/// The error of `one`, or else that of `two`; [`ErrorKind::Panicked`] for a panic of `one`.
pub(crate) fn both<A: Send, B>(
    threads: usize,
    one: impl FnOnce() -> Result<A> + Send,
    two: impl FnOnce() -> Result<B>,
) -> Result<(A, B)> {
    if threads <= 1 {
        return Ok((one()?, two()?));
    }
    let timed = || {
        let before = thread_cpu_micros();
        let result = one();
        (result, thread_cpu_micros() - before)
    };
    let (one, two) = std::thread::scope(|scope| {
        let one = starting_without_signals(|| scope.spawn(timed));
        let two = two();
        (one.join(), two)
    });
    let (one, used) =
        one.map_err(|_| Error::new(ErrorKind::Panicked, "a helping thread panicked"))?;
    count_for_this_thread(used);
    Ok((one?, two?))
}

/// How many threads so many things are worth, each of which takes about a microsecond or more.
pub(crate) fn threads_for(count: usize) -> usize {
    if count < 2 * PIECE {
        return 1;
    }
    usual_threads()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::watch::Unwatched;
    use std::sync::{Mutex, mpsc};

    /// Computes for two milliseconds of processor time.
    fn burn() {
        let end = thread_cpu_micros() + 2_000;
        let mut sum = 0_u64;
        while thread_cpu_micros() < end {
            sum = std::hint::black_box(sum.wrapping_mul(31).wrapping_add(7));
        }
    }

    #[test]
    fn results_come_in_order_from_any_number_of_threads() {
        for threads in [1, 2, 7] {
            let squares = in_parallel(20, threads, &Unwatched, |number| Ok(number * number));
            let squares = squares.unwrap();
            assert!(
                squares
                    .iter()
                    .enumerate()
                    .all(|(i, square)| i * i == *square)
            );
            assert_eq!(squares.len(), 20);
        }
    }

    #[test]
    fn what_is_done_late_comes_in_its_place() {
        let channel = || {
            let (tell, told) = mpsc::channel();
            (Mutex::new(tell), Mutex::new(told))
        };
        let ((begun, is_begun), (done, is_done)) = (channel(), channel());
        // One thread takes the first and the third, while the other is busy with the second.
        let numbers = in_parallel(3, 2, &Unwatched, |number| {
            match number {
                0 => is_begun.lock().unwrap().recv().unwrap(),
                1 => {
                    begun.lock().unwrap().send(()).unwrap();
                    is_done.lock().unwrap().recv().unwrap();
                }
                _ => done.lock().unwrap().send(()).unwrap(),
            }
            Ok(number)
        });
        assert_eq!(numbers.unwrap(), [0, 1, 2]);
    }

    #[test]
    fn pieces_are_put_together_in_order() {
        for count in [0, 1, PIECE, 2 * PIECE, 5 * PIECE + 7] {
            let found = in_pieces(count, &Unwatched, |piece| Ok(piece.collect()));
            assert_eq!(found.unwrap(), (0..count).collect::<Vec<usize>>());
        }
    }

    #[test]
    fn both_works_are_done_at_once() {
        let (tell, told) = mpsc::channel();
        let (answer, answered) = mpsc::channel();
        let one = move || {
            tell.send(7).unwrap();
            Ok(answered.recv().unwrap())
        };
        let two = move || {
            let told: i32 = told.recv().unwrap();
            answer.send(told + 1).unwrap();
            Ok(told)
        };
        assert_eq!(both(2, one, two).unwrap(), (8, 7));
    }

    #[test]
    fn of_both_works_the_error_of_the_first_is_told() {
        let fails =
            |text: &'static str| move || Err::<(), _>(Error::new(ErrorKind::InvalidInput, text));
        for threads in [1, 2] {
            let told = both(threads, fails("one"), fails("two")).unwrap_err();
            assert_eq!(told.to_string(), "one");
            let told = both(threads, || Ok(()), fails("two")).unwrap_err();
            assert_eq!(told.to_string(), "two");
        }
        let told = both(2, || -> Result<()> { panic!("of one") }, || Ok(()));
        assert_eq!(told.unwrap_err().kind(), ErrorKind::Panicked);
    }

    #[test]
    fn the_first_error_is_told() {
        let told = in_parallel(20, 3, &Unwatched, |number| match number {
            4 | 5 => Err(Error::new(ErrorKind::InvalidInput, number.to_string())),
            number => Ok(number),
        });
        assert_eq!(told.unwrap_err().to_string(), "4");
    }

    #[test]
    fn a_panic_is_an_error() {
        let told = in_parallel(2, 2, &Unwatched, |number| {
            assert_eq!(number, 0);
            Ok(())
        });
        assert_eq!(told.unwrap_err().kind(), ErrorKind::Panicked);
    }

    #[test]
    fn the_time_of_its_threads_is_counted_for_the_caller() {
        let before = thread_cpu_micros();
        in_parallel(8, 2, &Unwatched, |_| {
            burn();
            Ok(())
        })
        .unwrap();
        assert!(thread_cpu_micros() - before >= 16_000);
        let burns = || {
            burn();
            Ok(())
        };
        both(2, burns, burns).unwrap();
        assert!(thread_cpu_micros() - before >= 20_000);
    }
}
