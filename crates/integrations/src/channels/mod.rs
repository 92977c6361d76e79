//! Sales channels: each adapter tells what its channel said, and decides nothing.

pub mod amazon;
mod body;
pub mod buy_with_prime;
mod file;
pub mod http;
mod secret;
mod token;

pub use file::{ChannelFileError, read_channels};
