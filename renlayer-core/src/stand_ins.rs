//! What stand-ins stand for, until an answer that uses them comes.
//!
//! A value that was tokenized on its way to an upstream is kept here, sealed, for the agent's session that sent it and for
//! nobody else. It is forgotten when that session has not sent it for [`KEPT_FOR`]. Since a conversation is sent again with
//! every call, and stand-ins are made by a key that all instances share, nothing is lost when another instance takes over.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use jiff::{SignedDuration, Timestamp};
use renlayer_dlp::{Original, StandIns};
use ring::{
    aead::{Aad, CHACHA20_POLY1305, LessSafeKey, NONCE_LEN, Nonce, UnboundKey},
    hmac,
};
use zeroize::Zeroizing;

use crate::id::{AgentId, TenantId};

/// How long a stand-in that is not sent again can be given back.
const KEPT_FOR: SignedDuration = SignedDuration::from_hours(24);
/// Sealed bytes in memory, over all owners. Beyond that, values are redacted instead.
const MOST_BYTES: usize = 64 << 20;
/// Stand-ins of one owner, beyond which values are redacted: every answer to it is searched for all of them.
const MOST_OF_ONE: usize = 1_000;

/// Whom stand-ins belong to: an agent's session.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Owner(Box<str>);

/// The values behind stand-ins.
#[derive(Default)]
pub(crate) struct Vault {
    /// Drawn when the first value comes. Without randomness there is none, and nothing is kept.
    key: std::sync::OnceLock<Option<hmac::Key>>,
    nonces: AtomicU64,
    shelves: Mutex<Shelves>,
}

#[derive(Default)]
struct Shelves {
    by_owner: HashMap<Owner, HashMap<Arc<str>, Sealed>>,
    bytes: usize,
}

/// A value that only its owner's key opens.
#[derive(Clone)]
struct Sealed {
    nonce: u64,
    bytes: Box<[u8]>,
    sent: Timestamp,
}

// === impl Owner ===

impl Owner {
    pub(crate) fn new(tenant: TenantId, agent: Option<AgentId>, session: Option<&str>) -> Self {
        // A session's name comes last: no name can look like another owner.
        let agent = agent.map(|agent| agent.to_string()).unwrap_or_default();
        Self(format!("{tenant} {agent} {}", session.unwrap_or_default()).into())
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

// === impl Vault ===

impl Vault {
    /// Keeps what a stand-in stands for. `false` where it cannot be kept, or stands for something else already.
    pub(crate) fn keep(&self, owner: &Owner, stand_in: &str, original: &[u8], now: Timestamp) -> bool {
        let Some(key) = self.key_of(owner) else { return false };
        let mut shelves = self.shelves();
        if let Some(sealed) = shelves.by_owner.get_mut(owner).and_then(|shelf| shelf.get_mut(stand_in)) {
            sealed.sent = now;
            return sealed.open(&key, stand_in).is_some_and(|kept| *kept == original);
        }
        let of_one = shelves.by_owner.get(owner).map_or(0, HashMap::len);
        if of_one >= MOST_OF_ONE || shelves.bytes + cost(stand_in, original.len()) > MOST_BYTES {
            return false;
        }
        let nonce = self.nonces.fetch_add(1, Ordering::Relaxed);
        let Some(bytes) = seal(&key, nonce, stand_in, original) else { return false };
        let shelf = shelves.by_owner.entry(owner.clone()).or_default();
        shelf.insert(stand_in.into(), Sealed { nonce, bytes, sent: now });
        shelves.bytes += cost(stand_in, original.len());
        true
    }

    /// The stand-ins of an owner, if there are any.
    pub(crate) fn of(self: &Arc<Self>, owner: &Owner, now: Timestamp) -> Option<StandIns> {
        let names: Vec<Arc<str>> = {
            let shelves = self.shelves();
            let shelf = shelves.by_owner.get(owner)?.iter();
            shelf.filter(|(_, sealed)| !sealed.is_over(now)).map(|(name, _)| Arc::clone(name)).collect()
        };
        let (vault, owner) = (Arc::clone(self), owner.clone());
        let open = move |stand_in: &str| vault.open(&owner, stand_in);
        (!names.is_empty()).then(|| StandIns::new(names, Arc::new(open)))
    }

    /// Forgets what has not been sent for too long.
    pub(crate) fn sweep(&self, now: Timestamp) {
        let mut shelves = self.shelves();
        shelves.by_owner.retain(|_, shelf| {
            shelf.retain(|_, sealed| !sealed.is_over(now));
            !shelf.is_empty()
        });
        let kept = shelves.by_owner.values().flatten();
        shelves.bytes = kept.map(|(name, sealed)| cost(name, sealed.bytes.len())).sum();
    }

    fn open(&self, owner: &Owner, stand_in: &str) -> Option<Original> {
        let key = self.key_of(owner)?;
        let sealed = self.shelves().by_owner.get(owner)?.get(stand_in)?.clone();
        sealed.open(&key, stand_in).map(|value| Original::new(&value))
    }

    /// Each owner has a key of its own: what stands on the wrong shelf does not open.
    fn key_of(&self, owner: &Owner) -> Option<LessSafeKey> {
        let key = self.key.get_or_init(|| {
            let mut bytes = Zeroizing::new([0; 32]);
            getrandom::fill(&mut *bytes).ok().map(|()| hmac::Key::new(hmac::HMAC_SHA256, &*bytes))
        });
        let key = hmac::sign(key.as_ref()?, owner.as_bytes());
        UnboundKey::new(&CHACHA20_POLY1305, key.as_ref()).ok().map(LessSafeKey::new)
    }

    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Sealed ===

impl Sealed {
    fn is_over(&self, now: Timestamp) -> bool {
        now.duration_since(self.sent) > KEPT_FOR
    }

    fn open(&self, key: &LessSafeKey, stand_in: &str) -> Option<Zeroizing<Vec<u8>>> {
        let mut bytes = Zeroizing::new(self.bytes.to_vec());
        let length = key.open_in_place(nonce(self.nonce), Aad::from(stand_in), &mut bytes).ok()?.len();
        bytes.truncate(length);
        Some(bytes)
    }
}

/// What an entry takes, about: its texts, and what holds them.
fn cost(stand_in: &str, value: usize) -> usize {
    stand_in.len() + value + 128
}

fn seal(key: &LessSafeKey, number: u64, stand_in: &str, original: &[u8]) -> Option<Box<[u8]>> {
    let mut bytes = original.to_vec();
    key.seal_in_place_append_tag(nonce(number), Aad::from(stand_in), &mut bytes).ok()?;
    Some(bytes.into())
}

/// A number that is used once in a process, and keys last no longer than a process.
fn nonce(number: u64) -> Nonce {
    let mut bytes = [0; NONCE_LEN];
    bytes.iter_mut().zip(number.to_le_bytes()).for_each(|(slot, byte)| *slot = byte);
    Nonce::assume_unique_for_key(bytes)
}

#[cfg(test)]
mod tests {
    use renlayer_dlp::{Direction, Format, Input, KnownValues, Scanner};

    use super::*;

    fn owner(session: &str) -> Owner {
        Owner::new(TenantId::derived("", "t"), None, Some(session))
    }

    /// What `text` becomes on its way to the owner.
    fn given_back(vault: &Arc<Vault>, owner: &Owner, now: Timestamp, text: &str) -> String {
        let known = vault.of(owner, now).map(|back| KnownValues::restoring(&back));
        let input = Input { format: Format::Text, direction: Direction::Response, known: known.as_ref() };
        let report = Scanner::silent().scan(text.as_bytes(), input);
        String::from_utf8(report.redact(text.as_bytes()).into_owned()).unwrap()
    }

    #[test]
    fn a_value_goes_back_to_its_owner_alone_and_not_for_ever() {
        let (vault, now) = (Arc::new(Vault::default()), Timestamp::UNIX_EPOCH);
        let (mine, yours) = (owner("a"), owner("b"));
        assert!(vault.keep(&mine, "[TOKEN:x:1]", b"ada", now));
        assert!(vault.keep(&mine, "[TOKEN:x:1]", b"ada", now), "again");
        assert!(!vault.keep(&mine, "[TOKEN:x:1]", b"bob", now), "it stands for something else");
        assert!(vault.keep(&yours, "[TOKEN:x:2]", b"eve", now));
        let text = "[TOKEN:x:1] and [TOKEN:x:2]";
        assert_eq!(given_back(&vault, &mine, now, text), "ada and [TOKEN:x:2]");
        assert_eq!(given_back(&vault, &yours, now, text), "[TOKEN:x:1] and eve");
        assert_eq!(given_back(&vault, &owner(""), now, text), text);
        assert_eq!(given_back(&vault, &mine, now, "[token:x:1], TOKEN:x:1"), "[token:x:1], TOKEN:x:1");

        let later = now + KEPT_FOR;
        assert!(vault.keep(&yours, "[TOKEN:x:2]", b"eve", later));
        let late = later + SignedDuration::from_secs(1);
        assert_eq!(given_back(&vault, &mine, late, text), text);
        vault.sweep(late);
        assert_eq!(vault.shelves().by_owner.len(), 1);
        assert_eq!(given_back(&vault, &yours, late, text), "[TOKEN:x:1] and eve");
    }

    #[test]
    fn no_owner_and_not_all_of_them_fill_the_memory() {
        let (vault, now) = (Vault::default(), Timestamp::UNIX_EPOCH);
        for number in 0..MOST_OF_ONE {
            assert!(vault.keep(&owner("a"), &number.to_string(), b"value", now));
        }
        assert!(!vault.keep(&owner("a"), "one more", b"value", now));
        assert!(vault.keep(&owner("a"), "0", b"value", now), "what is kept stays");
        let long = vec![b'x'; MOST_BYTES / 4];
        let kept = (0..5).filter(|number| vault.keep(&owner(&number.to_string()), "s", &long, now)).count();
        assert_eq!(kept, 3);
        vault.sweep(now + KEPT_FOR + SignedDuration::from_secs(1));
        assert_eq!(vault.shelves().bytes, 0);
        assert!(vault.keep(&owner("b"), "s", &long, now));
    }

    #[test]
    fn what_is_kept_is_sealed_for_its_owner() {
        let (vault, now) = (Vault::default(), Timestamp::UNIX_EPOCH);
        assert!(vault.keep(&owner("a"), "s", b"a value in memory", now));
        let sealed = vault.shelves().by_owner.get(&owner("a")).unwrap().get("s").unwrap().clone();
        assert!(!sealed.bytes.windows(5).any(|window| window == b"value"));
        assert!(sealed.open(&vault.key_of(&owner("b")).unwrap(), "s").is_none());
        assert!(sealed.open(&vault.key_of(&owner("a")).unwrap(), "t").is_none());
        assert!(sealed.open(&vault.key_of(&owner("a")).unwrap(), "s").is_some());
    }
}
