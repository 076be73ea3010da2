//! `renlayer trace list`

use renlayer_core::store::{TraceCursor, default_tenant};

use super::{filter, table};
use crate::cli::{ListArgs, Place};
use crate::command::open::open;
use crate::failure::Failure;
use crate::output::{Output, notice};

/// Prints a page.
pub(super) async fn run(place: &Place, args: ListArgs) -> Result<(), Failure> {
    let cursor = args.cursor.as_deref().map(str::parse::<TraceCursor>).transpose();
    let cursor = cursor.map_err(|error| Failure::usage(format!("--cursor: {error}")))?;
    let store = open(place).await?;
    let filter = filter(args.filter);
    let page = store.traces(default_tenant(), &filter, cursor.as_ref(), usize::from(args.limit)).await?;
    store.close().await;
    let mut output = Output::stdout(args.json);
    if output.is_json() {
        page.traces.iter().try_for_each(|trace| output.json(trace))?;
    } else {
        output.table(&table(&page.traces))?;
    }
    output.flush()?;
    if let Some(next) = page.next {
        notice(format_args!("there are more: --cursor {next}"));
    }
    Ok(())
}
