//! The small language in which the store talks to both engines: statements with `$1` parameters, over whole numbers,
//! text and bytes.
//!
//! Everything that is not on the path of a call is written once in it. The engines differ only in how they open,
//! migrate and append traces.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::{StoreError, row::TraceRow};

/// A parameter or a column, perhaps absent. An absent parameter still has a type.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub(crate) enum Value {
    Integer(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

/// One row of an answer.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Row(pub(crate) Vec<Value>);

/// One transaction; rolled back when dropped before `commit`.
#[async_trait]
pub(crate) trait Session: Send {
    /// Runs a statement and tells how many rows it touched.
    async fn execute(&mut self, sql: &str, values: Vec<Value>) -> Result<u64, StoreError>;

    /// Runs a query.
    async fn query(&mut self, sql: &str, values: Vec<Value>) -> Result<Vec<Row>, StoreError>;

    /// Makes it so.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;

    /// Undoes it, and waits until that is done.
    async fn rollback(self: Box<Self>) -> Result<(), StoreError>;
}

/// Tells of commits by others.
#[async_trait]
pub(crate) trait Bell: Send {
    /// Waits until something may have been committed. It may ring for nothing, and a ring may be lost.
    async fn rung(&mut self);
}

/// What is each engine's own.
#[async_trait]
pub(crate) trait Backend: Send + Sync + 'static {
    /// A condition that holds for rows which no transaction still under way can come before.
    const SETTLED: &'static str;

    /// What a query ends with that keeps others from changing its rows until its transaction is over, where the engine
    /// does not keep writers apart anyway.
    const FOR_SHARE: &'static str;

    /// The statement that rings the bells of others once its transaction is committed, where they do not hear by themselves.
    const RING: Option<&'static str>;

    /// A bell that rings when others commit.
    async fn bell(&self) -> Result<Box<dyn Bell>, StoreError>;

    /// Brings the schema up to date.
    async fn migrate(&self) -> Result<(), StoreError>;

    /// Begins a transaction that only reads.
    async fn read(&self) -> Result<Box<dyn Session>, StoreError>;

    /// Begins a transaction that may write.
    async fn begin(&self) -> Result<Box<dyn Session>, StoreError>;

    /// Begins one that only reads, on a connection for leases alone, which must not wait for traces.
    async fn read_apart(&self) -> Result<Box<dyn Session>, StoreError>;

    /// Begins one that may write, on such a connection.
    async fn begin_apart(&self) -> Result<Box<dyn Session>, StoreError>;

    /// Stores traces; those that are there already stay as they are.
    async fn append(&self, rows: Vec<TraceRow>) -> Result<(), StoreError>;

    /// Removes wholesale what is older, as far as the engine can; tells how many traces went.
    async fn drop_whole_days(&self, before_us: i64) -> Result<u64, StoreError>;

    /// Waits until every connection is given back, and closes them.
    async fn close(&self);
}

// === impl Value ===

impl From<i64> for Value {
    fn from(integer: i64) -> Self {
        Self::Integer(Some(integer))
    }
}

impl From<Option<i64>> for Value {
    fn from(integer: Option<i64>) -> Self {
        Self::Integer(integer)
    }
}

impl From<bool> for Value {
    fn from(boolean: bool) -> Self {
        Self::Integer(Some(boolean.into()))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<&[u8]> for Value {
    fn from(bytes: &[u8]) -> Self {
        Self::Bytes(Some(bytes.to_vec()))
    }
}

/// The parameters of a statement, in order.
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::sql::Value::from($value)),*] };
}
pub(crate) use values;

// === impl Row ===

impl Row {
    /// The text in a column that always has one.
    pub(crate) fn text(&self, column: usize) -> Result<&str, StoreError> {
        self.text_or_null(column)?.ok_or(StoreError::corrupt("row"))
    }

    pub(crate) fn text_or_null(&self, column: usize) -> Result<Option<&str>, StoreError> {
        match self.0.get(column) {
            Some(Value::Text(text)) => Ok(text.as_deref()),
            Some(Value::Integer(None) | Value::Bytes(None)) => Ok(None),
            _ => Err(StoreError::corrupt("row")),
        }
    }

    pub(crate) fn integer(&self, column: usize) -> Result<i64, StoreError> {
        self.integer_or_null(column)?.ok_or(StoreError::corrupt("row"))
    }

    pub(crate) fn integer_or_null(&self, column: usize) -> Result<Option<i64>, StoreError> {
        match self.0.get(column) {
            Some(Value::Integer(integer)) => Ok(*integer),
            Some(Value::Text(None) | Value::Bytes(None)) => Ok(None),
            _ => Err(StoreError::corrupt("row")),
        }
    }

    pub(crate) fn bytes(&self, column: usize) -> Result<&[u8], StoreError> {
        match self.0.get(column) {
            Some(Value::Bytes(Some(bytes))) => Ok(bytes),
            _ => Err(StoreError::corrupt("row")),
        }
    }

    /// The id, or whatever else reads itself from text, in a column.
    pub(crate) fn parse<T: std::str::FromStr>(
        &self,
        column: usize,
        what: &'static str,
    ) -> Result<T, StoreError> {
        self.text(column)?.parse().map_err(|_| StoreError::corrupt(what))
    }

    pub(crate) fn parse_or_null<T: std::str::FromStr>(
        &self,
        column: usize,
        what: &'static str,
    ) -> Result<Option<T>, StoreError> {
        let text = self.text_or_null(column)?;
        text.map(|text| text.parse().map_err(|_| StoreError::corrupt(what))).transpose()
    }

    /// The JSON in a column.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(
        &self,
        column: usize,
        what: &'static str,
    ) -> Result<T, StoreError> {
        serde_json::from_str(self.text(column)?).map_err(|_| StoreError::corrupt(what))
    }

    pub(crate) fn time(&self, column: usize) -> Result<jiff::Timestamp, StoreError> {
        time(self.integer(column)?)
    }

    pub(crate) fn time_or_null(&self, column: usize) -> Result<Option<jiff::Timestamp>, StoreError> {
        self.integer_or_null(column)?.map(time).transpose()
    }
}

fn time(us: i64) -> Result<jiff::Timestamp, StoreError> {
    jiff::Timestamp::from_microsecond(us).map_err(|_| StoreError::corrupt("time"))
}
