//! The four forms of a line, behind one door: category and answers in, facts or field errors out.

use std::collections::BTreeSet;

use rust_decimal::Decimal;

use super::form::{Answers, Field, FieldError, Kind, Section};
use super::reader::Reader;
use super::{inventory, other_losses, royalties, sales};
use crate::{
    line::{Category, ClosingSum, LineFacts, Release, Term},
    money::Currency,
};

/// What a case allows on a line.
#[derive(Debug, Clone)]
pub struct LineRules {
    /// The currency that totals are in; amounts without another currency are read in it.
    pub currency: Currency,
    /// The currencies with a rate, the case's own included.
    pub currencies: BTreeSet<Currency>,
}

/// A line read from its answers: the facts if nothing is wrong, the sums that should close, and what is wrong.
#[derive(Debug, Clone)]
pub struct LineReading {
    /// The facts, if every answer is right.
    pub facts: Option<LineFacts>,
    /// The line's own arithmetic, as far as it could be read.
    pub sums: Vec<ClosingSum>,
    /// What is wrong, in the order of the form.
    pub errors: Vec<FieldError>,
}

/// The form of a category.
#[must_use]
pub const fn form(category: Category) -> &'static [Section] {
    match category {
        Category::UnpaidSales => sales::FORM,
        Category::HeldInventory => inventory::FORM,
        Category::DigitalRoyalties => royalties::FORM,
        Category::Other => other_losses::FORM,
    }
}

/// Reads the answers of a line.
#[must_use]
pub fn read(category: Category, answers: &Answers, rules: &LineRules) -> LineReading {
    read_by(Reader::new(form(category), answers, rules.currency), category, rules)
}

/// The sums of a line that was accepted once, by the meaning that its answers had then.
#[must_use]
pub fn accepted_sums(category: Category, answers: &Answers, rules: &LineRules) -> Vec<ClosingSum> {
    read_by(Reader::accepted(form(category), answers, rules.currency), category, rules).sums
}

fn read_by(mut reader: Reader<'_>, category: Category, rules: &LineRules) -> LineReading {
    if !reader.has_error("currency") && !rules.currencies.contains(&reader.currency()) {
        let codes: Vec<&str> = rules.currencies.iter().map(Currency::code).collect();
        reader.error("currency", format!("This case has exchange rates for {} only.", codes.join(", ")));
    }
    let mut sums = Vec::new();
    let facts = match category {
        Category::UnpaidSales => sales::read(&mut reader, &mut sums),
        Category::HeldInventory => inventory::read(&mut reader, &mut sums),
        Category::DigitalRoyalties => royalties::read(&mut reader, &mut sums),
        Category::Other => other_losses::read(&mut reader, &mut sums),
    };
    let errors = reader.into_errors();
    LineReading { facts: facts.filter(|_| errors.is_empty()), sums, errors }
}

pub(super) const CURRENCY: Field = Field::required("currency", "Currency", Kind::CaseCurrency);
pub(super) const BARCODE: Field = Field::optional("gtin", "Barcode (UPC or EAN)", Kind::Barcode)
    .hint("The digits under the bars, like 036000291452.");
pub(super) const CATALOGUE: Field = Field::optional("catalogue_number", "Catalogue number", Kind::Text(60));
pub(super) const ARTIST: Field = Field::optional("artist", "Artist", Kind::Text(200));
pub(super) const TITLE: Field = Field::optional("title", "Title", Kind::Text(300));
pub(super) const LABEL: Field = Field::optional("label", "Label or imprint", Kind::Text(200));
pub(super) const FORMAT: Field = Field::optional(
    "format",
    "Format",
    Kind::Select(&[
        ("cd", "CD"),
        ("lp", "LP or other vinyl"),
        ("dvd", "DVD or Blu-ray"),
        ("cassette", "Cassette"),
        ("book", "Book"),
        ("download", "Download"),
        ("other", "Another format"),
    ]),
);
pub(super) const EXTRAS: Section = Section {
    title: "Interest, costs, notes",
    intro: "Interest and costs are kept apart from the amount: a court counts them separately.",
    fields: &[
        Field::optional("interest", "Interest claimed", Kind::Amount),
        Field::optional("costs", "Costs claimed", Kind::Amount),
        Field::optional("accrued_on", "Day the money became due", Kind::Day)
            .hint("The day from which interest could run, for example 90 days after the month of sale."),
        Field::optional("note", "Note for counsel", Kind::LongText(2_000)),
    ],
};

/// The release fields that all categories share.
pub(super) fn release(reader: &Reader<'_>) -> Release {
    Release {
        gtin: reader.barcode("gtin"),
        aggregator_gtin: reader.barcode("aggregator_gtin"),
        catalogue_number: reader.text("catalogue_number"),
        isrc: reader.isrc("isrc"),
        artist: reader.text("artist"),
        title: reader.text("title"),
        label: reader.text("label"),
        format: reader.text("format"),
    }
}

/// An added term.
pub(super) fn plus(label: &'static str, value: i64) -> Term {
    Term { label, minus: false, value }
}

/// A term that is taken off.
pub(super) fn minus(label: &'static str, value: i64) -> Term {
    Term { label, minus: true, value }
}

/// Closes a sum: shows it, refuses a stated figure that differs from the computed one, and gives the figure to go on with.
/// `field` is where the message goes.
pub(super) fn close(
    reader: &mut Reader<'_>,
    sums: &mut Vec<ClosingSum>,
    field: &str,
    result: &'static str,
    terms: Vec<Term>,
    stated: Option<i64>,
    money: bool,
) -> Option<i64> {
    let currency = reader.currency();
    let show = |value: i64| if money { currency.show(value) } else { crate::money::grouped_units(value) };
    let Some(sum) = ClosingSum::of(result, terms, stated, money) else {
        reader.error(field, "These figures are too large to add up.");
        return None;
    };
    let computed = sum.computed;
    if !sum.closes() {
        reader.error(
            field,
            format!(
                "The figures above make {}, but {} is given here. Correct one of them.",
                show(computed),
                show(sum.stated.unwrap_or_default())
            ),
        );
    } else if computed < 0 {
        reader.error(field, format!("The figures above make {}, which is below zero.", show(computed)));
    }
    sums.push(sum);
    (computed >= 0).then_some(computed)
}

/// Units times an exact price, before it is rounded.
pub(super) fn times(units: i64, price: Decimal) -> Option<Decimal> {
    Decimal::from(units).checked_mul(price)
}

/// An exact product as an amount: the one that was given, if it is a rounding of it, else rounded once, half to even.
pub(super) fn rounded(reader: &Reader<'_>, exact: Decimal, given: Option<i64>) -> Option<i64> {
    let currency = reader.currency();
    given.filter(|given| is_rounding(currency, exact, *given)).or_else(|| currency.round(exact))
}

/// Whether an amount is less than one minor unit away: statements round up, down, and halves either way.
fn is_rounding(currency: Currency, exact: Decimal, minor: i64) -> bool {
    let gap = currency.to_decimal(minor).checked_sub(exact);
    gap.is_some_and(|gap| gap.abs() < currency.to_decimal(1))
}

/// Checks that a stated amount is a rounding of what a multiplication gives; the message names both.
pub(super) fn agrees(reader: &mut Reader<'_>, field: &str, what: &str, exact: Option<Decimal>, stated: Option<i64>) {
    let currency = reader.currency();
    if let (Some(exact), Some(stated)) = (exact, stated)
        && !is_rounding(currency, exact, stated)
        && let Some(computed) = currency.round(exact)
    {
        reader.error(
            field,
            format!(
                "{what} make {}, but {} is given here. Correct one of them.",
                currency.show(computed),
                currency.show(stated)
            ),
        );
    }
}

/// Refuses an amount beyond what a line can hold.
pub(super) fn bounded(reader: &mut Reader<'_>, field: &str, amount: Option<i64>) -> Option<i64> {
    let amount = amount?;
    if amount > crate::money::LARGEST_AMOUNT {
        let largest = reader.currency().show(crate::money::LARGEST_AMOUNT);
        reader.error(field, format!("This comes to more than the largest amount that can be entered, {largest}."));
        return None;
    }
    Some(amount)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(category: Category, typed: &[(&str, &str)]) -> LineReading {
        let rules = LineRules { currency: Currency::USD, currencies: BTreeSet::from([Currency::USD]) };
        let answers = typed.iter().fold(Answers::default(), |answers, (name, typed)| answers.with(name, *typed));
        read(category, &answers.with("currency", "USD"), &rules)
    }

    fn sales(typed: &[(&str, &str)]) -> LineReading {
        let period = [("channel", "physical"), ("period_from", "2015-01-01"), ("period_to", "2015-12-31")];
        reading(Category::UnpaidSales, &[&period[..], typed].concat())
    }

    fn amount(reading: &LineReading) -> Option<i64> {
        reading.facts.as_ref().map(|facts| facts.amount)
    }

    /// The fields that are wrong.
    fn wrong(reading: &LineReading) -> Vec<&str> {
        reading.errors.iter().map(|error| error.field.as_str()).collect()
    }

    /// The results that are shown, as worked out.
    fn shown(reading: &LineReading) -> Vec<(&str, i64)> {
        reading.sums.iter().map(|sum| (sum.result, sum.computed)).collect()
    }

    #[test]
    fn any_rounding_of_the_product_closes() {
        // 3 × 1.375 = 4.125; 3 × 1.3743 = 4.1229; 3 × 1.38 = 4.14.
        for (price, gross, closes) in [
            ("1.375", "4.12", true),
            ("1.375", "4.13", true),
            ("1.375", "4.11", false),
            ("1.375", "4.14", false),
            ("1.3743", "4.12", true),
            ("1.3743", "4.13", true),
            ("1.3743", "4.11", false),
            ("1.38", "4.14", true),
            ("1.38", "4.13", false),
            ("1.38", "4.15", false),
        ] {
            let typed = [("units_net", "3"), ("unit_price", price), ("gross", gross), ("net_due", gross)];
            let reading = sales(&typed);
            let wanted = closes.then(|| (gross.replace('.', "")).parse::<i64>().unwrap());
            assert_eq!(amount(&reading), wanted, "{price} {gross}: {:?}", reading.errors);
            assert!(reading.sums.iter().all(ClosingSum::closes), "what is given counts: {price} {gross}");
            assert_eq!(wrong(&reading), if closes { vec![] } else { vec!["gross"] });
        }
        let without_gross = |net_due| sales(&[("units_net", "3"), ("unit_price", "1.375"), ("net_due", net_due)]);
        for (net_due, closes) in [("4.11", false), ("4.12", true), ("4.13", true), ("4.14", false)] {
            let reading = without_gross(net_due);
            assert_eq!(reading.errors.is_empty(), closes, "{net_due}");
            assert_eq!(reading.sums.iter().all(ClosingSum::closes), closes, "{net_due}");
        }
    }

    #[test]
    fn what_is_worked_out_is_rounded_half_to_even() {
        let stock = |typed: &[(&str, &str)]| {
            let form = [("as_of", "2016-06-03"), ("basis", "retail"), ("units_claimed", "3"), ("unit_value", "1.375")];
            reading(Category::HeldInventory, &[&form[..], typed].concat())
        };
        assert_eq!(amount(&stock(&[])), Some(412));
        assert_eq!(amount(&stock(&[("amount", "4.13")])), Some(413));
        assert_eq!(wrong(&stock(&[("amount", "4.14")])), ["amount"]);
        let lost = |typed: &[(&str, &str)]| {
            let form = [
                ("loss", "buy_back"),
                ("explanation", "Bought back."),
                ("period_from", "2016-07-01"),
                ("units", "3"),
                ("unit_price", "1.375"),
                ("shipping", "12"),
            ];
            reading(Category::Other, &[&form[..], typed].concat())
        };
        assert_eq!(amount(&lost(&[])), Some(1_612));
        let given = lost(&[("amount", "16.13")]);
        assert_eq!((amount(&given), shown(&given)), (Some(1_613), vec![("amount claimed", 1_613)]));
        assert_eq!(wrong(&lost(&[("amount", "16.14")])), ["amount"]);
    }

    #[test]
    fn nothing_is_worked_out_from_what_cannot_be_read() {
        const BAD: &str = "1.234,50";
        let base = [("gross", "100"), ("net_due", "100")];
        let with = |field| sales(&[&base[..], &[(field, BAD)]].concat());
        assert_eq!(shown(&with("note")), [("net due", 10_000), ("balance claimed", 10_000)]);
        assert_eq!(shown(&with("paid")), [("net due", 10_000)]);
        for field in ["distribution_fee", "reserve_withheld", "reserve_released", "chargebacks"] {
            let reading = with(field);
            assert_eq!(shown(&reading), [("balance claimed", 10_000)], "{field}");
            assert_eq!(wrong(&reading), [field], "no second error that follows from the first");
        }
        for field in ["gross", "net_due"] {
            let reading = sales(&[(field, BAD), (if field == "gross" { "net_due" } else { "gross" }, "100")]);
            assert_eq!(wrong(&reading), [field]);
        }
        // A wrong number of units must not make a wrong gross.
        for field in ["units_returned", "units_shipped"] {
            let units = if field == "units_returned" { "units_shipped" } else { "units_returned" };
            let reading = sales(&[(units, "10"), (field, BAD), ("unit_price", "5"), ("net_due", "40")]);
            assert_eq!(shown(&reading), [("balance claimed", 4_000)], "{field}");
            assert_eq!(wrong(&reading), [field]);
        }
        let fee = sales(&[("units_net", BAD), ("unit_price", "5"), ("distribution_fee", "5"), ("net_due", "40")]);
        assert_eq!(wrong(&fee), ["units_net"]);

        let form = [("as_of", "2016-06-03"), ("basis", "units_only"), ("units_claimed", "80"), ("opening", "100")];
        let stock = |field| reading(Category::HeldInventory, &[&form[..], &[(field, BAD)]].concat());
        assert_eq!(shown(&stock("note")), [("expected stock", 100)]);
        for field in ["sent_in", "sold", "returned_to_label", "destroyed"] {
            assert_eq!((shown(&stock(field)), wrong(&stock(field))), (vec![], vec![field]));
        }

        let owed = [("aggregator", "The Orchard"), ("period_from", "2016-01-01"), ("period_to", "2016-12-31")];
        let rest = [("money_state", "unknown"), ("letter_state", "none"), ("net_receipts", "100"), ("amount", "85")];
        let share = [("split_rate", "8,5")];
        let reading = reading(Category::DigitalRoyalties, &[&owed[..], &rest, &share].concat());
        assert_eq!(wrong(&reading), ["split_rate"]);
    }

    #[test]
    fn more_than_was_reported_is_explained() {
        let stock = |claimed, typed: &[(&str, &str)]| {
            let form = [("as_of", "2016-06-03"), ("basis", "units_only"), ("units_claimed", claimed)];
            reading(Category::HeldInventory, &[&form[..], typed].concat())
        };
        let asked = stock("500", &[("reported", "10")]);
        assert_eq!(wrong(&asked), ["difference"]);
        assert_eq!(
            asked.errors[0].message,
            "500 copies are claimed but 10 were reported. Say why, as far as you know."
        );
        assert!(stock("500", &[("reported", "10"), ("difference", "They counted one box.")]).facts.is_some());
        assert!(stock("10", &[("reported", "10")]).facts.is_some());
        assert!(stock("5", &[("reported", "10")]).facts.is_some());
        // With a roll-forward, the expected stock decides as before.
        assert_eq!(wrong(&stock("500", &[("reported", "10"), ("opening", "10")])), ["units_claimed"]);
        assert_eq!(wrong(&stock("500", &[("reported", "x"), ("opening", "10")])), ["reported"]);
    }

    #[test]
    fn the_sums_of_an_accepted_line_stay() {
        let rules = LineRules { currency: Currency::USD, currencies: BTreeSet::from([Currency::USD]) };
        let answers = Answers::default().with("currency", "USD").with("net_due", "12 50").with("paid", "1.000");
        let sums = accepted_sums(Category::UnpaidSales, &answers, &rules);
        assert_eq!(sums.iter().map(|sum| sum.computed).collect::<Vec<_>>(), [124_900]);
    }
}
