//! Sessions in the database: a hash of the id, the account, what the session carries. Time comes from the product's clock.

use std::collections::HashMap;

use chrono::Duration;
use claims::{
    AccountId, Clock,
    actions::links::hash,
    store::{Store, sessions},
};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store,
};

/// A session that nobody uses for so long ends.
#[must_use]
pub fn idle() -> Duration {
    Duration::hours(12)
}

/// A session ends after so long in any case.
#[must_use]
pub fn absolute() -> Duration {
    Duration::days(7)
}

/// The store.
#[derive(Debug, Clone)]
pub struct Sessions {
    store: Store,
    clock: Clock,
}

impl Sessions {
    /// Sessions on a database.
    #[must_use]
    pub fn new(store: Store, clock: Clock) -> Self {
        Self { store, clock }
    }

    async fn write(&self, record: &Record, new: bool) -> Result<(), claims::store::Error> {
        let data = serde_json::to_value(&record.data).map_err(|error| claims::store::Error::Encode(Box::new(error)))?;
        let account = account_of(&record.data);
        let client = record.data.get("client").and_then(serde_json::Value::as_str).unwrap_or_default();
        let now = self.clock.now();
        // Of a session that goes on nothing is promised: what a write adds to it is shown on the next page, or says that it was used.
        let mut tx = if new { self.store.write().await? } else { self.store.write_lightly().await? };
        let (id, until) = (hash(&record.id.to_string()), now + idle());
        if new {
            sessions::save(&mut tx, &id, account, &data, client, until, now).await?;
        } else {
            sessions::update(&mut tx, &id, account, &data, client, until, now).await?;
        }
        tx.commit().await
    }
}

/// Whose session it is. Half a sign-in, which waits for its code, is its account's too: whatever ends the sessions of the account ends
/// it, so that nobody goes on by a password that is no longer the account's.
fn account_of(data: &HashMap<String, serde_json::Value>) -> Option<AccountId> {
    let signed_in = data.get("account");
    let half = || data.get("half").and_then(|half| half.get(0));
    signed_in.or_else(half).and_then(serde_json::Value::as_i64).map(AccountId)
}

#[expect(clippy::needless_pass_by_value, reason = "stands in map_err")]
fn failed(error: claims::store::Error) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        // 128 random bits do not collide.
        self.write(record, true).await.map_err(failed)
    }

    /// What a session that goes on is to say next, or that it was used, is nothing that an answer must wait for or be lost over: with a
    /// full disk even pages that only read would fail with it. Whatever lets somebody in or out is another session, which is created.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        if let Err(error) = self.write(record, false).await {
            tracing::error!(%error, "what a session says next is lost");
        }
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let mut tx = self.store.glance().await.map_err(failed)?;
        let found = sessions::load(&mut tx, &hash(&id.to_string()), self.clock.now()).await.map_err(failed)?;
        let Some((data, _)) = found else { return Ok(None) };
        let data: HashMap<String, serde_json::Value> =
            serde_json::from_value(data).map_err(|error| session_store::Error::Decode(error.to_string()))?;
        // The database has judged the expiry by the product's clock; the layer must not judge again by the machine's.
        Ok(Some(Record { id: *id, data, expiry_date: OffsetDateTime::now_utc() + time::Duration::days(1) }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let mut tx = self.store.write().await.map_err(failed)?;
        sessions::delete(&mut tx, &hash(&id.to_string())).await.map_err(failed)?;
        tx.commit().await.map_err(failed)
    }
}
