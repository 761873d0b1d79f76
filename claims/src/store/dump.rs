//! Every row of every table as text that either database reads: for backups, which restore into either.
//!
//! A row is a JSON array on one line. Instants, days and JSON are texts, written the same way from both databases, so that equal
//! databases give equal lines. Tables, columns and references come from the catalogue: a new table needs nothing here, but for
//! columns of JSON, which SQLite's catalogue does not tell from text.

use chrono::{DateTime, NaiveDate, SecondsFormat, Utc};
use futures::{Stream, StreamExt, TryStreamExt, stream::BoxStream};
use serde_json::Value;
use sqlx::{Column as _, Row as _, TypeInfo as _, ValueRef as _, postgres::PgRow, sqlite::SqliteRow};

use super::{Error, Tx, on};

/// Columns of JSON; `tests/tests/operate` compares them with PostgreSQL's catalogue.
pub const JSON: &[(&str, &str)] = &[
    ("answers", "answers"),
    ("cases", "settings"),
    ("filing_settings", "answers"),
    ("imports", "choices"),
    ("imports", "difference"),
    ("imports", "reading"),
    ("letter_texts", "answers"),
    ("lines", "answers"),
    ("sessions", "data"),
    ("statement_mappings", "choices"),
];

/// A table.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Table {
    /// Name.
    pub name: String,
    /// Columns, in the order of the values in a row.
    pub columns: Vec<String>,
    /// The last number that the database gave out as an id, where it gives any: ids of deleted rows are not given again.
    pub last_id: Option<i64>,
    /// The columns of the primary key, as SQL that sorts alike on both databases: texts by their bytes.
    #[serde(skip)]
    order: Vec<String>,
}

/// Table, column, place in the primary key from 1 (0 for none), and whether it is a text that PostgreSQL sorts by a language.
type Column = (String, String, i64, bool);

/// The number of the schema; `None` if there is none.
///
/// # Errors
/// If the database fails.
pub async fn schema(tx: &mut Tx) -> Result<Option<i64>, Error> {
    let there: i64 = match tx {
        Tx::Sqlite(tx) => {
            sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = '_sqlx_migrations'")
                .fetch_one(tx.settled().await?)
                .await?
        }
        Tx::Postgres(tx) => {
            sqlx::query_scalar("SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('_sqlx_migrations')")
                .fetch_one(&mut **tx)
                .await?
        }
    };
    if there == 0 {
        return Ok(None);
    }
    on!(tx, c => sqlx::query_scalar("SELECT MAX(version) FROM _sqlx_migrations").fetch_one(c).await)
}

/// Every table, those before that others refer to.
///
/// # Errors
/// If the database fails, or tables refer to each other in circles.
pub async fn tables(tx: &mut Tx) -> Result<Vec<Table>, Error> {
    let (columns, references): (Vec<Column>, Vec<(String, String)>) = match tx {
        Tx::Sqlite(tx) => {
            let columns = sqlx::query_as(
                "SELECT m.name, c.name, c.pk, FALSE FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table' \
                 AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND m.name <> '_sqlx_migrations' ORDER BY m.name, c.name",
            );
            let references = sqlx::query_as(
                "SELECT m.name, f.\"table\" FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'",
            );
            (columns.fetch_all(tx.settled().await?).await?, references.fetch_all(tx.settled().await?).await?)
        }
        Tx::Postgres(tx) => {
            let columns = sqlx::query_as(
                "SELECT t.relname::TEXT, a.attname::TEXT, COALESCE(array_position(i.indkey::INT2[], a.attnum) + 1, 0)::BIGINT, a.attcollation <> 0 FROM pg_class t \
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum > 0 AND NOT a.attisdropped \
                 LEFT JOIN pg_index i ON i.indrelid = t.oid AND i.indisprimary \
                 WHERE t.relkind = 'r' AND t.relnamespace = current_schema()::regnamespace AND t.relname <> '_sqlx_migrations' \
                 ORDER BY t.relname COLLATE \"C\", a.attname COLLATE \"C\"",
            );
            let references = sqlx::query_as(
                "SELECT t.relname::TEXT, r.relname::TEXT FROM pg_constraint f JOIN pg_class t ON t.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid \
                 WHERE f.contype = 'f' AND t.relnamespace = current_schema()::regnamespace",
            );
            (columns.fetch_all(&mut **tx).await?, references.fetch_all(&mut **tx).await?)
        }
    };
    let mut tables: Vec<Table> = Vec::new();
    let mut keys: Vec<Vec<(i64, String)>> = Vec::new();
    for (table, column, place, is_text) in columns {
        if tables.last().is_none_or(|last| last.name != table) {
            tables.push(Table { name: table, columns: Vec::new(), last_id: None, order: Vec::new() });
            keys.push(Vec::new());
        }
        if let (Some(last), Some(key)) = (tables.last_mut(), keys.last_mut()) {
            if place > 0 {
                let name = quoted(&column);
                key.push((place, if is_text { format!("{name} COLLATE \"C\"") } else { name }));
            }
            last.columns.push(column);
        }
    }
    for (table, mut key) in tables.iter_mut().zip(keys) {
        key.sort();
        table.order = key.into_iter().map(|(_, column)| column).collect();
        table.last_id = last_id(tx, table).await?;
    }
    in_order(tables, &references)
}

fn in_order(mut rest: Vec<Table>, references: &[(String, String)]) -> Result<Vec<Table>, Error> {
    let mut sorted: Vec<Table> = Vec::new();
    while !rest.is_empty() {
        let waits = |table: &Table| {
            let of = references.iter().filter(|(from, to)| *from == table.name && to != from);
            of.into_iter().any(|(_, to)| rest.iter().any(|other| other.name == *to))
        };
        let (later, now): (Vec<Table>, Vec<Table>) = rest.iter().cloned().partition(waits);
        if now.is_empty() {
            return Err(Error::Configuration("tables refer to each other in circles".into()));
        }
        sorted.extend(now);
        rest = later;
    }
    Ok(sorted)
}

/// The rows of a table as lines without their ends, in the order of the key.
pub fn rows<'a>(tx: &'a mut Tx, table: &'a Table) -> BoxStream<'a, Result<String, Error>> {
    let names: Vec<String> = table.columns.iter().map(|column| quoted(column)).collect();
    let json: Vec<bool> = table.columns.iter().map(|column| is_json(&table.name, column)).collect();
    match tx {
        Tx::Sqlite(tx) => {
            let sql = select(&names, table);
            let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch(tx.reading());
            lines(rows, move |row: &SqliteRow| {
                (0..row.len()).map(|place| of_sqlite(row, place, json[place])).collect::<Result<Vec<_>, _>>()
            })
        }
        Tx::Postgres(tx) => {
            let sql = select(&names, table);
            let rows = sqlx::query(sqlx::AssertSqlSafe(sql)).fetch(&mut **tx);
            lines(rows, |row: &PgRow| {
                (0..row.len()).map(|place| of_postgres(row, place)).collect::<Result<Vec<_>, _>>()
            })
        }
    }
}

/// Adds rows from their lines. The texts come from [`rows`] of a table with the same columns.
///
/// # Errors
/// If the database fails or refuses a row.
pub async fn insert(tx: &mut Tx, table: &Table, lines: &[String]) -> Result<(), Error> {
    let names: Vec<String> = table.columns.iter().map(|column| quoted(column)).collect();
    let (into, names) = (quoted(&table.name), names.join(", "));
    let all = format!("[{}]", lines.join(","));
    match tx {
        Tx::Sqlite(tx) => {
            let values: Vec<String> =
                (0..table.columns.len()).map(|place| format!("json_extract(value, '$[{place}]')")).collect();
            let sql = format!("INSERT INTO {into} ({names}) SELECT {} FROM json_each($1)", values.join(", "));
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(all).execute(tx.settled().await?).await.map(drop)
        }
        Tx::Postgres(tx) => {
            let types: Vec<(String, String)> = sqlx::query_as(
                "SELECT a.attname::TEXT, format_type(a.atttypid, a.atttypmod) FROM pg_attribute a WHERE a.attrelid = to_regclass($1) AND a.attnum > 0 AND NOT a.attisdropped",
            )
            .bind(&into)
            .fetch_all(&mut **tx)
            .await?;
            let of = |column: &String| types.iter().find(|(name, _)| name == column).map(|(_, kind)| kind.clone());
            let mut values = Vec::new();
            for (place, column) in table.columns.iter().enumerate() {
                let kind = of(column).ok_or_else(|| Error::ColumnNotFound(format!("{}.{column}", table.name)))?;
                values.push(format!("(r.value ->> {place})::{kind}"));
            }
            let sql = format!(
                "INSERT INTO {into} ({names}) SELECT {} FROM json_array_elements($1::json) WITH ORDINALITY AS r (value, place) ORDER BY r.place",
                values.join(", ")
            );
            sqlx::query(sqlx::AssertSqlSafe(sql)).bind(all).execute(&mut **tx).await.map(drop)
        }
    }
}

/// Lets rows come in any order until the transaction ends: SQLite then looks at references last. On PostgreSQL the order of
/// [`tables`] does.
///
/// # Errors
/// If the database fails.
pub async fn prepare(tx: &mut Tx) -> Result<(), Error> {
    match tx {
        Tx::Sqlite(tx) => sqlx::query("PRAGMA defer_foreign_keys = ON").execute(tx.settled().await?).await.map(drop),
        Tx::Postgres(_) => Ok(()),
    }
}

/// The greatest id in a table that gives out ids.
///
/// # Errors
/// If the database fails, or the table has no ids.
pub async fn greatest_id(tx: &mut Tx, table: &Table) -> Result<Option<i64>, Error> {
    let sql = sqlx::AssertSqlSafe(format!("SELECT MAX(id) FROM {}", quoted(&table.name)));
    on!(tx, c => sqlx::query_scalar(sql).fetch_one(c).await)
}

/// Sets the last number that the database gave out as an id.
///
/// # Errors
/// If the database fails.
pub async fn set_last_id(tx: &mut Tx, table: &Table, last: i64) -> Result<(), Error> {
    match tx {
        Tx::Sqlite(tx) => {
            let done = sqlx::query("UPDATE sqlite_sequence SET seq = $2 WHERE name = $1")
                .bind(&table.name)
                .bind(last)
                .execute(tx.settled().await?)
                .await?;
            if done.rows_affected() == 0 {
                sqlx::query("INSERT INTO sqlite_sequence (name, seq) VALUES ($1, $2)")
                    .bind(&table.name)
                    .bind(last)
                    .execute(tx.settled().await?)
                    .await?;
            }
            Ok(())
        }
        Tx::Postgres(tx) => sqlx::query("SELECT setval(pg_get_serial_sequence($1, 'id'), $2)")
            .bind(quoted(&table.name))
            .bind(last)
            .execute(&mut **tx)
            .await
            .map(drop),
    }
}

async fn last_id(tx: &mut Tx, table: &Table) -> Result<Option<i64>, Error> {
    match tx {
        Tx::Sqlite(tx) => {
            // The table of sequences comes with the first of them.
            let any: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM sqlite_master WHERE name = 'sqlite_sequence'")
                .fetch_one(tx.settled().await?)
                .await?;
            if any == 0 {
                return Ok(None);
            }
            sqlx::query_scalar("SELECT seq FROM sqlite_sequence WHERE name = $1")
                .bind(&table.name)
                .fetch_optional(tx.settled().await?)
                .await
        }
        Tx::Postgres(tx) => {
            let found: Option<Option<i64>> = sqlx::query_scalar(
                "SELECT pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass) FROM pg_attribute \
                 WHERE attrelid = to_regclass($1) AND attname = 'id' AND attidentity <> ''",
            )
            .bind(quoted(&table.name))
            .fetch_optional(&mut **tx)
            .await?;
            Ok(found.flatten())
        }
    }
}

fn select(names: &[String], table: &Table) -> String {
    let order = if table.order.is_empty() { String::new() } else { format!(" ORDER BY {}", table.order.join(", ")) };
    format!("SELECT {} FROM {}{order}", names.join(", "), quoted(&table.name))
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn is_json(table: &str, column: &str) -> bool {
    JSON.contains(&(table, column))
}

fn lines<'a, R>(
    rows: impl Stream<Item = Result<R, Error>> + Send + 'a,
    values: impl Fn(&R) -> Result<Vec<Value>, Error> + Send + 'a,
) -> BoxStream<'a, Result<String, Error>>
where
    R: Send + 'a,
{
    rows.and_then(move |row| std::future::ready(values(&row).map(|values| Value::Array(values).to_string()))).boxed()
}

fn of_sqlite(row: &SqliteRow, place: usize, json: bool) -> Result<Value, Error> {
    let raw = row.try_get_raw(place)?;
    if raw.is_null() {
        return Ok(Value::Null);
    }
    let kept = raw.type_info().name().to_owned();
    Ok(match (kept.as_str(), row.column(place).type_info().name()) {
        ("INTEGER", "BOOLEAN") | ("BOOLEAN", _) => Value::Bool(row.try_get_unchecked::<bool, _>(place)?),
        ("INTEGER", _) => Value::from(row.try_get_unchecked::<i64, _>(place)?),
        ("TEXT", _) => {
            let text: String = row.try_get_unchecked(place)?;
            if json { canonical(&text)? } else { Value::String(text) }
        }
        (other, _) => return Err(unknown(other)),
    })
}

fn of_postgres(row: &PgRow, place: usize) -> Result<Value, Error> {
    if row.try_get_raw(place)?.is_null() {
        return Ok(Value::Null);
    }
    Ok(match row.column(place).type_info().name() {
        "INT8" => Value::from(row.try_get::<i64, _>(place)?),
        "BOOL" => Value::Bool(row.try_get(place)?),
        "TEXT" => Value::String(row.try_get(place)?),
        "DATE" => Value::String(row.try_get::<NaiveDate, _>(place)?.to_string()),
        // As SQLite keeps them.
        "TIMESTAMPTZ" => {
            Value::String(row.try_get::<DateTime<Utc>, _>(place)?.to_rfc3339_opts(SecondsFormat::AutoSi, false))
        }
        "JSONB" => sorted(&row.try_get::<Value, _>(place)?),
        other => return Err(unknown(other)),
    })
}

fn unknown(kind: &str) -> Error {
    Error::Configuration(format!("a column has values of the kind {kind}, which backups do not know").into())
}

fn canonical(text: &str) -> Result<Value, Error> {
    serde_json::from_str(text).map(|value| sorted(&value)).map_err(|error| Error::Decode(Box::new(error)))
}

/// JSON as a text with its keys in order, whichever order they were kept in.
fn sorted(value: &Value) -> Value {
    fn sort(value: &Value) -> Value {
        match value {
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                members.sort_by_key(|(name, _)| *name);
                Value::Object(members.into_iter().map(|(name, value)| (name.clone(), sort(value))).collect())
            }
            Value::Array(values) => Value::Array(values.iter().map(sort).collect()),
            other => other.clone(),
        }
    }
    Value::String(sort(value).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str) -> Table {
        Table { name: name.to_owned(), columns: Vec::new(), last_id: None, order: Vec::new() }
    }

    #[test]
    fn what_is_referred_to_comes_first() {
        let refer = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let references = [refer("a", "b"), refer("b", "c"), refer("b", "b")];
        let sorted = in_order(vec![table("a"), table("b"), table("c")], &references).unwrap();
        assert_eq!(sorted.iter().map(|table| table.name.as_str()).collect::<Vec<_>>(), ["c", "b", "a"]);
        assert!(in_order(vec![table("a"), table("b")], &[refer("a", "b"), refer("b", "a")]).is_err());
    }

    #[test]
    fn json_is_written_alike() {
        assert_eq!(
            canonical("{\"b\": [2, {\"z\":null,\"y\":1}], \"a\": 1}").unwrap(),
            Value::String("{\"a\":1,\"b\":[2,{\"y\":1,\"z\":null}]}".to_owned())
        );
    }
}
