//! A line of other losses: buy-back paid, unlicensed copies, fees, anything else with an explanation.

use super::form::{Field, Kind, Section};
use super::line::{
    ARTIST, BARCODE, CATALOGUE, CURRENCY, EXTRAS, FORMAT, LABEL, TITLE, bounded, close, plus, release, times,
};
use super::reader::Reader;
use crate::line::{Category, ClosingSum, LineFacts};

/// The form.
pub const FORM: &[Section] = &[
    Section {
        title: "What was lost",
        intro: "",
        fields: &[
            Field::required(
                "loss",
                "Kind of loss",
                Kind::Select(&[
                    ("buy_back", "Buy-back paid for my own stock"),
                    ("unlicensed_copies", "Unlicensed copies sold"),
                    ("fees", "Fees charged"),
                    ("other", "Something else"),
                ]),
            ),
            Field::required("explanation", "What happened", Kind::LongText(4_000))
                .hint("In your own words: what was paid or lost, to whom, and why."),
            Field::required("period_from", "From", Kind::Day)
                .hint("The day it happened, or the first day of the period."),
            Field::optional("period_to", "To", Kind::Day).hint("Leave empty for a single day."),
            BARCODE,
            CATALOGUE,
            ARTIST,
            TITLE,
            LABEL,
            FORMAT,
        ],
    },
    Section {
        title: "What is claimed",
        intro: "For a buy-back: units times price per unit, plus shipping.",
        fields: &[
            CURRENCY,
            Field::optional("units", "Units", Kind::Units),
            Field::optional("unit_price", "Price per unit", Kind::Price),
            Field::optional("shipping", "Shipping", Kind::Amount),
            Field::optional("amount", "Amount claimed", Kind::Amount)
                .hint("Leave empty and it is worked out from units, price and shipping."),
        ],
    },
    EXTRAS,
];

/// Reads the line: units × price + shipping = amount, where units and price are given.
pub(super) fn read(reader: &mut Reader<'_>, sums: &mut Vec<ClosingSum>) -> Option<LineFacts> {
    let period = if reader.text("period_to").is_some() {
        reader.period("period_from", "period_to")
    } else {
        reader.day("period_from").and_then(|day| crate::period::Period::new(day, day))
    };
    let units = reader.units("units");
    let stated = reader.amount("amount");
    let shipping = reader.amount("shipping");
    let goods = units.zip(reader.decimal("unit_price")).and_then(|(units, price)| times(reader, units, price));
    let amount = match (goods, shipping) {
        (None, None) => stated,
        (goods, shipping) => {
            let mut terms: Vec<_> = goods.map(|goods| plus("units at their price", goods)).into_iter().collect();
            terms.extend(shipping.map(|shipping| plus("shipping", shipping)));
            close(reader, sums, "amount", "amount claimed", terms, stated, true)
        }
    };
    if amount.is_none_or(|amount| amount == 0) && !reader.has_error("unit_price") {
        reader.error("amount", "Give the amount claimed.");
    }
    Some(LineFacts {
        category: Category::Other,
        currency: reader.currency(),
        amount: bounded(reader, "amount", amount)?,
        interest: reader.amount("interest").unwrap_or(0),
        costs: reader.amount("costs").unwrap_or(0),
        basis: None,
        period,
        release: release(reader),
        units,
        channel: reader.text("loss"),
    })
}
