//! `renlayer migrate`

use crate::cli::Place;
use crate::failure::Failure;
use crate::output::Output;
use crate::settings::Sources;

/// Brings the schema up to date.
pub(super) async fn run(place: &Place) -> Result<(), Failure> {
    super::open::open(place).await?.close().await;
    let mut output = Output::stdout(false);
    output.line(format_args!("{} is up to date", Sources::of(place).config()?.database))?;
    Ok(output.flush()?)
}
