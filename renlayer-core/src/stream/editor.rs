//! The walk of one event: read it, scan what is no channel's text, pass its pieces through their channels, let it go.

use std::{borrow::Cow, sync::Arc};

use bytes::Bytes;
use renlayer_dlp::{Action, Direction, Format, Input, KnownValues, Report, Scanner};

use super::{
    Flow,
    channel::{Carrier, Channel, blocking, would_block},
    edit::{Edit, carrier},
    frame::{Broken, Frame, Framing},
    reading::{Address, Kind, Reading},
    released::Released,
    state::State,
    summary::StreamSummary,
    token::decode,
};
use crate::dialect::{Dialect, JsonRpcId, Refusal};
use crate::tokens::Running;

pub(super) struct Events {
    dialect: Dialect,
    framing: Framing,
    scanner: Scanner,
    known: Option<KnownValues>,
    channels: Vec<Channel>,
    state: State,
    summary: StreamSummary,
    /// The last event without its pieces of text in which nothing was found. Most events differ in their pieces only.
    clean: String,
    frame: String,
    /// Whether an event that tells the usage alone is kept back: its reader did not ask for one.
    hides_usage: bool,
}

/// The class that blocks.
type Blocked = Arc<str>;

// === impl Events ===

impl Events {
    pub(super) fn new(
        dialect: Dialect,
        framing: Framing,
        scanner: Scanner,
        known: Option<KnownValues>,
    ) -> Self {
        Self {
            dialect,
            framing,
            scanner,
            known,
            channels: Vec::new(),
            state: State::default(),
            summary: StreamSummary::default(),
            clean: String::new(),
            frame: String::new(),
            hides_usage: false,
        }
    }

    pub(super) fn count(&mut self, running: Running) {
        self.summary.running = Some(running);
    }

    pub(super) fn hide_usage(&mut self) {
        self.hides_usage = true;
    }

    pub(super) fn has_answered(&self) -> bool {
        self.state.is_complete() || (self.summary.finish.is_some() && !self.state.is_open())
    }

    /// What is known of the answer so far.
    pub(super) fn so_far(&self) -> &StreamSummary {
        &self.summary
    }

    pub(super) fn push(&mut self, chunk: Bytes, out: &mut Released<'_>) -> Flow {
        self.framing.push(chunk);
        loop {
            let frame = match self.framing.next_frame() {
                Ok(Some(frame)) => frame,
                Ok(None) => return Flow::Continue,
                Err(broken) => {
                    self.summary.unlooked(self.framing.held(), broken);
                    return Flow::Unscannable;
                }
            };
            if let Err(class) = self.frame(&frame, out) {
                return Flow::Block(class);
            }
        }
    }

    pub(super) fn end(&mut self, out: &mut Released<'_>) -> Flow {
        let last = self.framing.finish().map_or(Ok(()), |frame| self.frame(&frame, out));
        match last.and_then(|()| self.flush(|_| true, out)) {
            Ok(()) => {
                let rest = self.framing.drop_rest();
                if rest > 0 {
                    self.summary.unlooked(rest, Broken::Malformed);
                }
                Flow::Continue
            }
            Err(class) => Flow::Block(class),
        }
    }

    /// Lets go of what the channels hold, and gives what no one can read: the stream goes on without events.
    pub(super) fn give_up(&mut self, out: &mut Released<'_>) -> (Bytes, StreamSummary, Flow) {
        let flow = self.flush(|_| true, out).map_or_else(Flow::Block, |()| Flow::Continue);
        (self.framing.take_rest(), self.summary(), flow)
    }

    /// The class of a finding that would block if findings were not only observed.
    pub(super) fn would_block(&self) -> Option<Arc<str>> {
        let found = self.channels.iter().flat_map(Channel::findings).chain(&self.summary.findings);
        would_block(found)
    }

    pub(super) fn held(&self) -> usize {
        self.framing.held() + self.channels.iter().map(Channel::held).sum::<usize>()
    }

    pub(super) fn terminal(&self, refusal: &Refusal, request_id: Option<&JsonRpcId>) -> Bytes {
        if self.state.is_complete() {
            return Bytes::new();
        }
        let output = self.summary.usage.output.unwrap_or(0);
        self.state.terminal(self.dialect, refusal, request_id, output, &self.framing)
    }

    pub(super) fn summary(&mut self) -> StreamSummary {
        for mut channel in self.channels.drain(..) {
            // Where the stream was cut, what a channel still held was not judged: none of it leaves, but it is traced.
            let _ = channel.finish();
            channel.settle(&mut self.summary);
        }
        std::mem::take(&mut self.summary)
    }

    fn frame(&mut self, frame: &Frame, out: &mut Released<'_>) -> Result<(), Blocked> {
        self.summary.scanned += frame.raw().len() as u64;
        if frame.is_exception() {
            self.flush(|_| true, out)?;
            self.state.completed();
        }
        let Some(data) = frame.data() else { return self.bytes(frame, out) };
        let Ok(data) = std::str::from_utf8(&data) else { return self.bytes(frame, out) };
        if data.trim() == "[DONE]" {
            self.flush(|_| true, out)?;
            self.state.completed();
            out.as_it_came(frame.raw());
            return Ok(());
        }
        let dialect = frame.dialect(self.dialect);
        match Reading::of(dialect, data) {
            Some(reading) => self.read(frame, Edit::new(dialect, data, reading), out),
            None => self.unread(frame, data, out),
        }
    }

    /// An event in words of its dialect.
    fn read(&mut self, frame: &Frame, edit: Edit<'_>, out: &mut Released<'_>) -> Result<(), Blocked> {
        let Some(cleaned) = self.scan_frame(&edit)? else { return self.edit(frame, edit, out) };
        // Something beside the pieces was taken out: what is left is read again, with the pieces as they came.
        match Reading::of(edit.dialect, &cleaned) {
            Some(reading) => {
                let edit = Edit { changed: true, ..Edit::new(edit.dialect, &cleaned, reading) };
                self.edit(frame, edit, out)
            }
            None => self.let_go(frame, Some(cleaned.as_bytes()), out),
        }
    }

    fn edit(&mut self, frame: &Frame, mut edit: Edit<'_>, out: &mut Released<'_>) -> Result<(), Blocked> {
        self.summary.note(&mut edit.reading);
        let outcome = self.pass_pieces(&mut edit).and_then(|()| self.end_channels(&mut edit, out));
        self.state.note(&edit.reading);
        if outcome.is_err()
            && !(edit.reading.endings.is_empty() && edit.pieces.iter().any(|piece| !piece.is_empty()))
        {
            return outcome;
        }
        if self.hides_usage && edit.reading.usage_alone {
            return outcome;
        }
        let changed = edit.changed.then(|| {
            edit.pieces.resize(edit.reading.slots.len(), String::new());
            edit.written()
        });
        self.let_go(frame, changed.as_deref().map(str::as_bytes), out)?;
        outcome?;
        self.set_carriers(frame, &edit);
        Ok(())
    }

    /// Passes each piece through its channel.
    fn pass_pieces(&mut self, edit: &mut Edit<'_>) -> Result<(), Blocked> {
        for slot in &edit.reading.slots {
            let piece = decode(slot.token);
            self.summary.wrote(&piece);
            let (released, outcome) = self.channel(slot.address).push(&piece);
            edit.changed |= released != piece;
            edit.pieces.push(released);
            if outcome.is_err() {
                edit.changed = true;
                return outcome;
            }
        }
        Ok(())
    }

    /// Gives the rest of each channel that ends here: in this event if it has a piece of the channel, else before it.
    fn end_channels(&mut self, edit: &mut Edit<'_>, out: &mut Released<'_>) -> Result<(), Blocked> {
        if edit.reading.endings.is_empty() {
            return Ok(());
        }
        for (slot, piece) in edit.reading.slots.iter().zip(&mut edit.pieces).rev() {
            let ends = edit.reading.endings.iter().any(|ending| ending.ends(slot.address));
            let Some(mut channel) = ends.then(|| self.take(slot.address)).flatten() else { continue };
            let (rest, outcome) = channel.finish();
            channel.settle(&mut self.summary);
            edit.changed |= !rest.is_empty();
            piece.push_str(&rest);
            outcome?;
        }
        let endings = edit.reading.endings.clone();
        self.flush(|address| endings.iter().any(|ending| ending.ends(address)), out)
    }

    /// Ends the channels that `ends` names, each with an event of its own where something is held.
    fn flush(&mut self, ends: impl Fn(Address) -> bool, out: &mut Released<'_>) -> Result<(), Blocked> {
        let mut at = 0;
        while at < self.channels.len() {
            if !self.channels.get(at).is_some_and(|channel| ends(channel.address)) {
                at += 1;
                continue;
            }
            let mut channel = self.channels.remove(at);
            let (rest, outcome) = channel.finish();
            channel.settle(&mut self.summary);
            if let Some(carrier) = channel.carrier.filter(|_| !rest.is_empty()) {
                out.push(carrier.frame.another(self.dialect, &carrier.carrying(channel.address.kind, &rest)));
            }
            outcome?;
        }
        Ok(())
    }

    /// Keeps, for each channel that holds something now, an event that can carry it.
    fn set_carriers(&mut self, frame: &Frame, edit: &Edit<'_>) {
        for slot in &edit.reading.slots {
            let Some(channel) = self.channels.iter_mut().find(|channel| channel.address == slot.address)
            else {
                continue;
            };
            let held = channel.held() > 0;
            let carrier = held.then(|| {
                let (before, after) = carrier(edit, slot);
                Carrier { frame: frame.clone(), before, after }
            });
            channel.carrier = carrier;
        }
    }

    /// Scans the event without its pieces. Gives the data with what was found beside them taken out, if anything was.
    fn scan_frame(&mut self, edit: &Edit<'_>) -> Result<Option<String>, Blocked> {
        let mut places = std::mem::take(&mut self.frame);
        places.clear();
        edit.write(&mut places, |_, out| out.push_str("\"\""));
        self.frame = places;
        if self.frame == self.clean {
            return Ok(None);
        }
        let report = self.scan(self.frame.as_bytes(), Format::Json);
        self.summary.cost.merge(&report.cost);
        if report.findings.is_empty() {
            std::mem::swap(&mut self.frame, &mut self.clean);
            return Ok(None);
        }
        self.verdict(&report)?;
        if !report.replaces() {
            return Ok(None);
        }
        let redacted = String::from_utf8_lossy(&report.redact(self.frame.as_bytes())).into_owned();
        let Some(reading) = Reading::of(edit.dialect, &redacted) else { return Ok(Some(redacted)) };
        if reading.slots.len() != edit.reading.slots.len() {
            return Err(blocking(&report.findings));
        }
        let cleaned = Edit::new(edit.dialect, &redacted, reading);
        let mut data = String::with_capacity(edit.data.len());
        cleaned.write(&mut data, |nth, out| {
            out.push_str(edit.reading.slots.get(nth).map_or("\"\"", |slot| slot.token));
        });
        Ok(Some(data))
    }

    /// An event that is not in the words of its dialect: JSON on its own, or a line of one text.
    fn unread(&mut self, frame: &Frame, data: &str, out: &mut Released<'_>) -> Result<(), Blocked> {
        let alone = matches!(self.framing, Framing::Values(_));
        if !alone && !matches!(data.trim_start().as_bytes().first(), Some(b'{' | b'[' | b'"')) {
            return self.line(frame, data, out);
        }
        self.summary.unread += u64::from(!matches!(self.dialect, Dialect::Mcp | Dialect::Http));
        let report = self.scan(data.as_bytes(), Format::Json);
        self.summary.cost.merge(&report.cost);
        self.verdict(&report)?;
        self.summary.text(&String::from_utf8_lossy(&report.redact_all(data.as_bytes())));
        match report.redact(data.as_bytes()) {
            Cow::Borrowed(_) => self.let_go(frame, None, out),
            Cow::Owned(redacted) => self.let_go(frame, Some(&redacted), out),
        }
    }

    /// Plain data continues one text from event to event.
    fn line(&mut self, frame: &Frame, data: &str, out: &mut Released<'_>) -> Result<(), Blocked> {
        let channel = self.channel(Address { part: 0, item: 0, kind: Kind::Line });
        let (released, outcome) = channel.push(data);
        let carrier = || Carrier { frame: frame.clone(), before: String::new(), after: String::new() };
        channel.carrier = (channel.held() > 0).then(carrier);
        let changed = Some(released.as_bytes()).filter(|_| released != data);
        self.let_go(frame, changed, out)?;
        outcome
    }

    /// An event without data, or with data that is no text.
    fn bytes(&mut self, frame: &Frame, out: &mut Released<'_>) -> Result<(), Blocked> {
        let message = matches!(frame, Frame::Message(_));
        let bytes =
            if message { frame.data().unwrap_or_default() } else { Cow::Borrowed(frame.raw().as_ref()) };
        let report = self.scan(&bytes, Format::Text);
        self.verdict(&report)?;
        let redacted = report.redact(&bytes);
        // Bytes that begin as UTF-16 does are scanned as that, whatever a client takes them for.
        if self.known.as_ref().is_some_and(|known| known.occur_in(&redacted)) {
            return Err("secret.injected".into());
        }
        match redacted {
            Cow::Owned(redacted) if message => self.let_go(frame, Some(&redacted), out),
            Cow::Borrowed(_) if message => self.let_go(frame, None, out),
            Cow::Owned(redacted) => {
                out.push(redacted.into());
                Ok(())
            }
            Cow::Borrowed(_) => {
                out.as_it_came(frame.raw());
                Ok(())
            }
        }
    }

    /// Lets an event go, with other data if it has `changed`. Where an id or a comment beside the data must not leave,
    /// the data leaves without them.
    fn let_go(
        &mut self,
        frame: &Frame,
        changed: Option<&[u8]>,
        out: &mut Released<'_>,
    ) -> Result<(), Blocked> {
        if let Some(beside) = frame.beside() {
            let report = self.scan(&beside, Format::Text);
            self.verdict(&report)?;
            if report.replaces() {
                out.push(frame.bare(changed));
                return Ok(());
            }
        }
        match changed {
            None => out.as_it_came(frame.raw()),
            Some(data) => out.push(frame.with_data(data)),
        }
        Ok(())
    }

    fn scan(&self, bytes: &[u8], format: Format) -> Report {
        self.scanner.scan(bytes, Input { format, direction: Direction::Response, known: self.known.as_ref() })
    }

    fn verdict(&mut self, report: &Report) -> Result<(), Blocked> {
        self.summary.event(&report.findings);
        if report.action() == Some(Action::Block) { Err(blocking(&report.findings)) } else { Ok(()) }
    }

    fn channel(&mut self, address: Address) -> &mut Channel {
        let at = self.channels.iter().position(|channel| channel.address == address).unwrap_or_else(|| {
            let scanner = self.scanner.stream(Direction::Response, self.known.clone());
            self.channels.push(Channel::new(address, scanner));
            self.channels.len() - 1
        });
        #[allow(clippy::indexing_slicing, reason = "found or pushed just now")]
        &mut self.channels[at]
    }

    fn take(&mut self, address: Address) -> Option<Channel> {
        let at = self.channels.iter().position(|channel| channel.address == address)?;
        Some(self.channels.remove(at))
    }
}
