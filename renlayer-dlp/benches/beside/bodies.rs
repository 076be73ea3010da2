//! Bodies to read: prose, source code, chat requests and other JSON, made from word lists by a small generator, all different; and what machines
//! write into such bodies.

mod machine;

use renlayer_dlp::Format;
use serde_json::{Value, json, to_vec};

/// Some bodies of one kind and about one size.
pub(crate) struct Bodies {
    pub(crate) name: &'static str,
    pub(crate) format: Format,
    pub(crate) all: Vec<Vec<u8>>,
}

pub(crate) fn all() -> Vec<Bodies> {
    let list = |words: &'static str| words.split(' ').collect();
    let mut random = Random { state: 0x9E37_79B9_7F4A_7C15, words: list(WORDS), names: list(NAMES) };
    let mut make = |name, format, count, write: &dyn Fn(&mut Random) -> Vec<u8>| {
        let all = (0..count).map(|_| write(&mut random)).collect();
        Bodies { name, format, all }
    };
    vec![
        make("text 1.5 KB", Format::Text, 400, &|random| prose(random, 1536).into_bytes()),
        make("JSON chat 1.5 KB", Format::Json, 400, &|random| chat(random, 1536)),
        make("JSON chat 16 KB", Format::Json, 100, &|random| chat(random, 16 << 10)),
        make("JSON chat 1 MB", Format::Json, 4, &|random| chat(random, 1 << 20)),
        make("JSON chat with code 16 KB", Format::Json, 100, &|random| chat_with_code(random, 16 << 10)),
        make("JSON rows 16 KB", Format::Json, 100, &|random| rows(random, 16 << 10)),
        make("JSON code 16 KB", Format::Json, 100, &|random| {
            to_vec(&json!({ "messages": [{ "role": "user", "content": code(random, 16 << 10) }] })).unwrap()
        }),
        make("JSON calls 16 KB", Format::Json, 100, &|random| calls(random, 16 << 10)),
        make("JSON picture 64 KB", Format::Json, 40, &|random| machine::picture(random, 64 << 10)),
        make("JSON vectors 32 KB", Format::Json, 40, &|random| machine::vectors(random, 32 << 10)),
        make("log 64 KB", Format::Text, 40, &|random| machine::log(random, 64 << 10).into_bytes()),
        make("table 64 KB", Format::Text, 40, &|random| machine::table(random, 64 << 10).into_bytes()),
        make("drawing 64 KB", Format::Text, 40, &|random| machine::drawing(random, 64 << 10).into_bytes()),
        make("prose 1 MB", Format::Text, 4, &|random| prose(random, 1 << 20).into_bytes()),
        make("code 1 MB", Format::Text, 4, &|random| code(random, 1 << 20).into_bytes()),
    ]
}

/// Numbers that are the same in every run (xorshift64*).
pub(crate) struct Random {
    state: u64,
    words: Vec<&'static str>,
    names: Vec<&'static str>,
}

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        (self.state.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) as usize % n
    }

    fn word(&mut self) -> &'static str {
        let at = self.below(self.words.len());
        self.words.get(at).copied().unwrap_or_default()
    }

    fn name(&mut self) -> &'static str {
        let at = self.below(self.names.len());
        self.names.get(at).copied().unwrap_or_default()
    }
}

const WORDS: &str = "the of and to in a is that it was for on are with as his they be at one have this from or had by hot but \
    some what there we can out other were all your when up use how said an each she which do their time if will way about \
    many then them would write like so these her long make thing see him two has look more day could go come did number \
    sound no most people my over know water than call first who may down side been now find any new work part take get place \
    made live where after back little only round man year came show every good me give our under name very through just form \
    sentence great think help low line differ turn cause much mean before move right boy old too same tell does set three \
    want air well also play small end put home read hand port large spell add even land here must big high such follow act \
    why ask men change went light kind off need house picture try us again animal point mother world near build self earth \
    father head stand own page should country found answer school grow study still learn plant cover food sun four between \
    state keep eye never last let thought city tree cross farm hard start might story saw far sea draw left late run while \
    press close night real life few north architect reading committee treasurer pattern password token budget quarterly \
    report customer invoice schedule release deployment cluster database latency question weather kitchen recipe holiday";

const NAMES: &str = "reader frame header buffer index length offset state token entry value result error config request response \
    client server handler parse write flush decode encode checksum key path user session cache node tree left right count \
    total limit queue worker task event message stream socket timeout retry backoff secret access batch column row table";

fn prose(random: &mut Random, length: usize) -> String {
    let mut text = String::with_capacity(length + 200);
    while text.len() < length {
        for i in 0..6 + random.below(14) {
            let word = random.word();
            match random.below(60) {
                0 => text += &format!("{} ", 1 + random.below(99)),
                1 => text += &format!("in {} ", 1950 + random.below(80)),
                2 => text += "\"",
                3 => text += "- ",
                _ => {}
            }
            match word.split_at_checked(1) {
                Some((first, rest)) if i == 0 => text += &(first.to_uppercase() + rest),
                _ => text += word,
            }
            text += if random.below(12) == 0 { ", " } else { " " };
        }
        text.pop();
        text += if random.below(7) == 0 { ".\n\n" } else { ". " };
    }
    text.truncate(length);
    text
}

fn code(random: &mut Random, length: usize) -> String {
    let mut text = String::with_capacity(length + 200);
    while text.len() < length {
        let [a, b, c, d] = [(); 4].map(|()| random.name());
        let n = random.below(4096);
        text += &match random.below(9) {
            0 => format!("    pub fn {a}_{b}(&mut self, {c}: &[u8]) -> Result<Option<{d}>, Error> {{\n"),
            1 => format!("        let {a} = self.{b}.get({c}..{c} + {n}).ok_or(Error::{d})?;\n"),
            2 => format!("        if {a}.{b}() & 0x{n:04x} != 0 {{ return Err({c}::new({d})); }}\n"),
            3 => format!("        // {} {} {} {}\n", random.word(), random.word(), random.word(), a),
            4 => format!("        self.{a} += {b}[{n}] as usize;\n    }}\n\n"),
            5 => format!("    for ({a}, {b}) in {c}.iter().enumerate().filter(|x| x.{d} > {n}) {{\n"),
            6 => {
                format!("def {a}({b}, {c}=None):\n    return {d}[\"{a}\"] if {b} is None else {c}.{d}({n})\n")
            }
            7 => format!("const {a} = await {b}.{c}({{ {d}: '{a}', limit: {n} }});\n"),
            _ => format!("use crate::{a}::{{{b}, {c}}};\n"),
        };
    }
    text.truncate(length);
    text
}

/// Steps, commands and names in a text, as assistants write them: too little of a program to be found as source code.
fn notes(random: &mut Random, length: usize) -> String {
    let mut text = String::with_capacity(length + 400);
    while text.len() < length {
        let [a, b, c] = [(); 3].map(|()| random.name());
        let [one, two, three] = [(); 3].map(|()| random.word());
        let some = 60 + random.below(240);
        text += &match random.below(8) {
            0 => format!("{}. {one} the `{a}` and {two} it\n", 1 + random.below(20)),
            1 => format!("- **{one}**: {two} {three} \"{a} {b}\"\n"),
            2 => format!("See src/{a}/{b}.rs, line {}.\n", 1 + random.below(900)),
            3 => format!("\n## {one} {two}\n\n"),
            4 => format!("\t{a}_{b}\t{}\n", random.below(100_000)),
            5 => format!("Why does `{a}.{b}()` {one} the {c}? It {two}s {three}.\n"),
            _ => prose(random, some),
        };
    }
    text.truncate(length);
    text
}

/// A chat request in which nothing is found.
fn chat(random: &mut Random, length: usize) -> Vec<u8> {
    conversation(random, length, notes)
}

/// The same with pages of source code, which are found.
fn chat_with_code(random: &mut Random, length: usize) -> Vec<u8> {
    conversation(random, length, code)
}

/// A chat request: settings, a system prompt, turns of talk and of what `other` writes, a tool.
fn conversation(random: &mut Random, length: usize, other: fn(&mut Random, usize) -> String) -> Vec<u8> {
    let mut messages =
        vec![json!({ "role": "system", "content": "You are a careful assistant.\nAnswer briefly." })];
    let mut left = length.saturating_sub(400);
    while left > 0 {
        let turn = left.min(100 + random.below(length.clamp(400, 6000)));
        let text = if random.below(3) == 0 { other(random, turn) } else { prose(random, turn) };
        let role = if messages.len() % 2 == 1 { "user" } else { "assistant" };
        messages.push(json!({ "role": role, "content": text }));
        left -= turn;
    }
    let body = json!({
        "model": "gpt-4o-mini", "temperature": 0.2, "max_tokens": 1024, "stream": true, "messages": messages,
        "tools": [{ "type": "function", "function": { "name": "search", "parameters": { "type": "object" } } }],
    });
    to_vec(&body).unwrap()
}

/// Records of many short strings.
fn rows(random: &mut Random, length: usize) -> Vec<u8> {
    let rows = (0..length / 120).map(|i| {
        json!({
            "id": i, "name": random.name(), "kind": random.word(), "label": ([random.word(), random.word()].join(" ")),
            "tags": [random.word(), random.name(), random.word()], "ok": true, "size": random.below(100_000),
        })
    });
    to_vec(&rows.collect::<Value>()).unwrap()
}

/// Calls of tools, whose arguments are documents in strings.
fn calls(random: &mut Random, length: usize) -> Vec<u8> {
    let messages = (0..length / 1600).map(|i| {
        let arguments =
            json!({ "query": prose(random, 500), "text": notes(random, 800), "line": random.below(900) });
        let function = json!({ "name": random.name(), "arguments": arguments.to_string() });
        json!({ "role": "assistant", "tool_calls": [{ "id": format!("call_{i}"), "function": function }] })
    });
    to_vec(&json!({ "messages": messages.collect::<Value>() })).unwrap()
}
