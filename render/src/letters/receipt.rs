//! The receipt: what was received, line by line, file by file, with the declaration that was signed.

use claims::{
    filing::schedules,
    frozen::FrozenLine,
    intake::{claimant::CAPACITIES, further},
    letters::{Contents, MOST_LINES, answered, lines, receipt_sums},
    line::{Basis, Category},
    money::grouped_units,
    period::show_day,
    place::in_short,
    totals::Total,
};

use super::{
    Block, Cell, Line, Row, Sheet, cell, column, figures, hash, period, plain, plural, row, soft, strong, styled, wide,
};
use crate::fonts::drawable;

pub(super) fn sheets(contents: &Contents) -> (String, Vec<Sheet>) {
    let (letter, claim) = (&contents.letter, &contents.claim);
    let title = format!("Receipt for claim {}", letter.number);
    let mut facts = vec![
        ("Claim number", strong(&letter.number)),
        ("Version", plain(&letter.version.to_string())),
        ("Received", plain(&letter.received)),
        ("Claimant", plain(&contents.claimant().name)),
        ("Lines", plain(&grouped_units(i64::try_from(claim.lines.len()).unwrap_or(i64::MAX)))),
        ("Documents", plain(&grouped_units(i64::try_from(claim.documents.len()).unwrap_or(i64::MAX)))),
        ("SHA-256 of what was sent", hash(&letter.sha256)),
    ];
    if let Some((number, of)) = &letter.logged {
        let mut entry = plain(&format!("No. {}", grouped_units(*number)));
        entry.extend(hash(of));
        facts.push(("Entry in the log of the case", entry));
    }
    let mut blocks = vec![
        Block::title(&title, &letter.case_title),
        Block::facts(facts),
        Block::words(&letter.words),
        Block::heading("What is claimed"),
        totals(contents),
    ];
    let foreign = claim.lines.iter().any(|line| line.currency != claim.currency);
    let mut notes = Vec::new();
    if claim.totals.iter().filter(|total| total.basis.is_some()).count() > 1 {
        notes.push("Amounts of different bases of value are never added together.".to_owned());
    }
    if foreign {
        notes.push(format!("Foreign amounts are converted once, at the rates of {}.", show_day(claim.valuation_date)));
    }
    if !notes.is_empty() {
        blocks.push(Block::words(&[notes.join(" ")]));
    }
    blocks.push(Block::heading("Declaration"));
    blocks.extend(declaration(contents));
    blocks.push(Block::heading("Lines"));
    blocks.extend(listed(contents));
    blocks.push(Block::heading("Documents"));
    blocks.push(documents(contents));
    for (step, answers) in answered(claim) {
        blocks.push(Block::heading(step));
        blocks.push(Block::facts(answers.iter().map(|(question, answer)| (*question, typed(answer))).collect()));
    }
    (title, vec![Sheet { on_side: false, blocks }])
}

fn name(total: &Total) -> String {
    match total.basis {
        None => total.category.title().to_owned(),
        Some(Basis::UnitsOnly) => format!("{}, units only", total.category.title()),
        Some(basis) => format!("{} at {}", total.category.title(), basis.title()),
    }
}

/// An answer as it was typed, line by line.
fn typed(answer: &str) -> Vec<Line> {
    answer.lines().flat_map(plain).collect()
}

fn totals(contents: &Contents) -> Block {
    let currency = contents.claim.currency;
    let sums = receipt_sums(&contents.claim.totals, contents.letter.filing_basis);
    let rows = contents.claim.totals.iter().map(|total| {
        let [documented, amount] = if total.basis == Some(Basis::UnitsOnly) {
            [String::new(), plural(total.units, "unit", "units")]
        } else {
            [currency.grouped(total.documented), currency.grouped(total.amount)]
        };
        let cells = [name(total), grouped_units(total.lines), documented, amount];
        row("line", cells.iter().map(|text| cell(plain(text))).collect())
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.extend(
        sums.iter()
            .map(|sum| row("sum", vec![wide(3, strong(&sum.name)), cell(strong(&currency.grouped(sum.amount)))])),
    );
    Block::Table {
        rows,
        columns: vec![
            column(0.0, "Category"),
            figures(60.0, "Lines"),
            figures(110.0, "Documented"),
            figures(110.0, &format!("Amount {}", currency.code())),
        ],
    }
}

fn declaration(contents: &Contents) -> Vec<Block> {
    let signed = &contents.claim.declaration;
    let capacity =
        CAPACITIES.iter().find(|(key, _)| *key == signed.capacity).map_or(signed.capacity.as_str(), |(_, words)| words);
    let who = if signed.title.is_empty() { signed.name.clone() } else { format!("{}, {}", signed.name, signed.title) };
    let rows = [
        ("Declared of", declared_of(contents)),
        ("Signed by", plain(&who)),
        ("In the capacity", plain(capacity)),
        (
            "Place and day",
            plain(&format!("{}, {} ({})", signed.place, show_day(signed.date), contents.claim.time_zone)),
        ),
    ];
    let rows = rows.into_iter().map(|(name, lines)| (name.to_owned(), lines)).collect();
    let mut blocks = vec![Block::Declared { parts: vec![drawable(&signed.words)], rows }];
    // It may be longer than what a page has left.
    blocks.extend(signed.late_reason.as_ref().map(|reason| Block::facts(vec![("Why it is late", plain(reason))])));
    blocks
}

/// What the words of the declaration speak of: on paper most of it stands below them, on the page that was signed it stood above.
fn declared_of(contents: &Contents) -> Vec<Line> {
    let listed = if contents.claim.lines.len() > MOST_LINES {
        "the sums above, all lines, of which the first are listed below, and the documents and answers listed there."
    } else {
        "the sums above, and the lines, documents and answers listed below."
    };
    let mut of =
        plain(&format!("The claim as it was sent: {listed} All of it stands in the text with this SHA-256 hash:"));
    of.extend(hash(&contents.letter.sha256));
    of
}

/// When and how many, below what is claimed.
fn when(line: &FrozenLine) -> String {
    let [one, many] = if line.category == Category::DigitalRoyalties {
        ["download or stream", "downloads or streams"]
    } else {
        ["unit", "units"]
    };
    let parts = [line.period.map(period), line.units.map(|units| plural(units, one, many))];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn listed(contents: &Contents) -> Vec<Block> {
    let claim = &contents.claim;
    let mut rows: Vec<Row> = Vec::new();
    let mut left = 0;
    for of in lines(claim) {
        let units_only = of.total.basis == Some(Basis::UnitsOnly);
        rows.push(row("group", vec![wide(4, strong(&name(of.total)))]));
        for line in &of.listed {
            let mut about = plain(&schedules::about(line));
            about.extend(soft(&when(line)));
            let mut evidence: Vec<Line> = line
                .evidence
                .iter()
                .flat_map(|cited| {
                    let place =
                        if cited.place.is_empty() { String::new() } else { format!(", {}", in_short(&cited.place)) };
                    plain(&format!("{}{place}", cited.document))
                })
                .collect();
            if evidence.is_empty() {
                evidence = soft("sworn only");
            }
            let mut amount = if units_only {
                plain(&plural(line.units.unwrap_or(0), "unit", "units"))
            } else {
                plain(&claim.currency.grouped(line.amount_in_case))
            };
            // What stands here as it was typed is not said once more below.
            let mut here = Vec::new();
            for (name, minor) in [("interest", line.interest_in_case), ("costs", line.costs_in_case)] {
                if minor != 0 {
                    amount.extend(soft(&format!("and {name} {}", claim.currency.grouped(minor))));
                    here.extend((line.currency == claim.currency).then_some(name));
                }
            }
            here.extend(line.release.in_words().is_empty().then_some("loss"));
            if line.currency != claim.currency && !units_only {
                amount.extend(soft(&format!("{} at {}", line.currency.show(line.amount), line.rate)));
            }
            rows.push(row(
                "line",
                vec![cell(plain(&line.line.to_string())), cell(about), cell(evidence), cell(amount)],
            ));
            let more: Vec<Line> =
                further(line.category, &line.answers, &here).iter().flat_map(|answer| typed(answer)).collect();
            if !more.is_empty() {
                rows.push(row("under", vec![cell(Vec::new()), wide(3, more)]));
            }
        }
        left += usize::try_from(of.total.lines).unwrap_or(0).saturating_sub(of.listed.len());
        if of.total.lines < 2 {
            continue;
        }
        let sum =
            if units_only { plural(of.total.units, "unit", "units") } else { claim.currency.grouped(of.total.amount) };
        rows.push(row(
            "sum",
            vec![wide(3, soft(&format!("Sum of {}", plural(of.total.lines, "line", "lines")))), cell(strong(&sum))],
        ));
    }
    let columns = vec![
        column(34.0, "Line"),
        column(0.0, "What is claimed"),
        column(128.0, "Evidence"),
        figures(96.0, &format!("Amount {}", claim.currency.code())),
    ];
    let mut blocks = vec![Block::Table { columns, rows }];
    if left > 0 {
        let words = format!(
            "{} more, which are counted in the sums, are not listed here: they are in the file “Lines as CSV” beside this receipt on the site, and in the text whose hash stands above.",
            plural(left, "line", "lines")
        );
        blocks.push(Block::words(&[words]));
    }
    blocks
}

fn documents(contents: &Contents) -> Block {
    if contents.claim.documents.is_empty() {
        return Block::words(&["None. All lines rest on the declaration alone.".to_owned()]);
    }
    let mut rows = Vec::new();
    for document in &contents.claim.documents {
        let pages = document.pages.map_or(String::new(), |pages| format!("{}, ", plural(pages, "page", "pages")));
        let mut name = plain(&document.name);
        name.extend(soft(&document.proves));
        let size = styled(&format!("{pages}{} bytes", grouped_units(document.bytes)), "s");
        rows.push(row("line", vec![cell(name), cell(size)]));
        rows.push(row("under", vec![Cell { span: 2, lines: vec![(document.sha256.clone(), "m")] }]));
    }
    Block::Table { columns: vec![column(0.0, "File and its SHA-256"), figures(160.0, "Size")], rows }
}
