//! Money that a statement writes otherwise than row by row: values of stock, merged and blank cells, subtotals of several currencies,
//! deductions at the foot, figures that do not add up.
#![cfg(feature = "statements")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod parts;

use claims::{
    line::Category,
    statements::{
        self, Choices, Grouping, Input, Reading, Rules, Statement, Wish, dates,
        field::Field,
        problem::{Kind, Severity},
        reading::Reason,
    },
};

fn read(bytes: &[u8], choices: &Choices) -> Statement {
    let wish = Wish { rows: true, ..Wish::default() };
    statements::read(&Input::Memory(bytes), choices, &Rules::any(), wish).unwrap()
}

fn reading(csv: &str, choices: &Choices) -> Reading {
    read(csv.as_bytes(), choices).reading
}

fn asked(reading: &Reading) -> Vec<&str> {
    reading.questions.iter().map(|question| question.choice.as_str()).collect()
}

fn said(reading: &Reading, kind: Kind) -> Vec<&str> {
    reading.problems.iter().filter(|found| found.kind == kind).map(|found| found.message.as_str()).collect()
}

fn usd() -> Choices {
    Choices { currency: "USD".to_owned(), ..Choices::default() }
}

fn stock(value: &str) -> String {
    format!(
        "Catalog #,Title,Sold,On hand,As of,{value}\nNW 1,Arctic Light,11,100,2016-06-03,6.25\nNW 2,Psalms,3,50,2016-06-03,6.25\nTOTAL,,,150,,\n"
    )
}

#[test]
fn the_currency_of_stock_is_asked_where_its_value_is_read() {
    let wholesale = Choices { basis: "wholesale".to_owned(), ..Choices::default() };
    let file = stock("PPD");
    assert_eq!(asked(&reading(&file, &Choices::default())), ["currency", "basis"]);
    let open = reading(&file, &wholesale);
    assert_eq!(asked(&open), ["currency"]);
    assert_eq!(open.questions[0].words, "No column says in which currency the values are.");
    // Units alone are no money.
    let units = Choices { basis: "units_only".to_owned(), ..Choices::default() };
    assert_eq!(
        (asked(&reading(&file, &units)), asked(&reading(&stock("Remark"), &Choices::default()))),
        (vec![], vec![])
    );
    // By hand: 150 copies at 6.25.
    let known = reading(&file, &Choices { currency: "GBP".to_owned(), ..wholesale.clone() });
    let [sum] = &known.sums[..] else { panic!("{:?}", known.sums) };
    assert_eq!((known.problems.len(), sum.currency.unwrap().code()), (0, "GBP"));
    assert_eq!((sum.units, sum.value, sum.lines), (150, 937_500_000, 93_750));
    assert!(known.file_totals[0].stated == known.file_totals[0].computed);
    let named = reading(&file.replace("PPD", "PPD (EUR)"), &wholesale);
    assert_eq!((asked(&named), named.sums[0].currency.unwrap().code()), (vec![], "EUR"));
    // A row that does not say it, where a column is to.
    let column =
        "Catalog #,Title,On hand,As of,PPD,Currency\nNW 1,A,1,2016-06-03,6.25,USD\nNW 2,B,1,2016-06-03,6.25,\n";
    assert_eq!(said(&reading(column, &wholesale), Kind::Currency), ["The row does not say in which currency."]);
}

#[test]
fn the_value_of_stock_is_known_by_its_usual_headers() {
    for header in ["Wholesale price", "Value per unit", "Wholesale price (PPD)", "Wholesale Price (USD)", "PPD"] {
        let read = reading(&stock(header), &Choices::default());
        assert_eq!(read.columns[5].field, Some(Field::UnitValue), "{header}");
        assert!(read.asks("basis").is_some(), "{header}");
    }
}

#[test]
fn columns_that_are_not_used_are_told_and_those_of_decimals_stand_out() {
    let read = reading(&stock("Appraisal"), &Choices::default());
    let unused: Vec<_> =
        read.unused().map(|(_, column)| (&column.header[..], &column.samples[..], column.decimals)).collect();
    assert_eq!(unused, [("Appraisal", &["6.25".to_owned()][..], true)]);
    let words = reading(&stock("Appraisal").replace("6.25", "fine"), &Choices::default());
    assert!(words.unused().all(|(_, column)| !column.decimals));
    // A basis without a column is not a mistake of the file.
    let basis = reading(&stock("Appraisal"), &Choices { basis: "wholesale".to_owned(), ..Choices::default() });
    assert_eq!((asked(&basis), basis.count(Severity::Error)), (vec!["value"], 0));
    assert!(basis.questions[0].words.contains("no column is said to hold it"), "{}", basis.questions[0].words);
}

/// A workbook of one sheet: texts, numbers where they read as one, and merged cells.
fn workbook(rows: &[&[&str]], merged: &[&str]) -> Vec<u8> {
    let cell = |place: String, text: &&str| match text.parse::<f64>() {
        _ if text.is_empty() => String::new(),
        Ok(_) => format!(r#"<c r="{place}"><v>{text}</v></c>"#),
        Err(_) => format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#),
    };
    let rows: String = (1..)
        .zip(rows)
        .map(|(row, cells)| {
            let cells: String =
                ('A'..).zip(*cells).map(|(column, text)| cell(format!("{column}{row}"), text)).collect();
            format!(r#"<row r="{row}">{cells}</row>"#)
        })
        .collect();
    let merged: String = merged.iter().map(|range| format!(r#"<mergeCell ref="{range}"/>"#)).collect();
    parts::workbook(&format!("<sheetData>{rows}</sheetData><mergeCells>{merged}</mergeCells>"))
}

const MONTHS: &[&[&str]] = &[
    &["A STATEMENT"],
    &["Period", "Cat No", "Artist", "Title", "Units", "Net Due", "Currency"],
    &["Jan-15", "SP 1", "Noir", "Light", "2", "15.5", "USD"],
    &["", "SP 2", "", "Psalms", "1", "7.25", "USD"],
    &["Subtotal Jan-15", "", "", "", "", "22.75", "USD"],
    &["Feb-15", "SP 1", "Noir", "Light", "3", "22.5", "USD"],
    &["", "SP 2", "Kee", "Psalms", "1", "7.25", "USD"],
    &["Total", "", "", "", "", "52.5", "USD"],
];

fn periods(reading: &Reading) -> Vec<(&str, &str)> {
    reading.first_lines.iter().map(|line| (line.period.as_str(), line.answers.get("artist"))).collect()
}

#[test]
fn merged_cells_hold_for_each_of_their_rows_but_money_does_not() {
    let book = workbook(MONTHS, &["A1:G1", "A3:A4", "C3:C4", "A6:A7", "F3:F4"]);
    let read = read(&book, &Choices::default()).reading;
    assert_eq!((&read.problems[..], read.carried.as_ref()), (&[][..], None));
    let artists =
        [("January 2015", "Noir"), ("January 2015", "Noir"), ("February 2015", "Noir"), ("February 2015", "Kee")];
    assert_eq!(periods(&read), artists);
    assert_eq!((read.sums[0].millionths, read.decimals), (52_500_000, true));
    // Money of a merged cell stands in its first row alone.
    let mut rows = MONTHS.to_vec();
    rows[3] = &["", "SP 2", "", "Psalms", "1", "", "USD"];
    let read = read_book(&rows, &["A3:A4", "A6:A7", "F3:F4"]);
    assert_eq!(read.count(Severity::Error), 1, "{:?}", read.problems);
    assert_eq!(read.sums[0].millionths, 45_250_000);
    // A total that differs by a row with an error is not called wrong.
    assert_eq!(said(&read, Kind::TotalDiffers), [""; 0]);
    assert!(
        read.file_totals[0].in_words(2).ends_with("come to 15.50, without 1 that has an error."),
        "{:?}",
        read.file_totals
    );
}

fn read_book(rows: &[&[&str]], merged: &[&str]) -> Reading {
    read(&workbook(rows, merged), &Choices::default()).reading
}

#[test]
fn a_period_that_only_the_first_of_a_group_says_is_carried_and_told() {
    let read = read_book(MONTHS, &[]);
    assert_eq!(read.problems, []);
    let found: Vec<&str> = periods(&read).into_iter().map(|(period, _)| period).collect();
    assert_eq!(found, ["January 2015", "January 2015", "February 2015", "February 2015"]);
    let carried = read.carried.unwrap();
    assert_eq!((&carried.column[..], carried.rows, &carried.which[..]), ("Period", 2, "4, 7"));
    // Where each row is to say it, or the first does not, nothing is assumed.
    for (from, to) in [("2015-02,AB 2", "2015-01,AB 2"), ("2015-01,AB 1", ",AB 1")] {
        let csv = "Period,Cat No,Title,Units,Net Due,Currency\n2015-01,AB 1,One,1,2.00,USD\n2015-02,AB 2,Two,1,2.00,USD\n,AB 3,Three,1,2.00,USD\n,AB 4,Four,1,2.00,USD\n";
        assert_eq!(reading(csv, &Choices::default()).carried.map(|carried| carried.rows), Some(2));
        let read = reading(&csv.replace(from, to), &Choices::default());
        assert!(read.carried.is_none() && read.count(Severity::Error) > 0, "{from}: {:?}", read.problems);
    }
    // Nor an artist, nor a currency.
    let csv =
        "Period,Cat No,Artist,Title,Units,Net Due,Currency\n2015-01,AB 1,Noir,One,1,2.00,USD\n,AB 2,,Two,1,2.00,\n";
    let read = reading(csv, &Choices::default());
    assert_eq!((read.count(Severity::Error), read.problems[0].kind), (1, Kind::Currency));
}

#[test]
fn a_subtotal_in_a_currency_is_of_the_rows_in_it_since_the_last() {
    let month = |name: &str, usd: &str, gbp: &str| {
        format!(
            "{name},AB 1,One,1,10.00,USD\n{name},AB 2,Two,1,5.00,GBP\n{name},AB 3,Three,2,1.50,USD\n{name},AB 4,Four,2,0.25,GBP\nSubtotal {name},,,,{usd},USD\nSubtotal {name},,,,{gbp},GBP\n"
        )
    };
    let file = |march: &str| {
        format!(
            "Period,Cat No,Title,Units,Net Due,Currency\n{}{}Total,,,,23.00,USD\nTotal,,,,10.50,GBP\n",
            month("2015-01", "11.50", "5.25"),
            month("2015-02", march, "5.25")
        )
    };
    let read = reading(&file("11.50"), &Choices::default());
    assert_eq!((&read.problems[..], read.file_totals.len()), (&[][..], 6));
    assert!(read.file_totals.iter().all(|total| total.stated == total.computed), "{:?}", read.file_totals);
    let wrong = reading(&file("12.00"), &Choices::default());
    assert_eq!(
        said(&wrong, Kind::TotalDiffers),
        ["The file says 12.00 USD here; the rows above it in USD come to 11.50."]
    );
    // By words instead of a column.
    let words = file("11.50")
        .replace("Subtotal 2015-02,,,,11.50,USD", "Subtotal USD,,,,11.50,")
        .replace("Total,,,,10.50,GBP", "Total GBP,,,,10.50,");
    assert_eq!(reading(&words, &Choices::default()).problems, []);
}

const FOOT: &str = "Statement Number,Period,UPC,Artist,Title,Net Units,Gross,Distribution Fee,Net Due\n\
    2016-Q1,Q1 2016,036000291452,Noir,Arctic Light,20,200.00,50.00,150.00\n\
    2016-Q1,Q1 2016,734885411001,Kee,Psalms,10,120.00,20.00,100.00\n\
    Sub-total,,,,,,,,250.00\n\
    Warehouse fee,,,,,,,,-125.00\n\
    Advertising co-op,,,,,,,,(80.50)\n\
    Balance due,,,,,,,,44.50\n";

#[test]
fn a_deduction_at_the_foot_is_told_once_with_its_amount() {
    let dated = FOOT
        .replace("Warehouse fee,", "Warehouse fee,Q1 2016")
        .replace("Advertising co-op,", "Advertising co-op,Q1 2016");
    for file in [FOOT, &dated] {
        let read = reading(file, &usd());
        assert_eq!(read.counts, [(Kind::Deduction, 2)], "{:?}", read.problems);
        assert_eq!(
            said(&read, Kind::Deduction),
            [
                "“Warehouse fee” takes 125.00 USD off the statement of 1 January 2016 – 31 March 2016; no line is lowered by it.",
                "“Advertising co-op” takes 80.50 USD off the statement of 1 January 2016 – 31 March 2016; no line is lowered by it."
            ]
        );
        // The rows come to what the file says; the lines to what is due of releases.
        let [sum] = &read.sums[..] else { panic!("{:?}", read.sums) };
        assert_eq!((sum.millionths, sum.lines, sum.deducted, sum.below_zero), (44_500_000, 25_000, -205_500_000, 0));
        assert!(read.file_totals.iter().all(|total| total.stated == total.computed), "{:?}", read.file_totals);
        assert_eq!(
            read.left_out_below_zero().as_deref(),
            Some("Left out of the lines are deductions that belong to no release: −205.50 USD.")
        );
        assert_eq!(read.above_by_kind(Kind::Deduction)[0].1, 205_500_000);
        assert!(read.may_be_set_off(&usd()));
    }
}

#[test]
fn a_deduction_is_set_off_against_the_largest_lines_of_its_period() {
    let by_release = Choices { grouping: Grouping::Release, ..usd() };
    let Statement { reading: read, lines, rows } = read(FOOT.as_bytes(), &by_release);
    assert_eq!((&read.problems[..], read.sums[0].lines, read.sums[0].deducted), (&[][..], 4_450, 0));
    // By hand: 125 of the 150; then 80.50 off 100, which is the larger.
    let light = lines.iter().find(|line| line.answers.get("title") == "Arctic Light").unwrap();
    let psalms = lines.iter().find(|line| line.answers.get("title") == "Psalms").unwrap();
    assert_eq!((light.amount, psalms.amount), (2_500, 1_950));
    assert_eq!(
        (light.answers.get("chargebacks"), light.answers.get("net_due"), light.rows.as_str()),
        ("125.00", "25.00", "rows 2, 5")
    );
    assert_eq!(
        light.answers.get("note"),
        "Deductions of the statement that are taken off this line: Warehouse fee 125.00 (row 5)."
    );
    let of_light = lines.iter().position(|line| line == light).unwrap();
    let kept = rows.iter().filter(|row| row.group as usize == of_light).map(|row| i128::from(row.millionths));
    assert_eq!(kept.sum::<i128>(), light.millionths);
    assert!(
        read.set_off().unwrap().contains("“Warehouse fee” 125.00 USD (row 5), “Advertising co-op” 80.50 USD (row 6)")
    );
    // More than the lines have is left over, and that is what is told.
    let read = reading(&FOOT.replace("-125.00", "-225.00").replace("44.50", "-55.50"), &by_release);
    assert_eq!(read.counts, [(Kind::Deduction, 1)]);
    assert!(
        said(&read, Kind::Deduction)[0].contains("the lines of that time leave 55.50 USD of it"),
        "{:?}",
        read.problems
    );
    assert_eq!(read.above_the_rows()[0].1, 55_500_000);
}

#[test]
fn money_without_a_release_that_is_due_is_a_lump_sum_of_the_statement() {
    let file = FOOT.replace("Advertising co-op,,,,,,,,(80.50)", "Goodwill,,,,,,,,80.50").replace("44.50", "205.50");
    let Statement { reading: read, lines, .. } = read(file.as_bytes(), &usd());
    assert_eq!(read.counts, [(Kind::NoRelease, 1), (Kind::Deduction, 1)]);
    let lump = lines.iter().find(|line| line.first_row == 6).unwrap();
    assert_eq!(
        (lump.amount, lump.answers.get("period_from"), lump.answers.get("period_to")),
        (8_050, "2016-01-01", "2016-03-31")
    );
    // What it is called is the name of no release.
    assert_eq!((lump.release.as_str(), lump.answers.get("title")), ("Lump sum: Goodwill", ""));
    assert_eq!(lump.answers.get("note"), "Money of the statement that belongs to no release: Goodwill (row 6).");
    // A return of no release that is named by nothing is netted with the lump sums of its month, as ever.
    let netted = "Period,UPC,Title,Net Units,Net Due,Currency\n2015-03,,,,100.00,USD\n2015-03,,,,-30.00,USD\n";
    let read = reading(netted, &usd());
    assert_eq!((read.sums[0].lines, &read.counts[..]), (7_000, &[(Kind::NoRelease, 1)][..]));
}

#[test]
fn lump_sums_of_a_statement_stay_apart() {
    let file = FOOT
        .replace("Advertising co-op,,,,,,,,(80.50)", "Interest,,,,,,,,80.50\nInterest,,,,,,,,1.50\n,,,,,,,,2.25")
        .replace("44.50", "209.25");
    for grouping in [Grouping::Month, Grouping::Release, Grouping::Rows] {
        let read = read(file.as_bytes(), &Choices { grouping, ..usd() });
        let lumps: Vec<_> = read
            .lines
            .iter()
            .filter(|line| line.release.starts_with("Lump sum"))
            .map(|line| (line.release.as_str(), line.amount, line.answers.get("note")))
            .collect();
        assert_eq!(
            lumps,
            [
                ("Lump sum: Interest", 8_050, "Money of the statement that belongs to no release: Interest (row 6)."),
                ("Lump sum: Interest", 150, "Money of the statement that belongs to no release: Interest (row 7)."),
                ("Lump sum", 225, "Money of the statement that belongs to no release (row 8).")
            ],
            "{grouping:?}"
        );
    }
}

#[test]
fn money_that_nothing_dates_is_an_error_and_in_no_sum() {
    // Where nothing says when, it is said that the file does not.
    let alone = "Period,UPC,Title,Net Units,Net Due,Currency\n,,,,5.00,USD\n,,Fee,,-3.00,USD\nTotal,,,,2.00,USD\n";
    let read = reading(alone, &usd());
    assert_eq!(said(&read, Kind::Period), ["Neither this row nor any other says when."; 2]);
    assert_eq!((read.data_rows, read.not_added(), &read.sums[..]), (2, 2, &[][..]));
    assert_eq!(
        read.file_totals[0].in_words(2),
        "Row 4: 2.00. The rows above it come to 0.00, without 2 that have errors."
    );
    // Other rows that say when date it.
    let sales = "\n2015-03,036000291452,One,1,4.00,USD\n2015-03,734885411001,Two,1,4.00,USD\n,,,,5.00";
    let read = reading(&alone.replace("\n,,,,5.00", sales).replace("2.00", "10.00"), &usd());
    assert_eq!((read.count(Severity::Error), read.not_added()), (0, 0));
    let [sum] = &read.sums[..] else { panic!("{:?}", read.sums) };
    assert_eq!((sum.rows, sum.millionths, sum.deducted), (4, 10_000_000, -3_000_000));
}

#[test]
fn releases_that_a_deduction_uses_up_are_named() {
    let by_release = Choices { grouping: Grouping::Release, ..usd() };
    let file =
        |fee: &str, more: &str, due: &str| FOOT.replace("-125.00", fee).replace("(80.50)", more).replace("44.50", due);
    let said = |file: &str| {
        let Statement { reading, lines, rows } = read(file.as_bytes(), &by_release);
        assert_eq!(reading.problems, [], "{file}");
        (reading.set_off().unwrap(), reading.left_out.clone(), lines, rows)
    };
    let taken = "Taken off the lines of their period, the largest first, as each line’s note says: ";
    // The whole of the larger one, and a part of the other.
    let (words, left_out, lines, rows) = said(&file("-200.00", "-10.00", "40.00"));
    assert_eq!(
        words,
        format!(
            "{taken}“Warehouse fee” 200.00 USD (row 5), “Advertising co-op” 10.00 USD (row 6). Of that, “Warehouse fee” 150.00 USD (row 5) used up 1 release wholly, which is in no line."
        )
    );
    let zero = left_out.iter().find(|left| left.reason == Reason::Zero).unwrap();
    assert_eq!((zero.rows, zero.which.as_str(), rows.len()), (1, "2", 2));
    assert_eq!((lines.len(), lines[0].amount, lines[0].rows.as_str()), (1, 4_000, "rows 3, 5–6"));
    // Two of them one release, and less than a cent is left.
    let less = file("-125.00", "-24.996", "10.004").replace("120.00,20.00,100.00", "12.00,2.00,10.00");
    let (words, left_out, lines, _) = said(&less.replace("250.00", "160.00"));
    assert!(
        words.ends_with("Of that, “Warehouse fee” 125.00 USD (row 5), “Advertising co-op” 24.996 USD (row 6) used up 1 release wholly, which is in no line."),
        "{words}"
    );
    assert_eq!((left_out.iter().find(|left| left.reason == Reason::Zero).unwrap().rows, lines.len()), (3, 1));
    // All of them.
    let all = reading(&file("-240.00", "-10.00", "0.00"), &by_release);
    assert!(
        all.set_off().unwrap().ends_with("Of that, “Warehouse fee” 240.00 USD (row 5), “Advertising co-op” 10.00 USD (row 6) used up 2 releases wholly, which are in no line."),
        "{:?}",
        all.set_off()
    );
    assert_eq!(all.left_out.iter().find(|left| left.reason == Reason::Zero).unwrap().rows, 2);
}

#[test]
fn figures_that_do_not_add_up_are_named_and_kept_as_words() {
    let file = |due: &str| {
        format!(
            "Cat No,Title,Period,Shipped,Returned,Net units,Unit price,Gross,Fee,Net Due\nNW 1003,Psalms,2015-01,12,2,10,8.35,83.50,22.54,{due}\n"
        )
    };
    let line = |file: &str| {
        let Statement { reading, lines, .. } = read(file.as_bytes(), &usd());
        (reading, lines[0].answers.clone())
    };
    let (read, answers) = line(&file("60.96"));
    assert_eq!((read.problems.len(), answers.get("gross"), answers.get("note")), (0, "83.50", ""));
    let (read, answers) = line(&file("73.30"));
    assert_eq!(
        said(&read, Kind::Sums),
        [
            "Gross less fee, reserve and chargebacks is 60.96, but 73.30 is given. Not taken into the line, but kept in its note: price per unit 8.35, gross 83.50, fee 22.54."
        ]
    );
    assert_eq!((answers.get("net_due"), answers.get("gross"), answers.get("units_shipped")), ("73.30", "", "12"));
    assert_eq!(answers.get("note"), "The statement says: price per unit 8.35, gross 83.50, fee 22.54.");
    let (read, answers) = line(&file("60.96").replace(",12,2,10,", ",12,3,10,"));
    assert!(
        said(&read, Kind::Sums)[0]
            .ends_with("Units shipped and returned are not taken into the line, but kept in its note.")
    );
    assert_eq!((answers.get("units_net"), answers.get("note")), ("10", "The statement says: shipped 12, returned 3."));
}

#[test]
fn more_than_the_units_come_to_at_their_price_is_told() {
    let line = |file: &str| {
        let columns = [Field::Catalogue, Field::Title, Field::Period, Field::Units, Field::UnitPrice, Field::Amount];
        let own = Choices {
            layout: "own".to_owned(),
            columns: Some(columns.into_iter().map(Some).collect()),
            category: Some(Category::UnpaidSales),
            ..usd()
        };
        let choices = if file.contains("Menge") { own } else { usd() };
        let Statement { reading, lines, .. } = read(file.as_bytes(), &choices);
        assert_eq!(reading.questions, [], "{file}");
        (reading, lines[0].answers.clone())
    };
    let german = |row: &str| {
        line(&format!(
            "Artikelnummer;Titel;Zeitraum;Menge;Preis;Betrag\nAB 1;Eins;2015-01;{row}\nAB 2;Zwei;2015-01;3;9,99;29,97\n"
        ))
    };
    let (read, answers) = german("5;10,00;1.234");
    assert_eq!(read.counts, [(Kind::Sums, 1)]);
    assert_eq!(
        said(&read, Kind::Sums),
        [
            "5 units at 10.00 come to 50.00, but 1,234.00 is given. Not taken into the line, but kept in its note: price per unit 10.00."
        ]
    );
    assert_eq!((answers.get("net_due"), answers.get("unit_price")), ("1234.00", ""));
    assert_eq!(answers.get("note"), "The statement says: price per unit 10.00.");
    // What is rounded, less, returned or of no units is no mistake.
    for right in [
        "5;10,00;50,00",
        "5;10,00;50,50",
        "1;0,01;0,03",
        "5;10,00;37,50",
        "-5;10,00;-50,00",
        "0;10,00;7,50",
        "5;;60,00",
    ] {
        assert_eq!(said(&german(right).0, Kind::Sums), [""; 0], "{right}");
    }
    assert!(
        said(&german("-1;10,00;-10.000").0, Kind::Sums)[0]
            .starts_with("−1 units at 10.00 come to −10.00, but −10,000.00 is")
    );
    let file = |figures: &str, row: &str| {
        line(&format!("Cat No,Title,Period,Net units,Unit price,{figures},Net Due\nAB 1,One,2015-01,{row}\n"))
    };
    // Gross is what is compared where there is more to the amount.
    let (read, answers) = file("Gross,Reserve released", "1,10.00,10.00,4.00,14.00");
    assert_eq!((read.problems.len(), answers.get("reserve_released")), (0, "4.00"));
    let (read, answers) = file("Gross,Fee", "1,10.00,1000.00,100.00,900.00");
    assert_eq!(
        said(&read, Kind::Sums),
        [
            "1 unit at 10.00 comes to 10.00, but 1,000.00 is given. Not taken into the line, but kept in its note: price per unit 10.00."
        ]
    );
    assert_eq!((answers.get("gross"), answers.get("note")), ("1000.00", "The statement says: price per unit 10.00."));
    let (read, answers) = file("Gross", "5,10.00,50.00,5000.00");
    assert!(said(&read, Kind::Sums)[0].ends_with("kept in its note: price per unit 10.00, gross 50.00."));
    assert_eq!(answers.get("note"), "The statement says: price per unit 10.00, gross 50.00.");
}

#[test]
fn the_units_of_the_lines_are_told_beside_those_of_the_rows() {
    let csv = "Period,Barcode,Title,Net Units,Net Due,Currency\n2015-01,036000291452,One,20,212.50,USD\n2015-02,036000291452,One,-3,-37.50,USD\n";
    let read = reading(csv, &Choices::default());
    assert_eq!((read.sums[0].units, read.sums[0].line_units), (17, Some(20)));
    assert_eq!(
        read.lines_differ().as_deref(),
        Some(
            "The lines have 20 units where the rows have 17, and 212.50 USD where the rows come to 175.00: what is left out of them is in the rows."
        )
    );
    let by_release = Choices { grouping: Grouping::Release, ..Choices::default() };
    assert_eq!(reading(csv, &by_release).lines_differ(), None);
}

#[test]
fn the_period_of_a_deduction_is_that_of_all_rows() {
    let csv = "Period,UPC,Title,Net Units,Net Due,Currency\n2015-01,036000291452,One,20,212.50,USD\n2015-03,036000291452,One,2,20.00,USD\nStorage,,,,-1.00,USD\n";
    let read = reading(csv, &Choices::default());
    assert_eq!(read.deductions[0].period.map(dates::show).as_deref(), Some("1 January 2015 – 31 March 2015"));
    assert_eq!(read.category, Some(Category::UnpaidSales));
}
