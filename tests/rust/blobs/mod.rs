//! One suite for every blob store: each case is stamped once per store.

mod cases;
mod store;

use store::Place;

macro_rules! stamp {
    ($($case:ident),* $(,)?) => {
        stamp!(@store directory $($case)*);
        stamp!(@store object_store $($case)*);
    };
    (@store $store:ident $($case:ident)*) => {
        mod $store {
            $(#[test]
            fn $case() {
                if let Some(place) = super::Place::$store() {
                    super::cases::$case(&place);
                }
            })*
        }
    };
}

stamp! {
    the_same_bytes_are_stored_once_and_read_back,
    a_missing_blob_is_not_found,
    the_limit_counts_bytes_exactly,
    damage_is_noticed_on_reading,
    a_blob_of_another_length_is_mended_by_storing,
    racing_writers_of_the_same_bytes_all_succeed,
    only_what_is_old_is_removed,
    a_blob_that_was_removed_can_be_stored_again,
    old_blobs_are_listed_in_portions_and_in_order,
    what_is_no_blob_is_left_alone,
    leftovers_are_swept_by_age_in_portions,
    large_blobs_come_back_whole,
    stores_in_one_place_share_their_blobs,
}
