//! The public variant of a filing: persons by their initials, places by city and country, no contacts, no documents.
//!
//! Whatever people typed freely may hold a name, an address or a number, so it is left out, or scrubbed of everything that the
//! claims of the filing give as a name, e-mail, telephone or street. Fed. R. Civ. P. 5.2 names what court filings must not show.

use aho_corasick::BuildError;

use super::{
    Contents, Match,
    secrets::{Collected, Secrets},
};
use crate::{
    frozen::FrozenLine,
    intake::{Answers, steps::Step},
};

/// Answers of the step on the claimant that anybody may read.
const SHOWN: [&str; 7] = ["kind", "city", "region", "country", "citizenship", "organised_in", "decedent_citizenship"];

/// Answers of a line that anybody may read.
const SHOWN_OF_LINES: [&str; 9] =
    ["channel", "period_from", "period_to", "as_of", "basis", "loss", "letter_state", "money_state", "quantity"];

/// Answers on the agreement that anybody may read: choices, days and numbers, and the state, which is scrubbed.
const SHOWN_OF_AGREEMENT: [&str; 13] = [
    "has_agreement",
    "agreement_date",
    "ucc_filed",
    "ucc_state",
    "ucc_date",
    "lender_notified",
    "large_deliveries",
    "late_shipments",
    "terminated_on",
    "return_demanded_on",
    "refusal_on",
    "heard_on",
    "buy_back_offered",
];

/// The initials of a name: `M. P.`
#[must_use]
pub fn initials(name: &str) -> String {
    let letters =
        name.split(|c: char| c.is_whitespace() || c == '-').filter_map(|word| word.chars().find(|c| c.is_alphabetic()));
    letters.map(|letter| format!("{}.", letter.to_uppercase())).collect::<Vec<_>>().join(" ")
}

/// A person's name as anybody may read it: its initials, and of an estate that it is one.
fn shortened(name: &str) -> String {
    match of_estate(name) {
        Some(person) => format!("Estate of {}", initials(person)),
        None => initials(name),
    }
}

/// The person of whom a name says that it is their estate: “Estate of Ann Gray”, “The Ann Gray Estate”.
fn of_estate(name: &str) -> Option<&str> {
    let trimmed = name.trim();
    let lower = trimmed.to_ascii_lowercase();
    let the = if lower.starts_with("the ") { 4 } else { 0 };
    let (rest, lower) = (&trimmed[the..], &lower[the..]);
    let person = if lower.starts_with("estate of ") {
        &rest["estate of ".len()..]
    } else if lower.ends_with(" estate") {
        &rest[..rest.len() - " estate".len()]
    } else {
        return None;
    };
    let person = person.trim();
    (!person.is_empty()).then_some(person)
}

/// What stands before the declaration on method in the public variant: it was written for the full filing, and speaks of files and
/// reasons that are there alone.
fn preface(contents: &Contents) -> String {
    format!(
        "This is the public variant of the filing. It leaves out addresses and contacts, the names of persons but for their \
         initials, what claimants typed freely, the exhibits and other files of claimants, and who made each decision, when and for what reason. \
         All of that stands in the full filing, whose file “filing.json” has the SHA-256 hash {}. Where the declaration below speaks of exhibits, of what a \
         claimant signed, or of the reason of a decision, it speaks of the full filing.",
        contents.sha256
    )
}

/// The filing as anybody may read it. Amounts, hashes and numbers stay.
///
/// # Errors
/// If there are more secrets than can be looked for, which is beyond what a filing holds.
pub fn redact(contents: &Contents) -> Result<Contents, BuildError> {
    let secrets = secrets(contents)?;
    let mut public = contents.clone();
    public.public = true;
    for claim in &mut public.claims {
        let person = is_person(claim.answer(Step::Claimant, "kind"));
        let name = claim.claimant().to_owned();
        let shown = if person { shortened(&name) } else { secrets.scrub(&name) };
        let mut answers = keep(claim.claim.answers.get(Step::Claimant.key()), &SHOWN);
        if !person {
            answers.set("principal_place", claim.answer(Step::Claimant, "principal_place"));
        }
        answers.set("legal_name", shown);
        for field in
            ["city", "region", "country", "citizenship", "organised_in", "principal_place", "decedent_citizenship"]
        {
            let typed = secrets.scrub(answers.get(field));
            answers.set(field, typed);
        }
        claim.claim.answers.insert(Step::Claimant.key().to_owned(), answers);
        let mut agreement = keep(claim.claim.answers.get(Step::Agreement.key()), &SHOWN_OF_AGREEMENT);
        let state = secrets.scrub(agreement.get("ucc_state"));
        agreement.set("ucc_state", state);
        claim.claim.answers.insert(Step::Agreement.key().to_owned(), agreement);
        claim.claim.answers.remove(Step::Others.key());
        claim.claim.declaration.name = initials(&claim.claim.declaration.name);
        claim.claim.declaration.client_address.clear();
        // That a claim came late stays; the reason was typed freely.
        if let Some(reason) = &mut claim.claim.declaration.late_reason {
            reason.clear();
        }
        for line in &mut claim.claim.lines {
            redact_line(line, &secrets);
        }
        for document in &mut claim.claim.documents {
            document.name.clear();
            document.proves.clear();
        }
    }
    for exhibit in &mut public.filing.exhibits {
        // A name of a file is often a person's. What is left names the exhibit all the same.
        exhibit.name = format!("Exhibit {}", exhibit.exhibit);
    }
    for withdrawn in &mut public.filing.withdrawn {
        withdrawn.claimant = shortened(&withdrawn.claimant);
        withdrawn.reason.clear();
    }
    for Match { by, release, decided_as, .. } in &mut public.filing.matches {
        by.clear();
        *release = secrets.scrub(release);
        *decided_as = secrets.scrub(decided_as);
    }
    for overlap in &mut public.filing.overlaps {
        overlap.subject = secrets.scrub(&overlap.subject);
    }
    public.filing.case.contact.clear();
    public.filing.settings.declarant.clear();
    public.filing.settings.declaration = format!("{}\n\n{}", preface(contents), contents.filing.settings.declaration);
    Ok(public)
}

/// Whether names of this kind of claimant are persons' names.
fn is_person(kind: &str) -> bool {
    matches!(kind, "person" | "estate")
}

fn keep(answers: Option<&Answers>, fields: &[&str]) -> Answers {
    let empty = Answers::default();
    let answers = answers.unwrap_or(&empty);
    fields.iter().fold(Answers::default(), |kept, field| kept.with(field, answers.get(field)))
}

fn redact_line(line: &mut FrozenLine, secrets: &Secrets) {
    line.answers = keep(Some(&line.answers), &SHOWN_OF_LINES);
    let release = &mut line.release;
    for text in [&mut release.artist, &mut release.title, &mut release.label, &mut release.catalogue_number] {
        if let Some(typed) = text {
            *text = Some(secrets.scrub(typed)).filter(|left| !left.is_empty());
        }
    }
    for cited in &mut line.evidence {
        cited.document.clear();
        if super::bates::cited_pages(&cited.place, i64::MAX).is_none() {
            cited.place.clear();
        }
    }
}

/// Everything that must not be read: names of persons, e-mails, telephones, streets, of all claims.
fn secrets(contents: &Contents) -> Result<Secrets, BuildError> {
    let mut secrets = Collected::default();
    for claim in &contents.claims {
        if is_person(claim.answer(Step::Claimant, "kind")) {
            secrets.name(claim.claimant());
            // Whose estate it is, is named without that word too.
            secrets.name(of_estate(claim.claimant()).unwrap_or_default());
        }
        secrets.name(claim.answer(Step::Claimant, "contact"));
        secrets.name(&claim.claim.declaration.name);
        for field in ["email", "phone", "street"] {
            secrets.contact(claim.answer(Step::Claimant, field));
        }
    }
    // Of those who withdrew, it is no longer known who is a person: a name of one word may stand in many titles.
    let is_shown = |name: &str| contents.claims.iter().any(|claim| claim.claimant() == name);
    for withdrawn in contents.filing.withdrawn.iter().filter(|withdrawn| !is_shown(&withdrawn.claimant)) {
        if withdrawn.claimant.split_whitespace().nth(1).is_some() {
            secrets.name(&withdrawn.claimant);
        }
    }
    secrets.ready()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_of_names() {
        assert_eq!(initials("Mark Powell"), "M. P.");
        assert_eq!(initials("Anne-Sophie von Otter"), "A. S. V. O.");
        assert_eq!(initials("Élan"), "É.");
        assert_eq!(initials(""), "");
        assert_eq!(shortened("Estate of Ann O. Gray"), "Estate of A. O. G.");
        assert_eq!(shortened("The estate of Ann Gray"), "Estate of A. G.");
        assert_eq!(shortened("Ann Gray Estate"), "Estate of A. G.");
        assert_eq!((shortened("Estate Of "), shortened("Mark Powell")), ("E. O.".to_owned(), "M. P.".to_owned()));
    }
}
