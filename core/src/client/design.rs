//! Layouts and bills as a host asks for them.

use serde_json::Value;

use super::Client;
use crate::blob::BlobRef;
use crate::bom;
use crate::error::{Error, ErrorKind, Result};
use crate::render::{bill_csv, bill_xlsx};
use crate::repository::{Bom, Layout};

/// No stored document or picture is larger than this.
const MAX_DOCUMENT_BYTES: u64 = 1 << 30;

impl Client {
    /// The layout, and where its files lie.
    ///
    /// # Errors
    /// `not_found`.
    pub fn layout(&self, id: i64) -> Result<Layout> {
        self.repository.layout(id)
    }

    /// The whole answer that a layout belongs to, as the JSON of
    /// [`GenerateResult`](crate::generate::GenerateResult).
    ///
    /// # Errors
    /// `not_found`; `corrupt` when the stored document is not what was stored.
    pub fn layout_document(&self, id: i64) -> Result<Value> {
        self.json_of(&self.repository.layout(id)?.document_ref, "layout")
    }

    /// The picture of a layout as SVG.
    ///
    /// # Errors
    /// As [`layout_document`](Self::layout_document).
    pub fn layout_svg(&self, id: i64) -> Result<String> {
        let blob: BlobRef = self.repository.layout(id)?.svg_ref.parse()?;
        let bytes = self.blobs.get(&blob, MAX_DOCUMENT_BYTES)?;
        String::from_utf8(bytes).map_err(|error| {
            Error::new(ErrorKind::Corrupt, "the picture of a layout is not UTF-8")
                .with_source(error)
        })
    }

    /// The bill of materials, and where its file lies.
    ///
    /// # Errors
    /// `not_found`.
    pub fn bom(&self, id: i64) -> Result<Bom> {
        self.repository.bom(id)
    }

    /// The whole bill, as the JSON of [`bom::Bom`].
    ///
    /// # Errors
    /// `not_found`; `corrupt` when the stored document is not what was stored.
    pub fn bom_document(&self, id: i64) -> Result<Value> {
        self.json_of(&self.repository.bom(id)?.document_ref, "bill of materials")
    }

    /// The bill as CSV, see [`bill_csv`].
    ///
    /// # Errors
    /// As [`bom_document`](Self::bom_document).
    pub fn bom_csv(&self, id: i64) -> Result<String> {
        Ok(bill_csv(&self.bill(id)?))
    }

    /// The bill as a workbook, see [`bill_xlsx`].
    ///
    /// # Errors
    /// As [`bom_document`](Self::bom_document); `limit_exceeded` for more rows than a sheet has.
    pub fn bom_xlsx(&self, id: i64) -> Result<Vec<u8>> {
        bill_xlsx(&self.bill(id)?)
    }

    fn bill(&self, id: i64) -> Result<bom::Bom> {
        serde_json::from_value(self.bom_document(id)?).map_err(|error| {
            let message = format!("bill of materials {id} cannot be read again");
            Error::new(ErrorKind::Corrupt, message).with_source(error)
        })
    }

    /// The newest bill about a floor plan, if there is one.
    ///
    /// # Errors
    /// `unavailable`.
    pub fn newest_bom(&self, floorplan_id: i64) -> Result<Option<Bom>> {
        self.repository.newest_bom(floorplan_id)
    }

    fn json_of(&self, reference: &str, noun: &str) -> Result<Value> {
        let blob: BlobRef = reference.parse()?;
        let bytes = self.blobs.get(&blob, MAX_DOCUMENT_BYTES)?;
        serde_json::from_slice(&bytes).map_err(|error| {
            Error::new(ErrorKind::Corrupt, format!("a stored {noun} is not JSON"))
                .with_source(error)
        })
    }
}
