//! Small pieces that several of these pages show.

use claims::{
    Instant,
    actions::seen,
    case::Case,
    deadline,
    intake::{Answers, FieldError, Section, form::in_words},
    letters,
    line::{Basis, Category},
    money::{Currency, grouped_units},
    period::{Period, show_day},
    totals::{self, Total},
};
use leptos::prelude::*;

use crate::{
    components::{Amount, Notice, NoticeKind, Table},
    pages::account::typed::Typed,
};

/// Most characters of a stored answer that are shown beside what was typed.
const SHOWN: usize = 300;

/// Said of an amendment that can no longer be signed; a case may be closed before its deadline.
pub(super) fn too_late(case: &Case, now: Instant) -> &'static str {
    if now < case.deadline {
        "Your amendment was not signed before the case was closed for claims and does not count."
    } else {
        "Your amendment was not signed before the deadline and does not count."
    }
}

/// What a form said it did, at the top of the page it led to.
pub(super) fn done(notice: Option<String>) -> impl IntoView + use<> {
    notice.map(|words| view! { <Notice kind=NoticeKind::Success>{words}</Notice> })
}

/// A form that was opened before somebody changed what it shows: what was typed, and at each answer that differs what is stored
/// now. The page carries the mark of that (see [`seen`]), so whoever sends it once more has seen what is overwritten.
pub(super) fn changed(what: &str, form: &'static [Section], typed: Answers, stored: &Answers) -> Typed {
    let errors = seen::differing(form, &typed, stored)
        .into_iter()
        .map(|field| {
            let stored = in_words(field, stored);
            let now = match stored.char_indices().nth(SHOWN) {
                _ if stored.is_empty() => "nothing".to_owned(),
                Some((end, _)) => format!("“{}…”", &stored[..end]),
                None => format!("“{stored}”"),
            };
            let message = format!("Stored now at “{}”: {now}.", field.label);
            FieldError { field: field.name.to_owned(), message }
        })
        .collect();
    let said = format!(
        "{what} was changed meanwhile, perhaps in another tab, so it was not saved. What you typed is in the fields below; at \
         each that differs stands what is stored now. To overwrite that with what you typed, save once more. To keep what is \
         stored, leave this page."
    );
    Typed { answers: typed, errors, said: Some(said) }
}

/// A number of rows or lines.
pub(super) fn grouped(number: u64) -> String {
    grouped_units(i64::try_from(number).unwrap_or(i64::MAX))
}

/// `one` thing or so many `many`.
pub(super) fn count(number: i64, one: &str, many: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{} {many}", grouped_units(number)) }
}

/// The deadline of a case inside a sentence: `14 March 2027, 11:59 p.m. PDT (114 days left)`; only when it was, once it passed.
pub(super) fn until(case: &Case, now: Instant) -> String {
    let words = deadline::in_words(case.deadline, &case.settings.time_zone, now);
    match words.rsplit_once(", ") {
        Some((at, "passed")) => at.to_owned(),
        Some((at, left)) => format!("{at} ({left})"),
        None => words,
    }
}

/// The name that people know a type of file by.
pub(super) fn file_type(media_type: &str) -> &str {
    match media_type {
        "application/pdf" => "PDF",
        "image/jpeg" => "JPEG image",
        "image/png" => "PNG image",
        "image/gif" => "GIF image",
        "image/webp" => "WebP image",
        "image/tiff" => "TIFF image",
        "image/heif" => "HEIC photo",
        "text/csv" => "CSV table",
        "text/plain" => "text",
        "message/rfc822" => "e-mail",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" => "Excel table",
        "application/vnd.oasis.opendocument.spreadsheet" => "OpenDocument table",
        other => other,
    }
}

/// A period in words; a single day is said once.
pub(super) fn period(period: Period) -> String {
    if period.from == period.to {
        show_day(period.from)
    } else {
        format!("{} – {}", show_day(period.from), show_day(period.to))
    }
}

/// The release of a line from its answers, right or wrong; in words for a lump sum.
pub(super) fn release(category: Category, answers: &Answers) -> String {
    let named: Vec<&str> =
        ["artist", "title"].into_iter().map(|name| answers.get(name)).filter(|answer| !answer.is_empty()).collect();
    if !named.is_empty() {
        return named.join(": ");
    }
    // Lump sums of royalties are told apart by whom the money is from, the service or else its aggregator.
    let from = ["service", "aggregator"].into_iter().map(|name| answers.get(name)).find(|answer| !answer.is_empty());
    let numbers: &[&str] = match category {
        Category::DigitalRoyalties => &["catalogue_number", "gtin", "aggregator_gtin", "isrc"],
        _ => &["catalogue_number", "gtin", "aggregator_gtin", "isrc", "label"],
    };
    let number = numbers.iter().map(|name| answers.get(name)).find(|answer| !answer.is_empty());
    if let (Category::DigitalRoyalties, None, Some(from)) = (category, number, from) {
        return match answers.get("label") {
            "" => format!("{from}, lump sum"),
            label => format!("{label}: {from}, lump sum"),
        };
    }
    let lump = match category {
        Category::HeldInventory => "Whole stock",
        Category::Other => match answers.get("loss") {
            "buy_back" => "Buy-back paid",
            "unlicensed_copies" => "Unlicensed copies",
            "fees" => "Fees",
            _ => "Other loss",
        },
        Category::UnpaidSales | Category::DigitalRoyalties => "Lump sum",
    };
    number.unwrap_or(lump).to_owned()
}

/// What a total is of: the category, and for stock its basis.
pub(super) fn total_title(total: &Total) -> String {
    match total.basis {
        Some(Basis::UnitsOnly) => {
            format!("{}: {} without a value", total.category.title(), count(total.units, "unit", "units"))
        }
        Some(basis) => format!("{} at {}", total.category.title(), basis.title()),
        None => total.category.title().to_owned(),
    }
}

/// What of a claim is in no total of its case, in words: stock that is valued on another basis, and units without a value.
/// `None` if all of it is in one.
pub(super) fn in_no_total(totals: &[Total], filing_basis: Basis, currency: Currency) -> Option<String> {
    let apart: Vec<String> = totals
        .iter()
        .filter(|total| !totals::counts(total.basis, filing_basis))
        .map(|total| {
            let title = total_title(total);
            let title = title.replacen(total.category.title(), &total.category.title().to_lowercase(), 1);
            match total.basis {
                Some(Basis::UnitsOnly) => title,
                _ => format!("{title}, {}", currency.show(total.amount)),
            }
        })
        .collect();
    (!apart.is_empty()).then(|| apart.join("; "))
}

/// Totals by category and basis. What is left out of the sum because it is valued on another basis is said below it; without
/// a `filing_basis` there is a sum only if all stock has the same basis.
pub(super) fn totals_table(
    caption: &'static str,
    totals: &[Total],
    currency: Currency,
    filing_basis: Option<Basis>,
) -> AnyView {
    let valued: Vec<Basis> =
        totals.iter().filter_map(|total| total.basis).filter(|basis| *basis != Basis::UnitsOnly).collect();
    let basis = filing_basis.or(match valued[..] {
        [] => Some(Basis::UnitsOnly),
        [only] => Some(only),
        _ => None,
    });
    let money = move |minor: i64| view! { <td class="num"><Amount minor currency/></td> };
    let extras = totals.iter().any(|total| total.interest != 0 || total.costs != 0);
    let row = move |title: String, total: &Total| {
        let extra = extras.then(|| view! { {money(total.interest)}{money(total.costs)} });
        view! {
            <th scope="row">{title}</th><td class="num">{grouped_units(total.lines)}</td>
            {money(total.amount)}{money(total.documented)}{money(total.sworn_only())}{extra}
        }
    };
    let rows: Vec<_> = totals.iter().map(|total| view! { <tr>{row(total_title(total), total)}</tr> }).collect();
    let sum = basis.map(|basis| {
        let sum = totals::counted(totals, basis);
        view! { <tfoot><tr>{row(letters::total_name(totals, Some(basis)), &sum)}</tr></tfoot> }
    });
    let apart = basis.is_none_or(|basis| {
        totals.iter().any(|total| !totals::counts(total.basis, basis) && total.basis != Some(Basis::UnitsOnly))
    });
    let apart = apart.then(|| {
        let words = filing_basis.and_then(|basis| totals::besides_in_words(totals, basis, currency));
        let words =
            words.unwrap_or_else(|| "Amounts of stock valued on different bases are never added together.".to_owned());
        view! { <p class="small">{words}</p> }
    });
    // Where stock is valued otherwise that is said with its amount, below.
    let more =
        basis.filter(|_| apart.is_none()).and_then(|basis| totals::more_in_words(totals::more_lines(totals, basis)));
    let more = more.map(|words| view! { <p class="small">{words}</p> });
    let extra_heads =
        extras.then(|| view! { <th scope="col" class="num">"Interest"</th><th scope="col" class="num">"Costs"</th> });
    view! {
        <Table caption=caption>
            <thead><tr>
                <th scope="col">"What"</th><th scope="col" class="num">"Lines"</th><th scope="col" class="num">"Claimed"</th>
                <th scope="col" class="num">"With documents"</th><th scope="col" class="num">"Sworn only"</th>{extra_heads}
            </tr></thead>
            <tbody>{rows}</tbody>
            {sum}
        </Table>
        {more}
        {apart}
    }
    .into_any()
}

/// How foreign amounts are converted in a case; `None` where it knows one currency only.
pub(super) fn rates_in_words(case: &Case) -> Option<String> {
    let settings = &case.settings;
    let own = settings.currency;
    let rates: Vec<String> = settings
        .rates
        .iter()
        .filter(|(currency, _)| **currency != own)
        .map(|(currency, rate)| format!("1 {currency} = {rate} {own}"))
        .collect();
    let source = if settings.rate_source.is_empty() { String::new() } else { format!(" ({})", settings.rate_source) };
    (!rates.is_empty()).then(|| {
        format!(
            "Amounts in another currency are converted once, at the rates of {}{source}: {}. Both amounts are kept.",
            show_day(settings.valuation_date),
            rates.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_now_stands_at_each_answer_that_differs() {
        let typed =
            Answers::default().with("others", "no").with("others_share", "10").with("others_who", "Her brother.");
        let stored = Answers::default().with("others", "yes").with("others_who", "é".repeat(400));
        let typed = changed("It", claims::intake::others::FORM, typed, &stored);
        let errors: Vec<_> = typed.errors.iter().map(|error| (error.field.as_str(), error.message.as_str())).collect();
        let who = format!("Stored now at “Who, and for which releases?”: “{}…”.", "é".repeat(300));
        assert_eq!(
            errors,
            [
                ("others", "Stored now at “May anyone else claim some of this money?”: “Yes”."),
                ("others_who", who.as_str()),
                ("others_share", "Stored now at “Their share in per cent, if you know it”: nothing."),
            ]
        );
        assert_eq!(typed.answers.get("others"), "no");
        assert!(typed.said.unwrap().starts_with("It was changed meanwhile, perhaps in another tab"));
    }

    #[test]
    fn a_line_without_a_release_says_what_it_is() {
        assert_eq!(release(Category::HeldInventory, &Answers::default()), "Whole stock");
        assert_eq!(release(Category::Other, &Answers::default().with("loss", "fees")), "Fees");
        assert_eq!(
            release(Category::UnpaidSales, &Answers::default().with("catalogue_number", "AV 1").with("label", "Avie")),
            "AV 1"
        );
        assert_eq!(release(Category::UnpaidSales, &Answers::default().with("artist", "A").with("title", "T")), "A: T");
        let royalties = Answers::default().with("aggregator", "The Orchard");
        let said = |answers: &Answers| release(Category::DigitalRoyalties, answers);
        assert_eq!(said(&royalties), "The Orchard, lump sum");
        let royalties = royalties.with("service", "Spotify");
        assert_eq!(said(&royalties), "Spotify, lump sum");
        assert_eq!(said(&royalties.clone().with("label", "Avie")), "Avie: Spotify, lump sum");
        assert_eq!(said(&royalties.with("isrc", "USS1Z9900001")), "USS1Z9900001");
    }

    #[test]
    fn bases_are_not_added_and_this_is_said() {
        let stock = |basis, amount| Total { amount, lines: 1, ..Total::zero(Category::HeldInventory, Some(basis)) };
        let totals = [stock(Basis::Wholesale, 100), stock(Basis::Retail, 250)];
        let known = totals_table("T", &totals, Currency::USD, Some(Basis::Wholesale)).to_html();
        assert!(
            known.contains("You claim 1.00 USD, and besides 2.50 USD of stock at retail list price.")
                && known.contains("<tfoot")
                && !known.contains("3.50"),
            "{known}"
        );
        let unknown = totals_table("T", &totals, Currency::USD, None).to_html();
        assert!(!unknown.contains("<tfoot") && unknown.contains("never added"), "{unknown}");
        // The same name and amount as on the PDF of the receipt.
        let on_paper = letters::receipt_sums(&totals, Some(Basis::Wholesale)).remove(0);
        assert_eq!((on_paper.name.as_str(), on_paper.amount), ("Total, with stock at wholesale (PPD) only", 100));
        assert!(known.contains(&on_paper.name) && known.contains("1.00"), "{known}");
        assert!(totals_table("T", &totals[..1], Currency::USD, None).to_html().contains("<tfoot"));
    }
}
