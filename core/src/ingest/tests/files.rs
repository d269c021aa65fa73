//! Kinds of files: encrypted, compressed, of several pages, and those that are refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use lopdf::encryption::crypt_filters::{Aes256CryptFilter, CryptFilter};
use lopdf::{Document, EncryptionState, EncryptionVersion, Permissions, Stream, dictionary};

use super::{TestPdf, assert_ends, numbers, pieces, read, refused, saved};
use crate::error::ErrorKind;
use crate::ingest::{IngestOptions, Limits, Pages, check_upload, check_upload_within, read_pdf};
use crate::watch::{Unwatched, Watch};

const LINE: &str = "10 20 m 110 20 l S";

/// Walls of a room, in thick strokes.
const ROOM: &str = "6 w 50 50 m 350 50 l 350 250 l 50 250 l s 200 50 m 200 250 l S";

fn one_page() -> Document {
    let mut pdf = TestPdf::new();
    let page = pdf.page(LINE.as_bytes());
    pdf.finish(&[page])
}

fn encrypted_rc4(user_password: &str) -> Vec<u8> {
    let mut document = one_page();
    let version = EncryptionVersion::V2 {
        document: &document,
        owner_password: "owner",
        user_password,
        key_length: 128,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    saved(document)
}

fn encrypted_aes(user_password: &str) -> Vec<u8> {
    let mut document = one_page();
    let filter: Arc<dyn CryptFilter> = Arc::new(Aes256CryptFilter);
    let version = EncryptionVersion::V5 {
        encrypt_metadata: true,
        crypt_filters: BTreeMap::from([(b"StdCF".to_vec(), filter)]),
        file_encryption_key: &[7; 32],
        stream_filter: b"StdCF".to_vec(),
        string_filter: b"StdCF".to_vec(),
        owner_password: "owner",
        user_password,
        permissions: Permissions::all(),
    };
    let state = EncryptionState::try_from(version).unwrap();
    document.encrypt(&state).unwrap();
    saved(document)
}

#[test]
fn files_with_the_empty_password_are_opened() {
    for bytes in [encrypted_rc4(""), encrypted_aes("")] {
        let reading = read(&bytes).unwrap();
        assert_ends(pieces(&reading.drawing)[0], (10.0, 280.0), (110.0, 280.0));
    }
}

#[test]
fn files_with_a_password_say_so() {
    for bytes in [encrypted_rc4("secret"), encrypted_aes("secret")] {
        assert_eq!(refused(&bytes).kind(), ErrorKind::PasswordRequired);
    }
}

#[test]
fn object_streams_and_cross_reference_streams_are_read() {
    let mut bytes = Vec::new();
    one_page().save_modern(&mut bytes).unwrap();
    assert!(bytes.windows(6).any(|word| word == b"ObjStm"));
    let reading = read(&bytes).unwrap();
    assert_ends(pieces(&reading.drawing)[0], (10.0, 280.0), (110.0, 280.0));
}

#[test]
fn compressed_content_is_read() {
    let mut document = one_page();
    document.compress();
    let reading = read(&saved(document)).unwrap();
    assert_eq!(pieces(&reading.drawing).len(), 1);
}

#[test]
fn the_page_with_the_walls_is_chosen_unless_another_is_asked_for() {
    let mut pdf = TestPdf::new();
    let cover = pdf.page(b"20 20 360 260 re S");
    let plan = pdf.page(ROOM.as_bytes());
    let bytes = saved(pdf.finish(&[cover, plan]));
    let reading = read(&bytes).unwrap();
    assert_eq!(reading.floorplan.page.index, 1);
    assert_eq!(reading.floorplan.total_wall_count(), 5);
    let options = IngestOptions {
        pages: Pages::One(0),
        ..IngestOptions::default()
    };
    let first = read_pdf(&bytes, &options, &Unwatched).unwrap();
    assert_eq!(first.floorplan.page.index, 0);
    let options = IngestOptions {
        pages: Pages::One(2),
        ..IngestOptions::default()
    };
    let error = read_pdf(&bytes, &options, &Unwatched).unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::InvalidInput, Some("page"))
    );
}

#[test]
fn what_is_no_pdf_is_refused_at_the_door() {
    let kind = |bytes: &[u8]| check_upload(bytes).unwrap_err().kind();
    assert_eq!(kind(b""), ErrorKind::InvalidPdf);
    assert_eq!(kind(b"PK\x03\x04 not a PDF"), ErrorKind::InvalidPdf);
    let mut late = vec![b' '; 2_000];
    late.extend_from_slice(b"%PDF-1.7");
    assert_eq!(kind(&late), ErrorKind::InvalidPdf);
    assert!(check_upload(b"\n\n%PDF-1.4 and so on").is_ok());
    let limits = Limits {
        file_bytes: 5,
        ..Limits::default()
    };
    let error = check_upload_within(b"%PDF-1.7", &limits).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(error.message().contains("5 bytes"), "{error}");
}

#[test]
fn broken_files_are_invalid() {
    assert_eq!(
        refused(b"%PDF-1.7\nnothing else").kind(),
        ErrorKind::InvalidPdf
    );
    let whole = TestPdf::new().bytes(LINE);
    assert_eq!(refused(&whole[..60]).kind(), ErrorKind::InvalidPdf);
}

#[test]
fn a_file_with_a_wrong_cross_reference_is_repaired() {
    let whole = TestPdf::new().bytes(LINE);
    let end = whole
        .windows(9)
        .position(|word| word == b"startxref")
        .unwrap();
    let mut cut = whole[..end].to_vec();
    cut.extend_from_slice(b"startxref\n1\n%%EOF");
    assert_eq!(pieces(&read(&cut).unwrap().drawing).len(), 1);
}

#[test]
fn pages_without_line_work_hold_no_plan() {
    let empty = TestPdf::new().bytes("BT ET");
    assert_eq!(refused(&empty).kind(), ErrorKind::NoPlanFound);

    let mut pdf = TestPdf::new();
    let image = Stream::new(
        dictionary! { "Type" => "XObject", "Subtype" => "Image", "Width" => 1, "Height" => 1 },
        vec![0],
    );
    let image = pdf.document.add_object(image);
    pdf.resources
        .set("XObject", dictionary! { "Scan" => image });
    let error = refused(&pdf.bytes("400 0 0 300 0 0 cm /Scan Do"));
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.message().contains("scanned"), "{error}");
}

#[test]
fn a_cancelled_reading_stops() {
    struct Cancelled;
    impl Watch for Cancelled {
        fn progress(&self, _: f64, _: &'static str) {}
        fn is_cancelled(&self) -> bool {
            true
        }
    }
    let bytes = TestPdf::new().bytes(LINE);
    let error = read_pdf(&bytes, &IngestOptions::default(), &Cancelled).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Cancelled);
}

#[test]
fn the_same_bytes_give_the_same_plan() {
    let bytes = TestPdf::new()
        .with("CropBox", numbers(&[0.0, 0.0, 400.0, 300.0]))
        .bytes(ROOM);
    let text = || serde_json::to_string(&read(&bytes).unwrap().floorplan).unwrap();
    assert_eq!(text(), text());
}
