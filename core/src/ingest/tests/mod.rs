//! Tests of whole readings on small PDFs that are written here.

mod cancel;
mod drawn;
mod files;
mod geometry;
mod hostile;
mod openings;
mod pages;
mod repeat;
mod rooms;
mod scans;
mod sheets;
mod text;
mod walls;

use lopdf::{Dictionary, Document, Object, ObjectId, Stream, dictionary};

use super::{Drawing, IngestOptions, Reading, read_pdf};
use crate::error::{Error, Result};
use crate::plan::{Point, Segment};
use crate::watch::Unwatched;

/// A PDF under construction, with one page unless more are added.
struct TestPdf {
    document: Document,
    pages: ObjectId,
    resources: Dictionary,
    /// Entries of the page's own dictionary.
    page: Dictionary,
}

impl TestPdf {
    fn new() -> TestPdf {
        let mut document = Document::with_version("1.7");
        let pages = document.new_object_id();
        TestPdf {
            document,
            pages,
            resources: Dictionary::new(),
            page: dictionary! { "MediaBox" => numbers(&[0.0, 0.0, 400.0, 300.0]) },
        }
    }

    fn with(mut self, key: &str, value: impl Into<Object>) -> TestPdf {
        self.page.set(key, value);
        self
    }

    /// Adds a form XObject called `name` and gives its id.
    fn form(&mut self, name: &str, matrix: &[f64], content: &str) -> ObjectId {
        let form = Stream::new(
            dictionary! {
                "Type" => "XObject",
                "Subtype" => "Form",
                "BBox" => numbers(&[-1000.0, -1000.0, 1000.0, 1000.0]),
                "Matrix" => numbers(matrix),
            },
            content.as_bytes().to_vec(),
        );
        let id = self.document.add_object(form);
        let mut forms = match self.resources.get(b"XObject") {
            Ok(Object::Dictionary(forms)) => forms.clone(),
            _ => Dictionary::new(),
        };
        forms.set(name, id);
        self.resources.set("XObject", forms);
        id
    }

    /// Adds a page that shows `content`.
    fn page(&mut self, content: &[u8]) -> ObjectId {
        let content = self
            .document
            .add_object(Stream::new(Dictionary::new(), content.to_vec()));
        let mut page = self.page.clone();
        page.set("Type", "Page");
        page.set("Parent", self.pages);
        page.set("Contents", content);
        page.set("Resources", self.resources.clone());
        self.document.add_object(page)
    }

    fn finish(mut self, kids: &[ObjectId]) -> Document {
        let kids: Vec<Object> = kids.iter().map(|&id| id.into()).collect();
        let count = i64::try_from(kids.len()).unwrap();
        let pages = dictionary! { "Type" => "Pages", "Kids" => kids, "Count" => count };
        self.document.objects.insert(self.pages, pages.into());
        let catalog = dictionary! { "Type" => "Catalog", "Pages" => self.pages };
        let catalog = self.document.add_object(catalog);
        self.document.trailer.set("Root", catalog);
        let id = Object::string_literal("0123456789abcdef");
        self.document.trailer.set("ID", vec![id.clone(), id]);
        self.document
    }

    /// The file with a single page that shows `content`.
    fn bytes(mut self, content: impl AsRef<[u8]>) -> Vec<u8> {
        let page = self.page(content.as_ref());
        saved(self.finish(&[page]))
    }
}

fn saved(mut document: Document) -> Vec<u8> {
    let mut bytes = Vec::new();
    document.save_to(&mut bytes).unwrap();
    bytes
}

fn numbers(values: &[f64]) -> Object {
    #[expect(clippy::cast_possible_truncation, reason = "test values are small")]
    let array = values.iter().map(|&value| Object::Real(value as f32));
    Object::Array(array.collect())
}

fn read(bytes: &[u8]) -> Result<Reading> {
    read_pdf(bytes, &IngestOptions::default(), &Unwatched)
}

fn refused(bytes: &[u8]) -> Error {
    read(bytes).unwrap_err()
}

/// Every straight piece of a drawing.
fn pieces(drawing: &Drawing) -> Vec<Segment> {
    drawing
        .paths()
        .flat_map(|path| path.subpaths())
        .flat_map(|subpath| subpath.segments())
        .collect()
}

/// The only straight piece that `content` draws on `pdf`'s page.
fn only_piece(pdf: TestPdf, content: &str) -> Segment {
    let reading = read(&pdf.bytes(content)).unwrap();
    let pieces = pieces(&reading.drawing);
    assert_eq!(pieces.len(), 1, "{pieces:?}");
    pieces[0]
}

#[track_caller]
fn assert_ends(piece: Segment, a: (f64, f64), b: (f64, f64)) {
    let (a, b) = (Point::new(a.0, a.1), Point::new(b.0, b.1));
    let off = piece.a.distance(a).max(piece.b.distance(b));
    assert!(off < 1e-3, "{piece:?} is not from {a:?} to {b:?}");
}
