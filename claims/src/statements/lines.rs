//! From groups of rows to the answers of lines, as a person would type them; amounts are rounded here, once.

use serde::{Deserialize, Serialize};

use super::{
    choices::{Choices, Rules},
    codes, dates,
    deductions::taken_off,
    field::Field,
    group::{Group, LumpSum, TakenOff},
    number::{self, ONE},
    pass::FIGURES,
    reading::rows_in_words,
    shape::Shape,
};
use crate::{
    intake::{Answers, FieldError, line},
    line::{Basis, Category},
    money::Currency,
};

/// A line that rows would become.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// What makes it the same line in a corrected file: release, period, service and currency.
    pub key: String,
    /// The release in a few words.
    pub release: String,
    /// The period in words.
    pub period: String,
    /// The service, or the number of the statement.
    pub service: String,
    /// Units.
    pub units: i64,
    /// Currency.
    pub currency: Currency,
    /// The exact sum of its rows, in millionths.
    pub millionths: i128,
    /// What it claims, in minor units.
    pub amount: i64,
    /// Its rows, the first of them where there are many.
    pub rows: String,
    /// The first row.
    pub first_row: u32,
    /// The answers of the line's form.
    pub answers: Answers,
}

/// What becomes of a group.
pub(super) enum Outcome {
    /// A line.
    Line(Box<Proposal>),
    /// Nothing is due on it.
    Zero,
    /// It comes to less than nothing, by so many millionths.
    BelowZero(i128),
    /// The form of the line refuses it.
    Refused(Vec<FieldError>),
}

/// Longest list of rows that is shown with a line; its citation names them all.
const CITED: usize = 80;

/// What becomes of a group.
pub(super) fn outcome(group: &Group, shape: &Shape, category: Category, choices: &Choices, rules: &Rules) -> Outcome {
    let stock = category == Category::HeldInventory;
    let due = if stock {
        i128::from(group.units) * i128::from(ONE)
    } else {
        group.amount - group.figure(Field::Paid).unwrap_or(0)
    };
    let Some(currency) = group.currency.or(stock.then_some(rules.line.currency)) else {
        return Outcome::Zero;
    };
    let minor = currency.round(number::to_decimal(due)).unwrap_or(i64::MAX);
    if due < 0 && (stock || minor < 0) {
        return Outcome::BelowZero(due);
    }
    if due == 0 || !stock && minor == 0 {
        return Outcome::Zero;
    }
    let mut answers = release(group);
    answers.set("currency", currency.code());
    match category {
        Category::DigitalRoyalties => royalties(&mut answers, group, shape, choices, currency),
        Category::UnpaidSales => sales(&mut answers, group, choices, currency),
        Category::HeldInventory => inventory(&mut answers, group, choices),
        Category::Other => {}
    }
    if let Some(LumpSum { words, row }) = &group.lump_sum {
        let called = if words.is_empty() { String::new() } else { format!(": {words}") };
        note(&mut answers, format!("Money of the statement that belongs to no release{called} (row {row})."));
    }
    if !group.taken_off.is_empty() {
        let part =
            |taken: &TakenOff| format!("{} {} (row {})", taken.words, number::show(taken.millionths, 2), taken.row);
        let parts: Vec<String> = group.taken_off.iter().map(part).collect();
        note(&mut answers, format!("Deductions of the statement that are taken off this line: {}.", parts.join(", ")));
    }
    answers.0.retain(|_, answer| !answer.is_empty());
    let answers = answers.only(line::form(category));
    let reading = line::read(category, &answers, &rules.line);
    let Some(facts) = reading.facts else { return Outcome::Refused(reading.errors) };
    let service = if category == Category::UnpaidSales {
        answers.get("statement_number").to_owned()
    } else {
        answers.get("service").to_owned()
    };
    let period = group.period.map(dates::show).unwrap_or_default();
    let rows = rows_in_words(&group.rows, CITED);
    Outcome::Line(Box::new(Proposal {
        key: crate::intake::form::clean(&format!("{}|{period}|{service}|{currency}", group.identity()), 600),
        release: Some(facts.release.in_words()).filter(|words| !words.is_empty()).unwrap_or_else(|| {
            match &group.lump_sum {
                Some(LumpSum { words, .. }) if !words.is_empty() => format!("Lump sum: {words}"),
                _ => "Lump sum".to_owned(),
            }
        }),
        period,
        service,
        units: group.units,
        currency,
        millionths: due,
        amount: facts.amount,
        rows,
        first_row: group.rows.first().map_or(0, |(from, _)| *from),
        answers,
    }))
}

/// The barcode, numbers and names, without controls and cut to what the form takes.
fn release(group: &Group) -> Answers {
    let named = &group.named;
    let mut answers = Answers::default();
    let mut set = |name: &str, text: &str, most: usize| {
        let line = crate::intake::form::clean(text, most).replace(['\n', '\t'], " ");
        answers.set(name, line.trim());
    };
    if named.gtin > 0 {
        set("gtin", &codes::gtin(named.gtin), 20);
    }
    if named.aggregator_gtin > 0 {
        set("aggregator_gtin", &codes::gtin(named.aggregator_gtin), 20);
    }
    if let Some(isrc) = &named.isrc {
        set("isrc", &String::from_utf8_lossy(isrc), 20);
    }
    set("catalogue_number", &named.catalogue, 60);
    set("artist", &named.artist, 200);
    set("title", named.line_title(), 300);
    set("label", &named.label, 200);
    answers
}

fn period(answers: &mut Answers, group: &Group) {
    if let Some(period) = group.period {
        answers.set("period_from", period.from.to_string());
        answers.set("period_to", period.to.to_string());
    }
}

fn plain(millionths: i128, currency: Currency) -> Option<(String, i64)> {
    let minor = currency.round(number::to_decimal(millionths))?;
    Some((currency.plain(minor), minor))
}

fn or<'t>(chosen: &'t str, usual: &'t str) -> &'t str {
    if chosen.is_empty() { usual } else { chosen }
}

fn royalties(answers: &mut Answers, group: &Group, shape: &Shape, choices: &Choices, currency: Currency) {
    period(answers, group);
    let layout = shape.layout;
    answers.set("aggregator", or(&choices.aggregator, layout.map_or("", |layout| layout.aggregator)));
    let mut service = group.service.clone();
    if service.is_empty() && !shape.columns.contains(&Some(Field::Service)) {
        service = layout.map_or("", |layout| layout.service).to_owned();
    }
    answers.set("service", crate::intake::form::clean(&service, 100));
    answers.set("territory", crate::intake::form::clean(&group.territory, 60));
    if group.units >= 0 && group.units <= crate::money::LARGEST_UNITS {
        answers.set("quantity", group.units.to_string());
    }
    if let Some((amount, _)) = plain(group.amount, currency) {
        answers.set("amount", amount);
    }
    answers.set("money_state", or(&choices.money_state, "unknown"));
    answers.set("letter_state", or(&choices.letter_state, "none"));
}

fn sales(answers: &mut Answers, group: &Group, choices: &Choices, currency: Currency) {
    period(answers, group);
    answers.set("channel", or(&choices.channel, "physical"));
    answers.set("statement_number", crate::intake::form::clean(&group.statement, 60));
    answers.set("format", format(&group.named.format));
    let Some((net_text, net)) = plain(group.amount, currency) else { return };
    answers.set("net_due", net_text);
    if let Some((paid, minor)) =
        group.figure(Field::Paid).and_then(|paid| plain(paid, currency)).filter(|(_, minor)| *minor != 0)
    {
        answers.set("paid", if minor < 0 { currency.plain(-minor) } else { paid });
    }
    // The statement's further figures are filled in where they close; where they do not, they are kept as words.
    let mut kept = Vec::new();
    let whole = |field| {
        group
            .figure(field)
            .map(|figure: i128| figure.abs())
            .filter(|figure| figure % i128::from(ONE) == 0)
            .map(|figure| figure / i128::from(ONE))
    };
    let units = i128::from(group.units);
    let (shipped, returned) = (whole(Field::Shipped), whole(Field::Returned));
    let closes = group.units >= 0 && shipped.is_some_and(|shipped| shipped - returned.unwrap_or(0) == units);
    if group.units >= 0 {
        answers.set("units_net", group.units.to_string());
    }
    for (name, word, figure) in [("units_shipped", "shipped", shipped), ("units_returned", "returned", returned)] {
        match figure {
            Some(units) if closes => answers.set(name, units.to_string()),
            Some(units) if units != 0 => kept.push(format!("{word} {units}")),
            _ => {}
        }
    }
    let dropped = further(answers, group, currency, net);
    let words = FIGURES.into_iter().filter(|(field, _)| dropped.contains(field)).filter_map(|(field, word)| {
        let figure = group.figure(field).filter(|figure| *figure != 0)?;
        Some(format!("{word} {}", number::show(figure, 2)))
    });
    kept.extend(words);
    if !kept.is_empty() {
        note(answers, format!("The statement says: {}.", kept.join(", ")));
    }
}

/// Fills in the figures from which the amount due is worked out, as far as they close; gives those that do not.
fn further(answers: &mut Answers, group: &Group, currency: Currency, net: i64) -> Vec<Field> {
    let all = || FIGURES.into_iter().map(|(field, _)| field).collect();
    let units = i128::from(group.units);
    let minor = |field| group.figure(field).and_then(|figure| plain(figure.abs(), currency)).map(|(_, minor)| minor);
    let Some(gross) = minor(Field::Gross).filter(|_| group.figure(Field::Gross).is_some_and(|gross| gross >= 0)) else {
        return all();
    };
    let names = [
        (Field::Fee, "distribution_fee", -1),
        (Field::ReserveWithheld, "reserve_withheld", -1),
        (Field::ReserveReleased, "reserve_released", 1),
        (Field::Chargebacks, "chargebacks", -1),
    ];
    // What the statement takes off beside its releases is a chargeback of the lines that it is taken off.
    let taken_off = plain(taken_off(group), currency).map_or(0, |(_, minor)| minor);
    let part = |field| match field {
        Field::Chargebacks if taken_off != 0 => Some(minor(field).unwrap_or(0) + taken_off),
        field => minor(field),
    };
    let rest: i64 = names.iter().filter_map(|(field, _, sign)| Some(part(*field)? * sign)).sum();
    if gross + rest != net {
        return all();
    }
    let price = group.figure(Field::UnitPrice).filter(|price| *price > 0);
    let agrees =
        price.is_none_or(|price| group.units >= 0 && currency.round(number::to_decimal(price * units)) == Some(gross));
    if agrees {
        answers.set(
            "unit_price",
            price.map(|price| number::to_decimal(price).normalize().to_string()).unwrap_or_default(),
        );
    }
    answers.set("gross", currency.plain(gross));
    for (field, name, _) in names {
        if let Some(value) = part(field).filter(|value| *value != 0) {
            answers.set(name, currency.plain(value));
        }
    }
    if agrees { Vec::new() } else { vec![Field::UnitPrice] }
}

/// Adds a sentence to the note of a line.
fn note(answers: &mut Answers, words: String) {
    let before = answers.get("note");
    let note = if before.is_empty() { words } else { format!("{before} {words}") };
    answers.set("note", crate::intake::form::clean(&note, 2_000));
}

/// What a line says of stock that does not add up.
pub(super) const NOT_EXPLAINED: &str = "The distributor’s inventory report does not explain the difference.";

/// The stock that should be there by the roll-forward, and the terms of it, if all are given and none is below zero.
pub(super) fn expected_stock(group: &Group) -> Option<i128> {
    let terms = [
        (Field::Opening, 1),
        (Field::SentIn, 1),
        (Field::Sold, -1),
        (Field::ReturnedToLabel, -1),
        (Field::Destroyed, -1),
    ];
    let mut expected = 0;
    let mut given = false;
    for (field, sign) in terms {
        if let Some(figure) = group.figure(field) {
            if figure < 0 || figure % i128::from(ONE) != 0 {
                return None;
            }
            given = true;
            expected += sign * figure / i128::from(ONE);
        }
    }
    (given && group.figure(Field::Opening).is_some() && expected >= 0).then_some(expected)
}

fn inventory(answers: &mut Answers, group: &Group, choices: &Choices) {
    answers.set("as_of", group.period.map(|period| period.to.to_string()).unwrap_or_default());
    answers.set("format", format(&group.named.format));
    answers.set("units_claimed", group.units.to_string());
    if let Some(expected) = expected_stock(group) {
        for (field, name) in [
            (Field::Opening, "opening"),
            (Field::SentIn, "sent_in"),
            (Field::Sold, "sold"),
            (Field::ReturnedToLabel, "returned_to_label"),
            (Field::Destroyed, "destroyed"),
        ] {
            if let Some(figure) = group.figure(field) {
                answers.set(name, (figure / i128::from(ONE)).to_string());
            }
        }
        answers.set("reported", group.units.to_string());
        if expected != i128::from(group.units) {
            answers.set("difference", NOT_EXPLAINED);
        }
    }
    let basis = or(&choices.basis, Basis::UnitsOnly.key());
    answers.set("basis", basis);
    if basis != Basis::UnitsOnly.key()
        && let Some(value) = group.figure(Field::UnitValue)
    {
        answers.set("unit_value", number::to_decimal(value).normalize().to_string());
    }
}

/// The choice of the form for a format as distributors write it; empty if there is none.
fn format(text: &str) -> &'static str {
    let plain = super::field::plain(text);
    let has = |words: &[&str]| words.iter().any(|word| plain.contains(word));
    match plain.as_str() {
        "" => "",
        _ if has(&["dvd", "bluray", "brd"]) => "dvd",
        _ if has(&["cd", "compactdisc", "sacd"]) => "cd",
        _ if has(&["lp", "vinyl", "12in", "7in", "10in"]) => "lp",
        _ if has(&["cassette", "tape", "mc"]) => "cassette",
        _ if has(&["download", "digital", "mp3"]) => "download",
        _ => "other",
    }
}
