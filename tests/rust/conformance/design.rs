//! Layouts and bills that come with the end of a job.

use floorjobs_core::clock::Clock;
use floorjobs_core::job::Fence;
use floorjobs_core::repository::{Ending, Finish, NewBom, NewDesign, NewLayout, Product, Prune};
use floorjobs_core::{ErrorKind, Status};
use serde_json::{Value, json};

use super::store::{Store, fence, kind_of, owner};

fn layout() -> NewLayout {
    NewLayout {
        document_ref: "sha256:layout".to_owned(),
        svg_ref: "sha256:picture".to_owned(),
    }
}

fn bom(total_paise: i64) -> NewBom {
    NewBom {
        document_ref: "sha256:bill".to_owned(),
        total_paise,
        is_partial: true,
    }
}

fn ending(design: NewDesign) -> Ending {
    Ending::Succeeded {
        result: Some(json!({"success": true})),
        result_ref: Some(json!({"result_type": "bom"})),
        product: Some(Product::Design(design)),
    }
}

fn both(total_paise: i64) -> Ending {
    ending(NewDesign {
        layout: Some(layout()),
        layout_id: None,
        bom: Some(bom(total_paise)),
    })
}

pub(super) fn a_design_is_stored_with_the_end_of_its_job(store: &Store) {
    let owner = owner();
    let plan = store.add_ingest().floorplan_id;
    let claimed = store.claim(&owner, 1).remove(0);
    let ended = store
        .finish(&fence(&claimed, &owner), &both(12_345))
        .unwrap();
    let job = store.repository.get(claimed.id).unwrap();
    assert_eq!(ended, job);
    let bom = store.repository.bom(job.bom_id.unwrap()).unwrap();
    let layout = store.repository.layout(bom.layout_id.unwrap()).unwrap();
    assert_eq!(
        job.result,
        Some(json!({"success": true, "layout_id": layout.id, "bom_id": bom.id}))
    );
    assert_eq!(
        job.result_ref,
        Some(json!({"result_type": "bom", "result_id": bom.id}))
    );
    assert_eq!((bom.total_paise, bom.is_partial), (12_345, true));
    assert_eq!((bom.floorplan_id, layout.floorplan_id), (plan, plan));
    assert_eq!((bom.job_id, layout.job_id), (Some(job.id), Some(job.id)));
    let refs = (layout.document_ref, layout.svg_ref, bom.document_ref);
    let named = ["sha256:layout", "sha256:picture", "sha256:bill"].map(str::to_owned);
    assert_eq!(<[String; 3]>::from(refs), named);
    let shown = serde_json::to_value(store.repository.bom(bom.id).unwrap()).unwrap();
    assert_eq!(shown.get("total_cost_inr"), Some(&Value::from("123.45")));
    assert_eq!(store.repository.unreferenced(&named).unwrap(), [""; 0]);
    assert_eq!(store.repository.references(None, 10).unwrap().len(), 4);
}

pub(super) fn a_layout_can_be_priced_again_and_the_newest_bill_is_found(store: &Store) {
    let owner = owner();
    let plan = store.add_ingest().floorplan_id.unwrap();
    assert_eq!(store.repository.newest_bom(plan).unwrap(), None);
    let claimed = store.claim(&owner, 1).remove(0);
    let job = store.finish(&fence(&claimed, &owner), &both(1)).unwrap();
    let first = store.repository.bom(job.bom_id.unwrap()).unwrap();
    assert_eq!(
        store.repository.newest_bom(plan).unwrap().as_ref(),
        Some(&first)
    );

    let (other, held) = store.running(&owner);
    let again = NewDesign {
        layout: None,
        layout_id: first.layout_id,
        bom: Some(bom(2)),
    };
    let priced = store.finish(&held, &ending(again)).unwrap();
    let second = store.repository.bom(priced.bom_id.unwrap()).unwrap();
    assert!(second.id > first.id && second.job_id == Some(other.id));
    assert_eq!(second.layout_id, first.layout_id);
    // This job is about no floor plan.
    assert_eq!(store.repository.newest_bom(plan).unwrap(), Some(first));
}

pub(super) fn a_design_of_a_lost_attempt_or_an_unknown_layout_is_not_stored(store: &Store) {
    let (job, held) = store.running(&owner());
    let unknown = ending(NewDesign {
        layout: None,
        layout_id: Some(77),
        bom: Some(bom(3)),
    });
    let refused = store.finish(&held, &unknown);
    assert_eq!(kind_of(refused), ErrorKind::NotFound);
    let other = Fence {
        attempt: held.attempt + 1,
        ..held
    };
    let lost = store.finish(&other, &both(4));
    assert_eq!(kind_of(lost), ErrorKind::LeaseLost);
    assert_eq!(store.repository.get(job.id).unwrap(), job);
    assert_eq!(kind_of(store.repository.bom(1)), ErrorKind::NotFound);
    assert_eq!(kind_of(store.repository.layout(1)), ErrorKind::NotFound);
}

pub(super) fn an_ending_with_a_design_starts_another_job_in_its_place(store: &Store) {
    let owner = owner();
    let (job, held) = store.running(&owner);
    let next = store.add(super::store::job("work"));
    let finish = Finish::of(held, both(5));
    let claim = super::store::claim_of(&owner, 1);
    let done = store
        .repository
        .finish_and_claim([finish].into(), &claim)
        .unwrap();
    assert_eq!(done.ended[0].as_ref().unwrap().status, Status::Succeeded);
    assert_eq!(done.started[0].id, next.id);
    let ended = store.repository.get(job.id).unwrap();
    let bom = store.repository.bom(ended.bom_id.unwrap()).unwrap();
    assert_eq!(bom.total_paise, 5);
}

pub(super) fn a_design_outlives_its_job(store: &Store) {
    let (job, held) = store.running(&owner());
    let ended = store.finish(&held, &both(6)).unwrap();
    let later = store.clock.now().after(std::time::Duration::from_secs(60));
    let all = Prune {
        succeeded_before: Some(later),
        failed_before: None,
        cancelled_before: None,
        limit: 10,
    };
    assert_eq!(store.repository.prune(&all).unwrap(), 1);
    assert_eq!(kind_of(store.repository.get(job.id)), ErrorKind::NotFound);
    let bom = store.repository.bom(ended.bom_id.unwrap()).unwrap();
    assert_eq!((bom.job_id, bom.total_paise), (None, 6));
    let layout = store.repository.layout(bom.layout_id.unwrap()).unwrap();
    assert_eq!(layout.job_id, None);
}
