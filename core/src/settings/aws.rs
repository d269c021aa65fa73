//! What the environment says about an object store, in the names that all of its tools share.

use std::collections::BTreeMap;
use std::fmt;

/// The variables that count; others are never looked at.
const NAMES: [&str; 25] = [
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_SHARED_CREDENTIALS_FILE",
    "AWS_CONFIG_FILE",
    "AWS_REGION",
    "AWS_DEFAULT_REGION",
    "AWS_ENDPOINT_URL_S3",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_STS",
    "AWS_CA_BUNDLE",
    "AWS_ROLE_ARN",
    "AWS_ROLE_SESSION_NAME",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN",
    "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
    "AWS_EC2_METADATA_DISABLED",
    "AWS_EC2_METADATA_SERVICE_ENDPOINT",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "HOME",
];

/// The variables of the environment that an object store reads, as they were when it was asked.
///
/// Its `Debug` form shows which are set, never to what.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AwsEnvironment {
    given: BTreeMap<&'static str, String>,
}

impl AwsEnvironment {
    /// Those of `environment` that are set and not blank.
    pub(super) fn of(environment: impl Fn(&str) -> Option<String>) -> AwsEnvironment {
        let given = NAMES
            .into_iter()
            .filter_map(|name| Some((name, environment(name)?)))
            .filter(|(_, value)| !value.trim().is_empty())
            .collect();
        AwsEnvironment { given }
    }

    /// What a variable is set to, without the spaces around it.
    pub fn get(&self, name: &str) -> Option<&str> {
        debug_assert!(NAMES.contains(&name), "`{name}` is not among those read");
        self.given.get(name).map(|value| value.trim())
    }

    /// The first of several variables that is set.
    pub fn first(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.get(name))
    }

    /// An environment of these variables, for tests.
    #[cfg(test)]
    pub(crate) fn with(given: &[(&'static str, &str)]) -> AwsEnvironment {
        AwsEnvironment::of(|name| {
            let found = given.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| (*value).to_owned())
        })
    }
}

impl fmt::Debug for AwsEnvironment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.given.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_trimmed_and_never_shown() {
        let aws = AwsEnvironment::with(&[
            ("AWS_SECRET_ACCESS_KEY", " hidden\n"),
            ("AWS_REGION", "  "),
            ("AWS_DEFAULT_REGION", "eu-central-1"),
        ]);
        assert_eq!(aws.get("AWS_SECRET_ACCESS_KEY"), Some("hidden"));
        let region = aws.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]);
        assert_eq!(region, Some("eu-central-1"));
        let shown = format!("{aws:?}");
        assert!(shown.contains("AWS_SECRET_ACCESS_KEY") && !shown.contains("hidden"));
    }
}
