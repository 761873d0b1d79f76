//! A line of digital royalties: what services paid through the aggregator, and where the money is.

use rust_decimal::Decimal;

use super::form::{Choice, Field, Kind, Section};
use super::line::{ARTIST, CATALOGUE, CURRENCY, EXTRAS, LABEL, TITLE, agrees, bounded, release, rounded};
use super::reader::Reader;
use crate::line::{Category, ClosingSum, LineFacts};

/// Where the money may be.
pub const MONEY_STATES: &[Choice] = &[
    ("paid_to_distributor", "Paid to the distributor"),
    ("escrow", "Held in escrow by the aggregator"),
    ("unknown", "Not known"),
];

/// How far the letter of direction may be.
pub const LETTER_STATES: &[Choice] = &[
    ("none", "None yet"),
    ("drafted", "Drafted"),
    ("sent", "Sent to the distributor"),
    ("signed", "Signed by the distributor"),
    ("accepted", "Accepted by the aggregator"),
    ("paying", "The aggregator pays me"),
];

/// The form.
pub const FORM: &[Section] = &[
    Section {
        title: "What was sold or streamed",
        intro: "One line can be one release or track at one service, or a lump sum over all of them. Leave barcodes, ISRC, catalogue number, artist and title empty for a lump sum.",
        fields: &[
            Field::required("aggregator", "Aggregator", Kind::Text(100))
                .hint("The company that collects from the services for the distributor."),
            Field::optional("service", "Service", Kind::Text(100))
                .hint("For example iTunes, Amazon, YouTube. Leave empty for all services together."),
            Field::optional("territory", "Territory", Kind::Text(60)),
            Field::required("period_from", "Sold from", Kind::FirstDay)
                .hint("For example 2016-01-01 or 1 January 2016; a month will do, like January 2016."),
            Field::required("period_to", "Sold to", Kind::LastDay).hint("The last day; of a month, its last."),
            Field::optional("gtin", "Barcode (UPC or EAN)", Kind::Barcode)
                .hint("The manufacturer's barcode, as on the product."),
            Field::optional("aggregator_gtin", "Aggregator's barcode", Kind::Barcode)
                .hint("If the aggregator gave the release a barcode of its own."),
            Field::optional("isrc", "ISRC", Kind::Isrc).hint("For a single track, like US-S1Z-99-00001."),
            CATALOGUE,
            ARTIST,
            TITLE,
            LABEL,
        ],
    },
    Section {
        title: "What is owed",
        intro: "",
        fields: &[
            CURRENCY,
            Field::optional("quantity", "Quantity", Kind::Units).hint("Downloads or streams."),
            Field::optional("net_receipts", "Net receipts", Kind::Price)
                .hint("What the service paid to the aggregator for you, up to six digits after the point."),
            Field::optional("split_rate", "Your share in per cent", Kind::Percent),
            Field::optional("amount", "Amount claimed", Kind::Amount)
                .hint("Net receipts times your share. Leave empty and it is worked out."),
        ],
    },
    Section {
        title: "Where the money is",
        intro: "",
        fields: &[
            Field::required("money_state", "The money is", Kind::Select(MONEY_STATES)),
            Field::required("letter_state", "Letter of direction", Kind::Select(LETTER_STATES))
                .hint("The distributor's letter that tells the aggregator to pay you directly."),
        ],
    },
    EXTRAS,
];

/// Reads the line: net receipts × share = amount, rounded once.
pub(super) fn read(reader: &mut Reader<'_>, _sums: &mut Vec<ClosingSum>) -> Option<LineFacts> {
    let period = reader.period("period_from", "period_to");
    let stated = reader.amount("amount");
    let share = reader.decimal("split_rate").map(|percent| percent / Decimal::ONE_HUNDRED);
    // A share that cannot be read is not the whole.
    let receipts = reader.decimal("net_receipts").filter(|_| !reader.has_error("split_rate"));
    let exact = receipts.and_then(|receipts| receipts.checked_mul(share.unwrap_or(Decimal::ONE)));
    agrees(reader, "amount", "Net receipts times your share", exact, stated);
    let computed = exact.and_then(|exact| rounded(reader, exact, None));
    if computed.is_none() && stated.is_none() && !reader.any_error(&["amount", "net_receipts", "split_rate"]) {
        reader.error("amount", "Give the amount, or the net receipts it is worked out from.");
    }
    let amount = stated.or(computed);
    if amount == Some(0) {
        reader.error("amount", "The amount is zero. Remove the line, or correct the figures.");
    }
    Some(LineFacts {
        category: Category::DigitalRoyalties,
        currency: reader.currency(),
        amount: bounded(reader, "amount", amount)?,
        interest: reader.amount("interest").unwrap_or(0),
        costs: reader.amount("costs").unwrap_or(0),
        basis: None,
        period,
        release: release(reader),
        units: reader.units("quantity"),
        channel: reader.text("service"),
    })
}
