//! Something between a client and a server that breaks connections in the middle of what is said.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// Carries bytes between its port and a server's.
pub(crate) struct Proxy {
    port: u16,
    state: Arc<State>,
}

#[derive(Default)]
struct State {
    connections: AtomicU64,
    resets: AtomicBool,
}

impl Proxy {
    /// One that passes everything on.
    pub(crate) fn before(server: u16) -> Proxy {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(State::default());
        let shared = Arc::clone(&state);
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let number = shared.connections.fetch_add(1, Ordering::SeqCst);
                let Ok(server) = TcpStream::connect((Ipv4Addr::LOCALHOST, server)) else {
                    continue;
                };
                // In the middle of a command or of a reply, each time elsewhere.
                let limit = 150 + (number as usize * 397) % 1_500;
                carry(client.unwrap(), server, limit, &shared);
            }
        });
        Proxy { port, state }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// From now on connections end after some bytes, or no longer do.
    pub(crate) fn resets(&self, yes: bool) {
        self.state.resets.store(yes, Ordering::SeqCst);
    }

    /// How many there were so far.
    pub(crate) fn connections(&self) -> u64 {
        self.state.connections.load(Ordering::SeqCst)
    }
}

fn carry(client: TcpStream, server: TcpStream, limit: usize, state: &Arc<State>) {
    let one_way = |mut from: TcpStream, mut to: TcpStream| {
        let state = Arc::clone(state);
        std::thread::spawn(move || {
            let (mut left, mut buffer) = (limit, [0; 64]);
            while let Ok(count @ 1..) = from.read(&mut buffer) {
                let resets = state.resets.load(Ordering::SeqCst);
                let count = if resets { count.min(left) } else { count };
                left = if resets { left - count } else { limit };
                if to.write_all(&buffer[..count]).is_err() || left == 0 {
                    break;
                }
            }
            let _ = from.shutdown(Shutdown::Both);
            let _ = to.shutdown(Shutdown::Both);
        });
    };
    one_way(client.try_clone().unwrap(), server.try_clone().unwrap());
    one_way(server, client);
}
