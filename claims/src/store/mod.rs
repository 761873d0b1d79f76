//! The database: SQLite by default, PostgreSQL by URL, one code path. All SQL of the product is in this module.
//!
//! Every access runs in a [`Tx`]. [`Store::read`] sees one consistent moment; [`Store::write`] takes SQLite's only write
//! lock at once (`BEGIN IMMEDIATE`), because a read that turns into a write inside a deferred transaction fails at once.
//! SQL texts are the same for both databases: `$n` placeholders, `BIGINT` minor units, `RETURNING`.

use std::{
    path::PathBuf,
    str::FromStr,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection,
    postgres::{PgConnectOptions, PgPool, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous},
};

pub mod accounts;
pub mod attempts;
pub mod cases;
pub mod claims;
pub mod documents;
pub mod drafts;
pub mod dump;
pub mod events;
pub mod export;
pub mod figures;
pub mod filing_builds;
pub mod filings;
pub mod jobs;
pub mod letters;
pub mod lines;
pub mod mailings;
pub mod matches;
pub mod matching;
pub mod notices;
pub mod outbox;
pub mod overlaps;
pub mod recipients;
pub mod register;
pub mod registered;
pub mod releases;
pub mod removed;
pub mod second_factors;
pub mod sent_lines;
pub mod sessions;
pub mod statements;
pub mod submissions;
pub mod tally;
pub mod tokens;
pub mod totals;
mod tx;
mod whole;

pub use tx::{Held, OnSqlite, Tx, Waiting};
pub(crate) use tx::{later, on, reading};

/// How many transactions this process has committed, in whichever database.
static COMMITS: AtomicU64 = AtomicU64::new(0);

/// Grows with every transaction that this process commits: what was read since is as this process left it.
#[must_use]
pub fn commits() -> u64 {
    COMMITS.load(Ordering::SeqCst)
}

/// So many rows are written by one statement: the parameters of a statement are numbered, and SQLite has 32,766.
const AT_ONCE: usize = 500;

/// What a database can answer instead of rows.
pub type Error = sqlx::Error;

static SQLITE: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/sqlite");
static POSTGRES: sqlx::migrate::Migrator = sqlx::migrate!("../migrations/postgres");

/// The number of the schema that this program works with.
#[must_use]
pub fn newest_schema() -> i64 {
    SQLITE.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// The file of a SQLite database; `None` for PostgreSQL.
#[must_use]
pub fn sqlite_file(url: &str) -> Option<PathBuf> {
    let options = SqliteConnectOptions::from_str(url).ok().filter(|_| url.starts_with("sqlite:"))?;
    Some(options.get_filename().to_owned())
}

/// Connections to the database.
#[derive(Debug, Clone, Copy)]
pub struct Connections {
    /// Open.
    pub open: u32,
    /// Of these without work.
    pub idle: u32,
    /// The most there may be.
    pub most: u32,
}

/// How long a statement waits for what somebody else has locked; then it fails, and whoever waits for a page is told so. On PostgreSQL
/// that holds for each lock by itself, those of [`queue_up`] and [`matching::lock`] too: people wait behind both of them, and what
/// holds one is a transaction of another person or the end of a run of matching, which is a matter of moments. A job that fails so is done at
/// its next turn.
const LOCKED: Duration = Duration::from_secs(10);

/// How many may read SQLite at length at once.
const LONG_READERS: u32 = 4;

/// A handle on the database; cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pools: Pools,
}

#[derive(Debug, Clone)]
enum Pools {
    /// Readers share one pool; writers queue for the one connection of another, so that they never find it busy. Who reads as fast
    /// as somebody downloads has a pool apart, so that no slow reader keeps a page waiting.
    Sqlite {
        read: SqlitePool,
        long: SqlitePool,
        write: SqlitePool,
    },
    Postgres(PgPool),
    /// One connection with a transaction open, see [`Store::whole`].
    WholeSqlite(SqlitePool),
    /// The same on PostgreSQL.
    WholePostgres(PgPool),
}

impl Store {
    /// Opens `sqlite:PATH` or `postgres://…` and brings its schema up to date, under a lock, so that several processes can
    /// start at once.
    ///
    /// # Errors
    /// If the URL names no database that Recoup knows, the database does not answer, or a migration fails.
    pub async fn open(url: &str) -> Result<Self, Error> {
        let lock = lock_beside(url).await?;
        let store = Self::connect(url).await?;
        store.migrate(None).await?;
        drop(lock);
        Ok(store)
    }

    /// Opens like [`Self::open`], but stops at an older schema: a backup is restored into the schema that it was made of.
    ///
    /// # Errors
    /// As [`Self::open`], and if there is no such schema.
    pub async fn open_at(url: &str, schema: i64) -> Result<Self, Error> {
        let lock = lock_beside(url).await?;
        let store = Self::connect(url).await?;
        store.migrate(Some(schema)).await?;
        drop(lock);
        Ok(store)
    }

    /// Opens without migrating.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn connect(url: &str) -> Result<Self, Error> {
        let pools = if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            let options = PgConnectOptions::from_str(url)?
                .application_name("recoup")
                .log_slow_statements(tracing::log_level(), Duration::from_secs(1));
            // Whoever operates it may say otherwise in the URL.
            let said = options.get_options().is_some_and(|set| set.contains("lock_timeout"));
            Pools::Postgres(
                waiting_for_locks((!said).then_some(LOCKED))
                    .max_connections(16)
                    .acquire_timeout(Duration::from_secs(10))
                    .connect_with(options)
                    .await?,
            )
        } else if url.starts_with("sqlite:") {
            let options = SqliteConnectOptions::from_str(url)?
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(LOCKED)
                .pragma("temp_store", "memory")
                .pragma("mmap_size", "268435456")
                .log_slow_statements(tracing::log_level(), Duration::from_secs(1));
            // A file does not hang up, so no connection is tried out before it is used.
            let pool = || SqlitePoolOptions::new().test_before_acquire(false);
            let write = pool()
                .max_connections(1)
                .acquire_timeout(Duration::from_secs(20))
                // SQLite ends a transaction by itself when the disk is full, and sqlx, which did not, believes for ever after
                // that one is open: such a connection is closed, or nobody could write any more.
                .before_acquire(|connection, _| Box::pin(async move { Ok(!connection.is_in_transaction()) }))
                .connect_with(options.clone())
                .await?;
            let read = pool()
                .max_connections(8)
                .acquire_timeout(Duration::from_secs(10))
                .connect_with(options.clone())
                .await?;
            // What reads a database from end to end would have all of it mapped, and it would count as memory of this process.
            let long = pool()
                .max_connections(LONG_READERS)
                .acquire_timeout(Duration::from_secs(10))
                .connect_lazy_with(options.pragma("mmap_size", "0"));
            Pools::Sqlite { read, long, write }
        } else {
            return Err(Error::Configuration("the database URL must start with sqlite: or postgres://".into()));
        };
        Ok(Self { pools })
    }

    async fn migrate(&self, schema: Option<i64>) -> Result<(), Error> {
        let to = schema.unwrap_or_else(newest_schema);
        match &self.pools {
            Pools::Sqlite { write, .. } => SQLITE.run_to(to, write).await?,
            Pools::Postgres(pool) => {
                // The next of several processes that start waits until the first has migrated, however long that takes: nobody waits
                // for a page yet. A connection of its own, so that no other statement waits so.
                let patient = waiting_for_locks(Some(Duration::ZERO)).max_connections(1);
                let patient = patient.connect_with((*pool.connect_options()).clone()).await?;
                let migrated = POSTGRES.run_to(to, &patient).await;
                patient.close().await;
                migrated?;
            }
            Pools::WholeSqlite(_) | Pools::WholePostgres(_) => {}
        }
        Ok(())
    }

    /// The number of the schema that the database has; `None` if it has none.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn schema(&self) -> Result<Option<i64>, Error> {
        let mut tx = self.read().await?;
        dump::schema(&mut tx).await
    }

    /// How many connections there are.
    #[must_use]
    pub fn pool(&self) -> Connections {
        let of = |open: u32, idle: usize, most: u32| Connections { open, idle: u32::try_from(idle).unwrap_or(0), most };
        match &self.pools {
            Pools::Sqlite { read, long, write } => of(
                [read, long, write].map(SqlitePool::size).into_iter().sum(),
                [read, long, write].map(SqlitePool::num_idle).into_iter().sum(),
                [read, long, write].map(|pool| pool.options().get_max_connections()).into_iter().sum(),
            ),
            Pools::WholeSqlite(pool) => of(pool.size(), pool.num_idle(), pool.options().get_max_connections()),
            Pools::Postgres(pool) | Pools::WholePostgres(pool) => {
                of(pool.size(), pool.num_idle(), pool.options().get_max_connections())
            }
        }
    }

    /// Begins to read: one consistent moment, no lock that a writer would wait for.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn read(&self) -> Result<Tx, Error> {
        match &self.pools {
            Pools::Sqlite { read, .. } => Ok(Tx::sqlite(read.begin().await?)),
            Pools::Postgres(pool) => {
                Ok(Tx::postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?))
            }
            Pools::WholeSqlite(_) | Pools::WholePostgres(_) => self.write().await,
        }
    }

    /// Reads by single statements, each of them at its own moment: what a transaction is begun and ended for is spared.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub async fn glance(&self) -> Result<Tx, Error> {
        match &self.pools {
            Pools::Sqlite { read, .. } => Ok(Tx::Sqlite(OnSqlite::new(Held::Connection(read.acquire().await?)))),
            Pools::Postgres(pool) => Ok(Tx::Postgres(Held::Connection(pool.acquire().await?))),
            Pools::WholeSqlite(_) | Pools::WholePostgres(_) => self.write().await,
        }
    }

    /// Begins to read much, or as slowly as somebody else takes it: as [`Self::read`], but of what pages read nothing is kept
    /// waiting.
    ///
    /// # Errors
    /// As [`Self::read`], and if too many read at length.
    pub async fn read_at_length(&self) -> Result<Tx, Error> {
        match &self.pools {
            Pools::Sqlite { long, .. } => Ok(Tx::sqlite(long.begin().await?)),
            _ => self.read().await,
        }
    }

    /// Begins to write.
    ///
    /// # Errors
    /// If the database does not answer, or another writer does not finish in time.
    pub async fn write(&self) -> Result<Tx, Error> {
        match &self.pools {
            Pools::Sqlite { write, .. } => {
                // The connection may have written lightly before.
                Ok(Tx::sqlite(write.begin_with("PRAGMA synchronous = FULL; BEGIN IMMEDIATE").await?))
            }
            Pools::Postgres(pool) | Pools::WholePostgres(pool) => Ok(Tx::postgres(pool.begin().await?)),
            Pools::WholeSqlite(pool) => Ok(Tx::sqlite(pool.begin().await?)),
        }
    }

    /// Begins to write what nobody was promised to keep, such as the sentence that the next page shows once. It is whole or not
    /// there, also after a crash of this process; but nothing waits for the disk, so a machine that loses its power may lose it.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_lightly(&self) -> Result<Tx, Error> {
        match &self.pools {
            Pools::Sqlite { write, .. } => {
                Ok(Tx::sqlite(write.begin_with("PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE").await?))
            }
            Pools::Postgres(pool) => {
                let mut tx = pool.begin().await?;
                sqlx::query("SET LOCAL synchronous_commit = off").execute(&mut *tx).await?;
                Ok(Tx::postgres(tx))
            }
            Pools::WholeSqlite(_) | Pools::WholePostgres(_) => self.write().await,
        }
    }

    /// Begins to write what a crash of this process must not undo, nor one of a database server, but for which nobody waits: SQLite writes
    /// it to the disk with the next transaction that somebody does wait for, so a machine that loses its power may lose it.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub async fn write_soon(&self) -> Result<Tx, Error> {
        match &self.pools {
            // A PostgreSQL server that crashes would lose it, and there nobody else waits for this transaction.
            Pools::Postgres(_) => self.write().await,
            _ => self.write_lightly().await,
        }
    }

    /// The name of the database, for people.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self.pools {
            Pools::Sqlite { .. } | Pools::WholeSqlite(_) => "SQLite",
            Pools::Postgres(_) | Pools::WholePostgres(_) => "PostgreSQL",
        }
    }

    /// Closes every connection.
    pub async fn close(&self) {
        match &self.pools {
            Pools::Sqlite { read, long, write } => {
                read.close().await;
                long.close().await;
                write.close().await;
            }
            Pools::WholeSqlite(pool) => pool.close().await,
            Pools::Postgres(pool) | Pools::WholePostgres(pool) => pool.close().await,
        }
    }
}

/// Connections to PostgreSQL whose statements wait so long for a lock: nought is without end, and `None` is as the server or the URL
/// says. It is not among the options with which a connection starts, because poolers such as PgBouncer refuse those.
fn waiting_for_locks(most: Option<Duration>) -> PgPoolOptions {
    PgPoolOptions::new().after_connect(move |connection, _| {
        Box::pin(async move {
            if let Some(most) = most {
                let set = sqlx::AssertSqlSafe(format!("SET lock_timeout = {}", most.as_millis()));
                sqlx::query(set).execute(connection).await?;
            }
            Ok(())
        })
    })
}

/// A lock on a file beside a SQLite database, held by whoever opens it: SQLite has no advisory locks, and two processes that
/// set the journal mode of a new file at the same moment are told "database is locked" without waiting. PostgreSQL's
/// migrations lock by themselves.
async fn lock_beside(url: &str) -> Result<Option<std::fs::File>, Error> {
    let Some(path) = url.strip_prefix("sqlite:") else { return Ok(None) };
    let path = path.trim_start_matches("//").split('?').next().unwrap_or_default().to_owned();
    let locked = tokio::task::spawn_blocking(move || -> std::io::Result<std::fs::File> {
        let file = std::fs::File::create(format!("{path}.lock"))?;
        file.lock()?;
        Ok(file)
    });
    Ok(Some(locked.await.map_err(|error| Error::Io(std::io::Error::other(error)))??))
}

/// Lets the transactions that name the same thing run one after the other, also where no row of it exists yet. SQLite's
/// writers queue anyway.
///
/// # Errors
/// If the database fails.
pub async fn queue_up(tx: &mut Tx, thing: &str) -> Result<(), Error> {
    match tx {
        Tx::Sqlite(_) => Ok(()),
        Tx::Postgres(tx) => sqlx::query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
            .bind(thing)
            .execute(&mut **tx)
            .await
            .map(drop),
    }
}

/// Level at which slow statements are logged.
mod tracing {
    /// Warnings.
    pub fn log_level() -> log::LevelFilter {
        log::LevelFilter::Warn
    }
}

/// Whether an error says that a unique value exists already.
#[must_use]
pub fn is_unique_violation(error: &Error) -> bool {
    error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_unique_violation)
}
