//! The rows of submitted claims, written again by nothing but SQLite: `bare_submits BEFORE AFTER WORK`. For each claim that was sent in
//! the database AFTER, one transaction on a copy of BEFORE writes the rows that sending it wrote, with prepared statements and
//! `synchronous=FULL`. Prints how many there were a second: once one after the other, once with 20 threads that each have a
//! connection of their own. `cargo xtask bench bulk` measures it beside the product.

use std::{path::Path, time::Instant};

use rusqlite::{Connection, OpenFlags, params_from_iter, types::Value};

type Anything<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;
type Statement = (String, Vec<Value>);

fn main() -> Anything<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [before, after, work] = &arguments[..] else { return Err("bare_submits BEFORE AFTER WORK".into()) };
    let claims = written(Path::new(after))?;
    if claims.is_empty() {
        return Err("no claim was sent".into());
    }
    let mut rates = Vec::new();
    for threads in [1, 20] {
        std::fs::copy(before, work)?;
        for beside in ["-wal", "-shm"] {
            let _ = std::fs::remove_file(format!("{work}{beside}"));
        }
        let begun = Instant::now();
        let next = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| -> Anything<()> {
            let hands: Vec<_> = (0..threads).map(|_| scope.spawn(|| hand(work, &claims, &next))).collect();
            hands.into_iter().try_for_each(|hand| hand.join().map_err(|_| "a thread broke")?)
        })?;
        rates.push(f64::from(u32::try_from(claims.len())?) / begun.elapsed().as_secs_f64());
    }
    println!("{} {}", rates[0], rates[1]);
    Ok(())
}

/// Writes claims that nobody else has written until none is left.
fn hand(work: &str, claims: &[Vec<Statement>], next: &std::sync::atomic::AtomicUsize) -> Anything<()> {
    let connection = Connection::open(work)?;
    connection.busy_timeout(std::time::Duration::from_secs(60))?;
    connection.execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")?;
    connection.set_prepared_statement_cache_capacity(100);
    while let Some(claim) = claims.get(next.fetch_add(1, std::sync::atomic::Ordering::SeqCst)) {
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for (sql, values) in claim {
            connection.prepare_cached(sql)?.execute(params_from_iter(values))?;
        }
        connection.execute_batch("COMMIT")?;
    }
    Ok(())
}

/// What sending each claim wrote, in the order in which they came.
fn written(after: &Path) -> Anything<Vec<Vec<Statement>>> {
    let after = Connection::open_with_flags(after, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let mut sent = after.prepare(
        "SELECT k.id, k.in_force_id, k.case_id, k.number, e.seq FROM claims k JOIN events e ON e.claim_id = k.id AND e.kind = 'claim_submitted' ORDER BY e.seq",
    )?;
    let sent = sent.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?)))?;
    let mut claims = Vec::new();
    for found in sent {
        let (claim, version, case, number, seq): (i64, i64, i64, String, i64) = found?;
        let mut one = vec![(
            "UPDATE cases SET last_claim = last_claim + 1, event_count = event_count + 1, event_head = ? WHERE id = ?".to_owned(),
            vec![value(&after, "SELECT hash FROM events WHERE case_id = ? AND seq = ?", &[case, seq])?, case.into()],
        )];
        one.extend(changed(&after, "versions", "frozen, sha256, sent_at, sent_by, claimant_name, claimant_key, citizenship, late_reason", version)?);
        one.extend(changed(&after, "claims", "number, status, in_force_id, draft_id, submitted_at, changed_at, withdrawn_reason", claim)?);
        one.extend(added(&after, "totals", "version_id = ?", version)?);
        one.extend(added(&after, "events", &format!("case_id = {case} AND seq = ?"), seq)?);
        one.extend(added(&after, "letters", "kind = 'receipt' AND version_id = ?", version)?);
        one.extend(added(&after, "outbox", "kind = 'receipt' AND claim_id = ?", claim)?);
        one.extend(added(&after, "mail_letters", "letter_id IN (SELECT id FROM letters WHERE kind = 'receipt' AND version_id = ?)", version)?);
        one.push((
            "INSERT INTO matching (case_id, wanted) VALUES (?, 1) ON CONFLICT (case_id) DO UPDATE SET wanted = matching.wanted + 1".to_owned(),
            vec![case.into()],
        ));
        // The register's row, and the sums of the case with this claim.
        one.extend(added(&after, "registered", "claim_id = ?", claim)?);
        let sums = "INSERT INTO case_totals (case_id, category, basis, lines, amount, documented, interest, costs, units) \
                    SELECT ?, category, basis, lines, amount, documented, interest, costs, units FROM totals WHERE version_id = ? \
                    ON CONFLICT (case_id, category, basis) DO UPDATE SET lines = case_totals.lines + excluded.lines, amount = case_totals.amount + excluded.amount, \
                    documented = case_totals.documented + excluded.documented, interest = case_totals.interest + excluded.interest, \
                    costs = case_totals.costs + excluded.costs, units = case_totals.units + excluded.units";
        one.push((sums.to_owned(), vec![case.into(), version.into()]));
        one.push(("INSERT INTO untold (version_id, case_id) VALUES (?, ?)".to_owned(), vec![version.into(), case.into()]));
        one.extend(added(&after, "submissions", "action = 'submit_claim' AND answer = ?", number)?);
        claims.push(one);
    }
    Ok(claims)
}

fn value(after: &Connection, sql: &str, by: &[i64]) -> Anything<Value> {
    Ok(after.query_row(sql, params_from_iter(by), |row| row.get(0))?)
}

/// The rows that were added to a table.
fn added(after: &Connection, table: &str, which: &str, by: impl Into<Value>) -> Anything<Vec<Statement>> {
    let mut rows = after.prepare(&format!("SELECT * FROM {table} WHERE {which}"))?;
    let columns: Vec<String> = rows.column_names().into_iter().map(str::to_owned).collect();
    let marks = vec!["?"; columns.len()].join(", ");
    let sql = format!("INSERT INTO {table} ({}) VALUES ({marks})", columns.join(", "));
    let found = rows.query_map([by.into()], |row| (0..columns.len()).map(|column| row.get(column)).collect())?;
    found.map(|values| Ok((sql.clone(), values?))).collect()
}

/// The columns of a row that were changed.
fn changed(after: &Connection, table: &str, columns: &str, id: i64) -> Anything<Vec<Statement>> {
    let names: Vec<String> = columns.split(", ").map(|column| format!("{column} = ?")).collect();
    let row = after.query_row(&format!("SELECT {columns}, id FROM {table} WHERE id = ?"), [id], |row| {
        (0..=names.len()).map(|column| row.get(column)).collect()
    })?;
    Ok(vec![(format!("UPDATE {table} SET {} WHERE id = ?", names.join(", ")), row)])
}
