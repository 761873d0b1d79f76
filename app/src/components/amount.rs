//! An amount of money.

use claims::money::Currency;
use leptos::prelude::*;

/// An amount with thousands separators and its currency, never broken over two lines; the plain number is in `value`.
#[component]
pub fn Amount(
    /// Minor units.
    minor: i64,
    /// Its currency.
    currency: Currency,
) -> impl IntoView {
    view! {
        <data class="amount" value=currency.plain(minor)>
            {currency.grouped(minor)}
            <span class="currency">"\u{a0}"{currency.code().to_owned()}</span>
        </data>
    }
}
