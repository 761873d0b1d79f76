//! How matching stands in a case, above the lists that it fills.

use axum::extract::Path;
use claims::{
    Instant,
    access::Action,
    actions::decide_match,
    money::grouped_units,
    store::{
        Tx,
        matching::{self, State},
    },
};
use leptos::prelude::*;

use super::frame;
use crate::{
    components::{Notice, NoticeKind},
    request::{Answer, Halt, Visitor, see_other},
};

/// How matching stands, and when that was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    state: State,
    now: Instant,
}

impl Standing {
    /// Reads how matching stands.
    pub async fn read(visitor: &Visitor, tx: &mut Tx, case: claims::CaseId) -> Result<Self, Halt> {
        Ok(Self { state: matching::state(tx, case).await?, now: visitor.recoup().clock.now() })
    }

    /// Whether no run ever ended.
    pub fn is_new(&self) -> bool {
        self.state.finished_at.is_none()
    }

    /// Whether the figures are those of the claims as they stand.
    pub fn is_current(&self) -> bool {
        self.state.is_current()
    }
}

/// What the run does at the moment.
fn phase(key: &str) -> &'static str {
    match key {
        "claimants" => "comparing claimants",
        "releases" => "comparing releases",
        "overlaps" => "adding up what is claimed twice",
        _ => "reading the claims",
    }
}

/// The lines about the last run and the next one. `here` is the page on which they stand.
pub(super) fn view(standing: &Standing, slug: &str, zone: &str, here: &str) -> impl IntoView + use<> {
    let Standing { state, now } = standing;
    let moment = |at: Instant| frame::short_moment(at, zone);
    let last = match state.finished_at {
        Some(at) => format!(
            "Last matched {}: {}, {}, engine {}.",
            moment(at),
            frame::count(state.claims, "claim", "claims"),
            frame::count(state.lines, "line that counts", "lines that count"),
            state.engine
        ),
        None => "The claims of this case were never matched.".to_owned(),
    };
    let failed = (!state.failed.is_empty()).then(|| {
        let figures = match state.finished_at {
            Some(at) => format!("This page shows the figures of {}.", moment(at)),
            None => "There are no figures yet.".to_owned(),
        };
        let again = match state.lease_until.filter(|at| at > now) {
            Some(at) => format!(" It is tried again at {}.", moment(at)),
            None => " It is tried again.".to_owned(),
        };
        let why = state.failed.clone();
        view! {
            <Notice kind=NoticeKind::Warning title="The last run failed">
                <p>{figures}{again}</p><p class="small">{why}</p>
            </Notice>
        }
    });
    let under_way = (state.failed.is_empty() && !state.is_current()).then(|| running(state, *now, zone, here));
    let action = format!("/counsel/{slug}/matches/run");
    view! {
        {failed}
        {under_way}
        <div class="bar">
            <p>{last}</p>
            <form method="post" action=action class="push"><button class="secondary small" type="submit">"Match all again"</button></form>
        </div>
    }
}

/// A run is due or under way.
fn running(state: &State, now: Instant, zone: &str, here: &str) -> impl IntoView + use<> {
    let figures = state.finished_at.map_or_else(
        || "There are no figures before it ends.".to_owned(),
        |at| format!("This page shows the figures of {}.", frame::short_moment(at, zone)),
    );
    let here = here.to_owned();
    let running = !state.phase.is_empty() && state.lease_until.is_some_and(|until| until > now);
    let words = if running {
        let share = state.share.clamp(0, 1_000);
        let words = format!("A run is under way, {} ({}\u{a0}%). ", phase(&state.phase), grouped_units(share / 10));
        view! { <p>{words}<progress aria-label="How far the run is in this phase" max="1000" value=share.to_string()></progress></p> }.into_any()
    } else {
        view! { <p>"Claims or decisions changed: a run is due and begins within seconds."</p> }.into_any()
    };
    view! {
        <Notice kind=NoticeKind::Info>
            {words}
            <p>{figures}" "<a href=here>"Look again"</a></p>
        </Notice>
    }
}

/// `POST /counsel/{slug}/matches/run`: a run that waits already sees everything that a second one would.
pub async fn run(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::Decide).await?;
    drop(tx);
    decide_match::run_again(visitor.recoup(), visitor.actor()?, case.id).await?;
    visitor.notice("All claims of the case are matched again. What people said stays.").await;
    Ok(see_other(&format!("/counsel/{slug}/matches")))
}
