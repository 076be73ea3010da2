//! Amazon Web Services.

use super::{ByteSet, Part, Token};

pub(super) const ROWS: &[Token] = &[
    // Long-term (AKIA), temporary (ASIA), bearer (ABIA), context-specific (ACCA). The id encodes the account.
    Token::new(
        "aws_access_key",
        "secret.aws_access_key",
        "an AWS access key id",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        &[Part::Run(ByteSet::BASE32, 16, 16)],
    ),
];
