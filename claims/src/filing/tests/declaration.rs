//! The declaration on method: its words by forum and court.

use super::*;

#[test]
fn the_declaration_on_method_is_sworn_in_the_words_of_the_forum_unless_counsel_say_otherwise() {
    let mut filing = filed(1, &[]).0;
    let federal = filing.sworn();
    assert!(
        federal
            .starts_with("I declare under penalty of perjury that the foregoing is true and correct. Executed on __"),
        "{federal}"
    );
    let sworn = |how: &str| read_settings(&defaults("ALG", Forum::Federal).with("sworn", how)).unwrap().sworn;
    assert_eq!([sworn(""), sworn("abroad"), sworn("no")], [Sworn::Within, Sworn::Abroad, Sworn::No]);
    filing.settings.sworn = Sworn::Abroad;
    assert!(filing.sworn().contains("under the laws of the United States of America"));
    filing.case.forum = Some(Forum::Oregon);
    filing.settings.sworn = Sworn::Within;
    assert!(filing.sworn().contains("subject to penalty for perjury"));
    filing.settings.sworn = Sworn::No;
    assert_eq!(filing.sworn(), "");
}

#[test]
fn the_declaration_on_method_cites_the_rules_of_its_court() {
    let federal = declaration(Forum::Federal);
    for words in ["every amount (28 U.S.C. § 1332(a), (d)(6)).", "summaries under Federal Rule of Evidence 1006. Each"]
    {
        assert!(federal.contains(words), "{federal}");
    }
    let oregon = declaration(Forum::Oregon);
    assert!(
        oregon.contains("are summaries under Rule 1006 of the Oregon Evidence Code (ORS 40.575). Each"),
        "{oregon}"
    );
    let other = declaration(Forum::Other);
    assert!(other.contains("every amount.") && other.contains("are summaries. Each"), "{other}");
    for state in [oregon, other] {
        assert!(!["U.S.C.", "Federal", "{"].iter().any(|word| state.contains(word)), "{state}");
    }
    assert_eq!(defaults("ALG", Forum::Oregon).get("declaration"), declaration(Forum::Oregon));
}

#[test]
fn a_declaration_that_was_saved_as_it_was_offered_is_the_one_that_is_offered_now() {
    let offered = declaration(Forum::Oregon);
    let before = offered.replace("ORS 40.575", "ORS 40.570");
    assert_ne!(before, offered);
    assert_eq!(corrected(&before), Some(offered.clone()));
    // What counsel wrote themselves stays, whatever it cites.
    for own in [format!("{before} So help me."), "See ORS 40.570.".to_owned(), offered, declaration(Forum::Federal)] {
        assert_eq!(corrected(&own), None, "{own}");
    }
}
