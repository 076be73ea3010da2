//! GitLab: one prefix per kind; routable tokens carry a payload and, after a dot, its length and a checksum.

use super::{ByteSet, Part, Token};

const BASE36: ByteSet = ByteSet::LOWER.or(ByteSet::DIGIT);

pub(super) const ROWS: &[Token] = &[
    Token::new(
        "gitlab_token",
        "secret.gitlab_token",
        "a GitLab personal, project or group access token",
        &["glpat-"],
        &[Part::Run(ByteSet::BASE64URL, 20, 20)],
    ),
    Token::new(
        "gitlab_routable_token",
        "secret.gitlab_token",
        "a routable GitLab token",
        &["glpat-", "glrt-", "glcbt-", "glptt-", "glagent-", "gldt-", "glft-", "glimt-", "glsoat-"],
        &[
            Part::Run(ByteSet::BASE64URL, 27, 300),
            Part::Literal("."),
            Part::Run(BASE36, 2, 2),
            Part::Maybe("."),
            Part::Run(BASE36, 7, 9),
        ],
    ),
    Token::new(
        "gitlab_deploy_token",
        "secret.gitlab_token",
        "a GitLab deploy, runner, feed, mail, agent, OAuth or SCIM token",
        &["gldt-", "glrt-", "glrtr-", "glft-", "glimt-", "glsoat-", "glffct-"],
        &[Part::Run(ByteSet::BASE64URL, 20, 26)],
    ),
    Token::new(
        "gitlab_long_token",
        "secret.gitlab_token",
        "a GitLab runner registration token of the newer form",
        &["glrtr-"],
        &[Part::Run(ByteSet::BASE64URL, 27, 64)],
    ),
    Token::new(
        "gitlab_trigger_token",
        "secret.gitlab_token",
        "a GitLab pipeline trigger token",
        &["glptt-"],
        &[Part::Run(ByteSet::HEX_LOWER, 40, 40)],
    ),
    Token::new(
        "gitlab_job_token",
        "secret.gitlab_token",
        "a GitLab CI job token",
        &["glcbt-"],
        &[Part::Run(ByteSet::ALNUM, 1, 5), Part::Literal("_"), Part::Run(ByteSet::BASE64URL, 20, 20)],
    ),
    Token::new(
        "gitlab_agent_token",
        "secret.gitlab_token",
        "a GitLab agent token for Kubernetes",
        &["glagent-"],
        &[Part::Run(ByteSet::BASE64URL, 50, 50)],
    ),
    Token::new(
        "gitlab_oauth_secret",
        "secret.gitlab_token",
        "a GitLab OAuth application secret",
        &["gloas-"],
        &[Part::Run(ByteSet::BASE64URL, 64, 64)],
    ),
    Token::new(
        "gitlab_runner_registration_token",
        "secret.gitlab_token",
        "a GitLab runner registration token",
        &["GR1348941"],
        &[Part::Run(ByteSet::BASE64URL, 20, 20)],
    ),
    Token::new(
        "gitlab_session",
        "secret.gitlab_token",
        "a GitLab session cookie",
        &["_gitlab_session="],
        &[Part::Run(ByteSet::HEX_LOWER, 32, 32)],
    ),
];
