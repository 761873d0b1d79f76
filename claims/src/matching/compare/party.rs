//! Comparison of two parties.

use super::Outcome;
use crate::matching::{
    codes::Codes,
    distance,
    intern::MISSING,
    normalise::{address, derived},
    phrases::{Agreement, Phrases},
    record::Party,
    text::{self, mix},
    values::Values,
};

/// Number of fields compared; their order is that of [`crate::matching::model::CLAIMANTS`].
pub const FIELDS: usize = 11;

/// Compares all fields of two parties among `total` records.
#[must_use]
pub fn compare(values: &Values, total: f64, a: &Party, b: &Party) -> [Outcome; FIELDS] {
    let names = values.names.agreement(a.name, b.name);
    [
        name(&values.names, total, a, b, names),
        generation(&values.names, a, b),
        contact(&values.names, a, b, names),
        code(&values.tax_ids, (a.tax_id, a.tax_figures), (b.tax_id, b.tax_figures)),
        birth_date(&values.birth_dates, a.birth_date, b.birth_date),
        email(values, a, b),
        code(&values.phones, (a.phone, a.phone_figures), (b.phone, b.phone_figures)),
        street(values, a, b),
        place(values, a, b),
        same_or_not(&values.websites, a.website, b.website),
        form(&values.names, a, b),
    ]
}

fn level_of(agreement: Agreement) -> u8 {
    match agreement {
        Agreement::Same => 1,
        Agreement::Variant => 2,
        Agreement::Near => 3,
        Agreement::Contained => 4,
        Agreement::Family => 5,
        Agreement::Shared => 6,
        Agreement::Different => 7,
    }
}

/// Names, and where they differ the acting name: one files under a stage or trade name and names the other as the person.
fn name(names: &Phrases, total: f64, a: &Party, b: &Party, agreement: Agreement) -> Outcome {
    if a.name == MISSING || b.name == MISSING {
        return Outcome::MISSING;
    }
    if agreement <= Agreement::Near {
        let expected = names.expected_of_both(a.name, b.name, total);
        return Outcome::shared(level_of(agreement), expected);
    }
    for (acting, own, person) in [(a.contact, a.name, b.name), (b.contact, b.name, a.name)] {
        // Who acts under the name itself says no more than the name, which is not near.
        if acting != MISSING && acting != own && !names.is_organisation(person) && names.are_near(acting, person) {
            return Outcome::shared(8, names.expected(person, total));
        }
    }
    let words = (names.members(a.name), names.members(b.name));
    if words.0.len() == 1 && words.1.len() == 1 {
        return Outcome::level(7);
    }
    Outcome::level(level_of(agreement))
}

/// Sr. against Jr.; against a name without either it is weak evidence.
fn generation(names: &Phrases, a: &Party, b: &Party) -> Outcome {
    let (x, y) = (names.marks(a.name).generation, names.marks(b.name).generation);
    match (x, y) {
        (0, 0) => Outcome::MISSING,
        (x, y) if x == y => Outcome::level(1),
        (0, _) | (_, 0) => Outcome::level(2),
        _ => Outcome::level(3),
    }
}

/// The person who answers for the party, where that is somebody else than the party itself.
fn contact(names: &Phrases, a: &Party, b: &Party, of_names: Agreement) -> Outcome {
    let (Some(x), Some(y)) = (agent(a), agent(b)) else {
        return Outcome::MISSING;
    };
    match names.agreement(x, y) {
        // An agent's clients have the agent in common; those of one name have more.
        Agreement::Same if of_names <= Agreement::Near => Outcome::level(4),
        Agreement::Same => Outcome::level(1),
        Agreement::Variant | Agreement::Near => Outcome::level(2),
        _ => Outcome::level(3),
    }
}

fn agent(party: &Party) -> Option<u32> {
    (party.contact != MISSING && party.contact_key != party.name_key).then_some(party.contact)
}

/// Legal form (`LLC`) and label words (`Records`) of the names: of one kind, of two, or in one name only. Nothing else tells a firm from
/// a person here, and many a firm is written without either.
fn form(names: &Phrases, a: &Party, b: &Party) -> Outcome {
    if a.name == MISSING || b.name == MISSING {
        return Outcome::MISSING;
    }
    let (x, y) = (names.marks(a.name).descriptors, names.marks(b.name).descriptors);
    match (x == 0, y == 0) {
        (true, true) => Outcome::MISSING,
        (false, false) => Outcome::level(if x & 0x7f == y & 0x7f { 1 } else { 2 }),
        _ => Outcome::level(3),
    }
}

/// A code: the same, a slip apart, different.
fn code(codes: &Codes, (a, figures_a): (u32, u64), (b, figures_b): (u32, u64)) -> Outcome {
    if a == MISSING || b == MISSING {
        return Outcome::MISSING;
    }
    if a == b {
        return Outcome::counted(1, codes.fan_out(a));
    }
    let near = distance::one_figure_apart(figures_a, figures_b);
    if near.unwrap_or_else(|| distance::within(codes.text(a), codes.text(b), 1).is_some()) {
        return Outcome::counted(2, codes.fan_out(a).max(codes.fan_out(b)));
    }
    Outcome::level(3)
}

fn same_or_not(codes: &Codes, a: u32, b: u32) -> Outcome {
    match (a, b) {
        (MISSING, _) | (_, MISSING) => Outcome::MISSING,
        (a, b) if a == b => Outcome::counted(1, codes.fan_out(a)),
        _ => Outcome::level(2),
    }
}

/// E-mail: the same; a slip apart; the same person's mailbox at another provider; the same firm; different.
fn email(values: &Values, p: &Party, q: &Party) -> Outcome {
    let (a, b) = (p.email, q.email);
    if a == MISSING || b == MISSING {
        return Outcome::MISSING;
    }
    let limit = p.email_limit.min(q.email_limit);
    let emails = &values.emails;
    if a == b {
        return Outcome::counted(1, emails.fan_out(a)).at_most(limit);
    }
    let may_slip =
        p.email_length.abs_diff(q.email_length) <= 2 && distance::letters_allow(p.email_letters, q.email_letters, 2);
    if let Some((x, y)) =
        may_slip.then(|| (emails.text(a), emails.text(b))).filter(|(x, y)| distance::within(x, y, 2).is_some())
    {
        // The same name with other figures (`lthomas59`, `lthomas95`) is what namesakes have.
        let letters =
            |text: &str| text.bytes().filter(|c| !c.is_ascii_digit()).fold(0_u64, |h, c| mix(h ^ u64::from(c)));
        let limit = if limit < derived::UNLIMITED && letters(x) == letters(y) { derived::HABIT } else { limit };
        return Outcome::counted(2, emails.fan_out(a).max(emails.fan_out(b))).at_most(limit);
    }
    if p.mailbox != MISSING && p.mailbox == q.mailbox {
        return Outcome::counted(3, values.mailboxes.records(p.mailbox)).at_most(limit);
    }
    if p.firm != MISSING && p.firm == q.firm {
        return Outcome::counted(4, values.firms.records(p.firm)).at_most(limit);
    }
    Outcome::level(5)
}

/// Street: the same door; a slip apart; the same building but another unit; the same street; different.
fn street(values: &Values, p: &Party, q: &Party) -> Outcome {
    let (streets, a, b) = (&values.streets, p.street, q.street);
    if a == MISSING || b == MISSING {
        return Outcome::MISSING;
    }
    if a == b {
        return Outcome::counted(1, streets.fan_out(a));
    }
    // Neither the same words with slips nor some of the other's words.
    let (only_a, only_b) = (p.street_letters & !q.street_letters, q.street_letters & !p.street_letters);
    if only_a.count_ones() > 2 && only_b.count_ones() > 2 {
        return Outcome::level(5);
    }
    // Of streets there are few, of doors many: the words are at hand, the doors would be waited for.
    let way = |party: &Party| (values.ways.text(party.way), party.street_letters);
    let near_street = p.way == q.way || near_words(way(p), way(q));
    if !near_street {
        return Outcome::level(5);
    }
    let crowd = streets.fan_out(a).max(streets.fan_out(b));
    let (number_a, street_a, unit_a) = address::parts(streets.text(a));
    let (number_b, street_b, unit_b) = address::parts(streets.text(b));
    let same_number = number_a == number_b;
    if same_number && street_a == street_b {
        let units_agree = unit_a == unit_b || unit_a.is_empty() || unit_b.is_empty();
        return Outcome::counted(if units_agree { 1 } else { 3 }, crowd);
    }
    let near_number = same_number || distance::within(number_a, number_b, 1).is_some();
    if near_number && (same_number || street_a == street_b) { Outcome::counted(2, crowd) } else { Outcome::level(4) }
}

/// The same street words with slips, run together, in another order, or one address longer than the other; words with their letters
/// ([`distance::letters`]).
fn near_words((a, letters_a): (&str, u32), (b, letters_b): (&str, u32)) -> bool {
    if a == b {
        return true;
    }
    if a.is_empty() || b.is_empty() {
        return false;
    }
    let limit = distance::slips(a.len().min(b.len()));
    if distance::letters_allow(letters_a, letters_b, limit) && distance::within(a, b, limit).is_some() {
        return true;
    }
    // Most streets differ in every word; what follows is for those that share one. Words this short are found sooner by looking at every
    // place than by preparing a search.
    let occurs = |word: &str| b.as_bytes().windows(word.len()).any(|place| place == word.as_bytes());
    if !text::split(a, b' ').any(|word| word.len() > 3 && occurs(word)) {
        return false;
    }
    let (mut x, mut y): (Vec<&str>, Vec<&str>) = (a.split(' ').collect(), b.split(' ').collect());
    if distance::within(&x.concat(), &y.concat(), limit).is_some() {
        return true;
    }
    x.sort_unstable();
    y.sort_unstable();
    let (short, long) = if x.len() <= y.len() { (&x, &y) } else { (&y, &x) };
    short.iter().map(|w| w.len()).sum::<usize>() >= 6 && short.iter().all(|w| long.contains(w))
}

/// Town: the same postcode; the same town with another or no postcode; the same region; different.
fn place(values: &Values, a: &Party, b: &Party) -> Outcome {
    let both = |x: u32, y: u32| x != MISSING && y != MISSING;
    if both(a.postcode, b.postcode) && a.postcode == b.postcode {
        return Outcome::counted(1, values.postcodes.records(a.postcode).saturating_sub(1));
    }
    if both(a.city, b.city) {
        let cities = &values.cities;
        let crowd = cities.records(a.city).max(cities.records(b.city));
        if a.city == b.city
            || (distance::letters_allow(a.city_letters, b.city_letters, 2)
                && is_slip(cities.text(a.city), cities.text(b.city)))
        {
            return Outcome::counted(2, crowd);
        }
    }
    let near_code = || {
        let codes = &values.postcodes;
        distance::one_figure_apart(u64::from(a.postcode_figures), u64::from(b.postcode_figures))
            .unwrap_or_else(|| distance::within(codes.text(a.postcode), codes.text(b.postcode), 1).is_some())
    };
    if both(a.postcode, b.postcode) && near_code() {
        return Outcome::level(3);
    }
    if both(a.region, b.region) && a.region == b.region {
        return Outcome::counted(4, values.regions.records(a.region));
    }
    if both(a.city, b.city) || both(a.postcode, b.postcode) || both(a.region, b.region) {
        return Outcome::level(5);
    }
    Outcome::MISSING
}

/// Whether one is the other with slips of the keys.
fn is_slip(a: &str, b: &str) -> bool {
    let slips = distance::slips(a.len().min(b.len()));
    slips > 0 && distance::within(a, b, slips).is_some()
}

/// Date of birth: the same; one figure or the order of day and month; two figures; different.
fn birth_date(dates: &Codes, a: u32, b: u32) -> Outcome {
    if a == MISSING || b == MISSING {
        return Outcome::MISSING;
    }
    if a == b {
        return Outcome::counted(1, dates.records(a).saturating_sub(1));
    }
    let (x, y) = (dates.text(a), dates.text(b));
    let swapped = x[..4] == y[..4] && x[4..6] == y[6..] && x[6..] == y[4..6];
    if swapped || distance::within(x, y, 1).is_some() {
        return Outcome::level(2);
    }
    let figures = x.bytes().zip(y.bytes()).filter(|(p, q)| p != q).count();
    Outcome::level(if figures <= 2 || x[..4] == y[..4] { 3 } else { 4 })
}
