//! Copies of one release that claims value at different bases: found from what the run knows of releases, without money.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::input::{Input, describe};
use crate::{
    ClaimId,
    line::Category,
    matching::of_case::Description,
    store::overlaps::copies::{New, Stock},
};

/// What stands for a line of stock that names no basis.
const NO_BASIS: &str = "units_only";

/// Units of one release by claim and basis.
type Copies = BTreeMap<(ClaimId, String), i64>;

/// The releases of which two claims claim copies at different bases, with all their copies. `releases` gives the first description of the
/// release of each.
pub(super) fn find(input: &Input, releases: &[usize]) -> Vec<New> {
    let mut known = Known::of(input, releases);
    let mut by_release: BTreeMap<usize, (String, Copies)> = BTreeMap::new();
    for line in &input.stock {
        let of = described(line);
        if !of.names_a_release() {
            continue;
        }
        let release = known.release(&of);
        let (_, copies) = by_release.entry(release).or_insert_with(|| (of.words(), BTreeMap::new()));
        let basis = line.basis.clone().unwrap_or_else(|| NO_BASIS.to_owned());
        *copies.entry((line.claim_id, basis)).or_default() += line.units;
    }
    // Where there are two claims and two bases, one of the claims has a basis that is not the other's.
    let differ = |copies: &Copies| {
        let claims: BTreeSet<ClaimId> = copies.keys().map(|(claim, _)| *claim).collect();
        let bases: BTreeSet<&str> = copies.keys().map(|(_, basis)| basis.as_str()).collect();
        claims.len() > 1 && bases.len() > 1
    };
    let shared = by_release.into_values().filter(|(_, copies)| differ(copies));
    let rows = shared.zip(0..).flat_map(|((words, copies), release)| {
        copies.into_iter().map(move |((claim, basis), units)| New {
            release,
            words: words.clone(),
            claim,
            basis,
            units,
        })
    });
    rows.collect()
}

fn described(line: &Stock) -> Description {
    let Stock { gtin, aggregator_gtin, catalogue_number, isrc, artist, title, label, .. } = line;
    describe([gtin, aggregator_gtin, catalogue_number, isrc, artist, title, label])
}

/// The releases of the run by what describes them, and further ones that only stock which counts in no amount names.
struct Known {
    by_key: HashMap<String, usize>,
    by_code: HashMap<String, usize>,
    next: usize,
}

impl Known {
    fn of(input: &Input, releases: &[usize]) -> Self {
        let mut known = Self { by_key: HashMap::new(), by_code: HashMap::new(), next: input.descriptions.len() };
        let of_stock = input.lines.iter().filter(|of| of.category == Category::HeldInventory);
        let places: BTreeSet<u64> = of_stock.filter_map(|of| of.line.release).collect();
        for place in places.into_iter().filter_map(|place| usize::try_from(place).ok()) {
            known.add(&input.descriptions[place], releases[place]);
        }
        known
    }

    fn add(&mut self, of: &Description, release: usize) {
        self.by_key.entry(of.key()).or_insert(release);
        for code in codes(of) {
            self.by_code.entry(code.to_owned()).or_insert(release);
        }
    }

    /// The release of a description: the one of the same description, else of the same barcode, else a new one.
    fn release(&mut self, of: &Description) -> usize {
        let by_code = || codes(of).find_map(|code| self.by_code.get(code).copied());
        if let Some(release) = self.by_key.get(&of.key()).copied().or_else(by_code) {
            return release;
        }
        let release = self.next;
        self.next += 1;
        self.add(of, release);
        release
    }
}

fn codes(of: &Description) -> impl Iterator<Item = &str> {
    [of.gtin.as_str(), of.aggregator_gtin.as_str()].into_iter().filter(|code| !code.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stock(claim: i64, basis: &str, units: i64, gtin: &str, title: &str) -> Stock {
        Stock {
            claim_id: ClaimId(claim),
            basis: Some(basis.to_owned()),
            units,
            gtin: Some(gtin.to_owned()),
            aggregator_gtin: None,
            catalogue_number: None,
            isrc: None,
            artist: None,
            title: Some(title.to_owned()),
            label: None,
        }
    }

    #[test]
    fn copies_at_another_basis_are_found_by_release_and_equal_bases_are_left_to_the_ledger() {
        let all = [
            stock(1, "retail", 100, "0036000291452", "Sonatas"),
            stock(2, "wholesale", 40, "0036000291452", "Sonatas for violin"),
            stock(2, "wholesale", 20, "0036000291452", "Sonatas"),
            stock(1, "retail", 5, "", "Alone"),
            stock(3, "retail", 5, "", "ALONE"),
            stock(3, "wholesale", 7, "", "Somebody's own"),
        ];
        let input = Input { stock: all.to_vec(), ..Input::default() };
        let found = find(&input, &[]);
        let rows: Vec<_> = found.iter().map(|of| (of.release, of.claim.0, of.basis.as_str(), of.units)).collect();
        assert_eq!(rows, [(0, 1, "retail", 100), (0, 2, "wholesale", 60)]);
        assert_eq!(found[0].words, "Sonatas");
    }
}
