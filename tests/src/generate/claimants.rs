//! Claimants: artists and labels, some through agents, some related, some filed more than once.

use super::{
    Generated, Plan, Random,
    noise::{cased, maybe_slip, phone, slip},
    words::{CITIES, GIVEN, LABEL_WORDS, LEGAL, PROVIDERS, STREETS, SUFFIXES, family, word},
};

const HEADER: &[&str] =
    &["kind", "name", "contact", "email", "phone", "street", "city", "region", "postcode", "country", "tax_id"];

/// How a party is reached.
#[derive(Clone)]
struct Office {
    contact: String,
    email: String,
    phone: String,
    number: usize,
    street: usize,
    unit: Option<usize>,
    place: usize,
    postcode: String,
}

#[derive(Clone)]
struct Entity {
    artist: bool,
    name: String,
    person: String,
    office: Office,
    tax_id: String,
}

/// Generates claimants.
#[must_use]
pub fn claimants(plan: Plan) -> Generated {
    let mut random = Random::new(plan.seed);
    let random = &mut random;
    let mut rows = Vec::with_capacity(plan.records);
    let mut entity = 0;
    while rows.len() < plan.records {
        for found in household(plan, random) {
            entity += 1;
            for copy in 0..copies(random) {
                if rows.len() < plan.records {
                    rows.push((entity, filing(&found, copy > 0, random)));
                }
            }
        }
    }
    Generated::new(HEADER, rows, random)
}

/// How often one party files.
fn copies(random: &mut Random) -> usize {
    match random.below(1000) {
        0..846 => 1,
        846..960 => 2,
        960..989 => 3,
        989..996 => 4,
        n => n - 991,
    }
}

/// One party, or several that share something without being one.
fn household(plan: Plan, random: &mut Random) -> Vec<Entity> {
    let first = if random.chance(0.62) { artist(random) } else { label(random) };
    if first.artist && random.chance(plan.agents) {
        // An agent files for many artists with its own details.
        let agent = label(random).office;
        let many = 3 + random.below(28);
        return (0..many).map(|_| Entity { office: agent.clone(), ..artist(random) }).collect();
    }
    if !first.artist && random.chance(0.05) {
        // Sister labels: another name, the same people and door.
        let sister = label(random);
        let name = if random.chance(0.2) {
            let mut words = first.name.split(' ');
            format!("{} {}", words.next().unwrap_or(""), random.pick(LABEL_WORDS))
        } else {
            sister.name
        };
        if name.split(' ').take(2).eq(first.name.split(' ').take(2)) {
            return vec![first];
        }
        let mut office = first.office.clone();
        if random.chance(0.5) {
            office.email = sister.office.email;
        }
        let second = Entity { name, office, tax_id: sister.tax_id, ..first.clone() };
        return vec![first, second];
    }
    if first.artist && random.chance(0.03) {
        return relatives(first, random);
    }
    vec![first]
}

/// Relatives share a door and often a telephone; some are Sr. and Jr.
fn relatives(first: Entity, random: &mut Random) -> Vec<Entity> {
    let mut second = artist(random);
    let last = first.name.rsplit(' ').next().unwrap_or("").to_owned();
    let mut office = first.office.clone();
    office.email = second.office.email.clone();
    if random.chance(0.4) {
        office.phone.clone_from(&second.office.phone);
    }
    let mut first = first;
    if random.chance(0.25) {
        second.name = format!("{} Sr.", first.name);
        first.name = format!("{} Jr.", first.name);
        first.person.clone_from(&first.name);
    } else {
        let given = second.name.split(' ').next().unwrap_or("").to_owned();
        second.name = format!("{given} {last}");
    }
    second.person.clone_from(&second.name);
    office.contact.clone_from(&second.name);
    first.office.contact.clone_from(&first.person);
    vec![first, Entity { office, ..second }]
}

fn artist(random: &mut Random) -> Entity {
    let (given, last) = (random.common(GIVEN), family(random));
    let middle = if random.chance(0.25) {
        format!(" {}.", char::from(b'A' + u8::try_from(random.below(16)).unwrap_or(0)))
    } else {
        String::new()
    };
    let person = format!("{given}{middle} {last}");
    let (g, l) = (given.to_lowercase(), last.to_lowercase());
    let number = random.below(1000);
    let mailbox = match random.below(5) {
        0 => format!("{}{l}{}", &g[..1], number % 100),
        1 => format!("{g}.{l}"),
        2 => format!("{l}_{g}{number}"),
        3 => format!("{g}{l}music"),
        _ => format!("{g}{number}"),
    };
    let email = format!("{mailbox}@{}", random.common(PROVIDERS));
    let stage = random.chance(0.08);
    let name = if stage { format!("The {} {}", word(random), word(random)) } else { person.clone() };
    Entity { artist: true, name, office: office(person.clone(), email, random), person, tax_id: tax_id(random) }
}

fn label(random: &mut Random) -> Entity {
    let distinctive = match random.below(10) {
        0..4 => word(random),
        4..8 => format!("{} {}", word(random), word(random)),
        8 => format!("{} and {}", family(random), family(random)),
        _ => format!("{} & Sons", family(random)),
    };
    let name = format!("{distinctive} {} {}", random.common(LABEL_WORDS), random.pick(LEGAL));
    let person = format!("{} {}", random.common(GIVEN), family(random));
    let compact: String = distinctive.to_lowercase().chars().filter(char::is_ascii_alphanumeric).take(18).collect();
    let mailbox = match random.below(4) {
        0 => "info".to_owned(),
        1 => "legal".to_owned(),
        2 => "royalties".to_owned(),
        _ => person.split(' ').next().unwrap_or("").to_lowercase(),
    };
    let email = if random.chance(0.7) {
        format!("{mailbox}@{compact}.{}", random.pick(&["com", "net", "co", "fm", "org"]))
    } else {
        format!("{compact}records@{}", random.common(PROVIDERS))
    };
    Entity {
        artist: false,
        name: name.trim().to_owned(),
        office: office(person.clone(), email, random),
        person,
        tax_id: tax_id(random),
    }
}

fn tax_id(random: &mut Random) -> String {
    format!("{}", 100_000_000 + random.below(899_999_999))
}

fn office(contact: String, email: String, random: &mut Random) -> Office {
    let place = {
        let n = random.below(CITIES.len()) + 1;
        random.below(n)
    };
    Office {
        contact,
        email,
        phone: format!("{}{:07}", CITIES[place].3, 2_000_000 + random.below(7_999_999)),
        number: 1 + random.below(9999),
        street: random.below(STREETS.len() * SUFFIXES.len()),
        unit: random.chance(0.2).then(|| 1 + random.below(99)),
        place,
        postcode: format!("{}{:02}", CITIES[place].2, random.below(100)),
    }
}

/// One filing of a party; a later one differs by how much changed since.
fn filing(entity: &Entity, again: bool, random: &mut Random) -> Vec<String> {
    let mut office = entity.office.clone();
    let mut name = entity.name.clone();
    // Light, medium, heavy, evasive.
    let changed = if again { [0.03, 0.12, 0.3, 0.6][[0, 0, 0, 0, 0, 1, 1, 1, 2, 3][random.below(10)]] } else { 0.01 };
    if random.chance(changed) {
        let moved = self::office(String::new(), String::new(), random);
        office = Office { contact: office.contact, email: office.email, phone: office.phone, ..moved };
    }
    if random.chance(changed * 0.7) {
        office.phone = format!("{}{:07}", CITIES[office.place].3, 2_000_000 + random.below(7_999_999));
    }
    if random.chance(changed * 0.7) {
        let mailbox: String =
            entity.person.to_lowercase().chars().filter(char::is_ascii_alphanumeric).take(9).collect();
        office.email = format!("{mailbox}{}@{}", random.below(10_000), random.common(PROVIDERS));
    }
    if entity.artist && random.chance(changed * 0.3) {
        name = if name == entity.person {
            format!("The {} {}", word(random), word(random))
        } else {
            entity.person.clone()
        };
    }
    if !entity.artist && random.chance(changed * 0.4) {
        name = format!("{} d/b/a {name}", entity.person);
    }
    name = maybe_slip(&name, changed, random);
    let email = maybe_slip(&office.email, changed * 0.4, random);
    let digits = maybe_slip(&office.phone, changed * 0.3, random);
    let digits = if digits.len() == 10 { digits } else { office.phone.clone() };
    let (long, short) = SUFFIXES[office.street % SUFFIXES.len()];
    let suffix = if random.chance(0.5) { long } else { short };
    let unit =
        office.unit.map_or_else(String::new, |u| format!(", {} {u}", random.pick(&["Apt", "Unit", "Apt.", "Suite"])));
    let street = format!("{} {} {suffix}{unit}", office.number, STREETS[office.street / SUFFIXES.len()]);
    let (city, region, ..) = CITIES[office.place];
    let own = entity.artist && office.contact == entity.person;
    let contact = if own && random.chance(0.6) { String::new() } else { office.contact.clone() };
    let blank = |value: String, probability, random: &mut Random| {
        if random.chance(probability) { String::new() } else { value }
    };
    let tax_id = if random.chance(0.55) { maybe_slip(&entity.tax_id, changed * 0.3, random) } else { String::new() };
    vec![
        if entity.artist != random.chance(0.02) { "artist" } else { "label" }.to_owned(),
        cased(name, random),
        maybe_slip(&contact, changed * 0.3, random),
        blank(cased(email, random), 0.008 + changed * 0.1, random),
        blank(phone(&digits, random), 0.009 + changed * 0.1, random),
        if random.chance(changed * 0.5) { slip(&street, random) } else { cased(street, random) },
        maybe_slip(city, changed * 0.2, random),
        region.to_owned(),
        blank(office.postcode, 0.008, random),
        "US".to_owned(),
        tax_id,
    ]
}
