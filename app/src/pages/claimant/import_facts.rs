//! What was understood of a statement: its format, layout and period, the first rows, and the columns that are not used.

use claims::{
    line::Category,
    statements::{
        Choices, Reading,
        dates::{self, DayOrder},
        number::Mark,
        reading::Column,
    },
};
use leptos::prelude::*;

use super::parts;
use crate::components::{Notice, NoticeKind, Table};

/// Format, layout, header, period, the aggregator that was named, and the first rows.
pub(super) fn view(base: &str, reading: &Reading, choices: &Choices, is_open: bool) -> impl IntoView + use<> {
    let layout = if reading.layout.is_empty() {
        "Not a known one; columns as you say".to_owned()
    } else {
        reading.layout_title.clone()
    };
    let marks: Vec<Mark> = reading.columns.iter().filter_map(|column| column.mark).collect();
    let undecided = reading.questions.iter().any(|question| question.choice == "decimal");
    let numbers = match (marks.contains(&Mark::Comma), marks.contains(&Mark::Point)) {
        (true, false) => "A comma before the decimals: 1.234,56",
        (false, true) => "A point before the decimals: 1,234.56",
        (true, true) => "Some columns with a comma, some with a point before the decimals",
        (false, false) if undecided => "Not decided yet",
        (false, false) if reading.decimals => "With decimals, in cells that the spreadsheet holds as numbers",
        (false, false) => "Whole numbers",
    };
    let days = reading.days.map(|days| match days {
        DayOrder::DayFirst => "The day first: 31/12/2015",
        DayOrder::MonthFirst => "The month first: 12/31/2015",
    });
    let royalties = reading.category == Some(Category::DigitalRoyalties);
    let aggregator = Some(choices.aggregator.clone()).filter(|named| royalties && !named.is_empty());
    let used: Vec<usize> = reading
        .columns
        .iter()
        .enumerate()
        .filter(|(_, column)| column.field.is_some())
        .map(|(place, _)| place)
        .collect();
    let heads: Vec<_> = used.iter().map(|place| {
        let column = &reading.columns[*place];
        let meaning = column.field.map(claims::statements::field::Field::title);
        let class = if column.field.is_some_and(claims::statements::read::is_number) { "num" } else { "" };
        view! { <th scope="col" class=class>{column.header.clone()}<br/><span class="meaning">"→ "{meaning}</span></th> }
    }).collect();
    let rows: Vec<_> = reading
        .first_rows
        .iter()
        .map(|(number, cells)| {
            let cells: Vec<_> = used
                .iter()
                .map(|place| {
                    let class = if reading.columns[*place].field.is_some_and(claims::statements::read::is_number) {
                        "num"
                    } else {
                        ""
                    };
                    view! { <td class=class>{cells.get(*place).cloned()}</td> }
                })
                .collect();
            view! { <tr><th scope="row">{*number}</th>{cells}</tr> }
        })
        .collect();
    let change = is_open.then(|| view! { " "<a href=format!("{base}/columns")>"Change what the columns mean"</a> });
    let carried = reading.carried.as_ref().map(|carried| {
        let (rows, were) = if carried.rows == 1 { ("row", "was") } else { ("rows", "were") };
        let words = format!(
            "{} {rows} without a period in “{}” {were} read as of the period above: {}. If that is not so, fill in the column in the file.",
            parts::grouped(carried.rows),
            carried.column,
            carried.which
        );
        view! { <Notice kind=NoticeKind::Info>{words}</Notice> }
    });
    view! {
        {carried}
        <dl class="summary-list">
            <div><dt>"File"</dt><dd>{reading.format.words()}</dd></div>
            <div><dt>"Layout"</dt><dd>{layout}{change}</dd></div>
            <div><dt>"Header"</dt><dd>{format!("Row {}", reading.header_row)}</dd></div>
            <div><dt>"Becomes"</dt><dd>{reading.category.map_or("Not known yet", Category::title)}</dd></div>
            <div><dt>"Numbers"</dt><dd>{numbers}</dd></div>
            {days.map(|days| view! { <div><dt>"Days"</dt><dd>{days}</dd></div> })}
            {reading.period.map(|period| view! { <div><dt>"Period"</dt><dd>{dates::show(period)}</dd></div> })}
            {aggregator.map(|named| view! { <div><dt>"Aggregator"</dt><dd>{named}</dd></div> })}
        </dl>
        <Table caption="The first rows, as they stand in the file" class="dense"><thead><tr><th scope="col">"Row"</th>{heads}</tr></thead><tbody>{rows}</tbody></Table>
        {unused(base, reading, is_open)}
    }
}

/// The columns that are not used, with their first values; loudly where they may be money.
fn unused(base: &str, reading: &Reading, is_open: bool) -> AnyView {
    let name = |place: usize, column: &Column| match column.header.as_str() {
        "" => format!("Column {}", place + 1),
        header => format!("“{header}”"),
    };
    let change = || is_open.then(|| view! { " "<a href=format!("{base}/columns")>"Change what the columns mean"</a> });
    let loud: Vec<String> =
        reading.unused().filter(|(_, column)| column.decimals).map(|(place, column)| name(place, column)).collect();
    let loud = (!loud.is_empty()).then(|| {
        let (hold, are, it) = if loud.len() == 1 { ("holds", "is", "it is") } else { ("hold", "are", "they are") };
        let words = format!("{} {hold} numbers with decimals in most rows and {are} not used. If {it} money that you claim, or the value of your stock, say so.", loud.join(", "));
        let change = change();
        view! { <Notice kind=NoticeKind::Warning title="A column of numbers is not used">{words}{change}</Notice> }
    });
    let list: Vec<_> = reading
        .unused()
        .map(|(place, column)| {
            let values = if column.samples.is_empty() { "blank".to_owned() } else { column.samples.join(" · ") };
            view! { <li>{format!("{}: {values}", name(place, column))}</li> }
        })
        .collect();
    if list.is_empty() {
        return ().into_any();
    }
    view! {
        {loud}
        <p>"Columns of the file that are not used, with their first values:"{change()}</p>
        <ul>{list}</ul>
    }
    .into_any()
}
