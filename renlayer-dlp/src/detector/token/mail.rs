//! Mail, push and telephony beside the large ones.

use super::{ByteSet, Part, Token, UUID, base64, hex, lower, upper, url64, url64s};
use crate::Severity;

const ALNUM: ByteSet = ByteSet::ALNUM;
const URL64: ByteSet = ByteSet::BASE64URL;

pub(super) const ROWS: &[Token] = &[
    token!("mandrill_key", "a Mandrill API key", ["md-"], &[url64(22)]),
    token!("mailersend_token", "a MailerSend API token", ["mlsn."], &[hex(64)]),
    token!("smtp2go_key", "an SMTP2GO API key", ["api-"], &[upper(32)]),
    token!("kit_key", "a Kit (ConvertKit) API key", ["kit_"], &[hex(32)]),
    token!(
        "onesignal_key",
        "a OneSignal app or organisation key",
        ["os_v2_app_", "os_v2_org_"],
        &[lower(100), Part::Run(ByteSet::LOWER.or(ByteSet::DIGIT), 0, 12)]
    ),
    token!("pubnub_secret", "a PubNub secret key", ["sec-c-"], &[base64(48)]),
    token!("pubnub_key", "a PubNub publish or subscribe key", ["pub-c-", "sub-c-"], UUID)
        .severity(Severity::Medium),
    token!("firebase_messaging_key", "a Firebase Cloud Messaging server key", [":APA91b"], &[url64(134)])
        .led_by(URL64, 11, 11),
    token!(
        "twilio_account",
        "a Twilio account id",
        [
            "AC0", "AC1", "AC2", "AC3", "AC4", "AC5", "AC6", "AC7", "AC8", "AC9", "ACa", "ACb", "ACc", "ACd",
            "ACe", "ACf"
        ],
        &[hex(31)]
    )
    .severity(Severity::Low),
    token!("slack_legacy_workspace_token" in "slack_token", "a Slack legacy or rotated token", ["xoxx-", "xoxt-", "xoxz-"], &[Part::Run(ALNUM.with(b"-"), 24, 120)]),
    token!("discord_mfa_token" in "discord_token", "a Discord token of an account with a second factor", ["mfa."], &[url64s(80, 100)]),
    token!("dingtalk_secret" in "dingtalk_token", "a DingTalk robot secret", ["SEC"], &[hex(64)]),
];
