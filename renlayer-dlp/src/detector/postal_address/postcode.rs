//! Postcodes by the forms of their countries, and the towns beside them.

use smallvec::SmallVec;

use super::list::{List, Word};
use super::tokens::{Kind, Token, is_capital};
use super::{AHEAD, FEW};
use crate::detector::{ByteSet, Probe};

const LETTER: ByteSet = ByteSet::ALPHA.or(ByteSet::EMPTY.range(0x80, 0xff));
const TOWN: ByteSet = LETTER.with(b"'-");

/// States of the US, and what the post treats as such.
pub(super) const STATES: &str = " al ak az ar ca co ct de fl ga hi id il in ia ks ky la me md ma mi mn ms mo mt ne nv nh nj nm ny nc nd oh \
    ok or pa ri sc sd tn tx ut vt va wa wv wi wy dc pr vi gu as mp fm mh pw aa ae ap ";
/// Words that end the name of a state, or of a province of Indonesia: `New York 10001`, `Jawa Barat 40115`.
pub(super) const STATE_NAMES: &str = " alabama alaska arizona arkansas california colorado connecticut delaware florida georgia hawaii idaho \
    illinois indiana iowa kansas kentucky louisiana maine maryland massachusetts michigan minnesota mississippi missouri montana \
    nebraska nevada hampshire jersey mexico york carolina dakota ohio oklahoma oregon pennsylvania island tennessee texas utah \
    vermont virginia washington wisconsin wyoming \
    aceh bali banten barat belitung bengkulu gorontalo jakarta jambi lampung maluku papua riau selatan tengah tenggara timur utara \
    yogyakarta ";
/// What stands before a postcode and says so: `Τ.Κ. 106 74`, `CEP 01310-200`.
pub(super) const LABELS: &str = " τκ τ.κ tk cep cp c.p plz zip postcode cod poștal postal ";
pub(super) const AUSTRALIA: &str = " nsw vic qld sa wa tas act nt ";
/// Words after a number that is no postcode.
pub(super) const COUNTED: &str = " euro eur usd dollar franken chf kronen zloty menschen leute einwohner personen uhr stück jahre jahren tage \
    meter kilometer km kg prozent people users men women items mal teilnehmer besucher mitglieder gäste soldaten dollars pounds \
    units boxes pieces parts entries points blocks tokens files rows lines bytes requests errors tests steps samples records pages \
    words images nodes coins \
    habitants personnes euros abitanti persone habitantes personas mann exemplare wörter zeichen seiten januar februar märz april \
    mai juni juli august september oktober november dezember january february march may june july october december ";
pub(super) const PARTICLES: &str = " de del della dei degli di da do dos das du des la le les el los las lo y e i of the and am an der den \
    dem im in van von zu zum zur ten ter te op aan het sur sous lès aux au à nad pod na pri ob w we st ";

/// Whether a word stands between the capitals of a name: `Rio de Janeiro`.
pub(super) fn is_particle(word: Word<'_>) -> bool {
    let is_lower = word.text.first().is_some_and(u8::is_ascii_lowercase);
    is_lower && word.is_whole_in(List::Particles) || word.text == "à".as_bytes()
}

/// Whether anything that could be a postcode, or the code of an Indian one, stands in the text after the house's number that ends
/// at `number`, as far as an address is read. Up to where there is none is noted: it is the same for all numbers before.
fn may_follow(probe: &Probe<'_>, number: usize) -> bool {
    // What was found to have none may end in a part of one.
    let from = number.max(probe.known().saturating_sub(MARK - 1));
    let end = probe.at() + AHEAD;
    if from >= end {
        return false;
    }
    let Some(rest) = probe.arrived(from, end - from) else { return true };
    let mark = mark(rest);
    probe.knows(from + mark.unwrap_or(rest.len()));
    mark.is_some()
}

/// Whether the token after so many others may be a postcode, as far as that is asked: after a few, since mostly fewer are read; and at
/// once where a number before has asked, which leaves next to nothing to look at.
pub(super) fn may_be_read(probe: &Probe<'_>, number: usize, tokens: usize) -> bool {
    let is_asked = if tokens == 0 { probe.known() > number } else { tokens == FEW };
    !is_asked || may_follow(probe, number)
}

/// The longest mark.
const MARK: usize = REGION.len();
/// Digits in a row that are one.
const DIGITS: usize = 3;
/// How the word begins that Chile writes instead.
const REGION: &[u8] = b"Regi";

/// Where the first mark stands that a postcode of any country has: three digits in a row, a digit beside a capital, or the word for a
/// region.
pub(super) fn mark(text: &[u8]) -> Option<usize> {
    let (mut digits, mut was_upper) = (0, false);
    for (at, byte) in text.iter().enumerate() {
        if byte.is_ascii_digit() {
            digits += 1;
            if was_upper || digits == DIGITS {
                return Some(at + 1 - if was_upper { 2 } else { DIGITS });
            }
            was_upper = false;
        } else {
            was_upper = byte.is_ascii_uppercase();
            if was_upper && digits > 0 {
                return Some(at - 1);
            }
            if *byte == b'R' && text.get(at..).is_some_and(|rest| rest.starts_with(REGION)) {
                return Some(at);
            }
            digits = 0;
        }
    }
    None
}

/// The end of an address whose postcode is `token` or begins with it, after `previous`. Digits that no comma or line end
/// separates count where a street `is_named`.
pub(super) fn read(probe: &Probe<'_>, previous: &Token, token: &Token, is_named: bool) -> Option<usize> {
    let text = probe.slice(token.start..token.end);
    let is_apart = token.is_separated
        || previous.word(probe).is_in(List::Labels)
        || (is_named && !matches!(previous.kind, Kind::Number | Kind::Other));
    match text.first()? {
        b'0'..=b'9' => american(probe, previous, token)
            .or_else(|| japanese(probe, previous, token))
            .or_else(|| if is_apart { before_town(probe, token.start) } else { None })
            .or_else(|| if is_apart { after_town(probe, previous, token, is_named) } else { None }),
        b'A'..=b'Z' => british(probe, token.start)
            .or_else(|| if is_named { argentine(probe, token) } else { None })
            .or_else(|| prefixed(probe, previous, token))
            .or_else(|| chilean(probe, token)),
        _ => None,
    }
}

/// `CA 94043-1234`, `NSW 2000`.
fn american(probe: &Probe<'_>, previous: &Token, token: &Token) -> Option<usize> {
    let region = previous.word(probe);
    let end = probe.run(token.start, &ByteSet::DIGIT, 6);
    let is_shouted = region.text.iter().all(u8::is_ascii_uppercase);
    match end - token.start {
        5 if (is_shouted && region.is_whole_in(List::States)) || region.is_whole_in(List::StateNames) => {
            let plus = probe.run(end + 1, &ByteSet::DIGIT, 5);
            let is_plus = probe.get(end) == Some(b'-') && plus == end + 5;
            Some(if is_plus { plus } else { end })
        }
        4 if is_shouted && region.is_whole_in(List::Australia) => Some(end),
        _ => None,
    }
    .filter(|end| !probe.is(*end, &ByteSet::WORD))
}

/// `Tokyo 100-8111`, after the number of a block.
fn japanese(probe: &Probe<'_>, previous: &Token, token: &Token) -> Option<usize> {
    let is_block =
        probe.slice(probe.at()..probe.at() + 6).iter().take_while(|b| **b != b' ').any(|b| *b == b'-');
    let digits = |from: usize| probe.run(from, &ByteSet::DIGIT, 5) - from;
    let is_code =
        digits(token.start) == 3 && probe.get(token.start + 3) == Some(b'-') && digits(token.start + 4) == 4;
    let end = token.start + 8;
    (is_block && is_code && previous.kind == Kind::Capital && !probe.is(end, &ByteSet::WORD)).then_some(end)
}

/// `SW1A 2AA`, `K1A 0B1`, `D02 AF30`.
pub(super) fn british(probe: &Probe<'_>, at: usize) -> Option<usize> {
    const PLACE: ByteSet = ByteSet::UPPER.or(ByteSet::DIGIT);
    let outward = probe.run(at, &PLACE, 8);
    let head = probe.slice(at..outward);
    // Most words with a capital have one.
    if head.len() < 2 {
        return None;
    }
    let mut joined: SmallVec<[u8; 16]> = SmallVec::from_slice(head);
    let mut end = outward;
    if head.len() <= 4 {
        let inward = probe.run(outward, &ByteSet::EMPTY.with(b" "), 1);
        end = probe.run(inward, &PLACE, 5);
        joined.extend_from_slice(probe.slice(inward..end));
    }
    let places = joined.iter().map(|byte| if byte.is_ascii_digit() { b'9' } else { b'A' });
    let shape: SmallVec<[u8; 16]> = places.collect();
    let is_british =
        matches!(&*shape, b"A99AA" | b"A999AA" | b"AA99AA" | b"AA999AA" | b"A9A9AA" | b"AA9A9AA");
    let is_canadian = &*shape == b"A9A9A9";
    let is_irish = shape.len() == 7 && shape.starts_with(b"A99") && joined.first() != Some(&b'O');
    ((is_british || is_canadian || is_irish) && !probe.is(end, &ByteSet::WORD)).then_some(end)
}

/// `C1010AAZ Buenos Aires`, `C1010 AAZ Buenos Aires`.
fn argentine(probe: &Probe<'_>, token: &Token) -> Option<usize> {
    let digits = token.start + 1;
    let end = probe.run(digits, &ByteSet::DIGIT, 5);
    let block = probe.run(end, &ByteSet::EMPTY.with(b" "), 1);
    let holds = end == digits + 4 && probe.run(block, &ByteSet::UPPER, 4) == block + 3;
    holds.then(|| town(probe, block + 3)).flatten()
}

/// `10115 Berlin`, `1017 CD Amsterdam`, `341 30 Ljungby`, `00-590 Warszawa`, `1170-169 Lisboa`.
fn before_town(probe: &Probe<'_>, at: usize) -> Option<usize> {
    let digits = |from: usize| probe.run(from, &ByteSet::DIGIT, 9) - from;
    let first = digits(at);
    let joint = probe.get(at + first);
    let end = match (first, joint) {
        (3, Some(b' ')) if digits(at + 4) == 2 => at + 6,
        (2, Some(b'-')) if digits(at + 3) == 3 => at + 6,
        (4, Some(b'-')) if digits(at + 5) == 3 => at + 8,
        (5, Some(b'-')) if digits(at + 6) == 3 => at + 9,
        (8, _) => return town(probe, at + 8).and_then(|end| region(probe, end)),
        (4, _) if is_dutch(probe, at + 4) => at + 6,
        (4, Some(b' ')) if is_dutch(probe, at + 5) => at + 7,
        (4 | 5, _) => at + first,
        _ => return None,
    };
    town(probe, end).map(|end| region(probe, end).unwrap_or(end))
}

/// The end of a region of two capitals after a town: `São Paulo - SP`, `Milano (MI)`.
fn region(probe: &Probe<'_>, town: usize) -> Option<usize> {
    let begin = probe.run(town, &ByteSet::EMPTY.with(b" -/("), 3);
    let end = probe.run(begin, &ByteSet::UPPER, 3);
    let closes = probe.slice(town..begin).contains(&b'(') && probe.get(end) == Some(b')');
    let holds = end == begin + 2 && begin > town + 1 && !probe.is(end, &ByteSet::WORD);
    holds.then_some(end + usize::from(closes))
}

fn is_dutch(probe: &Probe<'_>, at: usize) -> bool {
    probe.run(at, &ByteSet::UPPER, 3) == at + 2 && !probe.is(at + 2, &ByteSet::WORD)
}

/// The end of the town that follows the postcode which ends at `from`.
fn town(probe: &Probe<'_>, from: usize) -> Option<usize> {
    let start = probe.run(from, &ByteSet::SPACE.with(b","), 2);
    let mut end = probe.run(start, &TOWN, 40);
    let first = probe.slice(start..end);
    // `da Cruz de Minas`.
    let is_led =
        matches!(first, b"da" | b"do" | b"das" | b"dos" | b"de" | b"del") && follows_capital(probe, end);
    if start == from
        || first.len() < 2
        || !(is_capital(first) || is_led)
        || Word::of(first).is_whole_in(List::Counted)
    {
        return None;
    }
    for _ in 0..4 {
        let next = probe.run(end, &ByteSet::EMPTY.with(b" "), 1);
        let word = probe.run(next, &TOWN, 40);
        let text = probe.slice(next..word);
        let belongs =
            next > end && (is_capital(text) || (is_particle(Word::of(text)) && follows_capital(probe, word)));
        if !belongs {
            break;
        }
        end = word;
    }
    (!probe.is(end, &ByteSet::DIGIT.with(b"_"))).then_some(end)
}

fn follows_capital(probe: &Probe<'_>, particle: usize) -> bool {
    let next = probe.run(particle, &ByteSet::EMPTY.with(b" "), 1);
    let end = probe.run(next, &TOWN, 40);
    next > particle && (is_capital(probe.slice(next..end)) || is_particle(Word::of(probe.slice(next..end))))
}

/// `Barcelona, 08001`, `Αθήνα 105 57`, `Siret, 440730`: the code ends the line, unless the street `is_named`.
fn after_town(probe: &Probe<'_>, previous: &Token, token: &Token, is_named: bool) -> Option<usize> {
    let end = probe.run(token.start, &ByteSet::DIGIT, 7);
    let count = end - token.start;
    // `Santa Maria - RS, 97015-003`.
    if count == 5 && probe.get(end) == Some(b'-') && probe.run(end + 1, &ByteSet::DIGIT, 4) == end + 4 {
        let follows_region = probe.slice(previous.start..previous.end).iter().all(u8::is_ascii_uppercase);
        return (follows_region && !probe.is(end + 4, &ByteSet::WORD)).then_some(end + 4);
    }
    let (end, count) =
        if count == 3 && probe.get(end) == Some(b' ') && probe.run(end + 1, &ByteSet::DIGIT, 3) == end + 3 {
            (end + 3, 5)
        } else {
            (end, count)
        };
    let ends = match probe.get(end) {
        None | Some(b'\n' | b'\r' | b',' | b'"' | b';' | b')') => true,
        Some(b'.') => !probe.is(end + 1, &ByteSet::ALNUM),
        Some(b' ') => is_named && count == 4,
        Some(_) => false,
    };
    let is_year = matches!(probe.slice(token.start..end), [b'1', b'9', _, _] | [b'2', b'0', _, _]);
    (previous.kind == Kind::Capital && !is_year && (4..=6).contains(&count) && ends).then_some(end)
}

/// `Región de La Araucanía`: Chile writes the region, and mostly no postcode.
fn chilean(probe: &Probe<'_>, token: &Token) -> Option<usize> {
    let is_region = probe.slice(token.start..token.end) == "Región".as_bytes() && token.is_separated;
    is_region.then(|| town(probe, token.end)).flatten()
}

/// `D-10115 Berlin`, `LV-1010`, `L-1234 Luxembourg`.
fn prefixed(probe: &Probe<'_>, previous: &Token, token: &Token) -> Option<usize> {
    let letters = probe.run(token.start, &ByteSet::UPPER, 3);
    if letters - token.start > 2 || letters == token.start || probe.get(letters) != Some(b'-') {
        return None;
    }
    let digits = probe.run(letters + 1, &ByteSet::DIGIT, 6);
    let is_code = (4..=5).contains(&(digits - letters - 1));
    let follows_town = previous.kind == Kind::Capital && !probe.is(digits, &ByteSet::WORD);
    is_code.then(|| town(probe, digits).or(follows_town.then_some(digits))).flatten()
}
