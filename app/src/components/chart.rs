//! A column chart, drawn on the server.

use claims::money::grouped_units;
use leptos::prelude::*;

use super::Table;

/// One column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// What stands under it: a day, a month.
    pub label: String,
    /// Its height, in the unit of the chart.
    pub value: i64,
}

/// The height of the plot and of the line of labels under it, in pixels.
const PLOT: i64 = 200;
const LABELS: i64 = 28;
/// How many labels fit under the columns of a chart on a telephone.
const MOST_LABELS: usize = 4;

/// Columns over time as SVG, with the same figures as a table under it.
///
/// Places across are percentages and sizes down are pixels, so that the text keeps its size on every width of page.
#[component]
pub fn ColumnChart(
    /// What is shown.
    #[prop(into)]
    title: String,
    /// What a column stands for: "Month".
    #[prop(into)]
    what: String,
    /// What is counted: "claims".
    #[prop(into)]
    unit: String,
    /// One of them: "claim".
    #[prop(into)]
    one: String,
    /// The columns, from the left.
    columns: Vec<Column>,
    /// Where the figure of each column leads; nowhere if left out.
    #[prop(optional)]
    links: Vec<String>,
) -> impl IntoView {
    let Some(largest) = columns.iter().map(|column| column.value).max().filter(|largest| *largest > 0) else {
        return view! { <p class="empty">{format!("{title}: nothing to show yet.")}</p> }.into_any();
    };
    let top = nice(largest);
    let counted = |count: i64| format!("{} {}", grouped_units(count), if count == 1 { &one } else { &unit });
    let in_words = format!(
        "{}; the highest is {}.",
        if columns.len() == 1 { "1 column".to_owned() } else { format!("{} columns", columns.len()) },
        counted(largest)
    );
    let name = title.clone();
    let grid = [top, top / 2].into_iter().filter(|tick| *tick > 0).map(|tick| {
        let y = down(tick, top);
        view! {
            <line class="chart-grid" x1="0" x2="100%" y1=y.to_string() y2=y.to_string()></line>
            <text class="chart-tick" x="0" y=(y - 5).to_string()>{if tick == top { format!("{} {unit}", grouped_units(tick)) } else { grouped_units(tick) }}</text>
        }
    }).collect::<Vec<_>>();
    let step = percent(1, columns.len());
    let bars = columns.iter().enumerate().map(|(place, column)| {
        let y = down(column.value, top);
        let tip = format!("{}: {}", column.label, counted(column.value));
        view! {
            <rect class="chart-column" x=format!("{:.3}%", percent(place, columns.len()) + step * 0.14) width=format!("{:.3}%", step * 0.72) y=y.to_string() height=(PLOT - y).to_string()>
                <title>{tip}</title>
            </rect>
        }
    }).collect::<Vec<_>>();
    let labels = labelled(columns.len()).into_iter().map(|place| {
        let (x, anchor) = anchor(place, columns.len());
        view! { <text class="chart-label" x=format!("{x:.3}%") y=(PLOT + 18).to_string() text-anchor=anchor>{columns[place].label.clone()}</text> }
    }).collect::<Vec<_>>();
    let rows: Vec<_> = columns
        .iter()
        .enumerate()
        .map(|(place, column)| {
            let value = grouped_units(column.value);
            let value = match links.get(place).cloned().filter(|_| column.value > 0) {
                Some(href) => {
                    let called = if column.value == 1 { &one } else { &unit };
                    view! { <a href=href>{value}<span class="hidden">{format!(" {called}, {}", column.label)}</span></a> }
                        .into_any()
                }
                None => value.into_any(),
            };
            view! { <tr><th scope="row">{column.label.clone()}</th><td class="num">{value}</td></tr> }
        })
        .collect();
    view! {
        <figure class="chart">
            <figcaption>{title}</figcaption>
            <svg role="img" aria-label=format!("{name}. {in_words}") width="100%" height=(PLOT + LABELS).to_string()>
                {grid}
                {bars}
                <line class="chart-base" x1="0" x2="100%" y1=PLOT.to_string() y2=PLOT.to_string()></line>
                {labels}
            </svg>
            <details>
                <summary>"Show the figures"</summary>
                <Table caption=name quiet=true class="dense">
                    <thead><tr><th scope="col">{what}</th><th scope="col" class="num">{unit}</th></tr></thead>
                    <tbody>{rows}</tbody>
                </Table>
            </details>
        </figure>
    }
    .into_any()
}

/// The smallest of 2, 4, 6, 8, 10, 12, 14, 16, 20, 40 … that is not below `largest`, so that half of it is a round number too.
fn nice(largest: i64) -> i64 {
    let mut scale = 1i64;
    loop {
        for step in [2, 4, 6, 8, 10, 12, 14, 16] {
            let top = scale.saturating_mul(step);
            if top >= largest {
                return top;
            }
        }
        scale = scale.saturating_mul(10);
    }
}

/// How far down a value lies. The uppermost 24 pixels are kept for the label of the highest line.
fn down(value: i64, top: i64) -> i64 {
    let height = i128::from(PLOT - 24) * i128::from(value.clamp(0, top)) / i128::from(top);
    PLOT - i64::try_from(height).unwrap_or(0)
}

fn percent(place: usize, count: usize) -> f64 {
    let exact = |number: usize| f64::from(u32::try_from(number).unwrap_or(u32::MAX));
    100.0 * exact(place) / exact(count.max(1))
}

/// The places that carry a label: the first, the last and some between, evenly.
fn labelled(count: usize) -> Vec<usize> {
    if count <= MOST_LABELS {
        return (0..count).collect();
    }
    (0..MOST_LABELS).map(|nth| nth * (count - 1) / (MOST_LABELS - 1)).collect()
}

/// Where a label is tied: the outermost ones stay inside the drawing.
fn anchor(place: usize, count: usize) -> (f64, &'static str) {
    if count > MOST_LABELS && place == 0 {
        (0.0, "start")
    } else if count > MOST_LABELS && place + 1 == count {
        (100.0, "end")
    } else {
        (percent(place, count) + percent(1, count) / 2.0, "middle")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_round_and_never_below_the_data() {
        assert_eq!([1, 3, 5, 7, 9, 11, 99, 100, 101].map(nice), [2, 4, 6, 8, 10, 12, 100, 100, 120]);
        assert!(nice(i64::MAX) == i64::MAX);
    }

    #[test]
    fn labels_are_few_and_the_text_is_escaped() {
        let columns: Vec<_> = (0..40).map(|n| Column { label: format!("<{n}>"), value: n }).collect();
        let html = view! { <ColumnChart title="<i>" what="Day" unit="claims" one="claim" columns/> }.to_html();
        assert!(html.contains("40 columns; the highest is 39 claims.") && html.contains(": 1 claim<"), "{html}");
        assert_eq!(html.matches("chart-label").count(), MOST_LABELS);
        assert_eq!(html.matches("class=\"chart-column\"").count(), 40);
        assert!(!html.contains("<i>") && !html.contains("<0>"));
    }

    #[test]
    fn nothing_to_show() {
        let html =
            view! { <ColumnChart title="Claims" what="Day" unit="claims" one="claim" columns=Vec::new()/> }.to_html();
        assert!(html.contains("nothing to show yet"));
    }
}
