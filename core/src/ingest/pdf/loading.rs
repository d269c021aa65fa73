//! Loading a file by the PDF library, with what it costs counted while it goes on.
//!
//! The library copies and parses every object that the cross-reference table names before it
//! gives anything back. A small file can name the same object a million times, or objects that
//! lie inside each other, so that a limit on each stream bounds nothing. The library calls a
//! function for every object it has read; here that function counts, and ends the loading when
//! it has been too much or the watch says so.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use lopdf::xref::XrefRecovery;
use lopdf::{Document, LoadOptions, Object, ObjectId};
use scoped_tls_hkt::scoped_thread_local;

use crate::error::{Error, Result};
use crate::ingest::limits::exceeded;
use crate::watch::Watch;

/// Most memory that the objects of a file may take: the largest file that is allowed, and some
/// million small values beside it.
const OBJECTS_BYTES: usize = 512 << 20;

/// What an object takes beside the bytes of its stream.
const VALUE_BYTES: usize = 64;

/// What a stream takes beside its bytes; also counts what it costs to find its end.
const STREAM_BYTES: usize = 512;

struct Meter<'a> {
    watch: &'a dyn Watch,
    left: Cell<usize>,
    /// Object streams that were read: naming one again does not inflate it again.
    object_streams: RefCell<BTreeSet<ObjectId>>,
    stopped: RefCell<Option<Error>>,
}

scoped_thread_local!(static METER: for<'a> &'a Meter<'a>);

/// What unwinds through the library when the loading is ended.
struct Stopped;

/// Loads `bytes`, and once more without its cross-reference table where that leads to no page.
///
/// Gives the library's own error as the inner one.
pub(super) fn load(
    bytes: &[u8],
    options: &LoadOptions,
    watch: &dyn Watch,
) -> Result<lopdf::Result<Document>> {
    let loaded = load_once(bytes, options, watch)?;
    // The library does this by itself only when it is given no function to call.
    let doubtful = match &loaded {
        Ok(document) => {
            !leads_to_pages(document)
                && !waits_for_password(document)
                && document.xref_recovery != Some(XrefRecovery::Reconstructed)
        }
        Err(_) => false,
    };
    if doubtful && !options.force_reconstruct {
        let options = LoadOptions {
            force_reconstruct: true,
            ..options.clone()
        };
        if let Ok(rebuilt) = load_once(bytes, &options, watch)?
            && leads_to_pages(&rebuilt)
        {
            return Ok(Ok(rebuilt));
        }
    }
    Ok(loaded)
}

/// Whether the pages of the file can be found.
pub(super) fn leads_to_pages(document: &Document) -> bool {
    let root = document.catalog().and_then(|catalog| catalog.get(b"Pages"));
    root.and_then(Object::as_reference)
        .and_then(|root| document.get_dictionary(root))
        .and_then(|root| root.get_deref(b"Kids", document))
        .and_then(Object::as_array)
        .is_ok()
}

fn waits_for_password(document: &Document) -> bool {
    document.trailer.has(b"Encrypt") && document.encryption_state.is_none()
}

fn load_once(
    bytes: &[u8],
    options: &LoadOptions,
    watch: &dyn Watch,
) -> Result<lopdf::Result<Document>> {
    watch.check()?;
    let meter = Meter {
        watch,
        left: Cell::new(OBJECTS_BYTES),
        object_streams: RefCell::default(),
        stopped: RefCell::default(),
    };
    let options = LoadOptions {
        filter: Some(count),
        ..options.clone()
    };
    // The document is thrown away when the loading does not come to its end, so that nobody sees
    // it half made.
    let load = || METER.set(&meter, || Document::load_mem_with_options(bytes, options));
    match catch_unwind(AssertUnwindSafe(load)) {
        Ok(loaded) => Ok(loaded),
        Err(payload) => match meter.stopped.into_inner() {
            Some(error) => Err(error),
            None => resume_unwind(payload),
        },
    }
}

/// Called by the library for each object: once it is read, and before it is inflated if it is an
/// object stream. What is given back is kept only for objects that lie in object streams, and
/// those are no streams themselves.
fn count(id: ObjectId, object: &mut Object) -> Option<(ObjectId, Object)> {
    METER.with(|meter| {
        meter.charge(weight(object));
        match object {
            Object::Stream(stream) => {
                let inflated = stream.dict.has_type(b"ObjStm");
                let again = inflated && !meter.object_streams.borrow_mut().insert(id);
                (!again).then_some((id, Object::Null))
            }
            other => Some((id, other.clone())),
        }
    })
}

impl Meter<'_> {
    fn charge(&self, bytes: usize) {
        if let Err(error) = self.watch.check() {
            self.stop(error);
        }
        match self.left.get().checked_sub(bytes) {
            Some(left) => self.left.set(left),
            None => self.stop(exceeded("bytes of objects in the file", OBJECTS_BYTES)),
        }
    }

    /// Ends the loading: the library has no other way to be stopped.
    fn stop(&self, error: Error) {
        self.stopped.replace(Some(error));
        // Without the message that a panic prints, as nothing went wrong here.
        resume_unwind(Box::new(Stopped));
    }
}

/// About how much memory `object` takes. The library bounds how deep values nest.
fn weight(object: &Object) -> usize {
    match object {
        Object::Array(items) => items.iter().map(weight).sum::<usize>() + VALUE_BYTES,
        Object::Dictionary(dictionary) => {
            let entries = dictionary.iter();
            let entry =
                |(key, value): (&Vec<u8>, &Object)| key.len() + 2 * VALUE_BYTES + weight(value);
            entries.map(entry).sum::<usize>() + VALUE_BYTES
        }
        Object::Stream(stream) => {
            let entries: usize = stream.dict.iter().map(|(_, value)| weight(value)).sum();
            stream.content.len() + entries + STREAM_BYTES
        }
        Object::String(text, _) | Object::Name(text) => text.len() + VALUE_BYTES,
        _ => VALUE_BYTES,
    }
}

#[cfg(test)]
mod tests {
    use lopdf::{Stream, dictionary};

    use super::*;
    use crate::error::ErrorKind;
    use crate::watch::Unwatched;

    #[test]
    fn an_object_stream_is_inflated_once_however_often_it_is_named() {
        let meter = Meter {
            watch: &Unwatched,
            left: Cell::new(10_000),
            object_streams: RefCell::default(),
            stopped: RefCell::default(),
        };
        let stream =
            |kind: &str| Object::Stream(Stream::new(dictionary! { "Type" => kind }, vec![0]));
        METER.set(&meter, || {
            assert!(count((1, 0), &mut stream("ObjStm")).is_some());
            assert!(count((1, 0), &mut stream("ObjStm")).is_none());
            assert!(count((2, 0), &mut stream("ObjStm")).is_some());
            assert!(count((3, 0), &mut stream("XObject")).is_some());
            let number = Object::Integer(7);
            assert_eq!(count((4, 0), &mut number.clone()), Some(((4, 0), number)));
        });
        assert!(meter.left.get() < 10_000 - 4 * STREAM_BYTES);
    }

    #[test]
    fn a_table_that_names_one_object_many_times_is_refused() {
        let stream = "x".repeat(200_000);
        let mut file = format!("%PDF-1.7\n1 0 obj <</Length {}>> stream\n", stream.len());
        file += &stream;
        file += "\nendstream endobj\n2 0 obj <</Type/Catalog>> endobj\n";
        let table = file.len();
        file += "xref\n0 5000\n";
        file += &"0000000009 00000 n \n".repeat(5_000);
        file += &format!("trailer <</Size 5000/Root 2 0 R>>\nstartxref\n{table}\n%%EOF\n");
        let error = load(file.as_bytes(), &LoadOptions::default(), &Unwatched).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::LimitExceeded);
        assert!(error.message().contains("bytes of objects"), "{error}");
    }

    #[test]
    fn loading_stops_when_it_is_cancelled() {
        struct After(std::sync::atomic::AtomicUsize);
        impl Watch for After {
            fn progress(&self, _: f64, _: &'static str) {}
            fn is_cancelled(&self) -> bool {
                self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed) >= 3
            }
        }
        let mut document = Document::new();
        for number in 0..10_i64 {
            document.add_object(number);
        }
        let catalog = document.add_object(dictionary! { "Type" => "Catalog" });
        document.trailer.set("Root", catalog);
        let mut file = Vec::new();
        document.save_to(&mut file).unwrap();
        let watch = After(std::sync::atomic::AtomicUsize::new(0));
        let error = load(&file, &LoadOptions::default(), &watch).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Cancelled);
        assert!(watch.0.into_inner() <= 4);
    }
}
