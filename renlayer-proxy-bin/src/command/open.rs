//! The store, for commands that look into it or change it.

use std::sync::Arc;

use jiff::Timestamp;
use renlayer_core::store::{self, Store};

use crate::cli::Place;
use crate::failure::Failure;
use crate::settings::Sources;

/// Opens the store that the configuration names and brings its schema up to date.
pub(super) async fn open(place: &Place) -> Result<Arc<dyn Store>, Failure> {
    let config = Sources::of(place).config()?;
    let store = store::open(&config.database).await?;
    store.migrate(Timestamp::now()).await?;
    Ok(store)
}
