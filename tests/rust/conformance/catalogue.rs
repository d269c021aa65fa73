//! The catalogue that bills are priced with.

use floorjobs_core::ErrorKind;
use floorjobs_core::bom::Catalogue;
use floorjobs_core::repository::CatalogueChange;

use super::store::Store;

const OURS: &[u8] =
    b"code,material_name,category,unit_of_measurement,cost_inr,cost_inr:trade,item,\
basis,waste_percent,pack_size,notes
W,\"Wall, \xe2\x80\x9cgood\xe2\x80\x9d\",wall,sqft,112.00,96.5,wall.partition,installed,,,
T,Tile,flooring,sqft,0.0001,,floor.wet,supply,7.50,16.5,'=not a formula
N,Net price unknown,door,piece,,,,installed,,,";

pub(super) fn ours() -> Catalogue {
    Catalogue::from_csv("ours", OURS).unwrap()
}

/// One row with a rate.
pub(super) fn row(code: &str, rate: u32) -> Catalogue {
    let text = format!(
        "code,material_name,category,unit_of_measurement,cost_inr\n{code},A {code},wall,sqft,{rate}"
    );
    Catalogue::from_csv("a row", text.as_bytes()).unwrap()
}

pub(super) fn a_catalogue_comes_back_as_it_was_stored(store: &Store) {
    let repository = &store.repository;
    assert_eq!(repository.catalogue().unwrap(), None);
    let ours = ours();
    let change = CatalogueChange::Replace(ours.clone());
    repository.change_catalogue(&change).unwrap();
    let stored = repository.catalogue().unwrap().unwrap();
    assert_eq!(stored, ours);
    // Decimals as they were written, not only as large as they were.
    assert_eq!(stored.to_csv(), ours.to_csv());

    let empty = Catalogue {
        name: "empty".to_owned(),
        ..Catalogue::default()
    };
    let change = CatalogueChange::Replace(empty.clone());
    repository.change_catalogue(&change).unwrap();
    assert_eq!(repository.catalogue().unwrap(), Some(empty));
    repository
        .change_catalogue(&CatalogueChange::Reset)
        .unwrap();
    assert_eq!(repository.catalogue().unwrap(), None);
}

pub(super) fn rows_are_merged_by_their_codes(store: &Store) {
    let repository = &store.repository;
    let change = CatalogueChange::Replace(ours());
    repository.change_catalogue(&change).unwrap();
    for (code, rate) in [("T", 31), ("new", 7)] {
        let change = CatalogueChange::Merge(row(code, rate));
        repository.change_catalogue(&change).unwrap();
    }
    let stored = repository.catalogue().unwrap().unwrap();
    assert_eq!(stored.name, "ours");
    let codes: Vec<_> = stored.materials.iter().map(|row| &row.code).collect();
    assert_eq!(codes, ["W", "T", "N", "new"]);
    assert_eq!(stored.materials[1], row("T", 31).materials[0]);
    assert_eq!(stored.materials[0], ours().materials[0]);
}

pub(super) fn without_a_catalogue_rows_are_merged_into_the_seed(store: &Store) {
    let repository = &store.repository;
    let change = CatalogueChange::Merge(row("WL-01", 500));
    repository.change_catalogue(&change).unwrap();
    let stored = repository.catalogue().unwrap().unwrap();
    let seed = Catalogue::seed();
    assert!(stored.sample, "what was not named still has sample rates");
    assert_eq!(stored.materials.len(), seed.materials.len());
    let changed = stored.materials.iter().zip(&seed.materials);
    let changed: Vec<_> = changed.filter(|(now, before)| now != before).collect();
    assert_eq!(
        changed,
        [(&row("WL-01", 500).materials[0], &seed.materials[0])]
    );
}

pub(super) fn what_cannot_be_priced_with_is_refused(store: &Store) {
    let repository = &store.repository;
    let change = CatalogueChange::Replace(ours());
    repository.change_catalogue(&change).unwrap();
    let mut doubled = ours();
    doubled.materials.push(doubled.materials[0].clone());
    let refused = repository.change_catalogue(&CatalogueChange::Replace(doubled));
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::InvalidInput);
    assert_eq!(repository.catalogue().unwrap(), Some(ours()));
}
