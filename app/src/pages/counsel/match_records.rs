//! Two records side by side, with what differs marked.

use std::collections::BTreeSet;

use claims::{
    ClaimId, Instant,
    access::Refusal,
    actions::claim_view::read_sent,
    case::Case,
    intake::{claimant, form},
    matching::words::{Class, class},
    money::Currency,
    status::ClaimStatus,
    store::{Tx, claims as claim_rows},
    totals::counted,
};
use leptos::prelude::*;

use super::frame;
use crate::{
    components::{Amount, Table, answer_in_words},
    request::Halt,
};

/// What a claim says of its claimant, with what else tells two claims apart.
pub(super) struct Record {
    number: String,
    status: String,
    first: Instant,
    /// Number and moment of the version that is compared, if it is not the first.
    later: Option<(i64, Instant)>,
    /// Names of the accounts that act.
    accounts: String,
    signed: String,
    gross: i64,
    answers: claims::intake::Answers,
}

/// The questions that are compared, in order; address lines are one.
const COMPARED: [&str; 17] = [
    "legal_name",
    "other_names",
    "kind",
    "contact",
    "email",
    "phone",
    "address",
    "citizenship",
    "organised_in",
    "principal_place",
    "decedent_citizenship",
    "gs1_prefixes",
    "vendor_number",
    "ipi",
    "isni",
    "capacity",
    "authority",
];

/// Reads the version in force of a claim.
pub(super) async fn read(tx: &mut Tx, case: &Case, id: ClaimId) -> Result<Record, Halt> {
    let claim = claim_rows::by_id(tx, id).await?.filter(|claim| claim.case_id == case.id).ok_or(Refusal::NotFound)?;
    let version = claim.in_force_id.ok_or(Refusal::NotFound)?;
    let sent = read_sent(claim_rows::version(tx, version).await?.ok_or(Refusal::NotFound)?)?;
    let accounts = claim_rows::accounts_of(tx, claim.claimant_id).await?;
    let accounts: Vec<String> = accounts.into_iter().map(|(email, name)| format!("{name}, {email}")).collect();
    let declaration = &sent.frozen.declaration;
    let signed = [declaration.name.as_str(), declaration.title.as_str()];
    Ok(Record {
        signed: signed.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", "),
        number: sent.frozen.number.clone(),
        status: claim.status,
        first: claim.submitted_at.unwrap_or(sent.frozen.received_at),
        later: (sent.frozen.version > 1).then_some((sent.frozen.version, sent.frozen.received_at)),
        accounts: accounts.join("\n"),
        gross: counted(&sent.frozen.totals, case.settings.filing_basis).amount,
        answers: sent.frozen.answers.get("claimant").cloned().unwrap_or_default(),
    })
}

impl Record {
    fn answer(&self, name: &str) -> String {
        if name == "address" {
            let parts = ["street", "city", "region", "postcode", "country"].map(|part| self.answers.get(part));
            return parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ");
        }
        form::find(claimant::FORM, name)
            .map_or_else(|| self.answers.get(name).to_owned(), |field| answer_in_words(field, &self.answers))
    }
}

/// The label of a question, or how it is called here.
fn label(name: &str) -> &str {
    match name {
        "address" => "Address",
        "kind" => "Kind",
        "capacity" => "Files as",
        "citizenship" => "Citizenship",
        "organised_in" => "Organised in",
        "principal_place" => "Principal place of business",
        _ => form::find(claimant::FORM, name).map_or(name, |field| field.label),
    }
}

/// The records as a table, one row a question.
pub(super) fn table(records: &[Record; 2], currency: Currency, zone: &str) -> impl IntoView + use<> {
    let [a, b] = records;
    let asked = COMPARED.iter().map(|name| (label(name), a.answer(name), b.answer(name), *name == "legal_name"));
    let people = [
        ("Signed by", a.signed.clone(), b.signed.clone(), false),
        ("Filed from the account of", a.accounts.clone(), b.accounts.clone(), false),
    ];
    let rows: Vec<_> = asked
        .chain(people)
        .filter(|(_, a, b, _)| !a.is_empty() || !b.is_empty())
        .map(|(label, a, b, name)| row(label, &a, &b, name))
        .collect();
    let own = [
        ("Claimed, gross", records.each_ref().map(|record| view! { <Amount minor=record.gross currency/> }.into_any())),
        (
            "Status",
            records.each_ref().map(|record| ClaimStatus::parse(&record.status).map(ClaimStatus::word).into_any()),
        ),
        ("First filed", records.each_ref().map(|record| filed(record, zone).into_any())),
    ];
    let own: Vec<_> = own
        .into_iter()
        .map(|(label, [a, b])| view! { <tr><th scope="row">{label}</th><td>{a}</td><td>{b}</td><td></td></tr> })
        .collect();
    let [a, b] = records.each_ref().map(|record| record.number.clone());
    view! {
        <Table caption="The two records" quiet=true class="dense compared">
            <thead>
                <tr>
                    <th scope="col">"Question"</th>
                    <th scope="col">{a}</th>
                    <th scope="col">{b}</th>
                    <th scope="col">"Compared"</th>
                </tr>
            </thead>
            <tbody>{rows}{own}</tbody>
        </Table>
    }
}

/// When a claim came in, as the register says it, and when the version that is compared did.
fn filed(record: &Record, zone: &str) -> impl IntoView + use<> {
    let later = record.later.map(|(version, at)| {
        let words = format!("version {version}: {}", frame::short_moment(at, zone));
        view! { " "<span class="detail">{words}</span> }
    });
    view! { {frame::short_moment(record.first, zone)}{later} }
}

fn row(label: &str, a: &str, b: &str, name: bool) -> AnyView {
    let words = compared(a, b, name);
    let label = label.to_owned();
    let cell = |text: &str, other: &str| {
        if text.is_empty() {
            return view! { <span class="none">"Not given"</span> }.into_any();
        }
        let marked = matches!(words, "different" | BUT_FOR_THE_FORM);
        let parts: Vec<_> = text
            .split_inclusive(char::is_whitespace)
            .map(|word| {
                let (word, known) = (word.to_owned(), !marked || keys(other).contains(&key(word)));
                if known {
                    return word.into_any();
                }
                let end = word.trim_end().len();
                let (word, space) = word.split_at(end);
                view! { <mark>{word.to_owned()}</mark>{space.to_owned()} }.into_any()
            })
            .collect();
        view! { <span class="lines">{parts}</span> }.into_any()
    };
    let verdict = if words == "different" { view! { <strong>{words}</strong> }.into_any() } else { words.into_any() };
    view! { <tr><th scope="row">{label}</th><td>{cell(a, b)}</td><td>{cell(b, a)}</td><td>{verdict}</td></tr> }
        .into_any()
}

const BUT_FOR_THE_FORM: &str = "the same but for the legal form";

/// How two answers compare, in words. The engine leaves legal forms out of names, and both tables of the page are to agree.
fn compared(a: &str, b: &str, name: bool) -> &'static str {
    if a.is_empty() || b.is_empty() {
        "only one says"
    } else if a == b {
        "the same"
    } else if keys(a) == keys(b) {
        "the same words"
    } else if name && without_form(a) == without_form(b) {
        BUT_FOR_THE_FORM
    } else if same_number(a, b) {
        "the same number"
    } else {
        "different"
    }
}

/// Whether both are a number that one of them writes with more in front: a telephone with and without its country.
fn same_number(a: &str, b: &str) -> bool {
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let plain = |text: &str| !text.chars().any(char::is_alphabetic);
    let (a_digits, b_digits) = (digits(a), digits(b));
    let (short, long) = if a_digits.len() < b_digits.len() { (a_digits, b_digits) } else { (b_digits, a_digits) };
    plain(a) && plain(b) && short.len() >= 7 && long.ends_with(&short)
}

/// A word without case and punctuation.
fn key(word: &str) -> String {
    word.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn keys(text: &str) -> BTreeSet<String> {
    text.split_whitespace().map(key).filter(|word| !word.is_empty()).collect()
}

/// The words of a name but for its legal form, which never comes first.
fn without_form(name: &str) -> BTreeSet<String> {
    let words = name.split_whitespace().map(key).filter(|word| !word.is_empty());
    words.enumerate().filter(|(at, word)| *at == 0 || class(word) != Class::LegalForm).map(|(_, word)| word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_differ_are_marked_and_others_are_not() {
        // Leptos marks where texts and elements meet.
        let html = row("Name", "Jay Records LLC", "JAY Recordings, LLC", true).to_html().replace("<!>", "");
        assert!(html.contains("<mark>Records</mark>") && html.contains("<mark>Recordings,</mark>"), "{html}");
        assert!(!html.contains("<mark>Jay") && html.contains("different"), "{html}");
        for (a, b, words) in [
            ("Jay Records", "JAY RECORDS.", "the same words"),
            ("Jay Records, L.L.C.", "Jay Records Inc", BUT_FOR_THE_FORM),
            ("Co Records", "Records", "different"),
            ("+1 503 555 0143", "(503) 555-0143", "the same number"),
            ("+1 503 555 0143", "(503) 555-0144", "different"),
            ("a", "a", "the same"),
            ("a", "", "only one says"),
        ] {
            assert_eq!(compared(a, b, true), words);
        }
        assert_eq!(compared("Lisbon SA", "Lisbon", false), "different");
        assert!(!row("Name", "<script>", "x", false).to_html().contains("<script"));
    }
}
