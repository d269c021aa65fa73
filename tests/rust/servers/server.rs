//! A server process in a folder of its own, with its keeper; see `tests/servers/keep.sh`.

use std::io::{BufRead, BufReader, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};

use rustix::process::{Pid, Signal, kill_process};

use super::script;
use crate::process::until;

pub(super) struct Server {
    folder: PathBuf,
    script: &'static str,
    arguments: Vec<String>,
    pub(super) port: u16,
    running: Option<Running>,
}

struct Running {
    keeper: Child,
    /// The keeper ends when this is closed.
    line: ChildStdin,
    pid: Pid,
}

impl Server {
    /// Starts what a script of `tests/servers` becomes, and waits until it answers.
    pub(super) fn start(
        script: &'static str,
        arguments: &[String],
        answers: impl Fn(u16) -> bool,
    ) -> Server {
        let mut server = Server {
            folder: tempfile::tempdir().unwrap().keep(),
            script,
            arguments: arguments.to_vec(),
            port: 0,
            running: None,
        };
        // Somebody else may take a free port between the look and the start.
        for _ in 0..5 {
            server.port = free_port();
            if server.try_start(&answers) {
                return server;
            }
        }
        panic!("{script} does not start: {}", server.log());
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts it again as it was, in the same folder and on the same port.
    pub(super) fn start_again(&mut self, answers: impl Fn(u16) -> bool) {
        assert!(self.running.is_none(), "{} runs", self.script);
        // What was killed a moment ago may still be on its way out, and is in the way till then.
        until("the server is back", || self.try_start(&answers));
    }

    /// Whether it runs and answers; not so if it ended at once.
    fn try_start(&mut self, answers: &impl Fn(u16) -> bool) -> bool {
        let running = self.spawn();
        let pid = running.pid;
        self.running = Some(running);
        let mut alive = true;
        until("the server answers or ends", || {
            alive = is_alive(pid);
            !alive || answers(self.port)
        });
        if !alive {
            self.leave_folder();
        }
        alive
    }

    fn spawn(&self) -> Running {
        let mut keeper = Command::new(script("keep.sh"))
            .arg(&self.folder)
            .arg(script(self.script))
            .arg(&self.folder)
            .arg(self.port.to_string())
            .args(&self.arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // What interrupts the tests ends the keeper by closing its input, not by a signal.
            .process_group(0)
            .spawn()
            .unwrap();
        let line = keeper.stdin.take().unwrap();
        let mut pid = String::new();
        let mut said = BufReader::new(keeper.stdout.take().unwrap());
        said.read_line(&mut pid).unwrap();
        let pid = Pid::from_raw(pid.trim().parse().unwrap()).unwrap();
        Running { keeper, line, pid }
    }

    /// Ends it by a signal, waits until it has ended, and keeps its folder.
    pub(super) fn end(&mut self, signal: Signal) {
        let pid = self.pid();
        kill_process(pid, signal).unwrap();
        until("the server ends", || !is_alive(pid));
        self.leave_folder();
    }

    /// Sends a signal to the server and its children.
    pub(super) fn signal_all(&self, signal: Signal) {
        let pid = self.pid();
        // The parent first, so that it starts no others.
        for pid in std::iter::once(pid).chain(children(pid)) {
            // A child may have ended just now.
            let _ = kill_process(pid, signal);
        }
    }

    pub(super) fn pid(&self) -> Pid {
        self.running.as_ref().expect("it runs").pid
    }

    pub(super) fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap_or_default()
    }

    fn leave_folder(&mut self) {
        if let Some(Running {
            mut keeper,
            mut line,
            ..
        }) = self.running.take()
        {
            writeln!(line, "keep").unwrap();
            drop(line);
            keeper.wait().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        match self.running.take() {
            Some(Running {
                mut keeper, line, ..
            }) => {
                drop(line);
                let _ = keeper.wait();
            }
            None => {
                let _ = std::fs::remove_dir_all(&self.folder);
            }
        }
    }
}

/// A port that nobody listens on, outside of the range from which the system gives some to others,
/// so that it is still free after the server was away for a while.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let base = std::process::id().wrapping_mul(97) % 12_000;
    loop {
        let offset = NEXT.fetch_add(1, Ordering::Relaxed) % 12_000;
        let port = 20_000 + (u16::try_from(base).unwrap() + offset) % 12_000;
        if TcpListener::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return port;
        }
    }
}

/// Whether a process runs; one that has ended and that its parent does not know of yet does not.
fn is_alive(pid: Pid) -> bool {
    status(pid.as_raw_nonzero().get()).is_some_and(|(state, _)| state != 'Z')
}

fn children(parent: Pid) -> Vec<Pid> {
    let processes = std::fs::read_dir("/proc").unwrap();
    processes
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter(|pid| status(*pid).is_some_and(|(_, of)| of == parent.as_raw_nonzero().get()))
        .filter_map(Pid::from_raw)
        .collect()
}

/// The state of a process and its parent.
fn status(pid: i32) -> Option<(char, i32)> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut words = stat.rsplit(')').next()?.split_whitespace();
    Some((words.next()?.chars().next()?, words.next()?.parse().ok()?))
}

/// Whether somebody takes connections on the port.
pub(super) fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}
