//! Keys for a token of the platform: a service account of Kubernetes that stands for a role.

use instant_xml::FromXml;

use super::expiring::{no_keys, refused, silent};
use super::{Issued, issued};
use crate::blob::s3::http::{Http, OF_STORES, Request};
use crate::error::{Error, ErrorKind, Result};
use crate::job::Timestamp;
use crate::settings::AwsEnvironment;

const TOKEN_FILE: &str = "AWS_WEB_IDENTITY_TOKEN_FILE";
const ROLE: &str = "AWS_ROLE_ARN";
const GIVER: &str = "the token service";

/// A role that a token of the platform stands for.
pub(super) struct WebIdentity {
    http: Http,
    endpoint: String,
    role: String,
    session: String,
    /// Read anew each time: it is replaced every few minutes.
    token_file: String,
}

impl WebIdentity {
    /// What the environment names, if it does.
    pub(super) fn find(environment: &AwsEnvironment) -> Result<Option<WebIdentity>> {
        let Some(token_file) = environment.get(TOKEN_FILE) else {
            return Ok(None);
        };
        let role = environment.get(ROLE).ok_or_else(|| {
            let message = format!("`{TOKEN_FILE}` is set without `{ROLE}`");
            Error::invalid_field(ROLE, message)
        })?;
        let region = environment.first(&["AWS_REGION", "AWS_DEFAULT_REGION"]);
        let endpoint = match environment.get("AWS_ENDPOINT_URL_STS") {
            Some(endpoint) => endpoint.trim_end_matches('/').to_owned(),
            None => match region {
                Some(region) if region.starts_with("cn-") => {
                    format!("https://sts.{region}.amazonaws.com.cn")
                }
                Some(region) => format!("https://sts.{region}.amazonaws.com"),
                None => "https://sts.amazonaws.com".to_owned(),
            },
        };
        let session = environment
            .get("AWS_ROLE_SESSION_NAME")
            .unwrap_or("floorjobs");
        Ok(Some(WebIdentity {
            http: Http::new(OF_STORES, &endpoint, environment)?,
            endpoint,
            role: role.to_owned(),
            session: session.to_owned(),
            token_file: token_file.to_owned(),
        }))
    }

    pub(super) fn fetch(&self) -> Result<Issued> {
        let token = read_token(TOKEN_FILE, &self.token_file)?;
        let body = form(&[
            ("Action", "AssumeRoleWithWebIdentity"),
            ("Version", "2011-06-15"),
            ("RoleArn", &self.role),
            ("RoleSessionName", &self.session),
            ("WebIdentityToken", &token),
        ]);
        let content_type = "application/x-www-form-urlencoded".to_owned();
        let request = Request {
            method: "POST",
            url: &format!("{}/", self.endpoint),
            headers: &[("content-type", content_type)],
            body: body.as_bytes(),
        };
        let answer = self.http.send(&request).map_err(|e| silent(GIVER, e))?;
        match answer.status {
            200 => {}
            400..=499 => {
                let message = format!("{GIVER} does not let us be the role of `{ROLE}`");
                return Err(
                    Error::invalid_field(ROLE, message).with_source(refused(GIVER, answer.status))
                );
            }
            status => return Err(refused(GIVER, status)),
        }
        let text = answer.text().map_err(|e| silent(GIVER, e))?;
        let answer: Assumed = instant_xml::from_str(&text).map_err(|_| no_keys(GIVER))?;
        let keys = answer.result.credentials;
        let until = Timestamp::parse(&keys.expiration)?;
        Ok(issued(
            &keys.id,
            &keys.secret,
            Some(&keys.token),
            Some(until),
        ))
    }
}

/// A token from the file that a variable names.
pub(super) fn read_token(variable: &str, path: &str) -> Result<String> {
    match std::fs::read_to_string(path) {
        Ok(token) => Ok(token.trim().to_owned()),
        Err(e) => {
            let message = format!("cannot read `{path}`, which `{variable}` names");
            Err(Error::new(ErrorKind::Unavailable, message)
                .with_field(variable)
                .with_source(e))
        }
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let mut text = String::new();
    for (name, value) in fields {
        if !text.is_empty() {
            text.push('&');
        }
        text.push_str(name);
        text.push('=');
        for byte in value.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                text.push(char::from(byte));
            } else {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    text
}

const STS: &str = "https://sts.amazonaws.com/doc/2011-06-15/";

#[derive(FromXml)]
#[xml(rename = "AssumeRoleWithWebIdentityResponse", ns(STS))]
struct Assumed {
    result: AssumedResult,
}

#[derive(FromXml)]
#[xml(rename = "AssumeRoleWithWebIdentityResult", ns(STS))]
struct AssumedResult {
    credentials: AssumedKeys,
}

#[derive(FromXml)]
#[xml(rename = "Credentials", ns(STS))]
struct AssumedKeys {
    #[xml(rename = "AccessKeyId")]
    id: String,
    #[xml(rename = "SecretAccessKey")]
    secret: String,
    #[xml(rename = "SessionToken")]
    token: String,
    #[xml(rename = "Expiration")]
    expiration: String,
}
