//! The invented claimants: names, places, contacts. None of them exists; addresses are at example domains.

use claims::intake::Answers;

use super::dice::Dice;

/// A place where a claimant sits.
pub(super) struct Place {
    pub(super) city: &'static str,
    pub(super) region: &'static str,
    pub(super) country: &'static str,
    pub(super) currency: &'static str,
    domain: &'static str,
    dialling: &'static str,
}

const fn us(city: &'static str, region: &'static str) -> Place {
    Place { city, region, country: "United States", currency: "USD", domain: "example.com", dialling: "+1 555 01" }
}

const fn uk(city: &'static str, region: &'static str) -> Place {
    Place { city, region, country: "United Kingdom", currency: "GBP", domain: "example.org", dialling: "+44 1632 960" }
}

const fn euro(city: &'static str, country: &'static str, dialling: &'static str) -> Place {
    Place { city, region: "", country, currency: "EUR", domain: "example.net", dialling }
}

const PLACES: [Place; 24] = [
    us("Portland", "Oregon"),
    us("Seattle", "Washington"),
    us("San Francisco", "California"),
    us("Los Angeles", "California"),
    us("Austin", "Texas"),
    us("Chicago", "Illinois"),
    us("Nashville", "Tennessee"),
    us("Brooklyn", "New York"),
    us("Boston", "Massachusetts"),
    us("Minneapolis", "Minnesota"),
    us("Philadelphia", "Pennsylvania"),
    us("Santa Fe", "New Mexico"),
    us("Boulder", "Colorado"),
    us("New Orleans", "Louisiana"),
    us("Ann Arbor", "Michigan"),
    uk("London", ""),
    uk("Bristol", ""),
    uk("Edinburgh", "Scotland"),
    uk("Cambridge", "Cambridgeshire"),
    euro("Berlin", "Germany", "+49 30 555 01"),
    euro("München", "Germany", "+49 89 555 01"),
    euro("Leipzig", "Germany", "+49 341 555 01"),
    euro("Amsterdam", "Netherlands", "+31 20 555 01"),
    euro("Utrecht", "Netherlands", "+31 30 555 01"),
];

/// An invented claimant: legal name, kind, index of its place.
#[derive(Clone, Copy)]
pub(super) struct Invented(pub(super) &'static str, pub(super) &'static str, usize);

/// How many of [`INVENTED`] are labels; they come first.
pub(super) const LABELS: usize = 56;

/// All invented claimants but those of the claimant's sign-in.
#[rustfmt::skip]
pub(super) const INVENTED: [Invented; 97] = [
    Invented("Alder Quay Recordings LLC", "label", 0), Invented("Blue Heron Lane Records", "label", 0), Invented("Cinder Path Music LLC", "label", 1),
    Invented("Dovetail & Reed Records", "label", 2), Invented("Emberwick Classics Inc.", "label", 7), Invented("Farthing Street Jazz LLC", "label", 7),
    Invented("Glasswing Audio LLC", "label", 3), Invented("Hollow Oak Recordings", "label", 6), Invented("Inkwell Sonics LLC", "label", 5),
    Invented("Juniper Stile Records", "label", 12), Invented("Kestrel Point Music Inc.", "label", 8), Invented("Lantern Yard Records", "label", 9),
    Invented("Mossbank Sound LLC", "label", 1), Invented("Nine Elms Crossing Records Ltd", "label", 15), Invented("Oxbow Ridge Recordings", "label", 4),
    Invented("Pale Harbor Discs LLC", "label", 8), Invented("Quillfeather Records", "label", 10), Invented("Redshank Records Ltd", "label", 16),
    Invented("Saltmarsh Editions Ltd", "label", 18), Invented("Thornbury Gate Records Ltd", "label", 16), Invented("Umber & Ochre Music", "label", 11),
    Invented("Velvet Sextant Records LLC", "label", 13), Invented("Wickerman’s Rest Recordings Ltd", "label", 17), Invented("Yarrow Field Music LLC", "label", 14),
    Invented("Zephyr Row Discs Inc.", "label", 5), Invented("Abendlinie Tonträger GmbH", "label", 19), Invented("Birkenhof Klassik GmbH", "label", 20),
    Invented("Das Kleine Pult Musik GmbH", "label", 21), Invented("Elsterklang Verlag GmbH", "label", 21), Invented("Fluisterwind Records B.V.", "label", 22),
    Invented("Grachtengoud Muziek B.V.", "label", 22), Invented("Halve Maan Opnamen B.V.", "label", 23), Invented("Amberley Down Records Ltd", "label", 15),
    Invented("Broken Metronome LLC", "label", 2), Invented("Copper Thimble Records", "label", 6), Invented("Driftless Choir Recordings", "label", 9),
    Invented("Eastlight Meditation Music LLC", "label", 3), Invented("Fiddler’s Fen Records Ltd", "label", 18), Invented("Granary Loft Sound", "label", 14),
    Invented("Hearthstone Lullabies LLC", "label", 0), Invented("Ivory Tern Records Inc.", "label", 8), Invented("Jackdaw Hill Music Ltd", "label", 17),
    Invented("Kindling Box Children’s Music LLC", "label", 4), Invented("Low Orbit Ambient LLC", "label", 12), Invented("Marrow & Pith Records", "label", 10),
    Invented("Northing Line Recordings", "label", 1), Invented("Old Ferry Baroque Ltd", "label", 15), Invented("Pepperwood Trio Records LLC", "label", 2),
    Invented("Quarter Rest Music Inc.", "label", 7), Invented("Rookwood Chapel Discs Ltd", "label", 18), Invented("Silbermoor Records GmbH", "label", 19),
    Invented("Two Rivers Brass Recordings", "label", 13), Invented("Undertow Bay Records LLC", "label", 3), Invented("Vesperbell Sound Inc.", "label", 5),
    Invented("Winterhaven New Age LLC", "label", 11), Invented("Zilverdraad Muziek B.V.", "label", 23),
    Invented("Marlowe Quistgard", "person", 0), Invented("Ines Vandermoor", "person", 22), Invented("Tobiah Harkwell", "person", 7),
    Invented("Odessa Finchley-Roe", "person", 15), Invented("Caspian Delacorte", "person", 3), Invented("Wilhelmine Aschbacher", "person", 20),
    Invented("Jory Pendlewick", "person", 17), Invented("Amaranta Soliz", "person", 11), Invented("Leopold Strandquist", "person", 9),
    Invented("Thea Wintergreen", "person", 1), Invented("Bastian Kornfeld", "person", 19), Invented("Rosalind Oakapple", "person", 16),
    Invented("Dashiell Merriwick", "person", 5), Invented("Femke Zonneveldt", "person", 23), Invented("Cyrus Tanglewood", "person", 6),
    Invented("Philippa Greystoke-Ames", "person", 18), Invented("Ambrose Tillerman", "person", 13), Invented("Noor Halvorsdatter", "person", 8),
    Invented("Gideon Starkweather-Pike", "person", 10), Invented("Linnea Ravensworth", "person", 12), Invented("Matthias Oberlindner", "person", 21),
    Invented("Sunniva Applegarth", "person", 2), Invented("Ellery Brookfallow", "person", 4),
    Invented("Ashlar Music Publishing LLC", "publisher", 6), Invented("Bellwether & Daughters Publishing", "publisher", 7), Invented("Cantilena Verlagsgesellschaft mbH", "publisher", 19),
    Invented("Dotted Minim Music Ltd", "publisher", 15), Invented("Eventide Copyrights Inc.", "publisher", 3), Invented("Fermata House Publishing LLC", "publisher", 0),
    Invented("Gouden Sleutel Uitgeverij B.V.", "publisher", 22), Invented("Hexachord Editions Ltd", "publisher", 17),
    Invented("Estate of Lucian Fairweather-Cole", "estate", 7), Invented("Estate of Harriet Bellamy-Stroud", "estate", 16), Invented("Estate of Anselm Grünewaldt", "estate", 20),
    Invented("Estate of Delphine Rousetta", "estate", 13), Invented("Estate of Jonah Pettibone-Marsh", "estate", 5),
    Invented("Cascade Viols", "nonprofit", 0), Invented("The Lambswool Singers", "nonprofit", 8), Invented("Kammerchor Lindenstieg e.V.", "nonprofit", 21),
    Invented("Prairie Lantern Chamber Orchestra", "nonprofit", 9), Invented("Stichting Oude Toren Consort", "nonprofit", 22),
];

/// The three for whom the claimant's sign-in acts.
pub(super) const OWN: [Invented; 3] = [
    Invented("Larkspur Row Records LLC", "label", 0),
    Invented("Estate of Odile Marchetti-Vane", "estate", 1),
    Invented("Tanager String Quartet", "nonprofit", 2),
];

const GIVEN: [&str; 16] = [
    "Adair", "Brigid", "Corin", "Dorothea", "Emeric", "Fenella", "Garrick", "Honora", "Ismay", "Joss", "Keziah",
    "Lorcan", "Merrin", "Nestor", "Orla", "Piers",
];
const FAMILY: [&str; 16] = [
    "Ashgrove",
    "Blenkarn",
    "Copperfield-Dunn",
    "Dimmock",
    "Everhart",
    "Fothergale",
    "Gantry",
    "Hollisworth",
    "Inglethorpe",
    "Jessamy",
    "Kettleby",
    "Lovelock-Finn",
    "Mossgrave",
    "Nightingale-Orr",
    "Overbury",
    "Purslow",
];
const STREETS: [&str; 10] = [
    "Foundry Lane",
    "Chapel Walk",
    "Old Mill Road",
    "Meadow Street",
    "Quayside",
    "Orchard Row",
    "Station Approach",
    "Linden Avenue",
    "Bridge Street",
    "Harbor View",
];

impl Invented {
    /// Where it sits.
    pub(super) fn place(&self) -> &'static Place {
        &PLACES[self.2.min(PLACES.len() - 1)]
    }

    /// Whether it signs outside the United States.
    pub(super) fn is_abroad(&self) -> bool {
        self.place().currency != "USD"
    }

    /// Letters of its name, for addresses and catalogue numbers.
    pub(super) fn letters(&self) -> String {
        let name = self.0.trim_start_matches("Estate of ").trim_start_matches("The ").to_lowercase();
        name.chars()
            .map(|c| match c {
                'ä' => 'a',
                'ö' => 'o',
                'ü' => 'u',
                c => c,
            })
            .filter(|c| c.is_ascii_lowercase() || *c == ' ')
            .collect::<String>()
            .split_whitespace()
            .take(2)
            .collect::<Vec<_>>()
            .join("-")
    }

    /// The person who files: the claimant, or somebody for it.
    pub(super) fn contact(&self, dice: &Dice) -> String {
        if self.1 == "person" { self.0.to_owned() } else { format!("{} {}", dice.pick(&GIVEN), dice.pick(&FAMILY)) }
    }

    /// The address of the person who files.
    pub(super) fn email(&self) -> String {
        format!("office@{}.{}", self.letters(), self.place().domain)
    }

    /// A telephone of their own; nobody shares one by chance.
    fn phone(&self) -> String {
        let line = INVENTED.iter().chain(&OWN).position(|other| other.0 == self.0).unwrap_or_default();
        format!("{}{line:02}", self.place().dialling)
    }

    /// The capacity in which they file.
    pub(super) fn capacity(&self) -> &'static str {
        match self.1 {
            "person" => "self",
            "estate" => "heir",
            _ => "officer",
        }
    }

    /// The answers of “Who is claiming”.
    pub(super) fn answers(&self, dice: &Dice, contact: &str, email: &str) -> Answers {
        let place = self.place();
        let number = dice.between(1, 240);
        let mut answers = Answers::default()
            .with("kind", self.1)
            .with("legal_name", self.0)
            .with("contact", contact)
            .with("email", email)
            .with("phone", self.phone())
            .with("street", format!("{number} {}", dice.pick(&STREETS)))
            .with("city", place.city)
            .with("region", place.region)
            .with("country", place.country)
            .with("capacity", self.capacity());
        let seat = if place.region.is_empty() { place.country } else { place.region };
        if self.1 == "person" {
            answers.set("citizenship", if self.is_abroad() { place.country } else { seat });
        } else {
            let organised = match seat {
                _ if self.is_abroad() => place.country,
                _ if dice.chance(30) => "Delaware",
                seat => seat,
            };
            if self.1 == "estate" {
                answers.set("decedent_citizenship", if self.is_abroad() { place.country } else { seat });
                answers.set("authority", "Letters testamentary; a copy can be sent.");
            } else {
                answers.set("organised_in", organised);
                answers.set("principal_place", format!("{}, {seat}", place.city));
            }
        }
        if dice.chance(60) {
            answers.set("vendor_number", format!("V{}", dice.between(10_200, 19_800)));
        }
        answers
    }
}
