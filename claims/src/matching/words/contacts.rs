//! Words of addresses, and of fields that must not be empty.

/// The one spelling of a street word, if it is a common suffix, direction or unit word; unit words become `#`.
#[must_use]
pub fn street_word(word: &str) -> Option<&'static str> {
    Some(match word {
        "street" | "st" | "str" => "st",
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
