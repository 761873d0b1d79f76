//! The arithmetic of a line, shown.

use claims::{line::ClosingSum, money::Currency};
use leptos::prelude::*;

use crate::islands::sum_html::sums_html;

/// Sums that do or do not close, in figures and words. Renders nothing without sums.
#[component]
pub fn ClosingSums(
    /// The sums.
    sums: Vec<ClosingSum>,
    /// The currency of those that are money.
    currency: Currency,
) -> impl IntoView {
    (!sums.is_empty()).then(|| view! { <div class="sums" inner_html=sums_html(&sums, currency)></div> })
}

#[cfg(test)]
mod tests {
    use claims::line::Term;

    use super::*;

    #[test]
    fn says_in_words_whether_it_closes() {
        let html = |stated| {
            let terms = vec![
                Term { label: "gross", minus: false, value: 100_000 },
                Term { label: "fee", minus: true, value: 30_000 },
            ];
            let sums = ClosingSum::of("net due", terms, stated, true).into_iter().collect();
            view! { <ClosingSums sums currency=Currency::USD/> }.to_html()
        };
        assert!(html(None).contains("700.00 USD"));
        assert!(html(Some(70_000)).contains("The sum closes"));
        assert!(html(Some(71_000)).contains("10.00 USD too much"), "{}", html(Some(71_000)));
        assert!(html(Some(69_000)).contains("10.00 USD too little"));
    }
}
