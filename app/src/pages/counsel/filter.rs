//! The filter of the register as it stands in a URL, read and written back.

use claims::{
    intake::{Answers, FieldError, form::clean},
    line::{Basis, Category},
    period,
    status::ClaimStatus,
    store::register::{Filter, Order},
};
use url::form_urlencoded::Serializer;

use crate::request::Sent;

/// The names of a filter in URLs, in the order of the form.
const NAMES: [&str; 8] = ["q", "status", "category", "basis", "sworn", "late", "from", "to"];

/// A filter and an order, with what was typed and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub(super) struct Choice {
    /// What is shown.
    pub filter: Filter,
    /// In which order.
    pub order: Order,
    /// As typed.
    pub typed: Answers,
    /// What is wrong; then nothing may be shown, because it would be more than was asked for.
    pub errors: Vec<FieldError>,
}

impl Choice {
    /// Reads a query; days are counted in `zone`.
    pub fn read(query: &Sent, zone: &str) -> Self {
        let mut choice = Self { order: Order::parse(query.get("sort")), ..Self::default() };
        for name in NAMES {
            choice.typed.set(name, clean(query.get(name), 100));
        }
        let typed = choice.typed.clone();
        let mut wrong = |field: &str, message: String| {
            choice.errors.push(FieldError { field: field.to_owned(), message });
        };
        let mut one_of = |name: &str, known: bool| {
            if !known && !typed.get(name).is_empty() {
                wrong(name, format!("“{}” is not one of the choices. Choose one of the list.", typed.get(name)));
            }
        };
        let filter = &mut choice.filter;
        filter.text = typed.get("q").to_owned();
        filter.zone = zone.to_owned();
        filter.status = ClaimStatus::parse(typed.get("status")).filter(|status| *status != ClaimStatus::Draft);
        one_of("status", filter.status.is_some());
        filter.category = Category::parse(typed.get("category"));
        one_of("category", filter.category.is_some());
        filter.basis = Basis::parse(typed.get("basis"));
        one_of("basis", filter.basis.is_some());
        filter.sworn_only = match typed.get("sworn") {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        one_of("sworn", filter.sworn_only.is_some());
        filter.late = typed.get("late") == "yes";
        one_of("late", filter.late);
        let mut day = |name: &str| match typed.get(name) {
            "" => None,
            day => period::parse_day(day).map_err(|message| wrong(name, message)).ok(),
        };
        filter.from = day("from");
        filter.to = day("to");
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && to < from
        {
            wrong("to", format!("The last day comes before the first, {}.", period::show_day(from)));
        }
        choice
    }

    /// The query that says the same, without a question mark; empty for everything in the usual order.
    pub fn query(&self) -> String {
        query(&self.filter, self.order)
    }

    /// The query in another order.
    pub fn query_by(&self, order: Order) -> String {
        query(&self.filter, order)
    }

    /// Whether everything is shown.
    pub fn is_everything(&self) -> bool {
        query(&self.filter, Order::default()).is_empty()
    }

    /// The filter in words, for the head of an export; `None` if everything is shown.
    pub fn in_words(&self) -> Option<String> {
        let filter = &self.filter;
        let mut parts = Vec::new();
        parts.extend((!filter.text.is_empty()).then(|| format!("name or number contains “{}”", filter.text)));
        parts.extend(filter.status.map(|status| status.word().to_lowercase()));
        parts.extend(filter.category.map(|category| category.title().to_lowercase()));
        parts.extend(filter.basis.map(|basis| match basis {
            Basis::UnitsOnly => "stock in units only".to_owned(),
            basis => format!("stock at {}", basis.title()),
        }));
        parts.extend(
            filter
                .sworn_only
                .map(|sworn| if sworn { "with sworn-only amounts" } else { "wholly documented" }.to_owned()),
        );
        parts.extend(filter.late.then(|| "late".to_owned()));
        parts.extend(filter.from.map(|day| format!("received from {}", period::show_day(day))));
        parts.extend(filter.to.map(|day| format!("received to {}", period::show_day(day))));
        (!parts.is_empty()).then(|| parts.join(", "))
    }
}

fn query(filter: &Filter, order: Order) -> String {
    let mut query = Serializer::new(String::new());
    let mut add = |name: &str, value: &str| {
        if !value.is_empty() {
            query.append_pair(name, value);
        }
    };
    add("q", &filter.text);
    add("status", filter.status.map_or("", ClaimStatus::key));
    add("category", filter.category.map_or("", Category::key));
    add("basis", filter.basis.map_or("", Basis::key));
    add("sworn", filter.sworn_only.map_or("", |sworn| if sworn { "yes" } else { "no" }));
    add("late", if filter.late { "yes" } else { "" });
    add("from", &filter.from.map(|day| day.to_string()).unwrap_or_default());
    add("to", &filter.to.map(|day| day.to_string()).unwrap_or_default());
    if order != Order::default() {
        add("sort", order.key());
    }
    query.finish()
}

/// The address of the register with a filter.
pub(super) fn register(slug: &str, filter: &Filter) -> String {
    with_query(format!("/counsel/{slug}/claims"), &query(filter, Order::default()))
}

/// The same in another order.
pub(super) fn register_by(slug: &str, filter: &Filter, order: Order) -> String {
    with_query(format!("/counsel/{slug}/claims"), &query(filter, order))
}

/// A path with a query, or without one if it is empty.
pub(super) fn with_query(path: String, query: &str) -> String {
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// The submitted claims: what sums of a case are made of.
pub(super) fn submitted(zone: &str) -> Filter {
    Filter { status: Some(ClaimStatus::Submitted), zone: zone.to_owned(), ..Filter::default() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_survives_its_url() {
        let text = "q=a%26b&status=submitted&category=held_inventory&basis=retail&sworn=yes&late=yes&from=2026-11-01&to=2026-11-20&sort=amount";
        let choice = Choice::read(&Sent::read(text.as_bytes()), "America/Los_Angeles");
        assert!(choice.errors.is_empty());
        assert_eq!(choice.query(), text);
        assert_eq!(choice.filter.text, "a&b");
        assert!(Choice::read(&Sent::read(b"sort=received&q=+"), "").is_everything());
    }

    #[test]
    fn what_cannot_be_read_is_said_and_never_widens_the_list() {
        let choice = Choice::read(&Sent::read(b"status=draft&category=x&from=03/06/2016&late=maybe"), "");
        let fields: Vec<&str> = choice.errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(fields, ["status", "category", "late", "from"]);
        assert!(choice.errors[3].message.contains("can mean"));
        let choice = Choice::read(&Sent::read(b"from=2016-06-03&to=2016-06-01"), "");
        assert!(choice.errors[0].message.contains("before the first, 3 June 2016"));
    }
}
