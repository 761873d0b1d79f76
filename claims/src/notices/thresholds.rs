//! Thresholds of a case: numbers of members and totals that counsel wait for. Arithmetic, not advice.

use std::collections::BTreeSet;

use crate::{intake::case_settings::CaseSettings, money::Currency};

/// Members from which numerosity is usually presumed (Fed. R. Civ. P. 23(a)(1), as courts read it).
pub const NUMEROSITY: i64 = 40;
/// Members that 28 U.S.C. § 1332(d)(5)(B) asks for.
pub const CAFA_MEMBERS: i64 = 100;
/// What the amount must exceed under 28 U.S.C. § 1332(d)(2), in cents, without interest and costs.
pub const CAFA_AMOUNT: i64 = 500_000_000;

/// The numbers of members that are reached with `members`, each counted once: those of the law and the one set for the case.
#[must_use]
pub fn members_reached(settings: &CaseSettings, members: i64) -> BTreeSet<i64> {
    let own = settings.alert_members.filter(|own| *own > 0);
    [NUMEROSITY, CAFA_MEMBERS].into_iter().chain(own).filter(|threshold| members >= *threshold).collect()
}

/// The amounts that a unique total exceeds: that of the law, where the case is in dollars, and the one set for the case.
#[must_use]
pub fn totals_passed(settings: &CaseSettings, total: i64) -> BTreeSet<i64> {
    let law = (settings.currency == Currency::USD).then_some(CAFA_AMOUNT);
    let own = settings.alert_total.filter(|own| *own > 0);
    law.into_iter().chain(own).filter(|threshold| total > *threshold).collect()
}

/// Why a number of members matters.
#[must_use]
pub const fn why_members(threshold: i64) -> &'static str {
    match threshold {
        NUMEROSITY => "numerosity is usually presumed from 40",
        CAFA_MEMBERS => "CAFA asks for at least 100",
        _ => "the number set for this case",
    }
}
