//! What separates the events of a streamed body: server-sent events, messages of Amazon's event streams, or JSON values
//! in an array or on lines.

use std::{borrow::Cow, ops::Range};

use bytes::{Bytes, BytesMut};

use crate::{
    dialect::Dialect,
    sse::{Event, EventTooLong, Parser},
};

use super::message::{Message, Messages, event_message};

/// Cuts a body into frames.
pub(super) enum Framing {
    Events(Parser),
    Messages(Messages),
    Values(Values),
}

/// Why a stream cannot be followed any further.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Broken {
    /// An event grew past the bound before it ended.
    TooLong,
    /// A message is not of its encoding: a checksum or a length is wrong.
    Malformed,
}

/// One event with all the bytes that make it.
#[derive(Clone)]
pub(super) enum Frame {
    Event(Event),
    Message(Message),
    Value(Value),
}

/// A JSON value with what separates it from the one before.
#[derive(Clone)]
pub(super) struct Value {
    raw: Bytes,
    data: Range<usize>,
    list: bool,
}

/// JSON values one after the other: the elements of one array, or on lines.
pub(super) struct Values {
    bound: usize,
    held: BytesMut,
    /// How much of `held` has been looked at.
    at: usize,
    list: Option<bool>,
    /// Where the value under way begins, and what it is.
    value: Option<(usize, Shape)>,
    depth: u32,
    string: bool,
    escaped: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Shape {
    Container,
    String,
    Scalar,
}

// === impl Framing ===

impl Framing {
    pub(super) fn push(&mut self, chunk: Bytes) {
        match self {
            Self::Events(parser) => parser.push(chunk),
            Self::Messages(messages) => messages.push(&chunk),
            Self::Values(values) => values.held.extend_from_slice(&chunk),
        }
    }

    pub(super) fn next_frame(&mut self) -> Result<Option<Frame>, Broken> {
        match self {
            Self::Events(parser) => Ok(parser.next_event()?.map(Frame::Event)),
            Self::Messages(messages) => Ok(messages.next_message()?.map(Frame::Message)),
            Self::Values(values) => Ok(values.next_value()?.map(Frame::Value)),
        }
    }

    pub(super) fn finish(&mut self) -> Option<Frame> {
        match self {
            Self::Events(parser) => parser.finish().map(Frame::Event),
            Self::Messages(_) => None,
            Self::Values(values) => values.finish().map(Frame::Value),
        }
    }

    pub(super) fn held(&self) -> usize {
        match self {
            Self::Events(parser) => parser.held(),
            Self::Messages(messages) => messages.held(),
            Self::Values(values) => values.held.len(),
        }
    }

    /// Everything that came and is part of no frame, to go on without them.
    pub(super) fn take_rest(&mut self) -> Bytes {
        match self {
            Self::Events(parser) => parser.take_rest(),
            Self::Messages(messages) => messages.take_rest(),
            Self::Values(values) => std::mem::take(&mut values.held).freeze(),
        }
    }

    /// What is left when the body ends and is no frame, in bytes. It is dropped: no one can look into it.
    pub(super) fn drop_rest(&mut self) -> usize {
        match self {
            Self::Messages(messages) => messages.drop_rest(),
            Self::Events(_) | Self::Values(_) => 0,
        }
    }

    /// A value as the last frame of the stream.
    pub(super) fn last(&self, data: &str) -> Bytes {
        match self {
            Self::Events(_) => format!("data: {data}\n\n").into(),
            Self::Messages(_) => event_message("message", data.as_bytes()),
            Self::Values(Values { list: Some(true), .. }) => format!(",{data}]").into(),
            Self::Values(Values { list: Some(false), .. }) => format!("{data}\n").into(),
            Self::Values(Values { list: None, .. }) => format!("[{data}]").into(),
        }
    }
}

// === impl Frame ===

impl Frame {
    pub(super) fn raw(&self) -> &Bytes {
        match self {
            Self::Event(event) => event.raw(),
            Self::Message(message) => message.raw(),
            Self::Value(value) => &value.raw,
        }
    }

    pub(super) fn data(&self) -> Option<Cow<'_, [u8]>> {
        match self {
            Self::Event(event) => event.data(),
            Self::Message(message) => message.data(),
            Self::Value(value) if value.data.is_empty() => None,
            Self::Value(value) => Some(Cow::Borrowed(value.raw.get(value.data.clone()).unwrap_or_default())),
        }
    }

    /// The same frame with other data.
    pub(super) fn with_data(&self, data: &[u8]) -> Bytes {
        match self {
            Self::Event(event) => event.with_data(data),
            Self::Message(message) => message.with_data(data),
            Self::Value(value) => {
                let before = value.raw.get(..value.data.start).unwrap_or_default();
                let after = value.raw.get(value.data.end..).unwrap_or_default();
                [before, data, after].concat().into()
            }
        }
    }

    /// A frame of its own for one more piece of a channel that this frame belongs to.
    pub(super) fn another(&self, dialect: Dialect, data: &str) -> Bytes {
        match self {
            Self::Event(event) if dialect == Dialect::OpenAiResponses => event.with_data(data.as_bytes()),
            Self::Event(_) if dialect == Dialect::AnthropicMessages => {
                format!("event: content_block_delta\ndata: {data}\n\n").into()
            }
            Self::Event(_) => format!("data: {}\n\n", data.replace('\n', "\ndata: ")).into(),
            Self::Message(message) => message.bare(Some(data.as_bytes())),
            Self::Value(value) if value.list => format!(",\n{data}").into(),
            Self::Value(_) => format!("{data}\n").into(),
        }
    }

    /// What of the frame is neither data nor the separators around it: a name, an id, a comment, other headers.
    pub(super) fn beside(&self) -> Option<Bytes> {
        match self {
            Self::Event(event) => event.has_more().then(|| event.with_data(b"")),
            Self::Message(message) => message.beside(),
            Self::Value(_) => None,
        }
    }

    /// The dialect of the data, in a stream of this one: what a chunk of Bedrock's holds is as its model writes it.
    pub(super) fn dialect(&self, of_stream: Dialect) -> Dialect {
        match self {
            Self::Message(message) if message.is_chunk() => Dialect::AnthropicMessages,
            _ => of_stream,
        }
    }

    /// Whether the frame says that the stream failed, and ends it.
    pub(super) fn is_exception(&self) -> bool {
        matches!(self, Self::Message(message) if message.is_exception())
    }

    /// The data alone, without whatever else the frame carried.
    pub(super) fn bare(&self, changed: Option<&[u8]>) -> Bytes {
        if let Self::Message(message) = self {
            return message.bare(changed);
        }
        let data = self.data().unwrap_or_default();
        let data = String::from_utf8_lossy(changed.unwrap_or(&data));
        format!("data: {}\n\n", data.replace('\n', "\ndata: ")).into()
    }
}

impl From<EventTooLong> for Broken {
    fn from(_: EventTooLong) -> Self {
        Self::TooLong
    }
}

// === impl Broken ===

impl Broken {
    /// The reason that a trace gives for bytes that were not looked into.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::TooLong => "event_too_long",
            Self::Malformed => "event_malformed",
        }
    }
}

// === impl Values ===

impl Values {
    pub(super) fn new(bound: usize) -> Self {
        Self {
            bound,
            held: BytesMut::new(),
            at: 0,
            list: None,
            value: None,
            depth: 0,
            string: false,
            escaped: false,
        }
    }

    fn next_value(&mut self) -> Result<Option<Value>, EventTooLong> {
        while let Some(byte) = self.held.get(self.at).copied() {
            let Some((start, shape)) = self.value else {
                if let Some(closed) = self.between(byte) {
                    return Ok(Some(closed));
                }
                continue;
            };
            // What no value begins with is taken for one all the same: a frame has at least one byte.
            let ends = byte.is_ascii_whitespace() || matches!(byte, b',' | b']');
            if shape == Shape::Scalar && ends && self.at > start {
                return Ok(Some(self.cut(start..self.at)));
            }
            self.at += 1;
            if self.within(byte, shape) {
                let end = self.at;
                self.line_end();
                return Ok(Some(self.cut(start..end)));
            }
        }
        if self.held.len() > self.bound { Err(EventTooLong { bound: self.bound }) } else { Ok(None) }
    }

    /// Looks at a byte between values. The end of the list leaves at once.
    fn between(&mut self, byte: u8) -> Option<Value> {
        if self.list.is_none() && !byte.is_ascii_whitespace() {
            self.list = Some(byte == b'[');
            if byte == b'[' {
                self.at += 1;
                return None;
            }
        }
        let list = self.list == Some(true);
        if byte.is_ascii_whitespace() || (list && matches!(byte, b',' | b']')) {
            self.at += 1;
            return (list && byte == b']').then(|| self.cut(0..0));
        }
        let shape = match byte {
            b'{' | b'[' => Shape::Container,
            b'"' => Shape::String,
            _ => Shape::Scalar,
        };
        self.value = Some((self.at, shape));
        None
    }

    /// Looks at a byte of the value under way; true when it is the last one.
    fn within(&mut self, byte: u8, shape: Shape) -> bool {
        if self.string {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => {
                    self.string = false;
                    return shape == Shape::String;
                }
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.string = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                return self.depth == 0 && shape == Shape::Container;
            }
            _ => {}
        }
        false
    }

    /// A line's end leaves with its line.
    fn line_end(&mut self) {
        if self.list == Some(true) {
            return;
        }
        let rest = self.held.get(self.at..).unwrap_or_default();
        self.at += if rest.starts_with(b"\r\n") { 2 } else { usize::from(rest.starts_with(b"\n")) };
    }

    fn cut(&mut self, data: Range<usize>) -> Value {
        let raw = self.held.split_to(self.at.min(self.held.len())).freeze();
        (self.at, self.value, self.depth) = (0, None, 0);
        (self.string, self.escaped) = (false, false);
        Value { raw, data, list: self.list == Some(true) }
    }

    /// What is left when the body ends: a value that was cut off is still a value.
    fn finish(&mut self) -> Option<Value> {
        self.at = self.held.len();
        let start = self.value.map_or(self.at, |(start, _)| start);
        (self.at > 0).then(|| self.cut(start..self.at))
    }
}
