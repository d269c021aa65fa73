//! Keys of a container: ECS, and EKS with pod identities.

use std::net::IpAddr;

use super::expiring::{read, refused, silent};
use super::{Issued, neighbour};
use crate::blob::s3::http::{Http, Request};
use crate::error::{Error, Result};
use crate::settings::AwsEnvironment;

const ECS: &str = "http://169.254.170.2";
const FULL_URI: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
const GIVER: &str = "the container's source of keys";

/// The address that gives this container its keys.
pub(super) struct Container {
    http: Http,
    url: String,
    token: Option<String>,
    /// Read anew each time: it is replaced while the container runs.
    token_file: Option<String>,
}

impl Container {
    /// The address in the environment, if there is one.
    pub(super) fn find(environment: &AwsEnvironment) -> Result<Option<Container>> {
        let relative = environment.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI");
        let url = match (relative, environment.get(FULL_URI)) {
            (Some(path), _) => format!("{ECS}{path}"),
            (None, Some(url)) if is_trusted(url) => url.to_owned(),
            (None, Some(_)) => {
                let message = format!(
                    "`{FULL_URI}` must be https, or an address of this host or of its platform"
                );
                return Err(Error::invalid_field(FULL_URI, message));
            }
            (None, None) => return Ok(None),
        };
        let text = |name| environment.get(name).map(str::to_owned);
        Ok(Some(Container {
            http: neighbour(&url, environment)?,
            url,
            token: text("AWS_CONTAINER_AUTHORIZATION_TOKEN"),
            token_file: text("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"),
        }))
    }

    pub(super) fn fetch(&self) -> Result<Issued> {
        let token = match &self.token_file {
            Some(path) => Some(super::web_identity::read_token(
                "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
                path,
            )?),
            None => self.token.clone(),
        };
        let headers: Vec<_> = token
            .map(|token| ("authorization", token))
            .into_iter()
            .collect();
        let request = Request {
            method: "GET",
            url: &self.url,
            headers: &headers,
            body: b"",
        };
        let answer = self.http.send(&request).map_err(|e| silent(GIVER, e))?;
        if answer.status != 200 {
            return Err(refused(GIVER, answer.status));
        }
        let text = answer.text().map_err(|e| silent(GIVER, e))?;
        read(GIVER, &text)
    }
}

/// Keys go in clear text to this host and to the addresses that ECS and EKS have set aside only.
fn is_trusted(url: &str) -> bool {
    if url.starts_with("https://") {
        return true;
    }
    let Some(rest) = url.strip_prefix("http://") else {
        return false;
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    host == "localhost"
        || host.parse().is_ok_and(|address: IpAddr| {
            address.is_loopback()
                || ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"]
                    .iter()
                    .any(|known| known.parse() == Ok(address))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_asked_of_the_platform_only() {
        for url in [
            "https://anywhere.example/x",
            "http://localhost:1/x",
            "http://127.0.0.1:8080/keys",
            "http://[::1]:80/keys",
            "http://169.254.170.23/v1/credentials",
            "http://[fd00:ec2::23]/v1/credentials",
        ] {
            assert!(is_trusted(url), "{url}");
        }
        for url in [
            "http://anywhere.example/x",
            "http://localhost.example/",
            "http://localhost@example/",
            "http://10.0.0.1/",
            "ftp://localhost/",
            "",
        ] {
            assert!(!is_trusted(url), "{url}");
        }
    }
}
