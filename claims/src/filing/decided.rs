//! What people decided between two filings: what holds for each pair of claims, and for each release that they share, in one and
//! in the other.

use std::collections::{BTreeMap, BTreeSet};

use super::{Filing, Match, Moved};
use crate::Instant;

/// How many decisions were made between two filings, and how many were taken back.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Decided {
    /// On whether two claims are of one claimant.
    matches: usize,
    /// On whether two claims hold the same money.
    overlaps: usize,
    /// Taken back, of either kind.
    undone: usize,
}

impl Decided {
    /// What was decided and what was taken back, in sentences.
    pub(super) fn words(self) -> String {
        let many = |number: usize, one: &str, more: &str| match number {
            0 => None,
            1 => Some(format!("one {one}")),
            number => Some(format!("{} {more}", in_words(number))),
        };
        let parts = [many(self.matches, "match", "matches"), many(self.overlaps, "overlap", "overlaps")];
        let parts: Vec<String> = parts.into_iter().flatten().collect();
        let made = match (parts.is_empty(), self.matches + self.overlaps) {
            (true, _) => "No match and no overlap was decided in between.".to_owned(),
            (false, 1) => format!("{} was decided in between.", upper_first(&parts.join(" and "))),
            (false, _) => format!("{} were decided in between.", upper_first(&parts.join(" and "))),
        };
        match many(self.undone, "decision was", "decisions were") {
            None => made,
            Some(undone) => format!("{made} {} undone.", upper_first(&undone)),
        }
    }
}

/// A number as a sentence has it: small ones as words.
pub(super) fn in_words(number: usize) -> String {
    const SMALL: [&str; 13] =
        ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];
    let grouped = || crate::money::grouped_units(i64::try_from(number).unwrap_or(i64::MAX));
    SMALL.get(number).map_or_else(grouped, |word| (*word).to_owned())
}

fn upper_first(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Kind and numbers of two claims.
type Pair<'a> = (&'a str, &'a str, &'a str);

/// What was decided of a pair, release by release, with the moment where it is known; under the empty name what holds for every
/// release of which nothing else was said.
type Said<'a> = BTreeMap<&'a str, BTreeMap<&'a str, Option<Instant>>>;

/// How a release is named when it is compared: as it was when it was decided, whatever an amendment has named it since.
fn release(pair: &Match) -> &str {
    if pair.decided_as.is_empty() { &pair.release } else { &pair.decided_as }
}

fn read(filing: &Filing) -> BTreeMap<Pair<'_>, Said<'_>> {
    let mut pairs: BTreeMap<Pair<'_>, Said<'_>> = BTreeMap::new();
    // A pair that is still open was decided by nobody.
    for pair in filing.matches.iter().filter(|pair| pair.decision != "open") {
        let said = pairs.entry((&pair.kind, &pair.a, &pair.b)).or_default();
        said.entry(release(pair)).or_default().insert(&pair.decision, pair.decided_at);
    }
    pairs
}

/// What holds for a release: what was said of just that goes before what was said of all.
fn holds<'a>(said: &Said<'a>, release: &str) -> BTreeSet<&'a str> {
    let found = said.get(release).or_else(|| said.get(""));
    found.map(|decisions| decisions.keys().copied().collect()).unwrap_or_default()
}

/// Pairs on which somebody decided, decided otherwise or took a decision back in between. Where a claim left, its decisions left
/// with it, and nobody undid them; where it was taken up again, they came back with it, and nobody made them.
pub(super) fn decisions(rows: &mut Vec<Moved>, before: &Filing, after: &Filing) -> Decided {
    let (old, new) = (read(before), read(after));
    let filed = |filing: &Filing, number: &str| filing.claims.iter().any(|claim| claim.number == number);
    let nothing = Said::new();
    let mut told = Decided::default();
    for pair in old.keys().chain(new.keys()).copied().collect::<BTreeSet<_>>() {
        let (was, is) = (old.get(&pair).unwrap_or(&nothing), new.get(&pair).unwrap_or(&nothing));
        // Most pairs are as they were, and this is asked before claims are looked for.
        if was == is || !filed(after, pair.1) || !filed(after, pair.2) {
            continue;
        }
        let both_before = filed(before, pair.1) && filed(before, pair.2);
        let returned = |at: &Option<Instant>| !both_before && at.is_some_and(|at| at <= before.as_of);
        of_pair(rows, &mut told, pair, (was, is), (before, after), returned);
    }
    told
}

fn of_pair(
    rows: &mut Vec<Moved>,
    told: &mut Decided,
    pair: Pair<'_>,
    (was, is): (&Said<'_>, &Said<'_>),
    filings: (&Filing, &Filing),
    returned: impl Fn(&Option<Instant>) -> bool,
) {
    let (kind, a, b) = pair;
    let mut made = 0;
    let mut is = is.clone();
    for (release, decisions) in &mut is {
        let before = was.get(release);
        decisions.retain(|decision, at| {
            let known = before.is_some_and(|before| before.contains_key(decision));
            made += usize::from(!known && !returned(at));
            known || !returned(at)
        });
    }
    // What came back with its claim is no change of either filing.
    is.retain(|_, decisions| !decisions.is_empty());
    let of_kind = if kind == "money" { &mut told.overlaps } else { &mut told.matches };
    *of_kind += made;

    let shown = |decisions: &BTreeSet<&str>| match decisions.len() {
        0 => "open".to_owned(),
        _ => decisions.iter().copied().collect::<Vec<_>>().join(", "),
    };
    let mut row = |place: &str, what: String| {
        rows.push(Moved {
            change: "decision",
            claim: a.to_owned(),
            claimant: String::new(),
            line: None,
            what: format!("{a} and {b}{place}: {what}"),
            before: 0,
            after: 0,
            counted: false,
        });
    };
    let named: BTreeSet<&str> = was.keys().chain(is.keys()).copied().filter(|release| !release.is_empty()).collect();
    let mut rows_of_pair = 0;
    for release in &named {
        let (then, now) = (holds(was, release), holds(&is, release));
        if then != now {
            let place = format!(", {}", name_now(pair, release, filings));
            row(&place, format!("{} became {}", shown(&then), shown(&now)));
            rows_of_pair += 1;
            told.undone += usize::from(now.is_empty() && was.contains_key(release));
        }
    }
    // What holds for all other releases: there may be none, where one by one was replaced by one for all, or the other way.
    let (then, now) = (holds(was, ""), holds(&is, ""));
    let replaced = then.is_empty() || now.is_empty();
    if then != now && (named.is_empty() || !replaced || shares_more(pair, &named, filings)) {
        let place = if named.is_empty() { "" } else { ", all other releases" };
        row(place, format!("{} became {}", shown(&then), shown(&now)));
        rows_of_pair += 1;
        told.undone += usize::from(now.is_empty());
    }
    if rows_of_pair == 0 && made > 0 {
        let all: BTreeSet<&str> = is.values().flat_map(BTreeMap::keys).copied().collect();
        row("", format!("{} as before, decided anew", shown(&all)));
    }
}

/// What a release is called now, that was called so when it was decided.
fn name_now<'a>(pair: Pair<'_>, named: &'a str, (before, after): (&'a Filing, &'a Filing)) -> &'a str {
    names(pair, named, (before, after)).last().unwrap_or(named)
}

/// The names of a release in both filings, the newer ones last.
fn names<'a>(pair: Pair<'_>, named: &str, (before, after): (&'a Filing, &'a Filing)) -> impl Iterator<Item = &'a str> {
    before
        .matches
        .iter()
        .chain(&after.matches)
        .filter(move |of| (of.kind.as_str(), of.a.as_str(), of.b.as_str()) == pair && release(of) == named)
        .map(|of| of.release.as_str())
}

/// Whether two claims share money of releases besides these, by what the ledgers of the filings tell.
fn shares_more(pair: Pair<'_>, named: &BTreeSet<&str>, (before, after): (&Filing, &Filing)) -> bool {
    let (kind, a, b) = pair;
    let of_named: Vec<String> = named
        .iter()
        .flat_map(|release| names(pair, release, (before, after)).chain(std::iter::once(*release)))
        .map(str::to_lowercase)
        .collect();
    let about_one = |subject: &str| {
        let subject = subject.to_lowercase();
        // A subject begins with the release, and goes on with the channel and the months.
        of_named.iter().any(|release| {
            subject.strip_prefix(release.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with(", "))
        })
    };
    let shares = |filing: &Filing| {
        let subjects = |claim: &str| -> BTreeSet<&str> {
            let rows = filing.overlaps.iter().filter(|overlap| overlap.claim == claim);
            rows.map(|overlap| overlap.subject.as_str()).collect()
        };
        subjects(a).intersection(&subjects(b)).any(|subject| !about_one(subject))
    };
    kind == "money" && (shares(before) || shares(after))
}
