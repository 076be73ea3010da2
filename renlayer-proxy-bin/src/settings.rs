//! From flags, file and environment to a configuration.

use std::path::{Path, PathBuf};

use renlayer_core::config::{Config, ConfigErrors, Environment, Loaded, Overrides, load, load_path};

use crate::cli::Place;

/// Files that are read when none is named, the first of them that is there.
const USUAL: [&str; 4] = ["renlayer.yaml", "renlayer.yml", "renlayer.toml", "renlayer.json"];

/// Where a configuration came from, so that it can be read again.
#[derive(Clone, Debug)]
pub(crate) struct Sources {
    file: Option<PathBuf>,
    overrides: Overrides,
}

// === impl Sources ===

impl Sources {
    /// The file that `place` names, or the usual one in the working directory.
    pub(crate) fn new(place: &Place, overrides: Overrides) -> Self {
        let usual = || USUAL.iter().map(PathBuf::from).find(|file| file.is_file());
        Self { file: place.config.clone().or_else(usual), overrides }
    }

    /// For commands that have no flags of their own for it.
    pub(crate) fn of(place: &Place) -> Self {
        Self::new(place, Overrides { database: place.database.clone(), ..Overrides::default() })
    }

    /// The file, if there is one.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Reads everything as it is now.
    pub(crate) fn load(&self) -> Result<(Loaded, Environment), ConfigErrors> {
        let environment = Environment::of_process();
        let loaded = match &self.file {
            Some(file) => load_path(file, &environment, &self.overrides),
            None => load(None, &environment, &self.overrides),
        }?;
        Ok((loaded, environment))
    }

    /// The same, for commands that only need the configuration itself.
    pub(crate) fn config(&self) -> Result<Config, ConfigErrors> {
        self.load().map(|(loaded, _)| loaded.config)
    }
}
