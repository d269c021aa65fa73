//! Which process this is, and whether another one is certainly gone.
//!
//! The answer "gone" lets a reaper take a job away from its owner long before the lease ends, so
//! it is given only on proof. Whatever cannot be read or compared counts as "may be alive".

use std::fmt;

use serde::{Deserialize, Serialize};

use super::fork::current_pid;

/// One incarnation of a process, told apart from every other on any host.
///
/// Compute it in the process that uses it: a forked child is another process.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ProcessIdentity {
    /// The host's name, for people; never compared.
    pub host: String,
    /// Which run of which kernel, and which boot-time clock in it; `None` where unknown.
    pub boot_id: Option<String>,
    /// The inode of the PID namespace in which `pid` has its meaning; `None` where unknown.
    pub pid_namespace: Option<u64>,
    /// The process id inside its namespace.
    pub pid: u32,
    /// When the process started, in clock ticks since boot; `None` where unknown.
    pub start_time: Option<u64>,
}

impl ProcessIdentity {
    /// The identity of the calling process.
    pub fn current() -> ProcessIdentity {
        let pid = current_pid();
        ProcessIdentity {
            host: host_name(),
            boot_id: boot_id(),
            pid_namespace: pid_namespace(),
            pid,
            start_time: platform::read_stat(pid).map(|stat| stat.start_time),
        }
    }

    /// Whether `other` has certainly ended, asked by the process that `self` describes.
    ///
    /// True only when both ran under the same boot and PID namespace, and no process with
    /// `other`'s pid and start time is left, or only its zombie. False whenever in doubt.
    pub fn is_provably_gone(&self, other: &ProcessIdentity) -> bool {
        if self.pid != current_pid() || self.boot_id.is_none() || self.pid_namespace.is_none() {
            return false;
        }
        if self.boot_id != other.boot_id || self.pid_namespace != other.pid_namespace {
            return false;
        }
        let Some(start_time) = other.start_time else {
            return false;
        };
        platform::is_gone(other.pid, start_time)
    }
}

impl fmt::Display for ProcessIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.pid)
    }
}

/// The name of this host, or `unknown`.
pub fn host_name() -> String {
    let name = rustix::system::uname();
    match name.nodename().to_str() {
        Ok(text) if !text.is_empty() => text.to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// Identifies the boot-time clock: readings under different ids must not be compared.
///
/// The kernel's boot id; a process in a time namespace of its own has its own clock, so the
/// namespace is part of the text then. `None` where the system does not tell.
pub fn boot_id() -> Option<String> {
    platform::boot_id()
}

/// The inode of this process's PID namespace, or `None` where the system does not tell.
///
/// Also `None` when `/proc` belongs to another namespace than ours, since its pids then mean
/// other processes.
pub fn pid_namespace() -> Option<u64> {
    platform::pid_namespace()
}

#[cfg(target_os = "linux")]
mod platform {
    use std::fs;
    use std::os::unix::fs::MetadataExt;

    use super::current_pid;

    /// The time namespace every boot begins with (`PROC_TIME_INIT_INO` of the kernel).
    const FIRST_TIME_NAMESPACE: u64 = 0xEFFF_FFFA;

    pub(super) fn boot_id() -> Option<String> {
        let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
        let id = text.trim();
        if id.is_empty() {
            return None;
        }
        // Kernels before 5.6 have no time namespaces and no such file.
        match fs::metadata("/proc/self/ns/time") {
            Ok(namespace) if namespace.ino() != FIRST_TIME_NAMESPACE => {
                Some(format!("{id}/{}", namespace.ino()))
            }
            _ => Some(id.to_owned()),
        }
    }

    pub(super) fn pid_namespace() -> Option<u64> {
        let own = fs::read_link("/proc/self").ok()?;
        if own.to_str()?.parse::<u32>().ok()? != current_pid() {
            return None;
        }
        Some(fs::metadata("/proc/self/ns/pid").ok()?.ino())
    }

    /// What `/proc/<pid>/stat` tells of a process.
    #[derive(Debug, PartialEq, Eq)]
    pub(super) struct Stat {
        pub(super) state: u8,
        pub(super) threads: u64,
        pub(super) start_time: u64,
    }

    pub(super) fn read_stat(pid: u32) -> Option<Stat> {
        parse_stat(&fs::read(format!("/proc/{pid}/stat")).ok()?)
    }

    /// Reads fields 3, 20 and 22. Field 2 is the command in parentheses, which may itself contain
    /// spaces and parentheses; the last `)` ends it.
    pub(super) fn parse_stat(line: &[u8]) -> Option<Stat> {
        let end = line.iter().rposition(|&byte| byte == b')')?;
        let rest = std::str::from_utf8(line.get(end + 1..)?).ok()?;
        let mut fields = rest.split_ascii_whitespace();
        let state = *fields.next()?.as_bytes().first()?;
        let threads = fields.nth(16)?.parse().ok()?;
        let start_time = fields.nth(1)?.parse().ok()?;
        Some(Stat {
            state,
            threads,
            start_time,
        })
    }

    pub(super) fn is_gone(pid: u32, start_time: u64) -> bool {
        match read_stat(pid) {
            Some(stat) if stat.start_time != start_time => true,
            // A leader that left its threads behind also shows as a zombie, and still runs.
            Some(stat) => matches!(stat.state, b'Z' | b'X') && stat.threads <= 1,
            // `/proc` may hide other users' processes; only the kernel's answer is proof.
            None => no_such_process(pid),
        }
    }

    fn no_such_process(pid: u32) -> bool {
        let Some(pid) = i32::try_from(pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
        else {
            return false;
        };
        rustix::process::test_kill_process(pid) == Err(rustix::io::Errno::SRCH)
    }
}

#[cfg(not(target_os = "linux"))]
mod platform {
    //! Elsewhere nothing is known, so no process is ever provably gone and leases decide.

    pub(super) struct Stat {
        pub(super) start_time: u64,
    }

    pub(super) fn boot_id() -> Option<String> {
        None
    }

    pub(super) fn pid_namespace() -> Option<u64> {
        None
    }

    pub(super) fn read_stat(_pid: u32) -> Option<Stat> {
        None
    }

    pub(super) fn is_gone(_pid: u32, _start_time: u64) -> bool {
        false
    }
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    fn child_identity(pid: u32) -> ProcessIdentity {
        ProcessIdentity {
            pid,
            start_time: platform::read_stat(pid).map(|stat| stat.start_time),
            ..ProcessIdentity::current()
        }
    }

    #[test]
    fn this_process_is_known_and_alive() {
        let me = ProcessIdentity::current();
        assert_eq!(me.pid, std::process::id());
        assert!(me.boot_id.is_some() && me.pid_namespace.is_some() && me.start_time.is_some());
        assert!(!me.is_provably_gone(&me));
        assert_eq!(me, ProcessIdentity::current());
    }

    #[test]
    fn a_killed_child_is_gone_as_a_zombie_and_after_it_is_reaped() {
        let me = ProcessIdentity::current();
        let mut child = Command::new("sleep")
            .arg("600")
            .stdin(Stdio::null())
            .spawn()
            .unwrap();
        let identity = child_identity(child.id());
        assert!(!me.is_provably_gone(&identity));

        child.kill().unwrap();
        let pid = rustix::process::Pid::from_child(&child);
        let options =
            rustix::process::WaitIdOptions::EXITED | rustix::process::WaitIdOptions::NOWAIT;
        rustix::process::waitid(rustix::process::WaitId::Pid(pid), options).unwrap();
        assert!(me.is_provably_gone(&identity), "a zombie does no more work");

        child.wait().unwrap();
        assert!(me.is_provably_gone(&identity));
    }

    #[test]
    fn a_reused_pid_is_another_process() {
        let me = ProcessIdentity::current();
        let before = ProcessIdentity {
            start_time: me.start_time.map(|t| t - 1),
            ..me.clone()
        };
        assert!(me.is_provably_gone(&before));
    }

    #[test]
    fn whatever_is_unknown_or_elsewhere_may_be_alive() {
        let me = ProcessIdentity::current();
        let dead = ProcessIdentity {
            pid: 0x3FFF_FFFF,
            ..me.clone()
        };
        assert!(me.is_provably_gone(&dead));
        for doubtful in [
            ProcessIdentity {
                boot_id: Some("another boot".into()),
                ..dead.clone()
            },
            ProcessIdentity {
                boot_id: None,
                ..dead.clone()
            },
            ProcessIdentity {
                pid_namespace: Some(1),
                ..dead.clone()
            },
            ProcessIdentity {
                pid_namespace: None,
                ..dead.clone()
            },
            ProcessIdentity {
                start_time: None,
                ..dead.clone()
            },
            ProcessIdentity {
                pid: 0,
                ..dead.clone()
            },
            ProcessIdentity {
                pid: u32::MAX,
                ..dead.clone()
            },
        ] {
            assert!(!me.is_provably_gone(&doubtful), "{doubtful:?}");
        }
        let unknown = ProcessIdentity {
            boot_id: None,
            pid_namespace: None,
            ..me
        };
        assert!(!unknown.is_provably_gone(&ProcessIdentity {
            boot_id: None,
            ..unknown.clone()
        }));
    }

    #[test]
    fn a_command_with_parentheses_and_spaces_does_not_shift_the_fields() {
        let fields = (4..=52)
            .map(|n| n.to_string())
            .collect::<Vec<_>>()
            .join(" ");
        let line = format!("77 (evil) Z 1 (x) S {fields}\n");
        let stat = platform::parse_stat(line.as_bytes()).unwrap();
        assert_eq!(
            stat,
            platform::Stat {
                state: b'S',
                threads: 20,
                start_time: 22
            }
        );
        for broken in ["", "1 (x", "1 (x)", "1 (x) S", "1 (x) S 1 2 3"] {
            assert_eq!(platform::parse_stat(broken.as_bytes()), None, "{broken:?}");
        }
    }
}
