//! TOML, from `toml_edit`'s spans.
//!
//! TOML itself refuses a key that stands twice, and `toml_edit` bounds the depth while it parses.

use toml_edit::{Document, Item, TableLike, Value as TomlValue};

use super::super::node::{Key, Node, Place, Value};
use super::{Lookup, ReadError, check_depth, insert, text};

pub(super) fn read(source: &str, lookup: Lookup<'_>) -> Result<Node, ReadError> {
    let document = Document::parse(source).map_err(|error| {
        let place = error.span().map(|span| Place::at(source, span.start));
        ReadError { place, message: format!("not valid TOML: {}", error.message()) }
    })?;
    let lines = Lines::new(source);
    Reader { lines, lookup }.table(document.as_table(), Place::START, 1)
}

struct Reader<'a> {
    lines: Lines<'a>,
    lookup: Lookup<'a>,
}

/// Where each line begins, so that a place is found without counting from the start each time.
struct Lines<'a> {
    source: &'a str,
    starts: Vec<usize>,
}

// === impl Reader ===

impl Reader<'_> {
    fn table(&self, table: &dyn TableLike, place: Place, depth: usize) -> Result<Node, ReadError> {
        check_depth(depth, place)?;
        let mut entries = Vec::with_capacity(table.len());
        for (name, item) in table.iter() {
            let key_place = self.place(table.key(name).and_then(|key| key.span()), place);
            let node = self.item(item, key_place, depth + 1)?;
            insert(&mut entries, Key { place: key_place, name: name.to_owned() }, node)?;
        }
        Ok(Node { place, value: Value::Mapping(entries) })
    }

    fn item(&self, item: &Item, around: Place, depth: usize) -> Result<Node, ReadError> {
        let place = self.place(item.span(), around);
        match item {
            Item::None => Ok(Node { place, value: Value::Null }),
            Item::Value(value) => self.value(value, around, depth),
            Item::Table(table) => self.table(table, place, depth),
            Item::ArrayOfTables(tables) => {
                let tables =
                    tables.iter().map(|table| self.table(table, self.place(table.span(), place), depth + 1));
                Ok(Node { place, value: Value::Sequence(tables.collect::<Result<_, _>>()?) })
            }
        }
    }

    fn value(&self, value: &TomlValue, around: Place, depth: usize) -> Result<Node, ReadError> {
        let place = self.place(value.span(), around);
        check_depth(depth, place)?;
        let value = match value {
            TomlValue::String(string) => text(string.value(), place, self.lookup)?,
            TomlValue::Integer(integer) => Value::Integer(i128::from(*integer.value())),
            TomlValue::Float(float) => Value::Float(*float.value()),
            TomlValue::Boolean(boolean) => Value::Bool(*boolean.value()),
            TomlValue::Datetime(datetime) => Value::Text(datetime.value().to_string()),
            TomlValue::Array(array) => {
                let items = array.iter().map(|item| self.value(item, place, depth + 1));
                Value::Sequence(items.collect::<Result<_, _>>()?)
            }
            TomlValue::InlineTable(table) => return self.table(table, place, depth),
        };
        Ok(Node { place, value })
    }

    fn place(&self, span: Option<std::ops::Range<usize>>, around: Place) -> Place {
        span.map_or(around, |span| self.lines.place(span.start))
    }
}

// === impl Lines ===

impl<'a> Lines<'a> {
    fn new(source: &'a str) -> Self {
        let after_newlines = source.match_indices('\n').map(|(newline, _)| newline + 1);
        Self { source, starts: std::iter::once(0).chain(after_newlines).collect() }
    }

    fn place(&self, offset: usize) -> Place {
        let line = self.starts.partition_point(|start| *start <= offset);
        let start = self.starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = self.source.get(start..offset).map_or(0, |before| before.chars().count()) + 1;
        Place { line, column }
    }
}
