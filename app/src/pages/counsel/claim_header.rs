//! The head of a claim: who, how much, in which state, and the way through the register.

use claims::{
    deadline,
    money::grouped_units,
    overlap::Removed,
    status::ClaimStatus,
    totals::{Total, counted},
};
use leptos::prelude::*;

use super::{
    counted_once,
    filter::with_query,
    frame::{self, Place},
    reading::Reading,
    totals_table::{self, Part},
};
use crate::components::{Amount, Meter, Notice, NoticeKind, StatusTag};

/// Links through the register, heading, state, figures and sums of a claim.
pub(super) fn header(reading: &Reading) -> impl IntoView + use<> {
    let opened = &reading.opened;
    let status = ClaimStatus::parse(&opened.claim.status);
    let word = status.map_or(opened.claim.status.clone(), |status| status.word().to_owned());
    let key = opened.claim.status.clone();
    let withdrawn = (status == Some(ClaimStatus::Withdrawn)).then(|| {
        let reason = opened.claim.withdrawn_reason.clone().unwrap_or_default();
        view! {
            <Notice kind=NoticeKind::Warning title="Withdrawn: it counts for nothing">
                <span class="lines">{format!("Reason given: {reason}")}</span>
            </Notice>
        }
    });
    view! {
        <h1>{reading.number().to_owned()}" · "{name(reading)}" "<StatusTag word key/></h1>
        {frame::nav(reading.slug(), Place::Claims, reading.waiting)}
        {way(reading)}
        {withdrawn}
        {sums(reading)}
    }
}

/// Legal name as signed.
pub(super) fn name(reading: &Reading) -> String {
    reading.frozen().answers.get("claimant").map_or(String::new(), |answers| answers.get("legal_name").to_owned())
}

/// Figures and sums of the version that is read, and why it was late.
pub(super) fn sums(reading: &Reading) -> impl IntoView + use<> {
    let (frozen, settings) = (reading.frozen(), &reading.opened.case.settings);
    let currency = reading.currency();
    let sum = counted(&frozen.totals, settings.filing_basis);
    let received = deadline::show(frozen.received_at, &settings.time_zone);
    let day = frame::short_day(deadline::day_in(frozen.received_at, &settings.time_zone));
    // The deadline may have been moved since.
    let (title, moved) = if frozen.received_at < reading.opened.case.deadline {
        ("Received after the deadline that held then", "Before the one that holds now, so it counts as in time. ")
    } else {
        ("Received after the deadline", "")
    };
    let late = frozen.declaration.late_reason.clone().map(|reason| {
        view! {
            <Notice kind=NoticeKind::Warning title>
                <span class="lines">{format!("{moved}Reason given: {reason}")}</span>
            </Notice>
        }
    });
    let documented = format!("{} of {}", currency.show(sum.documented), currency.show(sum.amount));
    let lines = |category, part| {
        let cited = match part {
            Part::All => None,
            Part::Documented => Some(true),
            Part::SwornOnly => Some(false),
        };
        format!("{}#lines", reading.href(|at| (at.category, at.cited, at.page) = (category, cited, 1)))
    };
    let link = |total: Option<&Total>, part: Part| lines(total.map(|total| total.category), part);
    let documents = i64::try_from(frozen.documents.len()).unwrap_or(i64::MAX);
    let once = reading.removed.as_ref().map(|removed| {
        let off = removed.iter().fold(Removed::default(), |sum, (_, of)| sum.plus(*of));
        let suspected = match off.suspected {
            0 => String::new(),
            more => format!("Suspected overlap, not decided: {}", currency.grouped(more)),
        };
        let ledger = format!("/counsel/{}/overlaps?show=all&claim={}", reading.slug(), reading.number());
        let unique = counted_once::range(off.unique(sum.amount), currency);
        view! {
            <div>
                <dt>"Overlap removed"</dt>
                <dd><a href=ledger.clone()><Amount minor=off.confirmed currency/></a></dd>
                <dd class="detail">{suspected}</dd>
            </div>
            <div>
                <dt>"Unique"</dt>
                <dd><a href=ledger>{unique}<span class="currency">"\u{a0}"{currency.code().to_owned()}</span></a></dd>
                <dd class="detail">"what is counted with this claim"</dd>
            </div>
        }
    });
    view! {
        {late}
        <dl class="figures">
            <div>
                <dt>"Claimed"</dt>
                <dd><a href=lines(None, Part::All)><Amount minor=sum.amount currency/></a></dd>
                <dd class="detail">{format!("stock at {}", settings.filing_basis.title())}</dd>
            </div>
            {once}
            <div>
                <dt>"Sworn only"</dt>
                <dd><a href=lines(None, Part::SwornOnly)><Amount minor=sum.sworn_only() currency/></a></dd>
                <dd class="detail">"rests on the declaration alone"</dd>
            </div>
            <div>
                <dt>"Documents"</dt>
                <dd><a href="#documents">{grouped_units(documents)}</a></dd>
            </div>
            <div>
                <dt>{format!("Version {} received", frozen.version)}</dt>
                <dd><time datetime=frozen.received_at.to_rfc3339()>{day}</time></dd>
                <dd class="detail">{received}</dd>
            </div>
        </dl>
        <Meter label="Documented" part=sum.documented whole=sum.amount words=documented/>
        {totals_table::tables(&frozen.totals, currency, settings.filing_basis, link)}
    }
}

/// Back to the register, and the claims before and after in its filter.
fn way(reading: &Reading) -> impl IntoView + use<> {
    let register = format!("/counsel/{}/claims", reading.slug());
    let back = with_query(register.clone(), &reading.filter);
    let steps = reading.place.as_ref().map(|place| {
        let link = |number: &Option<String>, rel: &'static str, before: &'static str, after: &'static str| {
            number.as_ref().map(|number| {
                let href = with_query(format!("{register}/{number}"), &reading.filter);
                view! { <a href=href rel=rel>{before}{number.clone()}{after}</a> }
            })
        };
        let here = format!("Claim {} of {}", grouped_units(place.place), grouped_units(place.total));
        view! {
            <nav class="pager" aria-label="Claims of the register">
                <span class="pager-previous">{link(&place.previous, "prev", "← ", "")}</span>
                <span class="pager-here">{here}</span>
                <span class="pager-next">{link(&place.next, "next", "", " →")}</span>
            </nav>
        }
    });
    let words = if reading.filter.is_empty() { "← All claims" } else { "← The filtered register" };
    view! { <a class="back" href=back>{words}</a>{steps} }
}
