//! Our own templates: a table to be filled in, with examples that are left out when it is imported.

use crate::line::Category;

/// How the title of an example row begins.
pub const EXAMPLE: &str = "Example:";

const SALES: &str = "\
Sold from,Sold to,Statement number,Barcode,Catalogue number,Artist,Title,Label,Format,Units shipped,Units returned,Net units,Price per unit,Gross,Distribution fee,Reserve withheld,Reserve released,Chargebacks,Net due,Already paid,Currency
2015-01-01,2015-03-31,Q1-2015,036000291452,AB 1001,An artist,Example: a CD in one quarter (this row is left out),A label,CD,120,20,100,8.25,825.00,206.25,82.50,0,0,536.25,0,USD
2015-04-01,2015-04-30,,,AB 1002,An artist,Example: only what is known (this row is left out),A label,LP,,,12,,,,,,,96.00,,EUR
";
const ROYALTIES: &str = "\
Sold from,Sold to,Service,Territory,Barcode,Aggregator's barcode,ISRC,Catalogue number,Artist,Title,Label,Quantity,Your share,Currency
2015-10-01,2015-10-31,iTunes,US,036000291452,,,AB 1001,An artist,Example: an album at one service (this row is left out),A label,14,98.700000,USD
2015-10-01,2015-10-31,Amazon,GB,,,US-S1Z-99-00001,,An artist,Example: a track (this row is left out),A label,3,1.258066,GBP
";
const INVENTORY: &str = "\
Stock as of,Barcode,Catalogue number,Artist,Title,Label,Format,Opening stock,Sent in,Sold,Returned to you,Destroyed or promotional,Reported stock,Value per unit,Currency
2016-06-03,036000291452,AB 1001,An artist,Example: stock that adds up (this row is left out),A label,CD,500,250,410,40,0,300,8.25,USD
2016-06-03,,AB 1002,An artist,Example: only what is known (this row is left out),A label,LP,,,,,,75,,
";

/// The name and bytes of the template of a category; `None` where there is none. It begins with a byte order mark, by which
/// spreadsheets know that it is UTF-8.
#[must_use]
pub fn of(category: Category) -> Option<(&'static str, String)> {
    let (name, text) = match category {
        Category::UnpaidSales => ("unpaid-sales.csv", SALES),
        Category::DigitalRoyalties => ("digital-royalties.csv", ROYALTIES),
        Category::HeldInventory => ("held-inventory.csv", INVENTORY),
        Category::Other => return None,
    };
    Some((name, format!("\u{feff}{}", text.replace('\n', "\r\n"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::statements::{self, Choices, Input, Rules, Wish, reading::Reason};

    #[test]
    fn templates_are_recognised_and_their_examples_left_out() {
        for (category, layout) in [
            (Category::UnpaidSales, "template_sales"),
            (Category::DigitalRoyalties, "template_royalties"),
            (Category::HeldInventory, "template_inventory"),
        ] {
            let (_, text) = of(category).unwrap();
            let read =
                statements::read(&Input::Memory(text.as_bytes()), &Choices::default(), &Rules::any(), Wish::default())
                    .unwrap();
            assert_eq!(read.reading.layout, layout);
            assert_eq!(read.reading.columns.iter().filter(|column| column.field.is_none()).count(), 0, "{layout}");
            let examples = read.reading.left_out.iter().find(|left| left.reason == Reason::Example).unwrap();
            assert_eq!((examples.rows, read.reading.lines), (2, 0));
            // Without the mark they are right statements.
            let filled = text.replace(EXAMPLE, "A title:");
            let choices =
                Choices { aggregator: "The Orchard".to_owned(), basis: "wholesale".to_owned(), ..Choices::default() };
            let read =
                statements::read(&Input::Memory(filled.as_bytes()), &choices, &Rules::any(), Wish::default()).unwrap();
            assert_eq!(read.reading.questions, []);
            assert_eq!(
                read.reading
                    .problems
                    .iter()
                    .filter(|p| p.kind.severity() == crate::statements::problem::Severity::Error)
                    .count(),
                usize::from(category == Category::HeldInventory),
                "{:?}",
                read.reading.problems
            );
        }
    }
}
