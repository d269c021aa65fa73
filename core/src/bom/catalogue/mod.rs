//! Materials with their rates, in one or several price lists.

mod category;
mod check;
mod csv_in;
mod csv_out;
mod material;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use category::Category;
pub use csv_in::{CellError, CellErrors};
pub use material::{Basis, Material};

use crate::bom::item::{Item, quantity_of};
use crate::error::{Error, Result};

/// The materials that a bill may be priced with.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Catalogue {
    /// Its name, kept in every bill.
    pub name: String,
    /// Whether its rates are samples and no offer; every bill then says so.
    #[serde(default)]
    pub sample: bool,
    /// The rows. Where several suit, the first is taken.
    pub materials: Vec<Material>,
}

/// The seed as CSV; see [`Catalogue::seed`].
const SEED: &str = include_str!("seed.csv");

impl Catalogue {
    /// The catalogue that ships with the library: common interior fit-out in India.
    ///
    /// The rates are plausible samples in rupees, not quotations; there are three price lists:
    /// the base one, `economy` and `premium`.
    pub fn seed() -> Catalogue {
        let mut seed = Catalogue::from_csv("seed", SEED.as_bytes()).unwrap_or_default();
        seed.sample = true;
        seed
    }

    /// The names of the price lists beside the base one, in order.
    pub fn price_lists(&self) -> Vec<&str> {
        let mut lists: Vec<&str> = self
            .materials
            .iter()
            .flat_map(|material| material.other_rates.keys())
            .map(String::as_str)
            .collect();
        lists.sort_unstable();
        lists.dedup();
        lists
    }

    /// Puts the rows of `other` in the places of those with the same codes, and the others after
    /// them.
    pub fn merge(&mut self, other: &Catalogue) {
        let places: BTreeMap<String, usize> = self
            .materials
            .iter()
            .enumerate()
            .map(|(place, material)| (material.code.clone(), place))
            .collect();
        for material in &other.materials {
            let known = places.get(&material.code);
            match known.and_then(|place| self.materials.get_mut(*place)) {
                Some(row) => *row = material.clone(),
                None => self.materials.push(material.clone()),
            }
        }
    }

    /// The material for the item `key`: one that names it, else one whose category and name
    /// suit it.
    pub fn material_for(&self, key: &str) -> Option<&Material> {
        let quantity = quantity_of(key)?;
        let item = Item::by_key(key);
        let rows = || {
            self.materials
                .iter()
                .filter(move |material| material.unit_of_measurement.quantity() == quantity)
        };
        rows()
            .find(|material| material.item.as_deref() == Some(key))
            .or_else(|| {
                let item = item?;
                rows().find(|material| {
                    material.item.is_none()
                        && item.suits(material.category, &material.material_name)
                })
            })
    }

    /// Checks that the catalogue can be priced with.
    ///
    /// # Errors
    /// `InvalidInput` naming the row and field: codes that are empty or doubled, names that are
    /// empty, rates, wastes and packs out of range.
    pub fn check(&self) -> Result<()> {
        match check::first_fault(self) {
            None => Ok(()),
            Some((row, field, message)) => Err(Error::invalid_field(
                format!("materials[{row}].{field}"),
                message,
            )),
        }
    }
}
