//! From a file, the environment and flags to a [`Config`]; later wins.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use renlayer_policy::{Mode, PolicyAction, Price};

use super::address::Address;
use super::cedar::directory;
use super::document::{Document, Section};
use super::error::{ConfigError, ConfigErrors, Origin};
use super::known::{well_known_routes, well_known_routes_in};
use super::read::{Format, read};
use super::{
    AdminSettings, Auth, Bounds, CounterSettings, DatabaseUrl, Declare, Environment, LeaseSettings, LogLevel,
    LogSettings, Route, StreamSettings, Timeouts, TraceSettings, Upstream, check, variables,
};

/// Everything that can be configured.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where agents connect.
    pub listen: SocketAddr,
    /// Where governance and traces are kept.
    pub database: DatabaseUrl,
    /// Where limits are counted.
    pub counters: CounterSettings,
    /// Whether verdicts take effect.
    pub mode: Mode,
    /// What a call without an agent key is worth.
    pub auth: Auth,
    /// Where the command line finds a running instance; that of `listen` where it is not said.
    pub api_url: Option<Upstream>,
    /// What answers calls that no route takes.
    pub default_upstream: Option<Upstream>,
    /// What is logged.
    pub log: LogSettings,
    /// The listener for operators.
    pub admin: AdminSettings,
    /// Bounds of the process.
    pub bounds: Bounds,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// For how long an instance may judge without asking others.
    pub lease: LeaseSettings,
    /// What becomes of answers under way.
    pub streams: StreamSettings,
    /// Where calls are forwarded.
    pub routes: Vec<Route>,
    /// What models cost, beside what is known of them.
    pub prices: Vec<Price>,
    /// Governance kept in the file.
    pub declare: Declare,
    /// How traces are kept.
    pub traces: TraceSettings,
}

/// A file that was read.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Its name, as errors show it.
    pub name: &'a str,
    /// What it says.
    pub text: &'a str,
    /// How it says it.
    pub format: Format,
}

/// What flags say.
#[derive(Clone, Debug, Default)]
pub struct Overrides {
    /// `--listen`
    pub listen: Option<SocketAddr>,
    /// `--database`
    pub database: Option<DatabaseUrl>,
    /// `--observe`
    pub mode: Option<Mode>,
    /// `--default-upstream`
    pub default_upstream: Option<Upstream>,
    /// `--log-level`
    pub log_level: Option<LogLevel>,
}

/// A configuration, and what its operator should know about it.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The configuration.
    pub config: Config,
    /// Nothing that keeps it from working.
    pub warnings: Vec<String>,
}

/// Reads a file, if there is one, then the environment, then flags.
pub fn load(
    file: Option<Source<'_>>,
    environment: &Environment,
    overrides: &Overrides,
) -> Result<Loaded, ConfigErrors> {
    let mut config = Config { routes: well_known_routes_in(environment), ..Config::default() };
    let document = file.map(|file| open(file, environment)).transpose()?;
    if let Some(document) = &document {
        config.read_file(document);
    }
    let mut outside = variables::apply(&mut config, environment);
    config.apply(overrides);
    check::check(&config, document.as_ref(), &mut outside.errors);
    let mut errors = document.map(Document::into_errors).unwrap_or_default();
    errors.append(&mut outside.errors);
    match ConfigErrors::collect(errors) {
        Some(errors) => Err(errors),
        None => {
            let mut warnings = outside.warnings;
            warnings.extend(check::warnings(&config, environment));
            Ok(Loaded { config, warnings })
        }
    }
}

/// The same, from a file by its path; its ending says how it is written.
pub fn load_path(
    path: &Path,
    environment: &Environment,
    overrides: &Overrides,
) -> Result<Loaded, ConfigErrors> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        let origin = Origin::File { name: name.clone(), place: None };
        ConfigError::new(origin, "", format!("cannot be read: {}", error.kind()))
    })?;
    load(Some(Source { name: &name, text: &text, format: Format::of(&name) }), environment, overrides)
}

pub(super) fn open(file: Source<'_>, environment: &Environment) -> Result<Document, ConfigError> {
    let lookup = |name: &str| environment.get(name).map(str::to_owned);
    match read(file.text, file.format, &lookup) {
        Ok(root) => Ok(Document::new(file.name, root)),
        Err(error) => {
            let origin = Origin::File { name: file.name.to_owned(), place: error.place };
            Err(ConfigError::new(origin, "", error.message))
        }
    }
}

// === impl Config ===

impl Default for Config {
    /// Loopback, SQLite, and the well-known providers.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 8080)),
            database: DatabaseUrl::default(),
            counters: CounterSettings::default(),
            mode: Mode::Enforce,
            auth: Auth::default(),
            api_url: None,
            default_upstream: None,
            log: LogSettings::default(),
            admin: AdminSettings::default(),
            prices: Vec::new(),
            bounds: Bounds::default(),
            timeouts: Timeouts::default(),
            lease: LeaseSettings::default(),
            streams: StreamSettings::default(),
            routes: well_known_routes(),
            declare: Declare::default(),
            traces: TraceSettings::default(),
        }
    }
}

impl Config {
    fn read_file(&mut self, document: &Document) {
        let mut root = document.root();
        self.listen = root.value("listen").map_or(self.listen, |Address(listen)| listen);
        self.database = root.value_or_default("database");
        self.counters = root.value_or_default("counters");
        self.mode = root.value_or_default("mode");
        self.auth = root.value_or_default("auth");
        self.api_url = root.value("api_url");
        self.default_upstream = root.value("default_upstream");
        self.log = root.value_or_default("log");
        self.admin = root.value_or_default("admin");
        self.bounds = root.value_or_default("bounds");
        self.timeouts = root.value_or_default("timeouts");
        self.lease = root.value_or_default("lease");
        self.streams = root.value_or_default("streams");
        self.traces = root.value_or_default("traces");
        let keep_well_known = root.value("well_known_routes");
        if let Some(mut routes) = root.list::<Route>("routes") {
            // Routes in a file are all the routes, unless it asks for the others as well.
            if keep_well_known.unwrap_or(false) {
                let named = |known: &Route| !routes.iter().any(|route| route.takes_the_place_of(known));
                routes = self.routes.drain(..).filter(named).chain(routes.iter().cloned()).collect();
            }
            self.routes = routes;
        } else if keep_well_known == Some(false) {
            self.routes.clear();
        }
        self.prices = root.list("prices").unwrap_or_default();
        self.declare = Declare::read(root.section("declare"));
        root.finish();
    }

    fn apply(&mut self, overrides: &Overrides) {
        let overrides = overrides.clone();
        self.listen = overrides.listen.unwrap_or(self.listen);
        self.mode = overrides.mode.unwrap_or(self.mode);
        self.log.level = overrides.log_level.unwrap_or(self.log.level);
        if let Some(database) = overrides.database {
            self.database = database;
        }
        if overrides.default_upstream.is_some() {
            self.default_upstream = overrides.default_upstream;
        }
    }
}

impl Declare {
    fn read(mut section: Section<'_>) -> Self {
        let agents = section.list("agents").unwrap_or_default();
        let groups = section.list("groups").unwrap_or_default();
        let declare = Self {
            directory: directory(&agents, &groups),
            agents,
            groups,
            cedar: section.list("cedar").unwrap_or_default(),
            secrets: section.list("secrets").unwrap_or_default(),
            policies: section.list("policies").unwrap_or_default(),
            limits: section.list("limits").unwrap_or_default(),
            dlp: section.value_or_default("dlp"),
            default_action: section.value("default_action").unwrap_or(PolicyAction::Allow),
            mode: section.value("mode"),
        };
        section.finish();
        declare
    }
}
