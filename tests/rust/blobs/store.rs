//! The stores that the suite runs on, and what can be done to them behind their backs.

use std::fs;
use std::sync::Arc;

use floorjobs_core::blob::{BlobRef, BlobStore, DirectoryStore, ObjectStore};
use floorjobs_core::settings::{Overrides, Settings};

use crate::servers::Bucket;

/// A store, empty, of the test's own.
pub(super) struct Place {
    pub(super) store: Arc<dyn BlobStore>,
    kind: Kind,
}

enum Kind {
    Directory(tempfile::TempDir),
    Object(Bucket),
}

/// So small that the suite's larger blobs are stored in parts.
const PART_BYTES: usize = 64 * 1024;

impl Place {
    pub(super) fn directory() -> Option<Place> {
        let kind = Kind::Directory(tempfile::tempdir().unwrap());
        Some(Place {
            store: open(&kind),
            kind,
        })
    }

    pub(super) fn object_store() -> Option<Place> {
        let kind = Kind::Object(Bucket::new()?);
        Some(Place {
            store: open(&kind),
            kind,
        })
    }

    /// The same place as another process opens it.
    pub(super) fn open_again(&self) -> Arc<dyn BlobStore> {
        open(&self.kind)
    }

    /// Puts other bytes in the place of a blob.
    pub(super) fn damage(&self, blob: &BlobRef, bytes: &[u8]) {
        match &self.kind {
            Kind::Directory(folder) => {
                let path = folder.path().join(&blob.hex()[..2]).join(blob.hex());
                fs::write(path, bytes).unwrap();
            }
            Kind::Object(bucket) => {
                bucket.ask("PUT", &format!("/below/sha256/{}", blob.hex()), bytes);
            }
        }
    }

    /// Puts a file among the blobs that is none.
    pub(super) fn intrude(&self) {
        match &self.kind {
            Kind::Directory(folder) => {
                fs::create_dir_all(folder.path().join("00")).unwrap();
                fs::write(folder.path().join("00/readme"), "none").unwrap();
            }
            Kind::Object(bucket) => {
                bucket.ask("PUT", "/below/sha256/readme", b"none");
                bucket.ask("PUT", "/elsewhere", b"none");
            }
        }
    }

    /// Whether the store tells the age of what is unfinished. moto has all of it begin in 2010.
    pub(super) fn tells_when_writers_began(&self) -> bool {
        matches!(self.kind, Kind::Directory(_))
    }

    /// Leaves what a writer leaves that dies.
    pub(super) fn leave_unfinished(&self, name: &str) {
        match &self.kind {
            Kind::Directory(folder) => {
                fs::write(folder.path().join("incoming").join(name), "some").unwrap();
            }
            Kind::Object(bucket) => {
                bucket.ask("POST", &format!("/below/sha256/{name}?uploads"), b"");
            }
        }
    }
}

fn open(kind: &Kind) -> Arc<dyn BlobStore> {
    match kind {
        Kind::Directory(folder) => Arc::new(DirectoryStore::open(folder.path()).unwrap()),
        Kind::Object(bucket) => {
            let settings = settings_of(&object_store_url(bucket));
            let store = ObjectStore::open(&settings.blobs_url, &settings.aws).unwrap();
            Arc::new(store.in_parts_of(PART_BYTES))
        }
    }
}

fn object_store_url(bucket: &Bucket) -> String {
    // By its name, which has to be looked up.
    let (name, port) = (bucket.name(), bucket.port());
    format!("s3://{name}/below?endpoint=http://localhost:{port}")
}

fn settings_of(blobs_url: &str) -> Settings {
    let overrides = Overrides {
        blobs_url: Some(blobs_url.to_owned()),
        ..Overrides::default()
    };
    let environment = |name: &str| match name {
        "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" => Some("test".to_owned()),
        _ => None,
    };
    Settings::resolve(&overrides, environment).unwrap()
}
