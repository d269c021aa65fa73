//! Who we are to the store: keys from where all tools of such stores look for them.
//!
//! In this order: `AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`; a profile of
//! `~/.aws/credentials` and `~/.aws/config`; a token of the platform (`AWS_WEB_IDENTITY_TOKEN_FILE`
//! and `AWS_ROLE_ARN`); the address that ECS and EKS give a container; the machine's own role on
//! EC2. A profile that the blobs URL names comes before all of them. Keys that expire are fetched
//! anew five minutes before.

mod container;
mod expiring;
mod instance;
mod profile;
#[cfg(test)]
mod tests;
mod web_identity;

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rusty_s3::Credentials as Keys;

pub(super) use profile::Profile;

use super::http::{Http, OF_NEIGHBOURS};
use crate::clock::{Clock, SystemClock};
use crate::error::{Error, Result};
use crate::job::Timestamp;
use crate::settings::AwsEnvironment;

/// How long before their end keys are fetched anew.
const RENEWED_BEFORE: Duration = Duration::from_secs(5 * 60);

/// Keys, and until when they hold. Their `Debug` form has no secret.
#[derive(Debug, Clone)]
struct Issued {
    keys: Arc<Keys>,
    until: Option<Timestamp>,
}

/// Where keys come from.
enum Source {
    /// The environment or a profile.
    Fixed(Issued),
    WebIdentity(web_identity::WebIdentity),
    Container(container::Container),
    Instance(instance::Instance),
}

/// The keys of a store, fetched when they are first needed and whenever they are about to expire.
pub(super) struct Credentials {
    source: Source,
    clock: Arc<dyn Clock>,
    /// Locked for the moment of a copy only; see [`Credentials::held`].
    held: Mutex<Option<Issued>>,
}

impl Credentials {
    /// Finds out where keys are to come from; fetches none.
    ///
    /// # Errors
    /// `invalid_input` naming the variable that is set to something unusable.
    pub(super) fn find(profile: Option<&str>, environment: &AwsEnvironment) -> Result<Credentials> {
        Ok(Credentials {
            source: Source::find(profile, environment)?,
            clock: Arc::new(SystemClock),
            held: Mutex::new(None),
        })
    }

    /// Keys that hold now.
    ///
    /// # Errors
    /// `invalid_input` when there are none to be had; `unavailable` when who gives them is away.
    pub(super) fn keys(&self) -> Result<Arc<Keys>> {
        if let Source::Fixed(issued) = &self.source {
            return Ok(Arc::clone(&issued.keys));
        }
        let held = self.held();
        let now = self.clock.now();
        let holds =
            |issued: &Issued, margin| issued.until.is_none_or(|until| now.after(margin) < until);
        if let Some(issued) = &held
            && holds(issued, RENEWED_BEFORE)
        {
            return Ok(Arc::clone(&issued.keys));
        }
        match self.source.fetch() {
            Ok(issued) => {
                let keys = Arc::clone(&issued.keys);
                self.hold(Some(issued));
                Ok(keys)
            }
            // Those at hand are good for a few minutes more.
            Err(error) => match held {
                Some(issued) if holds(&issued, Duration::ZERO) => Ok(issued.keys),
                _ => Err(error),
            },
        }
    }

    /// Forgets keys that the store says have expired; false if they are the only ones.
    pub(super) fn forget(&self) -> bool {
        self.hold(None);
        !matches!(self.source, Source::Fixed(_))
    }

    /// A copy of what is held. Never waits: a fork may have left the lock to a child in which
    /// nobody can open it, and to fetch anew is right as well.
    fn held(&self) -> Option<Issued> {
        self.held.try_lock().ok()?.clone()
    }

    fn hold(&self, issued: Option<Issued>) {
        if let Ok(mut held) = self.held.try_lock() {
            *held = issued;
        }
    }
}

impl Source {
    fn find(profile: Option<&str>, environment: &AwsEnvironment) -> Result<Source> {
        if let Some(name) = profile {
            let found = Profile::named(Some(name), environment)?.keys()?;
            return found.map(Source::Fixed).ok_or_else(|| {
                let message = format!("profile `{name}` has no keys");
                Error::invalid_field("blobs_url", message)
            });
        }
        if let Some(issued) = of_environment(environment)? {
            return Ok(Source::Fixed(issued));
        }
        if let Some(issued) = Profile::named(None, environment)?.keys()? {
            return Ok(Source::Fixed(issued));
        }
        if let Some(identity) = web_identity::WebIdentity::find(environment)? {
            return Ok(Source::WebIdentity(identity));
        }
        if let Some(container) = container::Container::find(environment)? {
            return Ok(Source::Container(container));
        }
        let off = environment.get("AWS_EC2_METADATA_DISABLED");
        if off.is_some_and(|off| off.eq_ignore_ascii_case("true")) {
            return Err(none_found(None));
        }
        Ok(Source::Instance(instance::Instance::find(environment)?))
    }

    fn fetch(&self) -> Result<Issued> {
        match self {
            Source::Fixed(issued) => Ok(issued.clone()),
            Source::WebIdentity(identity) => identity.fetch(),
            Source::Container(container) => container.fetch(),
            Source::Instance(instance) => instance.fetch(),
        }
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

fn of_environment(environment: &AwsEnvironment) -> Result<Option<Issued>> {
    let (id, secret) = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY");
    match (environment.get(id), environment.get(secret)) {
        (None, None) => Ok(None),
        (Some(key), Some(hidden)) => {
            let token = environment.get("AWS_SESSION_TOKEN");
            Ok(Some(issued(key, hidden, token, None)))
        }
        (key, _) => {
            let (there, missing) = if key.is_some() {
                (id, secret)
            } else {
                (secret, id)
            };
            let message = format!("`{there}` is set without `{missing}`");
            Err(Error::invalid_field(missing, message))
        }
    }
}

fn issued(key: &str, secret: &str, token: Option<&str>, until: Option<Timestamp>) -> Issued {
    let keys = match token {
        Some(token) => Keys::new_with_token(key, secret, token),
        None => Keys::new(key, secret),
    };
    Issued {
        keys: Arc::new(keys),
        until,
    }
}

/// Nobody gave us keys.
fn none_found(cause: Option<Error>) -> Error {
    let message = "there are no keys for the object store: set `AWS_ACCESS_KEY_ID` and \
                   `AWS_SECRET_ACCESS_KEY`, name a profile, or run where a role gives them";
    let error = Error::invalid_field("AWS_ACCESS_KEY_ID", message);
    match cause {
        Some(cause) => error.with_source(cause),
        None => error,
    }
}

/// A client for who gives keys, which is near.
fn neighbour(url: &str, environment: &AwsEnvironment) -> Result<Http> {
    Http::new(OF_NEIGHBOURS, url, environment)
}
