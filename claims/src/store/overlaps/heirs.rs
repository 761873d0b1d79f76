//! Which entry of a run is one of before at another place: where a release is known by another of its descriptions, because claims
//! were amended, its entries keep their numbers, and so the addresses that mails and notes name.

use std::collections::{BTreeMap, BTreeSet};

use super::{New, NewPart, Overlap};
use crate::{ClaimId, OverlapId, ReleaseId};

/// Where an entry stands: family, release, channel.
pub(super) type Place = (String, ReleaseId, String);

/// The place of an entry of a run.
pub(super) fn place(entry: &New) -> Place {
    (entry.family.to_owned(), entry.release_id, entry.channel.clone())
}

/// Takes out of `left`, the entries of before at whose place the run has none, those that the new entries are, by their new places: a
/// release that goes on under another number, as `followed` says; else the same claims in the same channel, if they are the only such
/// ones or the release is called the same.
pub(super) fn heirs(
    left: &mut BTreeMap<Place, Overlap>,
    parts: &BTreeMap<OverlapId, Vec<NewPart>>,
    new: &[&New],
    followed: &BTreeMap<ReleaseId, ReleaseId>,
) -> BTreeMap<Place, Overlap> {
    let mut heirs = BTreeMap::new();
    let wanted: BTreeSet<Place> = new.iter().map(|entry| place(entry)).collect();
    let moved: Vec<(Place, Place)> = left
        .keys()
        .filter_map(|old| Some((old.clone(), (old.0.clone(), *followed.get(&old.1)?, old.2.clone()))))
        .filter(|(_, now)| wanted.contains(now))
        .collect();
    for (old, now) in moved {
        if !heirs.contains_key(&now)
            && let Some(entry) = left.remove(&old)
        {
            heirs.insert(now, entry);
        }
    }
    let of_new = |entry: &New| entry.parts.iter().map(|part| part.claim_id).collect::<Vec<_>>();
    let mut by_claims: BTreeMap<(&str, &str, Vec<ClaimId>), Vec<&New>> = BTreeMap::new();
    for entry in new.iter().filter(|entry| !heirs.contains_key(&place(entry))) {
        by_claims.entry((entry.family, &entry.channel, of_new(entry))).or_default().push(entry);
    }
    let mut before: BTreeMap<(String, String, Vec<ClaimId>), Vec<Place>> = BTreeMap::new();
    for (old, entry) in left.iter() {
        let claims = parts.get(&entry.id).into_iter().flatten().map(|part| part.claim_id).collect();
        before.entry((old.0.clone(), old.2.clone(), claims)).or_default().push(old.clone());
    }
    for ((family, channel, claims), entries) in by_claims {
        let Some(old) = before.get(&(family.to_owned(), channel.to_owned(), claims)) else { continue };
        for entry in &entries {
            let called_the_same = |old: &&Place| left.get(*old).is_some_and(|of| of.words == entry.words);
            let same = match (old.as_slice(), entries.len()) {
                ([only], 1) => Some(only.clone()),
                _ => old.iter().find(called_the_same).cloned(),
            };
            if let Some(kept) = same.and_then(|same| left.remove(&same)) {
                heirs.insert(place(entry), kept);
            }
        }
    }
    heirs
}
