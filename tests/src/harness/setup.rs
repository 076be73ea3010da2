//! What a test's `renlayer` is started with.

use std::fmt::Write as _;

use super::renlayer::Renlayer;
use super::samples::{AGENT_NAME, agent_key, provider_key};
use crate::upstream::Upstream;

/// A configuration in the making.
#[derive(Default)]
pub struct Setup {
    bare: bool,
    database: Option<String>,
    top: String,
    routes: String,
    declare: String,
    env: Vec<(String, String)>,
    arguments: Vec<String>,
}

impl Setup {
    /// Without any file: only the address to listen on is said, in the environment.
    #[must_use]
    pub fn bare() -> Self {
        Self { bare: true, ..Self::default() }
    }

    /// With the usual routes, all to `upstream`: `/openai`, `/anthropic`, `/gemini`, `/mcp-server`, `/http`.
    #[must_use]
    pub fn routes_to(mut self, address: &str) -> Self {
        for (name, dialect) in [
            ("openai", "openai"),
            ("anthropic", "anthropic"),
            ("gemini", "gemini"),
            ("mcp-server", "mcp"),
            ("http", "http"),
        ] {
            let _ = writeln!(
                self.routes,
                "  - {{ name: {name}, prefix: /{name}, upstream: \"{address}\", dialect: {dialect}{{credential}} }}"
            );
        }
        self
    }

    /// With one more route, as YAML of a flow mapping's inside.
    #[must_use]
    pub fn route(mut self, yaml: &str) -> Self {
        let _ = writeln!(self.routes, "  - {{ {yaml} }}");
        self
    }

    /// With this database instead of an SQLite file beside the configuration.
    #[must_use]
    pub fn database(mut self, url: &str) -> Self {
        self.database = Some(url.into());
        self
    }

    /// With lines at the top level of the file.
    #[must_use]
    pub fn top(mut self, yaml: &str) -> Self {
        let _ = writeln!(self.top, "{yaml}");
        self
    }

    /// With lines under `declare:`, written as at the top level.
    #[must_use]
    pub fn declare(mut self, yaml: &str) -> Self {
        for line in yaml.lines() {
            let _ = writeln!(self.declare, "  {line}");
        }
        self
    }

    /// With the agent [`AGENT_NAME`], whose key is [`agent_key`], and no way in without a key.
    #[must_use]
    pub fn with_agent(self) -> Self {
        self.top("auth: required")
            .declare(&format!("agents:\n  - {{ name: {AGENT_NAME}, keys: [\"${{TEST_AGENT_KEY}}\"] }}"))
            .env("TEST_AGENT_KEY", &agent_key())
    }

    /// With [`provider_key`] as the credential of the usual routes.
    #[must_use]
    pub fn with_credential(mut self) -> Self {
        self.routes = self.routes.replace("{credential}", ", credential: provider-key");
        self.declare("secrets:\n  - { name: provider-key, from: { env: TEST_PROVIDER_KEY } }")
            .env("TEST_PROVIDER_KEY", &provider_key())
    }

    /// With a variable in the environment.
    #[must_use]
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// With a flag on the command line.
    #[must_use]
    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.into());
        self
    }

    /// Starts it and waits until it is ready.
    #[must_use]
    pub fn start(self) -> Renlayer {
        Renlayer::start(self)
    }

    /// Starts it although it cannot serve: what it says when it ends.
    #[must_use]
    pub fn refused(self) -> String {
        Renlayer::refused(&self)
    }

    pub(super) fn is_bare(&self) -> bool {
        self.bare
    }

    /// The environment beside the file.
    pub(super) fn environment(&self) -> &[(String, String)] {
        &self.env
    }

    pub(super) fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// The file, for a listener on `port`, with `database` unless the test named another.
    pub(super) fn yaml(&self, port: u16, database: &str) -> String {
        let database = self.database.as_deref().unwrap_or(database);
        let mut yaml = format!("listen: 127.0.0.1:{port}\ndatabase: \"{database}\"\n{}", self.top);
        if !self.routes.is_empty() {
            let _ = write!(yaml, "routes:\n{}", self.routes.replace("{credential}", ""));
        }
        if !self.declare.is_empty() {
            let _ = write!(yaml, "declare:\n{}", self.declare);
        }
        yaml
    }
}

impl Renlayer {
    /// A setup with the usual routes to `upstream`.
    #[must_use]
    pub fn in_front_of(upstream: &Upstream) -> Setup {
        Setup::default().routes_to(&upstream.url())
    }
}
