//! Package registries, build services and code analysis.

use super::{ByteSet, Check, Part, Token};

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX_LOWER;
const URL64: ByteSet = ByteSet::BASE64URL;

pub(super) const ROWS: &[Token] = &[
    Token::new(
        "npm_token",
        "secret.npm_token",
        "an npm access token",
        &["npm_"],
        &[Part::Run(ALNUM, 36, 36)],
    )
    .check(Check::Crc32Base62),
    // A macaroon, version 2, whose location is the index: base64 of 02 01 08 and the host of the index.
    Token::new(
        "pypi_token",
        "secret.pypi_token",
        "a PyPI upload token",
        &["pypi-AgEIcHlwaS5vcmc", "pypi-AgENdGVzdC5weXBpLm9yZw"],
        &[Part::Run(URL64, 50, 1000)],
    ),
    Token::new(
        "rubygems_key",
        "secret.rubygems_key",
        "a RubyGems API key",
        &["rubygems_"],
        &[Part::Run(HEX, 48, 48)],
    ),
    Token::new(
        "crates_token",
        "secret.crates_token",
        "a crates.io API token",
        &["cio"],
        &[Part::Run(ALNUM, 32, 32)],
    ),
    Token::new(
        "nuget_key",
        "secret.nuget_key",
        "a NuGet API key",
        &["oy2"],
        &[Part::Run(ByteSet::LOWER.or(ByteSet::DIGIT), 43, 43)],
    ),
    Token::new(
        "clojars_token",
        "secret.clojars_token",
        "a Clojars deploy token",
        &["CLOJARS_"],
        &[Part::Run(ALNUM, 60, 60)],
    ),
    Token::new(
        "docker_token",
        "secret.docker_token",
        "a Docker Hub access token",
        &["dckr_pat_", "dckr_oat_"],
        &[Part::Run(URL64, 27, 32)],
    ),
    Token::new(
        "artifactory_key",
        "secret.artifactory_key",
        "an Artifactory API key",
        &["AKC"],
        &[Part::Run(ALNUM, 10, 120)],
    )
    .exactly(&[Part::Literal("p"), Part::Run(ALNUM, 69, 69)]),
    Token::new(
        "artifactory_reference_token",
        "secret.artifactory_key",
        "an Artifactory reference token",
        &["cmVmdGtu"],
        &[Part::Run(ALNUM, 56, 56)],
    )
    // `reftkn:0…`.
    .exactly(&[Part::Literal("OjA"), Part::Run(ALNUM, 53, 53)]),
    Token::new(
        "sonar_token",
        "secret.sonar_token",
        "a SonarQube token",
        &["squ_", "sqp_", "sqa_"],
        &[Part::Run(ALNUM, 40, 40)],
    )
    .exactly(&[Part::Run(HEX, 40, 40)]),
    Token::new(
        "bitbucket_app_password",
        "secret.bitbucket_app_password",
        "a Bitbucket app password",
        &["ATBB"],
        &[Part::Run(ALNUM, 24, 24), Part::Run(ByteSet::HEX, 8, 8)],
    ),
    Token::new(
        "sourcegraph_token",
        "secret.sourcegraph_token",
        "a Sourcegraph access token",
        &["sgp_"],
        &[Part::Run(ByteSet::HEX, 40, 40)],
    ),
    Token::new(
        "sourcegraph_instance_token",
        "secret.sourcegraph_token",
        "a Sourcegraph access token that names its instance",
        &["sgp_"],
        &[Part::Run(ALNUM, 5, 16), Part::Literal("_"), Part::Run(ByteSet::HEX, 40, 40)],
    ),
    Token::new(
        "circleci_token",
        "secret.circleci_token",
        "a CircleCI personal or project token",
        &["CCIPAT_", "CCIPRJ_"],
        &[Part::Run(ALNUM, 22, 22), Part::Literal("_"), Part::Run(HEX, 40, 40)],
    ),
    Token::new(
        "buildkite_token",
        "secret.buildkite_token",
        "a Buildkite API token",
        &["bkua_"],
        &[Part::Run(HEX, 40, 40)],
    ),
    Token::new(
        "octopus_deploy_key",
        "secret.octopus_deploy_key",
        "an Octopus Deploy API key",
        &["API-"],
        &[Part::Run(ByteSet::UPPER.or(ByteSet::DIGIT), 26, 26)],
    ),
    Token::new(
        "cloudsmith_key",
        "secret.cloudsmith_key",
        "a Cloudsmith API key",
        &["csa_"],
        &[Part::Run(ALNUM, 36, 36)],
    ),
    Token::new(
        "infracost_key",
        "secret.infracost_key",
        "an Infracost API token",
        &["ico-"],
        &[Part::Run(ALNUM, 32, 32)],
    ),
    Token::new(
        "deno_token",
        "secret.deno_token",
        "a Deno Deploy token",
        &["ddp_", "ddw_"],
        &[Part::Run(ALNUM, 36, 36)],
    ),
    Token::new(
        "aikido_client_id",
        "secret.aikido_token",
        "an Aikido client id or CI token",
        &["AIK_CLIENT_", "AIK_CI_"],
        &[Part::Run(ALNUM, 20, 64)],
    ),
    Token::new(
        "aikido_secret",
        "secret.aikido_token",
        "an Aikido client secret",
        &["AIK_SECRET_"],
        &[Part::Run(ALNUM, 40, 64)],
    ),
    Token::new(
        "harness_token",
        "secret.harness_token",
        "a Harness API key",
        &["pat.", "sat."],
        &[
            Part::Run(URL64, 22, 22),
            Part::Literal("."),
            Part::Run(HEX, 24, 24),
            Part::Literal("."),
            Part::Run(ALNUM, 20, 20),
        ],
    ),
    Token::new(
        "scalingo_token",
        "secret.scalingo_token",
        "a Scalingo API token",
        &["tk-us-"],
        &[Part::Run(URL64, 48, 48)],
    ),
    Token::new(
        "snyk_token",
        "secret.snyk_token",
        "a Snyk token",
        &["snyk_uat.", "snyk_sat."],
        &[Part::Run(ALNUM, 8, 8), Part::Literal("."), Part::Run(URL64.with(b"."), 40, 400)],
    ),
];
