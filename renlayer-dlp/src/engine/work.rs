//! What is under way in one text: decided matches, undecided places, and counters.

use std::ops::Range;
use std::sync::Arc;

use smallvec::SmallVec;

use super::shared::Shared;
use super::{Candidate, Engine, Event, Index, Outcome, Place, Room, Rule, SIGHT, Text};
use crate::detector::Match;
use crate::{Cost, Direction};

/// The state of one engine over one text.
#[derive(Default)]
pub(crate) struct Work {
    /// Decided, not settled yet.
    pub(crate) hits: Vec<(Index, Match)>,
    waiting: Vec<Waiting>,
    /// Where a detector's last match ended: it does not look again inside.
    busy: SmallVec<[(Index, usize); 4]>,
    /// What detectors noted of the text.
    known: Known,
    tallies: Tallies,
    pub(crate) room: Option<Box<Room>>,
    /// Anchors before this place are known.
    passed: usize,
    /// The text is the name of a value.
    pub(crate) in_name: bool,
    /// The text is that of a body.
    pub(crate) is_body: bool,
    /// Detectors that a name spoke to, and that judge the value after it.
    pub(crate) named: SmallVec<[Index; 4]>,
}

/// An undecided place.
#[derive(Clone)]
struct Waiting {
    place: Place,
    begin: usize,
}

/// What detectors know of the text beyond the places that they looked at.
#[derive(Default)]
pub(crate) struct Known {
    pub(super) notes: Notes,
    pub(super) shared: Shared,
}

/// Where each of them knows something: few do, mostly none.
#[derive(Default)]
pub(super) struct Notes(SmallVec<[(Index, Range<usize>); 2]>);

impl Notes {
    /// Up to where something is known, from `at` or an earlier place on.
    #[inline]
    pub(super) fn of(&self, notes: Index, at: usize) -> usize {
        let known = self.0.iter().find(|(of, _)| *of == notes);
        known.filter(|(_, known)| known.start <= at).map_or(0, |(_, known)| known.end)
    }

    pub(super) fn set(&mut self, notes: Index, range: Range<usize>) {
        match self.0.iter_mut().find(|(of, _)| *of == notes) {
            Some(known) => known.1 = range,
            None => self.0.push((notes, range)),
        }
    }
}

impl Known {
    fn clear(&mut self) {
        self.notes.0.clear();
        self.shared.clear();
    }
}

/// What each detector did.
#[derive(Default)]
struct Tallies {
    /// One for each detector, once one of them did anything.
    all: Vec<Tally>,
    /// Those that did anything.
    met: SmallVec<[Index; 16]>,
}

#[derive(Clone, Copy, Default)]
struct Tally {
    candidates: u64,
    bytes: u64,
}

/// A match with its rule.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    /// Its place is that in the text, until it is released.
    pub(crate) finding: crate::Finding,
    /// It is on an allow list: it hides what is inside it and is no finding.
    pub(crate) allowed: bool,
}

impl Work {
    /// Over a text that is all of a body, as that of a stream is.
    pub(crate) fn of_body() -> Self {
        Self { is_body: true, ..Self::default() }
    }

    /// Looks at everything in `text` that has not been looked at. With a complete text, all is decided afterwards.
    #[inline]
    pub(crate) fn advance(&mut self, engine: &Engine, text: Text<'_>, direction: Direction) {
        self.advance_by(engine, text, direction, |_| true);
    }

    /// The same by those detectors alone that `asks` holds for.
    pub(crate) fn advance_by(
        &mut self,
        engine: &Engine,
        text: Text<'_>,
        direction: Direction,
        asks: impl Fn(&Rule) -> bool,
    ) {
        self.ask_again(engine, text);
        let end = text.bytes.len();
        let to = if text.complete { end } else { end.saturating_sub(SIGHT - 1) };
        let from = self.passed.max(text.start);
        if from < to {
            let is_wanted = self.in_name;
            let mut room = self.room.take().unwrap_or_default();
            let meet = |event: Event| {
                if asks(engine.rule(event.owner)) {
                    self.meet(engine, text, direction, &event);
                }
            };
            engine.table().pass(text, (from, to), is_wanted, &mut room, meet);
            self.room = Some(room);
            self.passed = to;
        }
    }

    /// Looks at the candidates of a complete text.
    pub(crate) fn look_at(
        &mut self,
        engine: &Engine,
        text: Text<'_>,
        direction: Direction,
        candidates: &[Candidate],
    ) {
        let is_wanted = self.in_name;
        for candidate in candidates.iter().filter(|candidate| is_wanted || !candidate.is_moot) {
            engine.table().tell(text, *candidate, &mut |event| self.meet(engine, text, direction, &event));
        }
    }

    /// Everything before this is decided.
    pub(crate) fn frontier(&self, engine: &Engine, text: Text<'_>) -> usize {
        let undecided = self.waiting.iter().map(|waiting| waiting.begin).min();
        let future = engine.frontier(text, self.passed.max(text.start));
        undecided.map_or(future, |begin| begin.min(future))
    }

    /// Everything before this is decided as far as it can change the text.
    pub(crate) fn safe(&self, engine: &Engine, text: Text<'_>) -> usize {
        let acting = |waiting: &&Waiting| engine.rule(waiting.place.owner).acts;
        let undecided = self.waiting.iter().filter(acting).map(|waiting| waiting.begin).min();
        let future = engine.safe(text, self.passed.max(text.start));
        undecided.map_or(future, |begin| begin.min(future))
    }

    /// Forgets that the first `n` bytes of the text were there.
    pub(crate) fn shift(&mut self, n: usize) {
        self.passed = self.passed.saturating_sub(n);
        self.known = Known::default();
        self.busy.retain(|(_, until)| *until > n);
        self.busy.iter_mut().for_each(|(_, until)| *until -= n);
        for waiting in &mut self.waiting {
            waiting.begin = waiting.begin.saturating_sub(n);
            waiting.place.at = waiting.place.at.saturating_sub(n);
            waiting.place.progress = waiting.place.progress.saturating_sub(n);
        }
        for (_, found) in &mut self.hits {
            found.range = found.range.start.saturating_sub(n)..found.range.end.saturating_sub(n);
        }
    }

    /// The same for another reading of the text, which is the same so far. Its counters begin anew.
    pub(crate) fn twin(&self) -> Self {
        Self {
            hits: self.hits.clone(),
            waiting: self.waiting.clone(),
            busy: self.busy.clone(),
            passed: self.passed,
            in_name: self.in_name,
            is_body: self.is_body,
            named: self.named.clone(),
            known: Known::default(),
            tallies: Tallies::default(),
            room: None,
        }
    }

    /// Whether both have the same under way, the texts having come to `end` and `other_end`.
    pub(crate) fn is_like(&self, end: usize, other: &Self, other_end: usize) -> bool {
        let left = |work: &Self, end: usize| {
            let places = work.waiting.iter().map(|w| (w.place.owner, end - w.place.at, end - w.begin));
            let first = work.waiting.iter().map(|w| w.place.at).min().unwrap_or(work.passed);
            let busy = work.busy.iter().filter(|(_, until)| *until > first);
            let busy = busy.map(|(owner, until)| (*owner, end.wrapping_sub(*until), 0));
            let mut all: Vec<_> = places.chain(busy).collect();
            all.sort_unstable();
            (end.checked_sub(work.passed), all)
        };
        left(self, end) == left(other, other_end)
    }

    /// Nothing before this is looked at again, what a detector sees behind its place aside.
    pub(crate) fn earliest(&self) -> usize {
        let waiting = self.waiting.iter().map(|waiting| waiting.begin.min(waiting.place.at));
        waiting.min().unwrap_or(self.passed).min(self.passed)
    }

    /// Starts on another text, keeping the counters.
    pub(crate) fn next_text(&mut self) {
        self.hits.clear();
        self.waiting.clear();
        self.busy.clear();
        self.known.clear();
        self.passed = 0;
        self.is_body = false;
    }

    /// The same of what nothing is known of yet.
    pub(crate) fn forget(&mut self) {
        self.next_text();
        (self.in_name, self.named) = (false, SmallVec::new());
        self.tallies.clear();
    }

    /// Whether there is room for more than so many matches and places.
    pub(crate) fn is_above(&self, most: usize) -> bool {
        let places = self.waiting.capacity().max(self.busy.capacity());
        self.hits.capacity().max(places) > most
    }

    /// Asks the detectors that the name spoke to about the value.
    pub(crate) fn judge_named(&mut self, engine: &Engine, text: Text<'_>, name: &[u8]) {
        for owner in self.named.clone() {
            let tally = self.tallies.of(owner, engine.size());
            tally.candidates += 1;
            if let Some(found) = engine.look_named(text, owner, name, &mut tally.bytes) {
                self.hits.push((owner, found));
            }
        }
    }

    pub(crate) fn add_cost(&self, engine: &Engine, cost: &mut Cost) {
        let rows = self.tallies.met();
        let rows = rows.map(|(owner, tally)| (&engine.rule(owner).name, tally.candidates, tally.bytes));
        if cost.is_empty() {
            return cost.begin(rows);
        }
        rows.for_each(|(name, candidates, bytes)| cost.add(name, candidates, bytes));
    }
}

/* ===== places ===== */

impl Work {
    /// Asks again about the undecided places, in their order.
    fn ask_again(&mut self, engine: &Engine, text: Text<'_>) {
        if self.waiting.is_empty() {
            return;
        }
        let mut reopened = None;
        for mut waiting in std::mem::take(&mut self.waiting) {
            let Place { owner, at, open, progress } = waiting.place;
            if open {
                // An anchor that was cut short: now that more is there, the table says whose it is.
                let (_, events) = match reopened.take() {
                    Some(same @ (place, _)) if place == at => reopened.insert(same),
                    _ => reopened.insert((at, events_at(engine, text, at))),
                };
                if let Some((_, open)) = events.iter().find(|(of, _)| *of == owner) {
                    self.visit(engine, text, Place { open: *open, ..waiting.place });
                }
            } else {
                waiting.place.progress = progress.max(at);
                self.visit(engine, text, waiting.place);
            }
        }
    }

    #[inline]
    fn meet(&mut self, engine: &Engine, text: Text<'_>, direction: Direction, event: &Event) {
        let place = Place { owner: event.owner, at: event.at, open: event.open, progress: event.at };
        let rule = engine.rule(place.owner);
        if rule.direction.is_none_or(|only| only == direction) {
            self.visit(engine, text, place);
        }
    }

    fn visit(&mut self, engine: &Engine, text: Text<'_>, place: Place) {
        // A detector decides its places in order, since a match hides the places inside it.
        if !self.waiting.is_empty() && self.waiting.iter().any(|w| w.place.owner == place.owner) {
            let begin = super::begin_of(text, place.at, engine.rule(place.owner).reach);
            self.waiting.push(Waiting { place, begin });
            return;
        }
        if self.busy.iter().any(|&(owner, until)| owner == place.owner && place.at < until) {
            return;
        }
        if self.in_name && engine.rule(place.owner).judges_named && !self.named.contains(&place.owner) {
            self.named.push(place.owner);
        }
        let tally = self.tallies.of(place.owner, engine.size());
        tally.candidates += 1;
        match engine.look(text, place, (&mut self.known, self.is_body), &mut tally.bytes) {
            Outcome::Nothing => {}
            Outcome::Waiting { begin, progress } => {
                self.waiting.push(Waiting { place: Place { progress, ..place }, begin });
            }
            Outcome::Found(found) => {
                self.hide(place.owner, found.range.end);
                self.hits.push((place.owner, found));
            }
        }
    }

    fn hide(&mut self, owner: Index, until: usize) {
        match self.busy.iter_mut().find(|(o, _)| *o == owner) {
            Some(busy) => busy.1 = until,
            None => self.busy.push((owner, until)),
        }
    }
}

impl Tallies {
    /// The row of one of `count` detectors, which is about to count a candidate.
    #[inline]
    #[allow(clippy::indexing_slicing, reason = "there is a row for each detector")]
    fn of(&mut self, owner: Index, count: usize) -> &mut Tally {
        if self.all.len() < count {
            self.all.resize(count, Tally::default());
        }
        let tally = &mut self.all[usize::from(owner)];
        if tally.candidates == 0 {
            self.met.push(owner);
        }
        tally
    }

    /// What each detector did that did anything, in the order in which they came.
    fn met(&self) -> impl Iterator<Item = (Index, Tally)> {
        let of = |owner: &Index| self.all.get(usize::from(*owner)).copied().unwrap_or_default();
        self.met.iter().map(move |owner| (*owner, of(owner)))
    }

    fn clear(&mut self) {
        for owner in self.met.drain(..) {
            if let Some(tally) = self.all.get_mut(usize::from(owner)) {
                *tally = Tally::default();
            }
        }
    }
}

/// Which detectors have an anchor at `at`, and whether it is still open.
fn events_at(engine: &Engine, text: Text<'_>, at: usize) -> SmallVec<[(Index, bool); 8]> {
    let mut events = SmallVec::new();
    let add = |event: Event| events.push((event.owner, event.open));
    engine.table().pass(text, (at, at + 1), true, &mut Room::default(), add);
    events
}

impl Hit {
    pub(crate) fn range(&self) -> Range<usize> {
        self.finding.start..self.finding.end
    }

    /// The same hit where its range stands in another text.
    pub(crate) fn moved(mut self, to: impl FnOnce(Range<usize>) -> Range<usize>) -> Self {
        self.move_to(to(self.range()));
        self
    }

    pub(crate) fn move_to(&mut self, range: Range<usize>) {
        (self.finding.start, self.finding.end) = (range.start, range.end);
    }

    /// Whether this one leaves nothing to say about `other`.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.finding.start <= other.finding.start && other.finding.end <= self.finding.end
    }

    /// Stronger first: a stand-in, for whatever else it looks like, it is none; then what is done, how bad it is, a value before
    /// the code it stands in, how sure it is, how long it is.
    pub(crate) fn stronger(&self, other: &Self) -> std::cmp::Ordering {
        let (a, b) = (&self.finding, &other.finding);
        b.is_restored()
            .cmp(&a.is_restored())
            .then(b.action.cmp(&a.action))
            .then(b.severity.cmp(&a.severity))
            .then(self.is_code().cmp(&other.is_code()))
            .then(b.confidence.total_cmp(&a.confidence))
            .then(other.range().len().cmp(&self.range().len()))
            .then(a.start.cmp(&b.start))
            .then_with(|| Arc::as_ref(&a.detector).cmp(Arc::as_ref(&b.detector)))
    }

    /// Whether it is a passage, in which values stand that are worth a finding of their own.
    fn is_code(&self) -> bool {
        self.finding.class.starts_with("source_code.")
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::prelude::*;

    use super::super::{Engine, Outcome, Place, Room, Rule, Text};
    use super::{Event, Known};

    const PIECES: [&str; 72] = [
        "tax ID 536-22-8145 ",
        "1 Regi\u{f3}n ",
        "12 Main Street, ",
        "seed ",
        "legal winner thank year wave sausage worth useful legal winner thank yellow ",
        "tokens_2=",
        "token-=",
        "_secret-",
        "Password:",
        "api.key=",
        "opensesame",
        "&",
        " ",
        " ",
        " ",
        ", ",
        "\n",
        "\n",
        "-",
        "-",
        ".",
        "/",
        "=",
        "=",
        ":",
        ": ",
        "&",
        "\"",
        "{",
        "12",
        "1980",
        "12 March 1980",
        "94043",
        "SW1A 2AA",
        "Main Street",
        "street",
        "Oak",
        "Apt.",
        "PO Box",
        "Via Roma",
        "CA",
        "Madan Nagar, Latur 778094",
        "born",
        "dob",
        "né le",
        "cvv",
        "cvc2",
        "123",
        "4567",
        "plate",
        "AB12 CDE",
        "seed",
        "phrase",
        "legal winner thank year wave sausage worth useful legal winner thank yellow",
        "token",
        "vapi_key",
        "api_key",
        "password",
        "name",
        "value",
        "twilio_auth",
        "cloudant",
        "a1=b2&c3",
        "a1=b2=c3=d4=e5=",
        "curl ",
        " -u ",
        "joe:kx72Hq9zz",
        "eyJ",
        "MIIT",
        "glrt-",
        "FQoDYXdz",
        "Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB",
    ];

    /// Labels and names as long as each other that say different things of the same number or value.
    const TWINS: [&str; 4] = [
        "my bsn 111222333 ",
        "my xyz 111222333 ",
        "api_secret=Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB ",
        "api_colour=Zf3D0LXCM3EIMbgJpUNnkRtOfOueHznB ",
    ];

    fn text() -> impl Strategy<Value = String> {
        let piece = || prop_oneof![4 => prop::sample::select(PIECES.to_vec()), 1 => prop::sample::select(TWINS.to_vec())];
        let few = move || prop::collection::vec(piece(), 1..6);
        let row = (few(), prop_oneof![Just(1usize), 1usize..8, 40usize..400])
            .prop_map(|(p, n)| p.concat().repeat(n));
        prop::collection::vec(row, 1..4).prop_map(|rows| rows.concat())
    }

    /// What the detectors find in a text, with what their looks note for later ones or without.
    fn found(engine: &Engine, bytes: &[u8], notes: bool) -> Vec<String> {
        let text = Text { bytes, start: 0, complete: true };
        let mut events = Vec::new();
        let add = |event: Event| events.push((event.owner, event.at));
        engine.table().pass(text, (0, bytes.len()), true, &mut Room::default(), add);
        let (mut known, mut busy, mut found) = (Known::default(), vec![0; engine.size()], Vec::new());
        for (owner, at) in events.into_iter().filter(|(_, at)| *at < bytes.len()) {
            if at < busy[usize::from(owner)] {
                continue;
            }
            if !notes {
                known = Known::default();
            }
            let place = Place { owner, at, open: false, progress: at };
            if let Outcome::Found(m) = engine.look(text, place, (&mut known, false), &mut 0) {
                busy[usize::from(owner)] = m.range.end;
                found.push(format!("{} {m:?}", engine.rule(owner).name));
            }
        }
        found
    }

    static ENGINE: LazyLock<Engine> =
        LazyLock::new(|| Engine::new(crate::detector::builtin().into_iter().map(Rule::new).collect()));

    #[test]
    fn what_stands_after_notes_is_found() {
        let text = "curl ".repeat(200) + "-u joe:kx72Hq9zz " + &"dob ".repeat(20) + "12 March 1980";
        let found = found(&ENGINE, text.as_bytes(), true);
        for name in ["curl_user", "date_of_birth"] {
            assert!(found.iter().any(|found| found.starts_with(name)), "{found:?}");
        }
    }

    /// What was kept of one label or name is not taken for another of its length.
    #[test]
    fn labels_and_names_of_one_length_are_told_apart() {
        for [first, second] in [[0, 1], [1, 0], [2, 3], [3, 2]] {
            let text = [TWINS[first], TWINS[second]].concat().repeat(20);
            let found = |notes| found(&ENGINE, text.as_bytes(), notes);
            assert_eq!(found(true), found(false), "{text}");
            assert!(!found(true).is_empty(), "{text}");
        }
    }

    /// What is read far ahead for one way of giving a value hides none that is given in another.
    #[test]
    fn a_password_before_a_list_is_found() {
        let password = ["tr0ub4", "dor-x9"].concat();
        for text in [
            format!("name: password={password} value={}", "a1=b2:".repeat(100)),
            format!(
                "- name: JDBC_PASSWORD\n  password: \"{password}\"\n  value: {}",
                "host:a1:port:b2:".repeat(24)
            ),
        ] {
            let found = found(&ENGINE, text.as_bytes(), true);
            assert!(found.iter().any(|found| found.starts_with("generic_secret")), "{text}: {found:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1500, ..ProptestConfig::default() })]

        /// What a look notes saves later ones work, and changes nothing.
        #[test]
        fn notes_hide_nothing(text in text()) {
            let bytes = &text.as_bytes()[..text.floor_char_boundary(20_000)];
            prop_assert_eq!(found(&ENGINE, bytes, true), found(&ENGINE, bytes, false), "{:?}", text);
        }
    }
}
