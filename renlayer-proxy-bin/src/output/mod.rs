//! What a command says on standard output: lines, tables for people, JSON for machines.
//!
//! Nothing else in this program prints. Everything is written through one buffer that is flushed when the command ends
//! or, for output that is followed live, after each record.

mod table;

use std::fmt;
use std::io::{self, BufWriter, IsTerminal, Stdout, Write};

use renlayer_core::store::Saved;
use serde::Serialize;

pub(crate) use self::table::Table;

/// Standard output, or a buffer in its place.
pub(crate) struct Output<W = BufWriter<Stdout>> {
    out: W,
    form: Form,
}

/// Who reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// People.
    Human,
    /// Machines: one JSON value per line.
    Json,
}

// === impl Output ===

impl Output {
    /// Standard output, as JSON if asked for.
    pub(crate) fn stdout(json: bool) -> Self {
        Self::new(BufWriter::new(io::stdout()), json)
    }
}

impl<W: Write> Output<W> {
    /// Output into `out`.
    pub(crate) fn new(out: W, json: bool) -> Self {
        Self { out, form: if json { Form::Json } else { Form::Human } }
    }

    /// Whether machines read.
    pub(crate) fn is_json(&self) -> bool {
        self.form == Form::Json
    }

    /// One line.
    pub(crate) fn line(&mut self, line: impl fmt::Display) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    /// One JSON value on a line of its own.
    pub(crate) fn json(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.out, value)?;
        self.out.write_all(b"\n")
    }

    /// A JSON value over several lines, for people who read JSON.
    pub(crate) fn pretty(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut self.out, value)?;
        self.out.write_all(b"\n")
    }

    /// Text that somebody else wrote: without what would speak to a terminal.
    pub(crate) fn text(&mut self, text: &str) -> io::Result<()> {
        let shown: String =
            text.chars().map(|c| if c.is_control() && c != '\n' { '\u{fffd}' } else { c }).collect();
        writeln!(self.out, "{shown}")
    }

    /// A table, its columns aligned.
    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        write!(self.out, "{table}")
    }

    /// Hands over what was written so far.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Says something on standard error that is not the command's result.
pub(crate) fn notice(message: impl fmt::Display) {
    // Nobody is left to tell when standard error is gone.
    let _ = writeln!(io::stderr(), "{message}");
}

/// Whether a person sees standard error.
pub(crate) fn is_watched() -> bool {
    io::stderr().is_terminal()
}

/// Says on standard error where a save is in force.
pub(crate) fn in_force<T>(saved: &Saved<T>) {
    let (epoch, took) = (saved.epoch, saved.took.as_millis());
    match saved.instances.as_slice() {
        [] => notice(format_args!("epoch {epoch}; no instance serves from this store now")),
        [one] => notice(format_args!("in force on {one} as epoch {epoch}, after {took} ms")),
        many => {
            notice(format_args!(
                "in force on all {} instances as epoch {epoch}, after {took} ms",
                many.len()
            ));
        }
    }
}
