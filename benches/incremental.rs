//! One new record against an index of 100,000: what the answer to a submitted claim waits for. The limit is 10 ms.

use benches::generate::{self, Generated, Plan};
use claims::matching::{index::Index, read, records::Records, run};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use std::hint::black_box;

const INDEXED: usize = 100_000;
/// Records that are new to the index.
const NEW: usize = 1_000;

/// An index of a generated table, and further rows of it.
fn indexed(generated: &Generated) -> (Index, Vec<csv::StringRecord>) {
    let mut text = Vec::new();
    generated.write_records(&mut text).expect("memory takes everything");
    let rows: Vec<csv::StringRecord> = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.as_slice())
        .into_records()
        .collect::<Result<_, _>>()
        .expect("what was written is CSV");
    let (known, new) = rows.split_at(INDEXED + 1);
    let mut table = csv::Writer::from_writer(Vec::new());
    known.iter().for_each(|row| table.write_record(row).expect("memory takes everything"));
    let table = table.into_inner().expect("memory takes everything");
    let records: Records = read::read(table.as_slice(), None, None, |_| {}).expect("the table is sound").records;
    let base = run::run(&records, run::Options::default(), |_, _| {}).base;
    (Index::new(records, base), new.to_vec())
}

fn incremental(criterion: &mut Criterion) {
    let plan = Plan::new(INDEXED + NEW, 1);
    for (kind, generated) in [("claimant", generate::claimants(plan)), ("line", generate::lines(plan))] {
        let (index, new) = indexed(&generated);
        let mut next = new.iter().cycle();
        // Every sample starts from the index of 100,000, with ten records that it does not know.
        criterion.bench_function(&format!("add and query ten {kind}s among 100,000"), |bench| {
            bench.iter_batched_ref(
                || (index.clone(), next.by_ref().take(10).collect::<Vec<_>>()),
                |(index, rows)| {
                    for row in rows {
                        let record = index.add(|i| row.get(i).unwrap_or("")).expect("its id is new");
                        black_box(index.resembling(record));
                    }
                },
                BatchSize::PerIteration,
            );
        });
    }
}

criterion_group! { name = benches; config = Criterion::default().sample_size(10); targets = incremental }
criterion_main!(benches);
