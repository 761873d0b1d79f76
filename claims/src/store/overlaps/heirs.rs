//! Which entry of a run is one of before at another place: where a release is known by another of its descriptions, because claims
//! were amended, its entries keep their numbers, and so the addresses that mails and notes name.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{New, NewPart, Overlap};
use crate::{ClaimId, OverlapId, ReleaseId};

/// By what an entry is the same one where its release is described anew: family, channel, claims, and what the release is called.
type Like = (String, String, Vec<ClaimId>, String);

/// Where an entry stands: family, release, channel.
pub(super) type Place = (String, ReleaseId, String);

/// The place of an entry of a run.
pub(super) fn place(entry: &New) -> Place {
    (entry.family.to_owned(), entry.release_id, entry.channel.clone())
}

/// Takes out of `left`, the entries of before at whose place the run has none, those that the new entries are, by their new places: a
/// release that goes on under another number, as `followed` says; else the same claims in the same channel, if the release is called the
/// same. Never less than that: whoever has the page of an entry open decides about its money, and a link to it leads where it led. Lump
/// sums stand at one place for each channel, so what is left of them has no heir.
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
    let claims_of = |entry: &New| entry.parts.iter().map(|part| part.claim_id).collect::<Vec<_>>();
    let mut before: BTreeMap<Like, VecDeque<Place>> = BTreeMap::new();
    for (old, entry) in left.iter().filter(|(_, entry)| !entry.is_of_lump_sums()) {
        let claims = parts.get(&entry.id).into_iter().flatten().map(|part| part.claim_id).collect();
        before.entry((old.0.clone(), old.2.clone(), claims, entry.words.clone())).or_default().push_back(old.clone());
    }
    for entry in new.iter().filter(|entry| entry.release_id.0 != 0) {
        let now = place(entry);
        if heirs.contains_key(&now) {
            continue;
        }
        let like = (now.0.clone(), now.2.clone(), claims_of(entry), entry.words.clone());
        if let Some(kept) = before.get_mut(&like).and_then(VecDeque::pop_front).and_then(|old| left.remove(&old)) {
            heirs.insert(now, kept);
        }
    }
    heirs
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(release: i64, words: &str, claims: &[i64]) -> New {
        let part = |claim: &i64| NewPart {
            claim_id: ClaimId(*claim),
            gross: 1,
            confirmed: 0,
            suspected: 1,
            through: None,
            months: String::new(),
        };
        New {
            family: "sales",
            release_id: ReleaseId(release),
            channel: "itunes".to_owned(),
            words: words.to_owned(),
            first_month: 0,
            last_month: 0,
            months: 0,
            over_whole: false,
            contradictory: false,
            parts: claims.iter().map(part).collect(),
        }
    }

    /// What entries of before, numbered from 1, are now: number and release.
    fn kept(before: &[New], now: &[New], followed: &[(i64, i64)]) -> Vec<(i64, i64)> {
        let mut left = BTreeMap::new();
        let mut parts = BTreeMap::new();
        for (id, of) in (1..).map(OverlapId).zip(before) {
            parts.insert(id, of.parts.clone());
            let entry = Overlap {
                id,
                family: of.family.to_owned(),
                release_id: of.release_id,
                channel: of.channel.clone(),
                words: of.words.clone(),
                first_month: 0,
                last_month: 0,
                months: 0,
                gross: 2,
                confirmed: 0,
                suspected: 1,
                over_whole: false,
                contradictory: false,
            };
            left.insert(place(of), entry);
        }
        let followed = followed.iter().map(|(was, is)| (ReleaseId(*was), ReleaseId(*is))).collect();
        let heirs = heirs(&mut left, &parts, &now.iter().collect::<Vec<_>>(), &followed);
        assert_eq!(heirs.len() + left.len(), before.len(), "what has no heir is left");
        heirs.into_iter().map(|(place, of)| (of.id.0, place.1.0)).collect()
    }

    #[test]
    fn no_number_passes_to_another_release() {
        let two = [1, 2];
        assert_eq!(kept(&[new(7, "Sonatas", &two)], &[new(8, "Trios", &two)], &[]), [], "other money of the same two");
        assert_eq!(kept(&[new(7, "Sonatas", &two)], &[new(8, "Sonatas", &two)], &[]), [(1, 8)], "described anew");
        assert_eq!(kept(&[new(7, "Sonatas", &two)], &[new(8, "Sonatas", &[1, 3])], &[]), [], "of others");
        assert_eq!(kept(&[new(7, "Sonatas", &two)], &[new(8, "The Sonatas", &two)], &[(7, 8)]), [(1, 8)], "it follows");
        // A release that nothing describes in words is no lump sum, and is not found by having none.
        assert_eq!(kept(&[new(0, "", &two)], &[new(8, "", &two)], &[]), []);
        assert_eq!(kept(&[new(7, "", &two)], &[new(0, "", &two)], &[]), []);
    }

    #[test]
    fn of_releases_that_are_called_the_same_each_number_passes_once() {
        let before = [new(7, "Sonatas", &[1, 2]), new(8, "Sonatas", &[1, 2]), new(9, "Trios", &[1, 2])];
        let now: Vec<New> = (20..23).map(|release| new(release, "Sonatas", &[1, 2])).collect();
        assert_eq!(kept(&before, &now, &[]), [(1, 20), (2, 21)]);
        // Of many that only claims and channel have in common each is found by its own words.
        let many = |from: i64| (0..5_000).map(|n| new(from + n, &format!("Release {n}"), &[1, 2])).collect::<Vec<_>>();
        let found = kept(&many(1), &many(10_001), &[]);
        assert_eq!(found, (1..=5_000).map(|id| (id, id + 10_000)).collect::<Vec<_>>());
    }
}
