//! What an action asks of the limits, and what they say to it.

use std::sync::Arc;

use serde::Serialize;

use super::{Dimension, LimitScope, Reservation, Window};
use crate::{LimitId, Mode};

/// Tokens and money: what an action may use, has used so far, or did use.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Use {
    /// Tokens, in and out together.
    pub tokens: u64,
    /// Money, in micro-units.
    pub spend_micros: u64,
}

/// What an action may use at most, so far as it is known before it is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Demand {
    /// The bound.
    pub at_most: Use,
    /// Whether the action has a price. One without finds no room under a limit on spend.
    pub priced: bool,
}

/// What the limits say to one action.
#[derive(Debug)]
pub enum Admission {
    /// It may go on; what it may use is held for it.
    Admitted(Reservation),
    /// It may not, and was counted nowhere.
    Refused {
        /// The limit that refused; where several do, the one that does so the longest.
        limit: LimitState,
    },
}

/// Why a limit has no room for an action.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shortage {
    /// It is used up for now.
    Full,
    /// It is counted together with other instances, and the store that they share does not answer.
    Unreachable,
    /// It is counted together with other instances, and more subjects are busy here than can be counted apart.
    Crowded,
    /// The action asks for more than the limit ever admits.
    TooLarge,
    /// What the action costs is not known.
    Unpriced,
}

/// Where a limit stands for one subject. Amounts of money are in micro-units.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LimitState {
    /// The limit's id.
    pub id: LimitId,
    /// The limit's name.
    pub name: Arc<str>,
    /// Whose actions it counts together.
    pub scope: LimitScope,
    /// What it counts.
    pub dimension: Dimension,
    /// Over how long; none of what is counted while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window: Option<Window>,
    /// How much it admits within any window.
    pub limit: u64,
    /// How much of that is left now.
    pub remaining: u64,
    /// Milliseconds until all of it is left, if nothing more is done.
    pub reset_after_ms: u64,
    /// Milliseconds until there is room, of a refused action for itself, else for the least there is; 0 when there is now.
    pub retry_after_ms: u64,
    /// Whether the limit refuses or observes.
    pub mode: Mode,
    /// Whether this action found no room. In an admitted action only an observing limit says so; it did not count it.
    pub exceeded: bool,
    /// Why it found none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shortage: Option<Shortage>,
}

impl Use {
    /// The larger of each.
    #[must_use]
    pub fn max(self, other: Self) -> Self {
        Self {
            tokens: self.tokens.max(other.tokens),
            spend_micros: self.spend_micros.max(other.spend_micros),
        }
    }
}

impl Demand {
    /// Of an action that uses neither tokens nor money.
    pub const NONE: Self = Self { at_most: Use { tokens: 0, spend_micros: 0 }, priced: true };

    /// Of an action that has a price and is bounded so.
    pub fn priced(tokens: u64, spend_micros: u64) -> Self {
        Self { at_most: Use { tokens, spend_micros }, priced: true }
    }
}

impl Default for Demand {
    fn default() -> Self {
        Self::NONE
    }
}

impl LimitState {
    /// Whether it makes sense to ask again later.
    pub fn may_be_retried(&self) -> bool {
        !matches!(self.shortage, Some(Shortage::TooLarge | Shortage::Unpriced))
    }

    pub(super) fn with_shortage(self, shortage: Option<Shortage>) -> Self {
        Self { exceeded: shortage.is_some(), shortage, ..self }
    }
}
