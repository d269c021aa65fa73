//! Parameters of statements, each with its type: a statement that is told the types of all needs
//! no preparation, which costs a round trip and leaves a name behind.

use tokio_postgres::types::{ToSql, Type};
use uuid::Uuid;

use crate::job::{JobId, Kind, OwnerId, QueueName};

/// A value that knows its type in PostgreSQL.
pub(super) trait Param: Sync {
    /// The value as the driver takes it.
    fn value(&self) -> &(dyn ToSql + Sync);
    /// Its type.
    fn sql_type(&self) -> Type;
}

/// A type that is one in PostgreSQL, too.
pub(super) trait Typed {
    /// What it is called there.
    const TYPE: Type;
    /// What a list of it is called there.
    const LIST: Type;
}

macro_rules! typed {
    ($($of:ty => $one:ident, $list:ident;)*) => {
        $(impl Typed for $of {
            const TYPE: Type = Type::$one;
            const LIST: Type = Type::$list;
        })*
    };
}

typed! {
    bool => BOOL, BOOL_ARRAY;
    i32 => INT4, INT4_ARRAY;
    i64 => INT8, INT8_ARRAY;
    f64 => FLOAT8, FLOAT8_ARRAY;
    str => TEXT, TEXT_ARRAY;
    String => TEXT, TEXT_ARRAY;
    Uuid => UUID, UUID_ARRAY;
}

impl<T: Typed> Typed for Option<T> {
    const TYPE: Type = T::TYPE;
    const LIST: Type = T::LIST;
}

impl<T: Typed + ?Sized> Typed for &T {
    const TYPE: Type = T::TYPE;
    const LIST: Type = T::LIST;
}

impl<T: Typed> Typed for Vec<T> {
    const TYPE: Type = T::LIST;
    const LIST: Type = T::LIST;
}

impl<T: Typed + ToSql + Sync> Param for T {
    fn value(&self) -> &(dyn ToSql + Sync) {
        self
    }

    fn sql_type(&self) -> Type {
        T::TYPE
    }
}

/// The id of a job as a parameter.
pub(super) fn job_id(id: &JobId) -> Uuid {
    Uuid::from_bytes(*id.as_bytes())
}

/// The id of an owner as a parameter.
pub(super) fn owner_id(id: &OwnerId) -> Uuid {
    Uuid::from_bytes(*id.as_bytes())
}

/// Names of queues as a parameter.
pub(super) fn queue_names(queues: &[QueueName]) -> Vec<&str> {
    queues.iter().map(QueueName::as_str).collect()
}

/// Names of kinds as a parameter.
pub(super) fn kind_names(kinds: &[Kind]) -> Vec<&str> {
    kinds.iter().map(Kind::as_str).collect()
}

/// A number that is a limit or a size.
pub(super) fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A text for people as PostgreSQL can store it: it has no NUL, which becomes U+FFFD.
pub(super) fn readable(text: &str) -> String {
    text.replace('\0', "\u{FFFD}")
}
