//! What must hold for any bytes given to `recoup match`: an error, or a right answer, never a panic.

use claims::matching::{index::Index, read, run, write};

/// Reads the bytes as a table; if it is one, matches it, explains and writes every pair, and asks an index about every record.
pub fn match_bytes(bytes: &[u8]) {
    let Ok(table) = read::read(bytes, None, None, |_| {}) else { return };
    let records = table.records;
    let outcome = run::run(&records, run::Options::default(), |_, _| {});
    assert_eq!(outcome.clusters.of.len(), records.len());
    for pair in &outcome.pairs {
        assert!(pair.a < pair.b);
        let why = outcome.explain(&records, pair.a, pair.b);
        let parts: i32 = why.parts.iter().map(|part| part.weight).sum();
        assert_eq!(why.base + parts + why.group, pair.score, "{why}");
    }
    let mut text = Vec::new();
    assert!(
        write::pairs(&records, &outcome, 1, &mut text).is_ok()
            && write::clusters(&records, &outcome, &mut text).is_ok()
    );
    assert!(write::overlaps(&records, &outcome, &mut text).is_ok() && std::str::from_utf8(&text).is_ok());
    let count = u32::try_from(records.len()).unwrap_or(u32::MAX);
    let index = Index::new(records, outcome.base);
    for record in 0..count {
        assert!(index.resembling(record).iter().all(|found| found.record != record));
    }
}
