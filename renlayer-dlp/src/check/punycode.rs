//! How long a label of a domain becomes in Punycode (RFC 3492).

const BASE: u32 = 36;
const LEAST: u32 = 1;
const MOST: u32 = 26;
const SKEW: u32 = 38;
const DAMP: u32 = 700;

/// The characters that `label` takes without its prefix `xn--`.
pub(crate) fn length(label: &str) -> usize {
    let basic = label.bytes().filter(u8::is_ascii).count();
    let (mut length, mut done) = (basic + usize::from(basic > 0), basic);
    let (mut next, mut delta, mut bias) = (0x80u32, 0u32, 72u32);
    while let Some(least) = label.chars().map(u32::from).filter(|c| *c >= next).min() {
        delta = delta.saturating_add((least - next).saturating_mul(count(done) + 1));
        next = least;
        for c in label.chars().map(u32::from) {
            if c < next {
                delta = delta.saturating_add(1);
            }
            if c == next {
                length += digits(delta, bias);
                bias = adapted(delta, count(done) + 1, done == basic);
                (delta, done) = (0, done + 1);
            }
        }
        (delta, next) = (delta.saturating_add(1), next + 1);
    }
    length
}

fn count(done: usize) -> u32 {
    u32::try_from(done).unwrap_or(u32::MAX - 1)
}

/// The digits of a number of variable length.
fn digits(delta: u32, bias: u32) -> usize {
    let (mut rest, mut k, mut count) = (delta, BASE, 1);
    loop {
        let threshold = k.saturating_sub(bias).clamp(LEAST, MOST);
        if rest < threshold {
            return count;
        }
        rest = (rest - threshold) / (BASE - threshold);
        (k, count) = (k + BASE, count + 1);
    }
}

fn adapted(delta: u32, points: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / DAMP } else { delta / 2 };
    delta += delta / points;
    let mut k = 0;
    while delta > (BASE - LEAST) * MOST / 2 {
        delta /= BASE - LEAST;
        k += BASE;
    }
    k + (BASE - LEAST + 1) * delta / (delta + SKEW)
}

#[cfg(test)]
mod tests {
    use super::length;

    #[test]
    fn a_label_is_as_long_as_the_standard_makes_it() {
        // RFC 3492, section 7.1, and names in use.
        for (label, encoded) in [
            ("bücher", "bcher-kva"),
            ("münchen", "mnchen-3ya"),
            ("例子", "fsqu00a"),
            ("пример", "e1afmkfd"),
            ("他们为什么不说中文", "ihqwcrb4cv8a8dqg056pqjye"),
            ("почемужеонинеговорятпорусски", "b1abfaaepdrnnbgefbadotcwatmq2g4l"),
            ("3年b組金八先生", "3b-ww4c5e180e575a65lsy2b"),
        ] {
            assert_eq!(length(label), encoded.len(), "{label}");
        }
    }
}
