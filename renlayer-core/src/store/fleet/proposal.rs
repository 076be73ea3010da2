//! Governance as it would be, written down before it is: what a transaction that is then undone answers to the queries that
//! read governance. Whoever reads it asks the same queries, and gets the answers from the paper.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::super::sql::{Row, Session, Value};
use super::super::{Governance, StoreError, governance};
use crate::id::TenantId;

/// One query and its answer.
#[derive(Serialize, Deserialize)]
struct Answered {
    sql: String,
    values: Vec<Value>,
    rows: Vec<Row>,
}

/// A session that writes down what it is asked and answered.
struct Noting<'s> {
    session: &'s mut dyn Session,
    noted: Vec<Answered>,
}

/// A session that answers from what was written down.
struct Noted(Vec<Answered>);

/// Writes down what `session` has made of a tenant's governance.
pub(super) async fn write(session: &mut dyn Session, tenant: TenantId) -> Result<String, StoreError> {
    let mut noting = Noting { session, noted: Vec::new() };
    governance::read(&mut noting, tenant).await?;
    serde_json::to_string(&noting.noted).map_err(|_| StoreError::corrupt("proposal"))
}

/// Reads it back.
pub(super) async fn read(text: &str, tenant: TenantId) -> Result<Governance, StoreError> {
    let noted = serde_json::from_str(text).map_err(|_| StoreError::corrupt("proposal"))?;
    governance::read(&mut Noted(noted), tenant).await
}

#[async_trait]
impl Session for Noting<'_> {
    async fn execute(&mut self, _: &str, _: Vec<Value>) -> Result<u64, StoreError> {
        Err(StoreError::refused("read only"))
    }

    async fn query(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let rows = self.session.query(sql, values.clone()).await?;
        self.noted.push(Answered { sql: sql.to_owned(), values, rows: rows.clone() });
        Ok(rows)
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Err(StoreError::refused("read only"))
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        Ok(())
    }
}

#[async_trait]
impl Session for Noted {
    async fn execute(&mut self, _: &str, _: Vec<Value>) -> Result<u64, StoreError> {
        Err(StoreError::refused("read only"))
    }

    /// A program of another version may ask what nobody has written down: then it cannot say that it understands.
    async fn query(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        let found = self.0.iter().position(|answered| answered.sql == sql && answered.values == values);
        let found = found.ok_or(StoreError::corrupt("proposal of another version"))?;
        Ok(self.0.swap_remove(found).rows)
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        Err(StoreError::refused("read only"))
    }

    async fn rollback(self: Box<Self>) -> Result<(), StoreError> {
        Ok(())
    }
}
