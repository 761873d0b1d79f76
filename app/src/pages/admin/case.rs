//! A case as its administrator sees it: counsel, public documents, settings.

use axum::extract::Path;
use claims::{
    CaseId, Instant,
    access::{Action, Refusal},
    actions::{Failure, case_change, cases},
    case::Case,
    deadline,
    intake::{
        FieldError,
        case_settings::{CaseState, FORM},
    },
    money::Currency,
    store::{
        self,
        cases::{Appointed, CaseDocument, CaseRow},
    },
};
use leptos::prelude::*;

use super::{
    case_confirm::{self, BACK, CONFIRMED},
    case_counsel, case_documents,
    overview::state,
};
use crate::{
    components::{ErrorSummary, FormSections, Notice, NoticeKind, StatusTag},
    islands::Unsaved,
    pages::account::typed::{Typed, refused},
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

/// All that the page shows, except for what was typed.
pub(super) struct Shown {
    /// The case as stored.
    pub case: Case,
    row: CaseRow,
    counsel: Vec<Appointed>,
    invitations: Vec<(String, Instant)>,
    documents: Vec<CaseDocument>,
    document_hint: String,
    now: Instant,
    /// Idempotency key of the invitation.
    key: String,
    notice: Option<String>,
    /// What was wrong with the files that were sent, left by the request that received them.
    of_files: Option<FieldError>,
}

/// `GET /admin/cases/{slug}`
pub async fn page(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    visitor.may(Action::ManageCases)?;
    let notice = visitor.take_notice().await;
    let row = find(&visitor, &slug).await?;
    let of_files = visitor.take_errors().await.into_iter().find(|error| error.field == case_documents::FILES);
    let wrong = of_files.is_some();
    let shown = Shown { notice, of_files, ..read(&visitor, row).await? };
    let settings = Typed::of(shown.row.settings.0.clone());
    let revision = shown.row.revision;
    Ok(visitor.page(show(shown, settings, revision, Typed::default()).error(wrong)))
}

/// `POST /admin/cases/{slug}`: where people rely on what is changed, it is asked first.
pub async fn save(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    let actor = visitor.may(Action::ManageCases)?;
    // By its id where the form says it: the short name may have been changed since the page was opened.
    let id = match sent.number("case") {
        Some(id) => CaseId(id),
        None => find(&visitor, &slug).await?.id,
    };
    let revision = sent.number("revision").unwrap_or_default();
    if sent.get(BACK) == "yes" {
        let shown = read(&visitor, by_id(&visitor, id).await?).await?;
        return Ok(visitor.page(show(shown, Typed::of(sent.0), revision, Typed::default())));
    }
    // What cannot be asked is refused below, beside what was typed.
    if sent.get(CONFIRMED) != "yes"
        && let Ok(changes) = case_change::ask(visitor.recoup(), actor, id, revision, &sent.0).await
        && !changes.is_empty()
    {
        let title = by_id(&visitor, id).await?.read()?.settings.title;
        let carried = [("case", id.to_string()), ("revision", revision.to_string())];
        let action = format!("/admin/cases/{slug}");
        return Ok(visitor.page(case_confirm::page(title, action, carried, &sent.0, changes)));
    }
    match cases::save(visitor.recoup(), actor, id, revision, &sent.0).await {
        Ok(()) => {
            visitor.notice("The settings are saved.").await;
            Ok(see_other(&format!("/admin/cases/{}", sent.get("slug"))))
        }
        Err(failure) => {
            let shown = read(&visitor, by_id(&visitor, id).await?).await?;
            // After a conflict the form carries the present revision: who saves again means to replace what they were told of.
            let revision = if matches!(failure, Failure::Said(_)) { shown.row.revision } else { revision };
            refused(&visitor, failure, sent.0, |typed| show(shown, typed, revision, Typed::default()))
        }
    }
}

/// The case of a path.
pub(super) async fn find(visitor: &Visitor, slug: &str) -> Result<CaseRow, Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    Ok(store::cases::by_slug(&mut tx, slug).await?.ok_or(Refusal::NotFound)?)
}

async fn by_id(visitor: &Visitor, id: CaseId) -> Result<CaseRow, Halt> {
    let mut tx = visitor.recoup().store.read().await?;
    Ok(store::cases::by_id(&mut tx, id).await?.ok_or(Refusal::NotFound)?)
}

/// All that the page of a case shows.
pub(super) async fn read(visitor: &Visitor, row: CaseRow) -> Result<Shown, Halt> {
    let now = visitor.recoup().clock.now();
    let mut tx = visitor.recoup().store.read().await?;
    Ok(Shown {
        case: row.read()?,
        counsel: store::cases::appointed(&mut tx, row.id).await?,
        invitations: store::tokens::invitations(&mut tx, row.id, now).await?,
        documents: store::cases::documents(&mut tx, row.id).await?,
        document_hint: format!(
            "{}; each at most {} MB. Everybody can read what you add.",
            visitor.site.document_types,
            visitor.recoup().limits.document_bytes / 1_000_000
        ),
        row,
        now,
        key: visitor.key(),
        notice: None,
        of_files: None,
    })
}

/// The page, with what was typed into its two forms.
pub(super) fn show(shown: Shown, settings: Typed, revision: i64, invitation: Typed) -> Page {
    let Shown { case, row, counsel, invitations, documents, document_hint, now, key: invitation_key, notice, of_files } =
        shown;
    Page::new(case.settings.title.clone(), move || {
        let slug = case.settings.slug.clone();
        let wrong_files = of_files.iter().cloned().collect();
        let (word, key) = state(&case, now);
        let more = of_cafa(case.settings.currency);
        let public = if case.settings.state == CaseState::Preparing {
            view! { "The public does not see it yet." }.into_any()
        } else {
            view! { <a href=format!("/cases/{slug}")>"See what the public sees"</a> }.into_any()
        };
        view! {
            {settings.top()}
            {invitation.top()}
            <ErrorSummary errors=wrong_files/>
            // After an upload it has a line for each file, taken or not.
            {notice.map(|notice| view! { <Notice kind=NoticeKind::Info><p class="lines">{notice}</p></Notice> })}
            <a class="back" href="/admin">"← Administration"</a>
            <h1>{case.settings.title.clone()}</h1>
            <p><StatusTag word key/>" "{deadline::in_words(case.deadline, &case.settings.time_zone, now)}". "{public}</p>
            <p class="small"><a href="#counsel">"Counsel"</a>" · "<a href="#documents">"Public documents"</a>" · "<a href="#settings">"Settings"</a></p>
            <section id="counsel" aria-labelledby="counsel-heading">
                <h2 id="counsel-heading">"Counsel"</h2>
                {case_counsel::view(&case, counsel, invitations, invitation_key, invitation)}
            </section>
            <section id="documents" aria-labelledby="documents-heading">
                <h2 id="documents-heading">"Public documents"</h2>
                {case_documents::view(&slug, documents, document_hint, of_files)}
            </section>
            <section id="settings" aria-labelledby="settings-heading">
                <h2 id="settings-heading">"Settings"</h2>
                <form method="post" action=format!("/admin/cases/{slug}") novalidate>
                    <Unsaved/>
                    <input type="hidden" name="case" value=row.id.to_string()/>
                    <input type="hidden" name="revision" value=revision.to_string()/>
                    <FormSections sections=FORM answers=settings.answers errors=settings.errors more=more/>
                    <div class="actions"><button type="submit">"Save the settings"</button><a href="/admin">"Back without saving"</a></div>
                </form>
            </section>
        }
    })
}

/// What is said of the alert of the total in a case in dollars: CAFA (28 U.S.C. § 1332(d)) is about dollars alone.
pub(super) fn of_cafa(currency: Currency) -> Option<(&'static str, String)> {
    let words = "Besides, in a case in US dollars counsel is told of what CAFA asks for, more than 5,000,000.00 and 100 members.";
    (currency == Currency::USD).then(|| ("alert_total", words.to_owned()))
}
