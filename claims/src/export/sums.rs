//! Sums by category and basis: which of them a filter shows, which add to the one sum of the case, and their file.

use std::collections::BTreeMap;

use super::{files::after_overlap, sheet::Sheet};
use crate::{
    actions::Failure,
    case::Case,
    line::{Basis, Category},
    overlap::Removed,
    status::ClaimStatus,
    store::register::Filter,
    totals::{Total, counts, counts_of},
};

/// Whether a sum is among those that a filter shows.
pub(super) fn is_of(total: &Total, filter: &Filter) -> bool {
    filter.category.is_none_or(|category| total.category == category)
        && filter.basis.is_none_or(|basis| total.basis == Some(basis))
}

/// Whether a sum adds to the one that stands for all that a filter shows, as in the register: what counts in the case, but of a
/// chosen basis all of it.
pub(super) fn adds(total: &Total, filter: &Filter, filing_basis: Basis) -> bool {
    is_of(total, filter) && (filter.basis.is_some() || counts(total.basis, filing_basis))
}

/// What is taken off a claim in what a filter shows. Overlap is reckoned on what counts: of stock, what is valued on the filing
/// basis.
pub(super) fn removed_of(removed: &[(Category, Removed)], filter: &Filter, filing_basis: Basis) -> Removed {
    let shown = |category: Category| {
        filter.category.is_none_or(|chosen| chosen == category)
            && filter.basis.is_none_or(|basis| basis == filing_basis && category == Category::HeldInventory)
    };
    removed.iter().filter(|(category, _)| shown(*category)).fold(Removed::default(), |sum, (_, of)| sum.plus(*of))
}

/// The sum of some sums.
pub(super) fn total_of(totals: &[Total], keep: impl Fn(&Total) -> bool) -> Total {
    let mut sum = Total::zero(Category::Other, None);
    for total in totals.iter().filter(|total| keep(total)) {
        add(&mut sum, total);
    }
    sum
}

fn add(sum: &mut Total, total: &Total) {
    sum.lines += total.lines;
    sum.amount += total.amount;
    sum.documented += total.documented;
    sum.interest += total.interest;
    sum.costs += total.costs;
    sum.units += total.units;
}

/// Sums over the claims read so far, by category and basis, with the number of claims in each.
#[derive(Default)]
pub(super) struct Sums {
    rows: Vec<(Total, i64)>,
    removed: BTreeMap<Category, Removed>,
    claims: i64,
}

impl Sums {
    /// Adds the sums of a claim.
    pub(super) fn add(
        &mut self,
        totals: Vec<Total>,
        removed: &[(Category, Removed)],
        filter: &Filter,
        filing_basis: Basis,
    ) {
        for category in Category::ALL {
            let of: Vec<_> = removed.iter().filter(|(of, _)| *of == category).copied().collect();
            let sum = self.removed.entry(category).or_default();
            *sum = sum.plus(removed_of(&of, filter, filing_basis));
        }
        for total in totals.into_iter().filter(|total| is_of(total, filter)) {
            match self.rows.iter_mut().find(|(sum, _)| (sum.category, sum.basis) == (total.category, total.basis)) {
                Some((sum, claims)) => {
                    add(sum, &total);
                    *claims += 1;
                }
                None => self.rows.push((total, 1)),
            }
        }
        self.claims += 1;
    }

    /// Writes a row for each, and the gross; `current` says whether what is removed is that of the claims as they stand.
    pub(super) async fn write(
        mut self,
        case: &Case,
        filter: &Filter,
        current: bool,
        sheet: &mut Sheet,
    ) -> Result<(), Failure> {
        self.rows.sort_by_key(|(total, _)| (total.category, total.basis));
        let mut gross = Total::zero(Category::Other, None);
        let filing = case.settings.filing_basis;
        for (total, claims) in &self.rows {
            let counted = counts_of(filter.status, total.basis, filing);
            if adds(total, filter, filing) {
                add(&mut gross, total);
            }
            let removed = match total.basis {
                Some(basis) if basis != filing => Removed::default(),
                _ => self.removed.get(&total.category).copied().unwrap_or_default(),
            };
            let names = (total.category.key(), total.basis.map_or("", Basis::key));
            total_row(case, names, counted, *claims, total, (removed, filter.status), sheet);
            sheet.yes(current);
            sheet.end().await?;
        }
        let removed = self.removed.values().fold(Removed::default(), |sum, of| sum.plus(*of));
        let counted = counts_of(filter.status, None, filing);
        total_row(case, ("gross", ""), counted, self.claims, &gross, (removed, filter.status), sheet);
        sheet.yes(current);
        sheet.end().await
    }
}

fn total_row(
    case: &Case,
    (category, basis): (&str, &str),
    counted: bool,
    claims: i64,
    total: &Total,
    (removed, status): (Removed, Option<ClaimStatus>),
    sheet: &mut Sheet,
) {
    sheet.plain(category);
    sheet.plain(basis);
    sheet.yes(counted);
    sheet.integer(claims);
    sheet.integer(total.lines);
    sheet.integer(total.units);
    sheet.plain(case.settings.currency.code());
    for amount in [total.amount, total.documented, total.sworn_only(), total.interest, total.costs] {
        sheet.amount(amount, case.settings.currency);
    }
    after_overlap(sheet, removed, removed.unique_of(status, total.amount), case.settings.currency);
}
