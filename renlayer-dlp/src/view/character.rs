//! What a character that is not ASCII amounts to, for one who looks for ASCII: nothing, an ASCII character, or the look of one.
//!
//! The sets are those that matter for values written in ASCII: `Default_Ignorable_Code_Point`, bidi controls and combining
//! marks over Latin letters; compatibility forms of ASCII (UAX 15, NFKC), decimal digits of all scripts (`Nd`), spaces (`Zs`)
//! and dashes (`Pd`); and from the confusables of UTS 39 those of ASCII letters and digits, in Latin, Greek, Cyrillic,
//! Armenian and Cherokee.

/// What a character amounts to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    /// Itself.
    Itself,
    /// Nothing that is seen.
    Nothing,
    /// Another form of an ASCII character.
    Is(u8),
    /// A character of another script that looks like an ASCII letter or digit.
    LooksLike(u8),
}

/// What `c` amounts to.
#[inline]
pub(crate) fn plain(c: char) -> Plain {
    let common = usize::try_from(u32::from(c)).ok().and_then(|point| COMMON.get(point));
    common.copied().unwrap_or_else(|| amounts(c))
}

/// The same of the characters of most alphabets, told once.
static COMMON: std::sync::LazyLock<Vec<Plain>> = std::sync::LazyLock::new(|| {
    const ALPHABETS: u32 = 0x2070;
    (0..ALPHABETS).map(|point| char::from_u32(point).map_or(Plain::Itself, amounts)).collect()
});

/// Tells it, so that no scan has to.
pub(crate) fn prepare() {
    std::sync::LazyLock::force(&COMMON);
}

fn amounts(c: char) -> Plain {
    let point = u32::from(c);
    match point {
        0..0xa0 => Plain::Itself,
        0xad | 0x34f | 0x61c | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x3164 | 0xffa0 => {
            Plain::Nothing
        }
        0x200b..=0x200f | 0x202a..=0x202e | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff | 0xfff9..=0xfffb => {
            Plain::Nothing
        }
        0x300..=0x36f | 0x20d0..=0x20f0 | 0x1bca0..=0x1bca3 | 0x1d173..=0x1d17a | 0xe0000..=0xe0fff => {
            Plain::Nothing
        }
        0xa0 | 0x1680 | 0x2000..=0x200a | 0x202f | 0x205f | 0x3000 | 0x2028..=0x2029 => Plain::Is(b' '),
        0x58a | 0x2010..=0x2015 | 0x2043 | 0x2212 | 0x2e3a..=0x2e3b | 0xfe58 | 0xfe63 => Plain::Is(b'-'),
        0x2024 | 0x3002 | 0xff61 | 0xb7 | 0x2027 | 0x30fb => Plain::Is(b'.'),
        0x2044 | 0x2215 => Plain::Is(b'/'),
        0xfe5f => Plain::Is(b'#'),
        0xfe6b => Plain::Is(b'@'),
        0xfe66 => Plain::Is(b'='),
        0xfe55 | 0x2236 => Plain::Is(b':'),
        0xff01..=0xff5e => is(point - 0xff01 + 0x21),
        0x1d400..=0x1d7ff => mathematical(point),
        0x249c..=0x24b5 => is(point - 0x249c + 0x61),
        0x24b6..=0x24cf => is(point - 0x24b6 + 0x41),
        0x24d0..=0x24e9 => is(point - 0x24d0 + 0x61),
        0x2460..=0x2468 => is(point - 0x2460 + 0x31),
        0x24ea => Plain::Is(b'0'),
        0x1f130..=0x1f149 => is(point - 0x1f130 + 0x41),
        0x1f150..=0x1f169 => is(point - 0x1f150 + 0x41),
        0x1f170..=0x1f189 => is(point - 0x1f170 + 0x41),
        0x2070 | 0x2074..=0x2079 => is(point - 0x2070 + 0x30),
        0x2080..=0x2089 => is(point - 0x2080 + 0x30),
        0xb9 => Plain::Is(b'1'),
        0xb2..=0xb3 => is(point - 0xb2 + 0x32),
        _ => digit(point).or_else(|| look_alike(c)).unwrap_or(Plain::Itself),
    }
}

/// The ASCII character that a tag character (U+E0020 to U+E007E) stands for: text that no one sees.
pub(crate) fn tagged(c: char) -> Option<u8> {
    u32::from(c)
        .checked_sub(0xe0000)
        .filter(|point| (0x20..0x7f).contains(point))
        .and_then(|p| u8::try_from(p).ok())
}

fn is(point: u32) -> Plain {
    u8::try_from(point).ok().filter(u8::is_ascii).map_or(Plain::Itself, Plain::Is)
}

/// Mathematical alphanumeric symbols: thirteen alphabets of 52 letters, Greek ones, and five sets of digits.
fn mathematical(point: u32) -> Plain {
    match point {
        0x1d400..=0x1d6a3 => match (point - 0x1d400) % 52 {
            n @ 0..26 => is(n + 0x41),
            n => is(n - 26 + 0x61),
        },
        0x1d7ce..=0x1d7ff => is((point - 0x1d7ce) % 10 + 0x30),
        _ => Plain::Itself,
    }
}

/// The zeros of the scripts that have decimal digits of their own.
const ZEROS: [u32; 33] = [
    0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6, 0xe50, 0xed0,
    0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50, 0x1bb0, 0x1c40, 0x1c50,
    0xa620, 0xa8d0, 0xa900, 0xa9d0, 0x1fbf0,
];

fn digit(point: u32) -> Option<Plain> {
    let before = ZEROS.partition_point(|zero| *zero <= point).checked_sub(1)?;
    let value = point - ZEROS.get(before)?;
    (value < 10).then(|| is(value + 0x30))
}

/// Look-alikes by the letter or digit that they look like.
const LOOK_ALIKES: [(u8, &str); 50] = [
    (b'A', "ΑАᎪ"),
    (b'B', "ΒВᏴ"),
    (b'C', "СϹᏟ"),
    (b'D', "Ꭰᗞ"),
    (b'E', "ΕЕᎬ"),
    (b'F', "Ϝ"),
    (b'G', "ԌᏀ"),
    (b'H', "ΗНᎻ"),
    (b'I', "ΙІӀ"),
    (b'J', "ЈᎫͿ"),
    (b'K', "ΚКᏦK"),
    (b'L', "Ꮮ"),
    (b'M', "ΜМᎷϺ"),
    (b'N', "Ν"),
    (b'O', "ΟОՕ"),
    (b'P', "ΡРᏢ"),
    (b'Q', "Ԛ"),
    (b'R', "Ꭱ"),
    (b'S', "ЅՏᏚ"),
    (b'T', "ΤТᎢ"),
    (b'U', "Սᑌ"),
    (b'V', "ᏙѴ"),
    (b'W', "ԜᎳ"),
    (b'X', "ΧХ"),
    (b'Y', "ΥҮУ"),
    (b'Z', "ΖᏃ"),
    (b'a', "аαɑ"),
    (b'b', "Ьᖯ"),
    (b'c', "сϲᴄ"),
    (b'd', "ԁᏧ"),
    (b'e', "еҽ"),
    (b'g', "ɡց"),
    (b'h', "һհ"),
    (b'i', "іιıɩ"),
    (b'j', "јϳ"),
    (b'k', "κк"),
    (b'l', "ӏǀ"),
    (b'n', "ոп"),
    (b'o', "оοօσᴏ"),
    (b'p', "рρ"),
    (b'q', "ԛգ"),
    (b'r', "гᴦ"),
    (b's', "ѕꜱ"),
    (b'u', "υսᴜ"),
    (b'v', "νѵᴠ"),
    (b'w', "ԝᴡѡ"),
    (b'x', "х"),
    (b'y', "уүγ"),
    (b'z', "ᴢ"),
    (b'3', "ЗӠ"),
];

/// Look-alikes in order of their code points.
static SORTED: std::sync::LazyLock<Vec<(char, u8)>> = std::sync::LazyLock::new(|| {
    let pairs = LOOK_ALIKES.iter().flat_map(|(plain, all)| all.chars().map(|c| (c, *plain)));
    let mut pairs: Vec<_> = pairs.filter(|(c, _)| !c.is_ascii()).collect();
    pairs.sort_unstable();
    pairs
});

fn look_alike(c: char) -> Option<Plain> {
    let at = SORTED.binary_search_by_key(&c, |(c, _)| *c).ok()?;
    SORTED.get(at).map(|(_, plain)| Plain::LooksLike(*plain))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_amount_to_what_they_are_taken_for() {
        for (c, amounts) in [
            ('\u{200b}', Plain::Nothing),
            ('\u{ad}', Plain::Nothing),
            ('\u{e0041}', Plain::Nothing),
            ('\u{202e}', Plain::Nothing),
            ('\u{301}', Plain::Nothing),
            ('＠', Plain::Is(b'@')),
            ('４', Plain::Is(b'4')),
            ('ｚ', Plain::Is(b'z')),
            ('𝐀', Plain::Is(b'A')),
            ('𝟗', Plain::Is(b'9')),
            ('𝚣', Plain::Is(b'z')),
            ('٣', Plain::Is(b'3')),
            ('९', Plain::Is(b'9')),
            ('–', Plain::Is(b'-')),
            ('\u{a0}', Plain::Is(b' ')),
            ('а', Plain::LooksLike(b'a')),
            ('Ο', Plain::LooksLike(b'O')),
            ('é', Plain::Itself),
            ('ж', Plain::Itself),
            ('中', Plain::Itself),
            ('’', Plain::Itself),
        ] {
            assert_eq!(plain(c), amounts, "{c:?}");
        }
        assert_eq!(tagged('\u{e0041}'), Some(b'A'));
        assert_eq!(tagged('\u{e0001}'), None);
    }

    #[test]
    fn tables_are_sorted_and_say_one_thing() {
        assert!(ZEROS.is_sorted());
        assert!(SORTED.windows(2).all(|pair| pair[0].0 < pair[1].0), "a look-alike is there twice");
    }
}
