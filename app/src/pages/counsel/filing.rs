//! One filing: its figures, its files, what changed since the one before.

use axum::extract::Path;
use claims::{
    access::{Action, Refusal},
    actions::build_filing,
    case::Case,
    filing::{Difference, difference},
    money::grouped_units,
    store::filings::{self, File, Row},
};
use leptos::prelude::*;

use super::frame::{self, Place, Waiting};
use crate::{
    components::{Notice, NoticeKind, Table},
    pages::public::words::kind_and_size,
    request::{Answer, Visitor},
    shell::Page,
};

/// `GET /counsel/{slug}/filings/{number}`
pub async fn page(visitor: Visitor, Path((slug, number)): Path<(String, i64)>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::File).await?;
    let row = filings::by_number(&mut tx, case.id, number).await?.ok_or(Refusal::NotFound)?;
    let files = filings::files(&mut tx, row.id).await?;
    let waiting = Waiting::read(&mut tx, case.id).await?;
    drop(tx);
    let notice = visitor.take_notice().await;
    let whom = frame::whom(&case);
    Ok(visitor.page(
        Page::new(format!("Filing {number}"), move || show(&case, waiting, &row, &files, notice)).wide().whom(whom),
    ))
}

fn show(case: &Case, waiting: Waiting, row: &Row, files: &[File], notice: Option<String>) -> impl IntoView + use<> {
    let settings = &case.settings;
    let (slug, currency, zone) = (settings.slug.clone(), settings.currency, settings.time_zone.clone());
    let base = format!("/counsel/{slug}/filings/{}", row.number);
    let unique = if row.suspected == 0 {
        currency.show(row.gross - row.confirmed)
    } else {
        format!(
            "{} to {}",
            currency.grouped(row.gross - row.confirmed - row.suspected),
            currency.show(row.gross - row.confirmed)
        )
    };
    let packages: Vec<_> = files
        .iter()
        .filter(|file| file.name.is_empty())
        .map(|file| {
            let (words, more) = if file.variant == "public" {
                ("Public package", "Persons by their initials, places by city and country, no contacts, no exhibits.")
            } else {
                ("Whole package", "Everything, with the exhibits.")
            };
            view! {
                <li class="card">
                    <p><a class="button" href=format!("{base}/files/{}/package.zip", file.variant)>{format!("Download the {}", words.to_lowercase())}</a></p>
                    <p>{more}" ("{kind_and_size(&file.media_type, file.bytes)}")"</p>
                    <p class="small">"SHA-256 "<span class="hash">{file.sha256.clone()}</span></p>
                    <form class="inline" method="post" action=format!("{base}/verify") novalidate>
                        <input type="hidden" name="variant" value=file.variant.clone()/>
                        <button class="secondary small" type="submit">"Verify"<span class="hidden">{format!(" the {}", words.to_lowercase())}</span></button>
                    </form>
                </li>
            }
        })
        .collect();
    let compare = (row.number > 1).then(|| {
        view! { <p><a href=format!("{base}/difference")>{format!("What changed since filing {}", row.number - 1)}</a></p> }
    });
    view! {
        {notice.map(|notice| view! { <Notice kind=NoticeKind::Info><p class="lines">{notice}</p></Notice> })}
        <a class="back" href=format!("/counsel/{slug}/filings")>"← Filings"</a>
        <h1>{format!("Filing {}", row.number)}</h1>
        {frame::nav(&slug, Place::Filings, waiting)}
        <p>"As of "<time datetime=row.as_of.to_rfc3339()>{frame::short_moment(row.as_of, &zone)}</time>", "{frame::count(row.claims, "claim", "claims")}". It is frozen: what is filed or decided later is not in it."</p>
        <dl class="figures">
            <div><dt>"Gross claimed"</dt><dd class="amount">{currency.show(row.gross)}</dd></div>
            <div><dt>"Overlap removed"</dt><dd class="amount">{currency.show(row.confirmed)}</dd></div>
            <div><dt>"Unique total"</dt><dd>{unique}</dd></div>
        </dl>
        {compare}
        <h2>"Packages"</h2>
        <ul class="card-list">{packages}</ul>
        {table(&base, files, "full", "Files of the whole package")}
        {table(&base, files, "public", "Files of the public package")}
        <p class="small soft">"Hash of the frozen text: "<span class="hash">{row.sha256.clone()}</span></p>
    }
}

/// The files of a package; those of claimants, as they were uploaded, are folded away.
fn table(base: &str, files: &[File], variant: &str, caption: &'static str) -> impl IntoView + use<> {
    let of: Vec<&File> = files.iter().filter(|file| file.variant == variant && !file.name.is_empty()).collect();
    let (native, made): (Vec<&File>, Vec<&File>) = of.into_iter().partition(|file| file.name.starts_with("native/"));
    let folded = (!native.is_empty()).then(|| {
        let count = frame::count(i64::try_from(native.len()).unwrap_or(i64::MAX), "file", "files");
        view! {
            <details>
                <summary>{format!("{count} of claimants, as uploaded")}</summary>
                {list(base, &native, variant, "Files of claimants, as uploaded")}
            </details>
        }
    });
    view! { {list(base, &made, variant, caption)}{folded} }
}

fn list(base: &str, files: &[&File], variant: &str, caption: &'static str) -> impl IntoView + use<> {
    let rows: Vec<_> = files
        .iter()
        .map(|file| {
            let href = format!("{base}/files/{variant}/{}", file.name);
            let look = (file.media_type == "application/pdf").then(|| {
                view! { <a href=format!("{href}?inline=1")>"View"<span class="hidden">{format!(" {}", file.name)}</span></a> }
            });
            let short = file.sha256.get(..12).unwrap_or_default().to_owned();
            view! {
                <tr>
                    <th scope="row"><a href=href.clone()>{file.name.clone()}</a></th>
                    <td class="num">{grouped_units(file.bytes)}</td>
                    <td><span class="hash" title=file.sha256.clone()>{short}"…"</span></td>
                    <td class="row-actions">{look}<a href=href>"Download"<span class="hidden">{format!(" {}", file.name)}</span></a></td>
                </tr>
            }
        })
        .collect();
    view! {
        <Table caption class="dense">
            <thead><tr><th scope="col">"File"</th><th scope="col" class="num">"Bytes"</th><th scope="col">"SHA-256"</th><th scope="col" class="row-actions num">"Open"</th></tr></thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

/// `GET /counsel/{slug}/filings/{number}/difference`
pub async fn compare(visitor: Visitor, Path((slug, number)): Path<(String, i64)>) -> Answer {
    let mut tx = visitor.recoup().store.read().await?;
    let case = frame::case_of(&visitor, &mut tx, &slug, Action::File).await?;
    drop(tx);
    let after = build_filing::load(visitor.recoup(), case.id, number).await?;
    let before = build_filing::load(visitor.recoup(), case.id, number - 1).await?;
    let found = difference(&before, &after);
    let whom = frame::whom(&case);
    let title = format!("Filing {number} and filing {}", number - 1);
    Ok(visitor.page(Page::new(title, move || changes(&case, number, &found)).wide().whom(whom)))
}

/// Rows that a page shows; the CSV file of the package has all.
const MOST: usize = 500;

fn changes(case: &Case, number: i64, found: &Difference) -> impl IntoView + use<> {
    let (slug, currency) = (case.settings.slug.clone(), case.settings.currency);
    let rows: Vec<_> = found
        .rows
        .iter()
        .take(MOST)
        .map(|row| {
            let claim = (!row.claim.is_empty())
                .then(|| view! { <a href=format!("/counsel/{slug}/claims/{}", row.claim)>{row.claim.clone()}</a> });
            view! {
                <tr>
                    <th scope="row">{row.change}</th>
                    <td>{claim}<div class="detail">{row.claimant.clone()}</div></td>
                    <td class="num">{row.line.map(|line| line.to_string())}</td>
                    <td>{row.what.clone()}</td>
                    <td class="num">{frame::figure(row.before, currency)}</td>
                    <td class="num">{frame::figure(row.after, currency)}</td>
                    <td class="num">{row.counted.then(|| frame::figure(row.after - row.before, currency))}</td>
                </tr>
            }
        })
        .collect();
    let table = if rows.is_empty() {
        view! { <p class="empty">"Nothing changed."</p> }.into_any()
    } else {
        view! {
            <Table caption="What changed, line by line">
                <thead>
                    <tr>
                        <th scope="col">"Change"</th><th scope="col">"Claim"</th><th scope="col" class="num">"Line"</th><th scope="col">"What"</th>
                        <th scope="col" class="num">"Before"</th><th scope="col" class="num">"After"</th><th scope="col" class="num">{format!("Moved, {currency}")}</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </Table>
        }
        .into_any()
    };
    let more = (found.rows.len() > MOST).then(|| {
        view! { <p>{format!("The first {MOST} of {} changes are shown; ", found.rows.len())}<a href=format!("/counsel/{slug}/filings/{number}/files/full/tables/difference.csv")>"the CSV file has all"</a>"."</p> }
    });
    view! {
        <a class="back" href=format!("/counsel/{slug}/filings/{number}")>{format!("← Filing {number}")}</a>
        <h1>{format!("What changed from filing {} to filing {number}", number - 1)}</h1>
        <p class="lede">{found.words.clone()}</p>
        {table}
        {more}
    }
}
