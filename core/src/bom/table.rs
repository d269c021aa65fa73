//! Rows of cells as CSV, safe to open in a spreadsheet.

/// `rows` as CSV by RFC 4180: cells with commas, quotes or line ends are quoted, lines end with
/// CR LF.
///
/// A cell that a spreadsheet would take for a formula (it begins with `=`, `+`, `-`, `@`, a tab
/// or a carriage return, and is no number) gets an apostrophe before it (OWASP, CSV injection).
pub fn csv_text(rows: &[Vec<String>]) -> String {
    let mut text = String::new();
    for row in rows {
        for (n, cell) in row.iter().enumerate() {
            if n > 0 {
                text.push(',');
            }
            push_cell(&mut text, cell);
        }
        text.push_str("\r\n");
    }
    text
}

fn push_cell(text: &mut String, cell: &str) {
    let guard = if is_formula(cell) { "'" } else { "" };
    if cell.contains([',', '"', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ') {
        text.push('"');
        text.push_str(guard);
        text.push_str(&cell.replace('"', "\"\""));
        text.push('"');
    } else {
        text.push_str(guard);
        text.push_str(cell);
    }
}

fn is_formula(cell: &str) -> bool {
    let is_number = cell
        .strip_prefix('-')
        .unwrap_or(cell)
        .chars()
        .all(|c| c.is_ascii_digit() || c == '.');
    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !(is_number && cell.len() > 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_formulas_defused() {
        let row =
            |cells: &[&str]| csv_text(&[cells.iter().map(|cell| (*cell).to_owned()).collect()]);
        assert_eq!(row(&["a", "b,c", "d\"e"]), "a,\"b,c\",\"d\"\"e\"\r\n");
        assert_eq!(row(&["=1+1", "+x", "-x", "@x"]), "'=1+1,'+x,'-x,'@x\r\n");
        assert_eq!(row(&["-1.50", "-", "=a,b"]), "-1.50,'-,\"'=a,b\"\r\n");
    }
}
