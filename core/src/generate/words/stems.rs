//! Words without their endings, and short and foreign forms in one spelling.

/// Short and American forms, and the form that phrases have them in.
pub(super) const SAME: [(&str, &str); 48] = [
    ("att", "attached"),
    ("atch", "attached"),
    ("attd", "attached"),
    ("attch", "attached"),
    ("attached", "attached"),
    ("attchd", "attached"),
    ("stn", "station"),
    ("dr", "doctor"),
    ("drs", "doctor"),
    ("doc", "doctor"),
    ("rm", "room"),
    ("rms", "room"),
    ("mtg", "meeting"),
    ("conf", "conference"),
    ("mgr", "manager"),
    ("mngr", "manager"),
    ("exec", "executive"),
    ("dept", "department"),
    ("asst", "assistant"),
    ("recep", "reception"),
    ("recpt", "reception"),
    ("kit", "kitchen"),
    ("veg", "vegetable"),
    ("bldg", "building"),
    ("govt", "government"),
    ("ctr", "centre"),
    ("center", "centre"),
    ("theater", "theatre"),
    ("color", "colour"),
    ("labor", "labour"),
    ("parlor", "parlour"),
    ("pediatric", "paediatric"),
    ("pediatrician", "paediatrician"),
    ("orthopedic", "orthopaedic"),
    ("gynecology", "gynaecology"),
    ("gynecologist", "gynaecologist"),
    ("hematology", "haematology"),
    ("anesthesia", "anaesthesia"),
    ("counseling", "counselling"),
    ("counselor", "counsellor"),
    ("jewelry", "jewellery"),
    ("gray", "grey"),
    ("mold", "mould"),
    ("license", "licence"),
    ("fiber", "fibre"),
    ("tire", "tyre"),
    ("catalog", "catalogue"),
    ("donut", "doughnut"),
];

/// A word without its plural ending, in the one spelling of several that phrases have it in.
///
/// It need not be a word, since phrases of the table and of the text are cut alike.
pub(super) fn stem(word: &str) -> String {
    let cut = singular(word);
    if let Some((_, same)) = SAME.iter().find(|(short, _)| *short == cut) {
        return (*same).to_owned();
    }
    // `sterilization`, `sterilizing`, `sterilizer`.
    for (ending, same) in [
        ("ization", "isation"),
        ("izing", "ising"),
        ("izer", "iser"),
        ("ized", "ised"),
    ] {
        if let Some(head) = cut.strip_suffix(ending).filter(|head| head.len() > 2) {
            return format!("{head}{same}");
        }
    }
    cut
}

/// Whether the word has a plural ending.
pub(super) fn is_plural(word: &str) -> bool {
    // `sterile services`, `admissions` are one place.
    let is_one = matches!(
        word,
        "services" | "admissions" | "enquiries" | "vitals" | "inwards" | "outwards" | "goods"
    );
    !is_one && singular(word) != word || matches!(word, "drs" | "rms")
}

fn singular(word: &str) -> String {
    // Abbreviations, which are shorter than the words that lose an ending.
    if matches!(
        word,
        "wcs" | "ots" | "ops" | "pcs" | "mds" | "gps" | "vps" | "tvs"
    ) {
        return word.trim_end_matches('s').to_owned();
    }
    let length = word.chars().count();
    let cut = |ending: &str| word.strip_suffix(ending).map(str::to_owned);
    if length < 4 {
        return word.to_owned();
    }
    if length > 4
        && let Some(head) = cut("ies")
    {
        return head + "y";
    }
    for ending in ["ches", "shes", "sses", "xes", "zes"] {
        if word.ends_with(ending) {
            return cut("es").unwrap_or_default();
        }
    }
    if ["ss", "us", "is"]
        .iter()
        .any(|ending| word.ends_with(ending))
    {
        return word.to_owned();
    }
    cut("s").unwrap_or_else(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plurals_and_singulars_have_one_stem() {
        for (one, many) in [
            ("toilet", "toilets"),
            ("lobby", "lobbies"),
            ("bench", "benches"),
            ("office", "offices"),
            ("class", "classes"),
            ("box", "boxes"),
            ("operatory", "operatories"),
        ] {
            assert_eq!(stem(one), stem(many));
        }
        assert_eq!(stem("gas"), "gas");
    }
}
