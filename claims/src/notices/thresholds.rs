//! Thresholds of a case: numbers of members and totals that counsel wait for. Arithmetic, not advice.

use std::collections::BTreeSet;

use crate::{intake::case_settings::CaseSettings, money::Currency};

/// Members from which numerosity is usually presumed (Fed. R. Civ. P. 23(a)(1), as courts read it).
pub const NUMEROSITY: i64 = 40;
/// Members that 28 U.S.C. § 1332(d)(5)(B) asks for.
pub const CAFA_MEMBERS: i64 = 100;
/// What the amount must exceed under 28 U.S.C. § 1332(d)(2), in cents, without interest and costs.
pub const CAFA_AMOUNT: i64 = 500_000_000;

/// Whether an amount in a currency is the one that CAFA asks for, which is one of dollars.
#[must_use]
pub fn is_cafa(currency: Currency, amount: i64) -> bool {
    currency == Currency::USD && amount == CAFA_AMOUNT
}

/// The numbers of members that are reached with `members`, each counted once: those of the law, CAFA's where the case is in dollars, and the
/// one set for the case.
#[must_use]
pub fn members_reached(settings: &CaseSettings, members: i64) -> BTreeSet<i64> {
    let own = settings.alert_members.filter(|own| *own > 0);
    let cafa = (settings.currency == Currency::USD).then_some(CAFA_MEMBERS);
    [NUMEROSITY].into_iter().chain(cafa).chain(own).filter(|threshold| members >= *threshold).collect()
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
pub fn why_members(currency: Currency, threshold: i64) -> &'static str {
    match threshold {
        NUMEROSITY => "numerosity is usually presumed from 40",
        CAFA_MEMBERS if currency == Currency::USD => "CAFA asks for at least 100",
        _ => "the number set for this case",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a law of the United States asks for in dollars is asked for in no other currency.
    #[test]
    fn cafa_is_named_in_dollars_alone() {
        let usd = Currency::USD;
        assert!(is_cafa(usd, CAFA_AMOUNT) && !is_cafa(usd, CAFA_AMOUNT + 1));
        let euro = Currency::parse("EUR").unwrap();
        assert!(!is_cafa(euro, CAFA_AMOUNT));
        assert!(why_members(usd, CAFA_MEMBERS).contains("CAFA"));
        assert_eq!(why_members(euro, CAFA_MEMBERS), "the number set for this case");
        assert_eq!(why_members(euro, NUMEROSITY), why_members(usd, NUMEROSITY));
    }
}
