use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::testing::{Asked, DATE, Reply, Server};
use super::*;
use crate::clock::ManualClock;
use crate::error::{Error, ErrorKind};
use crate::job::Timestamp;

const PLAN: &[u8] = b"%PDF-1.7 a plan";
const HOUR: i64 = 3_600_000_000;

fn moment(text: &str) -> i64 {
    Timestamp::parse(text).unwrap().as_micros()
}

/// The answers to HEAD, to a listing of markers, and to all else.
fn usual(asked: &Asked, head: Reply) -> Reply {
    match asked.method.as_str() {
        "HEAD" => head,
        _ if asked.is_list() => Reply::listing(&[]),
        "DELETE" => Reply::status(204),
        _ => Reply::status(200),
    }
}

/// A server without any object, on which writing fails at first in the ways given.
fn failing_at_first(mut failures: Vec<Reply>) -> Server {
    failures.reverse();
    Server::start(move |asked| match asked.method.as_str() {
        "PUT" => failures.pop().unwrap_or_else(|| Reply::status(200)),
        _ => usual(asked, Reply::status(404)),
    })
}

fn methods(server: &Server) -> Vec<String> {
    server
        .asked()
        .into_iter()
        .map(|asked| asked.method)
        .collect()
}

fn assert_no_secret(error: &Error) {
    let shown = format!("{} {error:?}", error.chain());
    for secret in ["wJalrSECRET", "Signature=", "X-Amz-Credential"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[test]
fn a_new_blob_is_written_with_what_guards_it() {
    let server = failing_at_first(Vec::new());
    let store = server.store();
    let blob = store.put(PLAN).unwrap();
    assert_eq!(blob, BlobRef::of(PLAN));
    let asked = server.asked();
    let [head, put, list] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    assert_eq!((head.method.as_str(), list.is_list()), ("HEAD", true));
    assert_eq!(put.path(), format!("/plans/here/sha256/{}", blob.hex()));
    assert_eq!(put.body, PLAN);
    assert_eq!(put.headers["content-md5"], multipart::digest_of(PLAN));
    let signed = "content-md5%3Bcontent-type%3Bhost";
    assert_eq!(put.query("X-Amz-SignedHeaders"), Some(signed));
    assert!(!format!("{store:?}").contains("SECRET"));
}

#[test]
fn what_passes_is_tried_again() {
    let failures = vec![
        Reply::status(500),
        Reply::HangsUp,
        Reply::error(503, "SlowDown"),
        Reply::error(400, "BadDigest"),
    ];
    let server = failing_at_first(failures);
    server.store().put(PLAN).unwrap();
    let puts = server.asked().into_iter().filter(|a| a.method == "PUT");
    assert!(puts.map(|put| put.body).eq([PLAN; 5]), "whole each time");
}

#[test]
fn what_does_not_pass_is_unavailable() {
    let server = Server::start(|asked| match asked.method.as_str() {
        "PUT" => Reply::error(500, "InternalError"),
        _ => usual(asked, Reply::status(404)),
    });
    let error = server.store().put(PLAN).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    let told = "object store of `s3://plans/here` cannot be used at the moment: \
                the object store answered 500, InternalError, why";
    assert_eq!(error.chain(), told);
    let expected = ["HEAD", "PUT", "PUT", "PUT", "PUT", "PUT"];
    assert_eq!(methods(&server), expected);
    let store = server.store();
    drop(server);
    let error = store.put(PLAN).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
    assert_no_secret(&error);
}

#[test]
fn what_is_set_wrong_is_named() {
    for (status, code, field, told) in [
        (403, "AccessDenied", "blobs_url", "does not let these keys"),
        (404, "NoSuchBucket", "blobs_url", "does not exist"),
        (
            403,
            "InvalidAccessKeyId",
            "AWS_ACCESS_KEY_ID",
            "not accepted",
        ),
        (
            403,
            "SignatureDoesNotMatch",
            "AWS_ACCESS_KEY_ID",
            "not accepted",
        ),
        (
            400,
            "AuthorizationHeaderMalformed",
            "blobs_url",
            "another endpoint",
        ),
    ] {
        let server = failing_at_first(vec![Reply::error(status, code)]);
        let error = server.store().put(PLAN).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "{code}");
        assert_eq!(error.field(), Some(field), "{code}");
        assert!(error.message().contains(told), "{error}");
        assert_no_secret(&error);
        assert_eq!(methods(&server), ["HEAD", "PUT"], "{code}");
    }
    let elsewhere = vec![("x-amz-bucket-region", "eu-west-3".to_owned())];
    let server = failing_at_first(vec![Reply::Says(301, elsewhere, Vec::new())]);
    let error = server.store().put(PLAN).unwrap_err();
    assert!(
        error.message().contains("is in region `eu-west-3`"),
        "{error}"
    );
}

#[test]
fn a_blob_that_is_there_is_written_again_only_when_it_is_old_or_damaged() {
    let ages = [
        ("Tue, 24 Nov 2026 11:00:00 GMT", PLAN.len(), vec!["HEAD"]),
        // So young that a sweep may not have noticed.
        (
            "Tue, 24 Nov 2026 11:55:00 GMT",
            PLAN.len(),
            vec!["HEAD", "GET"],
        ),
        (
            "Tue, 24 Nov 2026 12:00:07 GMT",
            PLAN.len(),
            vec!["HEAD", "GET"],
        ),
        (
            "Tue, 24 Nov 2026 05:59:00 GMT",
            PLAN.len(),
            vec!["HEAD", "PUT", "GET"],
        ),
        (
            "Tue, 24 Nov 2026 11:00:00 GMT",
            3,
            vec!["HEAD", "PUT", "GET"],
        ),
    ];
    for (modified, size, expected) in ages {
        let server = Server::start(move |asked| usual(asked, Reply::object(size, modified)));
        server.store().put(PLAN).unwrap();
        assert_eq!(methods(&server), expected, "{modified} {size}");
    }
}

/// A server that has PLAN, and breaks off each answer with its bytes after five more.
fn breaking_off(knows_ranges: bool) -> Server {
    Server::start(move |asked| {
        let from = match asked.headers.get("range") {
            Some(range) if knows_ranges => {
                assert_eq!(asked.headers["if-match"], "\"tag\"");
                range["bytes=".len()..range.len() - 1].parse().unwrap()
            }
            Some(_) => return Reply::Says(200, Vec::new(), PLAN.to_vec()),
            None => 0,
        };
        let tag = vec![("etag", "\"tag\"".to_owned())];
        let rest = &PLAN[from..];
        if rest.len() <= 5 {
            return Reply::Says(206, tag, rest.to_vec());
        }
        match asked.headers.get("range") {
            None => Reply::BreaksOff(rest.len(), tag, rest[..5].to_vec()),
            Some(_) => Reply::Says(
                206,
                vec![("content-length", "5".into())],
                rest[..5].to_vec(),
            ),
        }
    })
}

#[test]
fn reading_goes_on_where_the_connection_broke() {
    for knows_ranges in [true, false] {
        let server = breaking_off(knows_ranges);
        let bytes = server.store().get(&BlobRef::of(PLAN), 99).unwrap();
        assert_eq!(bytes, PLAN);
        assert_eq!(methods(&server).len(), if knows_ranges { 3 } else { 2 });
    }
    let server = Server::start(|_| Reply::BreaksOff(15, Vec::new(), b"%".to_vec()));
    let error = server.store().get(&BlobRef::of(PLAN), 99).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable);
}

#[test]
fn what_is_read_is_what_was_stored_or_an_error() {
    let server = Server::start(|_| Reply::text(200, "%PDF-1.7 b plan"));
    let (store, blob) = (server.store(), BlobRef::of(PLAN));
    assert_eq!(store.get(&blob, 99).unwrap_err().kind(), ErrorKind::Corrupt);
    let limited = store.get(&blob, 14).unwrap_err();
    assert_eq!(limited.kind(), ErrorKind::LimitExceeded);
    let server = Server::start(|_| Reply::error(404, "NoSuchKey"));
    let missing = server.store().get(&blob, 99).unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
    let server = Server::start(|_| Reply::error(404, "NoSuchBucket"));
    let missing = server.store().get(&blob, 99).unwrap_err();
    assert_eq!(missing.field(), Some("blobs_url"));
}

#[test]
fn a_clock_that_is_off_is_set_by_the_stores() {
    let server = Server::start(|asked| {
        if asked
            .query("X-Amz-Date")
            .unwrap()
            .starts_with("20261124T1200")
        {
            return usual(
                asked,
                Reply::object(PLAN.len(), "Tue, 24 Nov 2026 11:00:00 GMT"),
            );
        }
        Reply::status(403)
    });
    let store = server.store();
    let yesterday = Timestamp::from_micros(moment("2026-11-23T07:00:00Z"));
    let clock = Arc::new(ManualClock::starting_at(yesterday));
    let store = ObjectStore {
        bucket: store.bucket.by(clock),
        ..store
    };
    store.put(PLAN).unwrap();
    assert_eq!(methods(&server), ["HEAD", "HEAD"]);
    // An hour ago by our clock is an hour ago by the store's, whatever the two say.
    let before = yesterday.as_micros();
    assert!(
        !store
            .remove_unused(&BlobRef::of(PLAN), before - HOUR - 2_000_000)
            .unwrap()
    );
    assert!(
        store
            .remove_unused(&BlobRef::of(PLAN), before - HOUR + 3_000_000)
            .unwrap()
    );
}

const BEGUN: &str = "<InitiateMultipartUploadResult \
     xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><UploadId>up</UploadId>\
     </InitiateMultipartUploadResult>";
const ENDED: &str = "<CompleteMultipartUploadResult \
     xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><ETag>\"all\"</ETag>\
     </CompleteMultipartUploadResult>";

/// A server for uploads in parts; `part` answers a part, `end` the end.
fn in_parts(
    mut part: impl FnMut(&Asked) -> Reply + Send + 'static,
    mut end: impl FnMut() -> Reply + Send + 'static,
) -> Server {
    Server::start(move |asked| match asked.method.as_str() {
        "POST" if asked.query("uploads").is_some() => Reply::text(200, BEGUN),
        "POST" => end(),
        "PUT" if asked.query("partNumber").is_some() => part(asked),
        _ => usual(asked, Reply::status(404)),
    })
}

fn tagged(asked: &Asked) -> Reply {
    let tag = format!("\"tag{}\"", asked.query("partNumber").unwrap());
    Reply::Says(200, vec![("etag", tag)], Vec::new())
}

#[test]
fn a_large_blob_is_written_in_parts_each_of_which_is_tried_again() {
    let tries = AtomicUsize::new(0);
    let part = move |asked: &Asked| match tries.fetch_add(1, Ordering::SeqCst) {
        1 => Reply::HangsUp,
        2 => Reply::status(503),
        _ => tagged(asked),
    };
    let server = in_parts(part, || Reply::text(200, ENDED));
    server.store().in_parts_of(6).put(PLAN).unwrap();
    let asked = server.asked();
    let parts: Vec<_> = asked.iter().filter(|a| a.method == "PUT").collect();
    let numbers: Vec<_> = parts
        .iter()
        .map(|a| a.query("partNumber").unwrap())
        .collect();
    assert_eq!(numbers, ["1", "2", "2", "2", "3"]);
    let [first, .., second, third] = parts.as_slice() else {
        panic!()
    };
    let body = [&first.body[..], &second.body, &third.body].concat();
    assert_eq!(body, PLAN);
    assert_eq!(
        second.headers["content-md5"],
        multipart::digest_of(&PLAN[6..12])
    );
    let end = asked.iter().rfind(|a| a.method == "POST").unwrap();
    let body = String::from_utf8(end.body.clone()).unwrap();
    for tag in ["tag1", "tag2", "tag3"] {
        assert!(body.contains(tag), "{body}");
    }
}

#[test]
fn an_upload_in_parts_that_fails_is_ended() {
    type Answers = (fn(&Asked) -> Reply, fn() -> Reply);
    let failures: [Answers; 3] = [
        (|_| Reply::status(500), || Reply::text(200, ENDED)),
        (tagged, || Reply::status(500)),
        // The store begins to answer before it knows.
        (tagged, || {
            Reply::text(200, "<Error><Code>InternalError</Code></Error>")
        }),
    ];
    for (part, end) in failures {
        let server = in_parts(part, end);
        let error = server.store().in_parts_of(6).put(PLAN).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable);
        let asked = server.asked();
        let last = asked.last().unwrap();
        assert_eq!(
            (last.method.as_str(), last.query("uploadId")),
            ("DELETE", Some("up"))
        );
    }
}

#[test]
fn an_upload_whose_end_was_not_heard_of_has_ended() {
    let ends = AtomicUsize::new(0);
    let heads = AtomicUsize::new(0);
    let server = Server::start(move |asked| match asked.method.as_str() {
        "POST" if asked.query("uploads").is_some() => Reply::text(200, BEGUN),
        "POST" if ends.fetch_add(1, Ordering::SeqCst) == 0 => Reply::HangsUp,
        "POST" => Reply::error(404, "NoSuchUpload"),
        "PUT" => tagged(asked),
        "HEAD" if heads.fetch_add(1, Ordering::SeqCst) == 0 => Reply::status(404),
        _ => usual(asked, Reply::object(PLAN.len(), DATE)),
    });
    server.store().in_parts_of(6).put(PLAN).unwrap();
}

#[test]
fn a_removal_holds_only_as_long_as_its_marker() {
    let old = "Mon, 23 Nov 2026 11:00:00 GMT";
    let server = Server::start(move |asked| usual(asked, Reply::object(15, old)));
    let blob = BlobRef::of(PLAN);
    let store = server.store();
    assert!(store.remove_unused(&blob, i64::MAX).unwrap());
    let asked = server.asked();
    let [_, marker, _, removal, withdrawal] = asked.as_slice() else {
        panic!("{asked:?}")
    };
    let folder = format!("/plans/here/sweeping/{}/", blob.hex());
    assert!(marker.path().starts_with(&folder) && marker.method == "PUT");
    assert_eq!(removal.path(), format!("/plans/here/sha256/{}", blob.hex()));
    assert_eq!(removal.query("X-Amz-Date"), Some("20261124T120000Z"));
    assert_eq!(removal.query("X-Amz-Expires"), Some("30"));
    assert_eq!(withdrawal.path(), marker.path());
    assert!(!store.remove_unused(&blob, 0).unwrap());
    assert_eq!(methods(&server), ["HEAD"], "a young one costs no marker");
}

#[test]
fn a_sweep_spares_a_blob_that_becomes_young_while_it_announces_itself() {
    let heads = AtomicUsize::new(0);
    let server = Server::start(move |asked| {
        let modified = match heads.load(Ordering::SeqCst) {
            0 => "Mon, 23 Nov 2026 11:00:00 GMT",
            _ => DATE,
        };
        heads.fetch_add(usize::from(asked.method == "HEAD"), Ordering::SeqCst);
        usual(asked, Reply::object(15, modified))
    });
    let store = server.store();
    store
        .size(&BlobRef::of(b"so that the store's clock is known"))
        .unwrap();
    server.asked();
    let noon = moment("2026-11-24T12:00:00Z") - moment_ahead(&store);
    assert!(
        !store
            .remove_unused(&BlobRef::of(PLAN), noon - HOUR)
            .unwrap()
    );
}

/// How far the store's clock is ahead of ours.
fn moment_ahead(store: &ObjectStore) -> i64 {
    store.bucket.to_store_time(0).as_micros()
}

#[test]
fn a_removal_whose_end_is_unknown_leaves_its_marker() {
    let server = Server::start(|asked| match asked.method.as_str() {
        "DELETE" => Reply::HangsUp,
        _ => usual(asked, Reply::object(15, DATE)),
    });
    let error = server.store().remove_unused(&BlobRef::of(PLAN), i64::MAX);
    assert_eq!(error.unwrap_err().kind(), ErrorKind::Unavailable);
    let asked = server.asked();
    let removed: Vec<_> = asked.iter().filter(|a| a.method == "DELETE").collect();
    assert!(removed.iter().all(|a| a.path().contains("/sha256/")));
}

#[test]
fn a_writer_that_meets_a_sweep_waits_for_it_and_writes_anew() {
    let blob = BlobRef::of(PLAN);
    let marker = format!("here/sweeping/{}/1", blob.hex());
    let looks = AtomicUsize::new(0);
    let there = AtomicUsize::new(0);
    let server = Server::start(move |asked| match asked.method.as_str() {
        "PUT" => {
            there.store(1, Ordering::SeqCst);
            Reply::status(200)
        }
        // The sweep has removed what was written when its marker goes.
        _ if asked.is_list() => match looks.fetch_add(1, Ordering::SeqCst) {
            0 | 1 => Reply::listing(&[(&marker, "2026-11-24T11:59:30.000Z")]),
            2 => {
                there.store(0, Ordering::SeqCst);
                Reply::listing(&[])
            }
            _ => Reply::listing(&[]),
        },
        "HEAD" if there.load(Ordering::SeqCst) == 0 => Reply::status(404),
        _ => usual(asked, Reply::object(PLAN.len(), DATE)),
    });
    server.store().put(PLAN).unwrap();
    let expected = ["HEAD", "PUT", "GET", "GET", "GET", "HEAD", "PUT", "GET"];
    assert_eq!(methods(&server), expected);
}

#[test]
fn a_marker_that_a_dead_sweep_left_holds_nobody_up() {
    let marker = format!("here/sweeping/{}/1", BlobRef::of(PLAN).hex());
    let server = Server::start(move |asked| {
        if asked.is_list() {
            return Reply::listing(&[(&marker, "2026-11-24T11:58:50.000Z")]);
        }
        usual(asked, Reply::status(404))
    });
    server.store().put(PLAN).unwrap();
    assert_eq!(methods(&server), ["HEAD", "PUT", "GET"]);
}

#[test]
fn old_uploads_and_markers_are_swept_up_to_the_limit() {
    let page = |first: u8, last: u8, more: &str| {
        let uploads: String = (first..=last)
            .map(|n| {
                let day = if n == 2 { 24 } else { 20 };
                format!(
                    "<Upload><Key>here/sha256/{n}</Key><UploadId>up{n}</UploadId>\
                     <Initiated>2026-11-{day}T11:59:59.000Z</Initiated></Upload>"
                )
            })
            .collect();
        let text = format!(
            "<ListMultipartUploadsResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
             {more}{uploads}</ListMultipartUploadsResult>"
        );
        Reply::text(200, text)
    };
    let server = Server::start(move |asked| match asked.method.as_str() {
        "GET" if asked.query("key-marker").is_some() => page(3, 3, ""),
        "GET" if asked.query("uploads").is_some() => page(
            1,
            2,
            "<NextKeyMarker>here/sha256/2</NextKeyMarker>\
             <NextUploadIdMarker>up2</NextUploadIdMarker><IsTruncated>true</IsTruncated>",
        ),
        "GET" => Reply::listing(&[("here/sweeping/a/1", "2026-11-20T11:59:59.000Z")]),
        _ => Reply::status(204),
    });
    let store = server.store();
    let ended = |server: &Server| {
        let asked = server.asked().into_iter().filter(|a| a.method == "DELETE");
        asked.map(|a| a.path().to_owned()).collect::<Vec<_>>()
    };
    store.size(&BlobRef::of(PLAN)).unwrap_err();
    let yesterday = moment("2026-11-23T12:00:00Z") - moment_ahead(&store);
    assert_eq!(store.sweep_unfinished(yesterday, 9).unwrap(), 3);
    let all = ["sha256/1", "sha256/3", "sweeping/a/1"].map(|k| format!("/plans/here/{k}"));
    assert_eq!(ended(&server), all);
    assert_eq!(store.sweep_unfinished(yesterday, 1).unwrap(), 1);
    assert_eq!(ended(&server), all[..1]);
}
