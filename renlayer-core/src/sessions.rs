//! What each session did so far, for policies that ask about risk. Kept in memory, by the process, for the sessions that
//! acted last.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, PoisonError},
};

use renlayer_policy::Risk;

use crate::{
    id::TenantId,
    trace::{Status, Trace},
};

/// Counters by session. Two generations bound it: when the newer one is full it becomes the older, and what the older one
/// held, sessions that did nothing for that long, is forgotten.
#[derive(Default)]
pub(crate) struct Sessions(Mutex<Generations>);

#[derive(Default)]
struct Generations {
    newer: HashMap<Key, Risk>,
    older: HashMap<Key, Risk>,
}

type Key = (TenantId, Box<str>);

/// Sessions of one generation.
const GENERATION: usize = 50_000;

impl Sessions {
    /// What a session did before.
    pub(crate) fn risk(&self, tenant: TenantId, session: &str) -> Risk {
        let key = (tenant, session.into());
        let generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        generations.newer.get(&key).or_else(|| generations.older.get(&key)).copied().unwrap_or_default()
    }

    /// Counters of one session alone, as they stand: what is counted there is not counted here.
    pub(crate) fn alone(&self, tenant: TenantId, session: &str) -> Self {
        let risk = self.risk(tenant, session);
        let newer = HashMap::from([((tenant, session.into()), risk)]);
        Self(Mutex::new(Generations { newer, older: HashMap::new() }))
    }

    /// Counts an action that ended.
    pub(crate) fn count(&self, trace: &Trace) {
        let Some(session) = &trace.session else { return };
        let key = (trace.tenant, session.clone());
        let mut generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let before = generations.newer.get(&key).or_else(|| generations.older.get(&key)).copied();
        let mut risk = before.unwrap_or_default();
        risk.actions += 1;
        risk.findings += trace.findings.len() as u64;
        risk.spend_micros = risk.spend_micros.saturating_add(trace.spend.map_or(0, |spend| spend.micros));
        risk.denials += u64::from(matches!(trace.status, Status::Denied | Status::DlpBlocked));
        if generations.newer.len() >= GENERATION && !generations.newer.contains_key(&key) {
            generations.older = mem::take(&mut generations.newer);
        }
        generations.newer.insert(key, risk);
    }
}
