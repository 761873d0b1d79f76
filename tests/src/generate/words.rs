//! Names, places and words to draw from.

use super::Random;

#[rustfmt::skip]
pub const GIVEN: &[&str] = &[
    "James", "Olivia", "William", "Emma", "Joshua", "Sophie", "Thomas", "Jessica", "Daniel", "Hannah", "Samuel", "Chloe", "Michael",
    "Amelia", "Benjamin", "Grace", "Lachlan", "Isabella", "Alexander", "Emily", "Nicholas", "Lily", "Zachary", "Ella", "Jack", "Madison",
    "Matthew", "Charlotte", "Luke", "Georgia", "Ethan", "Ruby", "Jacob", "Lara", "Liam", "Mia", "Nathan", "Sarah", "Oliver", "Zoe",
    "Harrison", "Alice", "Cameron", "Abigail", "Connor", "Eliza", "Adam", "Tara", "Gabriel", "Amy", "Joel", "Holly", "Isaac", "Kate",
    "Tyler", "Imogen", "Mitchell", "Bella", "Noah", "Erin", "Riley", "Amber", "Patrick", "Alana", "Bailey", "Rachel", "Oscar", "Eve",
    "Archie", "Freya", "Angus", "Maddison", "Jake", "Stephanie", "Callum", "Laura", "Robert", "Elizabeth", "Christopher", "Margaret",
    "Andrew", "Victoria", "Kenneth", "Barbara", "Reuben", "Shanaye", "Dimitri", "Xanthe", "Zebediah", "Tahlia", "Kobe", "Annabel",
    "Deakin", "Keely", "Briley", "Talena", "Kieran", "Sachin", "Indiana", "Phoebe", "Ronan", "Tiana", "Fergus", "Harriet", "Levi",
];

#[rustfmt::skip]
pub const FAMILY: &[&str] = &[
    "Smith", "Johnson", "Williams", "Brown", "Jones", "Miller", "Davis", "Rodriguez", "Martinez", "Wilson", "Anderson", "Taylor",
    "Thomas", "Moore", "Martin", "Jackson", "Thompson", "White", "Lopez", "Lee", "Gonzalez", "Harris", "Clark", "Lewis", "Robinson",
    "Walker", "Perez", "Hall", "Young", "Allen", "Sanchez", "Wright", "King", "Scott", "Green", "Baker", "Adams", "Nelson", "Hill",
    "Ramirez", "Campbell", "Mitchell", "Roberts", "Carter", "Phillips", "Evans", "Turner", "Torres", "Parker", "Collins", "Edwards",
    "Stewart", "Flores", "Morris", "Nguyen", "Murphy", "Rivera", "Cook", "Rogers", "Morgan", "Peterson", "Cooper", "Reed", "Bailey",
    "Bell", "Gomez", "Kelly", "Howard", "Ward", "Cox", "Diaz", "Richardson", "Wood", "Watson", "Brooks", "Bennett", "Gray", "Hughes",
];

#[rustfmt::skip]
pub const STREETS: &[&str] = &[
    "Oak", "Maple", "Chestnut", "Larimer", "Shattuck", "Diversey", "Flatbush", "Highland", "Broadway", "Congress", "Valencia", "Mission",
    "Peachtree", "Rainier", "Pine", "Cedar", "Lake", "Sunset", "Division", "Telegraph", "Union", "Spring", "Bergen", "Gates", "Hawthorne",
    "12th", "23rd", "41st", "58th", "62nd", "70th", "73rd", "81st", "95th", "Wilshire", "Ventura", "Alberta", "Prospect", "Franklin",
];

#[rustfmt::skip]
pub const SUFFIXES: &[(&str, &str)] = &[
    ("Street", "St"), ("Avenue", "Ave."), ("Road", "Rd"), ("Boulevard", "Blvd"), ("Drive", "Dr"), ("Lane", "Ln"), ("Court", "Ct"),
    ("Place", "Pl"), ("Terrace", "Ter"), ("Circle", "Cir"),
];

#[rustfmt::skip]
pub const CITIES: &[(&str, &str, &str, &str)] = &[
    ("New York", "NY", "100", "212"), ("Brooklyn", "NY", "112", "718"), ("Los Angeles", "CA", "900", "213"), ("Chicago", "IL", "606", "312"),
    ("Houston", "TX", "770", "713"), ("Nashville", "TN", "372", "615"), ("Atlanta", "GA", "303", "404"), ("Seattle", "WA", "981", "206"),
    ("Portland", "OR", "972", "503"), ("Austin", "TX", "787", "512"), ("Miami", "FL", "331", "305"), ("Boston", "MA", "021", "617"),
    ("Denver", "CO", "802", "720"), ("Philadelphia", "PA", "191", "215"), ("San Diego", "CA", "921", "619"), ("Detroit", "MI", "482", "313"),
    ("Cleveland", "OH", "441", "216"), ("Memphis", "TN", "381", "901"), ("Dallas", "TX", "752", "214"), ("Tulsa", "OK", "741", "539"),
    ("St. Louis", "MO", "631", "314"), ("Raleigh", "NC", "276", "919"), ("Tampa", "FL", "336", "813"), ("Tacoma", "WA", "984", "253"),
];

#[rustfmt::skip]
pub const PROVIDERS: &[&str] = &[
    "gmail.com", "yahoo.com", "icloud.com", "outlook.com", "hotmail.com", "protonmail.com", "aol.com", "comcast.net", "me.com",
];

pub const LABEL_WORDS: &[&str] =
    &["Records", "Music", "Recordings", "Entertainment", "Music Group", "Audio", "Sound", "Productions", "Tapes"];
pub const LEGAL: &[&str] = &["", "", "LLC", "Inc.", "Ltd.", "Corp."];

#[rustfmt::skip]
const STARTS: &[&str] = &[
    "b", "br", "c", "ch", "cl", "d", "dr", "f", "fl", "g", "gr", "h", "j", "k", "kr", "l", "m", "n", "p", "pr", "r", "s", "sh", "st", "t", "tr",
    "v", "w", "z", "",
];
const VOWELS: &[&str] = &["a", "e", "i", "o", "u", "ai", "ea", "ou", "y"];
const ENDS: &[&str] = &["n", "r", "l", "s", "t", "m", "nd", "rk", "ss", "x", "ll", "", "", "ck"];

/// A word of two or three syllables out of some hundred thousand.
pub fn word(random: &mut Random) -> String {
    let mut word = String::new();
    for _ in 0..2 + usize::from(random.chance(0.3)) {
        word.push_str(random.pick(STARTS));
        word.push_str(random.pick(VOWELS));
        if random.chance(0.5) {
            word.push_str(random.pick(ENDS));
        }
    }
    capital(&word)
}

/// A family name: a common one, or a made-up one for the many that few bear.
pub fn family(random: &mut Random) -> String {
    if random.chance(0.6) { random.common(FAMILY).to_owned() } else { word(random) }
}

/// With a capital first letter.
pub fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}
