//! Ports of this machine that no other program takes while a test uses them, and one on which no program listens.
//!
//! A port that the system gave is given to another program as soon as it is free for a moment. So a server that a test
//! stops and starts again has a port of another range.

use std::net::TcpListener;
use std::sync::atomic::{AtomicU16, Ordering};

/// An address at which no program listens: the system gives this port to no program.
pub const CLOSED: &str = "127.0.0.1:1";

/// The first port of the range. It ends below the ports that systems give, and below those of `tests/cluster`.
const FIRST: u16 = 10_000;
/// The number of ports in the range.
const COUNT: u16 = 6_000;
/// Processes with neighboring numbers begin this many ports apart.
const APART: u32 = 97;

/// How many ports were tried so far.
static TRIED: AtomicU16 = AtomicU16::new(0);

/// A port on which no program listens, and which no other test of this process gets.
///
/// # Panics
/// When programs listen on all ports of the range.
#[must_use]
pub fn own_port() -> u16 {
    let begin = std::process::id().wrapping_mul(APART);
    for _ in 0..COUNT {
        let tried = TRIED.fetch_add(1, Ordering::Relaxed);
        let place = begin.wrapping_add(u32::from(tried)) % u32::from(COUNT);
        let port = FIRST + u16::try_from(place).expect("a place in the range");
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
    panic!("programs listen on all of {COUNT} ports");
}
