//! By what a policy can be found.

use smallvec::SmallVec;

use crate::glob::Glob;
use crate::text::Needle;

/// A fact that policies are filed under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Fact {
    Agent,
    User,
    Session,
    ActionType,
    Dialect,
    Method,
    Host,
    Path,
    Model,
    Header,
    Tool,
    McpServer,
    McpMethod,
    McpTool,
    McpResource,
    Finding,
}

/// What a call must have for a condition to be possible. Letters count without their case.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Key {
    /// A value of a fact.
    Value { fact: Fact, name: Box<str>, part: Part, text: Box<[u8]> },
    /// A text in its prompt.
    Needle(usize),
}

/// What of a value a key has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Part {
    Whole,
    Beginning,
    End,
}

/// Keys one of which every call has that the condition is possible for.
pub(crate) type Keys = SmallVec<[Key; 1]>;

/// Ways to find the same condition, each enough by itself; none where it must always be asked.
pub(crate) type Choice = SmallVec<[Keys; 2]>;

/// The one way to find a condition, if there is one.
pub(crate) fn one(key: Option<Key>) -> Choice {
    key.map(|key| Keys::from([key])).into_iter().collect()
}

impl Key {
    /// The whole value.
    pub(crate) fn whole(fact: Fact, text: impl AsRef<[u8]>) -> Self {
        Self::of(fact, "", Part::Whole, text.as_ref())
    }

    /// What a value ends in.
    pub(crate) fn end(fact: Fact, text: impl AsRef<[u8]>) -> Self {
        Self::of(fact, "", Part::End, text.as_ref())
    }

    /// A header that is there at all.
    pub(crate) fn header(name: &str) -> Self {
        Self::of(Fact::Header, name, Part::Beginning, &[])
    }

    /// What every value that `glob` matches has, if there is such a thing.
    pub(crate) fn glob(fact: Fact, name: &str, glob: &Glob) -> Option<Self> {
        let (beginning, end) = glob.ends();
        match glob.literal() {
            Some(literal) => Some(Self::of(fact, name, Part::Whole, literal)),
            None if beginning.len() >= end.len() && !beginning.is_empty() => {
                Some(Self::of(fact, name, Part::Beginning, &beginning))
            }
            None if !end.is_empty() => Some(Self::of(fact, name, Part::End, &end)),
            None => None,
        }
    }

    pub(crate) fn needle(needle: Needle) -> Self {
        Self::Needle(needle.index())
    }

    /// A header that has this value.
    pub(crate) fn header_value(name: &str, value: &str) -> Self {
        Self::of(Fact::Header, name, Part::Whole, value.as_bytes())
    }

    fn of(fact: Fact, name: &str, part: Part, text: &[u8]) -> Self {
        Self::Value {
            fact,
            name: name.to_ascii_lowercase().into(),
            part,
            text: text.to_ascii_lowercase().into(),
        }
    }
}
