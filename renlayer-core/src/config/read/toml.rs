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

/// Places all over the text, so that any other is found without counting from the start each time, nor from that of its line:
/// all of a file may stand on one.
struct Lines<'a> {
    source: &'a str,
    known: Vec<(usize, Place)>,
}

/// How far known places are apart within a line, in bytes.
const STRETCH: usize = 256;

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
        let mut known = vec![(0, Place::START)];
        let (mut last, mut place) = (0, Place::START);
        for (offset, char) in source.char_indices() {
            if offset - last >= STRETCH {
                known.push((offset, place));
                last = offset;
            }
            place.column += 1;
            if char == '\n' {
                place = Place { line: place.line + 1, column: 1 };
                last = offset + 1;
                known.push((last, place));
            }
        }
        Self { source, known }
    }

    fn place(&self, offset: usize) -> Place {
        let before = self.known.partition_point(|(start, _)| *start <= offset);
        let (start, place) = self.known.get(before.saturating_sub(1)).copied().unwrap_or((0, Place::START));
        let column = self.source.get(start..offset).map_or(0, |between| between.chars().count());
        Place { column: place.column + column, ..place }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_found_wherever_it_is() {
        let text = format!("ä = 1\r\n{}\n\n{}", "日本 ".repeat(700), "x".repeat(1000));
        let lines = Lines::new(&text);
        for offset in (0..=text.len()).filter(|offset| text.is_char_boundary(*offset)) {
            assert_eq!(lines.place(offset), Place::at(&text, offset), "at {offset}");
        }
    }

    #[test]
    fn a_long_line_is_read_in_time() {
        // Counted from the start of its line for each of the values, this is twelve thousand million characters.
        let list = format!("a = [{}]", "1, ".repeat(200_000));
        let node = read(&list, &|_| None).unwrap();
        let Value::Mapping(entries) = node.value else { panic!("a document is a table") };
        let Value::Sequence(items) = &entries[0].1.value else { panic!("a list") };
        assert_eq!(items.last().unwrap().place, Place { line: 1, column: list.len() - 3 });
    }
}
