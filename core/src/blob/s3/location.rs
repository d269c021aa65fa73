//! Which bucket is meant, and where it is: `s3://bucket/prefix?region=…&endpoint=…`.

use rusty_s3::{Bucket, UrlStyle};

use super::credentials::Profile;
use crate::blob::url::decode_percent;
use crate::error::{Error, Result};
use crate::settings::AwsEnvironment;

/// The region that stores without regions, and the oldest buckets, go by.
const FIRST_REGION: &str = "us-east-1";

/// A place for blobs in a bucket.
#[derive(Debug)]
pub(super) struct Location {
    pub(super) bucket: Bucket,
    /// What the keys begin with: empty, or with a `/` at its end.
    pub(super) prefix: String,
    /// The profile that the URL names.
    pub(super) profile: Option<String>,
    /// The place without options, for people.
    pub(super) shown: String,
}

/// What may stand behind the `?`.
#[derive(Default)]
struct Options {
    region: Option<String>,
    endpoint: Option<String>,
    profile: Option<String>,
    path_style: Option<bool>,
}

impl Location {
    /// The place that `url` names. What it leaves out comes from the environment, then from the
    /// profile's part of the configuration file.
    pub(super) fn of(url: &str, environment: &AwsEnvironment) -> Result<Location> {
        let (place, options) = url.split_once('?').unwrap_or((url, ""));
        if place.contains('@') {
            let message = "a blobs URL has no room for keys; set `AWS_ACCESS_KEY_ID` and \
                           `AWS_SECRET_ACCESS_KEY`";
            return Err(Error::invalid_field("blobs_url", message));
        }
        let refused = |why: &str| {
            let message = format!("blobs URL `{place}` {why}");
            Error::invalid_field("blobs_url", message)
        };
        let rest = place
            .strip_prefix("s3://")
            .ok_or_else(|| refused("must be `s3://bucket/prefix`"))?;
        let (name, path) = rest.split_once('/').unwrap_or((rest, ""));
        if !is_bucket_name(name) {
            return Err(refused("names no bucket"));
        }
        let path = decode(path).ok_or_else(|| refused("has a broken % escape"))?;
        let path = path.trim_end_matches('/');
        if path.split('/').any(|part| matches!(part, "." | "..")) || path.contains('\0') {
            return Err(refused("has a prefix that no URL can name"));
        }
        let options = Options::of(options).map_err(|why| refused(&why))?;
        let profile = Profile::named(options.profile.as_deref(), environment)?;

        let given_endpoint = options
            .endpoint
            .as_deref()
            .or_else(|| environment.first(&["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"]))
            .or(profile.get("endpoint_url"));
        let region = options
            .region
            .as_deref()
            .or_else(|| environment.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]))
            .or(profile.get("region"))
            .unwrap_or(FIRST_REGION);
        if !is_region(region) {
            return Err(refused(&format!(
                "is told of a region `{region}`, which none is"
            )));
        }
        let endpoint = match given_endpoint {
            Some(endpoint) => endpoint.to_owned(),
            None => amazon_endpoint(region),
        };
        let is_path_style = options
            .path_style
            .unwrap_or(given_endpoint.is_some() || name.contains('.'));
        let style = if is_path_style {
            UrlStyle::Path
        } else {
            UrlStyle::VirtualHost
        };
        let bucket = bucket_at(&endpoint, style, name, region)?;
        Ok(Location {
            bucket,
            prefix: if path.is_empty() {
                String::new()
            } else {
                format!("{path}/")
            },
            profile: options.profile,
            shown: place.to_owned(),
        })
    }
}

impl Options {
    fn of(text: &str) -> Result<Options, String> {
        let mut options = Options::default();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let value = decode(value).ok_or("has a broken % escape")?;
            if value.is_empty() {
                return Err(format!("leaves `{name}` empty"));
            }
            match name {
                "region" => options.region = Some(value),
                "endpoint" => options.endpoint = Some(value),
                "profile" => options.profile = Some(value),
                "path_style" => {
                    let is_path_style = value.parse();
                    let wrong = |_| format!("has `path_style={value}`; it is true or false");
                    options.path_style = Some(is_path_style.map_err(wrong)?);
                }
                other => {
                    return Err(format!(
                        "has an option `{}`; there are region, endpoint, profile and path_style",
                        other.chars().take(40).collect::<String>()
                    ));
                }
            }
        }
        Ok(options)
    }
}

fn bucket_at(endpoint: &str, style: UrlStyle, name: &str, region: &str) -> Result<Bucket> {
    // Not shown: what stands before an `@` may be a password.
    let refused = |why: &str| {
        let message = format!("the endpoint of the object store {why}");
        Error::invalid_field("blobs_url", message)
    };
    if endpoint.contains(['@', '?', '#']) {
        return Err(refused("takes neither keys nor options"));
    }
    let parsed = endpoint
        .parse()
        .map_err(|_| refused("must be a URL such as `https://minio.example:9000`"))?;
    Bucket::new(parsed, style, name.to_owned(), region.to_owned()).map_err(|cause| {
        let why = format!("`{endpoint}` cannot have a bucket `{name}`");
        refused(&why).with_source(cause)
    })
}

fn amazon_endpoint(region: &str) -> String {
    let domain = if region.starts_with("cn-") {
        "amazonaws.com.cn"
    } else {
        "amazonaws.com"
    };
    format!("https://s3.{region}.{domain}")
}

fn decode(text: &str) -> Option<String> {
    String::from_utf8(decode_percent(text)?).ok()
}

/// Letters, digits, `-`, `.` and, from the old days, `_`.
fn is_bucket_name(name: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    (3..=255).contains(&name.len()) && name.bytes().all(is_fit) && !name.starts_with('.')
}

fn is_region(region: &str) -> bool {
    let is_fit = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    !region.is_empty() && region.bytes().all(is_fit)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOTHING: &[(&str, &str)] = &[];

    fn at(url: &str, environment: &[(&'static str, &str)]) -> (String, String, String) {
        let location = Location::of(url, &AwsEnvironment::with(environment)).unwrap();
        let (base, region) = (location.bucket.base_url(), location.bucket.region());
        (base.to_string(), region.to_owned(), location.prefix)
    }

    #[test]
    fn a_bucket_of_amazon_is_a_host_of_its_own() {
        let (base, region, prefix) = at("s3://plans", NOTHING);
        assert_eq!(base, "https://plans.s3.us-east-1.amazonaws.com/");
        assert_eq!((region.as_str(), prefix.as_str()), ("us-east-1", ""));
        let environment = [("AWS_DEFAULT_REGION", "cn-north-1")];
        let (base, ..) = at("s3://plans/a/b%20c/", &environment);
        assert_eq!(base, "https://plans.s3.cn-north-1.amazonaws.com.cn/");
        let (.., prefix) = at("s3://plans/a/b%20c/", &environment);
        assert_eq!(prefix, "a/b c/");
        let (base, ..) = at("s3://plans.example.org?region=eu-west-1", &environment);
        assert_eq!(
            base,
            "https://s3.eu-west-1.amazonaws.com/plans.example.org/"
        );
    }

    #[test]
    fn another_endpoint_has_its_buckets_in_the_path() {
        let environment = [
            ("AWS_ENDPOINT_URL", "https://elsewhere"),
            ("AWS_ENDPOINT_URL_S3", "http://localhost:9000"),
            ("AWS_REGION", "auto"),
        ];
        let (base, region, _) = at("s3://plans/x", &environment);
        assert_eq!(
            (base.as_str(), region.as_str()),
            ("http://localhost:9000/plans/", "auto")
        );
        let url = "s3://plans/x?endpoint=https%3A%2F%2Fs3.example&path_style=false";
        assert_eq!(at(url, &environment).0, "https://plans.s3.example/");
    }

    #[test]
    fn what_is_refused_names_the_setting_and_shows_no_key() {
        for url in [
            "s3:plans/x",
            "s3://",
            "s3:///x",
            "s3://p/x",
            "s3://pl%20ans/x",
            "s3://plans/../x",
            "s3://plans/%zz",
            "s3://plans?colour=red",
            "s3://plans?region=",
            "s3://plans?region=eu/west",
            "s3://plans?path_style=maybe",
            "s3://plans?endpoint=nowhere",
            "s3://plans?endpoint=ftp://host",
            "s3://plans?endpoint=https://id:secret@host",
            "s3://id:secret@plans/x",
            "s3://127.0.0.1?endpoint=http://127.0.0.1&path_style=false",
        ] {
            let error = Location::of(url, &AwsEnvironment::with(NOTHING)).unwrap_err();
            assert_eq!(error.field(), Some("blobs_url"), "{url}");
            assert!(!error.chain().contains("secret"), "{url}");
        }
    }
}
