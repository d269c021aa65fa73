//! The catalogue of materials: rates in one or several price lists.

use super::Client;
use crate::bom::Catalogue;
use crate::error::{Error, ErrorKind, Result};
use crate::repository::CatalogueChange;

/// What imported rows do to those that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImportMode {
    /// They are all there is from then on.
    #[default]
    Replace,
    /// They take the places of rows with the same codes; the others come after them.
    Merge,
}

impl ImportMode {
    /// The mode called `name`: `replace` or `merge`.
    ///
    /// # Errors
    /// `invalid_input` for another word.
    pub fn from_name(name: &str) -> Result<ImportMode> {
        match name {
            "replace" => Ok(ImportMode::Replace),
            "merge" => Ok(ImportMode::Merge),
            _ => {
                let message = format!("`mode` is replace or merge, not `{name}`");
                Err(Error::invalid_field("mode", message))
            }
        }
    }
}

/// Longest name of a catalogue, in characters.
const MAX_NAME: usize = 100;

impl Client {
    /// The catalogue that bills are priced with: the stored one, or the seed while there is none.
    ///
    /// # Errors
    /// `unavailable`; `corrupt`.
    pub fn materials(&self) -> Result<Catalogue> {
        let stored = self.repository.catalogue()?;
        Ok(stored.unwrap_or_else(Catalogue::seed))
    }

    /// Stores materials from CSV as [`Catalogue::from_csv`] reads it; returns the catalogue as it
    /// is then. Bills that are there keep the rates they were priced with.
    ///
    /// # Errors
    /// `invalid_input` with every fault by line and column; nothing is stored then.
    pub fn import_materials(&self, name: &str, csv: &[u8], mode: ImportMode) -> Result<Catalogue> {
        let fits = !name.trim().is_empty()
            && name.chars().count() <= MAX_NAME
            && !name.chars().any(char::is_control);
        if !fits {
            let message = format!("`name` must be a name of 1 to {MAX_NAME} characters");
            return Err(Error::invalid_field("name", message));
        }
        let rows = Catalogue::from_csv(name.trim(), csv).map_err(Error::from)?;
        if rows.materials.is_empty() {
            let message = "the file names no material";
            return Err(Error::new(ErrorKind::InvalidInput, message).with_field("catalogue"));
        }
        self.repository.change_catalogue(&match mode {
            ImportMode::Replace => CatalogueChange::Replace(rows),
            ImportMode::Merge => CatalogueChange::Merge(rows),
        })?;
        self.materials()
    }

    /// Forgets the stored catalogue, so that the seed is used again.
    ///
    /// # Errors
    /// `unavailable`.
    pub fn reset_materials(&self) -> Result<()> {
        self.repository.change_catalogue(&CatalogueChange::Reset)
    }
}
