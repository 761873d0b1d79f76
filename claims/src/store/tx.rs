//! A transaction, and what waits in it to be written.

use std::{
    ops::{Deref, DerefMut},
    sync::atomic::Ordering,
};

use sqlx::{
    Database, Encode, Postgres, Sqlite, SqliteConnection, Transaction, Type, error::BoxDynError, pool::PoolConnection,
    sqlite::SqliteArguments,
};

use super::{COMMITS, Error};

/// A transaction. Dropped without [`Tx::commit`] it leaves no trace.
pub enum Tx {
    /// On SQLite.
    Sqlite(OnSqlite),
    /// On PostgreSQL.
    Postgres(Held<Postgres>),
}

/// What statements are run on.
pub enum Held<DB: Database> {
    /// All of them at one moment.
    Transaction(Transaction<'static, DB>),
    /// Each of them by itself, only to read.
    Connection(PoolConnection<DB>),
}

impl<DB: Database> Held<DB> {
    async fn commit(self) -> Result<(), Error> {
        match self {
            Self::Transaction(transaction) => transaction.commit().await,
            Self::Connection(_) => Ok(()),
        }
    }
}

impl<DB: Database> Deref for Held<DB> {
    type Target = DB::Connection;

    fn deref(&self) -> &DB::Connection {
        match self {
            Self::Transaction(transaction) => transaction,
            Self::Connection(connection) => connection,
        }
    }
}

impl<DB: Database> DerefMut for Held<DB> {
    fn deref_mut(&mut self) -> &mut DB::Connection {
        match self {
            Self::Transaction(transaction) => transaction,
            Self::Connection(connection) => connection,
        }
    }
}

/// A transaction on SQLite. Its statements are run by a thread of their own; to wake that up and to be woken up takes longer than
/// most of them, so what writes and gives nothing back waits here until something else is asked, and goes there at once.
pub struct OnSqlite {
    held: Held<Sqlite>,
    later: Later,
}

impl OnSqlite {
    pub(super) fn new(held: Held<Sqlite>) -> Self {
        Self { held, later: Later::default() }
    }

    /// The connection, after everything that waited was run on it.
    ///
    /// # Errors
    /// If one of the statements that waited fails; those after it were not run then, and the transaction must not be committed.
    pub async fn settled(&mut self) -> Result<&mut SqliteConnection, Error> {
        if !self.later.sql.is_empty() {
            let Later { sql, arguments } = std::mem::take(&mut self.later);
            sqlx::query_with(sqlx::AssertSqlSafe(sql), arguments).execute(&mut *self.held).await?;
        }
        Ok(&mut self.held)
    }

    /// The connection for a transaction that only reads, in which nothing can wait.
    ///
    /// # Panics
    /// If something waits. That is a mistake in the program, and also where it is built for use it must not go on: what is read would be
    /// without what was written before it, and looks right. As with sums that overflow, no answer is better than a wrong one.
    pub(super) fn reading(&mut self) -> &mut SqliteConnection {
        assert!(self.later.sql.is_empty(), "what is written is read before it was run");
        &mut self.held
    }

    /// Adds a statement that waits.
    pub(super) fn later(&mut self, sql: &str) -> Waiting<'_> {
        self.later.statement(sql);
        Waiting { later: &mut self.later, failed: None }
    }

    async fn commit(mut self) -> Result<(), Error> {
        self.settled().await?;
        self.held.commit().await
    }
}

/// Statements that wait, as one text: `$1` of each is numbered on from the parameters of those before it.
#[derive(Default)]
struct Later {
    sql: String,
    arguments: SqliteArguments,
}

impl Later {
    fn statement(&mut self, sql: &str) {
        let before = sqlx::Arguments::len(&self.arguments);
        if !self.sql.is_empty() {
            self.sql.push_str(";\n");
        }
        let mut parts = sql.split('$');
        self.sql.push_str(parts.next().unwrap_or_default());
        for part in parts {
            let digits = part.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = part.split_at(digits);
            let number = number.parse::<usize>().map_or(0, |number| number + before);
            self.sql.extend(["$", &number.to_string(), rest]);
        }
    }
}

/// A statement that waits, while it is given its parameters.
#[must_use]
pub struct Waiting<'w> {
    later: &'w mut Later,
    failed: Option<BoxDynError>,
}

impl Waiting<'_> {
    /// The next parameter.
    pub(super) fn bind<'v, T: Encode<'v, Sqlite> + Type<Sqlite>>(mut self, value: T) -> Self {
        if let Err(error) = sqlx::Arguments::add(&mut self.later.arguments, value) {
            self.failed = Some(error);
        }
        self
    }

    /// The end of the parameters.
    ///
    /// # Errors
    /// If one of them cannot be written as the database has it.
    pub(super) fn done(self) -> Result<(), Error> {
        self.failed.map_or(Ok(()), |error| Err(Error::Encode(error)))
    }
}

impl Tx {
    pub(super) fn sqlite(transaction: Transaction<'static, Sqlite>) -> Self {
        Self::Sqlite(OnSqlite::new(Held::Transaction(transaction)))
    }

    pub(super) fn postgres(transaction: Transaction<'static, Postgres>) -> Self {
        Self::Postgres(Held::Transaction(transaction))
    }

    /// Makes the changes last. When this returns they are on disk.
    ///
    /// # Errors
    /// If the database could not. Then nothing was changed, unless the connection broke while it answered: that it did all the same can
    /// be seen by looking, or by the key of the form that is sent again.
    pub async fn commit(self) -> Result<(), Error> {
        let done = match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        };
        // Also after a failure, which may hide that it was done.
        COMMITS.fetch_add(1, Ordering::SeqCst);
        done
    }
}

/// Runs one body on whichever database a transaction is of: `on!(tx, c => sqlx::query("…").execute(c).await)`.
macro_rules! on {
    ($tx:expr, $c:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $c = tx.settled().await?;
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $c = &mut **tx;
                $body
            }
        }
    };
}

/// As `on!`, for a stream of rows in a transaction that only reads.
macro_rules! reading {
    ($tx:expr, $c:ident => $body:expr) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => {
                let $c = tx.reading();
                $body
            }
            $crate::store::Tx::Postgres(tx) => {
                let $c = &mut **tx;
                $body
            }
        }
    };
}

/// Writes something of which nobody asks what became of it: `later!(tx, "UPDATE … WHERE id = $1", id)`. It is done before the
/// next statement of the transaction, or before it is committed, and an error comes to light there.
macro_rules! later {
    ($tx:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $tx {
            $crate::store::Tx::Sqlite(tx) => tx.later($sql)$(.bind($value))*.done(),
            $crate::store::Tx::Postgres(tx) => sqlx::query($sql)$(.bind($value))*.execute(&mut **tx).await.map(drop),
        }
    };
}

pub(crate) use {later, on, reading};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_numbered_on() {
        let mut later = Later::default();
        let mut waiting = |sql: &str, values: &[i64]| {
            later.statement(sql);
            let waiting = Waiting { later: &mut later, failed: None };
            values.iter().fold(waiting, |waiting, value| waiting.bind(*value)).done().unwrap();
        };
        waiting("DELETE FROM a", &[]);
        waiting("UPDATE a SET b = $2, c = $2 || '' WHERE d = $1", &[1, 2]);
        waiting("INSERT INTO a VALUES ($1, $2), ($11, 0)", &[3, 4]);
        let whole =
            "DELETE FROM a;\nUPDATE a SET b = $2, c = $2 || '' WHERE d = $1;\nINSERT INTO a VALUES ($3, $4), ($13, 0)";
        assert_eq!(later.sql, whole);
    }
}
