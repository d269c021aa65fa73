//! Names of kinds and queues, checked once when they come in.

use std::fmt;
use std::sync::Arc;

use serde::{Serialize, Serializer};

use crate::error::{Error, Result};

const MAX_LENGTH: usize = 64;

fn check(field: &str, text: &str) -> Result<()> {
    let fits = !text.is_empty() && text.len() <= MAX_LENGTH;
    let clean = text
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b':'));
    if fits && clean {
        return Ok(());
    }
    let shown: String = text.chars().take(MAX_LENGTH).collect();
    Err(Error::invalid_field(
        field,
        format!(
            "`{field}` must be 1 to {MAX_LENGTH} letters, digits, `_`, `-`, `.` or `:`, not `{shown}`"
        ),
    ))
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $field:literal) => {
        $(#[$doc])*
        ///
        /// Copies share the text: there are several of each on a job's way into the database.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The name, if it is one: 1 to 64 letters, digits, `_`, `-`, `.` or `:`.
            ///
            /// # Errors
            /// `invalid_input` otherwise.
            pub fn new(text: impl AsRef<str>) -> Result<$name> {
                let text = text.as_ref();
                check($field, text)?;
                Ok($name(text.into()))
            }

            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(
                &self,
                serializer: S,
            ) -> std::result::Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name! {
    /// What a job does: `ingest`, `generate`, `price`, or a kind of the host's own.
    Kind, "kind"
}

name! {
    /// The queue in which a job waits.
    QueueName, "queue"
}

impl Kind {
    /// The kind that reads a floor plan from a PDF.
    pub fn ingest() -> Kind {
        Kind("ingest".into())
    }

    /// The kind that lays out rooms and prices them.
    pub fn generate() -> Kind {
        Kind("generate".into())
    }

    /// The kind that prices a layout that is there.
    pub fn price() -> Kind {
        Kind("price".into())
    }
}

impl QueueName {
    /// The queue of jobs that name none.
    pub fn default_queue() -> QueueName {
        QueueName("default".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        assert!(Kind::new("app.thumbnail-2:x_y").is_ok());
        for bad in ["", "two words", "naïve", &"x".repeat(65), "a\0b", "a/b"] {
            assert_eq!(QueueName::new(bad).unwrap_err().field(), Some("queue"));
        }
    }
}
