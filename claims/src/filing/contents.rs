//! A filing with the sent versions it names, read and checked.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{ClaimRef, Exhibit, Figures, Filing, too_large};
use crate::{
    Instant,
    frozen::{FrozenClaim, FrozenLine},
    intake::steps::Step,
    totals::{self, Addend, Total},
};

/// A filing with its claims.
#[derive(Debug, Clone)]
pub struct Contents {
    /// What is frozen.
    pub filing: Filing,
    /// Hash of its canonical text.
    pub sha256: String,
    /// Its claims in order.
    pub claims: Vec<FiledClaim>,
    /// Whether this is the variant that anybody may read, which leaves out what the full one has.
    pub public: bool,
}

/// A claim with the version that was filed.
#[derive(Debug, Clone)]
pub struct FiledClaim {
    /// How the filing names it.
    pub of: ClaimRef,
    /// What was signed.
    pub claim: FrozenClaim,
    /// Whether the version in force came after the deadline that holds: it was signed with a reason then. The register tells it too.
    pub late: bool,
}

impl FiledClaim {
    /// A claim of a filing in a case with this deadline; `None` for a filing that does not keep it.
    #[must_use]
    pub fn new(of: ClaimRef, claim: FrozenClaim, deadline: Option<Instant>) -> Self {
        let late = claim.declaration.late_reason.is_some() && deadline.is_none_or(|at| claim.received_at >= at);
        Self { of, claim, late }
    }

    /// An answer of a step, as typed.
    #[must_use]
    pub fn answer(&self, step: Step, field: &str) -> &str {
        self.claim.answers.get(step.key()).map_or("", |answers| answers.get(field))
    }

    /// Legal name of the claimant.
    #[must_use]
    pub fn claimant(&self) -> &str {
        self.answer(Step::Claimant, "legal_name")
    }

    /// The citizenship of the person whose estate claims; `None` for other claimants, and for estates that signed while they were
    /// asked what a company is.
    #[must_use]
    pub fn of_the_decedent(&self) -> Option<&str> {
        let decedent = self.answer(Step::Claimant, "decedent_citizenship");
        (self.answer(Step::Claimant, "kind") == "estate" && !decedent.is_empty()).then_some(decedent)
    }

    /// Why it came late; empty where it did not, and where the public reads.
    #[must_use]
    pub fn late_reason(&self) -> &str {
        self.claim.declaration.late_reason.as_deref().filter(|_| self.late).unwrap_or_default()
    }

    /// Citizenship: of a person the state or country, of an estate that of the person who died; of others those of organisation and
    /// of the principal place.
    #[must_use]
    pub fn citizenship(&self) -> String {
        if self.answer(Step::Claimant, "kind") == "person" {
            return self.answer(Step::Claimant, "citizenship").to_owned();
        }
        if let Some(decedent) = self.of_the_decedent() {
            return decedent.to_owned();
        }
        let both = [self.answer(Step::Claimant, "organised_in"), self.answer(Step::Claimant, "principal_place")];
        both.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

/// What the portal keeps beside the signed text of a version, to be compared with it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Portal {
    /// Kept sums.
    pub totals: Vec<Total>,
    /// Amounts of lines in the case's currency, by line.
    pub lines: BTreeMap<i64, i64>,
}

/// Sums that differ: the filing is not made, and this says where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    /// A version is not what was signed.
    #[error(
        "The text of claim {claim}, version {version}, is not the one that was signed: its hash is another. Restore the database from a backup, or withdraw the claim; nothing was built."
    )]
    Text {
        /// Claim.
        claim: String,
        /// Version.
        version: i64,
    },
    /// A line has another amount in the portal than in the signed version.
    #[error(
        "Line {line} of claim {claim} was signed with {signed}, but the portal keeps {kept}. Compare both on the page of the claim; nothing was built."
    )]
    Line {
        /// Claim.
        claim: String,
        /// Line.
        line: i64,
        /// What was signed.
        signed: String,
        /// What is kept.
        kept: String,
    },
    /// Lines do not add up to what was kept.
    #[error(
        "The lines of claim {claim} in {category} add up to {lines}, but the portal keeps the sum {kept}. Compare line by line on the page of the claim; nothing was built."
    )]
    Sum {
        /// Claim.
        claim: String,
        /// Category and basis.
        category: String,
        /// Sum of the lines.
        lines: String,
        /// Kept sum.
        kept: String,
    },
    /// Claims ask for more than can be added up.
    #[error(
        "The claims cannot be added up: all of them together come to more than {most} in {what}. Most of it is in claim {claim}: look whether its amounts can be right, and have it amended or withdrawn; nothing was built."
    )]
    TooLarge {
        /// What is too large.
        what: &'static str,
        /// The most that can be added up.
        most: String,
        /// The claim that has most of it.
        claim: String,
    },
    /// The claims do not add up to the figures of the case.
    #[error(
        "The claims add up to {claims}, but the portal shows {kept} as {figure}. Run “recoup doctor” and build again; nothing was built."
    )]
    Figures {
        /// Which figure.
        figure: &'static str,
        /// Sum of the claims.
        claims: String,
        /// What the portal shows.
        kept: String,
    },
}

impl Contents {
    /// Puts the versions into a filing, in the order of its claims, and checks that they are the ones it names.
    ///
    /// # Errors
    /// A version that is missing, damaged, or another than the one that was signed.
    pub fn new(filing: Filing, sha256: String, texts: &[String]) -> Result<Self, Mismatch> {
        let mut claims = Vec::with_capacity(filing.claims.len());
        for (place, of) in filing.claims.iter().enumerate() {
            let other = || Mismatch::Text { claim: of.number.clone(), version: of.version };
            let text = texts.get(place).ok_or_else(other)?;
            if data_encoding::HEXLOWER.encode(&Sha256::digest(text.as_bytes())) != of.sha256 {
                return Err(other());
            }
            let claim = FrozenClaim::read(text).map_err(|_| other())?;
            claims.push(FiledClaim::new(of.clone(), claim, filing.case.deadline_at));
        }
        Ok(Self { filing, sha256, claims, public: false })
    }

    /// Compares every line and every sum with what the portal keeps, claim by claim, and their figures with the case's. What is too large
    /// to be added up is found first, so that nobody who adds up what was checked meets it.
    ///
    /// # Errors
    /// The first difference, or what is too large.
    pub fn check(&self, portal: &[Portal]) -> Result<(), Mismatch> {
        too_large::check(self)?;
        let currency = self.filing.case.currency;
        let mut sum = Figures::default();
        for (claim, kept) in self.claims.iter().zip(portal) {
            check_lines(claim, kept)?;
            let lines = add_up(claim);
            for (category, basis) in
                lines.iter().chain(&kept.totals).chain(&claim.claim.totals).map(|total| (total.category, total.basis))
            {
                let of = |totals: &[Total]| {
                    let found = totals.iter().find(|total| (total.category, total.basis) == (category, basis));
                    found.copied().unwrap_or(Total::zero(category, basis))
                };
                let (counted, kept, signed) = (of(&lines), of(&kept.totals), of(&claim.claim.totals));
                if counted != kept || counted != signed {
                    let basis = basis.map(|basis| format!(" at {}", basis.title())).unwrap_or_default();
                    return Err(Mismatch::Sum {
                        claim: claim.of.number.clone(),
                        category: format!("{}{basis}", category.title()),
                        lines: currency.show(counted.amount),
                        kept: currency.show(if counted == kept { signed.amount } else { kept.amount }),
                    });
                }
            }
            let counted = totals::counted(&lines, self.filing.case.filing_basis);
            let figures = claim.of.figures;
            if (counted.amount, counted.documented) != (figures.gross, figures.documented) {
                return Err(Mismatch::Sum {
                    claim: claim.of.number.clone(),
                    category: "all that counts".to_owned(),
                    lines: currency.show(counted.amount),
                    kept: currency.show(figures.gross),
                });
            }
            sum.gross += figures.gross;
            sum.confirmed += figures.confirmed;
            sum.suspected += figures.suspected;
            sum.documented += figures.documented;
        }
        let kept = self.filing.figures;
        for (figure, claims, kept) in [
            ("gross claimed", sum.gross, kept.gross),
            ("overlap removed", sum.confirmed, kept.confirmed),
            ("overlap suspected", sum.suspected, kept.suspected),
            ("documented", sum.documented, kept.documented),
        ] {
            if claims != kept {
                return Err(Mismatch::Figures { figure, claims: currency.show(claims), kept: currency.show(kept) });
            }
        }
        Ok(())
    }

    /// Exhibits by hash, to find many.
    #[must_use]
    pub fn exhibits(&self) -> BTreeMap<&str, &Exhibit> {
        self.filing.exhibits.iter().map(|exhibit| (exhibit.sha256.as_str(), exhibit)).collect()
    }

    /// Claims by number, to find many.
    #[must_use]
    pub fn by_number(&self) -> BTreeMap<&str, &FiledClaim> {
        self.claims.iter().map(|claim| (claim.of.number.as_str(), claim)).collect()
    }

    /// How many claims came late, and what they ask for together: it is in the figures like that of any other claim.
    #[must_use]
    pub fn late(&self) -> (usize, i64) {
        let late = self.claims.iter().filter(|claim| claim.late);
        late.fold((0, 0), |(claims, gross), claim| (claims + 1, gross + claim.of.figures.gross))
    }

    /// Every line with its claim, in order.
    pub fn lines(&self) -> impl Iterator<Item = (&FiledClaim, &FrozenLine)> {
        self.claims.iter().flat_map(|claim| claim.claim.lines.iter().map(move |line| (claim, line)))
    }
}

fn check_lines(claim: &FiledClaim, kept: &Portal) -> Result<(), Mismatch> {
    let currency = claim.claim.currency;
    let mut left = kept.lines.clone();
    for line in &claim.claim.lines {
        let found = left.remove(&line.line);
        if found != Some(line.amount_in_case) {
            return Err(Mismatch::Line {
                claim: claim.of.number.clone(),
                line: line.line,
                signed: currency.show(line.amount_in_case),
                kept: found.map_or_else(|| "no such line".to_owned(), |kept| currency.show(kept)),
            });
        }
    }
    match left.into_iter().next() {
        None => Ok(()),
        Some((line, kept)) => Err(Mismatch::Line {
            claim: claim.of.number.clone(),
            line,
            signed: "no such line".to_owned(),
            kept: currency.show(kept),
        }),
    }
}

/// The sums of a claim, counted anew from its lines.
fn add_up(claim: &FiledClaim) -> Vec<Total> {
    let addends = claim.claim.lines.iter().map(|line| Addend {
        category: line.category,
        basis: line.basis,
        amount: line.amount_in_case,
        interest: line.interest_in_case,
        costs: line.costs_in_case,
        units: line.units,
        documented: !line.evidence.is_empty(),
    });
    totals::add_up(addends).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{frozen, intake::Answers};

    #[test]
    fn an_estate_has_the_citizenship_that_was_signed_for_it() {
        let citizenship = |answers: &[(&str, &str)]| {
            let mut claim = frozen::example();
            let answers = answers.iter().fold(Answers::default(), |all, (name, answer)| all.with(name, *answer));
            claim.answers.insert(Step::Claimant.key().to_owned(), answers);
            let of = ClaimRef {
                number: claim.number.clone(),
                version: 1,
                sha256: String::new(),
                submitted_at: Instant::default(),
                sent_at: Instant::default(),
                figures: Figures::default(),
            };
            FiledClaim::new(of, claim, None).citizenship()
        };
        let company = [("organised_in", "Delaware"), ("principal_place", "Portland, Oregon")];
        let died = ("decedent_citizenship", "Oregon");
        assert_eq!(citizenship(&[("kind", "estate"), company[0], company[1], died]), "Oregon");
        // Signed before estates were asked of the person.
        assert_eq!(citizenship(&[("kind", "estate"), company[0], company[1]]), "Delaware; Portland, Oregon");
        assert_eq!(citizenship(&[("kind", "label"), company[0], company[1], died]), "Delaware; Portland, Oregon");
        assert_eq!(citizenship(&[("kind", "person"), ("citizenship", "Ohio"), died]), "Ohio");
    }
}
