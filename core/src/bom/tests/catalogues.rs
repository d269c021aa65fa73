//! Catalogues: the seed, CSV in and out, and rows of the older application.

use proptest::prelude::*;

use crate::bom::{Catalogue, Category, Item};

#[test]
fn the_seed_has_a_price_for_every_item() {
    let seed = Catalogue::seed();
    assert!(
        seed.sample && seed.materials.len() >= 45,
        "{}",
        seed.materials.len()
    );
    seed.check().unwrap();
    assert_eq!(seed.price_lists(), ["economy", "premium"]);
    for item in Item::all() {
        let material = seed
            .material_for(item.key)
            .unwrap_or_else(|| panic!("{}", item.key));
        assert_eq!(material.category, item.category, "{}", item.key);
        for list in [None, Some("economy"), Some("premium")] {
            assert!(material.rate(list).is_some(), "{} {list:?}", item.key);
        }
    }
    for category in Category::ALL {
        assert!(
            seed.materials
                .iter()
                .any(|material| material.category == category)
        );
    }
}

#[test]
fn a_catalogue_survives_csv_and_json() {
    let mut seed = Catalogue::seed();
    let read = Catalogue::from_csv("seed", seed.to_csv().as_bytes()).unwrap();
    assert_eq!(read.materials, seed.materials);
    assert_eq!(read.to_csv(), seed.to_csv());
    let text = serde_json::to_string(&seed).unwrap();
    assert_eq!(serde_json::from_str::<Catalogue>(&text).unwrap(), seed);

    // What a spreadsheet would run comes back as it was.
    seed.materials[0].material_name = "=HYPERLINK(\"x\"), \"quoted\"".to_owned();
    let csv = seed.to_csv();
    assert!(
        csv.contains("\"'=HYPERLINK(\"\"x\"\"), \"\"quoted\"\"\""),
        "{csv}"
    );
    assert_eq!(
        Catalogue::from_csv("seed", csv.as_bytes())
            .unwrap()
            .materials,
        seed.materials
    );
}

#[test]
fn faults_are_named_by_line_and_column() {
    let head = "material_name,category,unit_of_measurement,cost_inr";
    let faults = |rows: &str| {
        let csv = format!("{head}\n{rows}");
        let errors = Catalogue::from_csv("x", csv.as_bytes()).unwrap_err();
        errors
            .0
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join("\n")
    };
    assert!(
        faults("Tile,floor,sqft,10")
            .starts_with("line 2, column `category`: `floor` is none of wall, flooring")
    );
    assert!(faults("Tile,flooring,m2,10").contains("column `unit_of_measurement`"));
    assert!(
        faults("Tile,flooring,sqft,\"1,200\"")
            .contains("column `cost_inr`: `1,200` is not a number")
    );
    assert!(faults("Tile,flooring,sqft,-5").contains("-5 is negative"));
    assert!(faults(",flooring,sqft,5").contains("column `material_name`: is empty"));
    assert!(
        faults("A,flooring,sqft,5\nB,x,y,z")
            .matches("line 3")
            .count()
            == 3
    );
    assert!(faults("A,flooring,sqft").contains("line 2: has 3 cells, and the head has 4"));
    let of_head =
        |text: &str| Catalogue::from_csv("x", text.as_bytes()).unwrap_err().0[0].to_string();
    assert!(
        of_head("material_name,category,cost_inr\n").contains("`unit_of_measurement`: is missing")
    );
    assert!(of_head(&format!("{head},colour\n")).contains("`colour`: is not known"));
    assert!(of_head(&format!("{head},cost_inr\n")).contains("`cost_inr`: stands twice"));
    let doubled = format!("{head},code\nA,wall,sqft,1,X\nB,wall,sqft,2,X\n");
    assert!(of_head(&doubled).contains("`X` is the code of line 2"));
    let latin = b"material_name,category,unit_of_measurement,cost_inr\nCaf\xE9,wall,sqft,1\n";
    assert!(
        Catalogue::from_csv("x", latin).unwrap_err().0[0]
            .message
            .contains("UTF-8")
    );
}

#[test]
fn older_rows_are_found_by_their_names() {
    let csv = "material_name,category,unit_of_measurement,cost_inr\n\
        Gypsum drywall 12mm,wall,sqft,48\n\
        Anti-skid ceramic tiles,flooring,sqft,52\n\
        Vitrified tiles 600x600,flooring,sqft,45\n\
        Fire-rated double door,door,piece,18000\n\
        Flush door,door,piece,4800\n\
        Premium emulsion,paint,sqft,14\n\
        Wall primer,paint,sqft,8\n\
        Mystery,flooring,piece,1\n";
    let catalogue = Catalogue::from_csv("old", csv.as_bytes()).unwrap();
    let found = |key: &str| {
        catalogue
            .material_for(key)
            .map(|material| material.material_name.as_str())
    };
    assert_eq!(found("floor.base"), Some("Vitrified tiles 600x600"));
    assert_eq!(found("floor.wet"), Some("Anti-skid ceramic tiles"));
    assert_eq!(
        found("door.double"),
        None,
        "a fire door is not any double door"
    );
    assert_eq!(found("door.single"), Some("Flush door"));
    assert_eq!(found("paint.wall"), Some("Premium emulsion"));
    assert_eq!(found("floor.raised"), None);
}

proptest! {
    #[test]
    fn any_bytes_are_a_catalogue_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Catalogue::from_csv("x", &bytes);
    }

    #[test]
    fn any_name_survives_csv(name in "[ -~é=+@\"',;]{1,40}") {
        prop_assume!(!name.trim().is_empty() && name.trim() == name && !name.starts_with('\''));
        let mut seed = Catalogue::seed();
        seed.materials[3].material_name = name;
        let read = Catalogue::from_csv("seed", seed.to_csv().as_bytes()).unwrap();
        prop_assert_eq!(read.materials, seed.materials);
    }
}
