//! Google Cloud and Firebase.

use super::{ByteSet, Part, Token};

pub(super) const ROWS: &[Token] = &[
    Token::new(
        "gcp_api_key",
        "secret.gcp_api_key",
        "a Google API key",
        &["AIza"],
        &[Part::Run(ByteSet::BASE64URL, 35, 35)],
    )
    // Browsers show it to whoever draws a map with it.
    .shown(&["/maps/api/js?", "/maps/embed/"])
    .mistakes("keys that web pages publish are hits, but for those of maps and a few of Google's own"),
    // What Gemini gives out since 2025.
    Token::new(
        "gcp_bound_api_key",
        "secret.gcp_api_key",
        "a Google API key that is bound to a service account",
        &["AQ.Ab"],
        &[Part::Run(ByteSet::BASE64URL, 45, 60)],
    ),
    Token::new(
        "gcp_oauth_secret",
        "secret.gcp_oauth_secret",
        "a Google OAuth client secret",
        &["GOCSPX-"],
        &[Part::Run(ByteSet::BASE64URL, 28, 28)],
    ),
    Token::new(
        "gcp_oauth_token",
        "secret.gcp_oauth_token",
        "a Google OAuth access token",
        &["ya29."],
        &[Part::Run(ByteSet::BASE64URL.with(b"."), 40, 2048)],
    ),
    Token::new(
        "gcp_refresh_token",
        "secret.gcp_oauth_token",
        "a Google OAuth refresh token",
        &["1//0"],
        &[Part::Run(ByteSet::BASE64URL, 40, 200)],
    ),
];
