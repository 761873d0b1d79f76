//! What a run found, as CSV (RFC 4180): pairs with the parts of their scores, groups, overlaps.

use super::{
    period,
    records::Records,
    run::{self, Outcome, Pair},
    threads,
    weigh::{Millibits, probability},
};
use std::io::{self, Write};

/// Pairs whose records are waited for together.
const TOGETHER: usize = 64;
/// Rows that one thread formats at a time.
const PORTION: usize = 8_192;

/// The listed pairs: ids, score, decision, probability, then base, fields and group, which add up to the score.
///
/// # Errors
/// Those of the writer.
pub fn pairs(records: &Records, outcome: &Outcome, threads: usize, to: &mut dyn Write) -> io::Result<()> {
    let mut header = vec!["id_a", "id_b", "score", "decision", "probability", "base"];
    header.extend(outcome.weights.fields().iter().map(|f| f.name));
    header.push("group");
    writeln!(to, "{}", header.join(","))?;
    // A few portions at a time, so that memory does not grow with the number of pairs.
    for batch in outcome.pairs.chunks(PORTION * 4 * threads.max(1)) {
        let portions: Vec<_> = batch.chunks(PORTION).collect();
        for text in threads::map(portions.len(), threads, |i| pair_rows(records, outcome, portions[i])) {
            to.write_all(text.as_bytes())?;
        }
    }
    Ok(())
}

fn pair_rows(records: &Records, outcome: &Outcome, pairs: &[Pair]) -> String {
    let mut rows = String::with_capacity(pairs.len() * 96);
    let fields = outcome.weights.fields().len();
    for (nth, pair) in pairs.iter().enumerate() {
        if nth % TOGETHER == 0 {
            let few = pairs[nth..].iter().take(TOGETHER);
            let members: Vec<u32> = few.flat_map(|pair| [pair.a, pair.b]).collect();
            records.foresee_compared(&members);
            records.foresee_ids(&members);
        }
        let parts = outcome.weights.weigh(records, pair.a, pair.b);
        let group = pair.score - outcome.base.millibits - parts.sum();
        push_text(records.id(pair.a), &mut rows);
        rows.push(',');
        push_text(records.id(pair.b), &mut rows);
        rows.push(',');
        push_decimal(pair.score, &mut rows);
        rows.push(',');
        rows.push_str(outcome.decision(pair).word());
        rows.push(',');
        push_probability(probability(pair.score), &mut rows);
        for weight in std::iter::once(&outcome.base.millibits).chain(&parts.weights[..fields]).chain([&group]) {
            rows.push(',');
            push_decimal(*weight, &mut rows);
        }
        rows.push('\n');
    }
    rows
}

/// Every record with its group, which is named for its first record.
///
/// # Errors
/// Those of the writer.
pub fn clusters(records: &Records, outcome: &Outcome, to: &mut dyn Write) -> io::Result<()> {
    let mut rows = "id,cluster_id\n".to_owned();
    for (record, group) in (0_u32..).zip(&outcome.clusters.of) {
        push_text(records.id(record), &mut rows);
        rows.push(',');
        push_text(records.id(*group), &mut rows);
        rows.push('\n');
        if rows.len() > 1 << 16 {
            to.write_all(rows.as_bytes())?;
            rows.clear();
        }
    }
    to.write_all(rows.as_bytes())
}

/// The overlapping lines; tells how many there are.
///
/// # Errors
/// Those of the writer.
pub fn overlaps(records: &Records, outcome: &Outcome, to: &mut dyn Write) -> io::Result<u64> {
    let mut row = "id_a,id_b,score,overlap_start,overlap_end\n".to_owned();
    let mut count = 0;
    for overlap in run::overlapping(records, outcome) {
        to.write_all(row.as_bytes())?;
        row.clear();
        push_text(records.id(overlap.pair.a), &mut row);
        row.push(',');
        push_text(records.id(overlap.pair.b), &mut row);
        row.push(',');
        push_decimal(overlap.pair.score, &mut row);
        for month in [overlap.first, overlap.last] {
            row.push(',');
            row.push_str(&period::month_text(month));
        }
        row.push('\n');
        count += 1;
    }
    to.write_all(row.as_bytes())?;
    Ok(count)
}

/// A cell; in quotes where it needs them.
fn push_text(text: &str, row: &mut String) {
    if !text.bytes().any(|b| matches!(b, b',' | b'"' | b'\n' | b'\r')) {
        row.push_str(text);
        return;
    }
    row.push('"');
    row.push_str(&text.replace('"', "\"\""));
    row.push('"');
}

/// Thousandths as a decimal number, exactly.
fn push_decimal(value: Millibits, row: &mut String) {
    if value < 0 {
        row.push('-');
    }
    let (whole, rest) = (value.unsigned_abs() / 1000, value.unsigned_abs() % 1000);
    push_digits(whole, 1, row);
    if rest > 0 {
        row.push('.');
        push_digits(rest, 3, row);
    }
}

/// Six decimals.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most a million")]
fn push_probability(probability: f64, row: &mut String) {
    let millionths = (probability * 1e6).round() as u32;
    push_digits(millionths / 1_000_000, 1, row);
    row.push('.');
    push_digits(millionths % 1_000_000, 6, row);
}

/// A number with at least so many digits.
fn push_digits(number: u32, least: usize, row: &mut String) {
    let mut digits = [b'0'; 10];
    let (mut at, mut rest) = (digits.len(), number);
    while rest > 0 {
        at -= 1;
        digits[at] += u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    row.extend(digits[at.min(digits.len() - least)..].iter().map(|b| char::from(*b)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(push: impl Fn(&mut String)) -> String {
        let mut row = String::new();
        push(&mut row);
        row
    }

    #[test]
    fn numbers_are_exact_and_texts_are_quoted() {
        for (value, text) in [(0, "0"), (-7, "-0.007"), (12_000, "12"), (-19_065, "-19.065"), (1_250, "1.250")] {
            assert_eq!(told(|row| push_decimal(value, row)), text);
        }
        assert_eq!(told(|row| push_probability(0.5, row)), "0.500000");
        assert_eq!(told(|row| push_probability(0.999_999_9, row)), "1.000000");
        assert_eq!(told(|row| push_text("a \"b\", c", row)), "\"a \"\"b\"\", c\"");
    }
}
