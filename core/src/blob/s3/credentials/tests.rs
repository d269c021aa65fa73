use std::path::Path;

use super::super::testing::{Asked, Reply, Server};
use super::*;
use crate::clock::ManualClock;
use crate::error::ErrorKind;

const NOON: &str = "2026-11-24T12:00:00Z";

/// Keys that end at a time of the day.
fn document(key: &str, ends: &str) -> String {
    format!(
        "{{\"Code\":\"Success\",\"AccessKeyId\":\"{key}\",\"SecretAccessKey\":\"hidden\",\
         \"Token\":\"fleeting\",\"Expiration\":\"2026-11-24T{ends}:00Z\"}}"
    )
}

fn key_of(credentials: &Credentials) -> String {
    credentials.keys().unwrap().key().to_owned()
}

fn find(environment: &[(&'static str, &str)]) -> Result<Credentials> {
    Credentials::find(None, &AwsEnvironment::with(environment))
}

fn at_noon(credentials: Credentials) -> (Credentials, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::starting_at(Timestamp::parse(NOON).unwrap()));
    let credentials = Credentials {
        clock: clock.clone(),
        ..credentials
    };
    (credentials, clock)
}

#[test]
fn keys_of_the_environment_come_first_and_whole() {
    let both = [
        ("AWS_ACCESS_KEY_ID", "ours"),
        ("AWS_SECRET_ACCESS_KEY", "hidden"),
        ("AWS_SESSION_TOKEN", "fleeting"),
    ];
    let credentials = find(&both).unwrap();
    let keys = credentials.keys().unwrap();
    assert_eq!((keys.key(), keys.token()), ("ours", Some("fleeting")));
    assert!(!credentials.forget(), "there are no others");
    let shown = format!("{credentials:?} {:?}", credentials.keys().unwrap());
    assert!(!shown.contains("hidden") && !shown.contains("fleeting"));
    for (lonely, missing) in [(0, "AWS_SECRET_ACCESS_KEY"), (1, "AWS_ACCESS_KEY_ID")] {
        let error = find(&both[lonely..=lonely]).unwrap_err();
        assert_eq!(error.field(), Some(missing));
    }
}

#[test]
fn profiles_are_read_from_both_files() {
    let folder = tempfile::tempdir().unwrap();
    let aws = folder.path().join(".aws");
    std::fs::create_dir(&aws).unwrap();
    let home = folder.path().to_str().unwrap();
    let profile_file = "# keys\n[default]\naws_access_key_id = usual\naws_secret_access_key=hidden\n\
                        [ other ]\naws_access_key_id=another\naws_secret_access_key = hidden # old\n\
                        aws_session_token = fleeting\n";
    std::fs::write(aws.join("credentials"), profile_file).unwrap();
    let config = "[default]\nregion = eu-north-1\n[profile other]\nregion=eu-west-2\ns3 =\n  \
                  region = nested\n[profile distant]\nrole_arn = arn:x\nsource_profile = default\n\
                  [other]\nregion = nowhere\n";
    std::fs::write(aws.join("config"), config).unwrap();

    assert_eq!(key_of(&find(&[("HOME", home)]).unwrap()), "usual");
    let chosen = [("HOME", home), ("AWS_PROFILE", "other")];
    let keys = find(&chosen).unwrap().keys().unwrap();
    assert_eq!(
        (keys.key(), keys.secret(), keys.token()),
        ("another", "hidden", Some("fleeting"))
    );
    let environment = AwsEnvironment::with(&chosen);
    let region = |name| {
        let profile = Profile::named(name, &environment).unwrap();
        profile.get("region").map(str::to_owned)
    };
    assert_eq!(region(None).as_deref(), Some("eu-west-2"));
    assert_eq!(region(Some("default")).as_deref(), Some("eu-north-1"));
    let by_url = Credentials::find(Some("default"), &environment).unwrap();
    assert_eq!(key_of(&by_url), "usual");

    let distant = find(&[("HOME", home), ("AWS_PROFILE", "distant")]).unwrap_err();
    assert_eq!(distant.kind(), ErrorKind::Unsupported);
    assert!(distant.message().contains("role_arn"));
    let unknown = find(&[("HOME", home), ("AWS_PROFILE", "nobody")]).unwrap_err();
    assert_eq!(unknown.field(), Some("AWS_PROFILE"));
    let elsewhere = aws.join("credentials");
    let file = elsewhere.to_str().unwrap();
    let named = find(&[("AWS_SHARED_CREDENTIALS_FILE", file)]).unwrap();
    assert_eq!(key_of(&named), "usual");
}

#[test]
fn keys_of_a_container_are_fetched_anew_before_they_end() {
    let mut issued = vec!["13:00", "12:50", "12:30"];
    let server = Server::start(move |asked: &Asked| {
        assert_eq!(asked.headers["authorization"], "pass");
        match issued.pop() {
            Some(ends) => Reply::text(200, document(ends, ends)),
            None => Reply::status(500),
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "pass\n").unwrap();
    let url = format!("{}/keys", server.url());
    let found = find(&[
        ("AWS_CONTAINER_CREDENTIALS_FULL_URI", &url),
        (
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE",
            token.to_str().unwrap(),
        ),
    ]);
    let (credentials, clock) = at_noon(found.unwrap());
    assert_eq!(key_of(&credentials), "12:30");
    clock.advance(Duration::from_secs(24 * 60));
    assert_eq!(key_of(&credentials), "12:30");
    clock.advance(Duration::from_secs(2 * 60));
    assert_eq!(key_of(&credentials), "12:50");
    assert!(credentials.forget());
    assert_eq!(
        key_of(&credentials),
        "13:00",
        "the store did not take the others"
    );
    clock.advance(Duration::from_secs(30 * 60));
    assert_eq!(key_of(&credentials), "13:00", "good for four minutes more");
    clock.advance(Duration::from_secs(5 * 60));
    let error = credentials.keys().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert!(!error.chain().contains("pass"));
    let uri = [(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://example.org/keys",
    )];
    let error = find(&uri).unwrap_err();
    assert_eq!(error.field(), Some("AWS_CONTAINER_CREDENTIALS_FULL_URI"));
}

#[test]
fn keys_of_a_machine_are_asked_for_with_a_token() {
    let server = Server::start(|asked: &Asked| {
        let has_token = asked.headers.get("x-aws-ec2-metadata-token");
        match (asked.method.as_str(), asked.path()) {
            ("PUT", "/latest/api/token") => {
                assert!(
                    asked
                        .headers
                        .contains_key("x-aws-ec2-metadata-token-ttl-seconds")
                );
                Reply::text(200, "session")
            }
            _ if has_token.is_none_or(|token| token != "session") => Reply::status(401),
            (_, "/latest/meta-data/iam/security-credentials/") => Reply::text(200, "worker\n"),
            (_, "/latest/meta-data/iam/security-credentials/worker") => {
                Reply::text(200, document("machine", "18:00"))
            }
            _ => Reply::status(404),
        }
    });
    let url = server.url();
    let found = find(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)]).unwrap();
    let (credentials, _clock) = at_noon(found);
    assert_eq!(key_of(&credentials), "machine");
    server.asked();
    assert_eq!(key_of(&credentials), "machine");
    assert_eq!(server.asked().len(), 0);
}

#[test]
fn where_nobody_gives_keys_that_is_said() {
    let off = [("AWS_EC2_METADATA_DISABLED", "true")];
    let error = find(&off).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert_eq!(error.field(), Some("AWS_ACCESS_KEY_ID"));
    assert!(
        error
            .message()
            .contains("there are no keys for the object store")
    );
    let server = Server::start(|_: &Asked| Reply::status(404));
    let url = server.url();
    let nobody = find(&[("AWS_EC2_METADATA_SERVICE_ENDPOINT", &url)]).unwrap();
    assert_eq!(
        nobody.keys().unwrap_err().field(),
        Some("AWS_ACCESS_KEY_ID")
    );
    drop(server);
    assert_eq!(
        nobody.keys().unwrap_err().field(),
        Some("AWS_ACCESS_KEY_ID")
    );
}

const ASSUMED: &str = "<AssumeRoleWithWebIdentityResponse \
     xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleWithWebIdentityResult>\
     <SubjectFromWebIdentityToken>x</SubjectFromWebIdentityToken><AssumedRoleUser>\
     <Arn>arn:aws:sts::1:assumed-role/x</Arn><AssumedRoleId>A</AssumedRoleId></AssumedRoleUser>\
     <Credentials><SessionToken>fleeting</SessionToken><SecretAccessKey>hidden</SecretAccessKey>\
     <Expiration>2026-11-24T13:00:00Z</Expiration><AccessKeyId>role</AccessKeyId></Credentials>\
     </AssumeRoleWithWebIdentityResult><ResponseMetadata><RequestId>1</RequestId>\
     </ResponseMetadata></AssumeRoleWithWebIdentityResponse>";

fn with_identity(server: &Server, token: &Path) -> Credentials {
    find(&[
        ("AWS_WEB_IDENTITY_TOKEN_FILE", token.to_str().unwrap()),
        ("AWS_ROLE_ARN", "arn:aws:iam::1:role/plans"),
        ("AWS_ENDPOINT_URL_STS", &server.url()),
    ])
    .unwrap()
}

#[test]
fn a_token_of_the_platform_stands_for_a_role() {
    let folder = tempfile::tempdir().unwrap();
    let token = folder.path().join("token");
    std::fs::write(&token, "a/b+c\n").unwrap();
    let server = Server::start(|asked: &Asked| {
        let body = String::from_utf8(asked.body.clone()).unwrap();
        assert_eq!(
            body,
            "Action=AssumeRoleWithWebIdentity&Version=2011-06-15\
             &RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fplans&RoleSessionName=floorjobs\
             &WebIdentityToken=a%2Fb%2Bc"
        );
        Reply::text(200, ASSUMED)
    });
    let (credentials, _clock) = at_noon(with_identity(&server, &token));
    let keys = credentials.keys().unwrap();
    assert_eq!((keys.key(), keys.token()), ("role", Some("fleeting")));

    let refusing = Server::start(|_: &Asked| Reply::status(403));
    let error = with_identity(&refusing, &token).keys().unwrap_err();
    assert_eq!(
        (error.kind(), error.field()),
        (ErrorKind::InvalidInput, Some("AWS_ROLE_ARN"))
    );
    std::fs::remove_file(&token).unwrap();
    let error = with_identity(&server, &token).keys().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_eq!(error.field(), Some("AWS_WEB_IDENTITY_TOKEN_FILE"));
}
