//! Layouts and bills in the oracle.

use std::collections::BTreeMap;

use super::super::product::{DesignIds, bom_not_found, layout_not_found};
use super::super::{Bom, Layout, NewDesign};
use super::state::State;
use crate::error::Result;
use crate::job::{JobId, Timestamp};

impl State {
    /// Stores what a job made; `floorplan_id` is the floor plan of the job.
    pub(super) fn add_design(
        &mut self,
        design: &NewDesign,
        floorplan_id: Option<i64>,
        job: JobId,
        now: Timestamp,
    ) -> Result<DesignIds> {
        if let Some(id) = design.layout_id {
            self.layout(id)?;
        }
        let layout = design.layout.as_ref().map(|new| {
            let id = next_id(&self.layouts);
            let layout = Layout {
                id,
                floorplan_id,
                job_id: Some(job),
                document_ref: new.document_ref.clone(),
                svg_ref: new.svg_ref.clone(),
                created_at: now,
            };
            self.layouts.insert(id, layout);
            id
        });
        let layout = layout.or(design.layout_id);
        let bom = design.bom.as_ref().map(|new| {
            let id = next_id(&self.boms);
            let bom = Bom {
                id,
                floorplan_id,
                layout_id: layout,
                job_id: Some(job),
                total_paise: new.total_paise,
                is_partial: new.is_partial,
                document_ref: new.document_ref.clone(),
                created_at: now,
            };
            self.boms.insert(id, bom);
            id
        });
        Ok(DesignIds { layout, bom })
    }

    pub(super) fn layout(&self, id: i64) -> Result<Layout> {
        let found = self.layouts.get(&id).cloned();
        let mut layout = found.ok_or_else(|| layout_not_found(id))?;
        layout.job_id = layout.job_id.filter(|job| self.jobs.contains_key(job));
        Ok(layout)
    }

    pub(super) fn bom(&self, id: i64) -> Result<Bom> {
        let found = self.boms.get(&id).cloned();
        let mut bom = found.ok_or_else(|| bom_not_found(id))?;
        bom.job_id = bom.job_id.filter(|job| self.jobs.contains_key(job));
        Ok(bom)
    }

    pub(super) fn newest_bom(&self, floorplan_id: i64) -> Result<Option<Bom>> {
        let of_plan = |bom: &&Bom| bom.floorplan_id == Some(floorplan_id);
        let newest = self.boms.values().rev().find(of_plan).map(|bom| bom.id);
        newest.map(|id| self.bom(id)).transpose()
    }
}

fn next_id<T>(rows: &BTreeMap<i64, T>) -> i64 {
    rows.keys().next_back().map_or(1, |last| last + 1)
}
