//! Bad input, determinism, the incremental index, and that parts add up.
#![cfg(feature = "matching-files")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use claims::matching::{
    columns::Kind,
    decide::Decision,
    index::Index,
    read::{self, ReadError, Table},
    records::Records,
    run::{self, Options, Outcome},
};
use proptest::prelude::*;
use std::fmt::Write as _;

#[path = "../../fuzz/match_bytes.rs"]
mod fuzz;

fn table(text: &str) -> Table {
    read::read(text.as_bytes(), None, None, |_| {}).unwrap()
}

fn matched(records: &Records, threads: usize) -> Outcome {
    run::run(records, Options { threads, link: false }, |_, _| {})
}

fn error(text: impl AsRef<[u8]>) -> String {
    read::read(text.as_ref(), None, None, |_| {}).unwrap_err().to_string()
}

/// Some hundreds of parties with duplicates.
fn parties() -> String {
    let mut text = "id,name,email,phone,street,city,postcode\n".to_owned();
    for i in 0..600 {
        let (n, given) = (i / 2, ["Ann", "Bob", "Cleo", "Dan", "Eve"][i / 2 % 5]);
        let _ = writeln!(
            text,
            "r{i},{given} Fam{n},box{n}@example{n}.org,212555{n:04},{n} Oak Street,Springfield,{:05}",
            10_000 + n
        );
    }
    text
}

#[test]
fn duplicates_are_found_and_nothing_else() {
    let records = table(&parties()).records;
    let outcome = matched(&records, 1);
    assert_eq!(outcome.pairs.iter().filter(|p| outcome.decision(p) == Decision::Match).count(), 300);
    assert!((0..300).all(|i| outcome.clusters.of[2 * i] == outcome.clusters.of[2 * i + 1]));
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let records = table(&parties()).records;
    let (one, four) = (matched(&records, 1), matched(&records, 4));
    assert_eq!(one.pairs, four.pairs);
    assert_eq!(one.clusters.of, four.clusters.of);
    assert_eq!(one.base, four.base);
}

#[test]
fn parts_and_base_add_up_and_are_in_words() {
    let records = table(&parties()).records;
    let outcome = matched(&records, 1);
    for pair in &outcome.pairs {
        let why = outcome.explain(&records, pair.a, pair.b);
        assert_eq!(why.base + why.parts.iter().map(|p| p.weight).sum::<i32>() + why.group, pair.score);
        assert_eq!(why.score, pair.score);
    }
    let text = outcome.explain(&records, 0, 1).to_string();
    assert!(text.contains("email: the same (box0@example0.org | box0@example0.org)"), "{text}");
}

#[test]
fn the_form_of_a_name_is_told_as_what_is_compared() {
    let names = [
        "Farthing Street LLC",
        "Farthing Street",
        "Farthing Street Inc",
        "Farthing Street Records",
        "Farthing Street Music",
    ];
    let mut text = "id,name,email\n".to_owned();
    for (i, name) in names.iter().enumerate() {
        let _ = writeln!(text, "r{i},{name},box{i}@example.org");
    }
    let records = table(&text).records;
    let outcome = matched(&records, 1);
    for (a, b, words) in [
        (0, 1, "form: a legal form or label word in one of the names only (with | without)"),
        (0, 2, "form: names with the same kind of legal form or label word (with | with)"),
        (3, 4, "form: names with different kinds of legal form or label word (with | with)"),
    ] {
        let text = outcome.explain(&records, a, b).to_string();
        assert!(text.contains(words), "{text}");
    }
}

#[test]
fn an_index_scores_as_a_full_run() {
    let text = parties();
    let records = table(&text).records;
    let outcome = matched(&records, 1);
    let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|l| l.split(',').collect()).collect();
    let (header, first) =
        text.split_once('\n').map(|(h, rest)| (h, rest.lines().take(500).collect::<Vec<_>>().join("\n"))).unwrap();
    let mut index = Index::new(table(&format!("{header}\n{first}\n")).records, outcome.base);
    for row in &rows[500..] {
        index.add(|i| row[i]).unwrap();
    }
    for record in 0..600 {
        for found in index.resembling(record) {
            let (a, b) = (record.min(found.record), record.max(found.record));
            let why = outcome.explain(&records, a, b);
            assert_eq!(found.score, why.score - why.group, "{why}");
        }
        let twin = record ^ 1;
        assert_eq!(index.resembling(record).first().map(|f| f.record), Some(twin));
    }
}

#[test]
fn faults_are_named_with_row_and_column() {
    assert!(error("").contains("empty"));
    assert!(error("\n\n").contains("empty"));
    assert!(error("name,email\nx,y\n").contains("no column \"id\""));
    assert!(error("id,colour\n1,red\n").contains("no known column"));
    assert!(error("id,name,name\n1,a,b\n").contains("\"name\" occurs twice"));
    assert_eq!(error("id,name\n1,Ann\n,Bob\n"), "row 3, column \"id\": the id is empty");
    assert_eq!(error("id,name\n1,Ann\n2,Bob\n1,Cleo\n"), "row 4, column \"id\": \"1\" was already used in row 2");
    assert_eq!(
        error(b"id,name,city\n1,Ann,Rome\n2,B\xffb,Rome\n"),
        "row 3, column \"name\": the text is not valid UTF-8; save the file as UTF-8"
    );
    assert_eq!(error("id,name\n1,Ann,extra\n"), "row 2: 3 cells where the header has 2");
    assert!(matches!(
        read::read("id,name\n1,x\n".as_bytes(), Some(Kind::Lines), None, |_| {}),
        Err(ReadError::WrongKind(_))
    ));
    assert_eq!(table("\u{feff}id,name,colour\n1,Ann,red\n").unknown_columns, ["colour"]);
}

#[test]
fn no_record_and_one_record() {
    let none = table("id,name\n").records;
    assert!(matched(&none, 1).pairs.is_empty());
    let one = table("id,name\n1,Ann\n").records;
    let outcome = matched(&one, 1);
    assert!(outcome.pairs.is_empty());
    assert_eq!(outcome.clusters.of, [0]);
}

#[test]
fn all_identical_is_one_group_in_bounded_time() {
    let mut text = "id,name,email,phone,city\n".to_owned();
    (0..20_000).for_each(|i| {
        let _ = writeln!(text, "r{i},Ann Smith,ann@smithworks.org,2125550100,Rome");
    });
    let records = table(&text).records;
    let outcome = matched(&records, 2);
    assert!(outcome.report.compared < 20_000 * 60 * 4, "{}", outcome.report.compared);
    assert!(outcome.report.blocking.rules.iter().any(|r| r.left_out > 0), "what was capped is reported");
    assert!(outcome.clusters.of.iter().all(|group| *group == 0));
}

#[test]
fn a_few_identical_records_are_one_group() {
    for n in [2, 3, 10, 100, 1_000] {
        let mut text = "id,name,email,phone,street,city\n".to_owned();
        (0..n).for_each(|i| {
            let _ = writeln!(text, "r{i},Ann Smith,ann@smithworks.org,2125550100,1 Oak Street,Rome");
        });
        assert!(matched(&table(&text).records, 1).clusters.of.iter().all(|group| *group == 0), "{n} claimants");
        let mut text = "id,title,artist,upc,year\n".to_owned();
        (0..n).for_each(|i| {
            let _ = writeln!(text, "r{i},Blue Train,Ann Smith,036000291452,1999");
        });
        assert!(matched(&table(&text).records, 1).clusters.of.iter().all(|group| *group == 0), "{n} lines");
    }
}

#[test]
fn a_column_of_equal_values_says_nothing() {
    let mut text = "id,name,email,city\n".to_owned();
    (0..20_000).for_each(|i| {
        let _ = writeln!(text, "r{i},Name{i} Family{i},box{i}@example.org,Rome");
    });
    let records = table(&text).records;
    let outcome = matched(&records, 2);
    assert_eq!(outcome.pairs.iter().filter(|p| outcome.decision(p) == Decision::Match).count(), 0);
}

#[test]
fn a_fault_is_the_first_one_of_the_file() {
    // Rows are added many at a time; what is wrong with an earlier row is told all the same.
    let rows = |n: u32| (2..n).fold("id,name\n1,Ann\n".to_owned(), |text, i| text + &format!("{i},Ann\n"));
    for n in [3, 127, 128, 129, 300] {
        let repeated = format!("{}2,Bob\n", rows(n));
        let expected = format!("row {}, column \"id\": \"2\" was already used in row 3", n + 1);
        assert_eq!(error(&repeated), expected);
        assert_eq!(error(format!("{repeated}{n},too,many\n")), expected);
        assert_eq!(error([repeated.as_bytes(), b"x,\xff\n"].concat()), expected);
    }
}

#[test]
fn a_hundred_thousand_equal_values() {
    let mut text = "id,name,email,city\n".to_owned();
    (0..100_000).for_each(|i| {
        let _ = writeln!(text, "r{i},Name{i} Family{i},all@example.org,Rome");
    });
    let outcome = matched(&table(&text).records, 2);
    assert!(outcome.report.compared < 10_000_000, "{}", outcome.report.compared);
    assert_eq!(outcome.pairs.iter().filter(|p| outcome.decision(p) == Decision::Match).count(), 0);
}

#[test]
fn a_megabyte_in_a_cell() {
    let long = "x".repeat(1_000_000);
    let records = table(&format!(
        "id,name,title,street,email\n1,{long},{long},{long},{long}@{long}\n2,{long},{long},{long},{long}\n"
    ))
    .records;
    assert_eq!(matched(&records, 1).clusters.of.len(), 2);
}

#[test]
fn names_in_other_scripts() {
    let text = "id,name,email,city\n1,יעל כהן,yael@tikva-music.org,תל אביב\n2,יעל כהן,yael@tikva-music.org,תל אביב\n3,七瀬光,hikaru@nanase.jp,東京\n4,七瀬光,hikaru@nanase.jp,東京\n5,محمد علي,m@ali-label.com,القاهرة\n";
    let records = table(text).records;
    assert_eq!(matched(&records, 1).clusters.of, [0, 0, 2, 2, 4]);
}

#[test]
fn linking_compares_only_across_sources() {
    let text = "id,source,name,email,city\n1,a,Ann Smithers,ann@smithers.org,Rome\n2,a,Ann Smithers,ann@smithers.org,Rome\n3,b,Ann Smithers,ann@smithers.org,Rome\n";
    let records = table(text).records;
    let outcome = run::run(&records, Options { threads: 1, link: true }, |_, _| {});
    assert!(outcome.pairs.iter().all(|p| records.source(p.a) != records.source(p.b)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn arbitrary_bytes_are_answered(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        fuzz::match_bytes(&bytes);
    }

    #[test]
    fn arbitrary_rows_are_answered(rows in "id,(name|title|upc),(email|artist),source\n([a-c0-9\" é,\r\n@.-]{0,40}\n){0,12}") {
        fuzz::match_bytes(rows.as_bytes());
    }

    #[test]
    fn arbitrary_cells_are_answered(
        header in prop::sample::subsequence(vec![
            "name", "given_name", "family_name", "contact", "email", "phone", "website", "street", "city", "region", "postcode",
            "tax_id", "birth_date", "title", "artist", "album", "catalog_no", "upc", "isrc", "label", "year", "length", "track_no",
            "language", "period_start", "period_end", "claimant_id", "source",
        ], 1..12),
        cells in prop::collection::vec("(\\PC{0,12}|[0-9a-z@.,|()~' -]{0,16}|[0-9]{4}|vol 2|llc)", 1..60),
    ) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(std::iter::once("id").chain(header.iter().copied())).unwrap();
        for (i, row) in cells.chunks_exact(header.len()).enumerate() {
            let id = i.to_string();
            writer.write_record(std::iter::once(id.as_str()).chain(row.iter().map(String::as_str))).unwrap();
        }
        fuzz::match_bytes(&writer.into_inner().unwrap());
    }
}
