//! `renlayer dlp`

mod batch;
mod files;
mod place;
mod scan;

use renlayer_core::dlp::Scanner;

use crate::cli::{DlpCommand, Place};
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table};
use crate::settings::Sources;

/// Scans, or lists what scans.
pub(super) fn run(place: &Place, command: DlpCommand) -> Result<(), Failure> {
    let scanner = scanner(place)?;
    match command {
        DlpCommand::Scan(args) if args.batch => batch::run(&scanner, &args),
        DlpCommand::Scan(args) => scan::run(&scanner, &args),
        DlpCommand::Detectors { json } => detectors(&scanner, json),
    }
}

/// With the settings that the configuration declares.
fn scanner(place: &Place) -> Result<Scanner, Failure> {
    let config = Sources::of(place).config()?;
    Scanner::new(&config.declare.dlp).map_err(|error| Failure::new(Exit::Configuration, error))
}

fn detectors(scanner: &Scanner, json: bool) -> Result<(), Failure> {
    let mut output = Output::stdout(json);
    if output.is_json() {
        scanner.detectors().try_for_each(|detector| output.json(detector))?;
    } else {
        let mut table = Table::new(&["class", "severity", "action", "on", "finds"]);
        for detector in scanner.detectors() {
            table.row([
                detector.class.to_string(),
                detector.severity.to_string(),
                detector.action.to_string(),
                if detector.enabled { "yes" } else { "no" }.into(),
                detector.finds.to_string(),
            ]);
        }
        output.table(&table)?;
    }
    Ok(output.flush()?)
}
