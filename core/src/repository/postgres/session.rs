//! One connection, and what is sent over it in one go.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Connection, Row, SimpleQueryMessage};

use super::fault::{Fault, Op};
use super::param::Param;
use super::socket::{Deadline, Socket, drive};
use super::tls::Encrypted;

/// A statement with its parameters.
#[derive(Clone, Copy)]
pub(super) enum Step<'a> {
    /// Several statements without parameters, whose answers do not matter.
    Batch(&'a str),
    /// One statement.
    Query(&'a str, &'a [&'a dyn Param]),
}

/// An open connection.
pub(super) struct Session {
    client: Client,
    /// Gone once nothing more can be expected of it: whoever waits for an answer is told so by its
    /// being dropped.
    line: Option<Line>,
    socket: Socket,
}

type Line = Connection<Socket, Encrypted>;

type Answer<'a> = Pin<Box<dyn Future<Output = Result<Vec<Row>, tokio_postgres::Error>> + 'a>>;

impl Session {
    pub(super) fn new(
        client: Client,
        line: Connection<Socket, Encrypted>,
        socket: Socket,
    ) -> Session {
        Session {
            client,
            line: Some(line),
            socket,
        }
    }

    /// Whether it can be used, as far as this side knows: it looks, and waits for nothing.
    pub(super) fn is_alive(&mut self) -> bool {
        // The server says good-bye to one that nobody uses; only reading tells.
        carry(
            &mut self.line,
            &mut Context::from_waker(std::task::Waker::noop()),
        );
        self.line.is_some()
    }

    /// The port of this side, if it is not a unix socket.
    pub(super) fn local_port(&self) -> Option<u16> {
        self.socket.local_port()
    }

    /// Sends all steps at once and returns the answer of each, in their order.
    ///
    /// A step that is refused makes the server pass over the rest of its transaction.
    pub(super) fn send(&mut self, steps: &[Step<'_>], patience: Duration) -> Vec<Op<Vec<Row>>> {
        if self.line.is_none() {
            let gone = || Fault::Away(io::ErrorKind::NotConnected.into());
            return steps.iter().map(|_| Err(gone())).collect();
        }
        let client = &self.client;
        let answers = steps.iter().map(|step| ask(client, *step)).collect();
        match run(&self.socket, &mut self.line, patience, All::of(answers)) {
            Ok(answers) => answers
                .into_iter()
                .map(|answer| answer.map_err(Fault::Sql))
                .collect(),
            Err(error) => {
                self.line = None;
                let silent = || Fault::Away(io::Error::new(error.kind(), error.to_string()));
                steps.iter().map(|_| Err(silent())).collect()
            }
        }
    }

    /// The first column of the answer to a statement without parameters, as texts.
    pub(super) fn ask(&mut self, sql: &str) -> Op<Vec<String>> {
        let question = self.client.simple_query(sql);
        let answer = run(
            &self.socket,
            &mut self.line,
            Duration::from_secs(5),
            question,
        );
        let rows = answer.map_err(Fault::Away)??;
        let first = |message| match message {
            SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
            _ => None,
        };
        Ok(rows.into_iter().filter_map(first).collect())
    }
}

/// Does `work` while the line carries its messages.
fn run<T>(
    socket: &Socket,
    line: &mut Option<Line>,
    patience: Duration,
    work: impl Future<Output = T>,
) -> io::Result<T> {
    let background = |context: &mut Context<'_>| carry(line, context);
    drive(socket, Deadline::after(patience), background, work)
}

/// Sends and receives what can be without waiting.
fn carry(line: &mut Option<Line>, context: &mut Context<'_>) {
    if let Some(open) = line
        && Pin::new(open).poll(context).is_ready()
    {
        *line = None;
    }
}

fn ask<'a>(client: &'a Client, step: Step<'a>) -> Answer<'a> {
    match step {
        Step::Batch(sql) => Box::pin(async move {
            client.batch_execute(sql).await?;
            Ok(Vec::new())
        }),
        Step::Query(sql, params) => {
            let params: Vec<(&(dyn ToSql + Sync), _)> = params
                .iter()
                .map(|param| (param.value(), param.sql_type()))
                .collect();
            Box::pin(async move { client.query_typed(sql, &params).await })
        }
    }
}

/// The answers to all questions, each asked when it is first polled: in their order.
struct All<'a> {
    waiting: Vec<Option<Answer<'a>>>,
    answers: Vec<Option<Result<Vec<Row>, tokio_postgres::Error>>>,
}

impl<'a> All<'a> {
    fn of(questions: Vec<Answer<'a>>) -> All<'a> {
        All {
            answers: questions.iter().map(|_| None).collect(),
            waiting: questions.into_iter().map(Some).collect(),
        }
    }
}

impl Future for All<'_> {
    type Output = Vec<Result<Vec<Row>, tokio_postgres::Error>>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let All { waiting, answers } = &mut *self;
        for (question, answer) in waiting.iter_mut().zip(answers.iter_mut()) {
            if let Some(asked) = question
                && let Poll::Ready(heard) = asked.as_mut().poll(context)
            {
                *answer = Some(heard);
                *question = None;
            }
        }
        match answers.iter().all(Option::is_some) {
            true => Poll::Ready(std::mem::take(answers).into_iter().flatten().collect()),
            false => Poll::Pending,
        }
    }
}
