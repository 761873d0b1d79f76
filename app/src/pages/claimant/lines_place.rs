//! Where on the list of lines somebody came from, so that saving, copying and removing a line lead back there.

use super::lines::ORDERS;

/// The field and the part of an address that carry it.
pub(super) const FIELD: &str = "back";

/// An order of the list, and the page of it where one was. Without a page it is the one on which the line stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    order: &'static str,
    page: Option<u64>,
}

impl Place {
    /// A page in an order of the list; the first in the usual order needs no words.
    pub(super) fn new(order: &str, page: u64) -> Self {
        let order = ORDERS.iter().map(|(key, _)| *key).find(|key| *key == order).unwrap_or(ORDERS[0].0);
        Self { order, page: Some(page).filter(|page| *page > 1 || order != ORDERS[0].0) }
    }

    /// Reads what a form or an address carries. What no page of ours wrote is the usual order.
    pub(super) fn parse(carried: &str) -> Self {
        let (order, page) = carried.split_once('-').unwrap_or((carried, ""));
        let page = page.parse().ok().filter(|page| *page > 0);
        page.map_or_else(|| Self::new(order, 1).of_the_line(), |page| Self::new(order, page))
    }

    /// The same order, on whatever page the line stands.
    pub(super) fn of_the_line(self) -> Self {
        Self { page: None, ..self }
    }

    /// The order.
    pub(super) fn order(self) -> &'static str {
        self.order
    }

    /// The page that is to be returned to.
    pub(super) fn page(self) -> Option<u64> {
        self.page
    }

    /// What is carried; empty for the usual order.
    pub(super) fn carried(self) -> String {
        match self.page {
            Some(page) => format!("{}-{page}", self.order),
            None if self.order == ORDERS[0].0 => String::new(),
            None => self.order.to_owned(),
        }
    }

    /// The same behind an address that begins its query with `mark`.
    pub(super) fn query(self, mark: char) -> String {
        let carried = self.carried();
        if carried.is_empty() { carried } else { format!("{mark}{FIELD}={carried}") }
    }

    /// The address of the list there, on a page other than its own if one is given.
    pub(super) fn list(self, base: &str, page: Option<u64>) -> String {
        match page.or(self.page).unwrap_or(1) {
            1 if self.order == ORDERS[0].0 => base.to_owned(),
            page => format!("{base}?order={}&page={page}", self.order),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_places_of_the_list_are_carried() {
        for (carried, again, list) in [
            ("", "", "/l"),
            ("amount-2", "amount-2", "/l?order=amount&page=2"),
            ("amount-1", "amount-1", "/l?order=amount&page=1"),
            ("number-3", "number-3", "/l?order=number&page=3"),
            ("number-1", "", "/l"),
            ("wrong", "wrong", "/l?order=wrong&page=1"),
            ("amount-0", "amount", "/l?order=amount&page=1"),
            ("//evil.example-2", "number-2", "/l?order=number&page=2"),
            ("amount-2&x=1\r\n", "amount", "/l?order=amount&page=1"),
        ] {
            let place = Place::parse(carried);
            assert_eq!((place.carried().as_str(), place.list("/l", None).as_str()), (again, list), "{carried:?}");
        }
        let place = Place::new("release", 4);
        assert_eq!(
            (place.query('?'), place.of_the_line().query('&')),
            ("?back=release-4".into(), "&back=release".into())
        );
        assert_eq!(place.list("/l", Some(7)), "/l?order=release&page=7");
    }
}
