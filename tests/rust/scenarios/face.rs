//! What a step calls, as a host in Rust calls it.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use floorjobs_core::client::{DesignRequest, IngestRequest, PriceRequest};
use floorjobs_core::job::{Failure, QueueName};
use floorjobs_core::pipeline::worker_of;
use floorjobs_core::repository::ListJobs;
use floorjobs_core::worker::{AttemptContext, Verdict};
use floorjobs_core::{
    Client, Error, ErrorKind, JobId, Kind, NewJob, Result, Status, WorkerOptions,
};
use serde::Serialize;
use serde_json::{Value, json};

pub(super) struct RustFace {
    client: Client,
}

impl RustFace {
    pub(super) fn new(client: Client) -> RustFace {
        RustFace { client }
    }

    pub(super) fn ask(&self, call: &str, with: &Value) -> Result<Value> {
        let client = &self.client;
        let job = || with["job"].as_str().unwrap().parse::<JobId>();
        let id = || with["id"].as_i64().unwrap();
        let queue = || QueueName::new(with["queue"].as_str().unwrap());
        match call {
            "enqueue" => shown(&client.enqueue(NewJob::from_json(&with.to_string())?)?),
            "enqueue_many" => {
                let jobs = NewJob::list_from_json(&with["jobs"].to_string(), "jobs")?;
                shown(&client.enqueue_many(jobs)?)
            }
            "ingest" => {
                let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/data");
                let pdf = std::fs::read(data.join(with["file"].as_str().unwrap())).unwrap();
                let request = IngestRequest {
                    project_id: with["project_id"].as_i64(),
                    ..IngestRequest::default()
                };
                shown(&client.ingest(&pdf, request)?)
            }
            "generate" => {
                let mut request = json!({"program": {"prompt": with["prompt"]}});
                if !with["site"].is_null() {
                    request["site"] = with["site"].clone();
                }
                shown(&client.generate(DesignRequest {
                    request: request.to_string(),
                    floorplan_id: with["floorplan_id"].as_i64(),
                    ..DesignRequest::default()
                })?)
            }
            "price" => shown(&client.price(PriceRequest {
                layout_id: with["layout_id"].as_i64().unwrap(),
                options: with["bom"].as_object().cloned().unwrap_or_default(),
                ..PriceRequest::default()
            })?),
            "get" => shown(&client.get(job()?)?),
            "list" => shown(&client.list(&filter(with)?)?),
            "attempts" => shown(&client.attempts(job()?)?),
            "explain" => shown(&client.explain(job()?)?),
            "cancel" => shown(&client.cancel(job()?)?),
            "retry" => shown(&client.retry(job()?)?),
            "pause" => shown(&client.pause(&queue()?)?),
            "resume" => shown(&client.resume(&queue()?)?),
            "paused" => {
                let paused = client.paused()?;
                let named = paused.iter().map(|(queue, _)| json!({ "queue": queue }));
                Ok(named.collect())
            }
            "floorplan" => client.floorplan_answer(id()),
            "layout" => client.layout_answer(id()),
            "bom" => client.bom_answer(id()),
            "run" => Ok(json!(self.run())),
            call => panic!("nobody can {call}"),
        }
    }

    /// Runs what is due; returns the names of the scripted jobs as their attempts began.
    fn run(&self) -> Vec<Value> {
        let ran = Arc::new(Mutex::new(Vec::new()));
        let mut options = WorkerOptions::default();
        options.drain = true;
        options.concurrency = 1;
        let seen = Arc::clone(&ran);
        let scripted = move |attempt: &AttemptContext| {
            let payload = attempt.payload();
            seen.lock().unwrap().push(payload["name"].clone());
            verdict(attempt, payload)
        };
        let worker = worker_of(&self.client, options)
            .unwrap()
            .handle(Kind::new("scripted").unwrap(), scripted);
        worker.run().unwrap();
        let ran = ran.lock().unwrap();
        ran.clone()
    }
}

fn shown(answer: &impl Serialize) -> Result<Value> {
    Ok(serde_json::to_value(answer).unwrap())
}

fn filter(with: &Value) -> Result<ListJobs> {
    let words = match &with["status"] {
        Value::Array(words) => words.clone(),
        Value::Null => Vec::new(),
        word => vec![word.clone()],
    };
    let status = |word: &Value| {
        let word = word.as_str().unwrap();
        let refused = || Error::invalid_field("status", format!("`{word}` is no status"));
        Status::from_text(word).ok_or_else(refused)
    };
    Ok(ListJobs {
        statuses: words.iter().map(status).collect::<Result<_>>()?,
        ..ListJobs::default()
    })
}

fn verdict(attempt: &AttemptContext, payload: &Value) -> Result<Verdict> {
    let script = payload["script"].as_array().unwrap();
    let number = usize::try_from(attempt.job().attempt).unwrap();
    let says = "the script says so";
    let again = || Verdict::Retry {
        error: Failure::new(ErrorKind::Unavailable, says),
        after: Some(Duration::ZERO),
    };
    match script[number.min(script.len()) - 1].as_str().unwrap() {
        "complete" => Ok(Verdict::complete(payload["result"].clone())),
        "retry" => Ok(again()),
        "error" => Err(Error::new(ErrorKind::Unavailable, says)),
        "fail" => Ok(Verdict::Fail {
            error: Failure::new(ErrorKind::InvalidInput, says),
        }),
        "snooze" => Ok(Verdict::Snooze {
            until: attempt.job().run_at.after(Duration::from_secs(3_600)),
        }),
        "keep" => {
            attempt.checkpoint(&json!({ "kept": number }))?;
            Ok(again())
        }
        word => panic!("nobody can {word}"),
    }
}
