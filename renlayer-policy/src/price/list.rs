//! The prices that ship with the crate, read once.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{Entry, Price};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    as_of: String,
    /// What the figures are, for who reads the file.
    #[serde(default, rename = "note")]
    _note: String,
    prices: Vec<Price>,
}

struct Read {
    as_of: String,
    entries: Vec<Entry>,
}

static LIST: LazyLock<Read> = LazyLock::new(|| {
    // A list that could not be read would price nothing, and so let nothing through under a limit on spend.
    let List { as_of, prices, .. } = serde_json::from_str(include_str!("list.json")).unwrap_or_default();
    let entries = prices.iter().filter_map(|price| Entry::new(price).ok()).collect();
    Read { as_of, entries }
});

pub(super) fn as_of() -> &'static str {
    &LIST.as_of
}

pub(super) fn entries() -> &'static [Entry] {
    &LIST.entries
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_list_is_whole() {
        let list: List = serde_json::from_str(include_str!("list.json")).unwrap();
        assert_eq!(list.prices.len(), entries().len());
        assert!(jiff::civil::Date::strptime("%Y-%m-%d", &list.as_of).is_ok());
        let names: HashSet<_> = list.prices.iter().map(|price| &*price.model).collect();
        assert_eq!(names.len(), list.prices.len(), "each model stands there once");
        for price in &list.prices {
            let cheaper = price.cached_input.is_none_or(|cached| cached <= price.input);
            assert!(cheaper && price.input.micros > 0, "{}", price.model);
        }
    }
}
