//! A sum taken apart, drawn on the server.

use leptos::prelude::*;

/// One bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// What it stands for, with its figure.
    pub label: String,
    /// What it adds; of the last bar, which starts at nothing again, the sum.
    pub value: i64,
}

/// The height of a bar with its label, and of the name of a mark below the bars, in pixels.
const ROW: usize = 38;
const LINE: usize = 17;

/// Bars one under the other: each begins where the one above it ended, the last is the sum and begins at nothing. Marks are
/// upright lines at values that matter. The same figures must stand in a table beside it.
///
/// Places across are percentages and sizes down are pixels, so that the text keeps its size on every width of page.
#[component]
pub fn Waterfall(
    /// What is shown.
    #[prop(into)]
    title: String,
    /// The bars in order; the last is the sum.
    steps: Vec<Step>,
    /// Values that matter, lowest first, with their names.
    marks: Vec<(i64, String)>,
) -> impl IntoView {
    let bars = spans(&steps);
    let ends = bars.iter().flat_map(|(from, to)| [*from, *to]).chain(marks.iter().map(|(value, _)| *value));
    let (low, high) = ends.fold((0, 0), |(low, high): (i64, i64), value| (low.min(value), high.max(value)));
    let across = |value: i64| share(value - low, (high - low).max(1));
    let height = steps.len() * ROW;
    let foot = marks.len() * LINE + 8;
    let lines: Vec<_> = marks
        .into_iter()
        .enumerate()
        .map(|(place, (value, name))| {
            let x = format!("{:.2}%", across(value));
            // Each name has a line of its own, so that names of marks that are near each other can be read.
            let (anchor, dx) = if across(value) > 60.0 { ("end", "-4") } else { ("start", "4") };
            view! {
                <line class="chart-mark" x1=x.clone() x2=x.clone() y1="0" y2=(height + foot).to_string()></line>
                <text class="chart-tick" x=x y=(height + (place + 1) * LINE).to_string() text-anchor=anchor dx=dx>{name}</text>
            }
        })
        .collect();
    let last = steps.len().saturating_sub(1);
    let rows: Vec<_> = steps
        .iter()
        .zip(&bars)
        .enumerate()
        .map(|(place, (step, (from, to)))| {
            let (left, right) = (across(*from.min(to)), across(*from.max(to)));
            let class = match step.value {
                _ if place == last => "chart-total",
                ..0 => "chart-minus",
                _ => "chart-column",
            };
            let (x, anchor) = if left > 50.0 { (right, "end") } else { (left, "start") };
            let top = place * ROW;
            let link = (place < last).then(|| {
                let x = format!("{:.2}%", across(*to));
                let (y1, y2) = ((top + 18).to_string(), (top + ROW + 18).to_string());
                view! { <line class="chart-grid" x1=x.clone() x2=x y1=y1 y2=y2></line> }
            });
            view! {
                {link}
                <rect class=class x=format!("{left:.2}%") width=format!("{:.2}%", (right - left).max(0.3)) y=(top + 18).to_string() height="14"></rect>
                <text class="chart-tick" x=format!("{x:.2}%") y=(top + 13).to_string() text-anchor=anchor>{step.label.clone()}</text>
            }
        })
        .collect();
    let name = format!("{title}. {}.", steps.iter().map(|step| step.label.as_str()).collect::<Vec<_>>().join("; "));
    view! {
        <figure class="chart">
            <figcaption>{title}</figcaption>
            <svg role="img" aria-label=name width="100%" height=(height + foot).to_string()>{lines}{rows}</svg>
        </figure>
    }
}

/// From where to where each bar goes.
fn spans(steps: &[Step]) -> Vec<(i64, i64)> {
    let mut at = 0;
    let last = steps.len().saturating_sub(1);
    let span = |(place, step): (usize, &Step)| {
        let from = if place == last { 0 } else { at };
        at = from + step.value;
        (from, at)
    };
    steps.iter().enumerate().map(span).collect()
}

/// A share in per cent.
fn share(part: i64, whole: i64) -> f64 {
    let exact = |number: i64| f64::from(i32::try_from(number).unwrap_or(i32::MAX));
    100.0 * exact(part) / exact(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(label: &str, value: i64) -> Step {
        Step { label: label.to_owned(), value }
    }

    #[test]
    fn each_bar_begins_where_the_one_above_ended_and_the_sum_at_nothing() {
        let steps = [step("base", -10), step("name", 25), step("phone", -5), step("score", 10)];
        assert_eq!(spans(&steps), [(0, -10), (-10, 15), (15, 10), (0, 10)]);
        assert!(spans(&[]).is_empty());
    }

    #[test]
    fn it_is_described_and_escaped() {
        let steps = vec![step("<b>", -10), step("score", 10)];
        let html = view! { <Waterfall title="Weights" steps marks=vec![(0, "match".to_owned())]/> }.to_html();
        assert!(
            html.contains("aria-label=\"Weights. &lt;b&gt;; score.\"")
                || html.contains("aria-label=\"Weights. <b>; score.\""),
            "{html}"
        );
        assert!(html.contains("chart-minus") && html.contains("chart-total") && !html.contains("style="), "{html}");
    }
}
