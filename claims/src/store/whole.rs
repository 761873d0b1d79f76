//! Many actions in one transaction: each of them commits as always, and nothing lasts before the whole is committed.
//!
//! For loading something that is only right when it is complete, such as the demo case: a crash in the middle leaves no trace,
//! and the disk is waited for once. The one connection of such a store has a transaction open, so that every transaction of an
//! action becomes a savepoint in it.

use sqlx::{Connection, Database, Postgres, Sqlite, pool::PoolOptions};

use super::{Error, Pools, Store};

impl Store {
    /// A store on the same database whose transactions are all parts of one. On SQLite other writers wait until it ends.
    ///
    /// # Errors
    /// If the database does not answer, or another writer does not finish in time.
    pub async fn whole(&self) -> Result<Self, Error> {
        let pools = match &self.pools {
            Pools::Sqlite { write, .. } | Pools::WholeSqlite(write) => {
                let pool = one_connection::<Sqlite>().connect_with((*write.connect_options()).clone()).await?;
                open(&mut *pool.acquire().await?, Some("BEGIN IMMEDIATE")).await?;
                Pools::WholeSqlite(pool)
            }
            Pools::Postgres(pool) | Pools::WholePostgres(pool) => {
                let pool = one_connection::<Postgres>().connect_with((*pool.connect_options()).clone()).await?;
                open(&mut *pool.acquire().await?, None).await?;
                Pools::WholePostgres(pool)
            }
        };
        Ok(Self { pools })
    }

    /// Makes everything that was done through a store of [`Self::whole`] last, and closes it. Closed without this
    /// ([`Self::close`]), it leaves no trace.
    ///
    /// # Errors
    /// If the database could not; then nothing was changed.
    pub async fn commit_whole(self) -> Result<(), Error> {
        match &self.pools {
            Pools::WholeSqlite(pool) => {
                sqlx::query("COMMIT").execute(pool).await?;
            }
            Pools::WholePostgres(pool) => {
                sqlx::query("COMMIT").execute(pool).await?;
            }
            Pools::Sqlite { .. } | Pools::Postgres(_) => {
                return Err(Error::Configuration("only a store made by `whole` is committed as one".into()));
            }
        }
        super::COMMITS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        self.close().await;
        Ok(())
    }
}

/// Options of a pool that never gives its connection up.
fn one_connection<DB: Database>() -> PoolOptions<DB> {
    PoolOptions::new().max_connections(1).max_lifetime(None).idle_timeout(None)
}

/// Opens the transaction around all others, and leaves it open when the connection goes back to its pool.
async fn open<C: Connection>(connection: &mut C, statement: Option<&'static str>) -> Result<(), Error> {
    let outer = match statement {
        Some(statement) => connection.begin_with(statement).await?,
        None => Connection::begin(connection).await?,
    };
    // Dropped, it would be rolled back.
    std::mem::forget(outer);
    Ok(())
}
