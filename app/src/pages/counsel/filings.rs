//! The filings of a case: build the next, see how far it is, look at those that were built.

use axum::{
    extract::Path,
    http::{HeaderName, HeaderValue},
};
use claims::{
    Instant,
    access::Action,
    actions::build_filing,
    case::Case,
    filing,
    intake::Answers,
    money::grouped_units,
    store::{
        filing_builds::{self, Build},
        filings::{self, Row},
    },
};
use leptos::prelude::*;

use super::{
    event_words,
    frame::{self, Place, Waiting},
};
use crate::{
    components::{FormSections, Meter, Notice, NoticeKind, Table},
    islands::Unsaved,
    pages::account::typed::{Typed, refused},
    request::{Answer, Sent, Visitor, see_other},
    shell::Page,
};

/// `GET /counsel/{slug}/filings`
pub async fn page(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::File).await?;
    let list = filings::of_case(&mut tx, case.id).await?;
    let build = filing_builds::last(&mut tx, case.id).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    let last = list.first().map_or(Instant::UNIX_EPOCH, |last| last.as_of);
    let told = filings::claimants_to_tell(&mut tx, case.id, last).await?;
    drop(tx);
    let going_on = build.as_ref().is_some_and(|build| matches!(build.state.as_str(), "waiting" | "building"));
    let whom = frame::whom(&case);
    let mut answer =
        visitor.page(Page::new("Filings", move || show(&case, waiting, told, &list, build)).wide().whom(whom));
    if going_on {
        // Without script the page shows how it goes on; it can be left at any time.
        answer.headers_mut().insert(HeaderName::from_static("refresh"), HeaderValue::from_static("4"));
    }
    Ok(answer)
}

/// `POST /counsel/{slug}/filings/build`
pub async fn build(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::File).await?;
    drop(tx);
    build_filing::ask(visitor.recoup(), Some(visitor.actor()?), case.id).await?;
    Ok(see_other(&format!("/counsel/{slug}/filings")))
}

fn show(case: &Case, waiting: Waiting, told: i64, list: &[Row], build: Option<Build>) -> impl IntoView + use<> {
    let slug = case.settings.slug.clone();
    let (currency, zone) = (case.settings.currency, case.settings.time_zone.clone());
    let going_on = build.as_ref().is_some_and(|build| matches!(build.state.as_str(), "waiting" | "building"));
    let next = list.first().map_or(1, |last| last.number + 1);
    let open = (waiting.matches + waiting.overlaps > 0).then(|| {
        let put_off = if waiting.put_off > 0 { format!(" ({} put off)", grouped_units(waiting.put_off)) } else { String::new() };
        let matches = format!("{}{put_off}", frame::count(waiting.matches, "match", "matches"));
        let overlaps = frame::count(waiting.overlaps, "overlap", "overlaps");
        view! {
            <p>
                <a href=format!("/counsel/{slug}/matches")>{matches}</a>" and "
                <a href=format!("/counsel/{slug}/overlaps")>{overlaps}</a>" are open: the unique total of a filing is a range until they are decided. A match is a pair of claims that may be of the same claimant. An overlap is a release in one channel that several claim, however many pairs of claims that makes."
            </p>
        }
    });
    let ask = (!going_on).then(|| {
        let words = if next == 1 { "Build filing 1".to_owned() } else { format!("Build supplemental filing {next}") };
        // The click is what mails them, and nothing takes it back.
        let told = match told {
            0 => "No claimant is told of it by mail.".to_owned(),
            1 => "When it is built, 1 claimant is told by mail that their claim is in it.".to_owned(),
            many => format!("When it is built, {} claimants are told by mail that their claim is in it.", grouped_units(many)),
        };
        view! {
            {open}
            <p>{told}</p>
            <form method="post" action=format!("/counsel/{slug}/filings/build") novalidate>
                <div class="actions">
                    <button type="submit">{words}</button>
                    <a href=format!("/counsel/{slug}/filings/settings")>"How filings are made: Bates numbers, volumes, declaration"</a>
                </div>
            </form>
        }
    });
    let rows: Vec<_> = list
        .iter()
        .map(|row| {
            let href = format!("/counsel/{slug}/filings/{}", row.number);
            let unique = if row.suspected == 0 {
                currency.grouped(row.gross - row.confirmed)
            } else {
                format!("{} to {}", currency.grouped(row.gross - row.confirmed - row.suspected), currency.grouped(row.gross - row.confirmed))
            };
            view! {
                <tr>
                    <th scope="row"><a href=href>{format!("Filing {}", row.number)}</a></th>
                    <td class="nowrap"><time datetime=row.as_of.to_rfc3339()>{frame::short_moment(row.as_of, &zone)}</time></td>
                    <td>{row.built_by.clone().unwrap_or_else(|| event_words::OPERATOR.to_owned())}</td>
                    <td class="num">{grouped_units(row.claims)}</td>
                    <td class="num">{frame::figure(row.gross, currency)}</td>
                    <td class="num">{unique}</td>
                </tr>
            }
        })
        .collect();
    let table = if rows.is_empty() && going_on {
        ().into_any()
    } else if rows.is_empty() {
        view! { <p class="empty">"No filing was built yet. A filing takes every claim that is in force, as of the moment it is built, and never changes afterwards."</p> }.into_any()
    } else {
        view! {
            <Table caption="Filings, newest first">
                <thead>
                    <tr>
                        <th scope="col">"Filing"</th><th scope="col">"As of"</th><th scope="col">"Built by"</th>
                        <th scope="col" class="num">"Claims"</th><th scope="col" class="num">{format!("Gross {currency}")}</th>
                        <th scope="col" class="num">{format!("Unique {currency}")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
        .into_any()
    };
    view! {
        <h1>"Filings"</h1>
        {frame::nav(&slug, Place::Filings, waiting)}
        {build.map(|build| state(&slug, &build))}
        <p>
            "A filing is a numbered package: summary, schedules A to D, claimants, duplicates and overlaps with every decision, exhibits under Bates numbers, \
             the same tables as CSV and a workbook, and a signed manifest. A public variant without personal data is built with it."
        </p>
        {ask}
        {table}
        <p class="small soft">
            "Anybody can verify a package or a single file at "<a href="/verify">"/verify"</a>", or offline with "<code>"recoup filing verify"</code>
            " and the "<a href="/filing-key.txt">"public key"</a>" of this site."
        </p>
    }
}

/// How the last build stands.
fn state(slug: &str, build: &Build) -> AnyView {
    let (again, why) = (format!("/counsel/{slug}/filings"), build.failed.clone());
    match build.state.as_str() {
        "waiting" => view! {
            <Notice kind=NoticeKind::Info title="A filing will be built in a moment">
                <p>"You can leave this page; the filing will be in the list. "<a href=again>"Look again"</a></p>
            </Notice>
        }
        .into_any(),
        "building" => {
            let stage = if build.stage.is_empty() { "Beginning".to_owned() } else { build.stage.clone() };
            let meter = (build.total > 0).then(|| {
                let words = format!("{} of {}", grouped_units(build.done), grouped_units(build.total));
                view! { <Meter label="This step" part=build.done whole=build.total words/> }
            });
            view! {
                <Notice kind=NoticeKind::Info title="A filing is being built">
                    <p>{stage}"."</p>
                    {meter}
                    <p>"You can leave this page; the filing will be in the list. "<a href=again>"Look again"</a></p>
                </Notice>
            }
            .into_any()
        }
        "failed" => view! {
            <Notice kind=NoticeKind::Warning title="The last build failed, and nothing of it was kept">{why}</Notice>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// `GET /counsel/{slug}/filings/settings`
pub async fn settings(visitor: Visitor, Path(slug): Path<String>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::File).await?;
    let (answers, _) = build_filing::settings_of(&mut tx, &case).await?;
    let built = build_filing::numbers_stay(&mut tx, case.id).await?;
    drop(tx);
    Ok(visitor.page(settings_page(case, built, Typed::of(answers))))
}

/// `POST /counsel/{slug}/filings/settings`
pub async fn save(visitor: Visitor, Path(slug): Path<String>, sent: Sent) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::File).await?;
    let built = build_filing::numbers_stay(&mut tx, case.id).await?;
    drop(tx);
    match build_filing::save_settings(visitor.recoup(), visitor.actor()?, &case, &sent.0).await {
        Ok(()) => Ok(see_other(&format!("/counsel/{slug}/filings"))),
        Err(failure) => refused(&visitor, failure, sent.0, |typed| settings_page(case, built, typed)),
    }
}

fn settings_page(case: Case, built: bool, typed: Typed) -> Page {
    let whom = frame::whom(&case);
    Page::new("How filings are made", move || {
        let slug = case.settings.slug.clone();
        let kept = built.then(|| {
            view! { <p class="soft">"A filing was built already or is being built: prefix and digits of Bates numbers stay as they are, so that every page keeps its number."</p> }
        });
        let left_out: &'static [&'static str] = if built { &["bates_prefix", "bates_width"] } else { &[] };
        let answers: Answers = typed.answers.clone();
        view! {
            {typed.top()}
            <a class="back" href=format!("/counsel/{slug}/filings")>"← Filings"</a>
            <h1>"How filings are made"</h1>
            {kept}
            <form method="post" action=format!("/counsel/{slug}/filings/settings") novalidate>
                <Unsaved/>
                <FormSections sections=filing::FORM answers errors=typed.errors leave_out=left_out/>
                <div class="actions"><button type="submit">"Save"</button><a href=format!("/counsel/{slug}/filings")>"Back without saving"</a></div>
            </form>
        }
    })
    .whom(whom)
}
