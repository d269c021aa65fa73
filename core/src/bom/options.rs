//! How a bill is made: by which rules it is measured and with which rates it is priced.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::catalogue::Catalogue;
use crate::error::{Error, Result};
use crate::job::read_json_value;

/// How openings are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measurement {
    /// Every opening is deducted on every face, and no reveal is added.
    #[default]
    Net,
    /// IS 1200 Part 13:1994, 3.1.1: up to 0.5 m² nothing is deducted; up to 3 m² one of the two
    /// faces, half of it on each; beyond, both faces, and the reveals are added.
    Is1200,
}

impl Measurement {
    /// The name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Measurement::Net => "net",
            Measurement::Is1200 => "is1200",
        }
    }
}

/// A share of what comes before it in a bill, such as contingencies or a tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// What it is, such as `Contingencies`.
    pub name: String,
    /// In per cent, from 0 to 100, with at most four decimals.
    pub percent: Decimal,
}

/// How a bill is made. The default is a bill of the works alone, measured net, at base rates.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BomOptions {
    /// How openings are measured.
    pub measurement: Measurement,
    /// A price list of the catalogue; the base one for `None`.
    pub price_list: Option<String>,
    /// Preliminaries, contingencies, design: each a share of the works, rounded to the paisa.
    pub additions: Vec<Share>,
    /// Taxes: each a share of works and additions together, rounded to the rupee (CGST Act 2017,
    /// section 170: fifty paise and more up). For GST of 18 % within a state: CGST 9, SGST 9.
    pub taxes: Vec<Share>,
}

/// Most additions, and most taxes.
const MAX_SHARES: usize = 20;

impl BomOptions {
    /// The options of a request from its part `bom`.
    ///
    /// # Errors
    /// `InvalidInput` with the path of the field in the request, such as `bom.taxes[0].percent`.
    pub fn from_json(given: &Map<String, Value>) -> Result<BomOptions> {
        let within = |path: &str| match path {
            "" | "." => "bom".to_owned(),
            path => format!("bom.{path}"),
        };
        let options: BomOptions = read_json_value(Value::Object(given.clone()), "bom")?;
        options.check().map_err(|error| {
            let path = within(error.field().unwrap_or_default());
            error.with_field(path)
        })?;
        Ok(options)
    }

    /// Checks that the options can be used.
    ///
    /// # Errors
    /// `InvalidInput` with the path of the field.
    pub fn check(&self) -> Result<()> {
        for (field, shares) in [("additions", &self.additions), ("taxes", &self.taxes)] {
            if shares.len() > MAX_SHARES {
                return Err(Error::invalid_field(
                    field,
                    format!("more than {MAX_SHARES} entries"),
                ));
            }
            for (n, share) in shares.iter().enumerate() {
                let fits = share.percent >= Decimal::ZERO
                    && share.percent <= Decimal::ONE_HUNDRED
                    && share.percent.normalize().scale() <= 4;
                if !fits {
                    let message = format!("{} is not a percentage of 0 to 100", share.percent);
                    return Err(Error::invalid_field(
                        format!("{field}[{n}].percent"),
                        message,
                    ));
                }
                let name = share.name.trim();
                if name.is_empty()
                    || name.chars().count() > 100
                    || name.chars().any(char::is_control)
                {
                    let message = "must be a name of 1 to 100 characters";
                    return Err(Error::invalid_field(format!("{field}[{n}].name"), message));
                }
            }
        }
        Ok(())
    }

    /// Checks that the catalogue has the price list.
    ///
    /// # Errors
    /// `InvalidInput` naming those that there are.
    pub fn check_list(&self, catalogue: &Catalogue) -> Result<()> {
        match self.price_list.as_deref() {
            Some(list) if !catalogue.price_lists().contains(&list) => {
                let known = catalogue.price_lists().join(", ");
                let message = format!("there is no price list `{list}`; there are: {known}");
                Err(Error::invalid_field("price_list", message))
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_refused_option_is_named_by_its_path() {
        for (given, field) in [
            (json!({"measurement": "guess"}), "bom.measurement"),
            (json!({"colour": 1}), "bom.colour"),
            (
                json!({"taxes": [{"name": "GST", "percent": 180}]}),
                "bom.taxes[0].percent",
            ),
            (
                json!({"additions": [{"name": "", "percent": 1}]}),
                "bom.additions[0].name",
            ),
        ] {
            let error = BomOptions::from_json(given.as_object().unwrap()).unwrap_err();
            assert_eq!(error.field(), Some(field), "{error}");
        }
    }
}
