//! A catalogue from CSV, with every fault named by row and column.

use std::collections::BTreeMap;
use std::fmt;

use rust_decimal::Decimal;

use super::check::{MAX_ROWS, fault_of, pack_fault, rate_fault, shortened, waste_fault};
use super::{Basis, Catalogue, Category, Material};
use crate::bom::unit::Unit;
use crate::error::{Error, ErrorKind};

/// Largest file that is read.
const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Faults after which the rest of the file is not looked at.
const MAX_ERRORS: usize = 100;
/// Heads the name of a further price list: `cost_inr:premium`.
pub(super) const OTHER_RATE: &str = "cost_inr:";

/// The columns; the first four must be there, in any order.
pub(super) const COLUMNS: [&str; 10] = [
    "material_name",
    "category",
    "unit_of_measurement",
    "cost_inr",
    "code",
    "item",
    "basis",
    "waste_percent",
    "pack_size",
    "notes",
];
const NEEDED: usize = 4;

/// What is wrong in one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellError {
    /// Line of the file, from 1; the head is line 1.
    pub line: u64,
    /// Name of the column, if the fault is in one.
    pub column: Option<String>,
    /// What is wrong, lower case and without a full stop.
    pub message: String,
}

impl fmt::Display for CellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": {}", self.message)
    }
}

/// Everything that is wrong in a file, at most the first hundred faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellErrors(pub Vec<CellError>);

impl From<CellErrors> for Error {
    fn from(errors: CellErrors) -> Error {
        let texts: Vec<String> = errors.0.iter().map(ToString::to_string).collect();
        Error::new(ErrorKind::InvalidInput, texts.join("; ")).with_field("catalogue")
    }
}

fn single(line: u64, column: Option<&str>, message: String) -> CellErrors {
    CellErrors(vec![CellError {
        line,
        column: column.map(str::to_owned),
        message,
    }])
}

/// What each column of the file holds.
enum Column {
    Known(&'static str),
    OtherRate(String),
}

impl Catalogue {
    /// Reads a catalogue from CSV (RFC 4180, UTF-8, with a head).
    ///
    /// Columns: `material_name`, `category`, `unit_of_measurement`, `cost_inr` (may be empty: no
    /// price known), and if wanted `code`, `item`, `basis`, `waste_percent`, `pack_size`,
    /// `notes`, and `cost_inr:NAME` for further price lists. An apostrophe before `= + - @` is
    /// taken for the guard that [`Catalogue::to_csv`] writes, and removed.
    ///
    /// # Errors
    /// Every fault with its line and column, up to a hundred.
    pub fn from_csv(name: &str, bytes: &[u8]) -> Result<Catalogue, CellErrors> {
        if bytes.len() > MAX_BYTES {
            let message = format!("{} bytes are more than {MAX_BYTES}", bytes.len());
            return Err(single(1, None, message));
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(true)
            .from_reader(bytes);
        let columns = match reader.headers() {
            Ok(head) => columns_of(head)?,
            Err(error) => return Err(single(1, None, unreadable(&error))),
        };
        let mut catalogue = Catalogue {
            name: name.to_owned(),
            ..Catalogue::default()
        };
        let mut errors = Vec::new();
        let mut lines = BTreeMap::new();
        for record in reader.into_records() {
            let record = match record {
                Ok(record) => record,
                Err(error) => {
                    let line = error.position().map_or(1, csv::Position::line);
                    errors.push(fault(line, None, unreadable(&error)));
                    break;
                }
            };
            let line = record.position().map_or(1, csv::Position::line);
            let row = catalogue.materials.len();
            if row >= MAX_ROWS || errors.len() >= MAX_ERRORS {
                errors.push(fault(line, None, "the rest was not looked at".to_owned()));
                break;
            }
            if let Some(material) = material_of(&record, &columns, row, line, &mut errors) {
                if let Some(earlier) = lines.insert(material.code.clone(), line) {
                    let message = format!("`{}` is the code of line {earlier}", material.code);
                    errors.push(fault(line, Some("code"), message));
                }
                catalogue.materials.push(material);
            }
        }
        if errors.is_empty() {
            Ok(catalogue)
        } else {
            Err(CellErrors(errors))
        }
    }
}

fn fault(line: u64, column: Option<&str>, message: String) -> CellError {
    CellError {
        line,
        column: column.map(str::to_owned),
        message,
    }
}

fn unreadable(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "is not UTF-8".to_owned(),
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("has {len} cells, and the head has {expected_len}"),
        _ => "is not CSV".to_owned(),
    }
}

fn columns_of(head: &csv::StringRecord) -> Result<Vec<Column>, CellErrors> {
    let mut columns = Vec::new();
    for (n, name) in head.iter().enumerate() {
        let name = name.trim();
        if head.iter().take(n).any(|earlier| earlier.trim() == name) {
            return Err(single(1, Some(name), "stands twice".to_owned()));
        }
        let list = name
            .strip_prefix(OTHER_RATE)
            .filter(|list| !list.is_empty());
        if let Some(known) = COLUMNS.into_iter().find(|known| *known == name) {
            columns.push(Column::Known(known));
        } else if let Some(list) = list {
            columns.push(Column::OtherRate(list.to_owned()));
        } else {
            let message = format!(
                "is not known; known are {} and {OTHER_RATE}NAME",
                COLUMNS.join(", ")
            );
            return Err(single(1, Some(&shortened(name)), message));
        }
    }
    let has = |needed: &str| {
        columns
            .iter()
            .any(|column| matches!(column, Column::Known(known) if *known == needed))
    };
    match COLUMNS.into_iter().take(NEEDED).find(|needed| !has(needed)) {
        Some(missing) => Err(single(1, Some(missing), "is missing".to_owned())),
        None => Ok(columns),
    }
}

/// One row; `None` after adding what is wrong with it to `errors`.
fn material_of(
    record: &csv::StringRecord,
    columns: &[Column],
    row: usize,
    line: u64,
    errors: &mut Vec<CellError>,
) -> Option<Material> {
    let before = errors.len();
    let mut material = Material {
        code: format!("M{:03}", row + 1),
        material_name: String::new(),
        category: Category::Specialty,
        unit_of_measurement: Unit::Piece,
        cost_inr: None,
        item: None,
        basis: Basis::Installed,
        waste_percent: None,
        pack_size: None,
        notes: String::new(),
        other_rates: BTreeMap::new(),
    };
    for (column, cell) in columns.iter().zip(record) {
        let cell = unguarded(cell.trim());
        let (name, result) = match column {
            Column::Known(name) => ((*name).to_owned(), set(&mut material, name, cell)),
            Column::OtherRate(list) => {
                let read = number(cell, rate_fault).map(|rate| {
                    material
                        .other_rates
                        .extend(rate.map(|rate| (list.clone(), rate)));
                });
                (format!("{OTHER_RATE}{list}"), read)
            }
        };
        if let Err(message) = result {
            errors.push(fault(line, Some(&name), message));
        }
    }
    if errors.len() == before
        && let Some((field, message)) = fault_of(&material)
    {
        errors.push(fault(line, Some(field), message));
    }
    (errors.len() == before).then_some(material)
}

fn set(material: &mut Material, column: &str, cell: &str) -> Result<(), String> {
    match column {
        "material_name" => cell.clone_into(&mut material.material_name),
        "category" => {
            material.category = Category::from_name(cell)
                .ok_or_else(|| one_of(cell, &Category::ALL.map(Category::name)))?;
        }
        "unit_of_measurement" => {
            material.unit_of_measurement =
                Unit::from_name(cell).ok_or_else(|| one_of(cell, &Unit::ALL.map(Unit::name)))?;
        }
        "cost_inr" => material.cost_inr = number(cell, rate_fault)?,
        "code" if !cell.is_empty() => cell.clone_into(&mut material.code),
        "item" if !cell.is_empty() => material.item = Some(cell.to_owned()),
        "basis" => {
            material.basis = match cell {
                "" | "installed" => Basis::Installed,
                "supply" => Basis::Supply,
                _ => return Err(one_of(cell, &["installed", "supply"])),
            };
        }
        "waste_percent" => material.waste_percent = number(cell, waste_fault)?,
        "pack_size" => material.pack_size = number(cell, pack_fault)?,
        "notes" => cell.clone_into(&mut material.notes),
        _ => {}
    }
    Ok(())
}

fn one_of(cell: &str, known: &[&str]) -> String {
    format!("`{}` is none of {}", shortened(cell), known.join(", "))
}

fn number(cell: &str, fault: fn(Decimal) -> Option<String>) -> Result<Option<Decimal>, String> {
    if cell.is_empty() {
        return Ok(None);
    }
    let plain = cell
        .chars()
        .all(|c| c.is_ascii_digit() || c == '.' || c == '-');
    let value = plain
        .then(|| Decimal::from_str_exact(cell).ok())
        .flatten()
        .ok_or_else(|| {
            let cell = shortened(cell);
            format!("`{cell}` is not a number written with figures and one point, such as 1250.50")
        })?;
    match fault(value) {
        Some(message) => Err(message),
        None => Ok(Some(value)),
    }
}

/// The cell without the apostrophe that keeps a spreadsheet from running it.
fn unguarded(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => cell,
    }
}
