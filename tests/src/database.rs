//! A database of its own for every test.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    path::PathBuf,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};

use claims::{
    random::Random,
    store::{Store, Tx},
};
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions};

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A file in a temporary directory.
    Sqlite,
    /// A database in the cluster that `RECOUP_TEST_POSTGRES` names.
    Postgres,
}

/// A database that lives as long as its test, with a directory beside it.
#[derive(Debug, Clone)]
pub struct Database {
    kind: Kind,
    url: Arc<str>,
    directory: Arc<PathBuf>,
    /// Databases that were made beside it and go with it.
    others: Arc<Mutex<Vec<Database>>>,
}

/// Some rows of a table, to be compared with what they are later.
#[derive(Debug, Clone)]
pub struct Part {
    /// The table.
    pub table: String,
    /// Its columns that are compared.
    pub columns: Vec<String>,
    /// Which rows, in SQL.
    pub rows: String,
}

/// Columns that change without anybody's doing, and are not compared; `*` is the whole table.
const MOVING: &[(&str, &str)] = &[
    // A session says when it was last seen, and whoever asks in a test has one of their own.
    ("sessions", "*"),
    // The end of a case's chain of events moves with each event, and the events themselves are compared.
    ("cases", "event_count"),
    ("cases", "event_head"),
];

/// Runs the body of a test on a database of its own, which goes when the body ends, however it ends.
pub fn run<F>(kind: Kind, body: impl FnOnce(Database) -> F)
where
    F: Future<Output = ()> + Send + 'static,
{
    // The S3 server of the tests is compiled without optimisation, and needs more stack than the product for it.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).thread_stack_size(16 << 20).enable_all().build().unwrap();
    runtime.block_on(async {
        let database = Database::create(kind).await;
        let ended = tokio::spawn(body(database.clone())).await;
        database.remove().await;
        if let Err(error) = ended {
            std::panic::resume_unwind(error.into_panic());
        }
    });
}

fn cluster() -> String {
    std::env::var("RECOUP_TEST_POSTGRES").expect(
        "the variable RECOUP_TEST_POSTGRES names no PostgreSQL cluster; `cargo xtask test` starts one and sets it",
    )
}

impl Database {
    async fn create(kind: Kind) -> Self {
        let name = format!("recoup_{}", data_name());
        let directory = std::env::temp_dir().join(&name);
        std::fs::create_dir_all(&directory).unwrap();
        let url = match kind {
            Kind::Sqlite => format!("sqlite:{}", directory.join("recoup.db").display()),
            Kind::Postgres => {
                let mut admin = PgConnection::connect(&cluster()).await.expect("RECOUP_TEST_POSTGRES answers");
                admin.execute(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
                let mut url = url::Url::parse(&cluster()).unwrap();
                url.set_path(&name);
                url.to_string()
            }
        };
        Self { kind, url: url.into(), directory: Arc::new(directory), others: Arc::default() }
    }

    /// An empty database beside this one.
    pub async fn another(&self, kind: Kind) -> Self {
        let another = Self::create(kind).await;
        self.others.lock().unwrap_or_else(PoisonError::into_inner).push(another.clone());
        another
    }

    /// The same database at another address, such as behind a proxy.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.into(), ..self.clone() }
    }

    async fn remove(&self) {
        let others = std::mem::take(&mut *self.others.lock().unwrap_or_else(PoisonError::into_inner));
        for other in others {
            Box::pin(other.remove()).await;
        }
        if self.kind == Kind::Postgres {
            let name = self.directory.file_name().unwrap().to_string_lossy().into_owned();
            let mut admin = PgConnection::connect(&cluster()).await.unwrap();
            admin.execute(sqlx::AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
        }
        std::fs::remove_dir_all(&*self.directory).unwrap();
    }

    /// Which database it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Its address, as the product takes it.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// A directory that goes with the database.
    #[must_use]
    pub fn directory(&self) -> &std::path::Path {
        &self.directory
    }

    /// Opens it as the product does.
    pub async fn store(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }

    /// Runs SQL past the product, as somebody with the database's password could.
    pub async fn tamper(&self, sql: &'static str) -> u64 {
        match self.kind {
            Kind::Sqlite => {
                let mut c = sqlx::SqliteConnection::connect(&self.url).await.unwrap();
                sqlx::query(sql).execute(&mut c).await.unwrap().rows_affected()
            }
            Kind::Postgres => {
                let options = PgConnectOptions::from_str(&self.url).unwrap();
                let mut c = PgConnection::connect_with(&options).await.unwrap();
                sqlx::query(sql).execute(&mut c).await.unwrap().rows_affected()
            }
        }
    }

    /// Tables with their columns, without the bookkeeping of migrations.
    pub async fn columns(&self) -> Vec<(String, String)> {
        let sql = match self.kind {
            Kind::Sqlite => {
                "SELECT m.name, c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY 1, 2"
            }
            Kind::Postgres => {
                "SELECT table_name::TEXT, column_name::TEXT FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2"
            }
        };
        let rows: Vec<(String, String)> = self.rows(sql).await;
        let mut rows: Vec<_> = rows.into_iter().filter(|(table, _)| !table.starts_with("_sqlx")).collect();
        rows.sort();
        rows
    }

    /// Rows of a query.
    pub async fn rows<T>(&self, sql: &str) -> Vec<T>
    where
        T: Send
            + Unpin
            + for<'r> sqlx::FromRow<'r, sqlx::sqlite::SqliteRow>
            + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        let sql = sqlx::AssertSqlSafe(sql.to_owned());
        match self.store_without_migrating().await {
            (store, Tx::Sqlite(mut tx)) => {
                let rows = sqlx::query_as(sql).fetch_all(tx.settled().await.unwrap()).await.unwrap();
                drop(tx);
                store.close().await;
                rows
            }
            (store, Tx::Postgres(mut tx)) => {
                let rows = sqlx::query_as(sql).fetch_all(&mut *tx).await.unwrap();
                drop(tx);
                store.close().await;
                rows
            }
        }
    }

    async fn store_without_migrating(&self) -> (Store, Tx) {
        let store = Store::connect(&self.url).await.unwrap();
        let tx = store.read().await.unwrap();
        (store, tx)
    }

    /// Every table with all that is compared of it.
    pub async fn parts(&self) -> Vec<Part> {
        let mut parts: Vec<Part> = Vec::new();
        for (table, column) in self.columns().await {
            if [column.as_str(), "*"].iter().any(|of| MOVING.contains(&(table.as_str(), of))) {
                continue;
            }
            match parts.last_mut().filter(|part| part.table == table) {
                Some(part) => part.columns.push(column),
                None => parts.push(Part { table, columns: vec![column], rows: "TRUE".to_owned() }),
            }
        }
        parts
    }

    /// A hash of all that stands in each table: it changes with every value, where a count of rows does not.
    pub async fn contents(&self) -> Vec<(String, u64)> {
        hashed(self.rows(&contents_sql(self.kind, &self.parts().await)).await)
    }

    /// The same of parts of tables, read through a store that is open.
    pub async fn contents_of(&self, store: &Store, parts: &[Part]) -> Vec<(String, u64)> {
        let sql = sqlx::AssertSqlSafe(contents_sql(self.kind, parts));
        hashed(match store.read().await.unwrap() {
            Tx::Sqlite(mut tx) => sqlx::query_as(sql).fetch_all(tx.settled().await.unwrap()).await.unwrap(),
            Tx::Postgres(mut tx) => sqlx::query_as(sql).fetch_all(&mut *tx).await.unwrap(),
        })
    }

    /// How many rows each table has.
    pub async fn row_counts(&self) -> Vec<(String, i64)> {
        let mut tables: Vec<String> = self.columns().await.into_iter().map(|(table, _)| table).collect();
        tables.dedup();
        let each: Vec<String> = tables.iter().map(|table| format!("SELECT '{table}', COUNT(*) FROM {table}")).collect();
        self.rows(&each.join(" UNION ALL ")).await
    }
}

/// One row for each part: its table, and all of its rows in one text or the hash of that.
fn contents_sql(kind: Kind, parts: &[Part]) -> String {
    let of = |Part { table, columns, rows }: &Part| match kind {
        Kind::Sqlite => {
            let row: Vec<_> = columns.iter().map(|column| format!("quote(\"{column}\")")).collect();
            let row = row.join(" || ',' || ");
            format!(
                "SELECT '{table}', COALESCE((SELECT GROUP_CONCAT(r, char(10)) FROM (SELECT {row} AS r FROM \"{table}\" WHERE {rows} ORDER BY 1)), '')"
            )
        }
        Kind::Postgres => {
            let row: Vec<_> = columns.iter().map(|column| format!("quote_nullable(\"{column}\"::TEXT)")).collect();
            let row = row.join(", ");
            format!(
                "SELECT '{table}', COALESCE((SELECT md5(string_agg(r, chr(10) ORDER BY r)) FROM (SELECT concat_ws(',', {row}) AS r FROM \"{table}\" WHERE {rows}) AS t), '')"
            )
        }
    };
    parts.iter().map(of).collect::<Vec<_>>().join(" UNION ALL ")
}

fn hashed(rows: Vec<(String, String)>) -> Vec<(String, u64)> {
    let hash = |text: &str| {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        hasher.finish()
    };
    rows.into_iter().map(|(table, text)| (table, hash(&text))).collect()
}

/// Letters that no other test uses.
fn data_name() -> String {
    Random::System.bytes::<12>().iter().map(|byte| char::from(b'a' + byte % 26)).collect()
}
