//! A [`Rule`] once its values are compiled.

use crate::error::Fault;
use crate::index::{Choice, Key, Keys};
use crate::rule::Rule;
use crate::truth::Truth;

/// Compiled values of which any may hold or, negated, none.
#[derive(Debug)]
pub(crate) struct AnyOf<C> {
    values: Vec<C>,
    negated: bool,
}

impl<C> AnyOf<C> {
    /// Compiles each value of `rule`; a fault says in which it is.
    pub(crate) fn compile<T>(
        rule: &Rule<T>,
        mut compile: impl FnMut(&T) -> Result<C, Fault>,
    ) -> Result<Self, Fault> {
        if rule.values.is_empty() {
            return Err("an empty list matches nothing".into());
        }
        let values = rule.values.iter().enumerate();
        let values =
            values.map(|(index, value)| compile(value).map_err(|fault| fault.under(step(rule, index))));
        Ok(Self { values: values.collect::<Result<_, _>>()?, negated: rule.negated })
    }

    /// The same below the key `key`, where nothing need be written.
    pub(crate) fn optional<T>(
        key: &str,
        rule: Option<&Rule<T>>,
        compile: impl FnMut(&T) -> Result<C, Fault>,
    ) -> Result<Option<Self>, Fault> {
        let compiled = rule.map(|rule| Self::compile(rule, compile)).transpose();
        compiled.map_err(|fault| fault.under(format_args!(".{key}")))
    }

    /// Keys one of which every call has that the rule is possible for, given that of each value.
    pub(crate) fn keys(&self, key: impl FnMut(&C) -> Option<Key>) -> Option<Keys> {
        if self.negated { None } else { self.values.iter().map(key).collect() }
    }

    /// The same for values that have several keys each.
    pub(crate) fn all_keys(&self, keys: impl FnMut(&C) -> Option<Keys>) -> Option<Keys> {
        if self.negated {
            return None;
        }
        let keys: Option<Vec<_>> = self.values.iter().map(keys).collect();
        keys.map(|keys| keys.into_iter().flatten().collect())
    }

    /// The same for values that can be found in several ways; none where some value cannot be found.
    pub(crate) fn choices(&self, choice: impl FnMut(&C) -> Choice) -> Option<Vec<Choice>> {
        let choices: Vec<_> = self.values.iter().map(choice).collect();
        (!self.negated && choices.iter().all(|choice| !choice.is_empty())).then_some(choices)
    }

    pub(crate) fn is_negated(&self) -> bool {
        self.negated
    }

    /// Whether the rule holds, given what `value` says of each value.
    pub(crate) fn holds(&self, value: impl FnMut(&C) -> Truth) -> Truth {
        let any = Truth::any(self.values.iter().map(value));
        if self.negated { !any } else { any }
    }

    /// The same for values that are always certain.
    pub(crate) fn is(&self, value: impl FnMut(&C) -> bool) -> bool {
        self.values.iter().any(value) != self.negated
    }
}

fn step<T>(rule: &Rule<T>, index: usize) -> String {
    let not = if rule.negated { ".not" } else { "" };
    if rule.values.len() == 1 { not.to_owned() } else { format!("{not}[{index}]") }
}
