//! How the stored catalogue of materials changes.

use crate::bom::Catalogue;
use crate::error::Result;

/// What is to become of the stored catalogue.
#[derive(Debug, Clone, PartialEq)]
pub enum CatalogueChange {
    /// It is this one from now on.
    Replace(Catalogue),
    /// These rows take the places of those with the same codes, and the others come after them.
    ///
    /// The name stays, and so does the mark of sample rates: what is not named here is still a
    /// sample. Where nothing is stored, the rows go into the seed.
    Merge(Catalogue),
    /// None is stored any more, so that the seed is meant.
    Reset,
}

impl CatalogueChange {
    /// The catalogue after the change, of the one that is stored now.
    ///
    /// # Errors
    /// `invalid_input` when nothing can be priced with what would come of it.
    pub(super) fn applied_to(&self, stored: Option<Catalogue>) -> Result<Option<Catalogue>> {
        let changed = match self {
            CatalogueChange::Reset => return Ok(None),
            CatalogueChange::Replace(catalogue) => catalogue.clone(),
            CatalogueChange::Merge(rows) => {
                let mut merged = stored.unwrap_or_else(Catalogue::seed);
                merged.merge(rows);
                merged
            }
        };
        changed.check()?;
        Ok(Some(changed))
    }
}
