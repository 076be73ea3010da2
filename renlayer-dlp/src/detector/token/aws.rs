//! Amazon Web Services. The secret access key has no prefix: see [`aws_secret_key`](crate::detector::aws_secret_key).

use super::{ByteSet, Part, Token};

pub(super) const ROWS: &[Token] = &[
    // Long-term (AKIA), temporary (ASIA), bearer (ABIA), context-specific (ACCA). The id encodes the account in base32;
    // tests often use all capitals and digits, which makes them low.
    Token::new(
        "aws_access_key",
        "secret.aws_access_key",
        "an AWS access key id",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        &[Part::Run(ByteSet::UPPER.or(ByteSet::DIGIT), 16, 16)],
    )
    .exactly(&[Part::Run(ByteSet::BASE32, 16, 16)])
    .mistakes("ids with the digits 0, 1, 8 and 9, which AWS does not issue, are low"),
    // Begins with the same bytes for as long as its protobuf header stays the same.
    Token::new(
        "aws_session_token",
        "secret.aws_session_token",
        "an AWS session token",
        &["IQoJb3JpZ2lu", "FwoGZXIvYXdz", "FQoGZXIvYXdz", "FQoDYXdz"],
        &[Part::Run(ByteSet::BASE64, 100, 4096), Part::Maybe("="), Part::Maybe("=")],
    ),
    // base64 of "BedrockAPIKey-", and a presigned request.
    Token::new(
        "aws_bedrock_key",
        "secret.aws_bedrock_key",
        "a long-lived Amazon Bedrock API key",
        &["ABSKQmVkcm9ja0FQSUtleS"],
        &[Part::Run(ByteSet::BASE64, 80, 260), Part::Maybe("="), Part::Maybe("=")],
    ),
    Token::new(
        "aws_bedrock_session_key",
        "secret.aws_bedrock_key",
        "a short-lived Amazon Bedrock API key",
        &["bedrock-api-key-YmVkcm9jay5hbWF6b25hd3MuY29t"],
        &[Part::Run(ByteSet::BASE64, 0, 4096), Part::Maybe("="), Part::Maybe("=")],
    ),
];
