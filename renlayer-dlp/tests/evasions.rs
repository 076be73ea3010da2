//! Every value stays found however it is written: metamorphic tests over one value of many kinds.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops where something is not as it should be"
)]

use std::io::Write as _;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use renlayer_dlp::{Boundary, Direction, Format, Input, KnownValues, Report, Scanner, Settings};

/// Values of all kinds: in a sentence, alone, their class, and whether values of the class are written in ASCII.
fn values() -> Vec<(String, String, &'static str, bool)> {
    let row = |text: &str, value: String, class, ascii| (text.replace("{}", &value), value, class, ascii);
    vec![
        row("write to {} soon", "alice@corp.io".into(), "pii.email", false),
        row("my card {} please", "4111 1111 1111 1111".into(), "payment.card_number", true),
        row("my ssn {} please", "536-22-8145".into(), "gov_id.us.ssn", true),
        row("iban {} please", "DE89 3704 0044 0532 0130 00".into(), "payment.iban", true),
        row("key {} please", ["AKIA", "Q7ZT4MWPX2LKVB3R"].concat(), "secret.aws_access_key", true),
        row(
            "key {} please",
            ["ghp_", "zZ9aB3xY7wQ1eR5tU8iO2pL4kJ6hG0abcdef"].concat(),
            "secret.github_token",
            true,
        ),
        row("use {} please", "postgres://app:s3cr3t-9x@db.corp.io/main".into(), "secret.database_url", true),
    ]
}

fn redacting() -> &'static Scanner {
    static SCANNER: LazyLock<Scanner> = LazyLock::new(|| {
        let json = r#"{"actions":{"CRITICAL":"redact","HIGH":"redact","MEDIUM":"redact","LOW":"redact"}}"#;
        Scanner::new(&serde_json::from_str::<Settings>(json).unwrap()).unwrap()
    });
    &SCANNER
}

fn scan(body: &[u8], format: Format) -> Report {
    redacting().scan(body, Input { format, direction: Direction::Request, known: None })
}

/// The value, written otherwise, is found, and gone from the body; what stood around it stands there still.
fn assert_found(written: &str, class: &str, before: &str, after: &str) -> String {
    let report = scan(written.as_bytes(), Format::Text);
    let out = String::from_utf8(report.redact_all(written.as_bytes()).into_owned()).unwrap();
    assert!(
        report.findings.iter().any(|f| &*f.class == class),
        "{class} is not found in {written:?}: {report:?}"
    );
    assert!(out.starts_with(before) && out.ends_with(after), "{written:?} became {out:?}");
    out
}

fn every_character(value: &str, write: impl Fn(char) -> String) -> String {
    value.chars().map(write).collect()
}

#[test]
fn a_value_stays_found_when_its_characters_are_written_otherwise() {
    type Write = fn(char) -> String;
    let ways: [(&str, Write); 12] = [
        ("zero width spaces between", |c| format!("{c}\u{200b}")),
        ("soft hyphens between", |c| format!("{c}\u{ad}")),
        ("bidi controls between", |c| format!("\u{202d}{c}\u{202c}")),
        ("tags between", |c| format!("{c}\u{e0041}")),
        ("variation selectors between", |c| format!("{c}\u{fe0f}")),
        ("combining strokes", |c| if c.is_ascii_alphanumeric() { format!("{c}\u{335}") } else { c.into() }),
        ("full width", |c| if c.is_ascii_graphic() { wide(c).into() } else { c.into() }),
        ("hidden in tags", |c| char::from_u32(0xe0000 + u32::from(c)).unwrap().into()),
        ("percent", |c| format!("%{:02x}", u32::from(c))),
        ("percent, twice", |c| format!("%25{:02X}", u32::from(c))),
        ("decimal references", |c| format!("&#{};", u32::from(c))),
        ("hexadecimal references", |c| format!("&#x{:X};", u32::from(c))),
    ];
    for (text, value, class, _) in values() {
        let (before, after) = text.split_once(&value).unwrap();
        for (way, write) in ways {
            let written = [before, &every_character(&value, write), after].concat();
            let out = assert_found(&written, class, before, after);
            // Of a URL only what must go does.
            let whole = class == "secret.database_url" || out.len() < before.len() + after.len() + 60;
            assert!(whole, "{way}: {written:?} became {out:?}");
        }
    }
}

fn wide(c: char) -> char {
    char::from_u32(u32::from(c) - 0x21 + 0xff01).unwrap()
}

#[test]
fn a_value_stays_found_with_one_character_changed() {
    for (text, value, class, ascii) in values() {
        let (before, after) = text.split_once(&value).unwrap();
        for (at, c) in value.char_indices() {
            let mut others: Vec<String> = vec![
                format!("{c}\u{200d}"),
                format!("%{:02X}", u32::from(c)),
                format!("&#{};", u32::from(c)),
            ];
            others.extend(c.is_ascii_graphic().then(|| wide(c).to_string()));
            others.extend(look_alike(c).filter(|_| ascii).map(String::from));
            others.extend((c == ' ').then(|| "\u{a0}".to_owned()));
            others.extend((c == '-').then(|| "\u{2013}".to_owned()));
            for other in others {
                let changed = [&value[..at], &other, &value[at + 1..]].concat();
                assert_found(&[before, &changed, after].concat(), class, before, after);
            }
        }
    }
}

fn look_alike(c: char) -> Option<char> {
    let pairs = "AАBВEЕHНKКMМOОPРTТXХaаeеoоpрcсxхyуiіsѕ";
    let all: Vec<char> = pairs.chars().collect();
    all.chunks(2).find(|pair| pair[0] == c).map(|pair| pair[1])
}

#[test]
fn a_value_stays_found_in_packed_text() {
    let packings: [fn(&str) -> String; 4] = [
        |text| BASE64_STANDARD.encode(text),
        |text| BASE64_URL_SAFE_NO_PAD.encode(text),
        |text| text.bytes().map(|byte| format!("{byte:02x}")).collect(),
        |text| BASE64_STANDARD.encode(BASE64_STANDARD.encode(text)),
    ];
    let unpack = |packed: &str| {
        let hex = packed.len().is_multiple_of(2) && packed.bytes().all(|b| b.is_ascii_hexdigit());
        let bytes = match hex {
            true => (0..packed.len())
                .step_by(2)
                .map(|i| u8::from_str_radix(&packed[i..i + 2], 16).unwrap())
                .collect(),
            false => {
                BASE64_STANDARD.decode(packed).or_else(|_| BASE64_URL_SAFE_NO_PAD.decode(packed)).unwrap()
            }
        };
        String::from_utf8(bytes).unwrap()
    };
    for (text, value, class, _) in values() {
        for (packing, pack) in packings.into_iter().enumerate() {
            for shift in ["", "x ", "xy "] {
                let packed = pack(&[shift, &text].concat());
                for (before, after) in [("see ", " there"), ("data:text/plain;base64,", "")] {
                    let out = assert_found(&[before, &packed, after].concat(), class, before, after);
                    let left = unpack(&out[before.len()..out.len() - after.len()]);
                    assert!(
                        left.contains(&format!("[REDACTED:{class}]")) && !left.contains(&value),
                        "{packing}: {left}"
                    );
                    assert!(packing == 3 || left.starts_with(shift), "{left}");
                }
            }
        }
        // In lines, as mails have it.
        let long = format!("{}{text}", "Some words before it. ".repeat(5));
        let lines: Vec<String> = BASE64_STANDARD
            .encode(&long)
            .as_bytes()
            .chunks(76)
            .map(|l| String::from_utf8_lossy(l).into())
            .collect();
        let out = assert_found(&lines.join("\r\n"), class, "", "");
        let left = unpack(&out.replace("\r\n", ""));
        assert!(left.starts_with("Some words") && !left.contains(&value), "{left}");
    }
}

#[test]
fn a_value_stays_found_in_packed_text_behind_something_else() {
    let noise = |n: usize| (0..n).map(|i| (i * 151 % 256) as u8 | 0x80).collect::<Vec<u8>>();
    for (text, value, class, _) in values() {
        for n in [1, 2, 6, 7, 8, 100, 3001] {
            let packed = BASE64_STANDARD
                .encode([&noise(n)[..], b"\x01", text.as_bytes(), b"\x01", &noise(9)].concat());
            for before in ["", "see ", "path/", "ab-", "x_y"] {
                let written = format!("{before}{packed}");
                let report = scan(written.as_bytes(), Format::Text);
                assert!(
                    report.findings.iter().any(|f| &*f.class == class),
                    "{class} behind {n} is not found in {written}"
                );
                let out = report.redact_all(written.as_bytes());
                let left = BASE64_STANDARD.decode(&out[before.len()..]).unwrap();
                let has = |what: &[u8]| left.windows(what.len()).any(|window| window == what);
                assert!(!has(value.as_bytes()) && has(format!("[REDACTED:{class}]").as_bytes()), "{left:?}");
                assert!(left.starts_with(&noise(n)[..n]) && left.ends_with(&noise(9)), "{left:?}");
            }
        }
    }
}

#[test]
fn a_value_stays_found_in_whatever_json_makes_of_it() {
    let scanner = redacting();
    for (text, value, class, _) in values() {
        let escaped = every_character(&text, |c| format!("\\u{:04x}", u32::from(c)));
        let invisible = text.replace(&value, &every_character(&value, |c| format!("{c}\\u200b")));
        let inner = serde_json::json!({ "text": text }).to_string();
        let bodies = [
            format!("{{\"a\":\"{escaped}\"}}"),
            format!("{{\"a\":\"{invisible}\"}}"),
            serde_json::json!({ "a": inner }).to_string(),
            serde_json::json!({ "a": serde_json::json!([inner]).to_string() }).to_string(),
            serde_json::json!({ "a": BASE64_STANDARD.encode(&inner) }).to_string(),
            serde_json::json!({ "a": format!("data:application/json;base64,{}", BASE64_STANDARD.encode(&inner)) }).to_string(),
            serde_json::json!({ "url": format!("https://x.corp.example/?q={}", every_character(&text, |c| format!("%{:02X}", u32::from(c)))) }).to_string(),
        ];
        for body in bodies {
            let input = Input { format: Format::Json, direction: Direction::Request, known: None };
            let report = scanner.scan(body.as_bytes(), input);
            let found = report.findings.iter().find(|f| &*f.class == class);
            assert!(found.is_some_and(|f| f.pointer.is_some()), "{class} is not found in {body}");
            let out = report.redact_all(body.as_bytes());
            assert!(
                serde_json::from_slice::<serde_json::Value>(&out).is_ok(),
                "{}",
                String::from_utf8_lossy(&out)
            );
            let again = scanner.scan(&out, input);
            assert!(
                !again.findings.iter().any(|f| &*f.class == class),
                "{} leaves {again:?}",
                String::from_utf8_lossy(&out)
            );
        }
    }
}

#[test]
fn a_value_stays_found_in_every_kind_of_body() {
    for (text, value, class, _) in values() {
        let escaped = text.replace('&', "&amp;").replace('<', "&lt;");
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(text.as_bytes()).unwrap();
        let percent = every_character(&text, |c| format!("%{:02X}", u32::from(c)));
        let bodies: Vec<(Format, Vec<u8>)> = vec![
            (Format::Markup, format!("<a><b>{escaped}</b></a>").into()),
            (Format::Markup, format!("<a t=\"{escaped}\"/>").into()),
            (Format::Markup, format!("<!-- {text} -->").into()),
            (Format::Markup, format!("<a><![CDATA[{text}]]></a>").into()),
            (
                Format::Markup,
                format!("<a>{}</a>", every_character(&text, |c| format!("&#{};", u32::from(c)))).into(),
            ),
            (Format::Form, format!("a={percent}&b=c").into()),
            (Format::Ndjson, format!("{{}}\n{{\"a\":\"{text}\"}}\n").into()),
            (
                Format::Multipart(Boundary::new("b").unwrap()),
                format!("--b\r\nA: b\r\n\r\n{text}\r\n--b--").into(),
            ),
            (Format::Text, text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            (
                Format::Text,
                [0xfeff].into_iter().chain(text.encode_utf16()).flat_map(u16::to_be_bytes).collect(),
            ),
            (Format::Text, gzip.finish().unwrap()),
        ];
        for (format, body) in bodies {
            let report = scan(&body, format);
            assert!(report.findings.iter().any(|f| &*f.class == class), "{class} in {format:?}: {report:?}");
            let out = report.redact_all(&body);
            let left = scan(&out, format);
            assert!(
                !left.findings.iter().any(|f| &*f.class == class),
                "{format:?} leaves {value} in {out:?}"
            );
        }
    }
}

/// `value` with `gap` after every `n` letters and digits.
fn spread(value: &str, n: usize, gap: &str) -> String {
    let all: Vec<char> = value.chars().filter(char::is_ascii_alphanumeric).collect();
    all.chunks(n).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(gap)
}

#[test]
fn a_number_stays_found_with_gaps_between_its_digits() {
    let gaps = [
        " ",
        "-",
        ".",
        "/",
        "\t",
        "\n",
        "\r\n",
        "  ",
        "--",
        " - ",
        "\u{a0}",
        "\u{2009}\u{200b}",
        "\u{2013}",
        "&nbsp;",
        "%20",
    ];
    let numbers = [
        ("my card ", "4111 1111 1111 1111", "payment.card_number", &[1, 2, 3, 5, 8][..]),
        ("use ", "5555 5555 5555 4444", "payment.card_number", &[1, 2, 4]),
        ("amex ", "3782 822463 10005", "payment.card_number", &[1, 2, 3]),
        ("pay ", "DE89 3704 0044 0532 0130 00", "payment.iban", &[1, 2]),
        ("iban ", "GB82 WEST 1234 5698 7654 32", "payment.iban", &[1]),
        ("my ssn ", "536-22-8145", "gov_id.us.ssn", &[1]),
    ];
    for (before, value, class, sizes) in numbers {
        for (size, gap) in sizes.iter().flat_map(|size| gaps.map(|gap| (*size, gap))) {
            let written = spread(value, size, gap);
            for (before, after) in [
                (before, " please"),
                (before, ""),
                (&*format!("{}.\n{before}", "Well. ".repeat(20)), ", thanks"),
            ] {
                let out = assert_found(&[before, &written, after].concat(), class, before, after);
                assert!(out.len() <= before.len() + after.len() + 40, "{written:?} became {out:?}");
            }
            let body = serde_json::json!({ "content": format!("{before}{written} please") }).to_string();
            let report = scan(body.as_bytes(), Format::Json);
            let out: serde_json::Value = serde_json::from_slice(&report.redact_all(body.as_bytes())).unwrap();
            assert_eq!(out["content"], format!("{before}[REDACTED:{class}] please"), "{report:?}");
        }
    }
}

/// Whatever else the digits are to the settings, or to a lane of known values.
#[test]
fn a_number_with_gaps_is_not_hidden_by_what_holds_none() {
    let known = KnownValues::new([&b"111222333"[..]]);
    let telephones = r#"{"detectors": {"pii.phone": {"action": "block"}}}"#;
    let nines =
        r#"{"patterns": [{"name": "custom.nine", "regex": "\\b[0-9]{9}\\b", "severity": "CRITICAL"}]}"#;
    for (settings, known, text, value, class) in [
        (telephones, None, "phone, NIF 5 0 1 9 6 4 8 4 3", "5 0 1 9 6 4 8 4 3", "gov_id.pt.nif"),
        (nines, None, "my bsn 1 1 1 2 2 2 3 3 3", "1 1 1 2 2 2 3 3 3", "gov_id.nl.bsn"),
        ("{}", Some(&known), "my bsn 1 1 1 2 2 2 3 3 3", "1 1 1 2 2 2 3 3 3", "gov_id.nl.bsn"),
    ] {
        let at = text.find(value).unwrap();
        for settings in ["{}", settings] {
            let scanner = Scanner::new(&serde_json::from_str::<Settings>(settings).unwrap()).unwrap();
            let input = Input { format: Format::Text, direction: Direction::Request, known };
            let report = scanner.scan(text.as_bytes(), input);
            let found: Vec<_> =
                report.findings.iter().filter(|f| f.end > at).map(|f| (f.start, &*f.class)).collect();
            assert_eq!(found, [(at, class)], "{text:?} with {settings}");
        }
    }
}

/// Without a word before it, a number with gaps is too unsure to block, and taken out all the same.
#[test]
fn a_number_with_gaps_alone_does_not_block() {
    let text = spread("4111111111111111", 1, " ");
    for (before, confidence) in [("", 0.5), ("card ", 0.98)] {
        let report = scan([before, &text].concat().as_bytes(), Format::Text);
        assert_eq!(report.findings.iter().map(|f| f.confidence).collect::<Vec<_>>(), [confidence]);
    }
}

/// Lists, tables, dates and rows of numbers hold nothing, whatever their digits add up to.
#[test]
fn digits_that_are_no_number_hold_nothing() {
    let card = ["4111111111111111", "5555555555554444", "378282246310005"];
    let rows = |gap: &str, between: &str| card.map(|digits| spread(digits, 1, gap)).join(between);
    for text in [
        rows(" ", "\n"),
        rows(" ", "; "),
        rows(",", "\n"),
        rows(", ", "\n"),
        rows("\t", "\n"),
        rows(" | ", "\n"),
        format!("[{}]", spread(card[0], 1, ", ")),
        format!("1 {}", spread(card[0], 1, " ")),
        format!("{} 9", spread(card[0], 2, " ")),
        format!("7, {}", spread(card[0], 1, " ")),
        format!("x{}", spread(card[0], 1, " ")),
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 2".into(),
        "4 8 15 16 23 42 4 8 15 16 23 42".into(),
        "2024-11-29 2024-12-01 2025-01-15".into(),
        "29.11.2024 30.11.2024 01.12.2024".into(),
        "12 345 678 901 234 567 890".into(),
        "192.168.100.200 10.0.0.1 1.2.3.4.5.6.7.8.9.10.11.12".into(),
        "0 1 1 2 3 5 8 13 21 34 55 89 144".into(),
        "1 0 0 0\n0 1 0 0\n0 0 1 0\n0 0 0 1".into(),
        "536 22 8145 units, 5 3 6 2 2 8 1 4 5".into(),
    ] {
        let report = scan(text.as_bytes(), Format::Text);
        let found = report
            .findings
            .iter()
            .filter(|f| f.class.starts_with("payment.") || f.class.starts_with("gov_id."));
        assert_eq!(found.count(), 0, "{text}: {report:?}");
    }
}

/// Ordinary text in other scripts, with escapes, links and long words, holds nothing.
#[test]
fn ordinary_text_holds_nothing() {
    for text in [
        "Он сказал: «Приходи завтра в 10 часов», и ушёл.",
        "100 % of it & more: a%20b, R&D, AT&T; 5 &lt; 6",
        "Türkçe, français: « déjà vu » – 12 345,67 € l’été",
        "東京都，２０２４年１２月３１日。",
        "👩‍👩‍👧‍👦 family ❤️ 1️⃣ 2️⃣",
        "https://corp.example/search?q=hello%20world&lang=en&amp;page=2#x",
        "/usr/local/share/internationalization-and-localization/SomeVeryLongClassNameFactoryFactory",
        "sha512-oKQHZ7wXbVDLoeVGl+ZYxbxRpHkPqPUBM2NdM6iVk9Zq9cBvsUrmOMHzHfqKpGOGZR0HYTmVtmqIOZC4aqSRUg==",
        "d41d8cd98f00b204e9800998ecf8427e0123456789abcdef0123456789abcdef",
    ] {
        let report = scan(text.as_bytes(), Format::Text);
        assert!(report.findings.is_empty() && report.opaque.is_empty(), "{text}: {report:?}");
    }
}

/// Character by character, a stream takes out what is written in ways that are seen in it.
#[test]
fn a_value_stays_found_in_a_stream() {
    type Write = fn(char) -> String;
    let ways: [(&str, Write); 8] = [
        ("zero width spaces between", |c| format!("{c}\u{200b}")),
        ("soft hyphens between", |c| format!("\u{ad}{c}")),
        ("bidi controls between", |c| format!("\u{202d}{c}\u{202c}")),
        ("byte order marks between", |c| format!("{c}\u{feff}")),
        ("tags between", |c| format!("{c}\u{e0041}")),
        ("combining strokes", |c| if c.is_ascii_alphanumeric() { format!("{c}\u{335}") } else { c.into() }),
        ("full width", |c| if c.is_ascii_graphic() { wide(c).into() } else { c.into() }),
        ("hidden in tags", |c| char::from_u32(0xe0000 + u32::from(c)).unwrap().into()),
    ];
    for (text, value, class, _) in values() {
        let (before, after) = text.split_once(&value).unwrap();
        for (way, write) in ways {
            let written = [before, &every_character(&value, write), after].concat();
            let whole = scan(written.as_bytes(), Format::Verbatim);
            let expected = String::from_utf8(whole.redact(written.as_bytes()).into_owned()).unwrap();
            assert!(expected.contains(&format!("[REDACTED:{class}]")), "{way}: {expected}");
            for size in [1, 2, 3, 7, 1000] {
                let mut stream = redacting().stream(Direction::Response, None);
                let (mut out, mut held) = (String::new(), 0);
                let chars: Vec<char> = written.chars().collect();
                for piece in chars.chunks(size) {
                    let _ = stream.push(&piece.iter().collect::<String>(), &mut out);
                    assert!(expected.starts_with(&out), "{way}: {out:?} is no beginning of {expected:?}");
                    held = held.max(stream.held());
                }
                let _ = stream.finish(&mut out);
                assert_eq!(out, expected, "{way}, {size}");
                assert_eq!(stream.findings(), whole.findings, "{way}, {size}");
            }
        }
    }
}

/* ===== what is not done ===== */

/// Look-alikes, escapes and what is packed.
#[test]
fn a_stream_is_read_as_it_stands() {
    let text = "key \u{410}KIAQ7ZT4MWPX2LKVB3R and alice%40corp.io or alice&#64;corp.io, card 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1";
    let mut stream = redacting().stream(Direction::Response, None);
    let mut out = String::new();
    let _ = stream.push(text, &mut out);
    let _ = stream.finish(&mut out);
    assert_eq!(out, text);
    assert_eq!(scan(text.as_bytes(), Format::Verbatim).findings, stream.findings());
    assert_eq!(scan(text.as_bytes(), Format::Text).findings.len(), 4);
}

#[test]
fn what_tags_divide_is_not_joined() {
    let body = b"<p>my card 4111<b> 1111 1111 1111</b></p>";
    assert!(scan(body, Format::Markup).findings.is_empty());
}

/// Digits with gaps of two kinds, and other gaps than are known.
#[test]
fn pieces_of_a_value_are_not_joined() {
    for text in [
        "use 41-11 11-11 11-11 11-11 now",
        "use 4111 1111-1111 1111 now",
        "use 4_1_1_1_1_1_1_1_1_1_1_1_1_1_1_1 now",
        "use 4, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 now",
    ] {
        let report = scan(text.as_bytes(), Format::Text);
        assert!(!report.findings.iter().any(|f| &*f.class == "payment.card_number"), "{text}: {report:?}");
    }
}

#[test]
fn packed_binary_is_not_searched_for_single_words() {
    let packed = BASE64_STANDARD.encode([&[0xff; 40][..], b" ada@corp.io ", &[0xff; 40]].concat());
    assert!(scan(packed.as_bytes(), Format::Text).findings.is_empty());
}

/// Signs of base64 as a picture has them, in no order.
fn blob(length: usize) -> String {
    let mut state = 7_u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as u8
    };
    BASE64_STANDARD.encode((0..length).map(|_| next() | 0x80).collect::<Vec<_>>())
}

#[test]
fn what_looks_like_a_token_deep_in_a_picture_is_chance() {
    let token = ["AKIA", "Y34FZKBOKMUTVV7A"].concat();
    let found = |scanner: &Scanner, url: &str, known: Option<&KnownValues>| {
        let body = serde_json::json!({ "image_url": { "url": url } }).to_string();
        let input = Input { format: Format::Json, direction: Direction::Request, known };
        scanner.scan(body.as_bytes(), input).findings.len()
    };
    let scanner = Scanner::builtin();
    let usual = |before: usize| format!("data:image/png;base64,{}-{token}-{}", blob(before), blob(300));
    let for_urls = |before: usize| usual(before).replace('+', "-").replace('/', "_");
    assert_eq!(found(&scanner, &for_urls(300), None), 1);
    assert_eq!(found(&scanner, &for_urls(3000), None), 0);
    // In the usual alphabet a dash is none of its signs, nor is an underscore.
    assert_eq!(found(&scanner, &usual(3000), None), 1);
    // What was injected is looked for there too, what one's own patterns are about, what is packed, and what stands behind.
    let known = KnownValues::new([token.as_bytes()]);
    assert_eq!(found(&scanner, &for_urls(3000), Some(&known)), 1);
    let own: Settings =
        serde_json::from_value(serde_json::json!({ "keywords": [{ "name": "k", "words": [token] }] }))
            .unwrap();
    assert!(found(&Scanner::new(&own).unwrap(), &for_urls(3000), None) > 0);
    assert_eq!(found(&scanner, &format!("{} {token}", for_urls(3000)), None), 1);
    let text = BASE64_STANDARD.encode(format!("my key is {token}, use it"));
    assert_eq!(found(&scanner, &format!("{}{text}{}", blob(3000), blob(300)), None), 1);
    // Padding that repeats, and paths, are no picture.
    for padding in [
        "x",
        "A",
        "../../etc/passwd-and-More1",
        "fooBAR12/",
        "aB1-",
        "v2/Users/GetALL/",
        "Chapter-1-THE-begin-",
    ] {
        let url = format!("{}-{token}", padding.repeat(200));
        assert_eq!(found(&scanner, &url, None), 1, "{padding}");
    }
}

#[test]
fn a_mark_of_utf16_hides_no_other_text() {
    for begin in [&b"\xff\xfe"[..], b"\xfe\xff", b"a\0b\0", b"\0a\0b", b"\xff\xfe\0\0"] {
        let body = [begin, b" write to ada@corp.io today"].concat();
        let known = KnownValues::new([&b"ada@corp.io"[..]]);
        for known in [None, Some(&known)] {
            let input = Input { format: Format::Text, direction: Direction::Request, known };
            let report = Scanner::builtin().scan(&body, input);
            let redacted = report.redact_all(&body);
            assert!(!redacted.windows(3).any(|window| window == b"ada"), "{begin:?}: {report:?}");
        }
    }
}

/// A run in which text and something else take turns was walked from every text to its end: a body of this length took a minute.
#[test]
fn a_run_of_packed_text_in_turns_is_walked_once() {
    let report = scan("0x1f".repeat(1 << 18).as_bytes(), Format::Text);
    assert!(report.findings.is_empty() && report.opaque.is_empty());
}

/// A document in more strings than are read is opaque, where it stands.
#[test]
fn a_document_in_too_many_strings_is_opaque() {
    let inside = r#"{"a":"one\ntwo"}"#;
    let wrap = |document: String| serde_json::json!({ "tool": "x", "arguments": document }).to_string();
    let body = wrap(wrap(wrap(wrap(inside.into()))));
    let report = scan(body.as_bytes(), Format::Json);
    assert_eq!(report.opaque.len(), 1, "{report:?}");
    let mut text = body[report.opaque[0].range.clone()].to_owned();
    for _ in 0..4 {
        text = serde_json::from_str(&format!("\"{text}\"")).unwrap();
    }
    assert_eq!(text, inside);
}
