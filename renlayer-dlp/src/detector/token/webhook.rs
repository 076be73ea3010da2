//! URLs that let whoever has them post, run or read.

use super::{ByteSet, Part, Token, UUID, alnums, hex, is, lower, url64, url64s};
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
/// The name of an Azure function, with its path.
const FUNCTION: Part = Part::Run(ByteSet::WORD.with(b"-/"), 1, 80);

pub(super) const ROWS: &[Token] = &[
    token!(
        "zapier_webhook",
        "a Zapier catch hook",
        ["hooks.zapier.com/hooks/catch/"],
        &[Part::Run(ByteSet::DIGIT, 4, 10), is("/"), alnums(5, 12), Part::Maybe("/")]
    ),
    token!(
        "ifttt_webhook",
        "an IFTTT webhook with its key",
        ["maker.ifttt.com/trigger/"],
        &[Part::Run(ByteSet::WORD.with(b"-"), 1, 60), Part::Maybe("/json"), is("/with/key/"), url64s(20, 60)]
    ),
    token!(
        "make_webhook",
        "a Make webhook",
        [
            "hook.us1.make.com/",
            "hook.us2.make.com/",
            "hook.eu1.make.com/",
            "hook.eu2.make.com/",
            "hook.integromat.com/"
        ],
        &[lower(32)]
    ),
    token!(
        "google_chat_webhook",
        "a Google Chat webhook",
        ["chat.googleapis.com/v1/spaces/"],
        &[url64s(8, 16), is("/messages?key="), url64s(20, 60), Part::Run(ALNUM.with(b"&=%_-"), 10, 120)]
    ),
    token!("dingtalk_webhook" in "dingtalk_token", "a DingTalk robot webhook", ["oapi.dingtalk.com/robot/send?access_token="], &[hex(64)]),
    token!(
        "feishu_webhook",
        "a Feishu or Lark bot webhook",
        ["open.feishu.cn/open-apis/bot/v2/hook/", "open.larksuite.com/open-apis/bot/v2/hook/"],
        UUID
    ),
    token!("wecom_webhook", "a WeCom robot webhook", ["qyapi.weixin.qq.com/cgi-bin/webhook/send?key="], UUID),
    token!("teams_workflow_webhook" in "teams_webhook", "a Teams workflow or Logic Apps trigger", ["logic.azure.com:443/workflows/", "logic.azure.com/workflows/"],
        &[hex(32), Part::Run(ALNUM.with(b"/?&=%._-"), 20, 400)]),
    token!("power_automate_trigger" in "teams_webhook", "a trigger of a Power Automate flow", [
            "api.powerplatform.com:443/powerautomate/automations/direct/workflows/",
            "api.powerplatform.com/powerautomate/automations/direct/workflows/"
        ],
        &[hex(32), is("/triggers/"), Part::Run(ALNUM.with(b"/?&=%._-"), 40, 400)]),
    token!("teams_old_webhook" in "teams_webhook", "a Microsoft Teams webhook of the old form", ["outlook.office.com/webhook/", "outlook.office365.com/webhook/"],
        &[Part::Run(ByteSet::ALNUM.with(b"-@/"), 36, 240)])
        .exactly(&[Part::Run(ByteSet::HEX.with(b"-@"), 73, 73), is("/IncomingWebhook/"), Part::Run(ByteSet::HEX.with(b"-/"), 60, 80)]),
    token!("slack_commands_webhook" in "slack_webhook", "a Slack response URL", ["hooks.slack.com/commands/", "hooks.slack.com/actions/", "hooks.slack-gov.com/services/"],
        &[alnums(8, 14), is("/"), alnums(8, 20), is("/"), alnums(16, 60)]),
    token!(
        "thingsboard_url_token" in "thingsboard_token",
        "the access token of a ThingsBoard device",
        ["/api/v1/"],
        &[lower(20), is("/"), Part::Run(ByteSet::LOWER, 3, 10)]
    )
    .after(&Words::new(&["thingsboard", "telemetry"])),
    token!("mattermost_webhook", "a Mattermost incoming webhook", ["/hooks/"], &[lower(26)])
        .after(&Words::new(&["mattermost", "mm", "chat", "webhook", "webhooks"])),
    token!("softlayer_url_key" in "softlayer_key", "a SoftLayer API key in its URL", ["api.softlayer.com/soap/v3/", "api.softlayer.com/soap/v3.1/", "api.softlayer.com/rest/v3/"], &[lower(64)]),
    token!("bitrise_trigger" in "bitrise_token", "a Bitrise build trigger", ["app.bitrise.io/app/"], &[hex(16), is("/build/start.json?api_token="), url64(22)]),
    token!("vercel_deploy_hook" in "vercel_token", "a Vercel deploy hook", ["api.vercel.com/v1/integrations/deploy/"], &[is("prj_"), alnums(20, 40), is("/"), alnums(8, 20)]),
    token!("netlify_build_hook" in "netlify_token", "a Netlify build hook", ["api.netlify.com/build_hooks/"], &[hex(24)]),
    token!("render_deploy_hook" in "render_key", "a Render deploy hook", ["api.render.com/deploy/srv-"], &[lower(20), is("?key="), url64s(8, 16)]),
    token!(
        "google_calendar_url",
        "a private Google calendar address",
        ["calendar.google.com/calendar/ical/"],
        &[Part::Run(ALNUM.with(b"%._-"), 4, 120), is("/private-"), hex(32)]
    ),
    token!("webex_webhook" in "webex_token", "a Webex incoming webhook", ["webexapis.com/v1/webhooks/incoming/"], &[url64s(60, 120)]),
    token!("victorops_webhook" in "victorops_key", "a VictorOps integration with its key", ["alert.victorops.com/integrations/generic/"],
        &[Part::Run(ByteSet::DIGIT, 8, 8), is("/alert/"), Part::Run(ByteSet::HEX.with(b"-"), 36, 36)]),
    token!("pagerduty_webhook" in "pagerduty_key", "a PagerDuty integration with its key", ["events.pagerduty.com/integration/"], &[lower(32), is("/enqueue")]),
    token!("airtable_webhook" in "airtable_token", "an Airtable webhook that starts an automation", ["hooks.airtable.com/workflows/v1/genericWebhook/"],
        &[is("app"), alnums(14, 14), is("/wfl"), alnums(14, 14), is("/wtr"), alnums(14, 14)]),
    token!("pabbly_webhook", "a Pabbly Connect webhook", ["connect.pabbly.com/workflow/sendwebhookdata/"], &[Part::Run(ALNUM.with(b"_=-"), 20, 120)]),
    token!("sentry_release_webhook" in "sentry_token", "a Sentry release webhook with its token", ["sentry.io/api/hooks/release/builtin/"],
        &[Part::Run(ByteSet::DIGIT, 4, 20), is("/"), hex(64)]),
    token!("cloudflare_deploy_hook" in "cloudflare_token", "a Cloudflare Pages deploy hook", ["api.cloudflare.com/client/v4/pages/webhooks/deploy_hooks/"], UUID),
    token!("azure_function_url" in "azure_service_key", "an address of an Azure function with its key", ["azurewebsites.net/api/"],
        &[FUNCTION, is("?code="), Part::Run(ByteSet::BASE64URL.with(b"/+"), 52, 56), is("==")]),
    token!("azure_function_encoded_url" in "azure_service_key", "an address of an Azure function with its key, percent-encoded", ["azurewebsites.net/api/"],
        &[FUNCTION, is("?code="), Part::Run(ByteSet::BASE64URL.with(b"/+"), 52, 56), is("%3D%3D")]),
    token!("rocket_chat_webhook", "a Rocket.Chat incoming webhook", ["/hooks/"], &[alnums(17, 17), is("/"), alnums(40, 48)])
        .after(&Words::new(&["rocket", "rocketchat", "chat", "webhook", "webhooks"])),
    token!("jira_webhook", "a Jira automation webhook", ["automation.atlassian.com/pro/hooks/"], &[hex(40)]),
    token!(
        "uptime_heartbeat_url",
        "a heartbeat address of a monitor",
        ["hc-ping.com/", "cronitor.link/p/"],
        UUID
    ),
];
