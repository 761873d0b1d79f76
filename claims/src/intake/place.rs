//! Whether a place of signing can be in the United States, where the signer says so: the words of the declaration depend on it (28 U.S.C.
//! § 1746). Whoever signs in a place that is called like a country names its state too, and with that confirms it.

use super::form::Answers;
use crate::declaration::Declaration;

/// Names by which people write the United States, its states and territories, in small letters. Where a name is that of a country
/// too, like Georgia, it is not asked.
const AMERICAN: &str = "united states;united states of america;usa;u s a;us;u s;america;alabama;alaska;arizona;arkansas;california;colorado;\
connecticut;delaware;florida;georgia;hawaii;idaho;illinois;indiana;iowa;kansas;kentucky;louisiana;maine;maryland;massachusetts;michigan;\
minnesota;mississippi;missouri;montana;nebraska;nevada;new hampshire;new jersey;new mexico;new york;north carolina;north dakota;ohio;oklahoma;\
oregon;pennsylvania;rhode island;south carolina;south dakota;tennessee;texas;utah;vermont;virginia;washington;west virginia;wisconsin;wyoming;\
district of columbia;washington dc;washington d c;puerto rico;guam;american samoa;us virgin islands;u s virgin islands;\
united states virgin islands;usvi;northern mariana islands;cnmi";

/// Postal abbreviations, as they are written: in capitals.
const ABBREVIATIONS: &str = "AL;AK;AZ;AR;CA;CO;CT;DE;FL;GA;HI;ID;IL;IN;IA;KS;KY;LA;ME;MD;MA;MI;MN;MS;MO;MT;NE;NV;NH;NJ;NM;NY;NC;ND;OH;OK;OR;PA;\
RI;SC;SD;TN;TX;UT;VT;VA;WA;WV;WI;WY;DC;PR;GU;VI;AS;MP";

/// Other countries, in small letters, by their English names and those that people there give.
const ABROAD: &str = "afghanistan;albania;algeria;andorra;angola;argentina;armenia;australia;austria;österreich;azerbaijan;bahamas;bahrain;\
bangladesh;barbados;belarus;belgium;belgique;belgië;belize;benin;bhutan;bolivia;bosnia and herzegovina;botswana;brazil;brasil;brunei;bulgaria;\
burkina faso;burundi;cambodia;cameroon;canada;cape verde;chad;chile;china;hong kong;macau;colombia;comoros;congo;costa rica;croatia;hrvatska;cuba;\
cyprus;czechia;czech republic;denmark;danmark;dominican republic;ecuador;egypt;el salvador;eritrea;estonia;eswatini;ethiopia;fiji;finland;suomi;\
france;gabon;gambia;germany;deutschland;ghana;greece;guatemala;guinea;guyana;haiti;honduras;hungary;iceland;india;indonesia;iran;iraq;ireland;israel;\
italy;italia;ivory coast;jamaica;japan;jordan;kazakhstan;kenya;kosovo;kuwait;kyrgyzstan;laos;latvia;lebanon;lesotho;liberia;libya;liechtenstein;\
lithuania;luxembourg;madagascar;malawi;malaysia;maldives;mali;malta;mauritania;mauritius;mexico;méxico;moldova;monaco;mongolia;montenegro;morocco;\
mozambique;myanmar;namibia;nepal;netherlands;the netherlands;nederland;holland;new zealand;nicaragua;niger;nigeria;north korea;north macedonia;norway;\
norge;oman;pakistan;panama;papua new guinea;paraguay;peru;philippines;poland;polska;portugal;qatar;romania;russia;rwanda;samoa;san marino;\
saudi arabia;senegal;serbia;seychelles;sierra leone;singapore;slovakia;slovenia;somalia;south africa;south korea;korea;spain;españa;sri lanka;sudan;\
suriname;sweden;sverige;switzerland;schweiz;suisse;svizzera;syria;taiwan;tajikistan;tanzania;thailand;togo;trinidad and tobago;tunisia;turkey;türkiye;\
turkmenistan;uganda;ukraine;united arab emirates;united kingdom;uk;u k;great britain;england;scotland;wales;northern ireland;uruguay;uzbekistan;vanuatu;\
venezuela;vietnam;yemen;zambia;zimbabwe";

/// The parts of a place between commas and the like, with points as spaces.
fn parts(place: &str) -> impl Iterator<Item = String> + '_ {
    place.split([',', ';', '/', '(', ')', '\n']).filter_map(|part| {
        let words = part.replace('.', " ").split_whitespace().collect::<Vec<_>>().join(" ");
        (!words.is_empty()).then_some(words)
    })
}

/// Whether a part is a name, or ends with one: `Chur Switzerland`.
fn ends_with(part: &str, name: &str) -> bool {
    part.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with(' '))
}

fn is_american(place: &str) -> bool {
    parts(place).any(|part| {
        // A postcode may stand behind the state.
        let named = part.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-' || c == ' ');
        let small = named.to_lowercase();
        AMERICAN.split(';').any(|name| ends_with(&small, name))
            || ABBREVIATIONS.split(';').any(|name| ends_with(named, name))
    })
}

/// The part of a place that names a country other than the United States, if none of its parts names these or a state of theirs.
fn country(place: &str) -> Option<String> {
    if is_american(place) {
        return None;
    }
    parts(place).find_map(|part| {
        let small = part.to_lowercase();
        // The longest, so that “South Korea” is not “Korea”.
        let name = ABROAD.split(';').filter(|name| ends_with(&small, name)).max_by_key(|name| name.len())?;
        let words = name.split(' ').count();
        let typed: Vec<&str> = part.split(' ').collect();
        Some(typed[typed.len().saturating_sub(words)..].join(" "))
    })
}

/// The address of the claim, in a few words, if it is abroad and in the town of this place.
fn town_abroad(place: &str, claimant: &Answers) -> Option<String> {
    let (city, home) = (claimant.get("city").trim(), claimant.get("country").trim());
    let same = !city.is_empty() && parts(place).next()?.to_lowercase() == parts(city).next()?.to_lowercase();
    (same && !home.is_empty() && !is_american(home) && !is_american(place)).then(|| format!("{city}, {home}"))
}

/// What does not fit where the signer says that they sign in the United States; `claimant` are the answers to “Who is claiming”, empty where
/// they are not known. It asks for the other choice, or for the state, which confirms this one.
#[must_use]
pub fn problem(signed: &Answers, claimant: &Answers) -> Option<String> {
    const OTHERWISE: &str = "If you sign there, choose “Outside the United States”: the words of the declaration are then others. If the place is in the United States, name its state too, like Portland, Oregon.";
    if signed.get("place") != "us" {
        return None;
    }
    let place = signed.get("place_name");
    if let Some(country) = country(place) {
        return Some(format!(
            "This place is in {country} by its name, and you chose “In the United States”. {OTHERWISE}"
        ));
    }
    town_abroad(place, claimant).map(|town| {
        format!("By the address of the claim, this is {town}, and you chose “In the United States”. {OTHERWISE}")
    })
}

/// What counsel should look at in a signed declaration: its words are those for the United States, and the place is by its name elsewhere.
#[must_use]
pub fn mark(text: &str, place: &str, claimant: &Answers) -> Option<String> {
    if text == Declaration::FederalWithout.key() {
        return None;
    }
    let elsewhere = country(place).or_else(|| town_abroad(place, claimant))?;
    Some(format!(
        "The words are those for somebody who signs in the United States, and the place is in {elsewhere} by its name. Signed elsewhere, 28 U.S.C. § 1746(1) has other words."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(place: &str, name: &str, city: &str, country: &str) -> Option<String> {
        let signed = Answers::default().with("place", place).with("place_name", name);
        problem(&signed, &Answers::default().with("city", city).with("country", country))
    }

    #[test]
    fn a_place_abroad_is_not_signed_as_one_in_the_united_states() {
        let said = asked("us", "Chur, Switzerland", "", "").unwrap();
        assert!(
            said.contains("in Switzerland by its name") && said.contains("choose “Outside the United States”"),
            "{said}"
        );
        for abroad in
            ["Chur Switzerland", "Berlin, Deutschland", "London (U.K.)", "Seoul, South Korea", "Toronto, Canada"]
        {
            assert!(asked("us", abroad, "", "").is_some(), "{abroad}");
            assert!(asked("abroad", abroad, "", "").is_none(), "{abroad}");
        }
        assert!(asked("us", "Seoul, South Korea", "", "").unwrap().contains("in South Korea by"));
        // Towns of the United States that are called like countries, once their state is named, and states that are.
        for american in [
            "Portland, Oregon",
            "Lebanon, Oregon",
            "Mexico, MO",
            "Peru Indiana",
            "Santa Fe, New Mexico",
            "Jersey City, NJ 07302",
            "Atlanta, Georgia",
            "Washington, D.C.",
            "Poland, Ohio, U.S.A.",
            "Portland",
        ] {
            assert_eq!(asked("us", american, "", ""), None, "{american}");
        }
    }

    #[test]
    fn the_town_of_an_address_abroad_is_asked_too() {
        let said = asked("us", "Chur", "Chur", "Switzerland").unwrap();
        assert!(said.contains("By the address of the claim, this is Chur, Switzerland"), "{said}");
        assert_eq!(asked("us", "Portland, Oregon", "Chur", "Switzerland"), None);
        assert_eq!(asked("us", "Portland", "Portland", "United States"), None);
        assert_eq!(asked("us", "Boston, Massachusetts", "Boston", "United Kingdom"), None);
    }

    // What is asked can be answered: the name of the territory confirms the place, and an address there is none abroad.
    #[test]
    fn the_territories_are_in_the_united_states_however_they_are_written() {
        for (place, city, home) in [
            ("Christiansted, St. Croix, U.S. Virgin Islands", "Christiansted", "U.S. Virgin Islands"),
            ("Christiansted, St. Croix, U.S. Virgin Islands", "Christiansted", "Virgin Islands"),
            ("Christiansted", "Christiansted", "U.S. Virgin Islands"),
            ("Charlotte Amalie", "Charlotte Amalie", "United States Virgin Islands"),
            ("Christiansted, VI 00820", "Christiansted", "Virgin Islands"),
            ("Cruz Bay", "Cruz Bay", "Virgin Islands (U.S.)"),
            ("Saipan", "Saipan", "Northern Mariana Islands"),
            ("Saipan, Commonwealth of the Northern Mariana Islands", "Saipan", "CNMI"),
            ("San Juan, Puerto Rico", "San Juan", "Puerto Rico"),
            ("Hagåtña, Guam", "Hagåtña", "Guam"),
            ("Pago Pago", "Pago Pago", "American Samoa"),
        ] {
            assert_eq!(asked("us", place, city, home), None, "{place}");
        }
        // Their neighbours are not.
        assert!(asked("us", "Apia, Samoa", "", "").is_some());
        assert!(asked("us", "Road Town", "Road Town", "British Virgin Islands").is_some());
    }

    #[test]
    fn what_was_signed_before_it_was_asked_is_marked_for_counsel() {
        let nobody = Answers::default();
        let marked = mark(Declaration::FederalWithin.key(), "Chur, Switzerland", &nobody);
        assert!(marked.is_some_and(|words| words.contains("in Switzerland by its name")));
        assert!(mark(Declaration::Oregon.key(), "Chur, Switzerland", &nobody).is_some());
        assert_eq!(mark(Declaration::FederalWithout.key(), "Chur, Switzerland", &nobody), None);
        assert_eq!(mark(Declaration::FederalWithin.key(), "Portland, Oregon", &nobody), None);
    }
}
