//! Logs on standard error: for people, or one JSON object a line. They name things and count them; no body, header
//! value, key or matched text is ever handed to them.

use std::io;

use renlayer_core::config::{LogFormat, LogSettings};
use tracing_subscriber::EnvFilter;

/// Starts logging for this process.
pub(crate) fn start(settings: &LogSettings) {
    let level = settings.level.as_str();
    // hyper and sqlx are talkative at levels that are of use for our own events.
    let filter = EnvFilter::new(format!("warn,renlayer={level},renlayer_core={level}"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match settings.format {
        LogFormat::Json => builder.json().flatten_event(true).with_current_span(false).try_init(),
        LogFormat::Text => builder.with_ansi(crate::output::is_watched()).with_target(false).try_init(),
    };
    // A second start in one process keeps the first one's settings.
    let _ = started;
}
