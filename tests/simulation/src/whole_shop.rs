//! The whole shop: its use cases on a database of SQLite, with a simulated payment provider, mail server and endpoint
//! of webhooks.
//!
//! A history is one order. Each step is a command of a buyer or of staff, a run of the worker, a message of the
//! provider, or something that happens at the provider. A step may meet a fault of the database, get no answer to a
//! commit, end in the middle as if the process died, or stand still in the middle while another step is taken. Every
//! promise is checked after each step; at the end all faults stop, and everything that is owed must be settled.

mod account;
mod act;
mod books;
mod choice;
mod ending;
mod history;
mod judge;
mod keyed;
mod lost;
mod mailer;
mod moments;
mod provider;
mod receiver;
mod requests;
mod shop;
mod step;
mod tenders;

use tokio::runtime::Builder;

use crate::plan::Failure;
use history::History;
use shop::SimulatedShop;

/// Runs one history of each seed, all in one database. The error is the first one that breaks.
///
/// # Errors
/// When a promise does not hold.
///
/// # Panics
/// When the shop cannot be opened.
pub fn run(seeds: &[u64]) -> Result<(), Failure> {
    // One thread, so that the sequence of the steps depends on the seed alone.
    let runtime = Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let shop = SimulatedShop::open().await;
        for seed in seeds {
            let history = Box::pin(History::begin(&shop, *seed)).await;
            Box::pin(history.run()).await?;
        }
        shop.close().await;
        Ok(())
    })
}
