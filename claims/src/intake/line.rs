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
    let mut reader = Reader::new(form(category), answers, rules.currency);
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
    .hint("The digits under the bars on the sleeve, like 036000291452.");
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

/// Units times an exact price, rounded once, half to even, to the minor unit.
pub(super) fn times(reader: &Reader<'_>, units: i64, price: Decimal) -> Option<i64> {
    reader.currency().round(Decimal::from(units).checked_mul(price)?)
}

/// Checks that a stated amount is what a multiplication gives; the message names both.
pub(super) fn agrees(reader: &mut Reader<'_>, field: &str, what: &str, computed: Option<i64>, stated: Option<i64>) {
    if let (Some(computed), Some(stated)) = (computed, stated)
        && computed != stated
    {
        let currency = reader.currency();
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
