//! One suite for every repository: each case is stamped once per store, and for PostgreSQL once
//! more through a pooler. The races run on two repositories of one database as well, as two
//! processes have them.

mod ask;
mod beat;
mod catalogue;
mod change;
mod claim;
mod completeness;
mod design;
mod enqueue;
mod finish;
mod forget;
mod list;
mod operate;
mod races;
mod reap;
mod situation;
mod store;
mod waiting;

use store::Store;

macro_rules! stamp {
    ($($group:ident { $($case:ident),* $(,)? })*) => {
        stamp!(@store memory $($group { $($case)* })*);
        stamp!(@store sqlite $($group { $($case)* })*);
        stamp!(@store postgres $($group { $($case)* })*);
        stamp!(@store pgbouncer $($group { $($case)* })*);
    };
    (@store $store:ident $($group:ident { $($case:ident)* })*) => {
        mod $store {
            $(mod $group {
                $(#[test]
                fn $case() {
                    if let Some(store) = super::super::Store::$store() {
                        super::super::$group::$case(&store);
                    }
                })*
            })*
        }
    };
}

stamp! {
    enqueue {
        a_job_comes_back_as_it_was_asked_for,
        all_or_none_of_a_call_are_stored,
        a_unique_key_returns_the_active_job,
        a_unique_key_is_free_once_the_job_has_ended,
        a_unique_key_is_of_one_kind,
        two_callers_with_one_key_make_one_job,
        a_new_floor_plan_comes_with_its_job,
        an_existing_job_brings_no_second_floor_plan,
        an_unknown_floor_plan_is_refused,
        an_id_is_used_once,
        a_key_can_be_held_for_a_time_or_for_ever,
        a_moment_can_be_given_instead_of_a_delay,
        a_refused_call_stores_no_floor_plan,
    }
    claim {
        the_best_come_first,
        an_earlier_queue_is_emptied_first,
        other_queues_and_kinds_are_left_alone,
        no_more_than_the_limit_are_started,
        a_delayed_job_waits,
        a_claim_starts_an_attempt,
        no_job_goes_to_two_callers,
        one_job_can_be_claimed_before_it_is_due,
        only_a_queued_job_can_be_claimed,
        many_jobs_that_become_due_at_once_all_run,
        a_due_job_is_found_behind_any_number_of_others,
        an_earlier_moment_comes_before_a_smaller_id,
        a_job_of_a_paused_queue_can_be_claimed_by_itself,
        a_new_attempt_has_not_come_far,
    }
    beat {
        a_beat_renews_the_lease,
        a_beat_without_a_lease_only_writes_progress,
        a_beat_of_a_lost_attempt_writes_nothing,
        a_beat_brings_the_cancel_request,
        a_beat_tells_whether_the_attempt_stalls,
        a_beat_shows_that_the_worker_lives,
        a_beat_with_a_wrong_fence_is_lost,
        a_look_for_cancel_requests_is_no_sign_of_life,
    }
    finish {
        a_success_shows_everything_at_once,
        a_retry_waits_and_counts_an_error,
        a_failure_ends_the_job,
        a_crash_of_the_handler_counts_as_those_of_workers,
        a_requested_cancel_ends_a_job_whose_handler_crashed,
        the_causes_of_a_failure_are_kept_one_by_one,
        a_snooze_counts_nothing,
        a_release_counts_an_interruption_and_is_ready,
        a_release_is_ready_at_once_though_the_clock_was_set_back,
        every_wrong_fence_is_refused,
        a_second_ending_is_refused_unless_it_is_the_same,
        a_job_without_a_floor_plan_has_nothing_to_read_into,
        a_requested_cancel_wins_over_running_again,
        a_success_wins_over_a_requested_cancel,
        strays_are_released_and_held_jobs_are_not,
        a_lost_answer_is_given_though_the_job_runs_again,
        a_stray_that_was_to_be_cancelled_is,
        an_ending_may_start_the_next_job_with_it,
        endings_may_start_fewer_jobs_than_end,
        a_refused_ending_keeps_no_other_from_being_accepted,
        a_refused_ending_starts_nothing_with_it,
        an_ending_whose_answer_was_lost_may_start_jobs_again,
    }
    design {
        a_design_is_stored_with_the_end_of_its_job,
        a_layout_can_be_priced_again_and_the_newest_bill_is_found,
        a_design_of_a_lost_attempt_or_an_unknown_layout_is_not_stored,
        an_ending_with_a_design_starts_another_job_in_its_place,
        a_design_outlives_its_job,
    }
    catalogue {
        a_catalogue_comes_back_as_it_was_stored,
        rows_are_merged_by_their_codes,
        without_a_catalogue_rows_are_merged_into_the_seed,
        what_cannot_be_priced_with_is_refused,
    }
    reap {
        a_silent_owner_loses_its_job,
        a_live_lease_is_left_alone,
        a_gone_owner_needs_no_expired_lease,
        the_third_crash_fails_the_job,
        crashes_use_up_no_attempts,
        a_crashed_job_backs_off_as_it_asked,
        a_requested_cancel_ends_a_crashed_job,
        a_reaped_attempt_is_refused_everything,
        no_more_than_the_limit_are_reaped,
        a_stepped_wall_clock_reaps_nobody,
        a_missing_worker_row_reaps_nobody,
        a_later_crash_waits_by_the_policy,
    }
    waiting {
        a_job_runs_after_those_it_waits_for,
        a_failed_parent_cancels_fails_or_is_ignored,
        a_parent_that_has_ended_is_settled_at_once,
        an_ended_parent_passes_down_the_chain,
        an_unknown_parent_is_refused,
        a_blocked_job_is_not_started_or_made_ready,
        a_blocked_job_can_be_cancelled_and_retried_without_its_parents,
        a_paused_queue_starts_nothing,
        a_checkpoint_is_there_for_the_next_attempt,
        a_checkpoint_is_fenced,
        what_an_attempt_used_is_kept,
        jobs_of_one_call_can_wait_for_each_other,
        a_place_that_is_not_before_is_refused_and_nothing_stored,
        a_follower_is_about_the_floor_plan_of_its_leader,
        the_same_call_made_twice_makes_no_job_twice,
        followers_hold_their_key_as_long_as_their_leader,
        a_parent_that_runs_again_is_still_waited_for,
        a_parent_of_the_same_call_is_known_and_one_named_twice_counts_once,
        a_child_that_becomes_free_still_waits_for_its_moment,
        a_checkpoint_of_nobody_is_refused,
    }
    forget {
        old_jobs_go_oldest_first_and_by_their_status,
        a_job_that_holds_its_key_stays,
        a_deleted_job_is_gone_with_its_attempts,
        only_the_newest_attempts_of_a_job_are_kept,
        blobs_that_nothing_names_are_told,
        stats_tell_each_queue_and_state,
        a_position_counts_the_ready_jobs_before,
        recent_runs_are_of_one_kind_and_newest_first,
        an_input_file_is_named_by_its_job_alone,
        a_young_job_stays_beside_an_old_one,
    }
    change {
        a_queued_job_is_cancelled_at_once,
        a_running_job_is_asked_to_stop,
        an_ended_job_cannot_be_cancelled,
        a_failed_job_runs_again_with_counters_from_zero,
        only_failed_and_cancelled_jobs_are_retried,
        a_retry_does_not_take_a_held_key,
        a_delayed_job_can_be_made_due,
        the_change_counter_tells_of_every_write_and_of_no_reading,
        a_retried_job_has_what_it_kept_and_none_of_its_counts,
        a_retry_does_not_take_a_key_that_is_held_for_a_time,
    }
    ask {
        an_unknown_job_is_not_found,
        a_list_is_newest_first_and_goes_on_where_it_stopped,
        filters_must_all_fit,
        counts_tell_ready_delayed_and_running,
        what_was_ready_is_called_so_when_the_clock_is_stepped_back,
        the_next_run_at_is_the_earliest_of_the_queues,
        workers_are_noted_and_forgotten,
        running_owners_are_known_by_their_process,
    }    list {
        several_states_can_be_asked_for,
        rare_jobs_are_found_behind_many_others,
        a_key_is_found_with_and_without_its_kind,
        the_time_of_storing_is_a_half_open_interval,
        nothing_is_missed_or_doubled_while_jobs_come_and_go,
    }
    situation {
        an_unknown_job_has_no_situation,
        the_jobs_before_are_counted_by_kind,
        parents_attempts_and_a_pause_are_told,
        workers_are_told_with_what_they_run,
    }
    operate {
        recent_attempts_are_the_newest_jobs_and_have_ended,
        queued_kinds_are_counted_by_queue,
        the_latest_moment_shows_a_clock_that_was_stepped_back,
        references_are_told_once_each_in_order_and_in_portions,
        loads_are_the_workers_with_what_they_run,
        what_is_not_offered_is_unsupported,
        ready_queues_have_something_for_a_claim,
        the_identity_of_a_repository_stays_and_is_its_own,
    }
}

macro_rules! stamp_races {
    ($($case:ident,)*) => {
        stamp_races!(@store memory $($case)*);
        stamp_races!(@store sqlite_once $($case)*);
        stamp_races!(@store sqlite_twice $($case)*);
        stamp_races!(@store postgres $($case)*);
        stamp_races!(@store postgres_twice $($case)*);
        stamp_races!(@store pgbouncer $($case)*);
    };
    (@store $store:ident $($case:ident)*) => {
        mod $store {
            $(#[test]
            fn $case() {
                if let Some(store) = super::super::Store::$store() {
                    super::super::races::$case(&store);
                }
            })*
        }
    };
}

mod raced {
    stamp_races! {
        claim_against_claim,
        claim_one_against_claim,
        enqueue_against_enqueue_with_one_key,
        enqueue_against_enqueue_with_one_id,
        finish_against_reap,
        reap_against_reap,
        heartbeat_against_reap,
        claim_against_reap,
        finish_against_finish,
        cancel_against_finish,
        cancel_against_claim,
        cancel_against_reap,
        cancel_against_cancel,
        retry_against_retry,
        retry_against_enqueue_with_the_same_key,
        prune_against_retry,
        prune_against_enqueue_of_a_child,
        the_end_of_a_parent_against_enqueue_of_its_child,
        the_ends_of_two_parents,
        pause_against_claim,
        make_due_against_claim,
        merges_of_two_catalogues,
        release_strays_against_finish,
        release_strays_against_a_claim_of_another,
        checkpoint_against_finish,
        a_reader_sees_a_success_as_a_whole,
        a_beat_against_the_removal_of_its_worker,
    }
}
