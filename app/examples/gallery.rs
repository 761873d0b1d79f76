//! Writes pages with every component in every state, to be looked at: `cargo run --example gallery -- <directory>`.
//!
//! The pages link to `main.css` and the island files beside them.

use std::{collections::BTreeMap, path::Path};

use app::{
    components::*,
    islands::{LineSums, Unsaved, Upload},
    shell::{Frame, IslandFiles, Page, Who, render},
};
use claims::{
    intake::{Answers, Field, FieldError, Kind, claimant, line, sales, sign, steps},
    line::Category,
    money::Currency,
};
use leptos::prelude::*;

const FRAME: Frame<'static> = Frame {
    nonce: "gallery",
    style: "main.css",
    islands: Some(IslandFiles { loader: "./load.js", module: "./app.js", wasm: "./app_bg.wasm" }),
    path: "/claims/7",
    who: Some(Who { name: "Ada Marlowe", counsel: false, administrator: false }),
};
const HOSTILE: &str = "</textarea></title><script>alert(1)</script>\"'><img src=x onerror=alert(1)>";

fn main() -> std::io::Result<()> {
    let directory = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    let stranger = Frame { who: None, path: "/", ..FRAME };
    let counsel = Frame {
        path: "/counsel/allegro",
        who: Some(Who { name: "J. Okafor", counsel: true, administrator: true }),
        ..FRAME
    };
    let pages = [
        ("case", render(&stranger, case())),
        ("tasks", render(&FRAME, tasks())),
        ("line", render(&FRAME, line_form())),
        ("claimant", render(&FRAME, claimant_form())),
        ("lines", render(&FRAME, lines())),
        ("documents", render(&FRAME, documents())),
        ("check", render(&FRAME, check())),
        ("sign", render(&FRAME, signing())),
        ("overview", render(&counsel, overview())),
        ("hostile", render(&FRAME, hostile())),
    ];
    for (name, html) in pages {
        std::fs::write(Path::new(&directory).join(format!("{name}.html")), html)?;
    }
    Ok(())
}

fn case() -> Page {
    Page::new("Claims against Allegro Media Group", || {
        view! {
            <h1>"Claims against Allegro Media Group"</h1>
            <div class="with-aside">
                <div>
                    <p class="lede">"Allegro distributed records for hundreds of labels and stopped paying for what it sold. In June 2016 it closed, and the stock in its warehouse was taken as collateral."</p>
                    <p><a class="button" href="/register">"File a claim"</a></p>
                    <h2>"Who is in the class"</h2>
                    <p>"Every person or label whose recordings Allegro or its subsidiaries distributed between 2009 and 2016, and who was not paid in full for copies or downloads sold, or whose stock was not returned."</p>
                    <h2>"What happened"</h2>
                    <TimeLine events=vec![
                        TimeEvent { at: "2016-06-03".into(), when: "3 June 2016".into(), what: "The stock is seized.".into(), detail: "Labels are told by e-mail, some not at all.".into() },
                        TimeEvent { at: "2016-05-20".into(), when: "20 May 2016".into(), what: "Allegro closes its warehouse.".into(), detail: String::new() },
                        TimeEvent { at: "2015-11-30".into(), when: "30 November 2015".into(), what: "The last statements are sent.".into(), detail: String::new() },
                    ]/>
                    <h2>"Questions"</h2>
                    <details open><summary>"I have lost my statements. Can I claim?"</summary><p>"Yes. Give what you know; a lump sum over all releases is enough to begin with."</p></details>
                    <details><summary>"Who sees what I send?"</summary><p>"Counsel of this case, and the court once counsel file the claims. The version for the public shows no documents, no address, no e-mail and no telephone."</p></details>
                </div>
                <div class="aside">
                    <h2>"Deadline"</h2>
                    <p><strong>"11:59 p.m. Pacific, 14 March 2027"</strong><br/>"115 days left"</p>
                    <h2>"What can be claimed"</h2>
                    <ul><li>"Unpaid sales"</li><li>"Held inventory"</li><li>"Digital royalties"</li><li>"Other losses"</li></ul>
                    <h2>"Documents"</h2>
                    <ul><li><a href="#">"Complaint (PDF, 2.1 MB)"</a></li><li><a href="#">"Scheduling order (PDF, 90 kB)"</a></li></ul>
                </div>
            </div>
        }
    })
}

fn tasks() -> Page {
    let categories = &Category::ALL;
    let states = [
        (steps::Progress::Done, "Meridian Records LLC"),
        (steps::Progress::NeedsAttention, "2 answers need attention"),
        (steps::Progress::Done, "12 lines, 48,210.55 USD"),
        (steps::Progress::NotStarted, ""),
        (steps::Progress::Optional, ""),
        (steps::Progress::Optional, ""),
        (steps::Progress::NotStarted, ""),
        (steps::Progress::NotStarted, ""),
        (steps::Progress::NotYet, ""),
        (steps::Progress::NotYet, "After the tasks above"),
    ];
    let tasks = steps::Step::all(categories)
        .into_iter()
        .zip(states)
        .map(|(step, (progress, detail))| Task {
            title: step.title().to_owned(),
            detail: detail.to_owned(),
            href: (progress != steps::Progress::NotYet).then(|| format!("/claims/7/{}", step.key())),
            word: progress.words().to_owned(),
            key: progress.key().to_owned(),
        })
        .collect();
    Page::new("Your claim", move || {
        view! {
            <Notice kind=NoticeKind::Success title="Saved">"Your answers about the agreement are kept. You can leave and come back."</Notice>
            <h1>"Your claim"</h1>
            <p class="lede">"Take the tasks in any order. What you enter is kept, also when it is not right yet. Last day: 14 March 2027, 11:59 p.m. Pacific."</p>
            <TaskList tasks/>
            <Meter label="Documented" part=3_412_055 whole=4_821_055 words="34,120.55 of 48,210.55 USD is cited in a document."/>
            <Notice kind=NoticeKind::Warning title="Confirm your e-mail address">"Before you can sign, open the link in the mail that we sent to ada@example.org."</Notice>
            <Notice kind=NoticeKind::Info>"A representative files for each client separately."</Notice>
        }
    })
    .whom("Meridian Records LLC · Claims against Allegro Media Group")
}

fn sale() -> Answers {
    Answers::default()
        .with("channel", "physical")
        .with("period_from", "2015-01-01")
        .with("period_to", "31 March 2015")
        .with("currency", "USD")
        .with("units_shipped", "1,250")
        .with("units_returned", "50")
        .with("units_net", "1200")
        .with("unit_price", "7.25")
        .with("gross", "8700.00")
        .with("distribution_fee", "2175")
        .with("reserve_withheld", "870,50")
        .with("net_due", "5655")
        .with("paid", "1000")
        .with("balance", "4655.00")
        .with("artist", "Quartetto Lume")
        .with("title", "Winter Pieces")
        .with("gtin", "036000291453")
}

fn line_form() -> Page {
    let answers = sale();
    let rules = line::LineRules { currency: Currency::USD, currencies: currencies() };
    let reading = line::read(Category::UnpaidSales, &answers, &rules);
    let errors = reading.errors.clone();
    Page::new("Line 4, unpaid sales", move || {
        let others = BTreeMap::from([(Currency::USD, 4_355_555)]);
        view! {
            <ErrorSummary errors=errors.clone()/>
            <a class="back" href="/claims/7/unpaid_sales">"← All lines of unpaid sales"</a>
            <h1>"Line 4, unpaid sales"</h1>
            <form method="post" novalidate>
                <Unsaved/>
                <FormSections sections=sales::FORM answers=answers.clone() errors currencies=rules.currencies.clone()/>
                <h2>"The sums"</h2>
                <LineSums category=Category::UnpaidSales answers currency=Currency::USD currencies=rules.currencies.clone() others/>
                <ClosingSums sums=reading.sums currency=Currency::USD/>
                <p>"All lines: "<strong data-total="USD">"43,555.55"</strong>" USD"</p>
                <div class="actions"><button type="submit">"Save the line"</button><button class="secondary" name="then" value="copy">"Save and copy"</button><a href="/claims/7/unpaid_sales">"Cancel"</a></div>
            </form>
        }
    })
    .error(true)
    .whom("Meridian Records LLC · Claims against Allegro Media Group")
}

fn currencies() -> std::collections::BTreeSet<Currency> {
    ["USD", "EUR", "GBP"].into_iter().filter_map(Currency::parse).collect()
}

fn claimant_form() -> Page {
    let answers = Answers::default()
        .with("kind", "label")
        .with("legal_name", "Meridian Records LLC")
        .with("email", "office@meridian");
    let errors = steps::Step::Claimant.errors(&answers);
    Page::new("Who is claiming", move || {
        view! {
            <ErrorSummary errors=errors.clone()/>
            <h1>"Who is claiming"</h1>
            <form method="post" novalidate>
                <FormSections sections=claimant::FORM answers errors/>
                <div class="actions"><button type="submit">"Save and go on"</button><a href="/claims/7">"Back to the tasks"</a></div>
            </form>
        }
    })
    .error(true)
    .whom("Meridian Records LLC · Claims against Allegro Media Group")
}

fn lines() -> Page {
    Page::new("Unpaid sales", || {
        let rows = [("Quartetto Lume: Winter Pieces", "Jan–Mar 2015", "1,200", 465_500, ""), ("The Low Tide: Harbour", "Apr–Jun 2015", "310", 120_050, "wrong"), ("", "2009–2016", "", 4_235_505, "")];
        let rows: Vec<_> = rows
            .into_iter()
            .enumerate()
            .map(|(n, (release, period, units, minor, class))| {
                let release = if release.is_empty() { "Lump sum" } else { release };
                view! {
                    <tr class=class>
                        <th scope="row">{n + 1}</th><td>{release}{(!class.is_empty()).then(|| view! { " " <StatusTag word="Needs attention" key="attention"/> })}</td><td>{period}</td><td class="num">{units}</td>
                        <td class="num"><Amount minor currency=Currency::USD/></td>
                        <td class="row-actions"><a href="#">"Edit"</a><button class="link">"Copy"</button><button class="link">"Remove"</button></td>
                    </tr>
                }
            })
            .collect();
        view! {
            <h1>"Unpaid sales"</h1>
            <p>"One line can be one release in one statement, or a lump sum over all releases if that is all you know."</p>
            <div class="actions"><a class="button" href="#">"Add a line"</a><a class="button secondary" href="#">"Import a statement"</a></div>
            <br/>
            <Table caption="Lines of unpaid sales">
                <thead><tr><th scope="col">"Line"</th><th scope="col">"Release"</th><th scope="col">"Period"</th><th scope="col" class="num">"Units"</th><th scope="col" class="num">"Amount"</th><th scope="col"><span class="hidden">"What can be done"</span></th></tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr><th scope="row" colspan="4">"Total"</th><td class="num"><Amount minor=4_821_055 currency=Currency::USD/></td><td></td></tr></tfoot>
            </Table>
            <Pager page=2 pages=9 base="/claims/7/unpaid_sales"/>
            <h2>"Held inventory"</h2>
            <p class="empty">"No lines yet. Add one for each release that was in the warehouse."</p>
        }
    })
    .whom("Meridian Records LLC · Claims against Allegro Media Group")
}

fn documents() -> Page {
    Page::new("Documents", || {
        view! {
            <h1>"Documents"</h1>
            <form method="post" action="/upload" enctype="multipart/form-data" novalidate>
                <input type="hidden" name="key" value="k1"/>
                <div class="field long">
                    <label for="field-files">"Add documents"</label>
                    <p class="hint" id="hint-files">"PDF, JPEG, PNG, CSV or XLSX, each at most 25 MB. Counsel of this case will see them."</p>
                    <div class="control"><input type="file" id="field-files" name="files" multiple aria-describedby="hint-files"/></div>
                </div>
                <Upload/>
                <div class="actions"><button type="submit">"Send the files"</button></div>
            </form>
            <h2>"While files are being sent"</h2>
            <ul class="upload-list">
                <li class="upload-taken"><span class="upload-name">"statement-2015-q1.pdf"</span><span class="upload-words">"Received, 4 pages"</span></li>
                <li class="upload-sending"><span class="upload-name">"a-very-long-file-name-that-somebody-scanned-at-the-library-on-a-rainy-day-in-november-2015-final-final.pdf"</span><progress max="100" value="40"></progress><span class="upload-words">"40 %"</span></li>
                <li class="upload-refused"><span class="upload-name">"photo.heic"</span><span class="upload-words">"This is not a PDF, JPEG, PNG, CSV or XLSX file. Save it as one of these and send it again."</span></li>
                <li class="upload-waiting"><span class="upload-name">"contract.pdf"</span><span class="upload-words">"Waiting"</span></li>
            </ul>
        }
    })
    .whom("Meridian Records LLC · Claims against Allegro Media Group")
}

fn check() -> Page {
    let answers = Answers::default()
        .with("kind", "label")
        .with("legal_name", "Meridian Records LLC")
        .with("other_names", "Meridian\nSmall Hours Editions")
        .with("city", "Portland");
    Page::new("Check your answers", move || {
        view! {
            <h1>"Check your answers"</h1>
            <dl class="figures">
                <div><dt>"Unpaid sales"</dt><dd><Amount minor=4_821_055 currency=Currency::USD/></dd><dd class="detail">"12 lines"</dd></div>
                <div><dt>"Held inventory"</dt><dd><Amount minor=1_204_000 currency=Currency::USD/></dd><dd class="detail">"at manufacturing cost"</dd></div>
                <div><dt>"Digital royalties"</dt><dd>"0.00"</dd></div>
            </dl>
            <h2>"Who is claiming"</h2>
            <SummaryList rows=summary_rows(claimant::FORM, &answers, Some("/claims/7/claimant"))/>
            <div class="actions"><a class="button" href="#">"Go on to sign"</a><button class="danger">"Withdraw the claim"</button></div>
        }
    })
    .whom("Meridian Records LLC · Claims against Allegro Media Group")
}

fn signing() -> Page {
    Page::new("Sign and send", || {
        view! {
            <h1>"Sign and send"</h1>
            <blockquote>"I declare under penalty of perjury under the laws of the United States of America that the foregoing is true and correct."</blockquote>
            <form method="post" novalidate>
                <FormSections sections=sign::FORM answers=Answers::default() require=&["late_reason"]/>
                <FormField field=Field::required("password", "Password", Kind::Password).autocomplete("current-password") answer="" error=None/>
                <div class="actions"><button type="submit">"Sign and send"</button></div>
            </form>
        }
    })
}

fn overview() -> Page {
    Page::new("Overview", || {
        let columns = (0..26).map(|n| Column { label: format!("week {}", n + 1), value: (n * n * 7 + 13) % 41 + n * 3 }).collect();
        let rows: Vec<_> = (1..=8)
            .map(|n: i64| {
                let (word, key) = if n % 3 == 0 { ("Withdrawn", "withdrawn") } else { ("Submitted", "submitted") };
                view! {
                    <tr><th scope="row"><a href="#">{format!("ALG-{n:04}")}</a></th><td>"Meridian Records LLC"</td><td>"Label"</td><td>"Portland, Oregon"</td><td><StatusTag word key/></td><td>"2026-11-0"{n}</td>
                    <td class="num">{n * 7}</td><td class="num"><Amount minor=n * 1_234_567 currency=Currency::USD/></td><td class="num"><Amount minor=n * 234_567 currency=Currency::USD/></td><td class="num">{format!("{}\u{a0}%", 100 - n * 7)}</td></tr>
                }
            })
            .collect();
        view! {
            <h1>"Claims against Allegro Media Group"</h1>
            <dl class="figures">
                <div><dt>"Claimed"</dt><dd><Amount minor=512_345_678 currency=Currency::USD/></dd><dd class="detail">"before overlap is removed"</dd></div>
                <div><dt>"Claimants"</dt><dd>"143"</dd><dd class="detail">"CAFA asks for 100"</dd></div>
                <div><dt>"Lines"</dt><dd>"4,902"</dd></div>
                <div><dt>"Drafts"</dt><dd>"31"</dd><dd class="detail">"9 untouched for two weeks"</dd></div>
            </dl>
            <div class="columns">
                <div><ColumnChart title="Claims by week" what="Week" unit="claims" one="claim" columns/></div>
                <div><Meter label="Documented" part=61 whole=100 words="of the claimed amount is cited in a document."/><Meter label="CAFA amount" part=100 whole=100 words="5,123,456.78 of 5,000,000.00 USD"/><Meter label="Nothing yet" part=0 whole=0 words="No claims yet."/></div>
            </div>
            <h2>"Register"</h2>
            <form class="bar" method="get">
                <div class="field short"><label for="field-q">"Name or number"</label><div class="control"><input id="field-q" name="q"/></div></div>
                <div class="field short"><label for="field-s">"Status"</label><div class="control"><select id="field-s" name="s"><option>"All"</option></select></div></div>
                <button class="secondary">"Filter"</button>
                <a class="push" href="#">"Export as CSV"</a>
            </form>
            <Table caption="Claims" quiet=true class="dense">
                <thead><tr><th scope="col" aria-sort="ascending"><a href="#">"Claim"</a></th><th scope="col">"Claimant"</th><th scope="col">"Kind"</th><th scope="col">"Place"</th><th scope="col">"Status"</th><th scope="col">"Submitted"</th><th scope="col" class="num">"Lines"</th><th scope="col" class="num">"Unpaid sales"</th><th scope="col" class="num">"Held inventory"</th><th scope="col" class="num">"Documented"</th></tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr><th scope="row" colspan="6">"Filtered: 8 of 143"</th><td class="num">"252"</td><td class="num"><Amount minor=44_444_412 currency=Currency::USD/></td><td class="num"><Amount minor=8_444_412 currency=Currency::USD/></td><td></td></tr></tfoot>
            </Table>
            <Pager page=1 pages=18 base="/counsel/allegro"/>
        }
    })
    .wide()
}

fn hostile() -> Page {
    let mut answers = Answers::default();
    let mut errors = Vec::new();
    for field in claims::intake::form::fields(claimant::FORM) {
        answers.set(field.name, HOSTILE);
        errors.push(FieldError { field: field.name.to_owned(), message: HOSTILE.to_owned() });
    }
    Page::new(HOSTILE, move || {
        view! {
            <ErrorSummary errors=errors.clone()/>
            <h1>{HOSTILE.repeat(3)}</h1>
            <FormSections sections=claimant::FORM answers=answers.clone() errors/>
            <SummaryList rows=summary_rows(claimant::FORM, &answers, Some(HOSTILE))/>
            <StatusTag word=HOSTILE key=HOSTILE/>
            <Notice kind=NoticeKind::Info title=HOSTILE>{HOSTILE}</Notice>
            <Pager page=1 pages=2 base=HOSTILE/>
            <Meter label=HOSTILE part=1 whole=2 words=HOSTILE/>
        }
    })
    .whom(HOSTILE)
}
