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
         From {} bits on a pair is shown here, from {} bits on it is more probable than not. Values are compared without case, punctuation and legal forms. Engine {}.",
        match_words::bits(review.0),
        same.0 / 1_000,
        kept.version
    );
    let marks = [review, same].map(|(value, name)| (value, name.to_owned())).to_vec();
    view! {
        <p>{words}</p>
        <div class="columns">
            <Waterfall title="From the odds before comparison to the score" steps=steps(&kept) marks/>
            {table(&kept)}
        </div>
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
    let row = |field: String, level: String, a: String, b: String, weight: i32| {
        view! {
            <tr>
                <th scope="row">{field}</th>
                <td>{level}</td>
                <td>{a}</td>
                <td>{b}</td>
                <td class="num">{match_words::bits(weight.into())}</td>
            </tr>
        }
    };
    let fields = parts(kept).map(|part| {
        row(match_words::field(&part.field), part.level.clone(), part.a.clone(), part.b.clone(), part.weight)
    });
    let fields: Vec<_> = fields.collect();
    let plain = move |field: &str, level: &str, weight| {
        row(field.to_owned(), level.to_owned(), String::new(), String::new(), weight)
    };
    let group = (kept.group != 0).then(|| plain(GROUP, "both resemble other claims of their group", kept.group));
    let base = plain(BASE, "how rare it is that two claims are one claimant’s", kept.base);
    let sum = match_words::bits(kept.score.into());
    let score = format!("Score: {}", match_words::probability(kept.score.into()));
    view! {
        <Table caption="The same in figures" class="dense">
            <thead>
                <tr>
                    <th scope="col">"Field"</th>
                    <th scope="col">"Compared"</th>
                    <th scope="col">"One"</th>
                    <th scope="col">"The other"</th>
                    <th scope="col" class="num">"Bits"</th>
                </tr>
            </thead>
            <tbody>{base}{fields}{group}</tbody>
            <tfoot><tr><th scope="row" colspan="4">{score}</th><td class="num">{sum}</td></tr></tfoot>
        </Table>
    }
}
