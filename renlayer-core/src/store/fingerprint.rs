//! The key of the fingerprints, made once for a store: what was found by one instance can be compared with what
//! another finds, and with what is found after a restart. Who does not have the store cannot try values against them.

use std::fmt;

use jiff::Timestamp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::StoreError;
use super::agents::ManagedBy;
use super::sql::{Session, values};
use crate::id::TenantId;
use crate::key::NoRandomness;

/// A secret of 32 bytes that fingerprints are keyed with. `Debug` does not print it.
pub struct FingerprintKey(Zeroizing<[u8; 32]>);

/// The setting that it is kept in.
const SETTING: &str = "fingerprint_key";

// === impl FingerprintKey ===

impl FingerprintKey {
    /// A new key from the system's random source.
    pub fn mint() -> Result<Self, NoRandomness> {
        let mut bytes = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *bytes)?;
        Ok(Self(bytes))
    }

    /// Another key that follows from this one, for the names of what limits count.
    pub fn for_counts(&self) -> [u8; 16] {
        let digest = Sha256::new().chain_update(b"renlayer limit counts").chain_update(*self.0).finalize();
        let mut key = [0; 16];
        key.iter_mut().zip(digest).for_each(|(byte, of_digest)| *byte = of_digest);
        key
    }

    /// The key itself, for what makes fingerprints.
    pub fn reveal(&self) -> [u8; 32] {
        *self.0
    }
}

impl fmt::Debug for FingerprintKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FingerprintKey(…)")
    }
}

// === rows ===

/// Keeps `proposed`, unless there is a key already, and tells which one there is then.
pub(super) async fn keep(
    session: &mut dyn Session,
    tenant: TenantId,
    proposed: &FingerprintKey,
    now: Timestamp,
) -> Result<FingerprintKey, StoreError> {
    let tenant = tenant.to_string();
    let json = serde_json::to_string(&*proposed.0).map_err(|_| StoreError::corrupt("setting"))?;
    let sql = "INSERT INTO tenant_settings (tenant, name, managed_by, definition, saved_us) \
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (tenant, name) DO NOTHING";
    let values = values![tenant.as_str(), SETTING, ManagedBy::Api.as_str(), json, now.as_microsecond()];
    session.execute(sql, values).await?;
    let sql = "SELECT definition FROM tenant_settings WHERE tenant = $1 AND name = $2";
    let rows = session.query(sql, values![tenant, SETTING]).await?;
    let row = rows.first().ok_or(StoreError::not_found("setting"))?;
    Ok(FingerprintKey(Zeroizing::new(row.json(0, "setting")?)))
}
