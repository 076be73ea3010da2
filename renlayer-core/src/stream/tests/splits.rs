//! Every split: of a stream's bytes into two chunks, of its text into two or three deltas.

use super::*;

/// Text with all that makes cutting hard: characters of two, three and four bytes, quotes, a line end, and both kinds of
/// finding.
fn text() -> String {
    format!("Gr\u{fc}\u{df}e \u{2014} \"{MAIL}\"\n\u{1f600}{KNOWN}. ")
}

/// The same stream, with every character beyond ASCII written as `\u` escapes.
fn escaped(stream: &str) -> String {
    let mut out = String::with_capacity(stream.len());
    for c in stream.chars() {
        if c.is_ascii() {
            out.push(c);
        } else {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        }
    }
    out
}

fn shapes() -> impl Iterator<Item = (&'static str, Shape)> {
    SHAPES.iter().chain(ARGUMENTS).map(|(name, file)| (*name, Shape::of(file)))
}

/// What the channel says: a text, or for arguments a document that holds it.
fn spoken(name: &str) -> String {
    if name.ends_with("arguments") { Json::from(vec![text()]).to_string() } else { text() }
}

/// Of the bytes that are the same in every event only the first and the last are cut: those between differ from them in
/// nothing that the framing looks at.
fn places(stream: &str) -> impl Iterator<Item = usize> {
    let from = stream.find("Gr").unwrap_or_default().saturating_sub(80);
    let to = (stream.rfind("harbour").unwrap_or_default() + 80).min(stream.len());
    (0..40).chain(from..to).chain(stream.len().saturating_sub(40)..stream.len())
}

#[test]
fn bytes_cut_anywhere_leave_as_the_whole_does() {
    let scanner = scanner();
    for (name, shape) in shapes() {
        let spoken = spoken(name);
        let (head, tail) = spoken.split_at(spoken.find("byron").unwrap());
        let plain = shape.stream(&[head, tail]);
        for stream in [escaped(&plain), plain] {
            let editor = || shape.editor(&scanner, Some(known()));
            let (expected, flow, summary) = run(editor(), &[stream.as_bytes()]);
            assert!(flow == Flow::Continue && !summary.findings.is_empty(), "{name}");
            assert!(!expected.contains(MAIL) && !expected.contains(KNOWN), "{name}");
            for cut in places(&stream) {
                let (head, tail) = stream.as_bytes().split_at(cut);
                let (out, flow, _) = run(editor(), &[head, tail]);
                assert_eq!((&out, flow), (&expected, Flow::Continue), "{name} cut at {cut}");
            }
        }
    }
}

#[test]
fn text_cut_anywhere_says_what_the_whole_says() {
    let scanner = scanner();
    for (name, shape) in shapes() {
        let spoken = spoken(name);
        let said = |pieces: &[&str]| {
            let plain = shape.stream(pieces);
            let escaped = escaped(&plain);
            let says = |stream: &str| {
                let (out, flow, _) = run(shape.editor(&scanner, Some(known())), &[stream.as_bytes()]);
                assert_eq!(flow, Flow::Continue, "{name}");
                shape.said(&out)
            };
            let said = says(&plain);
            assert_eq!(says(&escaped), said, "{name}: escapes are the text they stand for");
            said
        };
        let expected = said(&[&spoken]);
        assert!(expected.contains("[REDACTED:pii.email]") && expected.contains("[REDACTED:secret.injected]"));
        for cut in (0..spoken.len()).filter(|cut| spoken.is_char_boundary(*cut)) {
            let (head, tail) = spoken.split_at(cut);
            assert_eq!(said(&[head, tail]), expected, "{name} cut at {cut}");
        }
    }
}

#[test]
fn text_cut_at_any_two_places_says_what_the_whole_says() {
    let scanner = scanner();
    let text = "\u{e9} a@corp-mail.io\"\u{1f600}.";
    for (name, file) in [SHAPES[0], SHAPES[3], SHAPES[4], SHAPES[6], SHAPES[7]] {
        let shape = Shape::of(file);
        let said = |pieces: &[&str]| {
            let (out, ..) = run(shape.editor(&scanner, Some(known())), &[shape.stream(pieces).as_bytes()]);
            shape.said(&out)
        };
        let expected = said(&[text]);
        assert!(expected.contains("[REDACTED:pii.email]"), "{name}");
        let places: Vec<usize> = (0..=text.len()).filter(|cut| text.is_char_boundary(*cut)).collect();
        for (nth, &first) in places.iter().enumerate() {
            for &second in &places[nth..] {
                let pieces = [&text[..first], &text[first..second], &text[second..]];
                assert_eq!(said(&pieces), expected, "{name} cut at {first} and {second}");
            }
        }
    }
}

/// Half of a surrogate pair in each of two deltas: neither half is a character, and nothing around them is lost.
#[test]
fn a_pair_of_surrogates_that_is_cut_loses_itself_alone() {
    for (name, shape) in shapes().filter(|(name, _)| !name.ends_with("arguments")) {
        let stream = shape.stream(&["one @", "@ two"]);
        let stream = stream.replacen('@', "\\ud83d", 1).replacen('@', "\\ude00", 1);
        let (out, flow, _) = run(shape.editor(&scanner(), Some(known())), &[stream.as_bytes()]);
        assert_eq!(flow, Flow::Continue, "{name}");
        assert!(out.contains("one ") && out.contains("two"), "{name}: {out}");
    }
}
