//! Words of addresses, and of fields that must not be empty.

/// The one spelling of a street word, if it is a common suffix, direction or unit word; unit words become `#`.
#[must_use]
pub fn street_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "street" | "st" | "str" | "strasse" => "st",
        "avenue" | "ave" | "av" => "ave",
        "road" | "rd" => "rd",
        "boulevard" | "blvd" | "boul" => "blvd",
        "drive" | "dr" => "dr",
        "lane" | "ln" => "ln",
        "court" | "ct" => "ct",
        "place" | "pl" => "pl",
        "terrace" | "ter" | "tce" => "ter",
        "circle" | "cir" => "cir",
        "circuit" | "cct" => "cct",
        "crescent" | "cres" | "cr" => "cres",
        "highway" | "hwy" => "hwy",
        "parkway" | "pkwy" => "pkwy",
        "square" | "sq" => "sq",
        "close" | "cl" => "cl",
        "way" | "wy" => "way",
        "north" => "n",
        "south" => "s",
        "east" => "e",
        "west" => "w",
        "apt" | "apartment" | "unit" | "suite" | "ste" | "flat" | "fl" | "floor" | "room" | "rm" => "#",
        _ => return None,
    })
}

/// The one spelling of a word that ends in a kind of street, as German writes them (`lindenstrasse` and `lindenstr`, `marienplatz` and
/// `marienpl`): what stands before, and the ending; `None` for any other word.
#[must_use]
pub fn street_ending(word: &str) -> Option<(&str, &'static str)> {
    [("strasse", "str"), ("platz", "pl")].into_iter().find_map(|(long, short)| {
        let name = word.strip_suffix(long).filter(|name| name.len() > 2)?;
        Some((name, short))
    })
}

/// What people write into a field that must not be empty. It says nothing, least of all that two who write it are one.
#[must_use]
pub fn says_nothing(raw: &str) -> bool {
    const PLACEHOLDERS: [&str; 14] = [
        "-",
        "--",
        ".",
        "?",
        "n/a",
        "na",
        "none",
        "nil",
        "null",
        "unknown",
        "not known",
        "not given",
        "not reported",
        "tbd",
    ];
    let raw = raw.trim();
    raw.len() <= 12 && PLACEHOLDERS.iter().any(|placeholder| raw.eq_ignore_ascii_case(placeholder))
}

/// Mail providers where the part after the `@` says nothing about the person, and the domains that are kept for examples
/// (RFC 2606).
#[must_use]
pub fn is_free_mail(domain: &str) -> bool {
    matches!(
        domain,
        "example.com"
            | "example.net"
            | "example.org"
            | "gmail.com"
            | "googlemail.com"
            | "yahoo.com"
            | "hotmail.com"
            | "outlook.com"
            | "icloud.com"
            | "me.com"
            | "mac.com"
            | "aol.com"
            | "comcast.net"
            | "att.net"
            | "verizon.net"
            | "protonmail.com"
            | "proton.me"
            | "live.com"
            | "msn.com"
            | "gmx.de"
            | "gmx.net"
            | "web.de"
            | "mail.com"
            | "yahoo.co.uk"
            | "ymail.com"
            | "zoho.com"
            | "fastmail.com"
    )
}

/// Mailboxes named for a function; two firms' `info@` have nothing in common.
#[must_use]
pub fn is_role_mailbox(local: &str) -> bool {
    matches!(
        local,
        "info"
            | "contact"
            | "hello"
            | "legal"
            | "accounts"
            | "accounting"
            | "royalties"
            | "office"
            | "admin"
            | "mail"
            | "sales"
            | "support"
            | "music"
            | "label"
            | "booking"
            | "management"
            | "mgmt"
            | "team"
            | "press"
            | "licensing"
            | "finance"
    )
}

/// The calling code of a country whose numbers are written with a 0 before them within it, by the names and codes that people give; and
/// whether the 0 stays when they are written with the code.
#[must_use]
pub fn calling_code(country: &str) -> Option<(&'static str, bool)> {
    let country = country.trim();
    if country.len() > 24 {
        return None;
    }
    Some(match country.to_lowercase().as_str() {
        "germany" | "deutschland" | "de" | "federal republic of germany" => ("49", false),
        "austria" | "österreich" | "at" => ("43", false),
        "switzerland" | "schweiz" | "suisse" | "svizzera" | "ch" => ("41", false),
        "united kingdom" | "great britain" | "uk" | "gb" | "england" | "scotland" | "wales" | "northern ireland" => {
            ("44", false)
        }
        "ireland" | "ie" => ("353", false),
        "france" | "fr" => ("33", false),
        "netherlands" | "the netherlands" | "nederland" | "nl" => ("31", false),
        "belgium" | "belgique" | "belgië" | "be" => ("32", false),
        "sweden" | "sverige" | "se" => ("46", false),
        "finland" | "suomi" | "fi" => ("358", false),
        "slovenia" | "si" => ("386", false),
        "slovakia" | "sk" => ("421", false),
        "croatia" | "hrvatska" | "hr" => ("385", false),
        "romania" | "ro" => ("40", false),
        "turkey" | "türkiye" | "tr" => ("90", false),
        "israel" | "il" => ("972", false),
        "australia" | "au" => ("61", false),
        "new zealand" | "nz" => ("64", false),
        "japan" | "jp" => ("81", false),
        "south africa" | "za" => ("27", false),
        "italy" | "italia" | "it" => ("39", true),
        _ => return None,
    })
}
