//! What is filed in the demo, by whom and when: the reported claims and about a hundred invented ones.

use claims::intake::Answers;

use super::{
    catalogue::{self, Release},
    dice::Dice,
    entries::{buy_back, other, royalties, sales, sales_lump, stock},
    fixtures::{self, Line, Paper},
    papers,
    people::{INVENTED, Invented, LABELS, OWN},
};

/// The first day on which something is filed, in days before the loading.
pub const DAYS: i64 = 104;

/// A claim as it is going to be filed.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Who files it; `None` for the claimant's sign-in.
    pub filer: Option<Filer>,
    /// Answers of “Who is claiming”.
    pub claimant: Answers,
    /// Answers of “Your agreement”; `None` in a draft that has not come to it.
    pub agreement: Option<Answers>,
    /// Answers of “Who else may claim this”, likewise.
    pub others: Option<Answers>,
    /// Documents.
    pub documents: Vec<Paper>,
    /// Lines.
    pub lines: Vec<Line>,
    /// Lines that an amendment adds.
    pub added: Vec<Line>,
    /// Answers of “Sign and send”.
    pub signature: Answers,
    /// Minutes before the day of loading at which it is started.
    pub minutes_before: i64,
    /// What becomes of it.
    pub course: Course,
}

/// Somebody who files.
#[derive(Debug, Clone)]
pub struct Filer {
    /// Address.
    pub email: String,
    /// Name.
    pub name: String,
}

/// What becomes of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Course {
    /// It stays a draft.
    Draft,
    /// It is sent.
    Sent,
    /// It is sent, and withdrawn for this reason.
    Withdrawn(&'static str),
    /// It is sent, amended, and sent again.
    Amended,
    /// It is sent, and its amendment is not sent yet.
    Amending,
}

/// Everything that is filed, in the order of filing.
///
/// # Errors
/// If a fixture has a mistake.
pub fn plans() -> anyhow::Result<Vec<Plan>> {
    let mut plans = Vec::new();
    for (index, (name, fixture)) in fixtures::all()?.into_iter().enumerate() {
        let day = DAYS - i64::try_from(index).unwrap_or(0);
        plans.push(reported(name, fixture, day * 1_440 - 600));
    }
    for (index, who) in INVENTED.iter().chain(&OWN).enumerate() {
        plans.push(invented(index, who));
    }
    for (index, name, filer) in AGAIN {
        plans.push(again(index, name, filer)?);
    }
    plans.sort_by_key(|plan| std::cmp::Reverse(plan.minutes_before));
    Ok(plans)
}

/// Who files a second time: the place of the claimant in [`INVENTED`], the name given this time, and who files. Nobody among them
/// has an artist who claims beside them.
const AGAIN: [(usize, &str, &str); 3] = [
    (5, "FARTHING STREET JAZZ", "Quentin Barrow"),
    (34, "Copper Thimble Recordings LLC", "Petra Lindqvist-Shaw"),
    (17, "Redshank Rec. Limited", "Oswin Tarrant"),
];

/// The same claimant once more, some days later, by somebody else of the same office who does not know: the same lines but for
/// the last one, typed again without their papers.
fn again(index: usize, name: &str, filer: &str) -> anyhow::Result<Plan> {
    let who = INVENTED.get(index).ok_or_else(|| anyhow::anyhow!("nobody stands at place {index}"))?;
    let mut plan = invented(index, who);
    let first = plan.filer.take().map(|filer| filer.email).unwrap_or_default();
    let domain = first.rsplit_once('@').map_or("example.org", |(_, domain)| domain);
    let given = filer.split(' ').next().unwrap_or(filer).to_lowercase();
    let email = format!("{given}@{domain}");
    plan.claimant.set("legal_name", name);
    plan.claimant.set("contact", filer);
    plan.signature.set("signature", filer);
    plan.filer = Some(Filer { email, name: filer.to_owned() });
    plan.documents.clear();
    plan.lines.pop();
    for line in &mut plan.lines {
        line.evidence.clear();
    }
    plan.added.clear();
    plan.course = Course::Sent;
    plan.minutes_before -= 5 * 1_440;
    Ok(plan)
}

fn reported(name: &str, fixture: fixtures::Fixture, minutes_before: i64) -> Plan {
    let legal_name = fixture.claimant.get("legal_name").to_owned();
    Plan {
        filer: Some(Filer {
            email: format!("{name}@example.org"),
            name: format!("Demonstration filer for {legal_name}"),
        }),
        claimant: fixture.claimant,
        agreement: Some(fixture.agreement),
        others: Some(fixture.others),
        documents: fixture.documents,
        lines: fixture.lines,
        added: Vec::new(),
        signature: fixture.signature,
        minutes_before,
        course: Course::Sent,
    }
}

fn invented(index: usize, who: &Invented) -> Plan {
    let dice = Dice::new(u64::try_from(index).unwrap_or(0) + 1);
    let own = index.checked_sub(INVENTED.len());
    let contact = if own.is_some() { "Robin Ashdown".to_owned() } else { who.contact(&dice) };
    let email = if own.is_some() { super::sign_ins::CLAIMANT.to_owned() } else { who.email() };
    let releases = catalogue::of(index, who.0, &who.letters(), 12);
    let mut lines = lines(&dice, index, who, &releases);
    let currency = currency(&dice, who);
    let course = course(index);
    let added = match course {
        Course::Amended | Course::Amending => vec![sales(&dice, &releases[7], currency, 4)],
        _ => Vec::new(),
    };
    let half_filled = course == Course::Draft;
    let documents = if own.is_some() && half_filled {
        papers::statement(who.0, &mut lines).into_iter().collect()
    } else {
        documents(&dice, who.0, &contact, &email, &mut lines)
    };
    if own.is_some()
        && half_filled
        && let Some(line) = lines.first_mut()
    {
        // Stated is not what the figures above it make: the line needs attention.
        line.answers.set("balance", "99.00");
    }
    let place = who.place();
    let signature = Answers::default()
        .with("place", if who.is_abroad() { "abroad" } else { "us" })
        .with("place_name", format!("{}, {}", place.city, if who.is_abroad() { place.country } else { place.region }))
        .with("signature", contact.as_str())
        .with(
            "signer_title",
            if who.1 == "person" { "" } else { dice.pick(&["Owner", "Director", "President", "Manager"]) },
        )
        .with("signer_capacity", who.capacity())
        .with("agree", "yes");
    Plan {
        claimant: who.answers(&dice, &contact, &email),
        agreement: (!half_filled).then(|| agreement(&dice)),
        others: (!half_filled).then(|| others(&dice, index, who)),
        filer: own.is_none().then_some(Filer { email, name: contact }),
        documents,
        lines,
        added,
        signature,
        minutes_before: started(&dice, index, own),
        course,
    }
}

/// Most come in the first and in the last weeks, in working hours.
fn started(dice: &Dice, index: usize, own: Option<usize>) -> i64 {
    let day = match own {
        Some(0) => 41,
        Some(1) => 3,
        Some(_) => 27,
        // What comes days later is past as well.
        None if !matches!(course(index), Course::Draft | Course::Sent) => dice.between(35, DAYS - 6),
        None if index.is_multiple_of(3) => dice.between(70, DAYS - 6),
        None if index % 3 == 1 => dice.between(2, 30),
        None => dice.between(2, DAYS - 6),
    };
    day * 1_440 - dice.between(900, 1_320)
}

fn course(index: usize) -> Course {
    match index {
        11 => Course::Withdrawn("Our distributor in Portland took the claim over; we file nothing ourselves."),
        63 => Course::Withdrawn("My label claims these sales. I withdraw so that they are counted once."),
        5 | 26 | 47 => Course::Amended,
        40 | 71 | 90 | 98 => Course::Draft,
        99 => Course::Amending,
        _ => Course::Sent,
    }
}

fn currency(dice: &Dice, who: &Invented) -> &'static str {
    // Allegro's statements were in dollars; some claimants abroad keep their books in their own currency.
    if who.is_abroad() && dice.chance(60) { who.place().currency } else { "USD" }
}

fn lines(dice: &Dice, index: usize, who: &Invented, releases: &[Release]) -> Vec<Line> {
    let currency = currency(dice, who);
    let mut lines = Vec::new();
    let some = |most: i64| releases.iter().take(usize::try_from(dice.between(1, most)).unwrap_or(1));
    match who.1 {
        "person" => {
            if let Some(label) = catalogue::label_of(index) {
                let of_label = catalogue::of(label, INVENTED[label].0, &INVENTED[label].letters(), 1);
                lines.extend(of_label.iter().map(|release| sales(dice, release, "USD", 3)));
            }
            lines.extend(some(4).map(|release| royalties(dice, release, currency, 50)));
            if dice.chance(40) {
                lines.push(sales_lump(dice, currency, 9_000));
            }
        }
        "publisher" => {
            lines.extend(some(5).map(|release| other(dice, release, currency)));
            lines.extend(some(5).map(|release| royalties(dice, release, currency, 75)));
        }
        "estate" => {
            lines.extend(some(3).map(|release| sales(dice, release, currency, 2)));
            lines.extend(some(4).map(|release| royalties(dice, release, currency, 100)));
        }
        _ => {
            // One label keeps every statement: enough lines for several pages.
            let quarters = if index == 1 { 5 } else { usize::try_from(dice.between(1, 2)).unwrap_or(1) };
            let titles = if index == 1 { 12 } else { dice.between(2, 6) };
            for quarter in 0..quarters {
                let first = releases.iter().take(usize::try_from(titles).unwrap_or(1));
                lines.extend(first.map(|release| sales(dice, release, currency, quarter + 2)));
            }
            let basis = match index % 9 {
                4 => "wholesale",
                6 => "manufacturing_cost",
                8 => "units_only",
                _ => "retail",
            };
            lines.extend(some(6).map(|release| stock(dice, release, currency, basis)));
            if dice.chance(45) {
                lines.extend(some(3).map(|release| royalties(dice, release, currency, 100)));
            }
            if dice.chance(20) {
                lines.push(buy_back(dice, "USD"));
            }
            if dice.chance(20) {
                lines.push(sales_lump(dice, currency, 24_000));
            }
        }
    }
    lines
}

/// Half have papers for everything, a fifth have lost all of them.
fn documents(dice: &Dice, claimant: &str, contact: &str, email: &str, lines: &mut [Line]) -> Vec<Paper> {
    let kept = dice.between(0, 99);
    let mut documents = Vec::new();
    if kept < 80 {
        documents.extend(papers::statement(claimant, lines));
    }
    if kept < 55 {
        documents.extend(papers::stock_list(lines));
        documents.extend(papers::royalty_report(lines));
    }
    if kept < 35 || (55..75).contains(&kept) {
        documents.push(papers::letter(dice, claimant, contact, email, lines));
    }
    documents
}

fn agreement(dice: &Dice) -> Answers {
    let mut answers = Answers::default().with("has_agreement", dice.pick(&["yes", "yes", "yes", "no", "unknown"]));
    if answers.get("has_agreement") == "yes" {
        let (year, month) = (dice.between(1998, 2014), dice.between(1, 12));
        answers.set("agreement_date", format!("{year}-{month:02}-{:02}", dice.between(1, 28)));
        answers.set("governing_law", "Laws of the State of Oregon");
        if dice.chance(60) {
            answers.set(
                "title_clause",
                "All copies remain the property of the Label until sold. The Distributor holds them on consignment.",
            );
        }
    }
    if dice.chance(12) {
        answers.set("ucc_filed", "yes");
        answers.set("ucc_state", "Oregon");
        answers.set("ucc_number", dice.between(89_000_000, 90_999_999).to_string());
        answers.set("ucc_date", format!("2014-{:02}-15", dice.between(1, 12)));
        answers.set("lender_notified", dice.pick(&["yes", "no"]));
    } else {
        answers.set("ucc_filed", dice.pick(&["no", "no", "unknown"]));
    }
    answers.set("large_deliveries", dice.pick(&["yes", "no"]));
    answers.set("last_payment", format!("2015-{:02}-{:02}", dice.between(1, 9), dice.between(1, 28)));
    if dice.chance(60) {
        answers.set("last_purchase_order", format!("2016-05-{:02}", dice.between(2, 31)));
        answers.set("late_shipments", dice.between(20, 400).to_string());
    }
    if dice.chance(55) {
        answers.set("return_demanded_on", format!("2016-06-{:02}", dice.between(9, 15)));
        answers.set("refusal_on", format!("2016-06-{:02}", dice.between(16, 30)));
    }
    answers.set("heard_on", format!("2016-06-{:02}", dice.between(6, 13)));
    answers.set(
        "heard_how",
        dice.pick(&["A former employee called.", "From another label.", "From the press.", "Our order bounced."]),
    );
    answers.set("buy_back_offered", dice.pick(&["yes", "yes", "no", "unknown"]));
    answers
}

fn others(dice: &Dice, index: usize, who: &Invented) -> Answers {
    let answers = Answers::default();
    if let Some(label) = catalogue::label_of(index) {
        let label = INVENTED[label].0;
        return answers
            .with("others", "yes")
            .with("others_who", format!("{label}, for the release it put out"))
            .with("others_share", "50");
    }
    if index < LABELS && dice.chance(45) {
        return answers
            .with("others", "yes")
            .with("others_who", format!("Artists of {} on a percentage of sales", who.0))
            .with("others_share", dice.pick(&["12", "15", "between 10 and 25", "50"]));
    }
    answers.with("others", dice.pick(&["no", "no", "unknown"]))
}
