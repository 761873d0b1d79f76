//! What people decided between two filings: what holds for each pair of claims, and for each release that they share, in one and
//! in the other.

use std::{
    collections::{BTreeMap, BTreeSet},
    iter,
};

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

/// The rows of a table of a filing.
fn rows_of<T>(table: &[T]) -> impl Iterator<Item = &T> {
    table.iter().inspect(|_| {
        #[cfg(test)]
        LOOKED_AT.with(|rows| rows.set(rows.get() + 1));
    })
}

#[cfg(test)]
thread_local! {
    /// Rows of filings at which this thread looked so far: what comparing costs, whatever the machine.
    static LOOKED_AT: std::cell::Cell<u64> = const { std::cell::Cell::new(0) };
}

/// Rows of filings at which this thread looked so far.
#[cfg(test)]
pub(super) fn looked_at() -> u64 {
    LOOKED_AT.with(std::cell::Cell::get)
}

fn pair_of(pair: &Match) -> Pair<'_> {
    (&pair.kind, &pair.a, &pair.b)
}

fn read(filing: &Filing) -> BTreeMap<Pair<'_>, Said<'_>> {
    let mut pairs: BTreeMap<Pair<'_>, Said<'_>> = BTreeMap::new();
    // A pair that is still open, put off or not, was decided by nobody.
    for pair in rows_of(&filing.matches).filter(|pair| !pair.is_open()) {
        let said = pairs.entry(pair_of(pair)).or_default();
        said.entry(release(pair)).or_default().insert(&pair.decision, pair.decided_at);
    }
    pairs
}

/// What holds for a release: what was said of just that goes before what was said of all.
fn holds<'a>(said: &Said<'a>, release: &str) -> BTreeSet<&'a str> {
    let found = said.get(release).or_else(|| said.get(""));
    found.map(|decisions| decisions.keys().copied().collect()).unwrap_or_default()
}

/// What is asked of two filings for pair after pair, found once.
struct Both<'a> {
    /// The numbers of the claims of the earlier filing, and of the later one.
    claims: [BTreeSet<&'a str>; 2],
    /// The names of each release in both filings, by how it was named when it was decided; the newer ones last.
    names: BTreeMap<(Pair<'a>, &'a str), Vec<&'a str>>,
    /// What the ledger of each filing has of each claim.
    subjects: [BTreeMap<&'a str, BTreeSet<&'a str>>; 2],
}

impl<'a> Both<'a> {
    fn new(before: &'a Filing, after: &'a Filing) -> Self {
        let filings = [before, after];
        let mut names: BTreeMap<(Pair<'a>, &'a str), Vec<&'a str>> = BTreeMap::new();
        for of in filings.into_iter().flat_map(|filing| rows_of(&filing.matches)) {
            names.entry((pair_of(of), release(of))).or_default().push(&of.release);
        }
        let subjects = filings.map(|filing| {
            let mut subjects: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for overlap in rows_of(&filing.overlaps) {
                subjects.entry(&overlap.claim).or_default().insert(&overlap.subject);
            }
            subjects
        });
        let claims = filings.map(|filing| rows_of(&filing.claims).map(|claim| claim.number.as_str()).collect());
        Self { claims, names, subjects }
    }

    fn names(&self, pair: Pair<'a>, named: &'a str) -> &[&'a str] {
        self.names.get(&(pair, named)).map_or(&[], Vec::as_slice)
    }

    /// What a release is called now, that was called so when it was decided.
    fn name_now(&self, pair: Pair<'a>, named: &'a str) -> &'a str {
        self.names(pair, named).last().copied().unwrap_or(named)
    }

    /// Whether two claims share money of releases besides these, by what the ledgers of the filings tell.
    fn shares_more(&self, pair: Pair<'a>, named: &BTreeSet<&'a str>) -> bool {
        let (kind, a, b) = pair;
        let of_named: BTreeSet<String> = named
            .iter()
            .flat_map(|release| self.names(pair, release).iter().copied().chain(iter::once(*release)))
            .map(str::to_lowercase)
            .collect();
        let about_one = |subject: &str| {
            let subject = subject.to_lowercase();
            // A subject begins with the release, and goes on with the channel and the months.
            let mut begins = subject.match_indices(", ").map(|(end, _)| &subject[..end]);
            of_named.contains(&subject) || begins.any(|release| of_named.contains(release))
        };
        let shares = |subjects: &BTreeMap<&str, BTreeSet<&str>>| match (subjects.get(a), subjects.get(b)) {
            (Some(one), Some(other)) => one.intersection(other).any(|subject| !about_one(subject)),
            _ => false,
        };
        kind == "money" && self.subjects.iter().any(shares)
    }
}

/// Pairs on which somebody decided, decided otherwise or took a decision back in between. Where a claim left, its decisions left
/// with it, and nobody undid them; where it was taken up again, they came back with it, and nobody made them.
pub(super) fn decisions<'a>(rows: &mut Vec<Moved>, before: &'a Filing, after: &'a Filing) -> Decided {
    let (old, new) = (read(before), read(after));
    let both = Both::new(before, after);
    let [filed_before, filed_after] = &both.claims;
    let nothing = Said::new();
    let mut told = Decided::default();
    for pair in old.keys().chain(new.keys()).copied().collect::<BTreeSet<_>>() {
        let (was, is) = (old.get(&pair).unwrap_or(&nothing), new.get(&pair).unwrap_or(&nothing));
        if was == is || !filed_after.contains(pair.1) || !filed_after.contains(pair.2) {
            continue;
        }
        let both_before = filed_before.contains(pair.1) && filed_before.contains(pair.2);
        let returned = |at: &Option<Instant>| !both_before && at.is_some_and(|at| at <= before.as_of);
        of_pair(rows, &mut told, pair, (was, is), &both, returned);
    }
    told
}

fn of_pair<'a>(
    rows: &mut Vec<Moved>,
    told: &mut Decided,
    pair: Pair<'a>,
    (was, is): (&Said<'a>, &Said<'a>),
    both: &Both<'a>,
    returned: impl Fn(&Option<Instant>) -> bool,
) {
    let (kind, a, b) = pair;
    let mut made = 0;
    // Of which releases something was decided since.
    let mut anew = BTreeSet::new();
    let mut is = is.clone();
    for (release, decisions) in &mut is {
        let before = was.get(release);
        decisions.retain(|decision, at| {
            let known = before.is_some_and(|before| before.contains_key(decision));
            let made_since = !known && !returned(at);
            if made_since {
                made += 1;
                anew.insert(*release);
            }
            known || made_since
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
    let named: BTreeSet<&'a str> = was.keys().chain(is.keys()).copied().filter(|release| !release.is_empty()).collect();
    let mut rows_of_pair = 0;
    for release in &named {
        let (then, now) = (holds(was, release), holds(&is, release));
        if then != now {
            let place = format!(", {}", both.name_now(pair, release));
            row(&place, format!("{} became {}", shown(&then), shown(&now)));
            rows_of_pair += 1;
        }
    }
    // What holds for all other releases: there may be none, where one by one was replaced by one for all, or the other way.
    let (then, now) = (holds(was, ""), holds(&is, ""));
    let replaced = then.is_empty() || now.is_empty();
    if then != now && (named.is_empty() || !replaced || both.shares_more(pair, &named)) {
        let place = if named.is_empty() { "" } else { ", all other releases" };
        row(place, format!("{} became {}", shown(&then), shown(&now)));
        rows_of_pair += 1;
    }
    // What was said once and is said no longer was taken back, unless something took its place: what was decided since of all takes the
    // place of what was said of one release, and what was decided since of releases that of what was said of all, if there are no others.
    let undone = |release: &&&str| match **release {
        "" => anew.is_empty() || both.shares_more(pair, &named),
        _ => !anew.contains(""),
    };
    let undone = was.keys().filter(|release| !is.contains_key(**release)).filter(undone).count();
    told.undone += undone;
    if rows_of_pair == 0 && made + undone > 0 {
        let all: BTreeSet<&str> = is.values().flat_map(BTreeMap::keys).copied().collect();
        let how = if made > 0 { "decided anew" } else { "a decision undone" };
        row("", format!("{} as before, {how}", shown(&all)));
    }
}
