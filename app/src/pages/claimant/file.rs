//! Who is claiming: one of the account's claimants, or a new one.

use claims::{
    ClaimantId, Instant,
    access::{Action, Refusal},
    actions::{
        Failure,
        start_claim::{self, Who},
    },
    case::{Case, Intake},
    intake::{Answers, FieldError, case_settings::CaseState, claimant},
    store::{
        cases,
        claims::{self as stored, ActsFor, Claim},
    },
};
use leptos::prelude::*;

use super::{At, parts};
use crate::{
    components::{FormSections, Notice, NoticeKind},
    pages::account::typed::{Typed, refused},
    request::{Answer, Halt, Sent, Visitor, see_other},
    shell::Page,
};

/// What the page is made of.
struct Start {
    case: Case,
    now: Instant,
    /// The account's claimants, each with its claim in the case if it has one.
    known: Vec<(ActsFor, Option<Claim>)>,
}

async fn read(visitor: &Visitor, slug: &str) -> Result<Start, Halt> {
    let actor = visitor.may(Action::StartClaim)?;
    let mut tx = visitor.recoup().store.read().await?;
    let case = cases::by_slug(&mut tx, slug).await?.ok_or(Refusal::NotFound)?.read()?;
    if case.settings.state == CaseState::Preparing {
        return Err(Refusal::NotFound.into());
    }
    let mut known = Vec::new();
    for claimant in stored::acts_for(&mut tx, actor.account).await? {
        let claim = stored::of_claimant(&mut tx, case.id, claimant.id).await?;
        known.push((claimant, claim));
    }
    Ok(Start { case, now: visitor.recoup().clock.now(), known })
}

/// The question.
pub async fn page(visitor: Visitor, At(slug): At<String>) -> Answer {
    let start = read(&visitor, &slug).await?;
    let key = visitor.key();
    let notice = visitor.take_notice().await;
    Ok(visitor.page(shown(start, Typed::default(), key, notice)))
}

/// The answer: the claim is started, or the one that exists already is opened.
pub async fn start(visitor: Visitor, At(slug): At<String>, sent: Sent) -> Answer {
    let start = read(&visitor, &slug).await?;
    let choices = start.known.iter().any(|(_, claim)| claim.is_none());
    let typed_a_new_one = !sent.get("legal_name").is_empty();
    let who = match sent.get("who") {
        "" if choices && !typed_a_new_one => {
            Err(vec![FieldError { field: "who".to_owned(), message: "Choose for whom you file.".to_owned() }])
        }
        "" | "new" if sent.get("namesake") == "yes" => Ok(Who::Namesake(sent.0.only(claimant::START))),
        "" | "new" => Ok(Who::New(sent.0.only(claimant::START))),
        id => Ok(Who::Known(ClaimantId(id.parse().map_err(|_| Refusal::NotFound)?))),
    };
    let begun = match who {
        Ok(who) => start_claim::start(visitor.recoup(), visitor.actor()?, &slug, &who, sent.get("key")).await,
        Err(errors) => Err(Failure::Invalid(errors)),
    };
    match begun {
        Ok(id) => Ok(see_other(&format!("/claims/{id}"))),
        Err(failure) => {
            // What was wrong was not done, so the key is still good; what was done with another content needs another.
            let key = if matches!(failure, Failure::Said(_)) { visitor.key() } else { sent.get("key").to_owned() };
            refused(&visitor, failure, sent.0, |typed| shown(start, typed, key, None))
        }
    }
}

fn shown(start: Start, typed: Typed, key: String, notice: Option<String>) -> Page {
    let Start { case, now, known } = start;
    let whom = case.settings.title.clone();
    Page::new("File a claim", move || {
        let top = typed.top();
        let refused = typed.said.is_some();
        let Typed { answers: typed, errors, .. } = typed;
        let settings = &case.settings;
        let by = parts::until(&case, now);
        let words = match case.intake(now) {
            Intake::Open => format!(
                "The deadline is {by}. {} What you enter is kept; nothing is sent before you sign.",
                claims::deadline::after_in_words(&case)
            ),
            Intake::LateWithReason => "The deadline has passed. A late claim is taken if you say why it is late; you are asked for the reason when you sign.".to_owned(),
            Intake::Closed => {
                return view! {
                    <h1>"This case takes no more claims"</h1>
                    <p class="lede">{format!("The deadline was {by}.")}</p>
                    <p>"Whom to ask stands on "<a href=format!("/cases/{}", settings.slug)>"the page of the case"</a>"."</p>
                }
                .into_any();
            }
        };
        let have: Vec<_> = known
            .iter()
            .filter_map(|(claimant, claim)| claim.as_ref().map(|claim| view! { <li><a href=format!("/claims/{}", claim.id)>{format!("Open the claim of {}", claimant.legal_name)}</a></li> }))
            .collect();
        let have = (!have.is_empty()).then(|| view! { <Notice kind=NoticeKind::Info title="A claimant files once in this case">"What was filed can be amended."<ul>{have}</ul></Notice> });
        // Whoever was refused because of a claim of the same name gets to it, or says that it is another's.
        let namesake = known
            .iter()
            .filter(|(claimant, _)| refused && start_claim::same_name(&claimant.legal_name, typed.get("legal_name")))
            .find_map(|(_, claim)| claim.as_ref())
            .map(|claim| {
                view! {
                    <a class="button secondary" href=format!("/claims/{}", claim.id)>{format!("Open the claim of {}", claim.claimant)}</a>
                    <button type="submit" class="secondary" name="namesake" value="yes">"It is somebody else: start a new claim"</button>
                }
            });
        let without: Vec<&ActsFor> = known.iter().filter(|(_, claim)| claim.is_none()).map(|(claimant, _)| claimant).collect();
        let choice = (!without.is_empty()).then(|| who_form(&without, &typed, &errors));
        let heading = if choice.is_some() || have.is_some() { "A new claimant" } else { "The claimant" };
        view! {
            {top}
            {parts::done(notice)}
            <h1>"File a claim"</h1>
            <p class="lede">{words}</p>
            <p>"A claim belongs to one person or company. If you act for several, as a manager or an attorney, file for each separately: all of them stand in your list."</p>
            {have}
            <form method="post" novalidate>
                <input type="hidden" name="key" value=key/>
                {choice}
                <h2>{heading}</h2>
                <FormSections sections=claimant::START answers=typed errors=errors.clone()/>
                <div class="actions"><button type="submit">"Go on"</button>{namesake}<a href=format!("/cases/{}", settings.slug)>"Back to the case"</a></div>
            </form>
        }
        .into_any()
    })
    .whom(whom)
}

/// The account's claimants that have no claim in the case yet.
fn who_form(claimants: &[&ActsFor], typed: &Answers, errors: &[FieldError]) -> impl IntoView + use<> {
    let error = errors.iter().find(|error| error.field == "who").map(|error| error.message.clone());
    let chosen = typed.get("who").to_owned();
    let mut choices: Vec<(String, String)> =
        claimants.iter().map(|claimant| (claimant.id.to_string(), claimant.legal_name.clone())).collect();
    choices.push(("new".to_owned(), "A new claimant, named below".to_owned()));
    let options: Vec<_> = choices
        .into_iter()
        .enumerate()
        .map(|(place, (value, words))| {
            let id = if place == 0 { "field-who".to_owned() } else { format!("field-who-{value}") };
            let checked = value == chosen;
            view! { <div class="choice"><input type="radio" id=id.clone() name="who" value=value checked=checked/><label for=id>{words}</label></div> }
        })
        .collect();
    let class = if error.is_some() { "field full wrong" } else { "field full" };
    let invalid = error.is_some().then_some("true");
    let described = error.is_some().then_some("error-who");
    let message =
        error.map(|error| view! { <p class="error" id="error-who"><span class="hidden">"Error: "</span>{error}</p> });
    view! {
        <fieldset class=class aria-describedby=described aria-invalid=invalid>
            <legend>"For whom do you file?"</legend>
            {message}
            <div class="choices">{options}</div>
        </fieldset>
    }
}
