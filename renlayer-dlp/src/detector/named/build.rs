//! Code, registries and build services.

use super::{
    ByteSet, HEX32, HEX40, HEX64, Named, Part, UUID, alnum, alnums, any_hex, base64, hex, is, lower, url64,
};
use crate::Severity;
use crate::words::Words;

const ALNUM: ByteSet = ByteSet::ALNUM;
const HEX: ByteSet = ByteSet::HEX;
const BASE64: ByteSet = ByteSet::BASE64;

/// The fourth version of a UUID, whose digits are random.
const UUID4: &[Part] =
    &[any_hex(8), is("-"), any_hex(4), is("-4"), any_hex(3), is("-"), any_hex(4), is("-"), any_hex(12)];

pub(super) const ROWS: &[Named] = &[
    key!("sonar_key" in "sonar_token", "a SonarQube token of the old form", ["sonar"], &[
        Part::Run(ALNUM.with(b"=_-"), 40, 40)
    ]),
    key!("codecov_token", "a Codecov upload token", ["codecov"], UUID),
    key!("codecov_access_token" in "codecov_token", "a Codecov access token", ["codecov"], HEX32),
    key!("codeclimate_id" in "codeclimate_token", "a Code Climate test reporter id", ["cc_test_reporter"], HEX64).whatever().severity(Severity::High),
    key!("coveralls_token", "a Coveralls token", ["coveralls"], &[alnums(32, 37)]),
    key!("circleci_old_token" in "circleci_token", "a CircleCI token of the old form", ["circle"], HEX40),
    key!("travis_token", "a Travis CI token", ["travis"], &[Part::Run(ALNUM.with(b"_-"), 22, 22)]),
    key!("snyk_key" in "snyk_token", "a Snyk API token", ["snyk"], UUID),
    key!("sourcegraph_old_token" in "sourcegraph_token", "a Sourcegraph token without prefix", ["sourcegraph"], HEX40),
    key!("wakatime_key", "a WakaTime API key", ["waka"], UUID),
    key!("greptile_key", "a Greptile API key", ["greptile"], &[base64(48)]),
    key!("github_oauth_secret", "a GitHub OAuth secret or token of the old form", ["github"], HEX40)
        .saying(&Words::new(&["key", "apikey", "token", "secret", "secrets", "password", "passwd", "pass", "pat", "credential", "credentials", "creds", "auth", "oauth", "authorization",
            "access", "personal", "login", "keys", "tokens", "apitoken", "authtoken", "clientsecret"]))
        .never(&Words::new(&["commit", "sha", "rev", "ref"])),
    key!("gitlab_old_token" in "gitlab_token", "a GitLab token without prefix", ["gitlab"], &[url64(20)]),
    key!("gitea_token", "a Gitea or Forgejo token", ["gitea", "forgejo", "codeberg"], HEX40),
    key!("gitee_token", "a Gitee token", ["gitee"], HEX32),
    key!("gitter_token", "a Gitter token", ["gitter"], HEX40),
    key!("bitbucket_secret", "a Bitbucket client secret", ["bitbucket"], &[url64(32)]),
    key!("bitbucket_client" in "bitbucket_secret", "a Bitbucket client id", ["bitbucket"], &[alnum(18)])
        .saying(&Words::new(&["client", "id", "key", "consumer"])).severity(Severity::Low),
    key!("npm_old_token" in "npm_token", "an npm token of the old form", ["_authtoken", "npm_token", "npm_auth"], UUID4).whatever(),
    key!("npm_registry_auth", "the credentials of an npm registry", ["_authtoken", "_auth", "_password"], &[Part::Run(BASE64.with(b"_-."), 16, 400), Part::Maybe("="), Part::Maybe("=")])
        .saying(&Words::new(&["registry", "npm", "npmjs", "_authtoken", "authtoken"])),
    key!("docker_old_token" in "docker_token", "a Docker Hub token of the old form", ["docker"], UUID),
    key!("artifactory_old_key" in "artifactory_key", "an Artifactory API key by its name", ["artifactory", "jfrog"], &[alnum(73)]),
    key!("packagecloud_token", "a packagecloud token", ["packagecloud"], &[any_hex(48)]),
    key!("gemfury_token", "a Gemfury token", ["gemfury", "fury_"], &[alnums(20, 22)]),
    key!("anaconda_token", "an Anaconda repository token", ["anaconda", "conda"], &[url64(2), is("-"), any_hex(8), is("-"), any_hex(4), is("-"), any_hex(4), is("-"), any_hex(4), is("-"), any_hex(12)]),
    key!("jenkins_token", "a Jenkins API token", ["jenkins"], &[is("11"), hex(32)]),
    key!("jenkins_crumb" in "jenkins_token", "a Jenkins crumb or API token of the old form", ["jenkins"], HEX32),
    key!("jenkins_request_crumb" in "jenkins_token", "the crumb that a request to Jenkins carries", ["jenkins-crumb"], &[Part::Run(ByteSet::HEX_LOWER, 32, 64)])
        .whatever()
        .severity(Severity::Low),
    key!("drone_token", "a Drone CI token", ["drone"], &[alnum(32)]),
    key!("appveyor_token", "an AppVeyor API token", ["appveyor"], &[is("v2."), lower(20)]),
    key!("bitrise_token", "a Bitrise token", ["bitrise"], &[url64(86)]),
    key!("semaphore_token", "a Semaphore CI token", ["semaphore"], &[alnum(40)]),
    key!("codeclimate_token", "a Code Climate token", ["codeclimate", "cc_test_reporter"], HEX64),
    key!("codeclimate_old_token" in "codeclimate_token", "a Code Climate reporter token", ["codeclimate"], HEX40),
    key!("codacy_token", "a Codacy token", ["codacy"], &[alnum(20)]),
    key!("codacy_project_token" in "codacy_token", "a Codacy project token", ["codacy"], HEX32),
    key!("deepsource_token", "a DeepSource token", ["deepsource"], &[alnums(32, 64)]),
    key!("semgrep_token", "a Semgrep token", ["semgrep"], HEX64),
    key!("gitguardian_key", "a GitGuardian API key", ["gitguardian"], &[any_hex(71)]),
    key!("percy_token", "a Percy token", ["percy"], HEX64),
    key!("browserstack_key", "a BrowserStack access key", ["browserstack"], &[alnum(20)]),
    key!("saucelabs_key", "a Sauce Labs access key", ["sauce"], UUID),
    key!("lambdatest_key", "a LambdaTest access key", ["lambdatest", "lt_access"], &[alnum(50)]),
    key!("cypress_key", "a Cypress record key", ["cypress"], UUID),
    key!("applitools_key", "an Applitools API key", ["applitools"], &[alnums(40, 110)]),
    key!("expo_token", "an Expo access token", ["expo_"], &[url64(40)]),
    key!("localstack_key", "a LocalStack token or key", ["localstack"], &[alnums(10, 48)]),
    key!("nx_cloud_token", "an Nx Cloud access token", ["nx_cloud"], &[Part::Run(BASE64, 60, 100), Part::Maybe("="), Part::Maybe("=")]),
    key!("chocolatey_key", "a Chocolatey API key", ["chocolatey", "choco_"], UUID),
    key!("vscode_marketplace_token", "a Visual Studio Marketplace token", ["vsce_", "ovsx_", "openvsx"], &[alnums(36, 84)]),
    key!("laravel_key", "the key of a Laravel application", ["app_key", "laravel"], &[is("base64:"), base64(43), is("=")]).whatever(),
    key!("rails_secret", "the secret of a Rails application", ["secret_key_base", "secret_token", "rails_master_key"], &[Part::Run(HEX, 32, 128)]).whatever(),
    key!("django_secret", "the secret key of a Django application", ["secret_key"], &[
        is("django-insecure-"), Part::Run(ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\"), 40, 60)
    ])
    .whatever(),
    key!("wordpress_salt", "a key or salt of wp-config.php", ["auth_key", "auth_salt", "logged_in_", "nonce_key", "nonce_salt"], &[
        Part::Run(ByteSet::EMPTY.range(0x21, 0x7e).without(b"\"'`\\"), 30, 70)
    ])
    .whatever(),
];
