//! The documents that invented claimants send: statements, stock lists, royalty reports, letters, as files have names in life.

use claims::{intake::Answers, line::Category};

use super::{
    dice::Dice,
    fixtures::{Evidence, Line, Paper},
    pdf::RULE,
};

/// Rows of a statement that fit on a page.
const ROWS: usize = 34;

/// The distributor's statement over the sales lines, as PDF; each line cites its page and row.
pub(super) fn statement(claimant: &str, lines: &mut [Line]) -> Option<Paper> {
    let rows =
        cite(lines, Category::UnpaidSales, STATEMENT, |row| format!("page {}, row {}", row / ROWS + 1, row % ROWS + 1));
    if rows.is_empty() {
        return None;
    }
    let head = format!(
        "{:<14}{:<10}{:<42}{:>6}{:>6}{:>6}{:>8}{:>11}{:>10}{:>9}{:>11}  {}",
        "Barcode",
        "Cat. no.",
        "Artist and title",
        "Ship",
        "Ret",
        "Net",
        "Price",
        "Gross",
        "Fee",
        "Reserve",
        "Net due",
        "Statement"
    );
    let pages = rows.chunks(ROWS).map(|rows| {
        let mut page = vec![
            "Allegro Media Group · Statement of sales (made up)".to_owned(),
            format!("Label account: {claimant}"),
            format!("Currency: {}", rows.first().map_or("", |row| row.get("currency"))),
            RULE.to_owned(),
            head.clone(),
            RULE.to_owned(),
        ];
        page.extend(rows.iter().map(|row| {
            format!(
                "{:<14}{:<10}{:<42}{:>6}{:>6}{:>6}{:>8}{:>11}{:>10}{:>9}{:>11}  {}",
                row.get("gtin"),
                row.get("catalogue_number"),
                cut(&format!("{}: {}", row.get("artist"), row.get("title")), 40),
                row.get("units_shipped"),
                row.get("units_returned"),
                row.get("units_net"),
                row.get("unit_price"),
                row.get("gross"),
                row.get("distribution_fee"),
                row.get("reserve_withheld"),
                row.get("net_due"),
                row.get("statement_number"),
            )
        }));
        page.push(RULE.to_owned());
        page.push("Payable 90 days after the end of the quarter.".to_owned());
        page
    });
    Some(paper(STATEMENT, "Sales that were reported and never paid.", Content::Pages(pages.collect())))
}

const STATEMENT: &str = "Allegro statements 2015-2016.pdf";
const STOCK: &str = "stock at allegro june 2016.csv";
const ROYALTIES: &str = "Orchard_royalties_2016H1.csv";

/// The stock list over the lines of held inventory, as CSV; each line cites its row.
pub(super) fn stock_list(lines: &mut [Line]) -> Option<Paper> {
    let rows = cite(lines, Category::HeldInventory, STOCK, |row| format!("row {}", row + 2));
    let mut text =
        "Catalogue number,Barcode,Title,Opening,Received,Sold,Returned,Promotional,On hand,As of\r\n".to_owned();
    for row in &rows {
        let cells = [
            "catalogue_number",
            "gtin",
            "title",
            "opening",
            "sent_in",
            "sold",
            "returned_to_label",
            "destroyed",
            "reported",
            "as_of",
        ];
        let cells: Vec<String> = cells.iter().map(|cell| quoted(row.get(cell))).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    (!rows.is_empty()).then(|| paper(STOCK, "Stock in the warehouse on the day it was seized.", Content::Text(text)))
}

/// The aggregator's report over the royalty lines, with semicolons and decimal commas as The Orchard writes it.
pub(super) fn royalty_report(lines: &mut [Line]) -> Option<Paper> {
    let rows = cite(lines, Category::DigitalRoyalties, ROYALTIES, |row| format!("row {}", row + 2));
    let mut text = "Period;DMS;Territory;Manufacturer's UPC;Label Catalog #;Imprint Label;Artist Name;Release Name;ISRC;Quantity;Label Share Net Receipts;Preferred Currency\r\n".to_owned();
    for row in &rows {
        let period = row.get("period_from");
        let period = format!("{}M{}", period.get(..4).unwrap_or_default(), period.get(5..7).unwrap_or_default());
        let receipts = row.get("net_receipts").replace('.', ",");
        let cells = [
            period.as_str(),
            row.get("service"),
            row.get("territory"),
            row.get("gtin"),
            row.get("catalogue_number"),
            row.get("label"),
            row.get("artist"),
            row.get("title"),
            row.get("isrc"),
            row.get("quantity"),
            &receipts,
            row.get("currency"),
        ];
        text.push_str(&cells.join(";"));
        text.push_str("\r\n");
    }
    (!rows.is_empty()).then(|| paper(ROYALTIES, "Digital sales that the aggregator reported.", Content::Text(text)))
}

/// A letter or mail about the end; nothing cites it, or the lines without a better proof do.
pub(super) fn letter(dice: &Dice, claimant: &str, contact: &str, email: &str, lines: &mut [Line]) -> Paper {
    let day = dice.between(10, 29);
    let demand = format!(
        "We learned this week that Allegro has closed and that a liquidator holds our discs.\r\n\r\nThey are ours: we never sold them to Allegro, we placed them there for sale. Please send back every copy in the warehouse that belongs to {claimant}, and pay what our open statements show.\r\n\r\n{contact}\r\n{claimant}\r\n"
    );
    let (name, text) = if dice.chance(50) {
        let subject = "Return of our stock";
        (
            format!("Fwd_ {subject}.eml"),
            format!(
                "From: {contact} <{email}>\r\nTo: Label relations <labels@allegro.example>\r\nSubject: {subject}\r\nDate: {day} Jun 2016 09:{:02}:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{demand}",
                dice.between(10, 59)
            ),
        )
    } else {
        (
            format!("letter to allegro 2016-06-{day}.txt"),
            format!("{day} June 2016\r\n\r\nTo Allegro Media Group, Portland, Oregon\r\n\r\n{demand}"),
        )
    };
    for line in lines.iter_mut().filter(|line| line.category == Category::Other && line.evidence.is_empty()) {
        line.evidence.push(Evidence { document: name.clone(), place: String::new() });
    }
    paper(&name, "The stock was asked for and not sent back.", Content::Text(text))
}

/// What the case shows to the public: what to have at hand before filing.
pub(super) fn guide() -> Paper {
    let lines = [
        "Before you file: what to have at hand",
        "A demonstration. Nothing in it is legal advice.",
        RULE,
        "",
        "1. Who claims: the legal name, the address, and the state or country of",
        "   citizenship, or of organisation and principal place of business.",
        "2. Your agreement, if there was one: its date, and the words that say who",
        "   owns copies that were not sold.",
        "3. Statements: what was shipped, returned and sold, and what was never paid.",
        "   A lump sum is fine where the statements are lost.",
        "4. Stock: how many copies of each release were in the warehouse on 3 June",
        "   2016, and their retail list price.",
        "5. Digital sales: reports of the aggregator, and the state of the letter of",
        "   direction.",
        "6. Anything you paid to get your own copies back: units, price, shipping.",
        "7. Who else may claim the same money, such as an artist on a percentage.",
        "",
        "Send papers as PDF, pictures, CSV, XLSX, EML or plain text. A line that",
        "cites a document counts as documented; one that cites none rests on your",
        "declaration alone.",
    ];
    let page = lines.iter().map(|line| (*line).to_owned()).collect();
    paper("Before you file.pdf", "", Content::Pages(vec![page]))
}

/// Lets every line of a category cite a document, and gives their answers in order.
fn cite(lines: &mut [Line], category: Category, document: &str, place: impl Fn(usize) -> String) -> Vec<Answers> {
    let lines = lines.iter_mut().filter(|line| line.category == category && !line.answers.get("gtin").is_empty());
    lines
        .enumerate()
        .map(|(row, line)| {
            line.evidence.push(Evidence { document: document.to_owned(), place: place(row) });
            line.answers.clone()
        })
        .collect()
}

enum Content {
    Text(String),
    Pages(Vec<Vec<String>>),
}

fn paper(name: &str, proves: &str, content: Content) -> Paper {
    let (text, pages) = match content {
        Content::Text(text) => (Some(text), None),
        Content::Pages(pages) => (None, Some(pages)),
    };
    Paper { name: name.to_owned(), proves: proves.to_owned(), text, pages }
}

fn cut(text: &str, most: usize) -> String {
    if text.chars().count() <= most { text.to_owned() } else { text.chars().take(most - 1).chain(['…']).collect() }
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell.to_owned() }
}
