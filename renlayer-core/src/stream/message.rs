//! Messages of Amazon's event stream encoding, `application/vnd.amazon.eventstream`: how Bedrock streams.
//!
//! ```text
//! total length [4] headers length [4] CRC-32 of the eight bytes [4] headers payload CRC-32 of all before [4]
//! ```
//!
//! All numbers are big-endian. A header is the length of its name, the name, the type of its value and the value. Source:
//! <https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html>.
//!
//! The payload is an event's JSON. That of the event `chunk` is `{"bytes": …}`, the Base64 of an event of the model's own:
//! there the *data* is what the Base64 stands for. Whatever is not exactly so is [`Broken`]: there is no next message to
//! go on with, and a client may read it in another way than we do.

use std::{borrow::Cow, ops::Range};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::{Bytes, BytesMut};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{frame::Broken, reading::place, token::decode};

/// Cuts a body into messages.
pub(super) struct Messages {
    bound: usize,
    held: BytesMut,
    /// The message that was not of the encoding, if one was not.
    refused: Bytes,
    /// The message under way: its length, once its prelude is there.
    length: Option<usize>,
    /// Whether the last message was a chunk of the model's own.
    chunked: bool,
}

/// One message with all the bytes that make it.
#[derive(Clone)]
pub(super) struct Message {
    raw: Bytes,
    payload: Range<usize>,
    /// `:event-type`, one of [`EVENTS`] if it is known.
    event: Option<&'static str>,
    /// Whether `:message-type` says anything but `event`.
    exception: bool,
    /// Headers are none but those that every event has, in words that are known.
    plain: bool,
    chunk: Option<Chunk>,
}

/// The model's own event in a message's payload.
#[derive(Clone)]
struct Chunk {
    /// Where the Base64 lies in the message, quotes included.
    token: Range<usize>,
    data: Bytes,
    /// The payload has members that are neither it nor padding.
    more: bool,
}

/// The payload of the event `chunk`.
#[derive(Deserialize)]
struct Part<'a> {
    #[serde(borrow)]
    bytes: &'a RawValue,
    /// Hides how long the event is: the beginning of the letters and digits.
    #[serde(borrow)]
    p: Option<&'a RawValue>,
}

const PRELUDE: usize = 12;
const CRC: usize = 4;

/// The events of Converse, and the one of InvokeModel.
const EVENTS: [&str; 7] = [
    "messageStart",
    "contentBlockStart",
    "contentBlockDelta",
    "contentBlockStop",
    "messageStop",
    "metadata",
    "chunk",
];

const PADDING: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

// === impl Messages ===

impl Messages {
    pub(super) fn new(bound: usize) -> Self {
        Self { bound, held: BytesMut::new(), refused: Bytes::new(), length: None, chunked: false }
    }

    pub(super) fn push(&mut self, chunk: &[u8]) {
        self.held.extend_from_slice(chunk);
    }

    /// The next whole message, if the chunks so far hold one.
    pub(super) fn next_message(&mut self) -> Result<Option<Message>, Broken> {
        let Some(length) = self.length()? else { return Ok(None) };
        if self.held.len() < length {
            return Ok(None);
        }
        let raw = self.held.split_to(length).freeze();
        let message = Message::parse(raw.clone()).inspect_err(|_| self.refused = raw)?;
        self.length = None;
        self.chunked = message.chunk.is_some();
        Ok(Some(message))
    }

    /// What is left when the body ends is part of a message. No client could read it, and no one can vouch for it.
    pub(super) fn drop_rest(&mut self) -> usize {
        std::mem::take(&mut self.held).len()
    }

    pub(super) fn held(&self) -> usize {
        self.held.len() + self.refused.len()
    }

    /// Everything that came and is part of no message.
    pub(super) fn take_rest(&mut self) -> Bytes {
        Bytes::from([std::mem::take(&mut self.refused), self.held.split().freeze()].concat())
    }

    /// Whether the last message held an event of a model's own.
    pub(super) fn chunked(&self) -> bool {
        self.chunked
    }

    /// The length of the message under way. A prelude that is wrong says so before what it announces is waited for.
    fn length(&mut self) -> Result<Option<usize>, Broken> {
        if self.length.is_none() && self.held.len() >= PRELUDE {
            let total = number(&self.held, 0)? as usize;
            let headers = number(&self.held, 4)? as usize;
            if crc32fast::hash(self.held.get(..8).unwrap_or_default()) != number(&self.held, 8)? {
                return Err(Broken::Malformed);
            }
            if total > self.bound {
                return Err(Broken::TooLong);
            }
            if total < PRELUDE + CRC || headers > total - PRELUDE - CRC {
                return Err(Broken::Malformed);
            }
            self.length = Some(total);
        }
        Ok(self.length)
    }
}

// === impl Message ===

impl Message {
    /// Reads a message of the length that its prelude says.
    fn parse(raw: Bytes) -> Result<Self, Broken> {
        let end = raw.len().saturating_sub(CRC);
        if crc32fast::hash(raw.get(..end).unwrap_or_default()) != number(&raw, end)? {
            return Err(Broken::Malformed);
        }
        let payload = PRELUDE + number(&raw, 4)? as usize..end;
        let headers = raw.slice(PRELUDE..payload.start);
        let mut message = Self { raw, payload, event: None, exception: false, plain: true, chunk: None };
        message.read_headers(&headers)?;
        if message.event == Some("chunk") && !message.exception {
            message.chunk = Some(message.read_chunk()?);
        }
        Ok(message)
    }

    fn read_headers(&mut self, mut rest: &[u8]) -> Result<(), Broken> {
        let (mut events, mut types) = (0, 0);
        while !rest.is_empty() {
            let (name, text) = header(&mut rest)?;
            match (name, text) {
                (b":event-type", Some(text)) => {
                    events += 1;
                    self.event = EVENTS.into_iter().find(|event| event.as_bytes() == text);
                    self.plain &= self.event.is_some();
                }
                (b":message-type", Some(text)) => {
                    types += 1;
                    self.exception |= text != b"event";
                    self.plain &= text == b"event";
                }
                (b":content-type", Some(b"application/json")) => {}
                (b":event-type" | b":message-type", None) => return Err(Broken::Malformed),
                _ => self.plain = false,
            }
        }
        // Of two that differ one client takes the first and another the last.
        if events > 1 || types > 1 { Err(Broken::Malformed) } else { Ok(()) }
    }

    fn read_chunk(&self) -> Result<Chunk, Broken> {
        let payload = std::str::from_utf8(self.payload()).map_err(|_| Broken::Malformed)?;
        let part: Part<'_> = serde_json::from_str(payload).map_err(|_| Broken::Malformed)?;
        let token = part.bytes.get();
        let data = STANDARD.decode(&*decode(token)).map_err(|_| Broken::Malformed)?;
        let at = place(payload, token);
        let padded = part.p.is_none_or(|p| PADDING.starts_with(&*decode(p.get())));
        let known = |length: usize| payload.len() == length;
        // `{"bytes":…}` or `{"bytes":…,"p":…}`: anything longer says more.
        let more = !padded
            || !known(
                token.len() + part.p.map_or(0, |p| p.get().len() + r#","p":"#.len()) + r#"{"bytes":}"#.len(),
            );
        let start = self.payload.start;
        Ok(Chunk { token: start + at.start..start + at.end, data: data.into(), more })
    }

    pub(super) fn raw(&self) -> &Bytes {
        &self.raw
    }

    /// Whether it is one of the model's own events in an envelope.
    pub(super) fn is_chunk(&self) -> bool {
        self.chunk.is_some()
    }

    /// Whether nothing follows it: clients raise it as an error.
    pub(super) fn is_exception(&self) -> bool {
        self.exception
    }

    pub(super) fn data(&self) -> Option<Cow<'_, [u8]>> {
        let data = self.chunk.as_ref().map_or_else(|| self.payload(), |chunk| &chunk.data);
        (!data.is_empty()).then_some(Cow::Borrowed(data))
    }

    /// The same message with other data.
    pub(super) fn with_data(&self, data: &[u8]) -> Bytes {
        let headers = self.raw.get(PRELUDE..self.payload.start).unwrap_or_default();
        match &self.chunk {
            None => message(headers, data),
            Some(Chunk { token, .. }) => {
                let before = self.raw.get(self.payload.start..token.start).unwrap_or_default();
                let after = self.raw.get(token.end..self.payload.end).unwrap_or_default();
                message(headers, &[before, base64(data).as_bytes(), after].concat())
            }
        }
    }

    /// What of the message is neither data nor the words that every message has, as text.
    pub(super) fn beside(&self) -> Option<Bytes> {
        let more = self.chunk.as_ref().filter(|chunk| chunk.more);
        if self.plain && more.is_none() {
            return None;
        }
        // The line end keeps a name's length from being read as a byte order mark.
        let headers = self.raw.get(PRELUDE..self.payload.start).unwrap_or_default();
        let mut beside = [b"\n", headers].concat();
        if let Some(Chunk { token, .. }) = more {
            beside.push(b'\n');
            beside.extend_from_slice(self.raw.get(self.payload.start..token.start).unwrap_or_default());
            beside.extend_from_slice(self.raw.get(token.end..self.payload.end).unwrap_or_default());
        }
        Some(beside.into())
    }

    /// A message of the same kind that has nothing but this data, or its own.
    pub(super) fn bare(&self, changed: Option<&[u8]>) -> Bytes {
        let own = self.data().unwrap_or_default();
        let data = changed.unwrap_or(&own);
        match (&self.chunk, self.event) {
            (Some(_), _) => chunk(data),
            (None, Some(event)) => event_message(event, data),
            (None, None) => message(&headers(&[(":content-type", JSON), (":message-type", "event")]), data),
        }
    }

    fn payload(&self) -> &[u8] {
        self.raw.get(self.payload.clone()).unwrap_or_default()
    }
}

const JSON: &str = "application/json";

/// An event of this type.
pub(super) fn event_message(event: &str, data: &[u8]) -> Bytes {
    let headers = headers(&[(":event-type", event), (":content-type", JSON), (":message-type", "event")]);
    message(&headers, data)
}

/// An exception of this type: clients raise it as their own error, and the stream is over.
pub(super) fn exception_message(kind: &str, data: &[u8]) -> Bytes {
    let headers =
        headers(&[(":exception-type", kind), (":content-type", JSON), (":message-type", "exception")]);
    message(&headers, data)
}

/// An event of the model's own.
pub(super) fn chunk(data: &[u8]) -> Bytes {
    event_message("chunk", format!("{{\"bytes\":{}}}", base64(data)).as_bytes())
}

fn base64(data: &[u8]) -> String {
    format!("\"{}\"", STANDARD.encode(data))
}

/// Headers whose values are strings; names and values are ours and short.
fn headers(pairs: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in pairs {
        out.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
        out.extend_from_slice(name.as_bytes());
        out.push(STRING);
        out.extend_from_slice(&u16::try_from(value.len()).unwrap_or(u16::MAX).to_be_bytes());
        out.extend_from_slice(value.as_bytes());
    }
    out
}

fn message(headers: &[u8], payload: &[u8]) -> Bytes {
    let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    let total = PRELUDE + headers.len() + payload.len() + CRC;
    let mut out = Vec::with_capacity(total);
    out.extend_from_slice(&length(total));
    out.extend_from_slice(&length(headers.len()));
    out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
    out.extend_from_slice(headers);
    out.extend_from_slice(payload);
    out.extend_from_slice(&crc32fast::hash(&out).to_be_bytes());
    out.into()
}

const STRING: u8 = 7;

/// Takes one header off: its name, and its value if that is a string.
fn header<'a>(rest: &mut &'a [u8]) -> Result<(&'a [u8], Option<&'a [u8]>), Broken> {
    let name = usize::from(take(rest, 1)?.first().copied().unwrap_or_default());
    let name = take(rest, name)?;
    let kind = take(rest, 1)?.first().copied().unwrap_or_default();
    let length = match kind {
        0 | 1 => 0,
        2 => 1,
        3 => 2,
        4 => 4,
        5 | 8 => 8,
        6 | STRING => take(rest, 2)?.iter().fold(0, |length, byte| length << 8 | usize::from(*byte)),
        9 => 16,
        _ => return Err(Broken::Malformed),
    };
    let value = take(rest, length)?;
    Ok((name, (kind == STRING).then_some(value)))
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], Broken> {
    let (taken, left) = rest.split_at_checked(length).ok_or(Broken::Malformed)?;
    *rest = left;
    Ok(taken)
}

fn number(bytes: &[u8], at: usize) -> Result<u32, Broken> {
    let four = bytes.get(at..).and_then(|rest| rest.first_chunk()).ok_or(Broken::Malformed)?;
    Ok(u32::from_be_bytes(*four))
}
