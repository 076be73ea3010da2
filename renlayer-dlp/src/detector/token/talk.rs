//! Chat, mail and telephony.

use super::{ByteSet, Part, Token};
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX_LOWER;
const DIGIT: ByteSet = ByteSet::DIGIT;
const URL64: ByteSet = ByteSet::BASE64URL;

pub(super) const ROWS: &[Token] = &[
    // Bot, user, legacy, workspace, app-level and refresh tokens: groups of digits, then the secret.
    Token::new(
        "slack_token",
        "secret.slack_token",
        "a Slack bot, user, workspace, workflow or legacy token",
        &["xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxo-", "xoxs-", "xoxc-", "xwfp-"],
        &[Part::Run(DIGIT.with(b"-"), 8, 60), Part::Run(ALNUM, 6, 64)],
    ),
    Token::new(
        "slack_app_token",
        "secret.slack_token",
        "a Slack app-level token",
        &["xapp-"],
        &[
            Part::Run(DIGIT, 1, 1),
            Part::Literal("-"),
            Part::Run(ALNUM, 8, 14),
            Part::Literal("-"),
            Part::Run(DIGIT, 10, 14),
            Part::Literal("-"),
            Part::Run(HEX, 32, 64),
        ],
    )
    .exactly(&[
        Part::Run(DIGIT, 1, 1),
        Part::Literal("-"),
        Part::Run(ALNUM, 8, 14),
        Part::Literal("-"),
        Part::Run(DIGIT, 10, 14),
        Part::Literal("-"),
        Part::Run(HEX, 64, 64),
    ]),
    Token::new(
        "slack_config_token",
        "secret.slack_token",
        "a Slack configuration access or refresh token",
        &["xoxe.xoxp-", "xoxe.xoxb-"],
        &[Part::Run(DIGIT, 1, 1), Part::Literal("-"), Part::Run(ALNUM, 40, 400)],
    )
    .exactly(&[Part::Run(DIGIT, 1, 1), Part::Literal("-"), Part::Run(ALNUM, 163, 166)]),
    Token::new(
        "slack_config_refresh_token",
        "secret.slack_token",
        "a Slack configuration refresh token",
        &["xoxe-"],
        &[Part::Run(DIGIT, 1, 1), Part::Literal("-"), Part::Run(ALNUM, 40, 400)],
    )
    .exactly(&[Part::Run(DIGIT, 1, 1), Part::Literal("-"), Part::Run(ALNUM, 146, 147)]),
    Token::new(
        "slack_cookie",
        "secret.slack_token",
        "a Slack session cookie",
        &["xoxd-"],
        &[Part::Run(ByteSet::BASE64.with(b"%=-"), 40, 400)],
    ),
    Token::new(
        "slack_webhook",
        "secret.slack_webhook",
        "a Slack incoming webhook",
        &["hooks.slack.com/services/"],
        &[Part::Run(ALNUM.with(b"/"), 36, 98)],
    )
    // The ids of a team and of a bot, then the secret.
    .exactly(&[
        Part::Literal("T"),
        Part::Run(ALNUM, 7, 13),
        Part::Literal("/B"),
        Part::Run(ALNUM, 7, 19),
        Part::Literal("/"),
        Part::Run(ALNUM, 24, 24),
    ]),
    Token::new(
        "slack_workflow_webhook",
        "secret.slack_webhook",
        "a Slack workflow or trigger URL",
        &["hooks.slack.com/workflows/", "hooks.slack.com/triggers/"],
        &[Part::Run(ALNUM.with(b"/"), 36, 98)],
    )
    .exactly(&[
        Part::Run(ALNUM, 8, 14),
        Part::Literal("/"),
        Part::Run(ALNUM, 8, 20),
        Part::Literal("/"),
        Part::Run(ALNUM.with(b"/"), 16, 60),
    ]),
    Token::new(
        "discord_webhook",
        "secret.discord_webhook",
        "a Discord webhook URL",
        &[
            "//discord.com/api/webhooks/",
            "//discordapp.com/api/webhooks/",
            "canary.discord.com/api/webhooks/",
            "ptb.discord.com/api/webhooks/",
        ],
        &[Part::Run(DIGIT, 17, 20), Part::Literal("/"), Part::Run(URL64, 60, 72)],
    ),
    // By the address of its API, whatever the length of its number.
    Token::new(
        "telegram_url",
        "secret.telegram_token",
        "a Telegram bot token in an address",
        // The second as Apprise writes it.
        &["api.telegram.org/bot", "tgram://"],
        &[Part::Run(DIGIT, 5, 12), Part::Literal(":"), Part::Run(URL64, 35, 35)],
    ),
    // The bot's id, a colon, and a secret that begins with AA.
    Token::new(
        "telegram_token",
        "secret.telegram_token",
        "a Telegram bot token",
        &[":AA"],
        &[Part::Run(URL64, 32, 36)],
    )
    .lead(DIGIT, 8, 10)
    .exactly(&[Part::Run(URL64, 33, 33)]),
    Token::new(
        "teams_webhook",
        "secret.teams_webhook",
        "a Microsoft Teams incoming webhook URL",
        &["webhook.office.com/webhookb2/"],
        &[
            Part::Run(HEX.with(b"-@"), 73, 73),
            Part::Literal("/IncomingWebhook/"),
            Part::Run(HEX.with(b"-/"), 60, 80),
        ],
    ),
    Token::new(
        "sendgrid_key",
        "secret.sendgrid_key",
        "a SendGrid API key",
        &["SG."],
        &[Part::Run(URL64, 16, 32), Part::Literal("."), Part::Run(URL64, 16, 64)],
    )
    .exactly(&[Part::Run(URL64, 22, 22), Part::Literal("."), Part::Run(URL64, 43, 43)]),
    Token::new(
        "twilio_key",
        "secret.twilio_key",
        "a Twilio API key",
        &[
            "SK0", "SK1", "SK2", "SK3", "SK4", "SK5", "SK6", "SK7", "SK8", "SK9", "SKa", "SKb", "SKc", "SKd",
            "SKe", "SKf",
        ],
        &[Part::Run(HEX, 31, 31)],
    )
    .confidence(0.8),
    Token::new(
        "mailgun_key",
        "secret.mailgun_key",
        "a Mailgun API key",
        &["key-", "pubkey-"],
        &[Part::Run(HEX, 32, 32)],
    )
    .after(&Words::new(&["mailgun", "api"]))
    .confidence(0.8),
    Token::new(
        "mailgun_bare_key",
        "secret.mailgun_key",
        "what is written like a Mailgun key",
        &["key-"],
        &[Part::Run(ByteSet::HEX_LOWER, 32, 32)],
    )
    .severity(crate::Severity::Low),
    // The key, then the data centre.
    Token::new(
        "mailchimp_key",
        "secret.mailchimp_key",
        "a Mailchimp API key",
        &["-us"],
        &[Part::Run(DIGIT, 1, 2)],
    )
    .lead(HEX, 32, 32),
    Token::new(
        "sendinblue_key",
        "secret.brevo_key",
        "a Brevo API or SMTP key",
        &["xkeysib-", "xsmtpsib-"],
        &[Part::Run(HEX, 64, 64), Part::Literal("-"), Part::Run(ALNUM, 16, 16)],
    ),
    Token::new(
        "resend_key",
        "secret.resend_key",
        "a Resend API key",
        &["re_"],
        &[Part::Run(ALNUM, 8, 8), Part::Literal("_"), Part::Run(ALNUM, 24, 24)],
    ),
    Token::new(
        "telnyx_key",
        "secret.telnyx_key",
        "a Telnyx API key",
        &["KEY0"],
        &[Part::Run(ByteSet::HEX, 31, 31), Part::Literal("_"), Part::Run(ALNUM, 22, 22)],
    ),
    Token::new(
        "intercom_token",
        "secret.intercom_token",
        "an Intercom access token",
        &["dG9rO"],
        &[Part::Run(ALNUM, 54, 54), Part::Literal("=")],
    ),
    Token::new(
        "facebook_token",
        "secret.facebook_token",
        "a Facebook or Instagram user or page token",
        &["EAAM", "EAAC", "EAAB", "EAAG", "EAAD", "EAAJ"],
        &[Part::Run(ALNUM, 100, 400)],
    ),
];
