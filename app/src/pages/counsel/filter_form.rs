//! The form above the register.

use claims::{
    case::Case,
    intake::FieldError,
    line::{Basis, Category},
    status::ClaimStatus,
};
use leptos::prelude::*;

use super::filter::Choice;

/// The form. It is sent with GET to the page it stands on, so that a filtered register has an address; `page` is that page
/// without a filter.
pub(super) fn form(case: &Case, choice: &Choice, page: &str) -> impl IntoView + use<> {
    form_of(case, choice, page, "All sent", &[ClaimStatus::Submitted, ClaimStatus::Withdrawn])
}

/// The same where withdrawn claims are left out unless they are asked for: no status means submitted.
pub(super) fn form_to_write(case: &Case, choice: &Choice, page: &str) -> impl IntoView + use<> {
    form_of(case, choice, page, ClaimStatus::Submitted.word(), &[ClaimStatus::Withdrawn])
}

fn form_of(
    case: &Case,
    choice: &Choice,
    page: &str,
    any_status: &'static str,
    statuses: &[ClaimStatus],
) -> impl IntoView + use<> {
    let settings = &case.settings;
    let typed = |name: &str| choice.typed.get(name).to_owned();
    let error = |name: &str| choice.errors.iter().find(|error| error.field == name).cloned();
    let options = |options: Vec<(&'static str, String)>| options;
    let statuses = statuses.iter().map(|status| (status.key(), status.word().to_owned())).collect();
    let categories = Category::ALL.into_iter().filter(|category| settings.categories.contains(category));
    let categories = categories.map(|category| (category.key(), category.title().to_owned())).collect();
    let filing = settings.filing_basis;
    let bases = Basis::ALL.map(|basis| {
        let words =
            if basis == filing { format!("{}, as in filings", basis.title()) } else { basis.title().to_owned() };
        (basis.key(), words)
    });
    let proof =
        [("yes", "With sworn-only amounts"), ("no", "Wholly documented")].map(|(key, words)| (key, words.to_owned()));
    let late = [("yes", "Late claims only".to_owned())];
    let sort = choice.order.key();
    let clear = (!choice.is_everything() || !choice.errors.is_empty())
        .then(|| view! { <a href=page.to_owned()>"Clear the filter"</a> });
    view! {
        <form class="bar" method="get" role="search" aria-label="Filter of the register" novalidate>
            {text("q", "Name or number", typed("q"), error("q"))}
            {select("status", "Status", any_status, options(statuses), &typed("status"), error("status"))}
            {select("category", "Category", "All", options(categories), &typed("category"), error("category"))}
            {select("basis", "Basis of stock", "As in filings", bases.to_vec(), &typed("basis"), error("basis"))}
            {select("sworn", "Proof", "Any", proof.to_vec(), &typed("sworn"), error("sworn"))}
            {select("late", "In time", "All", late.to_vec(), &typed("late"), error("late"))}
            {text("from", "Received from", typed("from"), error("from"))}
            {text("to", "Received to", typed("to"), error("to"))}
            <input type="hidden" name="sort" value=sort/>
            <button class="secondary" type="submit">"Filter"</button>
            {clear}
        </form>
    }
}

fn message(error: Option<FieldError>) -> (Option<String>, Option<&'static str>, Option<AnyView>) {
    let Some(FieldError { field, message }) = error else { return (None, None, None) };
    let id = format!("error-{field}");
    let named = id.clone();
    let words = view! { <p class="error" id=named><span class="hidden">"Error: "</span>{message}</p> }.into_any();
    (Some(id), Some("true"), Some(words))
}

fn text(name: &'static str, label: &'static str, answer: String, error: Option<FieldError>) -> impl IntoView {
    let id = format!("field-{name}");
    let named = id.clone();
    let (described_by, invalid, words) = message(error);
    view! {
        <div class="field short">
            <label for=named>{label}</label>
            {words}
            <div class="control">
                <input type="text" id=id name=name value=answer autocomplete="off" aria-describedby=described_by aria-invalid=invalid/>
            </div>
        </div>
    }
}

fn select(
    name: &'static str,
    label: &'static str,
    any: &'static str,
    options: Vec<(&'static str, String)>,
    answer: &str,
    error: Option<FieldError>,
) -> impl IntoView + use<> {
    let id = format!("field-{name}");
    let named = id.clone();
    let (described_by, invalid, words) = message(error);
    let options: Vec<_> = options
        .into_iter()
        .map(|(value, words)| view! { <option value=value selected=value == answer>{words}</option> })
        .collect();
    view! {
        <div class="field short">
            <label for=named>{label}</label>
            {words}
            <div class="control">
                <select id=id name=name aria-describedby=described_by aria-invalid=invalid>
                    <option value="">{any}</option>
                    {options}
                </select>
            </div>
        </div>
    }
}
