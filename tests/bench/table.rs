//! Tables for people.

/// A table that is printed line by line.
pub(crate) struct Table {
    widths: Vec<usize>,
}

const NAME: usize = 46;

impl Table {
    /// Prints a title and the heads of the columns.
    pub(crate) fn new(title: &str, columns: &[&str]) -> Table {
        println!("\n{title}");
        let widths: Vec<_> = columns.iter().map(|head| head.len().max(10) + 2).collect();
        let heads = columns.iter().zip(&widths);
        let heads: String = heads
            .map(|(head, width)| format!("{head:>width$}"))
            .collect();
        println!("{:NAME$}{heads}", "");
        Table { widths }
    }

    pub(crate) fn row(&self, name: &str, cells: &[String]) {
        let cells = cells.iter().zip(&self.widths);
        let cells: String = cells
            .map(|(cell, width)| format!("{cell:>width$}"))
            .collect();
        println!("{name:<NAME$}{cells}");
    }
}

/// A rate, such as `12,345/s`.
pub(crate) fn rate(rate: f64) -> String {
    let digits = format!("{rate:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text + "/s"
}

/// A factor, such as `1.23 x`.
pub(crate) fn factor(factor: f64) -> String {
    format!("{factor:.2} x")
}

/// A share, such as `62 %`.
pub(crate) fn percent(share: f64) -> String {
    format!("{:.0} %", share * 100.0)
}

/// A time in microseconds.
pub(crate) fn micros(micros: f64) -> String {
    format!("{micros:.1} us")
}
