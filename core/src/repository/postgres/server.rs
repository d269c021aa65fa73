//! The server itself: what it is, how it is set up, what its clock says, and who is in between.

use super::super::{Server, StorageSetting};
use super::ask::short_answer;
use super::fault::Op;
use super::migrate;
use super::rows::Columns;
use super::transaction::{SERVER_CLOCK, Transaction};
use super::url::PostgresUrl;
use crate::clock::{Clock, SystemClock};

/// The settings that promises rest on. Whether a commit waits for the disk is said by each.
const WANTED: [(&str, &str); 2] = [("fsync", "on"), ("full_page_writes", "on")];

pub(super) fn server(at: &mut Transaction<'_>, url: &PostgresUrl) -> Op<Server> {
    let (schema, known_schema) = (migrate::version(at)?, migrate::known_version());
    let size = "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class
         WHERE relkind = 'r' AND relnamespace = 'floorjobs'::regnamespace";
    let found = at.query(size, &[])?;
    let database_bytes = Columns::of(found.first().ok_or_else(short_answer)?).number::<i64, _>()?;
    let local_port = at.local_port();
    // By itself, so that the answer takes no longer than it must.
    let asked = SystemClock.now().as_micros();
    let sql = format!(
        "SELECT {SERVER_CLOCK}, current_setting('server_version'), inet_client_port(),
                current_setting('{}'), current_setting('{}')",
        WANTED[0].0, WANTED[1].0
    );
    let found = at.query(&sql, &[])?;
    let heard = SystemClock.now().as_micros();
    let mut columns = Columns::of(found.first().ok_or_else(short_answer)?);
    let now = columns.moment()?;
    let version: &str = columns.take()?;
    let seen_port: Option<i32> = columns.take()?;
    let settings = WANTED.into_iter().map(|(name, wanted)| {
        let found = columns.take()?;
        Ok(StorageSetting {
            name,
            found,
            wanted,
        })
    });
    let settings = settings.collect::<Op<_>>()?;
    // What packagers add after the number is of no use here.
    let version = version.split(' ').next().unwrap_or_default();
    Ok(Server {
        engine: format!("PostgreSQL {version}"),
        address: url.to_string(),
        schema,
        known_schema,
        settings,
        database_bytes,
        now,
        ahead_us: now.as_micros() - (asked + (heard - asked) / 2),
        is_pooled: is_pooled(local_port, seen_port),
    })
}

/// A server sees the port that the client has, unless somebody in between has another connection
/// to it. By a unix socket from both ends there is nothing to see.
fn is_pooled(local_port: Option<u16>, seen_port: Option<i32>) -> Option<bool> {
    match (local_port, seen_port) {
        (None, None) => None,
        (local, seen) => Some(local.map(i32::from) != seen),
    }
}

#[cfg(test)]
mod tests {
    use super::is_pooled;

    #[test]
    fn somebody_in_between_has_another_port() {
        assert_eq!(is_pooled(Some(4711), Some(4711)), Some(false));
        assert_eq!(is_pooled(Some(4711), Some(4712)), Some(true));
        assert_eq!(is_pooled(Some(4711), None), Some(true));
        assert_eq!(is_pooled(None, Some(4711)), Some(true));
        assert_eq!(is_pooled(None, None), None);
    }
}
