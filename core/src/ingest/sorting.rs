//! Sorting of what a sheet may have hundreds of thousands of.

use std::cmp::Ordering;

use crate::error::Result;
use crate::watch::Watch;

/// So many are sorted between two looks at the watch.
const AT_ONCE: usize = 1 << 16;

/// A stable sort that asks now and then whether to go on.
///
/// # Errors
/// [`crate::error::ErrorKind::Cancelled`] when `watch` asks to stop.
pub(super) fn sort<T>(
    list: &mut [T],
    watch: &dyn Watch,
    mut order: impl FnMut(&T, &T) -> Ordering,
) -> Result<()> {
    // To put sorted stretches together takes the sort of the whole little time.
    if list.len() > AT_ONCE {
        for stretch in list.chunks_mut(AT_ONCE) {
            watch.check()?;
            stretch.sort_by(&mut order);
        }
    }
    watch.check()?;
    list.sort_by(order);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::watch::Unwatched;

    /// Says stop at the question of this number.
    struct StopsAt(std::sync::atomic::AtomicUsize);

    impl Watch for StopsAt {
        fn progress(&self, _: f64, _: &'static str) {}

        fn is_cancelled(&self) -> bool {
            let left = &self.0;
            left.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) == 1
        }
    }

    #[test]
    fn stretches_are_sorted_as_a_whole_and_equals_stay_in_their_order() {
        let count = 2 * AT_ONCE + 77;
        let mut list: Vec<(usize, usize)> = (0..count).map(|n| (n * 7_919 % 1_000, n)).collect();
        let mut known = list.clone();
        known.sort_by_key(|one| one.0);
        sort(&mut list, &Unwatched, |one, two| one.0.cmp(&two.0)).unwrap();
        assert_eq!(list, known);
    }

    #[test]
    fn a_long_list_is_given_up_between_its_stretches() {
        let mut list: Vec<usize> = (0..3 * AT_ONCE).rev().collect();
        let told = sort(&mut list, &StopsAt(2.into()), usize::cmp).unwrap_err();
        assert_eq!(told.kind(), ErrorKind::Cancelled);
        assert_eq!(list.first(), Some(&(2 * AT_ONCE)));
    }
}
