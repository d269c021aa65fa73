//! Tables pasted from a spreadsheet, put into the words of a list.
//!
//! Under a header such as `Room, Qty, Area (sqm)` the cells of a row say what the header says they
//! are. The marks between them become those of a list (`Office: 4, 14 sqm`), a unit of the header
//! stands behind each number of its column, and serial numbers and sums of rows are left out.

use super::token::{Mark, Token, TokenKind, tokenise};

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Name,
    Count,
    /// With the unit that the header gives.
    Size(Option<&'static str>),
    Seats,
    /// One of two sides, with the unit that the header gives.
    Side(Option<&'static str>),
    /// A number of the row, or a sum that follows from the others.
    LeftOut,
    Note,
}

/// What cells are parted by; a comma last, since a sentence has commas too.
const PARTINGS: [char; 4] = ['\t', '|', ';', ','];

/// `tokens` of `text`, with the rows of a table in the words of a list.
pub(super) fn as_list(text: &str, tokens: Vec<Token>) -> Vec<Token> {
    let chars: Vec<char> = text.chars().collect();
    let lines = lines_of(&chars);
    let header = lines.iter().enumerate().find_map(|(n, line)| {
        let next = lines.get(n + 1)?;
        PARTINGS.iter().find_map(|parting| {
            // A sentence with commas is followed by no row.
            if cells_of(&chars, *next, *parting).len() < 2 {
                return None;
            }
            let columns = columns_of(&chars, &cells_of(&chars, *line, *parting))?;
            Some((n, *parting, columns))
        })
    });
    let Some((first, parting, columns)) = header else {
        return tokens;
    };
    let mut out = Vec::with_capacity(tokens.len());
    for (n, line) in lines.iter().enumerate() {
        let within = |token: &&Token| token.start >= line.0 && token.start < line.1;
        let cells = cells_of(&chars, *line, parting);
        let is_rule = (line.0..line.1).all(|at| {
            matches!(
                chars.get(at),
                Some('|' | '-' | ':' | '+' | '=' | ' ' | '\t')
            )
        });
        if n == first || (n > first && is_rule) {
            // The header and the rule under it.
        } else if n > first && cells.len() >= 2 && cells.len() <= columns.len() {
            // `Cabin,3,120` has no number of three thousand.
            match parting {
                ',' => row(&cell_by_cell(&chars, &cells), &cells, &columns, &mut out),
                _ => row(&tokens, &cells, &columns, &mut out),
            }
        } else {
            out.extend(tokens.iter().filter(within).cloned());
        }
        // The end of the line is a mark of its own.
        out.extend(tokens.iter().find(|token| token.start == line.1).cloned());
    }
    out
}

/// The tokens of each cell by itself.
fn cell_by_cell(chars: &[char], cells: &[(usize, usize)]) -> Vec<Token> {
    let of_cell = |&(from, to): &(usize, usize)| {
        let text: String = chars.get(from..to).unwrap_or_default().iter().collect();
        tokenise(&text).into_iter().map(move |token| Token {
            start: token.start + from,
            end: token.end + from,
            ..token
        })
    };
    cells.iter().flat_map(of_cell).collect()
}

/// From and to, without the end of the line.
fn lines_of(chars: &[char]) -> Vec<(usize, usize)> {
    let mut lines = Vec::new();
    let mut from = 0;
    for (at, c) in chars.iter().enumerate() {
        if *c == '\n' {
            lines.push((from, at));
            from = at + 1;
        }
    }
    lines.push((from, chars.len()));
    lines
}

/// The cells of a line, without empty ones at its ends as `| a | b |` has.
fn cells_of(chars: &[char], (from, to): (usize, usize), parting: char) -> Vec<(usize, usize)> {
    let mut cells = Vec::new();
    let mut begin = from;
    for at in from..to {
        if chars.get(at) == Some(&parting) {
            cells.push((begin, at));
            begin = at + 1;
        }
    }
    cells.push((begin, to));
    let is_empty = |cell: &(usize, usize)| {
        (cell.0..cell.1).all(|at| chars.get(at).is_none_or(|c| c.is_whitespace()))
    };
    if parting == '|' {
        if cells.first().is_some_and(is_empty) {
            cells.remove(0);
        }
        if cells.last().is_some_and(is_empty) {
            cells.pop();
        }
    }
    cells
}

/// The columns that the cells of a header name; `None` where it is no header.
fn columns_of(chars: &[char], cells: &[(usize, usize)]) -> Option<Vec<Column>> {
    if cells.len() < 2 {
        return None;
    }
    let names: Vec<String> = (cells.iter())
        .map(|cell| {
            let text = chars.get(cell.0..cell.1).unwrap_or_default();
            text.iter().collect::<String>().trim().to_lowercase()
        })
        .collect();
    let mut columns: Vec<Column> = names.iter().map(|name| column_of(name)).collect();
    // `Area | Nos | Size (m2)`: the areas are the rooms.
    let has = |columns: &[Column], wanted: Column| columns.contains(&wanted);
    if !has(&columns, Column::Name) {
        let is_size = |column: &&Column| matches!(column, Column::Size(_));
        if columns.iter().filter(is_size).count() < 2 {
            return None;
        }
        *columns.iter_mut().find(|column| is_size(&&**column))? = Column::Name;
    }
    let is_of_number = |column: &Column| {
        matches!(
            column,
            Column::Count | Column::Size(_) | Column::Seats | Column::Side(_)
        )
    };
    // One side alone measures no room.
    let is_side = |column: &&Column| matches!(column, Column::Side(_));
    if columns.iter().filter(is_side).count() != 2 {
        for column in &mut columns {
            if matches!(column, Column::Side(_)) {
                *column = Column::Note;
            }
        }
    }
    let one_name = columns
        .iter()
        .filter(|column| **column == Column::Name)
        .count()
        == 1;
    let says_number = names.iter().any(|name| {
        name.chars().any(|c| c.is_ascii_digit()) && !name.contains("m2") && !name.contains("ft2")
    });
    // Every cell of a header is a few words that say what is below; a sentence has others.
    let is_header = columns.iter().any(is_of_number)
        && one_name
        && !says_number
        && names
            .iter()
            .all(|name| name.split_whitespace().count() <= 4)
        && (columns.iter()).all(|column| *column != Column::Note || columns.len() > 2);
    is_header.then_some(columns)
}

fn column_of(name: &str) -> Column {
    let words: Vec<&str> = name
        .split(|c: char| !c.is_alphanumeric() && c != '#' && c != '²')
        .filter(|word| !word.is_empty())
        .collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
    let unit = unit_of(name);
    if matches!(
        words.as_slice(),
        ["#"]
            | ["id"]
            | ["ref"]
            | ["s" | "sr" | "sl" | "serial", "no" | "nr" | "number"]
            | ["sno" | "srno" | "slno"]
    ) || has(&["total", "subtotal"])
    {
        Column::LeftOut
    } else if has(&[
        "qty", "quantity", "nos", "no", "count", "number", "#", "nr", "units", "how",
    ]) {
        Column::Count
    } else if has(&[
        "seats",
        "capacity",
        "persons",
        "people",
        "pax",
        "occupancy",
        "occupants",
        "seating",
        "users",
    ]) {
        Column::Seats
    } else if has(&["length", "width", "depth", "breadth", "l", "w", "b"]) {
        Column::Side(length_unit_of(&words))
    } else if unit.is_some() || has(&["area", "size", "sizes", "dimensions", "dimension", "areas"])
    {
        Column::Size(unit)
    } else if has(&[
        "room",
        "rooms",
        "space",
        "spaces",
        "name",
        "description",
        "particulars",
        "item",
        "type",
        "function",
        "use",
    ]) {
        Column::Name
    } else {
        Column::Note
    }
}

fn length_unit_of(words: &[&str]) -> Option<&'static str> {
    words.iter().find_map(|word| match *word {
        "m" | "metre" | "metres" | "meter" | "meters" | "mtr" => Some("m"),
        "ft" | "feet" | "foot" => Some("ft"),
        "mm" => Some("mm"),
        "cm" => Some("cm"),
        _ => None,
    })
}

fn unit_of(name: &str) -> Option<&'static str> {
    let close: String = name
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '²')
        .collect();
    let ends = |endings: &[&str]| endings.iter().any(|ending| close.ends_with(ending));
    if ends(&[
        "sqm",
        "m2",
        "m²",
        "sqmt",
        "sqmtr",
        "squaremetres",
        "squaremeters",
        "sqmetres",
    ]) {
        Some("sqm")
    } else if ends(&["sqft", "sft", "sf", "ft2", "ft²", "squarefeet", "sqfeet"]) {
        Some("sqft")
    } else {
        None
    }
}

/// Adds the tokens of one row.
fn row(tokens: &[Token], cells: &[(usize, usize)], columns: &[Column], out: &mut Vec<Token>) {
    let begin = out.len();
    let (mut named, mut sized) = (false, false);
    let mut sides = 0;
    for (cell, column) in cells.iter().zip(columns) {
        let own: Vec<Token> = (tokens.iter())
            .filter(|token| token.start >= cell.0 && token.start < cell.1)
            .cloned()
            .collect();
        let (Some(head), Some(tail)) = (own.first(), own.last()) else {
            continue;
        };
        let number = own.len() == 1 && matches!(head.kind, TokenKind::Number(_));
        let (start, end) = (head.start, tail.end);
        let at = |kind: TokenKind, place: usize| Token {
            kind,
            start: place,
            end: place,
        };
        let word = |word: &str, place: usize| at(TokenKind::Word(word.to_owned()), place);
        match column {
            Column::LeftOut if number => {}
            Column::Count if number && named => {
                // `Office 12 sqm x 4`, `Office: 4`.
                let mark = if sized { Mark::Times } else { Mark::Colon };
                out.push(at(TokenKind::Mark(mark), start));
                out.extend(own);
            }
            Column::Size(unit) => {
                if named && out.len() > begin && ends_in_number(out) {
                    out.push(at(TokenKind::Mark(Mark::Comma), start));
                }
                out.extend(own);
                out.extend(unit.filter(|_| number).map(|unit| word(unit, end)));
            }
            Column::Side(unit) => {
                if sides > 0 {
                    out.push(at(TokenKind::Mark(Mark::Times), start));
                } else if named && out.len() > begin && ends_in_number(out) {
                    out.push(at(TokenKind::Mark(Mark::Comma), start));
                }
                sides += 1;
                out.extend(own);
                out.extend(unit.filter(|_| number).map(|unit| word(unit, end)));
            }
            Column::Seats if number => {
                out.push(word("for", start));
                out.extend(own);
            }
            Column::Note | Column::LeftOut if out.len() > begin => {
                out.push(at(TokenKind::Mark(Mark::Comma), start));
                out.extend(own);
            }
            _ => out.extend(own),
        }
        named |= *column == Column::Name;
        sized |= matches!(column, Column::Size(_));
    }
}

fn ends_in_number(tokens: &[Token]) -> bool {
    tokens
        .last()
        .is_some_and(|token| matches!(token.kind, TokenKind::Number(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(text: &str) -> String {
        let words = as_list(text, tokenise(text))
            .into_iter()
            .map(|token| match token.kind {
                TokenKind::Word(word) => word,
                TokenKind::Number(number) => (number.0 / super::super::number::ONE).to_string(),
                TokenKind::Mark(mark) => format!("{mark:?}"),
                TokenKind::Other => "?".to_owned(),
            });
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_row_becomes_an_entry_of_a_list() {
        let rows = "Office,4,14";
        for (header, read) in [
            ("Room,Qty,Area (sqm)", "office Colon 4 Comma 14 sqm"),
            ("Room,Qty,Total sqm", "office Colon 4"),
            ("Room,Area in sq ft,Nos.", "office 4 sqft Times 14"),
            ("Room,Qty,Capacity", "office Colon 4 for 14"),
            ("Room,Length (m),Width (m)", "office 4 m Times 14 m"),
        ] {
            assert_eq!(
                list(&format!("{header}\n{rows}")),
                format!("Line {read}"),
                "{header}"
            );
        }
    }

    #[test]
    fn a_comma_between_cells_parts_no_thousands() {
        assert_eq!(
            list("Room,Qty,Area (sqft)\nCabin,3,120"),
            "Line cabin Colon 3 Comma 120 sqft"
        );
    }

    #[test]
    fn serial_numbers_rules_and_edges_are_left_out() {
        let text =
            "| S.No | Room | Size m2 | Notes |\n|---|---|---|---|\n| 1 | Lab | 15 | next to WC |";
        assert_eq!(list(text), "Line Line lab 15 sqm Comma next to wc");
    }

    #[test]
    fn a_sentence_is_no_table() {
        for text in [
            "Offices, number of rooms open\n3 labs, 2 toilets",
            "4 rooms, size 12 m2\n2 toilets, 4 m2",
            "Room, size, area",
        ] {
            let words = tokenise(text);
            assert_eq!(as_list(text, words.clone()), words, "{text}");
        }
    }
}
