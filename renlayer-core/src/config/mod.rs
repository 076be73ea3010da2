//! The configuration: a file, the environment, flags, in that order, into types that cannot hold a wrong value.
//!
//! [`load`] reads them all and answers with a [`Config`] and warnings, or with everything that is wrong, each error
//! with its file, line and column: ``renlayer.yaml:12:5: declare: unknown key `agnts`; did you mean `agents`?``
//!
//! A file is YAML, TOML or JSON. In its scalars `${NAME}` and `${NAME:-default}` stand for variables of the
//! environment. With no file at all, [`Config::default`] governs calls to the well-known providers on loopback.
//!
//! ```
//! use renlayer_core::config::{Environment, Format, Overrides, Source, load};
//!
//! let file = Source { name: "renlayer.yaml", text: "listen: ${LISTEN:-127.0.0.1:9090}", format: Format::Yaml };
//! let loaded = load(Some(file), &Environment::default(), &Overrides::default())?;
//! assert_eq!(loaded.config.listen.port(), 9090);
//! # Ok::<(), renlayer_core::config::ConfigErrors>(())
//! ```

mod address;
mod cedar;
mod check;
mod counters;
mod database;
mod de;
mod declare;
mod document;
mod duration;
mod environment;
mod error;
mod fault;
mod interpolate;
mod known;
mod load;
mod node;
mod policy;
mod read;
mod route;
mod settings;
mod upstream;
mod variables;

pub use self::cedar::{DeclaredCedar, DeclaredGroup};
pub use self::counters::{CounterSettings, CounterStore, ParseCounterStoreError, RedisUrl};
pub use self::database::{DatabaseUrl, ParseDatabaseUrlError, PostgresUrl};
pub use self::declare::{
    Declare, DeclaredAgent, DeclaredKey, DeclaredSecret, SecretSource, SecretSourceError,
};
pub use self::duration::parse_duration;
pub use self::environment::Environment;
pub use self::error::{ConfigError, ConfigErrors, Origin};
pub use self::known::{BY_ACCOUNT, Unrouted, unrouted, well_known_routes, well_known_routes_in};
pub use self::load::{Config, Loaded, Overrides, Source, load, load_path};
pub use self::node::Place;
pub use self::policy::load_policy;
pub use self::read::Format;
pub use self::route::{Route, RouteTimeouts};
pub use self::settings::{
    AdminSettings, Auth, Bounds, Durability, LeaseSettings, LogFormat, LogLevel, LogSettings, StreamSettings,
    Timeouts, TraceSettings,
};
pub use self::upstream::{ParseUpstreamError, Upstream};
pub use renlayer_policy::Mode;
