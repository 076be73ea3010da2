//! The engine as C holds it: governance compiled from one configuration text.

use std::ffi::c_char;
use std::mem::MaybeUninit;
use std::sync::Arc;

use renlayer_core::{
    config::{Environment, Format, Loaded, Overrides, Source, load},
    snapshot::{Governance, Snapshot},
    trace::{Recorder, Trace},
};

use crate::{
    boundary,
    buffer::Buffer,
    input,
    status::{Failure, Status},
};

/// An engine: policies, limits and detectors compiled from one configuration. It does not change.
///
/// Threads: may be used by several at once. Free it with `renlayer_engine_free`, once, when none uses it any more.
#[derive(Debug)]
pub struct Engine {
    pub(crate) engine: renlayer_core::Engine,
    warnings: Vec<String>,
}

/// How a configuration is written.
#[derive(Clone, Copy, Debug)]
#[repr(u32)]
pub enum ConfigFormat {
    /// YAML 1.2.
    Yaml = 1,
    /// JSON.
    Json = 2,
    /// TOML 1.0.
    Toml = 3,
}

const FORMATS: [(u32, Format); 3] = [
    (ConfigFormat::Yaml as u32, Format::Yaml),
    (ConfigFormat::Json as u32, Format::Json),
    (ConfigFormat::Toml as u32, Format::Toml),
];

/// What errors call the text they are about.
const NAME: &str = "config";

/// Nothing is recorded: what is scanned or evaluated here is no call.
struct Nowhere;

impl Recorder for Nowhere {
    fn record(&self, _: Trace) {}
}

// Promised in the header.
const _: () = {
    const fn shared<T: Send + Sync>() {}
    shared::<Engine>();
    shared::<Buffer>();
};

// === impl Engine ===

impl Engine {
    fn from_text(text: &str, format: Format, environment: &Environment) -> Result<Self, Failure> {
        let invalid = |error: String| Failure::new(Status::InvalidConfig, error);
        let source = Source { name: NAME, text, format };
        let Loaded { config, warnings } = load(Some(source), environment, &Overrides::default())
            .map_err(|errors| invalid(errors.to_string()))?;
        let governance = Governance::compile(&config, environment, [], fingerprint_key()?)
            .map_err(|error| invalid(format!("{NAME}: {error}")))?;
        Ok(Self { engine: renlayer_core::Engine::new(governance, Arc::new(Nowhere)), warnings })
    }

    pub(crate) fn snapshot(&self) -> Arc<Snapshot> {
        self.engine.governance().default_tenant.clone()
    }
}

/// Fingerprints tell equal values within one engine and mean nothing outside of it.
fn fingerprint_key() -> Result<[u8; 32], Failure> {
    let mut key = [0; 32];
    getrandom::fill(&mut key)
        .map_err(|_| Failure::new(Status::Unavailable, "the system gives no random bytes"))?;
    Ok(key)
}

/// Makes an engine from a configuration: the text of a `renlayer.yaml`, or of the same in JSON or TOML. An empty text
/// is the configuration of a fresh start. As for the `renlayer` binary, `${NAME}` in the text and the variables
/// `RENLAYER_*` are read from the process's environment, now and not later; what is about listeners and stores is checked
/// and otherwise not used: nothing is opened.
///
/// - `config`, `config_len`: the text, UTF-8. Borrowed for the call.
/// - `format`: one of `renlayer_config_format`.
/// - `engine`: receives the engine, which the caller owns and frees with `renlayer_engine_free`.
/// - `error`: receives the reason of a failure; may be NULL. The caller owns it.
///
/// Threads: any, as long as none changes the environment at the same time.
///
/// On failure: `RENLAYER_STATUS_INVALID_CONFIG`, and `error` has one line for each thing that is wrong, such as
/// ``config:3:5: declare: unknown key `polices`; did you mean `policies`?``; also NULL_ARGUMENT, INVALID_ARGUMENT,
/// INVALID_UTF8, UNAVAILABLE, PANIC.
///
/// # Safety
///
/// `config_len` bytes must be readable at `config`; `engine` and `error` must each be NULL or a variable of their own.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn renlayer_engine_new(
    config: *const c_char,
    config_len: usize,
    format: u32,
    engine: Option<&mut MaybeUninit<Box<Engine>>>,
    error: Option<&mut MaybeUninit<Box<Buffer>>>,
) -> Status {
    boundary::call(engine, error, || {
        let format = input::choice(format, &FORMATS, "config_format")?;
        // SAFETY: readable for the call as the caller promises, and not used after.
        let text = unsafe { input::text(config, config_len, "config") }?;
        Engine::from_text(text, format, &Environment::of_process())
    })
}

/// What the operator should know about a configuration that works: a JSON array of strings, `[]` where there is
/// nothing.
///
/// - `engine`: borrowed for the call.
/// - `warnings`: receives the JSON, which the caller owns and frees with `renlayer_buffer_free`.
/// - `error`: receives the reason of a failure; may be NULL. The caller owns it.
///
/// Threads: any, at once. On failure: NULL_ARGUMENT, PANIC.
#[unsafe(no_mangle)]
pub extern "C" fn renlayer_engine_warnings(
    engine: Option<&Engine>,
    warnings: Option<&mut MaybeUninit<Box<Buffer>>>,
    error: Option<&mut MaybeUninit<Box<Buffer>>>,
) -> Status {
    boundary::call(warnings, error, || {
        let engine = engine.ok_or_else(|| Failure::null("engine"))?;
        to_json(&engine.warnings)
    })
}

/// Frees an engine. NULL is fine. Buffers that came from it remain valid.
///
/// Threads: none may be using the engine.
#[unsafe(no_mangle)]
pub extern "C" fn renlayer_engine_free(engine: Option<Box<Engine>>) {
    boundary::free(engine);
}

/// A result as JSON.
pub(crate) fn to_json(result: &impl serde::Serialize) -> Result<Buffer, Failure> {
    let json = serde_json::to_vec(result);
    json.map(Buffer::from).map_err(|_| Failure::bug("a bug in RenLayer: a result is no JSON"))
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An engine by a YAML text and no environment.
    pub(crate) fn engine(yaml: &str) -> Result<Engine, Failure> {
        Engine::from_text(yaml, Format::Yaml, &Environment::default())
    }

    #[test]
    fn an_empty_text_is_a_fresh_start() {
        assert!(engine("").is_ok());
    }

    #[test]
    fn each_format_has_its_number() {
        let texts = [(1, "mode: observe"), (2, r#"{"mode": "observe"}"#), (3, "mode = \"observe\"")];
        for (number, text) in texts {
            let format = input::choice(number, &FORMATS, "format").unwrap();
            assert!(Engine::from_text(text, format, &Environment::default()).is_ok(), "{text}");
        }
    }

    #[test]
    fn errors_are_the_configurations_own() {
        for (yaml, expected) in [
            (
                "mode: observe\ndeclare:\n  polices: []\n",
                "config:3:3: declare: unknown key `polices`; did you mean `policies`?",
            ),
            ("declare:\n  dlp:\n    patterns: [{ name: id, regex: \"(\", severity: HIGH }]\n", "id"),
            ("a: [", "config:"),
        ] {
            let failure = engine(yaml).err().unwrap();
            assert_eq!(failure.status, Status::InvalidConfig);
            assert!(failure.message.contains(expected), "{}", failure.message);
        }
    }

    #[test]
    fn warnings_are_kept() {
        let engine = engine("declare: { secrets: [{ name: key, from: { env: NOT_THERE } }] }").unwrap();
        assert!(
            engine.warnings.iter().any(|warning| warning.contains("secret `key`")),
            "{:?}",
            engine.warnings
        );
    }
}
