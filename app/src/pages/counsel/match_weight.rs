//! The score of a pair taken apart: as bars, and as a table that adds up to the last thousandth of a bit.

use claims::{
    matching::explain::{Kept, KeptPart},
    store::matches::Match,
};
use leptos::prelude::*;

use super::match_words;
use crate::components::{Step, Table, Waterfall};

/// Why a pair has its score.
pub(super) fn view(pair: &Match) -> impl IntoView + use<> {
    let Ok(kept) = serde_json::from_str::<Kept>(&pair.explanation) else {
        return view! { <p class="empty">"The parts of this score were kept in a way that cannot be read any more. Match all again to see them."</p> }.into_any();
    };
    let [review, same] = match_words::THRESHOLDS;
    let words = format!(
        "Every field that both records give adds or takes off evidence, in bits: one bit doubles the odds, ten bits make them a thousandfold. \
         From {} bits on a pair is shown here, from {} bits on it is more probable than not. Values are compared without case, punctuation and legal forms. \
         E-mail, telephone and street of one office are one fact: only the rarest of them counts in full, and what the others would count of it a second time is taken off again. Engine {}.",
        match_words::bits(review.0),
        same.0 / 1_000,
        kept.version
    );
    let marks = [review, same].map(|(value, name)| (value, name.to_owned())).to_vec();
    view! {
        <p>{words}</p>
        <Waterfall title="From the odds before comparison to the score" steps=steps(&kept) marks/>
        {table(&kept)}
    }
    .into_any()
}

/// The parts that say something: a field that a side does not give says nothing.
fn parts(kept: &Kept) -> impl Iterator<Item = &KeptPart> {
    kept.parts.iter().filter(|part| !part.level.is_empty() || part.weight != 0)
}

const BASE: &str = "Before comparison";
const GROUP: &str = "Others of their group";

fn steps(kept: &Kept) -> Vec<Step> {
    let step = |label: &str, value: i32| Step {
        label: format!("{label} {}", match_words::bits(value.into())),
        value: value.into(),
    };
    let mut steps = vec![step(BASE, kept.base)];
    steps.extend(parts(kept).map(|part| step(&match_words::field(&part.field), part.weight)));
    steps.extend((kept.group != 0).then(|| step(GROUP, kept.group)));
    steps.push(step("Score", kept.score));
    steps
}

fn table(kept: &Kept) -> impl IntoView + use<> {
    let row = |field: String, weight: i32, level: String, a: String, b: String| {
        view! {
            <tr>
                <th scope="row">{field}</th>
                <td class="num">{match_words::bits(weight.into())}</td>
                <td>{level}</td>
                <td>{a}</td>
                <td>{b}</td>
            </tr>
        }
    };
    let fields: Vec<_> = parts(kept)
        .map(|part| {
            row(match_words::field(&part.field), part.weight, part.level.clone(), part.a.clone(), part.b.clone())
        })
        .collect();
    let plain = move |field: &str, level: &str, weight| {
        row(field.to_owned(), weight, level.to_owned(), String::new(), String::new())
    };
    let group = (kept.group != 0).then(|| plain(GROUP, "both resemble other claims of their group", kept.group));
    let base = plain(BASE, "how rarely two claims are of one claimant", kept.base);
    let sum = match_words::bits(kept.score.into());
    let score = match_words::probability(kept.score.into());
    view! {
        <Table caption="The same in figures" class="dense">
            <thead>
                <tr>
                    <th scope="col">"Field"</th>
                    <th scope="col" class="num">"Bits"</th>
                    <th scope="col">"Compared"</th>
                    <th scope="col">"One, as compared"</th>
                    <th scope="col">"The other, as compared"</th>
                </tr>
            </thead>
            <tbody>{base}{fields}{group}</tbody>
            <tfoot><tr><th scope="row">"Score"</th><td class="num">{sum}</td><td colspan="3">{score}</td></tr></tfoot>
        </Table>
    }
}
