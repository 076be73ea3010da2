//! Settings, compiled.

use std::collections::HashSet;
use std::sync::Arc;

use crate::allow::{AllowList, Entry, Values};
use crate::custom::{RegexPattern, WordList};
use crate::detector::{self, About, Detector};
use crate::engine::{Engine, Kind, Rule};
use crate::glob::Glob;
use crate::judge::Judge;
use crate::{
    Allow, DetectorInfo, DetectorSettings, Direction, Keywords, Pattern, Settings, SettingsError, Severity,
};

/// Everything that [`Scanner::new`](crate::Scanner::new) has to do.
pub(crate) fn compile(settings: &Settings) -> Result<Judge, SettingsError> {
    let mut candidates = builtin();
    candidates.extend(custom(settings)?);
    check_names(&candidates)?;
    check_classes("", settings.detectors.keys(), &settings.allow, &candidates)?;
    check_agents(settings, &candidates)?;
    let allow = allow_list("", &settings.allow)?;
    Ok(assemble(settings.clone(), candidates, allow))
}

/// A detector before the settings' overrides.
struct Candidate {
    detector: Box<dyn Detector>,
    /// Another severity than the detector's own.
    severity: Option<Severity>,
    action: Option<crate::Action>,
    direction: Option<Direction>,
}

fn builtin() -> Vec<Candidate> {
    let candidate =
        |detector: Box<dyn Detector>| Candidate { detector, severity: None, action: None, direction: None };
    detector::builtin().into_iter().map(candidate).collect()
}

fn custom(settings: &Settings) -> Result<Vec<Candidate>, SettingsError> {
    let patterns = settings.patterns.iter().enumerate().map(|(i, pattern)| {
        let detector = Box::new(RegexPattern::compile(pattern, &format!("patterns[{i}]"))?);
        let Pattern { severity, action, direction, .. } = *pattern;
        Ok(Candidate { detector, severity: Some(severity), action, direction })
    });
    let keywords = settings.keywords.iter().enumerate().map(|(i, keywords)| {
        let detector = Box::new(WordList::compile(keywords, &format!("keywords[{i}]"))?);
        let Keywords { severity, action, direction, .. } = *keywords;
        Ok(Candidate { detector, severity: Some(severity), action, direction })
    });
    patterns.chain(keywords).collect()
}

/* ===== checks ===== */

/// Two lists or patterns of one name could not be told apart.
fn check_names(candidates: &[Candidate]) -> Result<(), SettingsError> {
    let mut seen = HashSet::new();
    for (about, _) in candidates.iter().flat_map(|candidate| candidate.detector.kinds()) {
        let name = about.name;
        if !seen.insert(name.clone()) {
            return Err(SettingsError::new("patterns and keywords", format!("`{name}` is there twice")));
        }
    }
    Ok(())
}

/// What is otherwise for some agents has to mean something, too.
fn check_agents(settings: &Settings, candidates: &[Candidate]) -> Result<(), SettingsError> {
    for (i, entry) in settings.agents.iter().enumerate() {
        let place = format!("agents[{i}].");
        if entry.names.is_empty() {
            return Err(SettingsError::new(format!("{place}names"), "names no agent"));
        }
        check_classes(&place, entry.detectors.keys(), &entry.allow, candidates)?;
        allow_list(&place, &entry.allow)?;
    }
    Ok(())
}

/// Every class or glob that settings name has to mean something.
fn check_classes<'s>(
    place: &str,
    detectors: impl Iterator<Item = &'s String>,
    allow: &'s [Allow],
    candidates: &[Candidate],
) -> Result<(), SettingsError> {
    let kinds = candidates.iter().flat_map(|candidate| candidate.detector.kinds());
    let classes: Vec<_> = kinds.map(|(about, _)| about.class).collect();
    let named = detectors.map(|name| (format!("{place}detectors.{name}"), name));
    let allowed = allow.iter().enumerate().filter_map(|(i, allow)| {
        allow.detector.as_ref().map(|name| (format!("{place}allow[{i}].detector"), name))
    });
    for (place, name) in named.chain(allowed) {
        let glob = Glob::new(name);
        if classes.iter().any(|class| glob.matches(class)) {
            continue;
        }
        let nearest = classes.iter().min_by_key(|class| edit_distance(name, class));
        let hint = nearest.map(|class| format!("; did you mean `{class}`?")).unwrap_or_default();
        return Err(SettingsError::new(place, format!("no detector has the class `{name}`{hint}")));
    }
    Ok(())
}

fn allow_list(place: &str, allow: &[Allow]) -> Result<AllowList, SettingsError> {
    let entries = allow.iter().enumerate().map(|(i, allow)| {
        let classes = allow.detector.as_deref().map_or_else(Glob::any, Glob::new);
        let values = match (&allow.value, &allow.regex, &allow.path) {
            (Some(value), None, None) => Values::exact(value),
            (None, None, Some(path)) => Values::Path(Glob::new(path)),
            (None, Some(regex), None) => {
                let compiled = regex_automata::meta::Regex::new(&format!("^(?:{regex})$"));
                Values::Regex(
                    compiled
                        .map_err(|e| SettingsError::new(format!("{place}allow[{i}].regex"), e.to_string()))?,
                )
            }
            _ => {
                let place = format!("{place}allow[{i}]");
                return Err(SettingsError::new(place, "needs one of `value`, `regex` and `path`"));
            }
        };
        Ok(Entry { classes, values })
    });
    entries.collect::<Result<_, _>>().map(AllowList::new)
}

/// Levenshtein distance, over bytes: class names are ASCII.
fn edit_distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.bytes().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (slot, y) in row.iter_mut().skip(1).zip(b.bytes()) {
            let above = *slot;
            left = (diagonal + usize::from(x != y)).min(left + 1).min(above + 1);
            diagonal = std::mem::replace(slot, left);
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/* ===== assembly ===== */

fn assemble(settings: Settings, candidates: Vec<Candidate>, allow: AllowList) -> Judge {
    let mut infos = Vec::with_capacity(candidates.len());
    let mut rules = Vec::with_capacity(candidates.len());
    for mut candidate in candidates {
        let kinds: Vec<_> =
            candidate.detector.kinds().iter().map(|(about, _)| kind(&settings, &candidate, about)).collect();
        let enabled: Vec<_> = kinds.iter().map(|(info, _)| info.enabled).collect();
        let acts = |info: &DetectorInfo| info.enabled && info.action >= crate::Action::Tokenize;
        let acts = !settings.observe && kinds.iter().any(|(info, _)| acts(info));
        let direction = candidate.direction;
        let (its_infos, kinds) = kinds.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
        infos.extend(its_infos);
        if enabled.contains(&true) {
            candidate.detector.keep(&enabled);
            rules.push(Rule { kinds, direction, acts, ..Rule::new(candidate.detector) });
        }
    }
    let is_built_in = settings.patterns.is_empty() && settings.keywords.is_empty();
    Judge::new(Engine::new(rules), infos, settings, allow).of_built_in(is_built_in)
}

/// One kind of a detector's findings, as users see it and as the engine does.
fn kind(settings: &Settings, candidate: &Candidate, about: &About) -> (DetectorInfo, Kind) {
    let set = overrides(settings, &about.class);
    let severity = set.severity.or(candidate.severity).unwrap_or(about.severity);
    let action = set.action.or(candidate.action);
    let info = DetectorInfo {
        name: Arc::from(&*about.name),
        class: Arc::from(&*about.class),
        severity,
        action: action.unwrap_or_else(|| settings.action_for(severity)),
        enabled: set.enabled.unwrap_or(true),
        finds: Arc::from(&*about.finds),
    };
    let keep_shape = set.keep_shape.unwrap_or(false);
    (info, Kind { severity, action, keep_shape, ..Kind::new(about) })
}

/// What the settings say about a class; of several entries the most specific one that says something wins.
fn overrides(settings: &Settings, class: &str) -> DetectorSettings {
    let mut entries: Vec<_> = settings.detectors.iter().map(|(name, set)| (Glob::new(name), set)).collect();
    entries.retain(|(glob, _)| glob.matches(class));
    entries.sort_by_key(|(glob, _)| std::cmp::Reverse(glob.specificity()));
    DetectorSettings {
        severity: entries.iter().find_map(|(_, set)| set.severity),
        action: entries.iter().find_map(|(_, set)| set.action),
        enabled: entries.iter().find_map(|(_, set)| set.enabled),
        keep_shape: entries.iter().find_map(|(_, set)| set.keep_shape),
    }
}

impl Judge {
    /// Every built-in detector, with the default settings.
    pub(crate) fn builtin() -> Self {
        assemble(Settings::default(), builtin(), AllowList::default())
    }
}
