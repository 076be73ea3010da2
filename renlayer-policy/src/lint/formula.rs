//! What a policy asks, as a formula over what a call has: certain or not, never in between.
//!
//! The truth of a condition has three values; whether a policy *matches* has two, for what cannot be told is held against
//! the call. So for one policy and one kind of call (its body read, or not) everything that may be doubtful is written as
//! what it counts for, and from then on ordinary logic holds.

use std::rc::Rc;

use super::words::Words;
use crate::condition::ArgumentMatch;
use crate::facts::Role;
use crate::glob::Case;

/// A formula whose negations stand before its smallest parts.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Formula {
    /// The part holds, or does not.
    Is(Rc<Atom>, bool),
    /// All hold; of none, that is true.
    All(Vec<Self>),
    /// Some holds; of none, that is false.
    Any(Vec<Self>),
}

/// The smallest parts. Parts about different things do not depend on each other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Atom {
    /// A text is there, and one of these.
    Text(TextOf, Words),
    /// One of a few values, each a bit.
    One(OneOf, u8),
    /// A number is there, and between these, both included.
    Number(NumberOf, u64, u64),
    /// A minute of the week in a zone is one of these, by bits.
    Minute(String, Vec<u64>),
    /// Something of this kind is there that is so.
    Some(Kind, Formula),
    /// A message of this role holds a text.
    Says(Role, Case, String),
    /// A message of this role matches a pattern.
    Finds(Role, Case, String),
    /// The value at hand matches a pattern.
    Matches(Case, String),
    /// An argument of the tool at hand, by pointer; certainly, or as far as can be told.
    Argument(String, ArgumentMatch, bool),
    /// What is not looked into.
    Other(String),
}

/// A fact that is text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TextOf {
    AgentId,
    AgentName,
    User,
    Session,
    Dialect,
    Method,
    Scheme,
    Host,
    /// The path as it was sent.
    PathSent,
    /// The path as a lenient server reads it.
    PathRead,
    Model,
    McpServer,
    McpMethod,
    McpTool,
    McpResource,
    /// The name of the tool, or the class of the finding, at hand.
    Name,
    /// The value of the header at hand.
    Value,
    /// The same in small letters.
    ValueAnyCase,
}

/// A fact of few values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OneOf {
    ActionType,
    /// Absent, false, true.
    Stream,
    Phase,
    Severity,
}

/// A fact that is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NumberOf {
    Port,
    BodyBytes,
    PromptTokens,
    MaxTokens,
    Denials,
    Findings,
    Spend,
    Actions,
}

/// What a call may have several of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Tool,
    /// A value of the header of this name, in small letters.
    Header(String),
    Finding,
}

impl TextOf {
    /// Whether a call may have none.
    pub(crate) fn is_optional(self) -> bool {
        use TextOf::{AgentId, AgentName, McpMethod, McpResource, McpServer, McpTool, Model, Session, User};
        matches!(
            self,
            AgentId | AgentName | User | Session | Model | McpServer | McpMethod | McpTool | McpResource
        )
    }
}

impl OneOf {
    /// All its values.
    pub(crate) fn all(self) -> u8 {
        match self {
            Self::ActionType => 0b1_1111,
            Self::Stream | Self::Phase => 0b111,
            Self::Severity => 0b1111,
        }
    }
}

impl NumberOf {
    /// Whether a call may have none.
    pub(crate) fn is_optional(self) -> bool {
        matches!(self, Self::PromptTokens | Self::MaxTokens)
    }

    /// The greatest it can be.
    pub(crate) fn most(self) -> u64 {
        if self == Self::Port { u16::MAX.into() } else { u64::MAX }
    }
}

impl Formula {
    pub(crate) fn is(atom: Atom) -> Self {
        Self::Is(Rc::new(atom), true)
    }

    pub(crate) fn text(of: TextOf, words: Words) -> Self {
        Self::is(Atom::Text(of, words))
    }

    pub(crate) fn always(holds: bool) -> Self {
        if holds { Self::All(Vec::new()) } else { Self::Any(Vec::new()) }
    }

    pub(crate) fn not(self) -> Self {
        match self {
            Self::Is(atom, holds) => Self::Is(atom, !holds),
            Self::All(parts) => Self::Any(parts.into_iter().map(Self::not).collect()),
            Self::Any(parts) => Self::All(parts.into_iter().map(Self::not).collect()),
        }
    }
}
