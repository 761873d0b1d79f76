//! Rows on their way into a table, many in one statement.

use claims::store::{
    Tx,
    dump::{self, Table},
};
use serde_json::Value;

/// Rows in one statement.
const AT_ONCE: usize = 500;

/// Rows of one table that were not written yet.
pub struct Rows {
    table: Table,
    lines: Vec<String>,
}

impl Rows {
    /// For some columns of a table, in the order in which values are given; the others keep their defaults.
    pub fn new(table: &str, columns: &[&str]) -> Self {
        let table = serde_json::json!({ "name": table, "columns": columns, "last_id": null });
        Self { table: serde_json::from_value(table).unwrap(), lines: Vec::new() }
    }

    /// Adds a row: a JSON array, with instants and JSON as texts.
    pub fn add(&mut self, values: &Value) {
        self.lines.push(values.to_string());
    }

    /// Writes what was not written yet.
    pub async fn write(&mut self, tx: &mut Tx) {
        for lines in self.lines.chunks(AT_ONCE) {
            dump::insert(tx, &self.table, lines).await.unwrap();
        }
        self.lines.clear();
    }

    /// The next id that the database gives out is the one after `last`.
    pub async fn end(&self, tx: &mut Tx, last: i64) {
        dump::set_last_id(tx, &self.table, last).await.unwrap();
    }
}
