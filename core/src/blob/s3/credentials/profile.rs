//! Profiles: `~/.aws/credentials` and `~/.aws/config`.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::{Issued, issued};
use crate::error::{Error, ErrorKind, Result};
use crate::settings::AwsEnvironment;

/// Ways to keys that would need another program, a browser or a chain of roles.
const UNUSABLE: [&str; 5] = [
    "role_arn",
    "credential_process",
    "sso_session",
    "sso_start_url",
    "login_session",
];

/// What both files say under one name. Says nothing of its values to `Debug`.
#[derive(Default)]
pub(in crate::blob::s3) struct Profile {
    name: String,
    values: BTreeMap<String, String>,
}

impl Profile {
    /// The profile `name`, or that of `AWS_PROFILE`, or `default`, which need not exist.
    ///
    /// # Errors
    /// `invalid_input` for a named profile that is in neither file; `unavailable` for a file that
    /// cannot be read.
    pub(in crate::blob::s3) fn named(
        name: Option<&str>,
        environment: &AwsEnvironment,
    ) -> Result<Profile> {
        let wanted = name
            .map(|name| (name, "blobs_url"))
            .or_else(|| Some((environment.get("AWS_PROFILE")?, "AWS_PROFILE")));
        let name = wanted.map_or("default", |(name, _)| name);
        let mut values = BTreeMap::new();
        let mut is_there = false;
        // What is in both files counts as the credentials file has it.
        for (variable, file, section) in [
            ("AWS_CONFIG_FILE", "config", format!("profile {name}")),
            (
                "AWS_SHARED_CREDENTIALS_FILE",
                "credentials",
                name.to_owned(),
            ),
        ] {
            let Some(path) = path_of(variable, file, environment) else {
                continue;
            };
            for found in [section.as_str(), name] {
                // Only the default profile goes by its bare name in both.
                if (found == section || name == "default")
                    && let Some(section) = read(&path)?.remove(found)
                {
                    is_there = true;
                    values.extend(section);
                }
            }
        }
        match wanted {
            Some((name, field)) if !is_there => {
                let message = format!("there is no profile `{name}` in the files of `~/.aws`");
                Err(Error::invalid_field(field, message))
            }
            _ => Ok(Profile {
                name: name.to_owned(),
                values,
            }),
        }
    }

    /// What the profile says of something, if it does.
    pub(in crate::blob::s3) fn get(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str)
    }

    /// The keys of the profile, if it has any.
    ///
    /// # Errors
    /// `unsupported` when it would have them in a way that is not known here.
    pub(super) fn keys(&self) -> Result<Option<Issued>> {
        let pair = self
            .get("aws_access_key_id")
            .zip(self.get("aws_secret_access_key"));
        if let Some((key, secret)) = pair {
            return Ok(Some(issued(
                key,
                secret,
                self.get("aws_session_token"),
                None,
            )));
        }
        match UNUSABLE.into_iter().find(|way| self.get(way).is_some()) {
            Some(way) => {
                let message = format!(
                    "profile `{}` gets its keys by `{way}`, which is not supported; put keys into \
                     the environment",
                    self.name
                );
                Err(Error::new(ErrorKind::Unsupported, message).with_field("AWS_PROFILE"))
            }
            None => Ok(None),
        }
    }
}

fn path_of(variable: &str, file: &str, environment: &AwsEnvironment) -> Option<PathBuf> {
    if let Some(path) = environment.get(variable) {
        return Some(path.into());
    }
    let home = environment.get("HOME")?;
    Some(Path::new(home).join(".aws").join(file))
}

/// The sections of a file; none if it does not exist.
fn read(path: &Path) -> Result<BTreeMap<String, BTreeMap<String, String>>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(sections(&text)),
        // A service's account often may not look into the home that it is said to have.
        Err(e)
            if matches!(
                e.kind(),
                io::ErrorKind::NotFound
                    | io::ErrorKind::NotADirectory
                    | io::ErrorKind::PermissionDenied
            ) =>
        {
            Ok(BTreeMap::new())
        }
        Err(e) => {
            let message = format!("cannot read `{}`", path.display());
            Err(Error::new(ErrorKind::Unavailable, message).with_source(e))
        }
    }
}

fn sections(text: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut sections: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let mut current = None;
    for line in text.lines() {
        // An indented line belongs to a value of several lines, none of which is wanted here.
        if line.starts_with([' ', '\t', '#', ';']) {
            continue;
        }
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|rest| rest.split(']').next())
        {
            let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
            current = Some(name.clone());
            sections.entry(name).or_default();
        } else if let (Some(section), Some((name, value))) = (&current, line.split_once('=')) {
            // Spaces before a sign of a comment set it apart from a value that has one.
            let value = value.split(" #").next().unwrap_or_default().trim();
            let section = sections.entry(section.clone()).or_default();
            section.insert(name.trim().to_ascii_lowercase(), value.to_owned());
        }
    }
    sections
}
