//! The bill as a workbook.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive as _;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Formula, Workbook, Worksheet, XlsxError,
};

use super::{boq, sheets};
use crate::bom::Bom;
use crate::error::{Error, ErrorKind, Result};

/// The bill as an XLSX workbook: summary, bill by trade, measurement book, rooms, doors,
/// assumptions.
///
/// Amounts, subtotals and totals are formulas with their values beside them, so that a changed
/// rate shows in the total. The same bill gives the same bytes: the date of the document is
/// fixed, since a bill knows no clock.
///
/// # Errors
/// `LimitExceeded` for a bill with more rows than a sheet has.
pub fn bill_xlsx(bom: &Bom) -> Result<Vec<u8>> {
    write(bom).map_err(|error| match error {
        XlsxError::RowColumnLimitError | XlsxError::MaxStringLengthExceeded => Error::new(
            ErrorKind::LimitExceeded,
            "the bill does not fit into a workbook",
        )
        .with_source(error),
        error => {
            Error::new(ErrorKind::Internal, "the workbook could not be written").with_source(error)
        }
    })
}

fn write(bom: &Bom) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    // Any fixed day does; without one the writer would ask the clock.
    let created = ExcelDateTime::from_ymd(2020, 1, 1)?;
    let properties = DocProperties::new()
        .set_title("Bill of materials")
        .set_creation_datetime(&created);
    workbook.set_properties(&properties);
    let style = Style::new();
    // The summary comes first and refers to the bill, whose rows are known once it is laid out.
    let plan = boq::lay_out(bom);
    sheets::summary(workbook.add_worksheet(), &style, bom, &plan)?;
    boq::write(workbook.add_worksheet(), &style, bom, &plan)?;
    sheets::measurements(workbook.add_worksheet(), &style, bom)?;
    sheets::rooms(workbook.add_worksheet(), &style, bom)?;
    sheets::doors(workbook.add_worksheet(), &style, bom)?;
    sheets::assumptions(workbook.add_worksheet(), &style, bom)?;
    workbook.save_to_buffer()
}

/// How cells look.
pub(super) struct Style {
    pub(super) head: Format,
    pub(super) text: Format,
    pub(super) bold: Format,
    pub(super) title: Format,
    pub(super) money: Format,
    pub(super) total: Format,
    pub(super) quantity: Format,
    pub(super) percent: Format,
    pub(super) whole: Format,
}

impl Style {
    fn new() -> Style {
        let number = |pattern: &str| {
            Format::new()
                .set_num_format(pattern)
                .set_align(FormatAlign::Top)
        };
        let text = Format::new().set_text_wrap().set_align(FormatAlign::Top);
        Style {
            head: Format::new()
                .set_bold()
                .set_text_wrap()
                .set_background_color(0x00DD_E3EA),
            bold: text.clone().set_bold(),
            title: Format::new().set_bold().set_font_size(14),
            text,
            money: number("#,##0.00"),
            total: number("#,##0.00").set_bold(),
            quantity: number("#,##0.00##"),
            percent: number("0.####"),
            whole: number("0"),
        }
    }
}

/// A sheet that is filled row by row.
pub(super) struct Sheet<'a> {
    pub(super) sheet: &'a mut Worksheet,
    pub(super) row: u32,
}

impl<'a> Sheet<'a> {
    /// A sheet called `name` with columns of these heads and widths.
    pub(super) fn new(
        sheet: &'a mut Worksheet,
        style: &Style,
        name: &str,
        columns: &[(&str, u16)],
    ) -> Result<Sheet<'a>, XlsxError> {
        sheet.set_name(name)?;
        sheet.set_landscape().set_print_fit_to_pages(1, 0);
        for (n, (head, width)) in (0_u16..).zip(columns) {
            sheet.set_column_width(n, *width)?;
            if !head.is_empty() {
                sheet.write_string_with_format(0, n, *head, &style.head)?;
            }
        }
        let headed = columns.iter().any(|(head, _)| !head.is_empty());
        if headed {
            sheet.set_freeze_panes(1, 0)?;
        }
        let row = u32::from(headed);
        Ok(Sheet { sheet, row })
    }

    pub(super) fn text(
        &mut self,
        column: u16,
        text: &str,
        format: &Format,
    ) -> Result<(), XlsxError> {
        // As a string, never as a formula, whatever it begins with.
        self.sheet
            .write_string_with_format(self.row, column, text, format)?;
        Ok(())
    }

    pub(super) fn number(
        &mut self,
        column: u16,
        value: Decimal,
        format: &Format,
    ) -> Result<(), XlsxError> {
        self.sheet
            .write_number_with_format(self.row, column, shown(value), format)?;
        Ok(())
    }

    /// A formula with the value that it has.
    pub(super) fn formula(
        &mut self,
        column: u16,
        formula: &str,
        value: Decimal,
        format: &Format,
    ) -> Result<(), XlsxError> {
        let formula = Formula::new(formula).set_result(value.normalize().to_string());
        self.sheet
            .write_formula_with_format(self.row, column, formula, format)?;
        Ok(())
    }
}

/// The nearest number that a workbook can hold.
fn shown(value: Decimal) -> f64 {
    value.to_f64().unwrap_or_default()
}
