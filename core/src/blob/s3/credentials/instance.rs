//! Keys of a machine of EC2, by version 2 of its metadata service.

use super::expiring::{read, refused, silent};
use super::{Issued, neighbour, none_found};
use crate::blob::s3::http::{Answer, Http, Request};
use crate::error::Result;
use crate::settings::AwsEnvironment;

const METADATA: &str = "http://169.254.169.254";
const ROLES: &str = "/latest/meta-data/iam/security-credentials/";
const GIVER: &str = "the metadata service of the machine";

/// The metadata service of the machine, if this is one that has it.
pub(super) struct Instance {
    http: Http,
    endpoint: String,
}

impl Instance {
    pub(super) fn find(environment: &AwsEnvironment) -> Result<Instance> {
        let endpoint = environment
            .get("AWS_EC2_METADATA_SERVICE_ENDPOINT")
            .unwrap_or(METADATA)
            .trim_end_matches('/')
            .to_owned();
        Ok(Instance {
            http: neighbour(&endpoint, environment)?,
            endpoint,
        })
    }

    /// # Errors
    /// `invalid_input` where there is no such service: nothing has given us keys then.
    pub(super) fn fetch(&self) -> Result<Issued> {
        let lifetime = [("x-aws-ec2-metadata-token-ttl-seconds", "300".to_owned())];
        let token = self
            .ask("PUT", "/latest/api/token", &lifetime)
            .and_then(text_of)
            .map_err(|error| none_found(Some(error)))?;
        let token = [("x-aws-ec2-metadata-token", token)];
        let roles = self.ask("GET", ROLES, &token)?;
        if roles.status == 404 {
            return Err(none_found(Some(refused(GIVER, 404))));
        }
        let roles = text_of(roles)?;
        let role = roles.lines().next().unwrap_or_default().trim();
        let keys = text_of(self.ask("GET", &format!("{ROLES}{role}"), &token)?)?;
        read(GIVER, &keys)
    }

    fn ask(&self, method: &'static str, path: &str, headers: &[(&str, String)]) -> Result<Answer> {
        let request = Request {
            method,
            url: &format!("{}{path}", self.endpoint),
            headers,
            body: b"",
        };
        self.http.send(&request).map_err(|e| silent(GIVER, e))
    }
}

fn text_of(answer: Answer) -> Result<String> {
    if answer.status != 200 {
        return Err(refused(GIVER, answer.status));
    }
    answer.text().map_err(|e| silent(GIVER, e))
}
