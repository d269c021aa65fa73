//! What is true of the repository in PostgreSQL alone.

mod locks;
mod migrate;
mod plans;
mod quiet;
mod sessions;
mod worker;

use std::sync::Arc;
use std::time::Duration;

use floorjobs_core::Job;
use floorjobs_core::job::{Fence, JobId, NewJob, OwnerId, QueueName, Timestamp};
use floorjobs_core::repository::{
    Claim, Ending, Enqueue, Finish, Owner, PostgresOptions, PostgresRepository, PostgresUrl,
    Repository,
};
use floorjobs_core::sys::ProcessIdentity;
use floorjobs_core::{Kind, Result};

fn url(text: &str) -> PostgresUrl {
    PostgresUrl::parse(text).unwrap()
}

fn try_open(text: &str) -> Result<PostgresRepository> {
    PostgresRepository::open(&url(text), PostgresOptions::default())
}

fn open(text: &str) -> Arc<PostgresRepository> {
    Arc::new(try_open(text).unwrap())
}

fn kind() -> Kind {
    Kind::new("work").unwrap()
}

fn request() -> Enqueue {
    // Of the beginning of time: what is asked of the clock is asked of the server's.
    request_of(JobId::generate(Timestamp::from_micros(1)))
}

fn request_of(id: JobId) -> Enqueue {
    Enqueue {
        id,
        job: NewJob::of(kind()),
        default_queue: QueueName::default_queue(),
        payload_ref: None,
        floorplan: None,
    }
}

fn owner() -> Owner {
    Owner {
        id: OwnerId::generate(),
        process: ProcessIdentity::current(),
    }
}

fn claim(owner: &Owner, limit: usize) -> Claim {
    Claim {
        owner: owner.clone(),
        queues: vec![QueueName::default_queue()],
        kinds: vec![kind()],
        limit,
        lease: Duration::from_secs(60),
    }
}

fn success(job: &Job, owner: &Owner) -> Finish {
    let fence = Fence {
        job: job.id,
        attempt: job.attempt,
        owner: owner.id,
    };
    let ending = Ending::Succeeded {
        result: None,
        result_ref: None,
        product: None,
    };
    Finish::of(fence, ending)
}

/// A job from its enqueue to its end.
fn run_one(repository: &dyn Repository) {
    let owner = owner();
    let stored = repository.enqueue(&[request()]).unwrap().remove(0).job;
    let claimed = repository.claim(&claim(&owner, 1)).unwrap().remove(0);
    assert_eq!(claimed.id, stored.id);
    repository.finish(&success(&claimed, &owner)).unwrap();
}
