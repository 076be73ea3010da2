//! One scan of one body: the engines at work, text by text, and the report they fill.

use std::ops::Range;

use smallvec::SmallVec;

use crate::coding::{Coding, WayBack};
use crate::detector::Match;
use crate::engine::{Candidate, Hit, Index, Settler, Sweep, Text, Work};
use crate::finding::MarkerStyle;
use crate::judge::Judge;
use crate::report::Opaque;
use crate::scanner::Input;
use crate::spare::Spare;
use crate::stand_in::Mint;
use crate::view::running::{self, Style};
use crate::view::{self, Signals, Watch};
use crate::{Action, Evidence, Finding, KnownValues, OpaqueReason, Report, Severity};

/// How many findings a report holds. A body with more is not read by anyone; the rest of it is opaque. Those of `LOW` severity are
/// dropped first.
const MOST_FINDINGS: usize = 10_000;
/// How many may stand until the scan ends: beyond [`MOST_FINDINGS`] those alone that [weigh](weighs).
const ROOM: usize = 2 * MOST_FINDINGS;

/// A scan under way.
pub(crate) struct Scan<'s> {
    lanes: SmallVec<[Lane<'s>; 1]>,
    /// What makes stand-ins, where they are to be made.
    mint: Option<&'s Mint>,
    direction: crate::Direction,
    settler: Settler,
    /// Findings before this one are not counted: those of a view stand for what was found already, until both are settled together.
    counted: usize,
    /// Decoded text, one buffer per depth of encoding, used again and again.
    buffers: Vec<Vec<u8>>,
    spare: Box<Spare>,
    pub(crate) watch: Watch,
    pub(crate) report: Report,
}

/// The detectors of each lane that a name spoke to.
pub(crate) struct Spoken(SmallVec<[SmallVec<[Index; 4]>; 1]>);

/// One set of detectors at work: the scanner's, and that of the known values.
struct Lane<'s> {
    judge: &'s Judge,
    work: Box<Work>,
}

impl<'s> Scan<'s> {
    pub(crate) fn new(judge: &'s Judge, mint: Option<&'s Mint>, input: &Input<'s>) -> Self {
        let known = input.known.into_iter().flat_map(KnownValues::judges);
        let judges = std::iter::once(judge).chain(known.map(|judge| &**judge));
        let mut spare = Spare::take();
        let watch = Watch::with(std::mem::take(&mut spare.signals));
        Self {
            lanes: judges.map(|judge| Lane { judge, work: spare.works.pop().unwrap_or_default() }).collect(),
            mint: mint.filter(|_| input.direction == crate::Direction::Request),
            direction: input.direction,
            settler: Settler::default(),
            counted: 0,
            buffers: Vec::new(),
            spare,
            watch,
            report: Report::default(),
        }
    }

    /// Scans one stretch of text. Its findings are appended, with their places in `text.bytes`.
    pub(crate) fn text(&mut self, text: Text<'_>) {
        let mark = self.mark();
        self.as_it_stands(text);
        view::look(self, text, None, mark);
    }

    /// Scans one stretch of text, after its name where it has one, and no view of it.
    pub(crate) fn pass(&mut self, text: Text<'_>, name: Option<&[u8]>) {
        match name {
            Some(name) => self.named(text, name),
            None => self.as_it_stands(text),
        }
    }

    /// Scans one stretch of text, and no view of it, for what `counts` by its class: nothing else is settled with that. What rests on no
    /// word is at most as sure as `most`.
    pub(crate) fn pass_doubting(&mut self, text: Text<'_>, most: f32, counts: impl Fn(&Match, &str) -> bool) {
        let mut hits = Vec::new();
        for Lane { judge, work } in &mut self.lanes {
            work.next_text();
            work.is_body = text.start == 0 && !work.in_name;
            work.advance_by(judge.engine(), text, self.direction, |rule| rule.may_count_spread);
            work.hits.retain(|(owner, found)| {
                let kind = judge.engine().rule(*owner).kinds.get(usize::from(found.kind));
                kind.is_some_and(|kind| counts(found, &kind.class))
            });
            doubt(&mut work.hits, most);
            judge.weigh(&mut work.hits, text.bytes, self.mint, &mut hits);
        }
        if !hits.is_empty() {
            self.settle(hits, text.start..text.bytes.len());
        }
    }

    #[inline]
    fn as_it_stands(&mut self, text: Text<'_>) {
        let hits = self.gather(text);
        if !hits.is_empty() {
            self.settle(hits, text.start..text.bytes.len());
        }
    }

    #[inline]
    fn gather(&mut self, text: Text<'_>) -> Vec<Hit> {
        let mut hits = Vec::new();
        for lane in &mut self.lanes {
            lane.work.next_text();
            lane.work.is_body = text.start == 0 && !lane.work.in_name;
            lane.work.advance(lane.judge.engine(), text, self.direction);
            if !lane.work.hits.is_empty() {
                lane.judge.weigh(&mut lane.work.hits, text.bytes, self.mint, &mut hits);
            }
        }
        hits
    }

    /// Scans a whole text as a stream does.
    pub(crate) fn as_a_stream(&mut self, bytes: &[u8]) {
        let mut hits = self.gather(Text { bytes, start: 0, complete: true });
        for style in [Style::Folded, Style::Tags] {
            let Some(running) = running::of(bytes, style) else { continue };
            let text = Text { bytes: running.bytes(), start: 0, complete: true };
            hits.extend(self.gather(text).into_iter().map(|hit| hit.moved(|range| running.raw(range, 0))));
        }
        self.settle(hits, 0..bytes.len());
    }

    /// Scans the name of a value, and remembers the detectors that the name speaks to.
    pub(crate) fn name(&mut self, text: Text<'_>) {
        self.forget_name();
        self.in_name(true);
        self.text(text);
        self.in_name(false);
    }

    /// What follows has no name of its own.
    pub(crate) fn forget_name(&mut self) {
        self.lanes.iter_mut().for_each(|lane| lane.work.named.clear());
    }

    /// Scans a value after its name.
    pub(crate) fn value(&mut self, text: Text<'_>, name: &[u8]) {
        let mark = self.mark();
        self.named(text, name);
        view::look(self, text, Some(name), mark);
    }

    fn named(&mut self, text: Text<'_>, name: &[u8]) {
        let mut hits = Vec::new();
        for lane in &mut self.lanes {
            lane.work.next_text();
            lane.work.judge_named(lane.judge.engine(), text, name);
            lane.work.advance(lane.judge.engine(), text, self.direction);
            if !lane.work.hits.is_empty() {
                lane.judge.weigh(&mut lane.work.hits, text.bytes, self.mint, &mut hits);
            }
        }
        if !hits.is_empty() {
            self.settle(hits, text.start..text.bytes.len());
        }
    }

    /// Scans a text whose candidates and signals are known, after its name where it has one.
    pub(crate) fn candidates(
        &mut self,
        text: Text<'_>,
        name: Option<&[u8]>,
        candidates: &[&[Candidate]],
        signals: Signals,
    ) {
        let mark = self.mark();
        let is_due = |candidate: &Candidate| name.is_none() || !candidate.is_moot;
        if candidates.iter().any(|lane| lane.iter().any(is_due)) || self.is_asked() {
            self.look_at(text, name.unwrap_or_default(), candidates);
        }
        view::look_for(self, text, name, mark, signals);
    }

    fn look_at(&mut self, text: Text<'_>, name: &[u8], candidates: &[&[Candidate]]) {
        let mut hits = Vec::new();
        for (lane, candidates) in self.lanes.iter_mut().zip(candidates) {
            lane.work.next_text();
            lane.work.judge_named(lane.judge.engine(), text, name);
            lane.work.look_at(lane.judge.engine(), text, self.direction, candidates);
            if !lane.work.hits.is_empty() {
                lane.judge.weigh(&mut lane.work.hits, text.bytes, self.mint, &mut hits);
            }
        }
        if !hits.is_empty() {
            self.settle(hits, text.start..text.bytes.len());
        }
    }

    /// The detectors that the last name spoke to.
    pub(crate) fn spoken_to(&self) -> Spoken {
        Spoken(self.lanes.iter().map(|lane| lane.work.named.clone()).collect())
    }

    /// Speaks to them once more.
    pub(crate) fn speak_again(&mut self, to: &Spoken) {
        for (lane, named) in self.lanes.iter_mut().zip(&to.0) {
            lane.work.named.clone_from(named);
        }
    }

    /// Whether the name before a value spoke to some detector.
    #[inline]
    pub(crate) fn is_asked(&self) -> bool {
        self.lanes.iter().any(|lane| !lane.work.named.is_empty())
    }

    /// Whether anything could be found in a number of a document in which no literal stands.
    pub(crate) fn asks_about_number(&self, text: Text<'_>) -> bool {
        let asks = |lane: &Lane<'_>| lane.judge.engine().table().asks_about_number(text);
        self.is_asked() || view::may_read_number(text) || self.lanes.iter().any(asks)
    }

    /// What follows is the name of a value, until this is called again.
    pub(crate) fn in_name(&mut self, is_name: bool) {
        self.lanes.iter_mut().for_each(|lane| lane.work.in_name = is_name);
    }

    /// The pass over what a document says, and the quotes of its strings.
    pub(crate) fn sweep<'t>(&mut self, said: (&'t [u8], &'t [u64])) -> Sweep<'t>
    where
        's: 't,
    {
        let tables = self.lanes.iter().map(|lane| (lane.judge.engine().table(), lane.judge.is_built_in()));
        Sweep::within(said, tables, &mut self.spare.rooms)
    }

    /// Ends a pass.
    pub(crate) fn end(&mut self, sweep: Sweep<'_>) {
        sweep.leave(&mut self.spare.rooms);
    }

    fn settle(&mut self, hits: Vec<Hit>, within: Range<usize>) {
        self.settler.restart();
        let standing = self.settler.settle(hits).into_iter().filter(|hit| !hit.allowed);
        let mut standing: Vec<Finding> = standing.map(|hit| hit.finding).collect();
        let before = self.report.findings.len();
        if before == 0 {
            self.report.findings = standing;
        } else {
            self.report.findings.append(&mut standing);
        }
        let most = self.counted + MOST_FINDINGS;
        if self.report.findings.len() > most {
            let beyond = before.max(most)..;
            self.report.findings.extract_if(beyond, |finding| !weighs(finding)).for_each(drop);
            self.report.findings.truncate(self.counted + ROOM);
            self.opaque(within, OpaqueReason::TooManyFindings);
        }
    }

    /// Counts findings from here on alone, and says from where they were counted.
    pub(crate) fn count_anew(&mut self) -> usize {
        std::mem::replace(&mut self.counted, self.report.findings.len())
    }

    /// Counts them from there again.
    pub(crate) fn count_from(&mut self, first: usize) {
        self.counted = first;
    }

    pub(crate) fn opaque(&mut self, range: Range<usize>, reason: OpaqueReason) {
        self.report.opaque.push(Opaque { range, reason });
    }

    pub(crate) fn finish(mut self, scanned: usize) -> Report {
        self.report.scanned = scanned;
        if let Some(lane) = self.lanes.first() {
            lane.judge.drop_allowed_places(&mut self.report.findings);
        }
        keep_the_weightiest(&mut self.report.findings);
        join_what_was_lost(&mut self.report.opaque);
        for lane in self.lanes {
            lane.work.add_cost(lane.judge.engine(), &mut self.report.cost);
            self.spare.works.push(lane.work);
        }
        self.spare.signals = self.watch.into_room();
        self.spare.leave();
        self.report
    }
}

/// Whether a full report holds it rather than others: it is above `LOW`, or changes the text or stops it by the settings.
fn weighs(finding: &Finding) -> bool {
    finding.severity > Severity::Low || finding.action > Action::Warn
}

/// Keeps as many findings as a report holds, in their order: those that [weigh](weighs), and of the others the first for which there is room.
fn keep_the_weightiest(findings: &mut Vec<Finding>) {
    if findings.len() <= MOST_FINDINGS {
        return;
    }
    let weighty = findings.iter().filter(|finding| weighs(finding)).count();
    let mut room = MOST_FINDINGS.saturating_sub(weighty);
    findings.retain(|finding| {
        let stays = weighs(finding) || room > 0;
        room -= usize::from(stays && !weighs(finding));
        stays
    });
    findings.truncate(MOST_FINDINGS);
}

/// Says once where a report has lost findings: each text said so for itself.
fn join_what_was_lost(opaque: &mut Vec<Opaque>) {
    let is_lost = |opaque: &&Opaque| opaque.reason == OpaqueReason::TooManyFindings;
    let lost = opaque.iter().filter(is_lost).map(|opaque| opaque.range.clone());
    let join = |one: Range<usize>, other: Range<usize>| match (one.is_empty(), other.is_empty()) {
        (true, _) => other,
        (_, true) => one,
        _ => one.start.min(other.start)..one.end.max(other.end),
    };
    if let Some(range) = lost.reduce(join) {
        opaque.retain(|opaque| !is_lost(&opaque));
        opaque.push(Opaque { range, reason: OpaqueReason::TooManyFindings });
    }
}

/// Makes matches that rest on no word at most as sure as `most`.
fn doubt(matches: &mut [(Index, Match)], most: f32) {
    for (_, found) in matches.iter_mut().filter(|(_, found)| !found.evidence.has(Evidence::CONTEXT)) {
        found.confidence = found.confidence.min(most);
    }
}

/* ===== places ===== */

/// How far a report had come: what was added since can be moved to other coordinates.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    findings: usize,
    opaque: usize,
}

impl Scan<'_> {
    pub(crate) fn mark(&self) -> Mark {
        Mark { findings: self.report.findings.len(), opaque: self.report.opaque.len() }
    }

    pub(crate) fn since(&mut self, mark: Mark) -> &mut [Finding] {
        self.report.findings.get_mut(mark.findings..).unwrap_or_default()
    }

    /// What was added between two marks.
    pub(crate) fn between(&self, from: Mark, to: Mark) -> &[Finding] {
        self.report.findings.get(from.findings..to.findings).unwrap_or_default()
    }

    /// Takes out the findings added since.
    pub(crate) fn take_since(&mut self, mark: Mark) -> Vec<Finding> {
        self.report.findings.drain(mark.findings.min(self.report.findings.len())..).collect()
    }

    /// Takes back what was added since.
    pub(crate) fn undo(&mut self, mark: Mark) {
        self.report.findings.truncate(mark.findings);
        self.report.opaque.truncate(mark.opaque);
    }

    /// Settles what was added since once more, after two readings of the same bytes.
    pub(crate) fn settle_since(&mut self, mark: Mark) {
        let findings = self.take_since(mark).into_iter();
        let hits = findings.map(|finding| Hit { finding, allowed: false }).collect();
        self.settle(hits, 0..0);
    }

    /// Moves what was added since from a part of the body to the body.
    pub(crate) fn shift_since(&mut self, mark: Mark, by: usize) {
        self.move_since(mark, |range| range.start + by..range.end + by);
    }

    /// Moves what was added since from decoded text, which stood after `before` bytes of context, to the raw bytes at `base`.
    pub(crate) fn map_since(
        &mut self,
        mark: Mark,
        (coding, raw): (Coding, &[u8]),
        before: usize,
        base: usize,
    ) {
        let mut back = WayBack::new(coding, raw);
        self.move_since(mark, |range| {
            let raw = back.range(range.start - before..range.end - before);
            base + raw.start..base + raw.end
        });
    }

    /// Moves what was added since, findings and opaque parts.
    pub(crate) fn move_since(&mut self, mark: Mark, mut to: impl FnMut(Range<usize>) -> Range<usize>) {
        for finding in self.since(mark) {
            let Range { start, end } = to(finding.start..finding.end);
            (finding.start, finding.end) = (start, end);
        }
        self.move_opaque_since(mark, to);
    }

    /// Moves the opaque parts added since.
    pub(crate) fn move_opaque_since(&mut self, mark: Mark, mut to: impl FnMut(Range<usize>) -> Range<usize>) {
        for opaque in self.report.opaque.get_mut(mark.opaque..).unwrap_or_default() {
            opaque.range = to(opaque.range.clone());
        }
    }

    /// Drops those findings added since that `keep` is not for.
    pub(crate) fn retain_since(&mut self, mark: Mark, mut keep: impl FnMut(&Finding) -> bool) {
        let from = mark.findings.min(self.report.findings.len());
        self.report.findings.extract_if(from.., |finding| !keep(finding)).for_each(drop);
    }

    /// Makes those findings added since harmless that `is` holds for.
    pub(crate) fn lower_since(&mut self, mark: Mark, is: impl Fn(&Finding) -> bool) {
        let Some(judge) = self.lanes.first().map(|lane| lane.judge) else { return };
        let from = mark.findings.min(self.report.findings.len());
        let is_lost = |finding: &mut Finding| is(finding) && !judge.lower(finding);
        self.report.findings.extract_if(from.., is_lost).for_each(drop);
    }

    pub(crate) fn style_since(&mut self, mark: Mark, style: impl Fn(&mut MarkerStyle)) {
        self.since(mark).iter_mut().for_each(|finding| style(&mut finding.style));
    }

    /// A buffer for decoded text; to be given back.
    pub(crate) fn take_buffer(&mut self) -> Vec<u8> {
        self.buffers.pop().unwrap_or_default()
    }

    pub(crate) fn give_back(&mut self, mut buffer: Vec<u8>) {
        buffer.clear();
        self.buffers.push(buffer);
    }
}
