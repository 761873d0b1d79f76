//! Where a letter of counsel is, from draft to what came of it.

use chrono::NaiveDate;

use super::LetterKind;
use crate::{
    intake::{Answers, Choice, Field, FieldError, Kind, Reader, Section},
    money::Currency,
    period::show_day,
};

/// A state of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// Made, not sent.
    Drafted,
    /// Sent to who is to sign or to answer it.
    Sent,
    /// Signed by the directing party.
    Signed,
    /// Accepted by the payor.
    Accepted,
    /// The payor pays the claimant.
    Paying,
    /// A demand was refused, or not answered in time.
    Refused,
    /// The copies came back.
    Returned,
}

impl State {
    const ALL: [Self; 7] =
        [Self::Drafted, Self::Sent, Self::Signed, Self::Accepted, Self::Paying, Self::Refused, Self::Returned];

    /// The name in storage.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Drafted => "drafted",
            Self::Sent => "sent",
            Self::Signed => "signed",
            Self::Accepted => "accepted",
            Self::Paying => "paying",
            Self::Refused => "refused",
            Self::Returned => "returned",
        }
    }

    /// The name on pages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Drafted => "Drafted",
            Self::Sent => "Sent",
            Self::Signed => "Signed",
            Self::Accepted => "Accepted",
            Self::Paying => "Paying",
            Self::Refused => "Refused",
            Self::Returned => "Returned",
        }
    }

    /// Reads [`Self::key`].
    #[must_use]
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.key() == key)
    }

    /// The states that may follow.
    #[must_use]
    pub const fn next(self, kind: LetterKind) -> &'static [Self] {
        match (kind, self) {
            (LetterKind::Receipt, _) => &[],
            (_, Self::Drafted) => &[Self::Sent],
            (LetterKind::Direction, Self::Sent) => &[Self::Signed],
            (_, Self::Signed) => &[Self::Accepted],
            (_, Self::Accepted) => &[Self::Paying],
            (LetterKind::Return, Self::Sent) => &[Self::Refused, Self::Returned],
            (_, Self::Refused) => &[Self::Returned],
            (_, Self::Paying | Self::Returned) => &[],
        }
    }
}

const DIRECTION_STATES: &[Choice] = &[
    ("drafted", "Drafted"),
    ("sent", "Sent to the distributor"),
    ("signed", "Signed by the distributor"),
    ("accepted", "Accepted by the aggregator"),
    ("paying", "The aggregator pays the claimant"),
];
const RETURN_STATES: &[Choice] = &[
    ("drafted", "Drafted"),
    ("sent", "Sent"),
    ("refused", "Refused, or not answered"),
    ("returned", "The copies came back"),
];
const DAY: Field = Field::required("day", "On", Kind::Day).hint("The day on which it happened, like 4 March 2026.");
const NOTE: Field = Field::optional("note", "Note, or reason", Kind::LongText(1_000))
    .hint("Needed when you correct: when the state goes back, leaves one out, or stays the same with another day. Claimants read it.");

/// The form below a letter of direction.
pub const DIRECTION_STEP: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[Field::required("state", "The letter is now", Kind::Select(DIRECTION_STATES)), DAY, NOTE],
}];

/// The form below a demand for return.
pub const RETURN_STEP: &[Section] = &[Section {
    title: "",
    intro: "",
    fields: &[Field::required("state", "The letter is now", Kind::Select(RETURN_STATES)), DAY, NOTE],
}];

/// A step of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepTaken {
    /// The new state.
    pub state: State,
    /// The day on which it happened.
    pub day: NaiveDate,
    /// Note, or the reason of a correction.
    pub note: String,
    /// Whether it corrects what was said before.
    pub correction: bool,
}

/// Reads a step of a letter that is in `state` since `since`. `withdrawn` is the day on which the claim was withdrawn, if it is; `today`
/// is the day in the zone of the case.
///
/// For a withdrawn claim nothing more should go out. What happened before that day is entered as ever. What happened on it or later is
/// taken only with a note: by mistake, crossing in the post, or by somebody else it can happen, and the record must tell what did.
///
/// # Errors
/// Every field that is wrong.
pub fn read_step(
    kind: LetterKind,
    (state, since): (State, NaiveDate),
    withdrawn: Option<NaiveDate>,
    answers: &Answers,
    today: NaiveDate,
) -> Result<StepTaken, Vec<FieldError>> {
    let form = if kind == LetterKind::Return { RETURN_STEP } else { DIRECTION_STEP };
    let mut reader = Reader::new(form, answers, Currency::USD);
    let to = reader.text("state").and_then(|key| State::parse(&key));
    let (day, note) = (reader.day("day"), reader.text("note").unwrap_or_default());
    let forward = to.is_some_and(|to| state.next(kind).contains(&to));
    if let Some(day) = day {
        if day > today {
            reader.error("day", format!("This day lies in the future; today is {}.", show_day(today)));
        } else if forward && day < since {
            reader.error(
                "day",
                format!(
                    "The letter is “{}” since {}: give that day or a later one.",
                    state.word().to_lowercase(),
                    show_day(since)
                ),
            );
        }
    }
    if to == Some(state) && day == Some(since) {
        reader.error("state", format!("It is “{}” since that day already.", state.word().to_lowercase()));
    } else if to.is_some() && !forward && note.is_empty() && !reader.has_error("note") {
        let next: Vec<String> =
            state.next(kind).iter().map(|next| format!("“{}”", next.word().to_lowercase())).collect();
        let after = if next.is_empty() {
            "Nothing follows".to_owned()
        } else {
            format!("What follows is {}", next.join(" or "))
        };
        reader.error("note", format!("{after} after “{}”. Say why you correct it.", state.word().to_lowercase()));
    } else if let Some(withdrawn) = withdrawn.filter(|withdrawn| day.is_some_and(|day| day >= *withdrawn))
        && to.is_some()
        && note.is_empty()
        && !reader.has_error("note")
    {
        let day = show_day(withdrawn);
        reader.error(
            "note",
            format!("The claim was withdrawn on {day}. If this happened all the same, say how. If it happened before, give that day."),
        );
    }
    let read = to.zip(day).map(|(state, day)| StepTaken { state, day, note, correction: !forward });
    reader.finish(read)
}
