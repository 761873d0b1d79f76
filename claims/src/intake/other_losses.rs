//! A line of other losses: buy-back paid, unlicensed copies, fees, anything else with an explanation.

use super::form::{Field, Kind, Section};
use super::line::{
    ARTIST, BARCODE, CATALOGUE, CURRENCY, EXTRAS, FORMAT, LABEL, TITLE, bounded, close, plus, release, rounded, times,
};
use super::reader::Reader;
use crate::{
    line::{Category, ClosingSum, LineFacts},
    period::{Period, parse_month},
};

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
            Field::required("period_from", "From", Kind::FirstDay)
                .hint("The day or month in which it happened, or the first of the period."),
            Field::optional("period_to", "To", Kind::LastDay).hint("Leave empty for a single day or month."),
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

/// Reads the line: units × price + shipping = amount, where units and price are given. An amount stands for itself where
/// they are not: shipping may be a part of it.
pub(super) fn read(reader: &mut Reader<'_>, sums: &mut Vec<ClosingSum>) -> Option<LineFacts> {
    let period = if reader.text("period_to").is_some() {
        reader.period("period_from", "period_to")
    } else {
        reader.day("period_from").and_then(|day| {
            let month = reader.text("period_from").and_then(|typed| parse_month(&typed));
            month.or_else(|| Period::new(day, day))
        })
    };
    let units = reader.units("units");
    let amount = claimed(reader, sums, units);
    if amount.is_none_or(|amount| amount == 0) && !reader.any_error(&["units", "unit_price", "shipping"]) {
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

/// The amount that the figures come to. Nothing is worked out from a figure that cannot be read, and no figure is passed over.
fn claimed(reader: &mut Reader<'_>, sums: &mut Vec<ClosingSum>, units: Option<i64>) -> Option<i64> {
    if reader.any_error(&["units", "unit_price", "shipping"]) {
        return None;
    }
    let (price, shipping) = (reader.decimal("unit_price"), reader.amount("shipping"));
    let stated = reader.amount("amount");
    let mut terms = Vec::new();
    match (units.zip(price), stated) {
        (Some((units, price)), stated) => {
            // The goods that go with the amount, if the amount is a rounding of them.
            let implied = stated.and_then(|stated| stated.checked_sub(shipping.unwrap_or(0)));
            let Some(goods) = times(units, price).and_then(|exact| rounded(reader, exact, implied)) else {
                reader.error("unit_price", "These figures are too large to add up.");
                return None;
            };
            terms.push(plus("units at their price", goods));
        }
        (None, Some(stated)) => {
            if let Some(shipping) = shipping.filter(|shipping| *shipping > stated) {
                let (shipping, stated) = (reader.currency().show(shipping), reader.currency().show(stated));
                reader.error(
                    "amount",
                    format!("The shipping alone is {shipping}, but {stated} is given here. Correct one of them."),
                );
            }
            return Some(stated);
        }
        (None, None) if reader.has_error("amount") => return None,
        (None, None) if units.is_some_and(|units| units > 0) => {
            reader.error("unit_price", "Give the price per unit, or the amount.");
            return None;
        }
        (None, None) if price.is_some() => {
            reader.error("units", "Give the units, or the amount.");
            return None;
        }
        (None, None) => {}
    }
    terms.extend(shipping.map(|shipping| plus("shipping", shipping)));
    if terms.is_empty() { None } else { close(reader, sums, "amount", "amount claimed", terms, stated, true) }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::{
        intake::{
            Answers,
            line::{LineReading, LineRules, read},
        },
        line::Category,
        money::Currency,
    };

    fn reading(units: &str, price: &str, shipping: &str, amount: &str) -> LineReading {
        let rules = LineRules { currency: Currency::USD, currencies: BTreeSet::from([Currency::USD]) };
        let answers = Answers::default()
            .with("loss", "buy_back")
            .with("explanation", "Bought my own stock back.")
            .with("period_from", "2016-07-01")
            .with("currency", "USD")
            .with("units", units)
            .with("unit_price", price)
            .with("shipping", shipping)
            .with("amount", amount);
        read(Category::Other, &answers, &rules)
    }

    /// What the line claims, or the field and message of what is wrong; and whether a sum is shown.
    fn outcome(units: &str, price: &str, shipping: &str, amount: &str) -> (Result<i64, String>, bool) {
        let reading = reading(units, price, shipping, amount);
        let wrong: Vec<_> = reading.errors.iter().map(|error| format!("{}: {}", error.field, error.message)).collect();
        (reading.facts.map(|facts| facts.amount).ok_or_else(|| wrong.join(" | ")), !reading.sums.is_empty())
    }

    #[test]
    fn every_combination_of_units_price_shipping_and_amount() {
        const NO_PRICE: &str = "unit_price: Give the price per unit, or the amount.";
        const NO_UNITS: &str = "units: Give the units, or the amount.";
        const NOTHING: &str = "amount: Give the amount claimed.";
        for (units, price, shipping, amount, wanted, sum) in [
            ("", "", "", "", Err(NOTHING), false),
            ("", "", "", "512", Ok(51_200), false),
            ("", "", "12", "", Ok(1_200), true),
            // A fee of 112, of which 12 is shipping.
            ("", "", "12", "112", Ok(11_200), false),
            ("", "1.00", "", "", Err(NO_UNITS), false),
            ("", "1.00", "", "512", Ok(51_200), false),
            ("", "1.00", "12", "", Err(NO_UNITS), false),
            ("", "1.00", "12", "512", Ok(51_200), false),
            ("500", "", "", "", Err(NO_PRICE), false),
            ("500", "", "", "512", Ok(51_200), false),
            ("500", "", "12", "", Err(NO_PRICE), false),
            ("500", "", "12", "512", Ok(51_200), false),
            ("500", "1.00", "", "", Ok(50_000), true),
            ("500", "1.00", "", "500", Ok(50_000), true),
            ("500", "1.00", "12", "", Ok(51_200), true),
            ("500", "1.00", "12", "512", Ok(51_200), true),
            // No units are no goods.
            ("0", "", "12", "", Ok(1_200), true),
            ("0", "1.00", "12", "", Ok(1_200), true),
            ("0", "", "", "", Err(NOTHING), false),
            ("", "", "0", "", Err(NOTHING), true),
        ] {
            let given = format!("{units} × {price} + {shipping} = {amount}");
            let wanted = (wanted.map_err(str::to_owned), sum);
            assert_eq!(outcome(units, price, shipping, amount), wanted, "{given}");
        }
    }

    #[test]
    fn what_contradicts_the_amount_is_refused() {
        for (units, price, shipping, amount) in [
            ("500", "1.00", "12", "511"),
            ("500", "1.00", "", "512"),
            ("500", "1.00", "12", "12"),
            ("0", "1", "12", "13"),
        ] {
            let error = outcome(units, price, shipping, amount).0.unwrap_err();
            assert!(error.starts_with("amount: The figures above make"), "{units} × {price} + {shipping}: {error}");
        }
        for units in ["", "500"] {
            let alone = "amount: The shipping alone is 12.00 USD, but 5.00 USD is given here. Correct one of them.";
            assert_eq!(outcome(units, "", "12", "5"), (Err(alone.to_owned()), false));
        }
    }

    #[test]
    fn what_cannot_be_read_makes_no_sum_and_no_second_error() {
        for (units, price, shipping, amount, field) in [
            ("1.234,50", "", "12", "", "units"),
            ("500", "x", "12", "", "unit_price"),
            ("500", "1.00", "x", "", "shipping"),
            ("500", "", "12", "x", "amount"),
            ("", "", "12", "x", "amount"),
        ] {
            let reading = reading(units, price, shipping, amount);
            assert!(reading.sums.is_empty(), "{units} {price} {shipping} {amount}: {:?}", reading.sums);
            assert_eq!(reading.errors.iter().map(|error| error.field.as_str()).collect::<Vec<_>>(), [field]);
        }
    }
}
