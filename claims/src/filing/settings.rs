//! What counsel set for the filings of a case.

use serde::{Deserialize, Serialize};

use super::bates::Bates;
use crate::{
    declaration::Forum,
    intake::{Answers, Field, FieldError, Kind, Reader, Section, form::Choice},
    money::Currency,
};

/// The declaration on method, with places for what depends on the forum.
const DECLARATION: &str = "This filing was made from the records of the claims portal as of the moment stated on its first page, \
read at one time and frozen. Each claim is the version that its claimant signed under penalty of perjury and that was in force at that moment; \
later changes are not in it.\n\n\
Every amount is a whole number of minor units. Foreign amounts were converted once, line by line, at the rate of the valuation date, and rounded \
half to even; both amounts are kept. Amounts of stock on different bases of value are never added together; the total counts stock on the basis \
that is named in the summary. Interest and costs are kept apart from every amount{interest}.\n\n\
Schedules A to D are summaries{summaries}. Each line names the pages that prove it by Bates range; a line that names none \
rests on the declaration of its claimant alone and is marked “sworn only”. The exhibits are the files as claimants uploaded them; each is identified \
by its SHA-256 hash (FIPS 180-4).\n\n\
Claims that may be of one claimant, or about the same money, were found by comparing them field by field and weighing agreement and disagreement \
(probabilistic record linkage). No claim was merged or reduced by the program: a person decided, each decision is listed, in the full filing with its reason, and what \
nobody has decided yet is shown as a range between the total with everything suspected removed and the total with nothing suspected removed.\n\n\
The sums of this filing were compared with the sums that the portal keeps, claim by claim and line by line, while it was made; it would not have \
been made if one of them differed. The manifest lists every file with its size and SHA-256 hash and is signed (Ed25519, RFC 8032).";

/// The declaration on method, as long as counsel have not written their own. It cites the rules of the court where the case is, or would
/// be, heard; of a court whose rules are not known, none.
#[must_use]
pub fn declaration(forum: Forum) -> String {
    let (interest, summaries) = match forum {
        Forum::Federal => (" (28 U.S.C. § 1332(a), (d)(6))", " under Federal Rule of Evidence 1006"),
        Forum::Oregon => ("", " under Rule 1006 of the Oregon Evidence Code (ORS 40.575)"),
        Forum::Other => ("", ""),
    };
    DECLARATION.replace("{interest}", interest).replace("{summaries}", summaries)
}

/// The declaration that is offered now, if what counsel saved is the one that was offered before it was corrected: they have not written
/// their own. For Oregon it cited ORS 40.570 for Rule 1006, which is where Rule 1005 is.
#[must_use]
pub fn corrected(saved: &str) -> Option<String> {
    let offered = declaration(Forum::Oregon);
    (saved == offered.replace("ORS 40.575", "ORS 40.570")).then_some(offered)
}

/// How the declaration on method is sworn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sworn {
    /// Under penalty of perjury, by somebody who signs within the United States.
    Within,
    /// Under penalty of perjury, by somebody who signs elsewhere.
    Abroad,
    /// Not at all, as filings were before they could be.
    #[default]
    No,
}

/// How it can be sworn.
const SWORN: &[Choice] = &[
    ("within", "Under penalty of perjury, signed in the United States"),
    ("abroad", "Under penalty of perjury, signed outside the United States"),
    ("no", "Not sworn"),
];

/// The form.
pub const FORM: &[Section] = &[
    Section {
        title: "Exhibits",
        intro: "Bates numbers stand on every page of an exhibit and stay the same in later filings. Prefix and width cannot be changed once a filing was built.",
        fields: &[
            Field::required("bates_prefix", "Bates prefix", Kind::Text(10)).hint("Letters and digits, like ALG."),
            Field::required("bates_width", "Digits", Kind::Units)
                .hint("4 to 9; six digits are enough for a million pages."),
            Field::required("volume_mb", "Largest volume, in MB", Kind::Units)
                .hint("What the court takes as one upload. Volumes of exhibits are split under it."),
        ],
    },
    Section {
        title: "Declaration on method",
        intro: "",
        fields: &[
            Field::required("declaration", "Text", Kind::LongText(20_000))
                .hint("An empty line begins a paragraph. Whoever signs it should be able to swear to it."),
            Field::optional("sworn", "How it is sworn", Kind::Radio(SWORN))
                .hint("Above the signature stand the words of 28 U.S.C. § 1746, “I declare under penalty of perjury that the foregoing is true and correct. Executed on …”, or those of ORCP 1 E in a case of the State of Oregon."),
            Field::optional("declarant", "Name and title of who signs", Kind::Text(200)),
        ],
    },
];

/// What [`FORM`] says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FilingSettings {
    /// Letters before Bates numbers.
    pub bates_prefix: String,
    /// Digits of Bates numbers.
    pub bates_width: i64,
    /// Largest volume of exhibits, in megabytes (10⁶ bytes).
    pub volume_mb: i64,
    /// Declaration on method.
    pub declaration: String,
    /// How it is sworn.
    #[serde(default)]
    pub sworn: Sworn,
    /// Who signs it; empty for a blank line.
    pub declarant: String,
}

impl FilingSettings {
    /// How Bates numbers are written.
    #[must_use]
    pub fn bates(&self) -> Bates {
        Bates { prefix: self.bates_prefix.clone(), width: usize::try_from(self.bates_width).unwrap_or(6) }
    }
}

/// What a case begins with, at the court where it is, or would be, heard.
#[must_use]
pub fn defaults(claim_prefix: &str, forum: Forum) -> Answers {
    Answers::default()
        .with("bates_prefix", claim_prefix)
        .with("bates_width", "6")
        .with("volume_mb", "35")
        .with("declaration", declaration(forum))
        .with("sworn", "within")
}

/// Reads the form.
///
/// # Errors
/// Every field that is wrong.
pub fn read_settings(answers: &Answers) -> Result<FilingSettings, Vec<FieldError>> {
    let mut reader = Reader::new(FORM, answers, Currency::USD);
    if reader.text("bates_prefix").is_some_and(|prefix| !prefix.bytes().all(|b| b.is_ascii_alphanumeric())) {
        reader.error("bates_prefix", "Use letters and digits only, like ALG.");
    }
    if reader.units("bates_width").is_some_and(|width| !(4..=9).contains(&width)) {
        reader.error("bates_width", "Choose 4 to 9 digits.");
    }
    if reader.units("volume_mb").is_some_and(|mb| !(1..=2_000).contains(&mb)) {
        reader.error("volume_mb", "Choose 1 to 2,000 MB.");
    }
    let settings = (|| {
        Some(FilingSettings {
            bates_prefix: reader.text("bates_prefix")?,
            bates_width: reader.units("bates_width")?,
            volume_mb: reader.units("volume_mb")?,
            declaration: reader.text("declaration")?,
            // Settings that were saved before it was asked have no answer: a declaration is sworn unless counsel say otherwise.
            sworn: match answers.get("sworn") {
                "abroad" => Sworn::Abroad,
                "no" => Sworn::No,
                _ => Sworn::Within,
            },
            declarant: reader.text("declarant").unwrap_or_default(),
        })
    })();
    reader.finish(settings)
}
