//! From replies of Redis to what they mean here.

use redis::{FromRedisValue, Value, from_redis_value};

use super::fault::Fault;
use super::hint::Hint;
use super::link::refusal;
use crate::job::{Kind, QueueName};

/// The reply, unless it is a refusal.
pub(super) fn accepted(value: Value) -> Result<Value, Fault> {
    match value {
        Value::ServerError(error) => Err(refusal(&error)),
        Value::Array(all) => {
            // The replies of a transaction: one of them may be a refusal.
            let refused = all.iter().find_map(|one| match one {
                Value::ServerError(error) => Some(refusal(error)),
                _ => None,
            });
            refused.map_or(Ok(Value::Array(all)), Err)
        }
        other => Ok(other),
    }
}

pub(super) fn read<T: FromRedisValue>(value: Value) -> Result<T, Fault> {
    from_redis_value(value)
        .map_err(|error| Fault::Broken(format!("an answer that means nothing: {error}")))
}

/// An entry of a stream: its id, and its fields unless it was deleted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) id: String,
    pub(super) fields: Vec<(String, String)>,
}

/// The entries of a reply to XREADGROUP, by stream; nothing when the time was over.
pub(super) fn entries(value: Value) -> Result<Vec<(String, Vec<Entry>)>, Fault> {
    type Fields = Option<Vec<String>>;
    type Stream = (String, Vec<(String, Fields)>);
    let streams: Option<Vec<Stream>> = read(accepted(value)?)?;
    let entry = |(id, fields): (String, Fields)| {
        let fields = fields.unwrap_or_default();
        let pairs = fields.chunks_exact(2);
        let pairs = pairs.filter_map(|pair| Some((pair.first()?.clone(), pair.get(1)?.clone())));
        Entry {
            id,
            fields: pairs.collect(),
        }
    };
    let streams = streams.unwrap_or_default().into_iter();
    Ok(streams
        .map(|(stream, entries)| (stream, entries.into_iter().map(entry).collect()))
        .collect())
}

impl Entry {
    fn field(&self, name: &str) -> Option<&str> {
        let mut fields = self.fields.iter();
        let found = fields.find(|(field, _)| field == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The word of a probe, if it is one.
    pub(super) fn probe(&self) -> Option<&str> {
        self.field("probe")
    }

    /// What the entry says of its queue. One that was deleted or means nothing says the least.
    pub(super) fn hint(&self, queue: &QueueName) -> Hint {
        let number = |name| self.field(name).and_then(|text| text.parse().ok());
        Hint {
            queue: queue.clone(),
            kind: self.field("kind").and_then(|kind| Kind::new(kind).ok()),
            jobs: number("jobs").unwrap_or(1),
            passes: number("passes").unwrap_or(0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    #[test]
    fn entries_are_read_also_those_that_were_deleted() {
        let fields = ["kind", "work", "jobs", "3"].map(text).to_vec();
        let first = Value::Array(vec![text("1-0"), Value::Array(fields)]);
        let deleted = Value::Array(vec![text("2-0"), Value::Nil]);
        let stream = Value::Array(vec![text("s"), Value::Array(vec![first, deleted])]);
        let streams = entries(Value::Array(vec![stream])).unwrap();
        let (name, found) = &streams[0];
        let queue = QueueName::default_queue();
        let hint = found[0].hint(&queue);
        assert_eq!((name.as_str(), found.len()), ("s", 2));
        assert_eq!((hint.jobs, hint.passes), (3, 0));
        assert_eq!(hint.kind, Some(Kind::new("work").unwrap()));
        assert_eq!(found[1].hint(&queue).kind, None);
        assert!(entries(Value::Nil).unwrap().is_empty());
    }

    #[test]
    fn a_refusal_inside_of_a_transaction_is_one() {
        let parse = |text: &str| redis::parse_redis_value(text.as_bytes()).unwrap();
        let lost = accepted(parse("*1\r\n-NOGROUP No such key\r\n"));
        assert_eq!(lost, Err(Fault::GroupLost));
        let full = accepted(parse("-OOM command not allowed\r\n"));
        assert_eq!(
            full,
            Err(Fault::Refused("OOM command not allowed".to_owned()))
        );
    }
}
