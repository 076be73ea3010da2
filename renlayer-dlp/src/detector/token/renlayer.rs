//! RenLayer's own agent keys.

use super::{ByteSet, Check, Part, Token};

pub(super) const ROWS: &[Token] = &[
    // 40 random characters and their CRC-32.
    Token::new(
        "renlayer_key",
        "secret.renlayer_key",
        "a RenLayer agent key",
        &["rlk_"],
        &[Part::Run(ByteSet::ALNUM, 46, 46)],
    )
    .check(Check::Crc32Base62),
];
