//! Letters of the demo case: all drafted, and some of direction on their way.

use anyhow::Context;
use claims::{
    AccountId, CaseId,
    actions::{Recoup, letters as actions},
    intake::Answers,
    letters::{self, LetterKind},
    period::show_day,
    store::{accounts, cases, letters as store},
};

/// Says to whom letters go, drafts all, and moves a few on.
pub(super) async fn draft(recoup: &Recoup, counsel: AccountId, case: CaseId) -> anyhow::Result<()> {
    let mut tx = recoup.store.read().await?;
    let counsel = accounts::actor(&mut tx, counsel).await?.context("counsel is missing")?;
    let of = cases::by_id(&mut tx, case).await?.context("the case is missing")?.read()?;
    drop(tx);
    let texts: Answers = letters::defaults()
        .with("distributor", "Allegro Media Group")
        .with("distributor_address", "Portland, Oregon")
        .with("aggregator", "The Orchard")
        .with("aggregator_address", "New York, New York")
        .with("holder", "Allegro Media Group, in liquidation");
    actions::save_texts(recoup, &counsel, &of, &texts).await?;
    for kind in LetterKind::OF_COUNSEL {
        actions::make_all(recoup, &counsel, case, kind).await?;
    }
    let mut tx = recoup.store.read().await?;
    let some = store::of_case(&mut tx, case, LetterKind::Direction.key(), "drafted", 6, 0).await?;
    drop(tx);
    let today = show_day(actions::day_of(recoup, &of));
    for (place, letter) in some.iter().enumerate() {
        // The first went all the way, the last ones only left.
        let states: &[&str] = match place {
            0 => &["sent", "signed", "accepted", "paying"],
            1 | 2 => &["sent", "signed"],
            _ => &["sent"],
        };
        for (steps, state) in (0..).zip(states) {
            let step = Answers::default().with("state", *state).with("day", &today);
            actions::take_step(recoup, &counsel, letter.id, steps, &step, "").await?;
        }
    }
    Ok(())
}
