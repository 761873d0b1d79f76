//! Lines as invented claimants enter them: figures that close, in cents, typed as people type them.

use claims::{intake::Answers, line::Category};

use super::{catalogue::Release, dice::Dice, fixtures::Line};

/// Quarters in which copies were sold and not paid: first day, last day, the day the money became due, short name.
pub(super) const QUARTERS: [(&str, &str, &str, &str); 5] = [
    ("2015-01-01", "2015-03-31", "2015-06-29", "2015Q1"),
    ("2015-04-01", "2015-06-30", "2015-09-28", "2015Q2"),
    ("2015-07-01", "2015-09-30", "2015-12-29", "2015Q3"),
    ("2015-10-01", "2015-12-31", "2016-03-30", "2015Q4"),
    ("2016-01-01", "2016-03-31", "2016-06-29", "2016Q1"),
];

/// Cents as an amount; thousands are separated where `grouped`.
fn money(cents: i64, grouped: bool) -> String {
    let whole = cents / 100;
    if grouped && whole >= 1_000 {
        format!("{},{:03}.{:02}", whole / 1_000, whole % 1_000, cents % 100)
    } else {
        format!("{whole}.{:02}", cents % 100)
    }
}

fn line(category: Category, answers: Answers) -> Line {
    Line { category, answers, evidence: Vec::new() }
}

fn release_answers(release: &Release, currency: &str) -> Answers {
    Answers::default()
        .with("gtin", release.gtin.as_str())
        .with("catalogue_number", release.number.as_str())
        .with("artist", release.artist.as_str())
        .with("title", release.title.as_str())
        .with("label", release.label.as_str())
        .with("currency", currency)
}

/// Copies or downloads of one release sold in one quarter.
pub(super) fn sales(dice: &Dice, release: &Release, currency: &str, quarter: usize) -> Line {
    let (from, to, due, name) = QUARTERS[quarter % QUARTERS.len()];
    let download = dice.chance(15);
    let shipped = dice.between(35, 480);
    let returned = if download { 0 } else { shipped * dice.between(0, 18) / 100 };
    let net = shipped - returned;
    let price = if download { 699 } else { release.wholesale };
    let gross = net * price;
    let fee = gross / 4;
    let reserve = if !download && dice.chance(35) { gross / 10 } else { 0 };
    let net_due = gross - fee - reserve;
    let paid = if dice.chance(12) { net_due / 5 } else { 0 };
    let mut answers = release_answers(release, currency)
        .with("channel", if download { "download" } else { "physical" })
        .with("format", if download { "download" } else { release.format })
        .with("period_from", from)
        .with("period_to", to)
        .with("statement_number", format!("AMG-{name}-{:04}", dice.between(100, 9_899)))
        .with("units_shipped", shipped.to_string())
        .with("units_net", net.to_string())
        .with("unit_price", money(price, false))
        .with("gross", money(gross, true))
        .with("distribution_fee", money(fee, false))
        .with("net_due", money(net_due, true))
        .with("balance", money(net_due - paid, false))
        .with("accrued_on", due);
    if returned > 0 {
        answers.set("units_returned", returned.to_string());
    }
    if reserve > 0 {
        answers.set("reserve_withheld", money(reserve, false));
    }
    if paid > 0 {
        answers.set("paid", money(paid, false));
    }
    if dice.chance(8) {
        answers.set("interest", money((net_due - paid) / 20, false));
    }
    line(Category::UnpaidSales, answers)
}

/// Everything that was sold in a year, as a lump sum, for somebody who has no statements left.
pub(super) fn sales_lump(dice: &Dice, currency: &str, at_most: i64) -> Line {
    let amount = dice.between(at_most / 4, at_most) * 100;
    let answers = Answers::default()
        .with("channel", "both")
        .with("period_from", "2015-01-01")
        .with("period_to", "2015-12-31")
        .with("currency", currency)
        .with("net_due", money(amount, true))
        .with("note", "Worked out from our own shipping notes; the statements stopped coming.");
    line(Category::UnpaidSales, answers)
}

/// Copies of one release in the warehouse, with the roll-forward.
pub(super) fn stock(dice: &Dice, release: &Release, currency: &str, basis: &str) -> Line {
    let (opening, sent) = (dice.between(120, 900), dice.between(0, 600));
    let sold = (opening + sent) * dice.between(20, 75) / 100;
    let returned = if dice.chance(20) { dice.between(5, 20) } else { 0 };
    let promotional = dice.between(0, 8);
    let expected = opening + sent - sold - returned - promotional;
    let missing = if dice.chance(18) { expected / 50 + 1 } else { 0 };
    let mut answers = release_answers(release, currency)
        .with("format", release.format)
        .with("as_of", "2016-06-03")
        .with("opening", opening.to_string())
        .with("sent_in", sent.to_string())
        .with("sold", sold.to_string())
        .with("destroyed", promotional.to_string())
        .with("reported", (expected - missing).to_string())
        .with("units_claimed", expected.to_string())
        .with("basis", basis);
    if returned > 0 {
        answers.set("returned_to_label", returned.to_string());
    }
    if missing > 0 {
        answers.set("difference", "The warehouse counted fewer copies than we sent; nobody could say where they went.");
    }
    let value = match basis {
        "retail" => release.retail,
        "wholesale" => release.wholesale,
        "manufacturing_cost" => release.cost,
        _ => return line(Category::HeldInventory, answers),
    };
    answers.set("unit_value", money(value, false));
    if dice.chance(50) {
        answers.set("amount", money(expected * value, true));
    }
    line(Category::HeldInventory, answers)
}

/// What one service paid the aggregator for one release in one month; the amount is left to be worked out.
pub(super) fn royalties(dice: &Dice, release: &Release, currency: &str, share: i64) -> Line {
    const MONTHS: [(&str, &str); 6] = [
        ("2016-01-01", "2016-01-31"),
        ("2016-02-01", "2016-02-29"),
        ("2016-03-01", "2016-03-31"),
        ("2016-04-01", "2016-04-30"),
        ("2016-05-01", "2016-05-31"),
        ("2016-06-01", "2016-06-30"),
    ];
    let (from, to) = MONTHS[usize::try_from(dice.between(0, 5)).unwrap_or(0)];
    let quantity = dice.between(140, 9_200);
    let millionths = quantity * dice.between(48_211, 391_777);
    let answers = release_answers(release, currency)
        .with("aggregator", "The Orchard")
        .with("service", dice.pick(&["iTunes", "Amazon", "YouTube", "Spotify"]))
        .with("territory", dice.pick(&["US", "GB", "DE", "NL", "World"]))
        .with("period_from", from)
        .with("period_to", to)
        .with("isrc", release.isrc.as_str())
        .with("quantity", quantity.to_string())
        .with("net_receipts", format!("{}.{:06}", millionths / 1_000_000, millionths % 1_000_000))
        .with("split_rate", share.to_string())
        .with("money_state", dice.pick(&["escrow", "escrow", "paid_to_distributor", "unknown"]))
        .with("letter_state", dice.pick(&["none", "none", "drafted", "sent"]));
    line(Category::DigitalRoyalties, answers)
}

/// Money paid to get one's own copies back.
pub(super) fn buy_back(dice: &Dice, currency: &str) -> Line {
    let units = dice.between(60, 1_400);
    let shipping = dice.between(4_000, 38_000);
    let answers = Answers::default()
        .with("loss", "buy_back")
        .with(
            "explanation",
            "The liquidator offered our own copies back at 1.00 a unit plus shipping. We paid to keep a tour going.",
        )
        .with("period_from", "2016-07-11")
        .with("currency", currency)
        .with("units", units.to_string())
        .with("unit_price", "1.00")
        .with("shipping", money(shipping, false))
        .with("amount", money(units * 100 + shipping, true));
    line(Category::Other, answers)
}

/// Copies that were sold without a licence, or fees that were charged.
pub(super) fn other(dice: &Dice, release: &Release, currency: &str) -> Line {
    let fees = dice.chance(40);
    let amount = dice.between(180, 4_600) * 100 + dice.between(0, 99);
    let answers = release_answers(release, currency)
        .with("loss", if fees { "fees" } else { "unlicensed_copies" })
        .with(
            "explanation",
            if fees {
                "Warehouse and catalogue fees were charged for months in which nothing was shipped."
            } else {
                "Copies were pressed and sold that we never licensed; no royalty was paid on any of them."
            },
        )
        .with("format", release.format)
        .with("period_from", "2014-01-01")
        .with("period_to", "2016-05-31")
        .with("amount", money(amount, true));
    line(Category::Other, answers)
}
