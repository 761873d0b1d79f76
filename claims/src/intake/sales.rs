//! A line of unpaid sales: what the distributor's statement says, or should have said.

use super::form::{Field, Kind, Section};
use super::line::{
    ARTIST, BARCODE, CATALOGUE, CURRENCY, EXTRAS, FORMAT, LABEL, TITLE, agrees, bounded, close, minus, plus, release,
    times,
};
use super::reader::Reader;
use crate::line::{Category, ClosingSum, LineFacts};

/// The form.
pub const FORM: &[Section] = &[
    Section {
        title: "What was sold",
        intro: "One line can be one release in one statement, or a lump sum over all releases if that is all you know. Leave the release empty for a lump sum.",
        fields: &[
            Field::required(
                "channel",
                "Sold as",
                Kind::Select(&[
                    ("physical", "Physical copies (CD, LP, DVD)"),
                    ("download", "Downloads"),
                    ("both", "Both together"),
                ]),
            ),
            Field::required("period_from", "Sold from", Kind::Day).hint("For example 2015-01-01 or 1 January 2015."),
            Field::required("period_to", "Sold to", Kind::Day),
            Field::optional("statement_number", "Statement number", Kind::Text(60))
                .hint("As printed on the distributor's statement, if there was one."),
            BARCODE,
            CATALOGUE,
            ARTIST,
            TITLE,
            LABEL,
            FORMAT,
        ],
    },
    Section {
        title: "Units and price",
        intro: "Fill in what your statement shows. Whatever you fill in is checked against the rest.",
        fields: &[
            CURRENCY,
            Field::optional("units_shipped", "Units shipped", Kind::Units),
            Field::optional("units_returned", "Units returned", Kind::Units),
            Field::optional("units_net", "Net units", Kind::Units).hint("Shipped less returned."),
            Field::optional("unit_price", "Price per unit", Kind::Price),
            Field::optional("gross", "Gross", Kind::Amount).hint("Net units times the price per unit."),
        ],
    },
    Section {
        title: "What is owed",
        intro: "",
        fields: &[
            Field::optional("distribution_fee", "Distribution fee taken", Kind::Amount),
            Field::optional("reserve_withheld", "Reserve withheld", Kind::Amount)
                .hint("What the distributor kept back against returns."),
            Field::optional("reserve_released", "Reserve released", Kind::Amount),
            Field::optional("chargebacks", "Chargebacks", Kind::Amount),
            Field::required("net_due", "Net due to you", Kind::Amount)
                .hint("Gross less fee, reserve and chargebacks, plus reserve released; or the lump sum owed."),
            Field::optional("paid", "Already paid", Kind::Amount).hint("Leave empty if nothing was paid."),
            Field::optional("balance", "Balance claimed", Kind::Amount)
                .hint("Net due less what was paid. Leave empty and it is worked out."),
        ],
    },
    EXTRAS,
];

/// Reads the line: net units, gross, net due and balance each close.
pub(super) fn read(reader: &mut Reader<'_>, sums: &mut Vec<ClosingSum>) -> Option<LineFacts> {
    let period = reader.period("period_from", "period_to");
    let stated_net = reader.units("units_net");
    let units = match (reader.units("units_shipped"), reader.units("units_returned")) {
        (Some(shipped), returned) => {
            let mut terms = vec![plus("shipped", shipped)];
            terms.extend(returned.map(|returned| minus("returned", returned)));
            close(reader, sums, "units_net", "net units", terms, stated_net, false)
        }
        (None, Some(_)) if stated_net.is_none() => {
            reader.require("units_shipped");
            None
        }
        _ => stated_net,
    };
    let stated_gross = reader.amount("gross");
    let computed_gross = units.zip(reader.decimal("unit_price")).and_then(|(units, price)| times(reader, units, price));
    agrees(reader, "gross", "Net units times the price", computed_gross, stated_gross);
    let gross = stated_gross.or(computed_gross);

    let net_due = reader.amount("net_due");
    if let Some(gross) = gross {
        let mut terms = vec![plus("gross", gross)];
        for (name, label, off) in [
            ("distribution_fee", "fee", true),
            ("reserve_withheld", "reserve withheld", true),
            ("reserve_released", "reserve released", false),
            ("chargebacks", "chargebacks", true),
        ] {
            if let Some(value) = reader.amount(name).filter(|value| *value != 0) {
                terms.push(if off { minus(label, value) } else { plus(label, value) });
            }
        }
        close(reader, sums, "net_due", "net due", terms, net_due, true);
    } else {
        for name in ["distribution_fee", "reserve_withheld", "reserve_released", "chargebacks"] {
            if reader.amount(name).is_some_and(|value| value != 0) && !reader.has_error("gross") {
                reader.error(
                    "gross",
                    "Give the gross that the fee, reserve and chargebacks are taken from, or leave those empty.",
                );
            }
        }
    }
    let terms = vec![plus("net due", net_due?), minus("paid", reader.amount("paid").unwrap_or(0))];
    let stated = reader.amount("balance");
    let balance = close(reader, sums, "balance", "balance claimed", terms, stated, true);
    let amount = bounded(reader, "balance", balance)?;
    if amount == 0 {
        reader.error("balance", "Nothing is left to claim on this line: the net due was paid in full. Remove the line, or correct the figures.");
    }
    Some(LineFacts {
        category: Category::UnpaidSales,
        currency: reader.currency(),
        amount,
        interest: reader.amount("interest").unwrap_or(0),
        costs: reader.amount("costs").unwrap_or(0),
        basis: None,
        period,
        release: release(reader),
        units,
        channel: reader.text("channel"),
    })
}
