//! One key: who claims how much of it, how the claimants are related, and what is removed.

use super::{Claimant, Minor};
use std::collections::BTreeMap;

/// How the amounts of two claimants in one key are related.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// Nobody has said yet.
    Suspected,
    /// One is a share of what the claimant `of` (one of the two) claims.
    Derivative {
        /// Whose money the other's amount is part of.
        of: Claimant,
    },
    /// Both claim the same money.
    SameMoney,
    /// A person says that they do not overlap.
    Distinct,
}

/// What becomes of one claimant's amount in a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The claimant.
    pub claimant: Claimant,
    /// What is claimed.
    pub gross: Minor,
    /// Removed because a person said so.
    pub confirmed: Minor,
    /// Removed as well if every suspicion is right.
    pub suspected: Minor,
    /// Whose money the confirmed part is a share of: it is payable through this claimant. Nobody's where it is the same money as
    /// another's, for that is payable once, to whom it stays with.
    pub through: Option<Claimant>,
}

/// The outcome for one key.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// One a claimant, in the order of their numbers.
    pub entries: Vec<Entry>,
    /// What derives from one party is more than that party claims (shares over 100 %).
    pub over_whole: bool,
    /// People's decisions contradict each other (A derives from B and B from A; or distinct within the same money).
    pub contradictory: bool,
}

/// Claimants that claim the same money, with what they claim together: the largest amount.
struct Party {
    holder: usize,
    amount: Minor,
    /// How much of the amount nothing was charged to yet.
    free: Minor,
    /// How much of the amount is not removed yet.
    kept: Minor,
    /// Parties whose money this one's is part of.
    within: Vec<usize>,
}

/// Reckons one key from its amounts (each claimant once, in any order) and the relation of each two claimants, asked with the
/// smaller number first. Amounts of nothing or less overlap with nothing.
pub fn resolve(amounts: &[(Claimant, Minor)], relation: impl Fn(Claimant, Claimant) -> Relation) -> Overlap {
    let mut amounts = amounts.to_vec();
    amounts.sort_unstable();
    let mut overlap = Overlap {
        entries: amounts
            .iter()
            .map(|(claimant, gross)| Entry {
                claimant: *claimant,
                gross: *gross,
                confirmed: 0,
                suspected: 0,
                through: None,
            })
            .collect(),
        ..Overlap::default()
    };
    let related = pairs(&amounts, &relation);
    let home = unite(amounts.len(), &related, &amounts, &mut overlap.contradictory);
    let mut parties = parties(&home, &mut overlap.entries);
    let index: BTreeMap<usize, usize> = parties.iter().enumerate().map(|(i, p)| (home[p.holder], i)).collect();
    let party_of = |member: usize| index.get(&home[member]).copied();
    for (i, j, relation) in &related {
        let Relation::Derivative { of } = relation else { continue };
        let (part, whole) = if amounts[*i].0 == *of { (*j, *i) } else { (*i, *j) };
        if let (Some(part), Some(whole)) = (party_of(part), party_of(whole))
            && part != whole
            && !parties[part].within.contains(&whole)
        {
            parties[part].within.push(whole);
        }
    }
    charge(&mut parties, &mut overlap, true);
    let confirmed: Vec<Vec<usize>> = parties.iter().map(|p| p.within.clone()).collect();
    suspect(&mut parties, &related, party_of);
    for (party, before) in parties.iter_mut().zip(&confirmed) {
        party.within.retain(|w| !before.contains(w));
    }
    charge(&mut parties, &mut overlap, false);
    overlap
}

/// All pairs with positive amounts, by position.
fn pairs(
    amounts: &[(Claimant, Minor)],
    relation: &impl Fn(Claimant, Claimant) -> Relation,
) -> Vec<(usize, usize, Relation)> {
    let mut all = Vec::new();
    for i in 0..amounts.len() {
        for j in i + 1..amounts.len() {
            if amounts[i].1 > 0 && amounts[j].1 > 0 && amounts[i].0 != amounts[j].0 {
                all.push((i, j, relation(amounts[i].0, amounts[j].0)));
            }
        }
    }
    all
}

/// Who claims the same money: by decision, or because derivations run in a circle. Returns each position's party.
fn unite(
    n: usize,
    related: &[(usize, usize, Relation)],
    amounts: &[(Claimant, Minor)],
    contradictory: &mut bool,
) -> Vec<usize> {
    let mut home: Vec<usize> = (0..n).collect();
    let join = |home: &mut Vec<usize>, i: usize, j: usize| {
        let (keep, gone) = (home[i].min(home[j]), home[i].max(home[j]));
        home.iter_mut().filter(|h| **h == gone).for_each(|h| *h = keep);
    };
    for (i, j, _) in related.iter().filter(|(_, _, r)| *r == Relation::SameMoney) {
        join(&mut home, *i, *j);
    }
    *contradictory |= related.iter().any(|(i, j, r)| *r == Relation::Distinct && home[*i] == home[*j]);
    // A circle of derivations: each is part of the other, so they are the same money.
    loop {
        let derived: Vec<(usize, usize)> = related
            .iter()
            .filter_map(|(i, j, relation)| match relation {
                Relation::Derivative { of } if amounts[*i].0 == *of => Some((home[*j], home[*i])),
                Relation::Derivative { .. } => Some((home[*i], home[*j])),
                _ => None,
            })
            .filter(|(part, whole)| part != whole)
            .collect();
        let Some((i, j)) = circle(&derived) else { return home };
        *contradictory = true;
        join(&mut home, i, j);
    }
}

/// The first two, smaller first, that each derive from the other, directly or through others. Only those that derive or are derived
/// from are looked at: of a release that hundreds claim, few are.
fn circle(derived: &[(usize, usize)]) -> Option<(usize, usize)> {
    let mut involved: Vec<usize> = derived.iter().flat_map(|(part, whole)| [*part, *whole]).collect();
    involved.sort_unstable();
    involved.dedup();
    let n = involved.len();
    let place = |of: usize| involved.partition_point(|other| *other < of);
    let mut reach = vec![vec![false; n]; n];
    for (part, whole) in derived {
        reach[place(*part)][place(*whole)] = true;
    }
    for via in 0..n {
        for i in 0..n {
            for j in 0..n {
                reach[i][j] |= reach[i][via] && reach[via][j];
            }
        }
    }
    let (i, j) = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j))).find(|(i, j)| reach[*i][*j] && reach[*j][*i])?;
    Some((involved[i], involved[j]))
}

/// The parties; of each the largest amount stays and the other members' amounts are removed.
fn parties(home: &[usize], entries: &mut [Entry]) -> Vec<Party> {
    let mut parties: Vec<Party> = Vec::new();
    let mut roots: Vec<usize> = home.to_vec();
    roots.sort_unstable();
    roots.dedup();
    for root in roots {
        let members: Vec<usize> = (0..home.len()).filter(|i| home[*i] == root && entries[*i].gross > 0).collect();
        let Some(holder) = members.iter().copied().max_by_key(|i| (entries[*i].gross, std::cmp::Reverse(*i))) else {
            continue;
        };
        let amount = entries[holder].gross;
        for member in members.into_iter().filter(|m| *m != holder) {
            entries[member].confirmed = entries[member].gross;
        }
        parties.push(Party { holder, amount, free: amount, kept: amount, within: Vec::new() });
    }
    parties
}

/// Adds the suspected overlaps as derivations of the smaller from the larger, or the other way where that would close a
/// circle.
fn suspect(parties: &mut [Party], related: &[(usize, usize, Relation)], party_of: impl Fn(usize) -> Option<usize>) {
    for (i, j, _) in related.iter().filter(|(_, _, r)| *r == Relation::Suspected) {
        let (Some(x), Some(y)) = (party_of(*i), party_of(*j)) else { continue };
        if x == y || parties[x].within.contains(&y) || parties[y].within.contains(&x) {
            continue;
        }
        let order = |p: usize| (parties[p].amount, std::cmp::Reverse(p));
        let (small, large) = if order(x) < order(y) { (x, y) } else { (y, x) };
        let (part, whole) = if reaches(parties, large, small) { (large, small) } else { (small, large) };
        parties[part].within.push(whole);
    }
}

fn reaches(parties: &[Party], from: usize, to: usize) -> bool {
    let mut seen = vec![false; parties.len()];
    let mut open = vec![from];
    while let Some(at) = open.pop() {
        if at == to {
            return true;
        }
        if !std::mem::replace(&mut seen[at], true) {
            open.extend(&parties[at].within);
        }
    }
    false
}

/// Removes what derives, charging each cent to a free cent of the party it derives from; larger amounts first.
fn charge(parties: &mut [Party], overlap: &mut Overlap, confirmed: bool) {
    let mut order: Vec<usize> = (0..parties.len()).collect();
    order.sort_unstable_by_key(|p| (std::cmp::Reverse(parties[*p].amount), *p));
    for part in order {
        let mut wholes = std::mem::take(&mut parties[part].within);
        wholes.sort_unstable_by_key(|w| (std::cmp::Reverse(parties[*w].amount), *w));
        for whole in &wholes {
            let taken = parties[part].kept.min(parties[*whole].free);
            parties[part].kept -= taken;
            parties[*whole].free -= taken;
            let through = overlap.entries[parties[*whole].holder].claimant;
            let entry = &mut overlap.entries[parties[part].holder];
            if confirmed {
                entry.confirmed += taken;
                entry.through = entry.through.or(Some(through));
            } else {
                entry.suspected += taken;
            }
        }
        if confirmed && !wholes.is_empty() && parties[part].kept > 0 {
            overlap.over_whole = true;
        }
        parties[part].within = wholes;
    }
}
