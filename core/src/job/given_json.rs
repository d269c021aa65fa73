//! JSON that a caller gives: what is wrong with it, in words and by the path of the member at
//! fault.
//!
//! Callers of most faces never see the text that the library reads, so places in it ("line 1
//! column 190") and names of Rust types mean nothing to them, and are left out.

use serde::de::{DeserializeOwned, Deserializer};
use serde_json::Value;
use serde_json::error::Category;

use crate::error::{Error, Result};

/// Reads a value from JSON; an error names the member at fault, under `field` if that is not empty.
///
/// # Errors
/// `invalid_input`.
pub fn read<T: DeserializeOwned>(text: &str, field: &str) -> Result<T> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = from(&mut reader, field)?;
    reader.end().map_err(|error| refused(field, "", &error))?;
    Ok(value)
}

/// As [`read`], from JSON that is values already.
///
/// # Errors
/// `invalid_input`.
pub fn read_value<T: DeserializeOwned>(value: Value, field: &str) -> Result<T> {
    from(value, field)
}

fn from<'a, T, D>(reader: D, field: &str) -> Result<T>
where
    T: DeserializeOwned,
    D: Deserializer<'a, Error = serde_json::Error>,
{
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let path = error.path().to_string();
        refused(field, &path, error.inner())
    })
}

fn refused(field: &str, path: &str, error: &serde_json::Error) -> Error {
    // Where the text breaks off inside a value, its place ends with a question mark.
    let path = path.trim_end_matches('?').trim_end_matches('.');
    let path = match (field, path) {
        ("", path) => path.to_owned(),
        (field, "") => field.to_owned(),
        (field, path) if path.starts_with('[') => format!("{field}{path}"),
        (field, path) => format!("{field}.{path}"),
    };
    if error.classify() == Category::Data {
        let text = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let (path, sentence) = in_words(path, text.strip_suffix(&place).unwrap_or(&text));
        return Error::invalid_field(path, sentence);
    }
    let sentence = format!("{} is not JSON: {error}", shown(&path));
    Error::invalid_field(whole(path), sentence)
}

/// The path of the member at fault, and a sentence about it, from what the parser says.
fn in_words(path: String, told: &str) -> (String, String) {
    let parts = |head: &str| {
        told.strip_prefix(head)
            .and_then(|rest| rest.split_once(", expected "))
    };
    if let Some(rest) = told.strip_prefix("missing field ") {
        let path = joined(&path, rest.trim_matches('`'));
        let sentence = format!("{} is missing", shown(&path));
        return (path, sentence);
    }
    if let Some(rest) = told.strip_prefix("duplicate field ") {
        let path = joined(&path, rest.trim_matches('`'));
        let sentence = format!("{} is given twice", shown(&path));
        return (path, sentence);
    }
    let name = shown(&path);
    let sentence = if let Some((given, known)) = parts("unknown field ") {
        format!("there is no field {given}; there is {}", listed(known))
    } else if let Some((given, known)) = parts("unknown variant ") {
        format!("{name} must be {known}, not {given}")
    } else if let Some((given, wanted)) =
        parts("invalid type: ").or_else(|| parts("invalid value: "))
    {
        format!("{name} must be {}, not {}", kind(wanted), value(given))
    } else if let Some((length, wanted)) = parts("invalid length ") {
        // A list is read as an object whose members are in order.
        match kind(wanted).as_str() {
            "an object" => format!("{name} must be an object, not a list"),
            wanted => format!("{name} must be {wanted}, and has {length}"),
        }
    } else {
        format!("{name}: {told}")
    };
    (whole(path), sentence)
}

/// The path as a field: the whole of what was given is `.`.
fn whole(path: String) -> String {
    if path.is_empty() {
        ".".to_owned()
    } else {
        path
    }
}

fn shown(path: &str) -> String {
    if path.is_empty() {
        "what was given".to_owned()
    } else {
        format!("`{path}`")
    }
}

fn joined(path: &str, member: &str) -> String {
    if path.is_empty() {
        member.to_owned()
    } else {
        format!("{path}.{member}")
    }
}

/// "one of `a`, `b`" without its beginning, and what stands where there is none.
fn listed(known: &str) -> &str {
    match known {
        "there are no fields" => "none",
        known => known.strip_prefix("one of ").unwrap_or(known),
    }
}

/// What is wanted, in words of JSON instead of types of Rust.
fn kind(wanted: &str) -> String {
    let length = |head: &str| wanted.strip_prefix(head).map(|n| format!("a list of {n}"));
    let words = match wanted {
        "f64" | "f32" => "a number",
        "i64" | "isize" => "a whole number",
        "u64" | "usize" => "a whole number, 0 or more",
        "i32" => "a whole number from -2147483648 to 2147483647",
        "u32" => "a whole number from 0 to 4294967295",
        "u16" => "a whole number from 0 to 65535",
        "u8" => "a whole number from 0 to 255",
        "a boolean" => "true or false",
        "a string" | "a borrowed string" => "a text",
        "a sequence" => "a list",
        "a map" => "an object",
        wanted if wanted.starts_with("struct ") => "an object",
        wanted => {
            return length("an array of length ")
                .or_else(|| length("a tuple of size "))
                .unwrap_or_else(|| wanted.to_owned());
        }
    };
    words.to_owned()
}

/// What was given, as JSON writes it.
fn value(given: &str) -> String {
    match given {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        given => ["integer ", "floating point ", "boolean ", "string "]
            .iter()
            .find_map(|kind| given.strip_prefix(kind))
            .map_or(given, |value| value.trim_matches('`'))
            .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::Deserialize;
    use serde_json::json;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only how it is read matters")]
    struct Wall {
        x1: f64,
        level: Option<u16>,
        side: Option<Side>,
        ends: Option<[i64; 2]>,
        name: Option<String>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Side {
        Left,
        Right,
        Both,
    }

    #[test]
    fn what_is_wrong_is_said_in_words_with_its_path() {
        for (text, path, sentence) in [
            (
                r#"[{"x1": "a"}]"#,
                "walls[0].x1",
                r#"`walls[0].x1` must be a number, not "a""#,
            ),
            (
                r#"[{"x1": 1}, {"x1": null}]"#,
                "walls[1].x1",
                "`walls[1].x1` must be a number, not null",
            ),
            ("[{}]", "walls[0].x1", "`walls[0].x1` is missing"),
            (
                r#"[{"x1": 1, "x1": 2}]"#,
                "walls[0].x1",
                "`walls[0].x1` is given twice",
            ),
            (
                r#"[{"x1": 1, "y": 2}]"#,
                "walls[0].y",
                "there is no field `y`; there is `x1`, `level`, `side`, `ends`, `name`",
            ),
            (
                r#"[{"x1": 1, "level": -1}]"#,
                "walls[0].level",
                "`walls[0].level` must be a whole number from 0 to 65535, not -1",
            ),
            (
                r#"[{"x1": 1, "side": "up"}]"#,
                "walls[0].side",
                "`walls[0].side` must be one of `left`, `right`, `both`, not `up`",
            ),
            (
                r#"[{"x1": 1, "ends": [1]}]"#,
                "walls[0].ends",
                "`walls[0].ends` must be a list of 2, and has 1",
            ),
            (
                r#"[{"x1": 1, "ends": [1, 2.5]}]"#,
                "walls[0].ends[1]",
                "`walls[0].ends[1]` must be a whole number, not 2.5",
            ),
            (
                r#"[{"x1": 1, "name": true}]"#,
                "walls[0].name",
                "`walls[0].name` must be a text, not true",
            ),
            ("{}", "walls", "`walls` must be a list, not an object"),
            (
                "[[]]",
                "walls[0]",
                "`walls[0]` must be an object, not a list",
            ),
            ("[3]", "walls[0]", "`walls[0]` must be an object, not 3"),
        ] {
            let error = read::<Vec<Wall>>(text, "walls").unwrap_err();
            assert_eq!((error.field(), error.message()), (Some(path), sentence));
        }
        let error = read_value::<Wall>(json!(3), "").unwrap_err();
        assert_eq!(error.field(), Some("."));
        assert_eq!(error.message(), "what was given must be an object, not 3");
    }

    #[test]
    fn what_is_no_json_keeps_its_place_in_the_text() {
        let error = read::<Vec<Wall>>("[{\"x1\": 1},\n nonsense]", "walls").unwrap_err();
        assert_eq!(
            error.message(),
            "`walls[1]` is not JSON: expected ident at line 2 column 3"
        );
        let error = read::<Value>("3 4", "").unwrap_err();
        assert_eq!(
            (error.field(), error.message()),
            (
                Some("."),
                "what was given is not JSON: trailing characters at line 1 column 3"
            )
        );
    }
}
