//! What an action may use of tokens and money, what it uses, and what it used: planned when its request is read, held by the
//! limits when it is admitted, metered while its answer streams, settled when it ends.
//!
//! The provider's own figures are what counts in the end. Where it tells none (the client left, the stream was cut, the
//! dialect has none) it is what was counted here, and the trace says that it is an estimate.

use renlayer_policy::{Admission, Demand, LimitState, Rates, Reservation, Tokens, Use};

use crate::{
    dialect::{Dialect, RequestFacts, Usage},
    snapshot::Snapshot,
    tokens,
    trace::Spend,
};

/// The budget of one action.
#[derive(Debug, Default)]
pub(crate) struct Budget {
    /// What is read: tokens of the request.
    input: u64,
    /// What may be written, by all answers together.
    bound: u64,
    /// Whether the caller said so, and the upstream keeps to it.
    declared: bool,
    /// Whether its answer is fetched later, out of our sight.
    deferred: bool,
    /// Whether it uses tokens at all.
    counts: bool,
    /// What tokens cost, where that is known.
    rates: Option<Rates>,
    reservation: Option<Reservation>,
    /// Whether what was used goes beyond a limit that only observes: said once.
    noted: bool,
    spent: Option<Spend>,
    /// How far the action came, should it end here.
    came: Progress,
}

/// How far an action came that is to be settled.
#[derive(Debug, Default, Clone, Copy)]
pub(crate) enum Progress {
    /// It was not done, or failed without costing anything.
    #[default]
    Nothing,
    /// It was sent, and that is all that is known.
    Sent,
    /// So much of its answer came, and `told` is what the provider said of it. `whole` where that is all it says.
    Answered {
        /// The provider's figures.
        told: Usage,
        /// Tokens of text, as they are counted here.
        written: u64,
        /// Whether the answer came to its end.
        whole: bool,
    },
}

/// An estimate that passes a declared bound by less than this many times is taken for wrong, and the bound for kept.
const DOUBT: u64 = 4;

impl Budget {
    /// Plans what a request may use. `path` is decoded, `assumed` what an answer is taken to have where no bound is declared.
    pub(crate) fn plan(
        dialect: Dialect,
        path: &str,
        facts: &RequestFacts<'_>,
        snapshot: &Snapshot,
        assumed: u64,
    ) -> Self {
        if !uses_tokens(dialect, path) {
            return Self::default();
        }
        let rates = snapshot.prices.of(facts.model.as_deref().unwrap_or_default()).copied();
        let writes = !(facts.embedding || dialect == Dialect::OpenAiEmbeddings);
        let answers = facts.answers.unwrap_or(1).max(1);
        let bound = if writes { facts.bound.unwrap_or(assumed).saturating_mul(answers) } else { 0 };
        let declared = !writes || facts.bound.is_some();
        // Where nothing is reserved, an estimate of the prompt is near enough.
        let input = tokens::of_prompt(facts);
        Self { input, bound, declared, deferred: facts.deferred, rates, counts: true, ..Self::default() }
    }

    /// Whether it uses tokens at all.
    pub(crate) fn counts(&self) -> bool {
        self.counts
    }

    /// What is read, counted for limits that ask.
    pub(crate) fn set_input(&mut self, tokens: u64) {
        self.input = tokens;
    }

    /// What limits are asked for.
    pub(crate) fn demand(&self) -> Demand {
        if !self.counts {
            return Demand::NONE;
        }
        let tokens = self.input.saturating_add(self.bound);
        let spend_micros = self.rates.map_or(0, |rates| rates.at_most(self.input, self.bound));
        Demand { at_most: Use { tokens, spend_micros }, priced: self.rates.is_some() }
    }

    /// Notes how far the action came, for when nobody is there to end it.
    pub(crate) fn came(&mut self, progress: Progress) {
        self.came = progress;
    }

    /// Ends an action that was left, once.
    pub(crate) fn leave(&mut self) -> Option<Spend> {
        self.settle(self.came)
    }

    /// Keeps what the limits hold for the action, or answers which of them refuses it.
    pub(crate) fn hold(&mut self, admission: Admission) -> Result<Vec<LimitState>, LimitState> {
        match admission {
            Admission::Admitted(reservation) => {
                let states = reservation.limits().to_vec();
                self.reservation = Some(reservation);
                Ok(states)
            }
            Admission::Refused { limit } => Err(limit),
        }
    }

    /// Whether a limit waits for what the answer uses.
    pub(crate) fn is_metered(&self) -> bool {
        self.reservation.as_ref().is_some_and(Reservation::is_metered)
    }

    /// Notes what is known of an answer under way. The limit that it goes beyond is told once.
    pub(crate) fn meter(&mut self, told: Usage, written: u64, now_ms: i64) -> Option<Box<LimitState>> {
        let used = self.used(Progress::Answered { told, written, whole: false });
        let beyond = self.reservation.as_mut()?.meter(used, now_ms).err();
        beyond.filter(|_| !std::mem::replace(&mut self.noted, true))
    }

    /// Lets limits count what was used up to now, and nothing of what is still to come.
    pub(crate) fn let_go(&mut self, progress: Progress) {
        let used = self.used(progress);
        if let Some(reservation) = self.reservation.take() {
            reservation.settle(used);
        }
    }

    /// Ends the action, once: limits count what it used from now on.
    pub(crate) fn settle(&mut self, progress: Progress) -> Option<Spend> {
        let later = self.deferred
            && match progress {
                Progress::Nothing => false,
                Progress::Sent => true,
                Progress::Answered { told, .. } => told.output.is_none(),
            };
        let used = if later { self.demand().at_most } else { self.used(progress) };
        if let Some(reservation) = self.reservation.take() {
            reservation.settle(used);
        }
        if self.counts && self.rates.is_some() && self.spent.is_none() {
            let estimated = match progress {
                Progress::Nothing => false,
                Progress::Sent => true,
                Progress::Answered { told, whole, .. } => {
                    !whole || told.input.is_none() || told.output.is_none()
                }
            };
            self.spent = Some(Spend { micros: used.spend_micros, estimated });
        }
        self.spent
    }

    fn used(&self, progress: Progress) -> Use {
        let told = match progress {
            _ if !self.counts => return Use::default(),
            Progress::Nothing => return Use::default(),
            Progress::Sent => Usage { input: Some(self.input), output: Some(0), ..Usage::default() },
            Progress::Answered { told, written, whole } => self.completed(told, written, whole),
        };
        let (input, output) = (told.input.unwrap_or(0), told.output.unwrap_or(0));
        let counted = Tokens {
            input,
            cached_input: told.cached_input.unwrap_or(0),
            cache_write: told.cache_write.unwrap_or(0),
            output,
            reasoning: told.reasoning.unwrap_or(0),
            image: told.image.unwrap_or(0),
        };
        Use {
            tokens: told.total.unwrap_or(0).max(input.saturating_add(output)),
            spend_micros: self.rates.map_or(0, |rates| rates.cost(&counted)),
        }
    }

    /// The provider's figures, with an estimate in place of what they leave out. Before the end of an answer its output may
    /// be told for its beginning alone: then the larger counts.
    fn completed(&self, told: Usage, written: u64, whole: bool) -> Usage {
        let mut estimate = written;
        if self.declared && estimate <= self.bound.saturating_mul(DOUBT) {
            estimate = estimate.min(self.bound);
        }
        let output = match told.output {
            Some(output) if whole => output,
            output => output.unwrap_or(0).max(estimate),
        };
        Usage { input: told.input.or(Some(self.input)), output: Some(output), ..told }
    }
}

/// Whether a call is one that a model reads and answers for money. Counting tokens is free.
fn uses_tokens(dialect: Dialect, path: &str) -> bool {
    let path = path.split(['?', '#']).next().unwrap_or(path).trim_end_matches('/').to_ascii_lowercase();
    match dialect {
        Dialect::Mcp | Dialect::Http => false,
        Dialect::AnthropicMessages => !path.ends_with("/count_tokens"),
        Dialect::Gemini => !path.ends_with(":counttokens"),
        Dialect::OpenAiChat | Dialect::OpenAiResponses | Dialect::OpenAiEmbeddings | Dialect::Bedrock => true,
    }
}
