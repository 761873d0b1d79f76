//! One field of a form: label, hint, message and control.

use std::collections::BTreeSet;

use claims::{
    intake::{Field, Kind},
    money::{Currency, grouped_units},
};
use leptos::prelude::*;

use super::TextArea;

/// A field with what was typed and what is wrong with it.
///
/// Ids: the control has `field-<name>`, its hint `hint-<name>`, its message `error-<name>`. Nothing is `required` in HTML:
/// the server answers with every error at once. A password is never sent back.
#[component]
pub fn FormField(
    /// The field.
    field: Field,
    /// The answer as typed; empty if there is none.
    #[prop(into)]
    answer: String,
    /// What is wrong with it.
    error: Option<String>,
    /// The currencies of the case, for [`Kind::CaseCurrency`].
    #[prop(optional)]
    currencies: BTreeSet<Currency>,
    /// Whether it must be answered here although the form says that it may be left empty.
    #[prop(optional)]
    required: bool,
    /// What is said below the label besides the field's own hint, such as a rule of the case.
    #[prop(optional_no_strip)]
    more: Option<String>,
) -> impl IntoView {
    let Field { name, label, kind, .. } = field;
    let hint = format!("{} {}", hint(&field), more.unwrap_or_default()).trim().to_owned();
    let wires = Wires::new(name, !hint.is_empty(), error.is_some());
    let optional = !field.required && !required && kind != Kind::Tick;
    let label =
        view! { {label}{optional.then(|| view! { <span class="optional">{format!(" ({})", field.note)}</span> })} };
    let hint = (!hint.is_empty()).then(|| view! { <p class="hint" id=format!("hint-{name}")>{hint}</p> });
    let class = format!("field {}{}", width(kind), if error.is_some() { " wrong" } else { "" });
    let message = error.map(|error| {
        view! { <p class="error" id=format!("error-{name}")><span class="hidden">"Error: "</span>{error}</p> }
    });
    match kind {
        Kind::Radio(choices) => {
            let options = radios(name, choices, &answer);
            view! {
                <fieldset class=class aria-describedby=wires.described_by aria-invalid=wires.invalid>
                    <legend>{label}</legend>
                    {hint}
                    {message}
                    <div class="choices">{options}</div>
                </fieldset>
            }
            .into_any()
        }
        Kind::Tick => {
            let id = wires.id.clone();
            view! {
            <div class=class>
                {message}
                <div class="choice">
                    <input
                        type="checkbox"
                        id=id
                        name=name
                        value="yes"
                        checked=answer == "yes"
                        aria-describedby=wires.described_by
                        aria-invalid=wires.invalid
                    />
                    <label for=wires.id>{label}</label>
                </div>
                {hint}
            </div>
            }
            .into_any()
        }
        _ => {
            let id = wires.id.clone();
            let control = match kind {
                Kind::LongText(most) => {
                    let rows = if most > 3_000 { 10 } else { 4 };
                    view! { <TextArea id=wires.id name text=answer described_by=wires.described_by invalid=wires.invalid.is_some() rows/> }.into_any()
                }
                Kind::Select(choices) => select(
                    name,
                    choices.iter().map(|(value, words)| ((*value).to_owned(), (*words).to_owned())).collect(),
                    &answer,
                    wires,
                ),
                Kind::CaseCurrency => select(
                    name,
                    currencies
                        .iter()
                        .map(|currency| (currency.code().to_owned(), currency.code().to_owned()))
                        .collect(),
                    &answer,
                    wires,
                ),
                _ => input(&field, answer, wires),
            };
            view! {
                <div class=class>
                    <label for=id>{label}</label>
                    {hint}
                    <div class="control">{control}</div>
                    {message}
                </div>
            }
            .into_any()
        }
    }
}

/// What ties a control to its hint and message.
struct Wires {
    id: String,
    described_by: Option<String>,
    invalid: Option<&'static str>,
}

impl Wires {
    fn new(name: &str, hint: bool, error: bool) -> Self {
        let ids: Vec<String> = [hint.then(|| format!("hint-{name}")), error.then(|| format!("error-{name}"))]
            .into_iter()
            .flatten()
            .collect();
        Self {
            id: format!("field-{name}"),
            described_by: (!ids.is_empty()).then(|| ids.join(" ")),
            invalid: error.then_some("true"),
        }
    }
}

/// The field's own hint, and the limit of a long text before somebody runs into it.
fn hint(field: &Field) -> String {
    match field.kind {
        Kind::LongText(most) => {
            let limit = format!("At most {} characters.", grouped_units(i64::try_from(most).unwrap_or(i64::MAX)));
            format!("{} {limit}", field.hint).trim().to_owned()
        }
        _ => field.hint.to_owned(),
    }
}

/// How much room a field takes: `short` fields stand side by side where there is room.
fn width(kind: Kind) -> &'static str {
    match kind {
        Kind::Amount | Kind::Price | Kind::Percent | Kind::Units => "short figure",
        Kind::Day | Kind::FirstDay | Kind::LastDay | Kind::Barcode | Kind::Isrc | Kind::CaseCurrency => "short",
        Kind::Text(most) if most <= 60 => "short",
        Kind::Select(choices) if !long_words(choices) => "short",
        Kind::Select(_) | Kind::Text(_) | Kind::Email | Kind::Password | Kind::NewPassword => "long",
        Kind::LongText(_) | Kind::Radio(_) | Kind::Tick => "full",
    }
}

fn long_words(choices: &[(&str, &str)]) -> bool {
    choices.iter().any(|(_, words)| words.len() > 26)
}

fn input(field: &Field, answer: String, wires: Wires) -> AnyView {
    let (kind, mode) = match field.kind {
        Kind::Email => ("email", Some("email")),
        Kind::Password | Kind::NewPassword => ("password", None),
        Kind::Amount | Kind::Price | Kind::Percent => ("text", Some("decimal")),
        Kind::Units | Kind::Barcode => ("text", Some("numeric")),
        _ => ("text", None),
    };
    let secret = kind == "password";
    // Figures, codes and addresses are not words: no spelling help, no capitals.
    let verbatim = !matches!(field.kind, Kind::Text(_));
    // Never `off`: browsers do not bring back what was typed into such a field when somebody returns to the page.
    let autocomplete = (!field.autocomplete.is_empty()).then_some(field.autocomplete);
    let unit = matches!(field.kind, Kind::Percent).then(|| view! { <span class="unit" aria-hidden="true">"%"</span> });
    view! {
        <input
            type=kind
            id=wires.id
            name=field.name
            value=(!secret).then_some(answer)
            inputmode=mode
            autocomplete=autocomplete
            autocapitalize=verbatim.then_some("off")
            spellcheck=verbatim.then_some("false")
            aria-describedby=wires.described_by
            aria-invalid=wires.invalid
        />
        {unit}
    }
    .into_any()
}

/// A drop-down. A stored answer that is not among the choices stays visible, so that the error beside it makes sense.
fn select(name: &'static str, mut choices: Vec<(String, String)>, answer: &str, wires: Wires) -> AnyView {
    let only_one = choices.len() == 1;
    if !answer.is_empty() && !choices.iter().any(|(value, _)| value == answer) {
        choices.push((answer.to_owned(), answer.to_owned()));
    }
    let blank = (!only_one).then(|| view! { <option value="" selected=answer.is_empty()>"Choose…"</option> });
    let options: Vec<_> = choices
        .into_iter()
        .map(|(value, words)| {
            let selected = value == answer;
            view! { <option value=value selected=selected>{words}</option> }
        })
        .collect();
    view! {
        <select id=wires.id name=name aria-describedby=wires.described_by aria-invalid=wires.invalid>{blank}{options}</select>
    }
    .into_any()
}

/// The radio buttons. The first has the id that error summaries link to.
fn radios(name: &'static str, choices: &'static [(&'static str, &'static str)], answer: &str) -> Vec<AnyView> {
    choices
        .iter()
        .enumerate()
        .map(|(place, (value, words))| {
            let id = if place == 0 { format!("field-{name}") } else { format!("field-{name}-{value}") };
            let named = id.clone();
            view! {
                <div class="choice">
                    <input type="radio" id=named name=name value=*value checked=answer == *value/>
                    <label for=id>{*words}</label>
                </div>
            }
            .into_any()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn html(field: Field, answer: &str, error: Option<&str>) -> String {
        let error = error.map(str::to_owned);
        view! { <FormField field answer error currencies=[Currency::USD].into()/> }.to_html()
    }

    #[test]
    fn a_wrong_amount_keeps_what_was_typed_and_is_tied_to_its_message() {
        let html = html(
            Field::optional("gross", "Gross", Kind::Amount).hint("Net units times price."),
            "12,5\"><script>",
            Some("Write a point."),
        );
        assert!(
            html.contains("aria-describedby=\"hint-gross error-gross\"") && html.contains("aria-invalid=\"true\""),
            "{html}"
        );
        assert!(
            html.contains("inputmode=\"decimal\"") && html.contains("(optional)") && !html.contains("required"),
            "{html}"
        );
        assert!(!html.contains("<script") && html.contains("12,5&quot;"), "{html}");
    }

    #[test]
    fn browsers_bring_back_what_was_typed() {
        for kind in [Kind::Amount, Kind::Price, Kind::Percent, Kind::Units, Kind::Day, Kind::Barcode, Kind::Isrc] {
            assert!(!html(Field::optional("a", "A", kind), "1", None).contains("autocomplete"), "{kind:?}");
        }
        let code = Field::required("code", "Code", Kind::Text(30)).autocomplete("one-time-code");
        assert!(html(code, "", None).contains("autocomplete=\"one-time-code\""));
    }

    #[test]
    fn passwords_are_never_sent_back() {
        for kind in [Kind::Password, Kind::NewPassword] {
            assert!(!html(Field::required("password", "Password", kind), "hunter2hunter2", None).contains("hunter2"));
        }
    }

    #[test]
    fn choices_show_the_stored_answer() {
        const CHOICES: &[(&str, &str)] = &[("a", "First"), ("b", "Second")];
        let radio = html(Field::required("pick", "Pick", Kind::Radio(CHOICES)), "b", None);
        assert!(
            radio.contains("<fieldset") && radio.contains("<legend>Pick") && radio.matches(" checked").count() == 1,
            "{radio}"
        );
        assert!(radio.contains("id=\"field-pick\""), "{radio}");
        let stale = html(Field::required("pick", "Pick", Kind::Select(CHOICES)), "<gone>", None);
        assert!(stale.contains("&lt;gone&gt;") && stale.matches(" selected").count() == 1, "{stale}");
        assert!(!html(Field::required("currency", "Currency", Kind::CaseCurrency), "", None).contains("Choose"));
    }
}
