//! Whether what governs a tenant has changed, without reading it.

use super::StoreError;
use super::sql::{Session, values};
use crate::id::TenantId;

/// What governed a tenant at one moment, to be compared with another moment of the same store. Another revision says
/// that something was written, not what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision(Vec<i64>);

/// For each table the sums that no write leaves as they are. Definitions of limits, routes and secrets change in place;
/// then the setting `declared` gets a new time.
const SUMS: [(&str, &str); 7] = [
    ("agents", "COUNT(*), MAX(created_us), CAST(SUM(changes) AS BIGINT), MAX(disabled_us)"),
    ("agent_keys", "COUNT(*), MAX(created_us), COUNT(revoked_us), MAX(revoked_us)"),
    ("policies", "COUNT(*), MAX(created_us), CAST(SUM(version) AS BIGINT), MAX(removed_us)"),
    ("limits", "COUNT(*), MAX(created_us), 0, 0"),
    ("routes", "COUNT(*), MAX(created_us), 0, 0"),
    ("secrets", "COUNT(*), MAX(created_us), 0, 0"),
    // A sum and not the latest: the clocks of instances differ, and one that is behind is to be noticed as well.
    ("tenant_settings", "COUNT(*), CAST(SUM(saved_us) AS BIGINT), 0, 0"),
];

pub(super) async fn read(session: &mut dyn Session, tenant: TenantId) -> Result<Revision, StoreError> {
    let sums = SUMS.map(|(table, sums)| format!("SELECT '{table}', {sums} FROM {table} WHERE tenant = $1"));
    let sql = format!("{} ORDER BY 1", sums.join(" UNION ALL "));
    let mut sums = Vec::new();
    for row in session.query(&sql, values![tenant.to_string()]).await? {
        for column in 1..=4 {
            sums.push(row.integer_or_null(column)?.unwrap_or_default());
        }
    }
    Ok(Revision(sums))
}
