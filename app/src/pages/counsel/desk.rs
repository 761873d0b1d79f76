//! The cases of a counsel.

use claims::{
    Instant,
    access::Action,
    case::{Case, Intake},
    deadline,
    intake::case_settings::CaseState,
    store::{
        cases,
        register::{self, RegisterSums},
    },
};
use leptos::prelude::*;

use super::{filter, frame};
use crate::{
    components::{StatusTag, Table},
    request::{Answer, Visitor},
    shell::Page,
};

/// `GET /counsel`
pub async fn page(visitor: Visitor) -> Answer {
    let actor = visitor.may(Action::SeeCounselDesk)?;
    let now = visitor.recoup().clock.now();
    let mut tx = visitor.recoup().store.read().await?;
    let mut desk = Vec::new();
    for row in cases::of_counsel(&mut tx, actor.account).await? {
        let case = row.read()?;
        // Figures are part of the case, and a case that asks for a second factor shows nothing without one.
        let sums = if actor.may(Action::SeeCase(case.id)).is_ok() {
            let submitted = filter::submitted(&case.settings.time_zone);
            Some(register::sums(&mut tx, case.id, case.settings.filing_basis, &submitted).await?)
        } else {
            None
        };
        desk.push((case, sums));
    }
    drop(tx);
    let rows: Vec<_> = desk.iter().map(|(case, sums)| row(case, *sums, now).into_any()).collect();
    Ok(visitor.page(
        Page::new("Your cases", move || {
            view! {
                <h1>"Your cases"</h1>
                <p>"Sums count submitted claims in force, before overlap between claims is removed."</p>
                <Table caption="Your cases" quiet=true>
                    <thead>
                        <tr>
                            <th scope="col">"Case"</th>
                            <th scope="col">"Takes claims"</th>
                            <th scope="col">"Last moment for claims"</th>
                            <th scope="col" class="num">"Claims"</th>
                            <th scope="col" class="num">"Gross claimed"</th>
                            <th scope="col" class="num">"Of it documented"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </Table>
            }
        })
        .wide()
        .whom("Counsel"),
    ))
}

fn row(case: &Case, sums: Option<RegisterSums>, now: Instant) -> impl IntoView + use<> {
    let settings = &case.settings;
    let (word, key) = match (settings.state, case.intake(now)) {
        (CaseState::Preparing, _) => ("Being prepared", "draft"),
        (_, Intake::Open) => ("Open", "open"),
        (_, Intake::LateWithReason) => ("Late, with a reason", "open"),
        (_, Intake::Closed) => ("Closed", "closed"),
    };
    let register = filter::register(&settings.slug, &filter::submitted(&settings.time_zone));
    let of = format!("of {}", settings.title);
    let court = settings.court.clone().map(|court| view! { <div class="detail">{court}</div> });
    let figures = match sums {
        Some(sums) => view! {
            <td class="num">{frame::number(&register, sums.claims, ("claim", "claims"), &format!(" {of}"))}</td>
            <td class="num">{frame::amount(&register, sums.amount, settings.currency, &format!("claimed {of}"))}</td>
            <td class="num">{frame::amount(&register, sums.documented, settings.currency, &format!("documented {of}"))}</td>
        }
        .into_any(),
        None => view! { <td colspan="3">"Shown once your account has a second factor"</td> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row"><a href=format!("/counsel/{}", settings.slug)>{settings.title.clone()}</a>{court}</th>
            <td><StatusTag word key/></td>
            <td>{deadline::in_words(case.deadline, &settings.time_zone, now)}</td>
            {figures}
        </tr>
    }
}
