//! Rows of a statement that are no sales: its own totals in every place where distributors write them, balances, feet of
//! pages; and sales that only sound like those.
#![cfg(feature = "statements")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops")]

mod parts;

use std::io::{Cursor, Write as _};

use claims::{
    line::Category,
    statements::{
        self, Choices, Input, Reading, Rules, Wish, corrected, dates,
        field::Field,
        problem::{Kind, Severity},
        reading::Reason,
    },
};

/// What the file does not say: dollars, in the first quarter of 2015.
fn quarter() -> Choices {
    Choices { currency: "USD".to_owned(), from: "2015-01".to_owned(), to: "2015-03".to_owned(), ..Choices::default() }
}

fn mapped(columns: &[Field], currency: &str) -> Choices {
    Choices {
        layout: "own".to_owned(),
        columns: Some(columns.iter().copied().map(Some).collect()),
        category: Some(Category::UnpaidSales),
        currency: currency.to_owned(),
        ..quarter()
    }
}

fn reading(bytes: &[u8], choices: &Choices) -> Reading {
    let reading = statements::read(&Input::Memory(bytes), choices, &Rules::any(), Wish::default()).unwrap().reading;
    assert_eq!(reading.questions, []);
    reading
}

fn left_out(reading: &Reading, reason: Reason) -> u64 {
    reading.left_out.iter().filter(|left| left.reason == reason).map(|left| left.rows).sum()
}

/// Nothing is to be mended or accepted, so many totals are left out and agree, and the rows come to so many hundredths.
#[track_caller]
fn agrees(csv: &str, choices: &Choices, totals: u64, hundredths: i128) {
    let reading = reading(csv.as_bytes(), choices);
    assert_eq!(reading.problems, [], "{csv}");
    assert_eq!(left_out(&reading, Reason::Total), totals, "{csv}");
    assert_eq!(reading.file_totals.len() as u64, totals, "{csv}");
    assert!(reading.file_totals.iter().all(|total| total.stated == total.computed), "{:?}", reading.file_totals);
    assert_eq!(reading.sums.iter().map(|sum| sum.millionths).sum::<i128>(), hundredths * 10_000, "{csv}");
    assert!(reading.is_ready(choices), "{csv}");
}

#[test]
fn a_total_in_a_column_of_codes_is_no_sale() {
    let rows = "ABC-001,Foo,First,CD,10,100.00,25.00,75.00\nABC-002,Foo,Second,CD,20,200.00,50.00,150.00\n";
    for total in ["TOTAL,,,", "Total:,,,", "*** TOTAL ***,,,", "Total 2015,,,", "TOTAL,All titles,,", "TOTAL,USD,,"] {
        let csv = format!("Cat No,Artist,Title,Format,Units,Gross,Fee,Net Due\n{rows}{total},30,300.00,75.00,225.00\n");
        agrees(&csv, &quarter(), 1, 22_500);
    }
    let csv = "UPC,Title,Units,Net Due\n036000291452,First,10,75.00\n734885411001,Second,20,150.00\nTOTAL,,30,225.00\n";
    agrees(csv, &quarter(), 1, 22_500);
}

#[test]
fn a_total_may_fill_most_columns() {
    let head = "Title,Artist,Cat No,Shipped,Returned,Net units,Gross,Fee,Reserve,Net Due";
    let rows = "First,Foo,ABC-001,11,1,10,100.00,25.00,0.00,75.00\nSecond,Foo,ABC-002,22,2,20,200.00,50.00,0.00,150.00";
    for total in ["Total,,", ",Total USD,", "Total,Total USD,"] {
        let csv = format!("{head}\n{rows}\n{total},33,3,30,300.00,75.00,0.00,225.00\n");
        agrees(&csv, &quarter(), 1, 22_500);
    }
}

#[test]
fn totals_are_known_in_other_languages_and_in_columns_mapped_by_hand() {
    let choices = mapped(&[Field::Catalogue, Field::Title, Field::Units, Field::Amount], "EUR");
    for total in ["Summe", "Gesamtsumme", "SUMME EUR", "Totaal", "Sous-total"] {
        let csv = format!(
            "Katalognummer;Titel;Stück;Nettobetrag\nAB 1;Eins;10;75,00\nAB 2;Zwei;20;150,00\n{total};;30;225,00\n"
        );
        agrees(&csv, &choices, 1, 22_500);
    }
}

#[test]
fn a_total_of_stock_is_no_stock() {
    let csv =
        "Cat No,Title,On Hand,As-of Date\nABC-001,First,50,2016-06-03\nABC-002,Second,100,2016-06-03\nTOTAL,,150,\n";
    let reading = reading(csv.as_bytes(), &Choices::default());
    assert_eq!((reading.category, &reading.problems[..]), (Some(Category::HeldInventory), &[][..]));
    assert_eq!((reading.data_rows, reading.sums[0].units), (2, 150));
    assert_eq!(left_out(&reading, Reason::Total), 1);
    assert_eq!(reading.file_totals[0].computed, 150_000_000);
}

#[test]
fn subtotals_bear_names_and_lie_in_one_another() {
    let csv = "Cat No,Label,Title,Units,Net Due\nABC-001,Foo Rec,First,10,75.00\n,Subtotal Foo Rec,,10,75.00\nABC-002,Bar Rec,Second,20,150.00\nABC-002 Total,,,20,150.00\n,Bar Rec Total,,20,150.00\n,Grand Total,,30,225.00\n";
    agrees(csv, &quarter(), 4, 22_500);
    // All together at the foot.
    let csv = "Cat No,Label,Title,Units,Net Due\nABC-001,Foo Rec,First,10,75.00\nABC-002,Bar Rec,Second,20,150.00\nABC-003,Foo Rec,Third,1,5.00\n,Total Foo Rec,,11,80.00\n,Total Bar Rec,,20,150.00\nTotal,,,31,230.00\n";
    agrees(csv, &quarter(), 3, 23_000);
    // One that is wrong is still one.
    let wrong = csv.replace(",Total Foo Rec,,11,80.00", ",Total Foo Rec,,11,81.00");
    let reading = reading(wrong.as_bytes(), &quarter());
    assert_eq!(reading.open_warnings(&quarter()), [Kind::TotalDiffers]);
    assert_eq!(reading.problems[0].message, "The file says 81.00 here; the rows above it come to 80.00.");
    assert_eq!(reading.sums[0].millionths, 230_000_000);
}

#[test]
fn a_total_without_period_and_currency_stops_nothing() {
    let rows = "Period,Cat No,Title,Units,Net Due,Currency\n2015-03,ABC-001,First,10,75.00,USD\n2015-03,ABC-002,Second,20,150.00,USD";
    for total in [",TOTAL,,", "TOTAL,,,", ",Total sold,,", ",,,", ",,Total March 2015,"] {
        agrees(&format!("{rows}\n{total}30,225.00,\n"), &Choices::default(), 1, 22_500);
    }
    // Lump sums are no totals of one another.
    let lumps =
        "Period,Cat No,Title,Units,Net Due,Currency\n2015-01,,,,10.00,USD\n2015-02,,,,5.00,USD\n2015-03,,,,15.00,USD\n";
    let reading = reading(lumps.as_bytes(), &Choices::default());
    assert_eq!((reading.data_rows, reading.open_warnings(&Choices::default())), (3, vec![Kind::NoRelease]));
}

#[test]
fn a_footer_of_any_word_that_repeats_the_sum_is_no_lump_sum() {
    let file = |first: &str, second: &str, foot: &str| {
        format!(
            "Statement Number,Label,Period,UPC,Title,Net Units,Net Due,Remark,Currency\nQ1,Foo Rec,2016-01,036000291452,First,10,{first},,USD\nQ1,Foo Rec,2016-01,734885411001,Second,20,{second},,USD\n{foot}\n"
        )
    };
    let whole = Choices { from: "2016-01".to_owned(), to: "2016-03".to_owned(), ..Choices::default() };
    for word in ["Payout", "Remittance", "Paid to you", "Transferred 4/2016"] {
        for foot in [
            format!("{word},,,,,,225.00,,"),
            format!("{word},,,,,30,225.00,,USD"),
            format!(",,,,,,225.00,{word},"),
            format!(",,{},,,,225.00,,", word.replace(" 4/2016", "")),
            format!(",{word},,,,,225.00,,"),
        ] {
            let csv = file("75.00", "150.00", &foot);
            agrees(&csv, &Choices::default(), 1, 22_500);
            // Where the file says when for all rows, it does so for this one as little.
            agrees(&csv, &whole, 1, 22_500);
        }
        // More was returned than sold.
        let returns = file("-75.00", "-150.00", &format!("{word},,,,,,-225.00,,"));
        let reading = reading(returns.as_bytes(), &Choices::default());
        assert_eq!((&reading.counts[..], reading.data_rows), (&[(Kind::BelowZero, 2)][..], 2), "{word}");
        assert_eq!((reading.file_totals[0].stated, reading.sums[0].millionths), (-225_000_000, -225_000_000));
    }
}

#[test]
fn money_that_only_happens_to_be_the_sum_is_read() {
    let rows = "Statement Number,Period,UPC,Title,Net Units,Net Due,Currency\nQ1,2016-01,036000291452,First,10,75.00,USD\nQ1,2016-01,734885411001,Second,20,150.00,USD\n";
    let read = |row: &str| reading(format!("{rows}{row}\n").as_bytes(), &Choices::default());
    // A release, by its code or by its title.
    for sale in ["Q1,2016-01,036000291469,Third,5,225.00,USD", "Q1,2016-01,,Payout,5,225.00,USD"] {
        let sale = read(sale);
        assert_eq!((sale.data_rows, sale.sums[0].millionths, sale.lines), (3, 450_000_000, 3));
        assert_eq!((&sale.problems[..], &sale.file_totals[..]), (&[][..], &[][..]));
    }
    // What is taken off is so, and other money is a lump sum; so is what says when.
    for (row, kind) in [
        ("Payout,,,,,-225.00,USD", Kind::Deduction),
        ("Goodwill,,,,,224.00,USD", Kind::NoRelease),
        ("Q2,2016-02,,,,225.00,USD", Kind::NoRelease),
    ] {
        let read = read(row);
        assert!(read.counts.contains(&(kind, 1)) && read.file_totals.is_empty(), "{row}: {:?}", read.problems);
        assert_eq!(read.data_rows, 3, "{row}");
    }
    // That of one currency among several.
    let two = "Period,UPC,Title,Net Units,Net Due,Currency,Remark\n2016-01,036000291452,First,10,75.00,USD,\n2016-01,036000291469,Third,1,5.00,EUR,\n2016-01,734885411001,Second,20,150.00,USD,\n,,,,225.00,USD,Payout\n";
    agrees(two, &Choices::default(), 1, 23_000);
    agrees(&two.replace("225.00,USD", "225.00,"), &Choices::default(), 1, 23_000);
}

#[test]
fn a_total_may_be_rounded() {
    let csv = "Cat No,Title,Units,Net Due\nABC-001,First,10,0.123456\nABC-002,Second,20,1.000002\nTotal,,30,1.12\n";
    let reading = reading(csv.as_bytes(), &quarter());
    assert_eq!((&reading.problems[..], reading.file_totals[0].computed), (&[][..], 1_123_458));
}

#[test]
fn names_and_titles_that_begin_like_totals_are_sales() {
    let csv = "Cat No,Artist,Title,Units,Net Due\nAB 1,,Total Eclipse,1,10.00\nSUM-001,,Chuck,1,5.00\n,Sum 41,Chuck,2,20.00\nAB 4,X,Grand Total,1,7.00\n,Y,Total 10,1,8.00\nTOTAL 10,,,1,3.00\n";
    let reading = reading(csv.as_bytes(), &quarter());
    assert_eq!((reading.data_rows, &reading.problems[..]), (6, &[][..]));
    assert_eq!(reading.sums[0].millionths, 53_000_000);
}

#[test]
fn what_may_be_a_total_or_a_title_is_asked_about() {
    let choices = mapped(&[Field::Title, Field::Units, Field::Amount], "USD");
    let file = |rows: &str| reading(format!("Title,Units,Net Due\nArctic Light,10,75.00\n{rows}").as_bytes(), &choices);
    let other = file("Slow Weather,20,150.00\nTotal Eclipse,3,30.00\n");
    assert_eq!((other.data_rows, other.open_warnings(&choices)), (3, vec![Kind::MaybeTotal]));
    assert_eq!(
        other.problems[0].message,
        "“Total Eclipse” may be a total. Its 30.00 is not what the rows above it come to. It is read as a row of its own."
    );
    assert_eq!(other.sums[0].millionths, 255_000_000);
    // One row above with the same figure proves nothing.
    let same = file("Total Eclipse,10,75.00\n");
    assert_eq!((same.data_rows, same.open_warnings(&choices)), (2, vec![Kind::MaybeTotal]));
    assert!(same.problems[0].message.contains("Its 75.00 is what the rows above it come to."), "{:?}", same.problems);
    let sum = file("Slow Weather,20,150.00\nTotal sold here,30,225.00\n");
    assert_eq!((sum.data_rows, sum.problems.len(), left_out(&sum, Reason::Total)), (2, 0, 1));
    // A bare word is a total; if its figure is another, that is said.
    let bare = file("Total,3,30.00\n");
    assert_eq!((bare.data_rows, bare.open_warnings(&choices)), (1, vec![Kind::TotalDiffers]));
}

#[test]
fn balances_are_not_claimed_again() {
    let csv = "Cat No,Title,Units,Net Due\nBalance forward,,,40.00\nABC-001,First,10,75.00\nÜbertrag,,10,75.00\nVortrag,,10,75.00\nABC-002,Second,20,150.00\nTOTAL,,30,225.00\n";
    let reading = reading(csv.as_bytes(), &quarter());
    assert_eq!(reading.open_warnings(&quarter()), [Kind::MaybeTotal]);
    let said: Vec<&str> = reading.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        said,
        ["“Balance forward” is read as what was due before, on an earlier page or statement. Its 40.00 is left out."]
    );
    assert_eq!((reading.sums[0].millionths, left_out(&reading, Reason::Total)), (225_000_000, 4));
}

#[test]
fn remarks_in_a_column_of_codes_are_no_errors() {
    let csv = "Cat No,Title,Units,Net Due\nCappella Romana,,,\nABC-001,First,10,75.00\nPage 1 of 3,,,\nPage 2,,,\nThank you for your business,,,\nABC-002,,,\n";
    let reading = reading(csv.as_bytes(), &quarter());
    assert_eq!(left_out(&reading, Reason::Note), 4);
    // A code without an amount is still missed.
    assert_eq!((reading.count(Severity::Error), reading.problems[0].row), (1, 7));
}

#[test]
fn a_word_that_says_no_amount_is_not_called_empty() {
    let csv = "Cat No,Title,Units,Net Due\nABC-001,First,10,n/a\nABC-002,Second,10,\n";
    let reading = reading(csv.as_bytes(), &quarter());
    let said: Vec<&str> = reading.problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(
        said,
        [
            "The row names a release, but “n/a” says no amount. Write 0 if there was none.",
            "The row names a release, but this cell is empty."
        ]
    );
}

#[test]
fn returns_add_up_with_the_fee_of_either_sign() {
    let differs = |row: &str| {
        let csv = format!("Cat No,Title,Units,Gross,Fee,Reserve,Net Due\nABC-001,First,{row}\n");
        let reading = reading(csv.as_bytes(), &quarter());
        reading.problems.into_iter().find(|problem| problem.kind == Kind::Sums).map(|problem| problem.message)
    };
    for right in [
        "10,100.00,25.00,0,75.00",
        "10,100.00,-25.00,0,75.00",
        "-2,-20.00,-5.00,0,-15.00",
        "-2,-20.00,5.00,0,-15.00",
        // The distributor keeps its fee.
        "-2,-20.00,5.00,0,-25.00",
        "-2,-20.00,-5.00,-2.00,-13.00",
        "-2,-20.00,-5.00,2.00,-17.00",
        // A reserve that comes back.
        "0,0.00,0.00,-10.00,10.00",
    ] {
        assert_eq!(differs(right), None, "{right}");
    }
    assert_eq!(
        differs("-2,-20.00,-5.00,0,-10.00").as_deref(),
        Some(
            "Gross less fee, reserve and chargebacks is −15.00, but -10.00 is given. Not taken into the line, but kept in its note: gross −20.00, fee −5.00."
        )
    );
    for wrong in ["10,100.00,25.00,0,125.00", "10,100.00,-25.00,0,125.00", "10,100.00,25.00,5.00,80.00"] {
        assert!(differs(wrong).is_some(), "{wrong}");
    }
}

/// A workbook of one row whose period is the cell `A2`, shown as style 1 (`mmm-yy`) or 2 (a day).
fn workbook(style: u8) -> Vec<u8> {
    let text = |place: &str, text: &str| format!(r#"<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>"#);
    let header: String = "ABCDEF"
        .chars()
        .zip(["Period", "Cat No", "Title", "Units", "Net Due", "Currency"])
        .map(|(column, name)| text(&format!("{column}1"), name))
        .collect();
    let (number, title, currency) = (text("B2", "AB 1"), text("C2", "One"), text("F2", "USD"));
    parts::workbook(&format!(
        r#"<sheetData><row r="1">{header}</row><row r="2"><c r="A2" s="{style}"><v>42064</v></c>{number}{title}<c r="D2"><v>2</v></c><c r="E2"><v>15</v></c>{currency}</row></sheetData>"#
    ))
}

#[test]
fn a_cell_that_shows_a_month_means_the_month() {
    for (style, shown, period) in [(1, "2015-03", "March 2015"), (2, "2015-03-01", "1 March 2015")] {
        let reading = reading(&workbook(style), &Choices::default());
        assert_eq!(reading.first_rows[0].1[0], shown);
        assert_eq!(reading.period.map(dates::show).as_deref(), Some(period));
        assert_eq!(reading.first_lines[0].period, period);
    }
}

#[test]
fn the_copy_to_be_corrected_has_the_separator_of_the_original() {
    let csv =
        "Period;Cat No;Title;Units;Net Due;Currency\n2015-03;AB 1;One, two;3;abc;USD\n2015-03;AB 2;Three;3;12,50;USD\n";
    let mut copy = Vec::new();
    corrected::write(&Input::Memory(csv.as_bytes()), &Choices::default(), &Rules::any(), &mut copy).unwrap();
    let copy = String::from_utf8(copy).unwrap();
    let lines: Vec<&str> = copy.lines().collect();
    assert!(lines[0].ends_with("Period;Cat No;Title;Units;Net Due;Currency;What to mend"), "{copy}");
    assert!(lines[1].starts_with("2015-03;AB 1;One, two;3;abc;USD;"), "{copy}");
    assert_eq!(lines[2], "2015-03;AB 2;Three;3;12,50;USD", "{copy}");
}

#[test]
fn a_total_may_bear_the_label_or_artist_whose_it_is() {
    let head = "Cat No,Label,Title,Units,Net Due\nABC-001,Foo Rec,First,10,75.00\nABC-002,Foo Rec,Second,20,150.00\n";
    for total in [
        ",Foo Rec,Total,30,225.00",
        ",Foo Rec,Total Foo Rec,30,225.00",
        ",Foo Rec,Foo Rec Total,30,225.00",
        ",Foo Rec,Total USD,30,225.00",
    ] {
        agrees(&format!("{head}{total}\n"), &quarter(), 1, 22_500);
        agrees(&format!("{head}{total}\n").replace("Label", "Artist"), &quarter(), 1, 22_500);
    }
    // The file nets a fee.
    for total in [",Foo Rec,Total,30,220.00", ",Foo Rec,Foo Rec Total,30,220.00"] {
        let reading = reading(format!("{head}{total}\n").as_bytes(), &quarter());
        assert_eq!(reading.open_warnings(&quarter()), [Kind::TotalDiffers], "{total}");
        assert_eq!((reading.data_rows, reading.sums[0].millionths), (2, 225_000_000), "{total}");
    }
    // Beside an artist it may be a title.
    for (total, word) in [(",Foo Rec,Total,30,220.00", "total"), (",Foo Rec,Balance forward,,40.00", "balance")] {
        let reading = reading(format!("{head}{total}\n").replace("Label", "Artist").as_bytes(), &quarter());
        assert_eq!(reading.open_warnings(&quarter()), [Kind::MaybeTotal], "{total}");
        assert!(reading.problems[0].message.contains(&format!("may be a {word}. Its ")), "{:?}", reading.problems);
        assert_eq!(reading.data_rows, 3, "{total}");
    }
    // At the foot, of rows that do not stand together.
    let mixed = format!("{head}ABC-003,Bar Rec,Third,1,5.00\nABC-004,Foo Rec,Fourth,2,10.00\n");
    agrees(&format!("{mixed},Foo Rec,Total,32,235.00\n,Bar Rec,Total,1,5.00\n"), &quarter(), 2, 24_000);
    agrees(&format!("{mixed},Foo Rec,Total,32,235.00\n").replace("Label", "Artist"), &quarter(), 1, 24_000);
}

#[test]
fn a_balance_may_bear_a_label() {
    let csv = "Cat No,Label,Title,Units,Net Due\nABC-001,Foo Rec,First,10,75.00\n,Foo Rec,Balance forward,,40.00\n";
    let reading = reading(csv.as_bytes(), &quarter());
    assert_eq!(reading.open_warnings(&quarter()), [Kind::MaybeTotal]);
    assert_eq!((reading.data_rows, reading.sums[0].millionths), (1, 75_000_000));
}

#[test]
fn a_word_for_a_total_that_stands_on_every_row_leaves_none_out() {
    // Sales of all countries, an artist of that name: equal amounts are no sums.
    for rows in ["Foo,First,Gesamt", "Total,First,DE", "Y,Total Eclipse,DE"] {
        let mut csv = "Artist,Title,Country,Units,Net Due\n".to_owned();
        for row in 0..6 {
            csv.push_str(&rows.replace("First", &format!("Title {row}")));
            csv.push_str(",1,0.01\n");
        }
        let choices = mapped(&[Field::Artist, Field::Title, Field::Territory, Field::Units, Field::Amount], "USD");
        assert_eq!(reading(csv.as_bytes(), &choices).data_rows, 6, "{csv}");
    }
}

#[test]
fn a_subtotal_of_one_row_throws_off_no_other() {
    let choices = mapped(&[Field::Artist, Field::Title, Field::Units, Field::Amount], "USD");
    let csv = "Artist,Title,Units,Net Due\nFoo,First,10,75\nFoo,Subtotal,10,75\nBar,A,5,50\nBar,B,5,60\nBar,Subtotal,10,110\n";
    agrees(csv, &choices, 2, 18_500);
    // Nor one that is read as a sale, for it bears a name that no other row has.
    let other = reading(csv.replace("Foo,Subtotal", "Foo Inc,Subtotal").as_bytes(), &choices);
    assert_eq!(other.open_warnings(&choices), [Kind::MaybeTotal]);
    assert_eq!((other.data_rows, left_out(&other, Reason::Total)), (4, 1));
}

#[test]
fn every_total_is_looked_for_by_name() {
    let choices = mapped(&[Field::Artist, Field::Title, Field::Units, Field::Amount], "USD");
    let mut csv = "Artist,Title,Units,Net Due\n".to_owned();
    for artist in 0..600 {
        csv.push_str(&format!("Artist {artist},Title,1,{artist}.50\nARTIST {artist} Total,,1,{artist}.50\n"));
    }
    agrees(&csv, &choices, 600, (0..600).map(|artist| artist * 100 + 50).sum());
    // A name that a later row of the same release says.
    let csv = "Cat No,Label,Title,Units,Net Due\nABC-001,,First,10,75.00\nABC-002,Bar,Second,1,2.00\n,Bar Total,,1,2.00\nABC-001,Foo,First,10,75.00\nABC-002,Bar,Second,1,3.00\n,Foo Total,,20,150.00\n,Bar Total,,2,5.00\n";
    agrees(csv, &quarter(), 3, 15_500);
}

#[test]
fn catalogue_numbers_that_begin_like_totals_are_sales() {
    let csv = "Cat No,Title,Units,Net Due\nSUM-001-CD,First,10,75.00\nSUM-2015,Second,20,150.00\nSUM-002-CD,Third,30,225.00\nTotal 2015,,60,450.00\n";
    agrees(csv, &quarter(), 1, 45_000);
}

#[test]
fn differing_totals_of_stock_are_whole() {
    let csv =
        "Cat No,Title,On Hand,As-of Date\nABC-001,First,50,2016-06-03\nABC-002,Second,100,2016-06-03\nTOTAL,,140,\n";
    let reading = reading(csv.as_bytes(), &Choices::default());
    assert_eq!(reading.problems[0].message, "The file says 140 here; the rows above it come to 150.");
}

#[test]
fn what_to_do_about_a_total_is_said_for_both_readings() {
    let remedy = Kind::MaybeTotal.remedy();
    assert!(remedy.contains("If a row that is read as its own is a total, remove it."), "{remedy}");
    assert!(remedy.contains("If a row that is left out is a sale, fill in its artist"), "{remedy}");
}

/// An `OpenDocument` sheet of texts and days.
fn ods(rows: &[&[&str]]) -> Vec<u8> {
    const NAMES: &str = "urn:oasis:names:tc:opendocument:xmlns";
    let cell = |text: &&str| {
        if text.len() == 10 && text.starts_with("20") {
            format!(r#"<table:table-cell office:value-type="date" office:date-value="{text}"/>"#)
        } else {
            format!(r#"<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>"#)
        }
    };
    let rows: String = rows
        .iter()
        .map(|row| format!("<table:table-row>{}</table:table-row>", row.iter().map(cell).collect::<String>()))
        .collect();
    let content = format!(
        r#"<?xml version="1.0"?><office:document-content xmlns:office="{NAMES}:office:1.0" xmlns:table="{NAMES}:table:1.0" xmlns:text="{NAMES}:text:1.0"><office:body><office:spreadsheet><table:table table:name="Sheet">{rows}</table:table></office:spreadsheet></office:body></office:document-content>"#
    );
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let parts = [
        ("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        ("META-INF/manifest.xml", "<?xml version=\"1.0\"?><manifest/>"),
        ("content.xml", &content),
    ];
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn first_days_are_months_only_in_columns_of_periods() {
    let periods = |rows: &[&[&str]], choices: &Choices| {
        let reading = reading(&ods(rows), choices);
        assert_eq!(reading.problems, []);
        reading.first_lines.into_iter().map(|line| line.period).collect::<Vec<_>>()
    };
    let sales: &[&[&str]] = &[
        &["Period", "Cat No", "Title", "Units", "Net Due", "Currency"],
        &["2015-03-01", "AB 1", "One", "2", "15.00", "USD"],
        &["2015-04-01", "AB 2", "Two", "2", "15.00", "USD"],
    ];
    assert_eq!(periods(sales, &Choices::default()), ["March 2015", "April 2015"]);
    let stock: &[&[&str]] = &[
        &["Cat No", "Title", "On Hand", "As-of Date"],
        &["AB 1", "One", "50", "2016-06-01"],
        &["AB 2", "Two", "60", "2016-07-01"],
    ];
    assert_eq!(periods(stock, &Choices::default()), ["1 June 2016", "1 July 2016"]);
    let spans: &[&[&str]] = &[
        &["From", "To", "Title", "Units", "Net Due"],
        &["2015-01-01", "2015-04-01", "One", "2", "15.00"],
        &["2015-04-01", "2015-07-01", "Two", "2", "15.00"],
    ];
    let columns = [Field::PeriodFrom, Field::PeriodTo, Field::Title, Field::Units, Field::Amount];
    let choices = Choices { from: String::new(), to: String::new(), ..mapped(&columns, "USD") };
    assert_eq!(periods(spans, &choices), ["1 January 2015 – 1 April 2015", "1 April 2015 – 1 July 2015"]);
}
