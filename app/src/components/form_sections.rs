//! A form declared as data, rendered.

use std::collections::BTreeSet;

use claims::{
    intake::{Answers, FieldError, Section},
    money::Currency,
};
use leptos::prelude::*;

use super::FormField;

/// The sections of a form with answers and errors, to be put inside the page's own `<form novalidate>`.
#[component]
pub fn FormSections(
    /// The form.
    sections: &'static [Section],
    /// What was typed so far.
    answers: Answers,
    /// What is wrong with it.
    #[prop(optional)]
    errors: Vec<FieldError>,
    /// The currencies that can be chosen.
    #[prop(optional)]
    currencies: BTreeSet<Currency>,
    /// Names of fields that are not asked here.
    #[prop(optional)]
    leave_out: &'static [&'static str],
    /// Names of fields that must be answered here although the form says that they may be left empty.
    #[prop(optional)]
    require: &'static [&'static str],
    /// A field of which more is said than its hint, and what.
    #[prop(optional_no_strip)]
    more: Option<(&'static str, String)>,
) -> impl IntoView {
    let shown = sections.iter().filter(|section| section.fields.iter().any(|field| !leave_out.contains(&field.name)));
    let parts: Vec<_> = shown
        .enumerate()
        .map(|(place, section)| {
            let fields: Vec<_> = section
                .fields
                .iter()
                .filter(|field| !leave_out.contains(&field.name))
                .map(|field| {
                    let error = errors.iter().find(|error| error.field == field.name).map(|error| error.message.clone());
                    // Not `Answers::get`, which trims: what was typed comes back as it was.
                    let answer = answers.0.get(field.name).cloned().unwrap_or_default();
                    let more = more.as_ref().filter(|(name, _)| *name == field.name).map(|(_, words)| words.clone());
                    view! { <FormField field=*field answer error currencies=currencies.clone() required=require.contains(&field.name) more=more/> }
                })
                .collect();
            let fields = view! { <div class="fields">{fields}</div> };
            if section.title.is_empty() {
                return view! { <div class="form-section plain">{fields}</div> }.into_any();
            }
            let id = format!("section-{place}");
            let intro = (!section.intro.is_empty()).then(|| view! { <p>{section.intro}</p> });
            let named = id.clone();
            view! {
                <section class="form-section" aria-labelledby=named>
                    <div class="about"><h2 id=id>{section.title}</h2>{intro}</div>
                    {fields}
                </section>
            }
            .into_any()
        })
        .collect();
    view! { <div class="form-sections">{parts}</div> }
}

#[cfg(test)]
mod tests {
    use claims::intake::{account, agreement, claimant, inventory, other_losses, others, royalties, sales, sign};

    use super::*;

    #[test]
    fn every_form_renders_with_hostile_answers_in_every_field() {
        for form in [
            account::REGISTER,
            account::CHANGE_PASSWORD,
            claimant::FORM,
            agreement::FORM,
            others::FORM,
            sales::FORM,
            inventory::FORM,
            royalties::FORM,
            other_losses::FORM,
            sign::FORM,
        ] {
            let mut answers = Answers::default();
            let mut errors = Vec::new();
            for field in claims::intake::form::fields(form) {
                answers.set(field.name, "</textarea></option>\"'><script>x</script>");
                errors.push(FieldError { field: field.name.to_owned(), message: "<script>".to_owned() });
            }
            let html = view! { <FormSections sections=form answers errors/> }.to_html();
            assert!(!html.contains("<script"), "{html}");
        }
    }

    #[test]
    fn more_can_be_said_of_a_field() {
        let more = Some(("basis", "A rule of this case.".to_owned()));
        let html = view! { <FormSections sections=inventory::FORM answers=Answers::default() more/> }
            .to_html()
            .replace("<!>", "");
        assert!(html.contains("A rule of this case.</p>"), "{html}");
        assert!(html.contains("id=\"hint-basis\"") && html.contains("aria-describedby=\"hint-basis\""), "{html}");
        assert_eq!(html.matches("A rule of this case.").count(), 1);
    }

    #[test]
    fn fields_can_be_left_out_and_required() {
        let html = view! { <FormSections sections=sign::FORM answers=Answers::default() leave_out=&["late_reason"]/> }
            .to_html();
        assert!(!html.contains("late_reason"));
        let html =
            view! { <FormSections sections=sign::FORM answers=Answers::default() require=&["late_reason"]/> }.to_html();
        assert!(
            !html
                .split("Why the claim is late")
                .nth(1)
                .unwrap()
                .split("</label>")
                .next()
                .unwrap()
                .contains("(optional)"),
            "{html}"
        );
    }
}
