//! What a checker says is wrong with a layout.

use serde::{Deserialize, Serialize};

/// One finding. `description` and `affected_elements` keep their older names in
/// [`Violation::older_form`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Violation {
    /// A stable code, such as `ROOM_OVERLAP`.
    pub code: String,
    /// Whether the layout is wrong or only not as good as it could be.
    pub severity: Severity,
    /// For people, with the numbers.
    pub message: String,
    /// Ids of what it is about.
    pub elements: Vec<String>,
    /// What was measured; its unit follows from the code (mm, mm², count).
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub measured: Option<i64>,
    /// What the limit is.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub limit: Option<i64>,
    /// The rule of the profile it comes from, if any.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub rule_ref: Option<String>,
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The layout is wrong.
    Error,
    /// The layout could be better.
    Warning,
}

impl Violation {
    /// The finding in the shape of the older application's `constraint_result.violations`.
    pub fn older_form(&self) -> serde_json::Value {
        serde_json::json!({
            "type": self.code,
            "description": self.message,
            "severity": self.severity,
            "affected_elements": self.elements,
        })
    }
}
