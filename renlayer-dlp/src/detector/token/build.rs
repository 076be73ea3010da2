//! Registries, build services, tests and scanners of code.

use super::{ByteSet, Part, Token, UUID, alnum, alnums, hex, is, lower, url64, url64s};
use crate::Severity;
use crate::words::Words;

const BASE64: ByteSet = ByteSet::BASE64;

pub(super) const ROWS: &[Token] = &[
    token!(
        "jenkins_secret",
        "a secret as Jenkins keeps it, readable with the keys beside it",
        ["{AQAAABAAAA"],
        &[Part::Run(BASE64.with(b"="), 20, 1000), is("}")]
    )
    .severity(Severity::High),
    // Its first log says so.
    token!(
        "jenkins_initial_password",
        "the password of the first administrator, as Jenkins logs it",
        ["to proceed to installation:\n\n", "to proceed to installation:\r\n\r\n"],
        &[hex(32)]
    )
    .phrase()
    .severity(Severity::High),
    token!("valtown_token", "a Val Town API token", ["vtwn_"], &[alnums(20, 64)]),
    token!("wakatime_token" in "wakatime_key", "a WakaTime API key of the newer form", ["waka_"], UUID),
    token!("atlassian_repository_token" in "atlassian_token", "an Atlassian repository, service or workspace token",
        ["ATCTT3", "ATSTT3", "ATOAT3"], &[url64s(100, 260), Part::Maybe("="), Part::Run(ByteSet::HEX, 0, 8)]),
    token!("bitbucket_data_center_token" in "bitbucket_app_password", "a Bitbucket client secret", ["BBDC-"], &[Part::Run(BASE64.with(b"@#-_"), 40, 50)]),
    token!("gitlab_workspace_token" in "gitlab_token", "a GitLab workspace token", ["glwt-"], &[url64s(20, 64)]),
    token!("buildkite_agent_token" in "buildkite_token", "a Buildkite agent or cluster token", ["bkct_", "bkaj_", "bkpt_"], &[url64s(40, 80)]),
    token!(
        "teamcity_token",
        "a TeamCity access token",
        ["eyJ0eXAiOiAiVENWMiJ9."],
        &[url64(36), is("."), url64(48)]
    ),
    token!(
        "jetbrains_token",
        "a permanent token of YouTrack or the JetBrains Hub",
        ["perm:", "perm-"],
        &[
            Part::Run(BASE64.with(b"="), 4, 60),
            is("."),
            Part::Run(BASE64.with(b"="), 4, 60),
            is("."),
            alnums(20, 60)
        ]
    ),
    token!(
        "packagist_token",
        "a Private Packagist token",
        [
            "packagist_ack_",
            "packagist_acs_",
            "packagist_oat_",
            "packagist_out_",
            "packagist_ort_",
            "packagist_ors_"
        ],
        &[hex(68)]
    ),
    token!("packagist_update_token" in "packagist_token", "a Packagist API token", ["packagist_org_"], &[hex(40)]),
    token!(
        "artifactory_password",
        "an encrypted Artifactory password",
        [
            "AP0", "AP1", "AP2", "AP3", "AP4", "AP5", "AP6", "AP7", "AP8", "AP9", "APA", "APB", "APC", "APD",
            "APE", "APF"
        ],
        &[alnums(10, 80)]
    )
    .after(&Words::new(&["artifactory", "artif", "jfrog", "art", "rt"]))
    .confidence(0.7),
    token!("stackhawk_key", "a StackHawk API key", ["hawk."], &[url64(20), is("."), url64(20)]),
    token!("veracode_key", "a Veracode API key", ["vera01ei-", "vera01es-"], &[hex(32)]),
    token!("socket_key", "a Socket.dev API key", ["sktsec_"], &[url64s(40, 60)]),
    token!("dependency_track_key", "a Dependency-Track API key", ["odt_"], &[alnums(32, 64)]),
    token!("chromatic_token", "a Chromatic project token", ["chpt_"], &[lower(15)]),
    token!("sourcegraph_licence" in "sourcegraph_token", "a Sourcegraph product or dotcom token", ["slk_", "sgd_", "sgamp_user_"], &[alnums(40, 90)]),
    token!("deno_deploy_token" in "deno_token", "a Deno organisation token", ["ddo_"], &[alnum(36)]),
    token!(
        "gitpod_token",
        "a Gitpod personal access token",
        ["gitpod_pat_"],
        &[url64s(30, 80), Part::Maybe("."), url64s(0, 60)]
    ),
    token!("daytona_key", "a Daytona API key", ["dtn_"], &[hex(64)]),
    token!(
        "trigger_key",
        "a Trigger.dev secret key",
        ["tr_dev_", "tr_prod_", "tr_stg_", "tr_pat_"],
        &[alnums(20, 48)]
    ),
    token!(
        "inngest_key",
        "an Inngest signing key",
        ["signkey-prod-", "signkey-test-", "signkey-branch-"],
        &[hex(64)]
    ),
    token!("unkey_root_key", "an Unkey root key", ["unkey_"], &[alnums(20, 40)]),
    token!("endor_labs_key", "an Endor Labs key or secret", ["endr+", "endr-"], &[alnums(16, 40)]),
];
