//! `recoup purge`.

use chrono::Duration;
use claims::{
    Clock,
    actions::{Recoup, purge},
    random::Random,
};

use crate::{config::Config, opening};

/// Names what has served its time, and deletes it unless it is only asked for.
pub(super) async fn run(config: &Config, dry_run: bool) -> anyhow::Result<()> {
    let store = opening::up_to_date(config).await?;
    let recoup = Recoup::new(store, Clock::System, Random::System, &config.address(), config.limits()).await?;
    let would = if dry_run { "would be deleted" } else { "deleted" };
    let before = recoup.clock.now() - Duration::days(config.draft_days);
    let abandoned = purge::abandoned(&recoup, before).await?;
    let mut drafts = 0;
    for draft in &abandoned {
        if !dry_run && !purge::draft(&recoup, draft.claim, before).await? {
            say!("draft of claim {} in {}: changed meanwhile, kept", draft.claim, draft.slug);
            continue;
        }
        drafts += 1;
        say!(
            "draft of claim {} in {}, last changed on {}: {would}",
            draft.claim,
            draft.slug,
            draft.changed_at.date_naive()
        );
    }
    let expired = purge::expired(&recoup, dry_run).await?;
    say!(
        "{drafts} drafts unchanged for {} days, {} expired sessions, {} expired links: {would}.",
        config.draft_days,
        expired.sessions,
        expired.links
    );
    if drafts > 0 && !dry_run {
        say!("The documents of these drafts go with `recoup doctor --deep --clean`.");
    }
    recoup.store.close().await;
    Ok(())
}
