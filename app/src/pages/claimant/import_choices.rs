//! The forms of an import: the fields of its questions and options, and what was sent turned into choices.

use claims::{
    ImportId,
    intake::{
        Choice, Field, Kind,
        royalties::{LETTER_STATES, MONEY_STATES},
    },
    line::Category,
    statements::{Choices, Grouping, dates::DayOrder, field::Field as Meaning, number::Mark, problem::acceptance},
    store::statements::Import,
};

use crate::request::Sent;

const DECIMAL: &[Choice] = &[
    ("point", "The point stands before the decimals: 1.234 is a little more than one"),
    ("comma", "The point stands between thousands: 1.234 is one thousand two hundred and thirty-four"),
];
const DAYS: &[Choice] = &[
    ("day_first", "The day comes first: 03/06/2016 is 3 June 2016"),
    ("month_first", "The month comes first: 03/06/2016 is 6 March 2016"),
];
const BASIS: &[Choice] = &[
    ("manufacturing_cost", "Manufacturing cost"),
    ("wholesale", "Wholesale price (PPD)"),
    ("retail", "Retail list price"),
    ("units_only", "Leave it out: claim the units only"),
];
const GROUPING: &[Choice] = &[
    (Grouping::Month.key(), Grouping::Month.title()),
    (Grouping::Release.key(), Grouping::Release.title()),
    (Grouping::Rows.key(), Grouping::Rows.title()),
];

/// The fields that answer a question of the file.
pub(super) fn answering(question: &str) -> Vec<Field> {
    match question {
        "decimal" => vec![Field::required("decimal", "How to read these numbers", Kind::Radio(DECIMAL))],
        "days" => vec![Field::required("days", "How to read these days", Kind::Radio(DAYS))],
        "period" => vec![
            Field::required("from", "From", Kind::Day)
                .hint("For example 2015-01-01 or January 2015; the day of the count for stock."),
            Field::optional("to", "To", Kind::Day).hint("Leave empty for a single day or month."),
        ],
        "currency" => vec![Field::required("currency", "Currency", Kind::CaseCurrency)],
        "aggregator" => {
            vec![Field::required("aggregator", "Aggregator", Kind::Text(100)).hint("For example The Orchard.")]
        }
        "basis" | "value" => vec![Field::required("basis", "The value per unit is the", Kind::Select(BASIS))],
        _ => Vec::new(),
    }
}

/// The fields of what every line of royalties says and no file does.
pub(super) const SWORN: [Field; 2] = [
    Field::required("money_state", "The money is", Kind::Select(MONEY_STATES)),
    Field::required("letter_state", "Letter of direction", Kind::Select(LETTER_STATES))
        .hint("The distributor’s letter that tells the aggregator to pay you directly."),
];

/// The fields that say how rows become lines. What is asked by itself before the import is not among them.
pub(super) fn options(category: Option<Category>, asked: bool) -> Vec<Field> {
    let mut fields = vec![Field::required("grouping", "How rows become lines", Kind::Radio(GROUPING))];
    match category {
        Some(Category::DigitalRoyalties) if !asked => fields.extend(SWORN),
        Some(Category::UnpaidSales) => {
            fields.push(Field::required(
                "channel",
                "Sold as",
                Kind::Select(&[("physical", "Physical copies"), ("download", "Downloads"), ("both", "Both together")]),
            ));
        }
        Some(Category::HeldInventory) => fields.push(Field::required("basis", "Value per unit", Kind::Select(BASIS))),
        _ => {}
    }
    fields
}

/// What a choice is now, for its field.
pub(super) fn chosen(choices: &Choices, name: &str) -> String {
    let or = |text: &str, usual: &str| if text.is_empty() { usual.to_owned() } else { text.to_owned() };
    match name {
        "decimal" => choices.decimal.map(Mark::key).unwrap_or_default().to_owned(),
        "days" => choices.days.map(DayOrder::key).unwrap_or_default().to_owned(),
        "currency" => choices.currency.clone(),
        "from" => choices.from.clone(),
        "to" => choices.to.clone(),
        "aggregator" => choices.aggregator.clone(),
        "basis" => or(&choices.basis, "units_only"),
        "grouping" => choices.grouping.key().to_owned(),
        "money_state" => choices.money_state.clone(),
        "letter_state" => choices.letter_state.clone(),
        "channel" => or(&choices.channel, "physical"),
        _ => String::new(),
    }
}

/// The choices of an import with what a form of it sent, and the import that it is to replace.
#[must_use]
pub fn apply(import: &Import, sent: &Sent) -> (Choices, Option<ImportId>) {
    let mut choices = import.choices.0.clone();
    let mut replaces = import.replaces;
    let text = |name: &str, kept: &mut String| {
        if sent.0.0.contains_key(name) {
            *kept = claims::intake::form::clean(sent.get(name), 200);
        }
    };
    for (name, kept) in [
        ("currency", &mut choices.currency),
        ("from", &mut choices.from),
        ("to", &mut choices.to),
        ("aggregator", &mut choices.aggregator),
        ("basis", &mut choices.basis),
        ("money_state", &mut choices.money_state),
        ("letter_state", &mut choices.letter_state),
        ("channel", &mut choices.channel),
    ] {
        text(name, kept);
    }
    if SWORN.iter().any(|field| sent.0.0.contains_key(field.name)) {
        choices.left_open = SWORN.iter().any(|field| chosen(&choices, field.name).is_empty());
    }
    choices.decimal = Mark::parse(sent.get("decimal")).or(choices.decimal);
    choices.days = DayOrder::parse(sent.get("days")).or(choices.days);
    choices.grouping = Grouping::parse(sent.get("grouping")).unwrap_or(choices.grouping);
    if sent.0.0.contains_key("replaces") {
        replaces = sent.number("replaces").filter(|id| *id > 0).map(ImportId);
    }
    match sent.get("part") {
        // Another sheet or layout is another table: what was said of its columns and values no longer holds, nor does what
        // was asked because of them.
        "layout" => {
            choices = Choices {
                layout: clean(sent.get("layout")),
                sheet: clean(sent.get("sheet")),
                aggregator: choices.aggregator,
                money_state: choices.money_state,
                letter_state: choices.letter_state,
                channel: choices.channel,
                basis: choices.basis,
                grouping: choices.grouping,
                ..Choices::default()
            };
        }
        "columns" => {
            let count = import.reading.as_ref().map_or(0, |reading| reading.columns.len());
            let columns = (0..count).map(|place| Meaning::parse(sent.get(&format!("column-{place}")))).collect();
            choices.columns = Some(columns);
            choices.category = Category::parse(sent.get("category"));
            choices.layout = "own".to_owned();
            (choices.offered, choices.remembered) = (false, false);
        }
        "accept" => {
            // Each box holds the mark of what stood beside it: that is accepted, whatever the file reads like meanwhile.
            let ticked = sent.0.0.iter().filter_map(|(name, mark)| Some((name.strip_prefix("accept:")?, mark)));
            choices.accepted = ticked.map(|(name, mark)| clean(&acceptance(name, mark))).collect();
        }
        _ => {}
    }
    (choices, replaces)
}

fn clean(text: &str) -> String {
    claims::intake::form::clean(text, 200)
}
