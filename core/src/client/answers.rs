//! What was made, whole: the JSON that every face answers with, documents included.

use serde_json::{Map, Value, json};

use super::Client;
use crate::error::{Error, ErrorKind, Result};

impl Client {
    /// A floor plan with all that was read from it: the answer of `GET /floorplans/<id>`.
    ///
    /// `id`, `status`, `project_id`, `filename`, `pdf_bytes`, `error`, `source`,
    /// `total_wall_count`, `total_linear_pts`, `wall_segments`, `spatial_graph`, `plan` (the JSON
    /// of [`plan::Floorplan`](crate::plan::Floorplan)), `created_at`, `updated_at`. What is known
    /// by reading alone is null, or empty, until the plan was read.
    ///
    /// # Errors
    /// `not_found`; `corrupt` when the stored document is not what was stored.
    pub fn floorplan_answer(&self, id: i64) -> Result<Value> {
        let state = self.floorplan(id)?;
        let plan = &state.floorplan;
        let reading = plan.reading.as_ref();
        let mut document = match reading {
            Some(_) => self.floorplan_document(id)?,
            None => json!({}),
        };
        let mut part = |name: &str| document.get_mut(name).map(Value::take);
        Ok(json!({
            "id": plan.id,
            "status": state.status,
            "project_id": plan.project_id,
            "filename": plan.filename,
            "pdf_bytes": plan.pdf_bytes,
            "error": state.error,
            "source": reading.map(|reading| &reading.source),
            "total_wall_count": reading.map(|reading| reading.total_wall_count),
            "total_linear_pts": reading.map(|reading| reading.total_linear_pts),
            "wall_segments": part("wall_segments").unwrap_or_else(|| json!([])),
            "spatial_graph": part("spatial_graph"),
            "plan": part("floorplan"),
            "created_at": plan.created_at,
            "updated_at": plan.updated_at,
        }))
    }

    /// A layout with the whole answer that it belongs to: the answer of `GET /layouts/<id>`.
    ///
    /// `id`, `floorplan_id`, `job_id`, `created_at`, `constraint_result` (the findings in the
    /// older shape), and the members of [`GenerateResult`](crate::generate::GenerateResult).
    ///
    /// # Errors
    /// `not_found`; `corrupt` when the stored document is not what was stored.
    pub fn layout_answer(&self, id: i64) -> Result<Value> {
        let layout = self.layout(id)?;
        let document = object(self.layout_document(id)?, "layout")?;
        let mut answer = members(json!({
            "id": layout.id,
            "floorplan_id": layout.floorplan_id,
            "job_id": layout.job_id,
            "created_at": layout.created_at,
            "constraint_result": constraint_result(document.get("violations")),
        }));
        answer.extend(document);
        Ok(Value::Object(answer))
    }

    /// A bill of materials with all its lines: the answer of `GET /boms/<id>`.
    ///
    /// The members of [`bom::Bom`](crate::bom::Bom), and `id`, `floorplan_id`, `layout_id`,
    /// `job_id`, `total_cost_inr`, `created_at`.
    ///
    /// # Errors
    /// `not_found`; `corrupt` when the stored document is not what was stored.
    pub fn bom_answer(&self, id: i64) -> Result<Value> {
        let bom = self.bom(id)?;
        let mut answer = object(self.bom_document(id)?, "bill of materials")?;
        let mut stored = members(serde_json::to_value(&bom).map_err(|error| {
            Error::new(ErrorKind::Internal, "a bill has no JSON form").with_source(error)
        })?);
        stored.shift_remove("is_partial");
        stored.shift_remove("document_ref");
        answer.extend(stored);
        Ok(Value::Object(answer))
    }
}

/// What the checker says of a layout, as the older routes told it.
fn constraint_result(violations: Option<&Value>) -> Value {
    let found = violations.and_then(Value::as_array);
    let found: Vec<Value> = found.into_iter().flatten().map(older).collect();
    let is_error = |one: &&Value| one["severity"] == "error";
    let errors = found.iter().filter(is_error).count();
    json!({
        "passed": errors == 0,
        "summary": format!("{errors} errors, {} warnings", found.len() - errors),
        "violations": found,
    })
}

fn older(violation: &Value) -> Value {
    let member = |name: &str| violation.get(name).cloned();
    json!({
        "type": member("code"),
        "description": member("message"),
        "severity": member("severity"),
        "affected_elements": member("elements"),
    })
}

fn object(value: Value, noun: &str) -> Result<Map<String, Value>> {
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(Error::new(
            ErrorKind::Corrupt,
            format!("a stored {noun} is no JSON object"),
        )),
    }
}

fn members(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn findings_are_told_in_the_older_shape() {
        let found = json!([
            {"code": "TOO_SMALL", "message": "a", "severity": "error", "elements": ["r1"]},
            {"code": "DARK", "message": "b", "severity": "warning", "elements": []},
        ]);
        let told = constraint_result(Some(&found));
        assert_eq!(told["passed"], false);
        assert_eq!(told["summary"], "1 errors, 1 warnings");
        assert_eq!(
            told["violations"][0],
            json!({
                "type": "TOO_SMALL", "description": "a", "severity": "error",
                "affected_elements": ["r1"],
            })
        );
        assert_eq!(constraint_result(None)["passed"], true);
    }
}
