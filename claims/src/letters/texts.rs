//! What counsel set for the letters of a case: to whom they go, and their words.

use chrono::NaiveDate;

use super::{LetterKind, Party, earlier, placeholders};
use crate::{
    frozen::FrozenClaim,
    intake::{Answers, Field, FieldError, Kind, Reader, Section, steps::Step},
    money::Currency,
};

// No name, title or address ends a sentence: many end in a full stop of their own, like “Inc.”.
const RECEIPT: &str = "We received the claim of {{ claimant }} in “{{ case }}” on {{ received }}. It has the number {{ number }}; this is version {{ version }}.\n\n\
What was sent is listed on these pages: what is claimed, the answers, the documents and the declaration. The SHA-256 hash is a fingerprint of it: who changes one letter gets another hash. \
Anybody can check it on the page /verify of this site.\n\n\
What happens next: counsel reviews the claims. If something is missing, you hear from them by mail. For questions, write to {{ contact }} and name the number {{ number }}.";

const DIRECTION: &str = "{{ distributor }} distributed recordings of {{ claimant }} under {{ agreement }}, and {{ aggregator }} collects what services pay for \
them and accounts to {{ distributor }} for it. {{ distributor }} has no further claim to these sums.\n\n\
{{ distributor }} therefore irrevocably directs {{ aggregator }}, with effect from {{ effective_date }}:\n\n\
1. to pay to {{ claimant }} all sums that have accrued and have not been paid out for the recordings in the schedule, {{ accrued }} as far as they are now known, \
including what is held in escrow;\n\n\
2. to pay to {{ claimant }} all sums that will accrue for these recordings from now on, and to send statements for them to {{ claimant }};\n\n\
3. to regard recordings of {{ claimant }} that the schedule does not name as covered by this letter once {{ claimant }} has named them in writing.\n\n\
Payment to {{ claimant }} discharges {{ aggregator }} towards {{ distributor }} to the amount paid. This letter can be changed only if {{ claimant }} consents in writing. \
Amounts in the schedule are those of claim {{ number }} in “{{ case }}”; the payor’s own records decide where they differ.";

const RETURN: &str = "You hold copies that {{ claimant }} delivered to {{ distributor }} under {{ agreement }}, whose words on consignment or title are quoted below. \
{{ claimant }} relies on these words and owns the copies.\n\n\
{{ claimant }} demands the return of {{ units }}, as the schedule lists them, free of charge and within 14 days of the date of this letter. {{ offer }}\n\n\
Until they are returned, please keep the copies apart from goods of others, sell, destroy and move none of them, and tell us in writing where they are and how many there are.\n\n\
All rights of {{ claimant }} are reserved, above all those in “{{ case }}”, claim {{ number }}.";

// It asserts nothing that a claim of held stock does not say.
const RETURN_WITHOUT_CLAUSE: &str = "Claim {{ number }} in “{{ case }}”, signed by {{ claimant }} under a declaration, is for stock held by {{ distributor }} or for it.\n\n\
{{ claimant }} demands the return of {{ units }}, as the schedule lists them, free of charge and within 14 days of the date of this letter. {{ offer }}\n\n\
If you hold that the copies belong to {{ distributor }}, to you or to somebody else, please tell us in writing within the same time on which agreement and which of its words you rely, and send us a copy.\n\n\
Until they are returned, please keep the copies apart from goods of others, sell, destroy and move none of them, and tell us in writing where they are and how many there are.\n\n\
All rights of {{ claimant }} are reserved, above all those in this claim.";

/// The form.
pub const FORM: &[Section] = &[
    Section {
        title: "To whom letters go",
        intro: "An empty address leaves room for it on the letter.",
        fields: &[
            Field::optional("distributor", "Distributor", Kind::Text(200))
                .hint("Who had the copies and signs letters of direction. Both kinds of letter need it."),
            Field::optional("distributor_address", "Address of the distributor", Kind::LongText(500)),
            Field::optional("aggregator", "Aggregator", Kind::Text(200))
                .hint("Who collects digital royalties. Letters of direction need it, and list the lines that name it."),
            Field::optional("aggregator_address", "Address of the aggregator", Kind::LongText(500)),
            Field::optional("effective_date", "Payments are directed from", Kind::Day)
                .hint("Leave it empty for the day on which the distributor signs."),
            Field::optional("holder", "Who holds the copies", Kind::Text(200))
                .hint("To whom demands for return go, which need it: the distributor, a warehouse, a liquidator."),
            Field::optional("holder_address", "Address of who holds the copies", Kind::LongText(500)),
        ],
    },
    Section {
        title: "Words",
        intro: "An empty line begins a paragraph. Placeholders are filled for each claim; above each text stand those that it may have. Letters that were made keep their words.",
        fields: &[
            Field::required("receipt", "Receipt", Kind::LongText(8_000))
                .hint("Placeholders: claimant, number, case, day, contact, version, received. Write them like {{ claimant }}."),
            Field::required("direction", "Letter of direction", Kind::LongText(8_000))
                .hint("Placeholders: claimant, number, case, day, contact, aggregator, distributor, agreement, effective_date, accrued."),
            Field::required("return", "Demand for return of stock", Kind::LongText(8_000))
                .hint("For claims with a written agreement and its words on title, which the letter quotes. Placeholders: claimant, number, case, day, contact, holder, distributor, agreement, units, offer."),
            Field::optional("return_without_clause", "The same for other claims", Kind::LongText(8_000))
                .hint("For claims that know of no written agreement or of no words on title: it says no more than such a claim supports. If it is empty, the words that every case begins with are used. The same placeholders."),
        ],
    },
];

/// What [`FORM`] says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Texts {
    /// Who signs letters of direction.
    pub distributor: Party,
    /// Who pays digital royalties.
    pub aggregator: Party,
    /// Who holds the copies.
    pub holder: Party,
    /// From which day on payments are directed.
    pub effective: Option<NaiveDate>,
    receipt: String,
    direction: String,
    demand: String,
    demand_without_clause: String,
}

impl Texts {
    /// The words of a kind of letter about a claim, with their placeholders. A demand for return relies on an agreement only where
    /// the claim has one with words on title.
    #[must_use]
    pub fn of(&self, kind: LetterKind, claim: &FrozenClaim) -> &str {
        match kind {
            LetterKind::Receipt => &self.receipt,
            LetterKind::Direction => &self.direction,
            LetterKind::Return if has_clause(claim) => &self.demand,
            LetterKind::Return => &self.demand_without_clause,
        }
    }

    /// What must be said before letters of a kind can be made; `None` if nothing is missing.
    #[must_use]
    pub fn missing(&self, kind: LetterKind) -> Option<&'static str> {
        match kind {
            LetterKind::Direction if self.aggregator.name.is_empty() => Some("who the aggregator is"),
            LetterKind::Direction if self.distributor.name.is_empty() => Some("who the distributor is"),
            LetterKind::Return if self.holder.name.is_empty() => Some("who holds the copies"),
            LetterKind::Return if self.distributor.name.is_empty() => Some("who the distributor is"),
            _ => None,
        }
    }
}

/// Whether a claim says that there is a written agreement, and gives its words on consignment or title.
fn has_clause(claim: &FrozenClaim) -> bool {
    has_agreement(claim)
        && claim.answers.get(Step::Agreement.key()).is_some_and(|answers| !answers.get("title_clause").is_empty())
}

/// Whether a claim says that there is a written agreement.
#[must_use]
pub fn has_agreement(claim: &FrozenClaim) -> bool {
    claim.answers.get(Step::Agreement.key()).is_some_and(|answers| answers.get("has_agreement") == "yes")
}

/// What a case begins with.
#[must_use]
pub fn defaults() -> Answers {
    Answers::default()
        .with("receipt", RECEIPT)
        .with("direction", DIRECTION)
        .with("return", RETURN)
        .with("return_without_clause", RETURN_WITHOUT_CLAUSE)
}

/// What counsel saved, with the words that are offered now where they had left those that were offered before: they have not written their
/// own.
#[must_use]
pub fn offered(mut saved: Answers) -> Answers {
    for (name, before, now) in [
        ("return", earlier::RETURN, RETURN),
        ("return_without_clause", earlier::RETURN_WITHOUT_CLAUSE, RETURN_WITHOUT_CLAUSE),
    ] {
        if saved.get(name).replace("\r\n", "\n") == before {
            saved.set(name, now);
        }
    }
    saved
}

/// The placeholders of a kind of letter with what each stands for, for the page.
#[must_use]
pub fn known_in_words(kind: LetterKind) -> Vec<(&'static str, &'static str)> {
    placeholders::known(kind).copied().collect()
}

/// Reads the form.
///
/// # Errors
/// Every field that is wrong; a placeholder that does not exist is named.
pub fn read_texts(answers: &Answers) -> Result<Texts, Vec<FieldError>> {
    read_by(Reader::new(FORM, answers, Currency::USD), answers)
}

/// Reads what was saved, with the meaning that its days had then.
///
/// # Errors
/// As [`read_texts`].
pub fn read_kept_texts(answers: &Answers) -> Result<Texts, Vec<FieldError>> {
    read_by(Reader::kept(FORM, answers, Currency::USD), answers)
}

fn read_by(mut reader: Reader<'_>, answers: &Answers) -> Result<Texts, Vec<FieldError>> {
    for (kind, name) in [
        (LetterKind::Receipt, "receipt"),
        (LetterKind::Direction, "direction"),
        (LetterKind::Return, "return"),
        (LetterKind::Return, "return_without_clause"),
    ] {
        if let Some(text) = reader.text(name)
            && let Err(wrong) = placeholders::check(kind, &text)
        {
            reader.error(name, wrong);
        }
    }
    let party = |name: &str| Party {
        name: answers.get(name).to_owned(),
        address: answers
            .get(&format!("{name}_address"))
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect(),
    };
    let text = |name: &str| answers.get(name).to_owned();
    let texts = Texts {
        distributor: party("distributor"),
        aggregator: party("aggregator"),
        holder: party("holder"),
        effective: reader.day("effective_date"),
        receipt: text("receipt"),
        direction: text("direction"),
        demand: text("return"),
        // Empty also where the words were saved before there were two.
        demand_without_clause: reader.text("return_without_clause").unwrap_or_else(|| RETURN_WITHOUT_CLAUSE.to_owned()),
    };
    reader.finish(Some(texts))
}
