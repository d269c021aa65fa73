//! Doors for the fuzz targets in `fuzz/`; compiled for them alone.

use lopdf::{Dictionary, Document, Object, Stream, dictionary};

use super::font::Font;
use super::limits::{Budget, Limits};
use super::pdf::{HiddenLayers, PageSource};
use super::{IngestOptions, Pages, content as interpreter, read_plans};
use crate::watch::Unwatched;

/// Small enough that one input takes no longer than a tenth of a second, so that many are tried.
const LIMITS: Limits = Limits {
    file_bytes: 1 << 20,
    pages: 20,
    decompressed_bytes: 8 << 20,
    segments: 50_000,
    form_nesting: 8,
    page_steps: 200_000,
};

/// Reads `file` as a PDF, every page of it.
pub fn file(file: &[u8]) {
    let options = IngestOptions {
        pages: Pages::All,
        limits: LIMITS,
    };
    let _ = read_plans(file, &options, &Unwatched);
}

/// Interprets `content` as a page that has one of everything.
pub fn content(content: &[u8]) {
    let mut document = Document::with_version("1.7");
    let page = page_with_everything(&mut document, content);
    let layers = HiddenLayers::read(&document);
    let mut budget = Budget::new(LIMITS, &Unwatched);
    if let Ok(source) = PageSource::read(&document, page, 0) {
        let _ = interpreter::interpret_page(&document, &layers, &source, &mut budget);
    }
}

/// Reads fonts made of `input`: a character map, glyph names and shown bytes, parted by `ff fe ff`.
pub fn text(input: &[u8]) {
    let mut parts = Vec::new();
    let mut rest = input;
    while let Some(at) = rest
        .windows(3)
        .position(|three| three == [0xff, 0xfe, 0xff])
    {
        parts.push(rest.get(..at).unwrap_or_default());
        rest = rest.get(at + 3..).unwrap_or_default();
    }
    parts.push(rest);
    let part = |index: usize| parts.get(index).copied().unwrap_or_default();
    let (map, names, shown) = (part(0), part(1), part(2));
    let mut document = Document::with_version("1.7");
    let map = document.add_object(Stream::new(dictionary! {}, map.to_vec()));
    let differences: Vec<Object> = names
        .split(|byte| *byte == b' ')
        .map(|word| {
            let number = std::str::from_utf8(word)
                .ok()
                .and_then(|word| word.parse().ok());
            number.map_or_else(|| Object::Name(word.to_vec()), Object::Integer)
        })
        .collect();
    let encoding = dictionary! { "Differences" => differences.clone() };
    let simple = dictionary! {
        "Type" => "Font", "Subtype" => "TrueType", "ToUnicode" => map,
        "Encoding" => encoding.clone(), "FirstChar" => 30, "Widths" => differences.clone(),
    };
    let named = dictionary! { "Type" => "Font", "Subtype" => "Type3", "Encoding" => encoding };
    let descendant = dictionary! {
        "Type" => "Font", "Subtype" => "CIDFontType2", "W" => differences,
    };
    let composite = dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "Encoding" => map, "ToUnicode" => map,
        "DescendantFonts" => vec![Object::Dictionary(descendant)],
    };
    for font in [simple, named, composite] {
        let mut budget = Budget::new(LIMITS, &Unwatched);
        if let Ok(font) = Font::read(&document, &font, &mut budget) {
            font.glyphs(shown).for_each(|glyph| {
                assert!(glyph.advance.is_finite(), "a width is not finite");
            });
        }
    }
}

/// A page that shows `content` and whose resources hold one of everything.
fn page_with_everything(document: &mut Document, content: &[u8]) -> lopdf::ObjectId {
    let stream = |dictionary: Dictionary, content: &[u8]| Stream::new(dictionary, content.to_vec());
    let layer = document.add_object(dictionary! { "Type" => "OCG" });
    let root = dictionary! {
        "OCProperties" => dictionary! {
            "OCGs" => vec![layer.into()], "D" => dictionary! { "OFF" => vec![layer.into()] },
        },
    };
    let root = document.add_object(root);
    document.trailer.set("Root", root);
    let map = b"1 begincodespacerange <00> <FF> endcodespacerange \
                1 beginbfrange <00> <FF> <0041> endbfrange";
    let map = document.add_object(stream(dictionary! {}, map));
    let numbers = |values: &[i64]| -> Vec<Object> { values.iter().map(|&n| n.into()).collect() };
    let form = document.add_object(stream(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Form", "BBox" => numbers(&[0, 0, 90, 90]),
            "Matrix" => numbers(&[2, 1, -1, 2, 9, 9]),
        },
        b"0 0 m 9 9 l S BT /F1 9 Tf (form) Tj ET /Form Do",
    ));
    let image = document.add_object(stream(
        dictionary! {
            "Type" => "XObject", "Subtype" => "Image", "Width" => 2, "Height" => 2,
            "BitsPerComponent" => 8, "ColorSpace" => "DeviceGray",
        },
        b"abcd",
    ));
    let pattern = document.add_object(stream(
        dictionary! {
            "PatternType" => 1, "PaintType" => 1, "TilingType" => 1,
            "BBox" => numbers(&[0, 0, 5, 5]), "XStep" => 5, "YStep" => 5,
        },
        b"0 0 m 5 5 l S",
    ));
    let simple = dictionary! { "Type" => "Font", "Subtype" => "Type1", "BaseFont" => "Courier" };
    let composite = dictionary! {
        "Type" => "Font", "Subtype" => "Type0", "Encoding" => "Identity-H", "ToUnicode" => map,
    };
    let resources = dictionary! {
        "Font" => dictionary! { "F1" => simple, "F2" => composite },
        "XObject" => dictionary! { "Form" => form, "Im" => image },
        "Properties" => dictionary! { "Layer" => layer },
        "ExtGState" => dictionary! {
            "Gs" => dictionary! { "LW" => 3, "D" => vec![numbers(&[1, 2]).into(), 0.into()] },
        },
        "Pattern" => dictionary! { "P" => pattern },
        "ColorSpace" => dictionary! {
            "Cs" => vec!["Separation".into(), "All".into(), "DeviceGray".into()],
        },
    };
    let content = document.add_object(stream(dictionary! {}, content));
    document.add_object(dictionary! {
        "Type" => "Page", "MediaBox" => numbers(&[0, 0, 400, 300]), "Contents" => content,
        "Resources" => resources,
    })
}
