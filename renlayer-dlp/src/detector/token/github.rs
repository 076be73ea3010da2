//! GitHub.

use super::{ByteSet, Check, Part, Token};

pub(super) const ROWS: &[Token] = &[
    // Personal, OAuth, user-to-server, server-to-server, refresh; with a checksum since 2021.
    Token::new(
        "github_token",
        "secret.github_token",
        "a GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        &[Part::Run(ByteSet::ALNUM, 36, 36)],
    )
    .check(Check::Crc32Base62),
    Token::new(
        "github_refresh_token",
        "secret.github_token",
        "a GitHub refresh token of the older length",
        &["ghr_"],
        &[Part::Run(ByteSet::ALNUM, 76, 76)],
    )
    .check(Check::Crc32Base62),
    // With the id of the app before a JSON Web Token that GitHub signs.
    Token::new(
        "github_app_token",
        "secret.github_token",
        "a GitHub App's installation token in its stateless form",
        &["ghs_"],
        &[
            Part::Run(ByteSet::DIGIT, 1, 12),
            Part::Literal("_eyJ"),
            Part::Run(ByteSet::BASE64URL, 16, 1024),
            Part::Literal("."),
            Part::Run(ByteSet::BASE64URL, 16, 4096),
            Part::Literal("."),
            Part::Run(ByteSet::BASE64URL, 16, 1024),
        ],
    ),
    Token::new(
        "github_fine_grained_token",
        "secret.github_token",
        "a fine-grained GitHub personal access token",
        &["github_pat_"],
        &[Part::Run(ByteSet::WORD, 30, 120)],
    )
    .exactly(&[Part::Run(ByteSet::ALNUM, 22, 22), Part::Literal("_"), Part::Run(ByteSet::ALNUM, 59, 59)]),
];
