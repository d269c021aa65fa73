//! What can be done to a repository, as data that shrinks.

use proptest::prelude::*;

/// One operation. Jobs, owners and fences are picked by number from what there is.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    Enqueue(Vec<Request>),
    Claim {
        owner: u8,
        limit: u8,
        other_first: bool,
    },
    ClaimOne {
        owner: u8,
        job: u8,
    },
    Heartbeat {
        owner: u8,
        fences: Vec<u8>,
        progress: Option<u8>,
        lease: bool,
    },
    Finish {
        fence: u8,
        ending: Ending,
    },
    FinishAgain {
        fence: u8,
        ending: Ending,
    },
    FinishAndClaim {
        fences: Vec<u8>,
        ending: Ending,
        owner: u8,
        limit: u8,
    },
    ReleaseStrays {
        owner: u8,
        held: Vec<u8>,
    },
    Reap {
        gone: Vec<u8>,
        limit: u8,
        jitter: u8,
    },
    Checkpoint {
        fence: u8,
        value: u8,
    },
    Prune {
        age: u8,
        limit: u8,
    },
    Pause {
        other: bool,
    },
    ChangeCatalogue {
        code: Option<u8>,
    },
    Resume {
        other: bool,
    },
    Cancel {
        job: u8,
    },
    Retry {
        job: u8,
    },
    MakeDue {
        job: u8,
    },
    NoteWorker {
        owner: u8,
    },
    ForgetWorker {
        owner: u8,
    },
    Advance {
        seconds: u8,
    },
    StepWall {
        seconds: i16,
    },
    Reboot,
}

#[derive(Debug, Clone)]
pub(super) struct Request {
    pub(super) kind: u8,
    pub(super) other_queue: bool,
    pub(super) priority: i8,
    pub(super) delay: u8,
    pub(super) key: Option<u8>,
    pub(super) scope: Scope,
    pub(super) parents: Vec<u8>,
    pub(super) leader: Option<u8>,
    pub(super) policy: u8,
    pub(super) plan: Plan,
    pub(super) max_attempts: Option<u8>,
}

#[derive(Debug, Clone)]
pub(super) enum Plan {
    None,
    New,
    Known(u8),
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    Active,
    For(u8),
    Forever,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Ending {
    Succeed,
    SucceedReading,
    SucceedDesign,
    Retry(u8),
    Fail,
    Crash(u8),
    CrashForGood,
    Snooze(u8),
    Release,
    Cancel,
}

impl Operation {
    pub(super) const NAMES: [&'static str; 22] = [
        "prune",
        "checkpoint",
        "change_catalogue",
        "pause",
        "resume",
        "enqueue",
        "claim",
        "claim_one",
        "heartbeat",
        "finish",
        "finish_again",
        "finish_and_claim",
        "release_strays",
        "reap",
        "cancel",
        "retry",
        "make_due",
        "note_worker",
        "forget_worker",
        "advance",
        "step_wall",
        "reboot",
    ];

    /// Those that the rules can refuse.
    pub(super) const REFUSABLE: [&'static str; 8] = [
        "checkpoint",
        "enqueue",
        "claim_one",
        "finish",
        "finish_again",
        "finish_and_claim",
        "cancel",
        "retry",
    ];

    pub(super) fn name(&self) -> &'static str {
        match self {
            Operation::Enqueue(_) => "enqueue",
            Operation::Claim { .. } => "claim",
            Operation::ClaimOne { .. } => "claim_one",
            Operation::Heartbeat { .. } => "heartbeat",
            Operation::Finish { .. } => "finish",
            Operation::FinishAgain { .. } => "finish_again",
            Operation::FinishAndClaim { .. } => "finish_and_claim",
            Operation::ReleaseStrays { .. } => "release_strays",
            Operation::Reap { .. } => "reap",
            Operation::Checkpoint { .. } => "checkpoint",
            Operation::Prune { .. } => "prune",
            Operation::ChangeCatalogue { .. } => "change_catalogue",
            Operation::Pause { .. } => "pause",
            Operation::Resume { .. } => "resume",
            Operation::Cancel { .. } => "cancel",
            Operation::Retry { .. } => "retry",
            Operation::MakeDue { .. } => "make_due",
            Operation::NoteWorker { .. } => "note_worker",
            Operation::ForgetWorker { .. } => "forget_worker",
            Operation::Advance { .. } => "advance",
            Operation::StepWall { .. } => "step_wall",
            Operation::Reboot => "reboot",
        }
    }
}

/// Sequences of operations, weighted so that most of them find something to do.
pub(super) fn sequence() -> impl Strategy<Value = Vec<Operation>> {
    proptest::collection::vec(operation(), 1..40)
}

fn operation() -> impl Strategy<Value = Operation> {
    let owner = || 0..3_u8;
    let some = || proptest::collection::vec(any::<u8>(), 0..4);
    prop_oneof![
        6 => proptest::collection::vec(request(), 1..4).prop_map(Operation::Enqueue),
        6 => (owner(), 0..5_u8, any::<bool>())
            .prop_map(|(owner, limit, other_first)| Operation::Claim { owner, limit, other_first }),
        2 => (owner(), any::<u8>()).prop_map(|(owner, job)| Operation::ClaimOne { owner, job }),
        3 => (owner(), some(), any::<Option<u8>>(), any::<bool>()).prop_map(
            |(owner, fences, progress, lease)|
                Operation::Heartbeat { owner, fences, progress, lease }
        ),
        6 => (any::<u8>(), ending())
            .prop_map(|(fence, ending)| Operation::Finish { fence, ending }),
        1 => (any::<u8>(), ending())
            .prop_map(|(fence, ending)| Operation::FinishAgain { fence, ending }),
        3 => (proptest::collection::vec(any::<u8>(), 0..4), ending(), owner(), 0..3_u8).prop_map(
            |(fences, ending, owner, limit)|
                Operation::FinishAndClaim { fences, ending, owner, limit }
        ),
        1 => (owner(), some()).prop_map(|(owner, held)| Operation::ReleaseStrays { owner, held }),
        3 => (proptest::collection::vec(owner(), 0..2), 0..4_u8, any::<u8>())
            .prop_map(|(gone, limit, jitter)| Operation::Reap { gone, limit, jitter }),
        1 => (any::<u8>(), any::<u8>())
            .prop_map(|(fence, value)| Operation::Checkpoint { fence, value }),
        1 => (any::<u8>(), 0..5_u8).prop_map(|(age, limit)| Operation::Prune { age, limit }),
        1 => proptest::option::of(0..3_u8)
            .prop_map(|code| Operation::ChangeCatalogue { code }),
        1 => any::<bool>().prop_map(|other| Operation::Pause { other }),
        2 => any::<bool>().prop_map(|other| Operation::Resume { other }),
        2 => any::<u8>().prop_map(|job| Operation::Cancel { job }),
        2 => any::<u8>().prop_map(|job| Operation::Retry { job }),
        1 => any::<u8>().prop_map(|job| Operation::MakeDue { job }),
        1 => owner().prop_map(|owner| Operation::NoteWorker { owner }),
        1 => owner().prop_map(|owner| Operation::ForgetWorker { owner }),
        4 => any::<u8>().prop_map(|seconds| Operation::Advance { seconds }),
        1 => (-100..100_i16).prop_map(|seconds| Operation::StepWall { seconds }),
        1 => Just(Operation::Reboot),
    ]
}

fn request() -> impl Strategy<Value = Request> {
    (
        0..3_u8,
        any::<bool>(),
        -1..2_i8,
        prop_oneof![3 => Just(0), 1 => 0..20_u8],
        proptest::option::weighted(0.3, 0..3_u8),
        (
            scope(),
            parents(),
            proptest::option::weighted(0.2, 0..3_u8),
            0..3_u8,
        ),
        prop_oneof![
            4 => Just(Plan::None),
            2 => Just(Plan::New),
            1 => (0..4_u8).prop_map(Plan::Known),
        ],
        proptest::option::weighted(0.2, 1..3_u8),
    )
        .prop_map(
            |(
                kind,
                other_queue,
                priority,
                delay,
                key,
                (scope, parents, leader, policy),
                plan,
                max_attempts,
            )| Request {
                kind,
                other_queue,
                priority,
                delay,
                key,
                scope,
                parents,
                leader,
                policy,
                plan,
                max_attempts,
            },
        )
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![
        4 => Just(Scope::Active),
        1 => any::<u8>().prop_map(Scope::For),
        1 => Just(Scope::Forever),
    ]
}

fn parents() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => Just(Vec::new()),
        1 => proptest::collection::vec(any::<u8>(), 1..4),
    ]
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        3 => Just(Ending::Succeed),
        2 => Just(Ending::SucceedReading),
        2 => Just(Ending::SucceedDesign),
        2 => (0..30_u8).prop_map(Ending::Retry),
        2 => Just(Ending::Fail),
        1 => (0..30_u8).prop_map(Ending::Crash),
        1 => Just(Ending::CrashForGood),
        1 => (0..30_u8).prop_map(Ending::Snooze),
        1 => Just(Ending::Release),
        1 => Just(Ending::Cancel),
    ]
}
