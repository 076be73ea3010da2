//! One policy in a file of its own.

use renlayer_policy::{Policy, PolicyAction, PolicySet};

use super::environment::Environment;
use super::error::{ConfigError, ConfigErrors, Origin};
use super::load::{Source, open};

/// Reads a policy that compiles. `${NAME}` stands for variables of the environment, as in a configuration.
///
/// # Errors
///
/// Names each key that is wrong, with its place in the file and what to do about it.
pub fn load_policy(file: Source<'_>, environment: &Environment) -> Result<Policy, ConfigErrors> {
    let nothing =
        ConfigError::new(Origin::File { name: file.name.to_owned(), place: None }, "", "holds no policy");
    let document = open(file, environment)?;
    let policy: Option<Policy> = document.whole();
    if let Some(policy) = &policy {
        let errors = PolicySet::compile(vec![policy.clone()], PolicyAction::Allow).err();
        errors.into_iter().flatten().for_each(|error| document.report(&error.condition, error.reason));
    }
    match ConfigErrors::collect(document.into_errors()) {
        Some(errors) => Err(errors),
        None => policy.ok_or(nothing.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Format;

    fn load(text: &str) -> Result<Policy, String> {
        let file = Source { name: "p.yaml", text, format: Format::Yaml };
        load_policy(file, &Environment::default()).map_err(|errors| errors.to_string())
    }

    #[test]
    fn a_policy_is_read_or_refused_with_its_place() {
        assert_eq!(load("name: p\nmatch: {model: gpt-4*}\naction: DENY").unwrap().name, "p");
        for (text, told) in [
            ("name: p\nmatch: {}\naction: DENI", "p.yaml:3:9: action: "),
            ("name: p\nmatch:\n  prompt: {regex: \"(\"}\naction: DENY", "p.yaml:3:"),
            ("name: p\nmatch: {modle: x}\naction: DENY", "p.yaml:2:9: match: unknown key `modle`"),
            ("name: [", "p.yaml:"),
            ("", "p.yaml:1:1: "),
        ] {
            let error = load(text).unwrap_err();
            assert!(error.contains(told), "{text}: {error}");
        }
    }
}
