//! Makes a call out of what must hold of it. It is a proposal: whoever asked judges it.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use serde_json::{Map, Value};

use super::cube::Cube;
use super::example::{Example, McpExample};
use super::formula::{Atom, Kind, NumberOf, OneOf, TextOf};
use super::sample::sample;
use super::words::Answer;
use super::words::{Words, find};
use super::write::{ACTIONS, PHASES};
use crate::condition::{ArgumentMatch, Scalar, minute_of_week};
use crate::facts::{Severity, ToolPhase};
use crate::glob::{Case, Glob};

/// A call of which `cube` holds, as far as one was found. Variants differ in what patterns and ignored case leave open.
pub(super) fn witness(cube: &Cube, unread: bool, variant: usize) -> Example {
    let plain = Example::default();
    let text = |of| match cube.text(of) {
        Answer::Some(text) => text,
        Answer::None | Answer::Unknown => None,
    };
    let there = |of, usual: &str| {
        if cube.may_be(of, usual) { usual.to_owned() } else { text(of).unwrap_or_default() }
    };
    let number = |of| cube.number(of).flatten();
    let mut example = Example {
        agent_id: text(TextOf::AgentId),
        agent: text(TextOf::AgentName),
        user: text(TextOf::User),
        session: text(TextOf::Session),
        model: text(TextOf::Model),
        dialect: there(TextOf::Dialect, &plain.dialect),
        method: there(TextOf::Method, "get").to_ascii_uppercase(),
        scheme: there(TextOf::Scheme, &plain.scheme),
        host: host(cube, there(TextOf::Host, &plain.host)),
        path: path(cube),
        port: number(NumberOf::Port).and_then(|port| u16::try_from(port).ok()).unwrap_or(plain.port),
        action_type: *pick(&ACTIONS, cube.one(OneOf::ActionType), 4).unwrap_or(&plain.action_type),
        stream: pick(&[None, Some(false), Some(true)], cube.one(OneOf::Stream), 0).copied().flatten(),
        body_bytes: number(NumberOf::BodyBytes).unwrap_or(0),
        prompt_tokens: number(NumberOf::PromptTokens),
        max_tokens: number(NumberOf::MaxTokens),
        denials: number(NumberOf::Denials).unwrap_or(0),
        found: number(NumberOf::Findings).unwrap_or(0),
        spend_micros: number(NumberOf::Spend).unwrap_or(0),
        actions: number(NumberOf::Actions).unwrap_or(0),
        at: time(cube),
        mcp: mcp(cube, &text),
        unreadable: unread,
        ..plain
    };
    // Port 443 where any will do: the least that may be is seldom one that is used.
    if cube.parts().all(|(atom, _)| !matches!(atom, Atom::Number(NumberOf::Port, ..))) {
        example.port = 443;
    }
    example.messages = messages(cube, variant);
    elements(cube, variant, &mut example);
    example
}

/// The value of the bit `usual` where it is among `bits`, and otherwise of the lowest.
fn pick<T>(values: &[T], bits: u8, usual: u32) -> Option<&T> {
    let bit = if bits & 1u8.checked_shl(usual).unwrap_or(0) != 0 { usual } else { bits.trailing_zeros() };
    values.get(bit as usize)
}

fn host(cube: &Cube, named: String) -> String {
    let address = cube.parts().find_map(|(atom, holds)| match atom {
        Atom::Other(what) if holds => what.strip_prefix("host "),
        _ => None,
    });
    address.map_or(named, str::to_owned)
}

/// A path, and where its readings must differ, one that leads through the first to the second.
fn path(cube: &Cube) -> String {
    let beginning = Words::literal("/", Case::Exact);
    let reading = |of: TextOf| {
        let below = Glob::new("/*", Case::Exact).map_or(beginning.clone(), |glob| Words::of(&glob));
        let parts = |wanted| {
            cube.parts().filter_map(move |(atom, holds)| match atom {
                Atom::Text(about, words) if *about == of && holds == wanted => Some(words),
                _ => None,
            })
        };
        let wanted: Vec<&Words> = parts(true).chain([&below]).collect();
        match find(&wanted, &parts(false).collect::<Vec<_>>()) {
            Answer::Some(path) => path,
            Answer::None | Answer::Unknown => "/".to_owned(),
        }
    };
    let fits = |path: &str| cube.may_be(TextOf::PathSent, path) && cube.may_be(TextOf::PathRead, path);
    let (sent, read) = (reading(TextOf::PathSent), reading(TextOf::PathRead));
    if let Some(both) = ["/", &sent, &read].into_iter().find(|path| fits(path)) {
        return both.to_owned();
    }
    let up = "/..".repeat(sent.matches('/').count());
    format!("{sent}{up}{read}")
}

/// A minute at which all zones show what they must: of a week in winter, of one in summer.
fn time(cube: &Cube) -> Timestamp {
    let asked: Vec<_> = cube
        .times()
        .filter_map(|(zone, bits, holds)| Some((TimeZone::get(zone).ok()?, bits, holds)))
        .collect();
    let fits = |now: Timestamp| {
        asked.iter().all(|(zone, bits, holds)| {
            let minute = minute_of_week(now, zone);
            bits.get(minute / 64).is_some_and(|bits| bits & (1 << (minute % 64)) != 0) == *holds
        })
    };
    if asked.is_empty() {
        return Timestamp::UNIX_EPOCH;
    }
    let weeks = ["2026-01-05T00:00:00Z", "2026-07-06T00:00:00Z"]
        .into_iter()
        .filter_map(|start| start.parse::<Timestamp>().ok());
    let mut minutes = weeks.flat_map(|start| {
        (0..7 * 24 * 60).filter_map(move |minute: i64| start.checked_add(minute.minutes()).ok())
    });
    minutes.find(|now| fits(*now)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn mcp(cube: &Cube, text: &dyn Fn(TextOf) -> Option<String>) -> Option<McpExample> {
    let there =
        |of| cube.parts().any(|(atom, holds)| holds && matches!(atom, Atom::Text(about, _) if *about == of));
    if !there(TextOf::McpServer) {
        return None;
    }
    let named = |of, usual: &str| {
        if cube.may_be(of, usual) { usual.to_owned() } else { text(of).unwrap_or_default() }
    };
    Some(McpExample {
        server: named(TextOf::McpServer, "server"),
        method: named(TextOf::McpMethod, "tools/call"),
        tool: text(TextOf::McpTool),
        resource: text(TextOf::McpResource),
    })
}

fn messages(cube: &Cube, variant: usize) -> Vec<(crate::facts::Role, String)> {
    let said = cube.parts().filter(|(_, holds)| *holds).filter_map(|(atom, _)| match atom {
        Atom::Says(role, case, text) => Some((*role, in_case(text, *case, variant))),
        Atom::Finds(role, case, pattern) => Some((*role, sample(pattern, *case, variant)?)),
        _ => None,
    });
    said.collect()
}

/// Where case does not matter, every other variant has large letters.
fn in_case(text: &str, case: Case, variant: usize) -> String {
    if case == Case::Ignored && variant % 2 == 1 { text.to_ascii_uppercase() } else { text.to_owned() }
}

fn elements(cube: &Cube, variant: usize, example: &mut Example) {
    for kind in cube.kinds() {
        for like in cube.elements(kind).unwrap_or_default() {
            let name = match like.text(TextOf::Name) {
                Answer::Some(Some(name)) => name,
                _ => "example".into(),
            };
            match kind {
                Kind::Tool => {
                    let phase = *pick(&PHASES, like.one(OneOf::Phase), 0).unwrap_or(&ToolPhase::Called);
                    example.tools.push((name, phase, arguments(&like, variant)));
                }
                Kind::Header(header) => example.headers.push((header.clone(), header_value(&like, variant))),
                Kind::Finding => {
                    let levels = [Severity::Low, Severity::Medium, Severity::High, Severity::Critical];
                    let severity =
                        *pick(&levels, like.one(OneOf::Severity), 3).unwrap_or(&Severity::Critical);
                    example.findings.push((name, severity));
                }
            }
        }
    }
}

fn header_value(like: &Cube, variant: usize) -> String {
    let text = |of| match like.text(of) {
        Answer::Some(text) => text,
        Answer::None | Answer::Unknown => None,
    };
    let any_case = Some(TextOf::ValueAnyCase).filter(|of| like.asks_for(*of)).and_then(text);
    let found = any_case.map(|text| in_case(&text, Case::Ignored, variant)).or_else(|| text(TextOf::Value));
    let matched = || {
        like.parts().find_map(|(atom, holds)| match atom {
            Atom::Matches(case, pattern) if holds => sample(pattern, *case, variant),
            _ => None,
        })
    };
    found.or_else(matched).unwrap_or_else(|| "x".into())
}

/// Arguments of which what is asked holds; none where nothing is.
fn arguments(like: &Cube, variant: usize) -> Option<String> {
    like.parts().find(|(atom, holds)| *holds && matches!(atom, Atom::Other(_) | Atom::Argument(..)))?;
    let mut root = Value::Object(Map::new());
    for (atom, holds) in like.parts() {
        if let Atom::Argument(pointer, asked, _) = atom
            && holds
            && let Some(value) = argument(asked, variant)
        {
            put(&mut root, pointer, value);
        }
    }
    Some(root.to_string())
}

/// A value of which `asked` holds; none where it must not be there.
fn argument(asked: &ArgumentMatch, variant: usize) -> Option<Value> {
    if asked.present == Some(false) {
        return None;
    }
    let case = if asked.ignore_case { Case::Ignored } else { Case::Exact };
    let number =
        |bound: &Option<Scalar>| bound.as_ref().and_then(|bound| serde_json::to_value(bound).ok()?.as_f64());
    if let Some(equal) = &asked.equals {
        return serde_json::to_value(equal).ok();
    }
    if let Some(contains) = &asked.contains {
        return Some(contains.as_str().into());
    }
    if let Some(glob) = asked.glob.as_deref().and_then(|glob| Words::glob(glob, case).ok()) {
        return if let Answer::Some(text) = find(&[&glob], &[]) { Some(text.into()) } else { None };
    }
    if let Some(pattern) = &asked.regex {
        return sample(pattern, case, variant).map(Into::into);
    }
    let value = number(&asked.gt)
        .map(|gt| gt + 1.0)
        .or(number(&asked.gte))
        .or(number(&asked.lte))
        .or(number(&asked.lt).map(|lt| lt - 1.0));
    Some(value.map_or(Value::Bool(true), Into::into))
}

/// Puts `value` where `pointer` leads, below objects that are made for it.
fn put(root: &mut Value, pointer: &str, value: Value) {
    let mut at = root;
    for step in pointer.split('/').skip(1) {
        let step = step.replace("~1", "/").replace("~0", "~");
        if !at.is_object() {
            *at = Value::Object(Map::new());
        }
        let Value::Object(map) = at else { return };
        at = map.entry(step).or_insert(Value::Null);
    }
    *at = value;
}
