//! `renlayer trace tail`: asks the store again and again, so that it sees the traces of every instance.

use std::time::Duration;

use renlayer_core::store::default_tenant;
use renlayer_core::trace::Trace;
use tokio::time::sleep;

use super::{cells, filter, table};
use crate::cli::{Place, TailArgs};
use crate::command::open::open;
use crate::failure::Failure;
use crate::output::Output;

const EVERY: Duration = Duration::from_millis(300);
const AT_ONCE: usize = 500;

/// Prints traces as they are stored, until interrupted.
pub(super) async fn run(place: &Place, args: TailArgs) -> Result<(), Failure> {
    let store = open(place).await?;
    let filter = filter(args.filter);
    let mut output = Output::stdout(args.json);
    let mut tail = store.tail_traces(default_tenant(), &filter, None, usize::from(args.lines)).await?;
    if !args.json {
        output.table(&table(&tail.traces))?;
    } else {
        tail.traces.iter().try_for_each(|trace| output.json(trace))?;
    }
    output.flush()?;
    loop {
        sleep(EVERY).await;
        tail = match store.tail_traces(default_tenant(), &filter, Some(tail.position), AT_ONCE).await {
            Ok(tail) => tail,
            // The database is away for the moment; what is stored meanwhile is shown when it is back.
            Err(error) if error.is_transient() => continue,
            Err(error) => return Err(error.into()),
        };
        tail.traces.iter().try_for_each(|trace| follow(trace, &mut output))?;
        output.flush()?;
    }
}

fn follow(trace: &Trace, output: &mut Output) -> std::io::Result<()> {
    if output.is_json() { output.json(trace) } else { output.line(cells(trace).join("  ")) }
}
