//! `renlayer dlp`
//!
//! A scan of files goes: [`files`] names them, [`pool`] has several read and scanned at a time ([`source`] says what of a
//! file is read, [`place`] where in it a finding stands), and [`report`] tells what was found, in the order of the files.

mod baseline;
mod batch;
mod files;
mod place;
mod pool;
mod report;
mod sarif;
mod scan;
mod source;

use renlayer_core::dlp::{Scanner, Settings};

use crate::cli::{DlpCommand, Place};
use crate::failure::{Exit, Failure};
use crate::output::{Output, Table};
use crate::settings::Sources;

/// Scans, or lists what scans.
pub(super) fn run(place: &Place, command: DlpCommand) -> Result<(), Failure> {
    let settings = Sources::of(place).config()?.declare.dlp;
    match command {
        DlpCommand::Scan(args) if args.batch => batch::run(&scanner(&only(settings, &args.classes))?, &args),
        DlpCommand::Scan(args) => scan::run(only(settings, &args.classes), &args),
        DlpCommand::Detectors { json } => detectors(&scanner(&settings)?, json),
    }
}

/// With the settings that the configuration declares.
fn scanner(settings: &Settings) -> Result<Scanner, Failure> {
    Scanner::new(settings).map_err(|error| Failure::new(Exit::Configuration, error))
}

/// The settings with everything off but the classes that were asked for, if any were. What the configuration switches
/// off by a more specific name stays off.
fn only(mut settings: Settings, classes: &[String]) -> Settings {
    if !classes.is_empty() {
        settings
            .detectors
            .values_mut()
            .filter(|set| set.enabled == Some(true))
            .for_each(|set| set.enabled = None);
        settings.detectors.entry("*".to_owned()).or_default().enabled = Some(false);
        for class in classes {
            settings.detectors.entry(class.clone()).or_default().enabled = Some(true);
        }
    }
    settings
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
