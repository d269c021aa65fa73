//! The client: what keeps jobs, opened once and shared; a file for each group of its functions.

pub mod ask;
pub mod change;
pub mod design;
pub mod enqueue;
pub mod floorplan;
pub mod follow;
pub mod forget;
pub mod held;
pub mod materials;
pub mod operate;

use std::ffi::c_int;
use std::mem::MaybeUninit;

use floorjobs_core::settings::{Database, Overrides};
use floorjobs_core::{Client, Error, Result, Settings};

use crate::error::fj_error;
use crate::guard::{guard, guard_status};
use crate::sized::{self, SizePrefixed};
use crate::status::fj_status;
use crate::text::{answer, fj_str, fj_string, null};

/// A store of jobs that is open.
///
/// Owner: the host, from `fj_client_open()` to `fj_client_free()`. Threads: any, several at once.
/// It starts no thread and installs no signal handler, and may be used on both sides of a fork.
/// Keep one for the life of a process: opening costs more than asking.
#[allow(non_camel_case_types)]
pub struct fj_client {
    pub(crate) client: Client,
}

impl fj_client {
    /// The client behind an argument.
    pub(crate) fn of(given: Option<&fj_client>) -> Result<&Client> {
        given.map(|it| &it.client).ok_or_else(|| null("client"))
    }
}

/// What a host says about itself as it opens a client. All zeros but the size is a good value:
/// what is left out comes from the environment, and else is the default.
///
/// Owner: the host; read during the call only.
#[repr(C)]
#[allow(non_camel_case_types)]
pub struct fj_client_options {
    /// `sizeof(fj_client_options)`.
    pub struct_size: usize,
    /// `sqlite:///relative.db`, `sqlite:////absolute.db` or
    /// `postgresql://user:password@host:port/database`; else `FLOORJOBS_DATABASE_URL`; else
    /// `sqlite:///floorjobs.db`.
    pub database_url: fj_str,
    /// `file:relative`, `file:/absolute` or `s3://bucket/prefix`; else `FLOORJOBS_BLOBS_URL`; else
    /// a folder beside the database file.
    pub blobs_url: fj_str,
    /// `redis://`, `rediss://` or `unix://`; empty for none; else `REDIS_URL`; else none.
    pub redis_url: fj_str,
    /// The queue of jobs that name none; else `JOB_QUEUE_NAME`; else `default`.
    pub queue: fj_str,
    /// What an acknowledged job survives, `power` or `process`; else `FLOORJOBS_DURABILITY`; else
    /// `power`.
    pub durability: fj_str,
    /// Not zero: `max_retries` counts.
    pub has_max_retries: c_int,
    /// How often a failed attempt is repeated, 0 to 999; else `JOB_MAX_RETRIES`; else 3.
    pub max_retries: u32,
    /// Not zero: `retry_delay_seconds` counts.
    pub has_retry_delay: c_int,
    /// The longest delay before the first repetition; else `JOB_RETRY_DELAY_SECONDS`; else 5.
    pub retry_delay_seconds: f64,
}

// SAFETY: pointers and numbers alone, the size first.
unsafe impl SizePrefixed for fj_client_options {
    const FIRST_SIZE: usize = size_of::<fj_client_options>();
}

impl Default for fj_client_options {
    fn default() -> fj_client_options {
        fj_client_options {
            struct_size: size_of::<fj_client_options>(),
            database_url: fj_str::ABSENT,
            blobs_url: fj_str::ABSENT,
            redis_url: fj_str::ABSENT,
            queue: fj_str::ABSENT,
            durability: fj_str::ABSENT,
            has_max_retries: 0,
            max_retries: 0,
            has_retry_delay: 0,
            retry_delay_seconds: 0.0,
        }
    }
}

impl fj_client_options {
    fn overrides(&self) -> Result<Overrides> {
        let text = |given: fj_str, name| {
            let text = given.optional(name)?;
            Ok::<_, Error>(text.map(str::to_owned))
        };
        let max_retries = match self.has_max_retries {
            0 => None,
            _ => Some(u16::try_from(self.max_retries).map_err(|_| {
                let message = format!("`max_retries` is out of range: {}", self.max_retries);
                Error::invalid_field("max_retries", message)
            })?),
        };
        Ok(Overrides {
            database_url: text(self.database_url, "database_url")?,
            blobs_url: text(self.blobs_url, "blobs_url")?,
            redis_url: text(self.redis_url, "redis_url")?,
            queue: text(self.queue, "queue")?,
            max_retries,
            retry_delay_seconds: match self.has_retry_delay {
                0 => None,
                _ => Some(self.retry_delay_seconds),
            },
            durability: text(self.durability, "durability")?,
        })
    }
}

/// Opens the store of jobs that the options name, and makes its database file and its blob folder
/// if need be. A database on a server must have been migrated before: see `fj_migrate()`.
///
/// `options`: borrowed; NULL for none. `client_out`: set to the client, the host's from then on; to
/// NULL on failure. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT` naming the setting; `FJ_UNAVAILABLE` when a file cannot be opened or
/// a server does not answer; `FJ_INVALID_STATE` when its database was not migrated;
/// `FJ_UNSUPPORTED` or `FJ_CORRUPT` when it is not one that this library can use. Since 0.1.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn fj_client_open(
    options: *const fj_client_options,
    client_out: Option<&mut MaybeUninit<Option<Box<fj_client>>>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        let out = client_out.ok_or_else(|| null("client_out"))?.write(None);
        let overrides = match options.is_null() {
            true => Overrides::default(),
            // SAFETY: the host promises that as many bytes are there as `struct_size` says.
            false => unsafe { sized::copy(options, "options") }?.overrides()?,
        };
        let client = Client::connect(&Settings::load(&overrides)?)?;
        *out = Some(Box::new(fj_client { client }));
        Ok(())
    })
}

/// Closes a client. Workers and events that were made with it go on.
///
/// `client`: consumed; NULL does nothing. Any thread, while no other uses the client. Cannot fail.
/// Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_free(client: Option<Box<fj_client>>) {
    guard((), || drop(client));
}

/// Whether the store answers and can be written.
///
/// `client`: borrowed. `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_UNAVAILABLE` or `FJ_CORRUPT` with the reason; `FJ_INVALID_INPUT`. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_client_check_health(
    client: Option<&fj_client>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || fj_client::of(client)?.check_health())
}

/// Brings the schema of a database up to date, or makes it. Any number of programs may do it at
/// once, while others of this version and the one before go on.
///
/// `database_url`: borrowed; absent for `FLOORJOBS_DATABASE_URL` or the default. `migrated_out`: set
/// to `{"from": 3, "to": 4}`, the numbers of the schema before and after; the host's from then on.
/// `error_out`: may be NULL. Any thread.
///
/// Errors: `FJ_INVALID_INPUT`; `FJ_UNAVAILABLE`; `FJ_UNSUPPORTED` for a server or a schema that this
/// library cannot use. Since 0.1.
#[unsafe(no_mangle)]
pub extern "C" fn fj_migrate(
    database_url: fj_str,
    migrated_out: Option<&mut MaybeUninit<fj_string>>,
    error_out: Option<&mut MaybeUninit<Option<Box<fj_error>>>>,
) -> fj_status {
    guard_status(error_out, || {
        answer("migrated_out", migrated_out, || {
            let database = Database::load(&Overrides {
                database_url: database_url.optional("database_url")?.map(str::to_owned),
                ..Overrides::default()
            })?;
            let migrated = Client::migrate(&database)?;
            Ok(serde_json::json!({"from": migrated.from, "to": migrated.to}))
        })
    })
}
