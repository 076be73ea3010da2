//! The traces of a running `renlayer`, through its own command line.

use serde_json::Value;

use super::http::Response;
use super::process::poll;
use super::renlayer::Renlayer;

impl Renlayer {
    /// All traces, newest first, as `renlayer trace list --json` has them.
    #[must_use]
    pub fn traces(&self) -> Vec<Value> {
        let config = self.config();
        let run = self.command(&[
            "trace",
            "list",
            "--json",
            "--limit",
            "1000",
            "--config",
            &config.to_string_lossy(),
        ]);
        assert_eq!(run.code, Some(0), "trace list: {run:#?}");
        match serde_json::from_str(&run.out) {
            Ok(Value::Array(traces)) => traces,
            Ok(page @ Value::Object(_)) if page.get("items").is_some_and(Value::is_array) => {
                page["items"].as_array().cloned().unwrap_or_default()
            }
            _ => run.json_lines(),
        }
    }

    /// The trace of the action that `answer` belongs to; traces are written a moment after the answer.
    #[must_use]
    pub fn trace(&self, answer: &Response) -> Value {
        let id = answer.header("x-renlayer-trace-id");
        let id = id.unwrap_or_else(|| panic!("no trace id on {answer:#?}"));
        self.find_trace(|trace| trace["id"] == id)
    }

    /// The newest trace that `is` holds for.
    #[must_use]
    pub fn find_trace(&self, is: impl Fn(&Value) -> bool) -> Value {
        let found = poll(|| self.traces().into_iter().find(|trace| is(trace)));
        found.unwrap_or_else(|| panic!("no such trace among {:#?}\n{}", self.traces(), self.log()))
    }
}
