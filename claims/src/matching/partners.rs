//! Who shares a value: how many names an e-mail has, how many people bear a name, how many works stand under one number. This,
//! not how often a value occurs, says what sharing it means: a party that files five times does not make its name common.

use super::{
    columns::Kind,
    intern::MISSING,
    record::{Party, Release},
    records::Records,
};
use std::collections::HashSet;

impl Records {
    /// Counts what can be counted only when all records are known: how many names share an e-mail, how many people bear a
    /// name, how many works stand under one number. What only adding records needs is given back.
    pub fn finish(&mut self) {
        #[expect(clippy::cast_precision_loss, reason = "a number of records is far below 2^52")]
        let total = self.len().max(2) as f64;
        self.forget_cells();
        let (values, parties, releases) = (&mut self.values, &self.parties, &self.releases);
        values.close();
        for field in 0..PARTNERS {
            let records = parties.len().max(releases.len());
            let pairs = (0..records).map(|i| match self.kind {
                Kind::Claimants => party_partner(&parties[i], field),
                Kind::Lines => release_partner(&releases[i], field),
            });
            match (self.kind, field) {
                (Kind::Claimants, 0) => values.emails.count_names(&pairs),
                (Kind::Claimants, 1) => values.phones.count_names(&pairs),
                (Kind::Claimants, 2) => values.streets.count_names(&pairs),
                (Kind::Claimants, _) => values.names.count_bearers(&pairs, total),
                (Kind::Lines, 0) => values.gtins.count_names(&pairs),
                (Kind::Lines, 1) => values.catalogs.count_names(&pairs),
                (Kind::Lines, 2) => values.titles.count_bearers(&pairs, total),
                (Kind::Lines, _) => values.artists.count_bearers(&pairs, total),
            }
        }
    }

    /// Notes a record added after [`Records::finish`]; `seen` holds what was counted before.
    pub(super) fn count_one(&mut self, record: u32, seen: &mut HashSet<(u8, u32, u32)>, count: bool) {
        let (values, i) = (&mut self.values, record as usize);
        for field in 0..PARTNERS {
            let (value, partner) = match self.kind {
                Kind::Claimants => party_partner(&self.parties[i], field),
                Kind::Lines => release_partner(&self.releases[i], field),
            };
            if value == MISSING || !seen.insert((field, value, partner)) || !count {
                continue;
            }
            match (self.kind, field) {
                (Kind::Claimants, 0) => values.emails.one_more_name(value),
                (Kind::Claimants, 1) => values.phones.one_more_name(value),
                (Kind::Claimants, 2) => values.streets.one_more_name(value),
                (Kind::Claimants, _) => values.names.one_more_bearer(value),
                (Kind::Lines, 0) => values.gtins.one_more_name(value),
                (Kind::Lines, 1) => values.catalogs.one_more_name(value),
                (Kind::Lines, 2) => values.titles.one_more_bearer(value),
                (Kind::Lines, _) => values.artists.one_more_bearer(value),
            }
        }
    }
}

/// How many values have their partners counted.
const PARTNERS: u8 = 4;

/// A value of a party and what makes another of it: another name at an e-mail, telephone or door; another way to reach a
/// bearer of a name.
fn party_partner(p: &Party, field: u8) -> (u32, u32) {
    let reached = [(0, p.email), (1, p.phone), (2, p.street)].into_iter().find(|(_, value)| *value != MISSING);
    match field {
        0 => (p.email, p.name),
        1 => (p.phone, p.name),
        2 => (p.street, p.name),
        _ => (p.name, reached.map_or(0, |(tag, value)| value << 2 | tag)),
    }
}

/// A value of a release and what makes another of it: another title under a number, another artist of a title, another title
/// of an artist.
fn release_partner(r: &Release, field: u8) -> (u32, u32) {
    match field {
        0 => (r.gtin, r.title),
        1 => (r.catalog, r.title),
        2 => (r.title, r.artist),
        _ => (r.artist, r.title),
    }
}
