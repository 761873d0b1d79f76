//! Filing planned claims through the same actions that the pages use, with a clock that is moved along.

use std::collections::HashMap;

use anyhow::Context;
use chrono::Duration;
use claims::{
    AccountId, ClaimId, DocumentId, Instant,
    access::Actor,
    actions::{
        Recoup, amend,
        claim_view::{self, Draft},
        documents::{self, Added},
        edit_lines::{self, Cite},
        save_step, seen,
        start_claim::{self, Who},
        submit_claim, withdraw,
    },
    intake::steps::Step,
    store::{accounts, documents::NewDocument},
};

use super::{
    SLUG,
    claims_filed::{Course, Plan},
    fixtures::Line,
};

/// Somebody filing, step by step.
pub(super) struct Filing<'a> {
    pub(super) recoup: &'a Recoup,
    pub(super) account: AccountId,
}

impl Filing<'_> {
    async fn actor(&self) -> anyhow::Result<Actor> {
        let mut tx = self.recoup.store.read().await?;
        accounts::actor(&mut tx, self.account).await?.context("an account of the demo is missing")
    }

    fn pass(&self, minutes: i64) {
        self.recoup.clock.advance(Duration::minutes(minutes));
    }

    /// Files a plan as far as its course goes; what comes days later is left to [`Self::go_on`].
    pub(super) async fn file(&self, plan: &Plan, documents: &[NewDocument]) -> anyhow::Result<ClaimId> {
        let who = Who::New(plan.claimant.clone());
        let id = start_claim::start(self.recoup, &self.actor().await?, SLUG, &who, "").await?;
        // Only now does the account act for the claimant.
        let actor = self.actor().await?;
        let steps = [
            (Step::Claimant, Some(&plan.claimant)),
            (Step::Agreement, plan.agreement.as_ref()),
            (Step::Others, plan.others.as_ref()),
        ];
        for (step, answers) in steps {
            if let Some(answers) = answers {
                self.pass(4);
                let right = save_step::save(self.recoup, &actor, id, step, answers).await?;
                anyhow::ensure!(right, "{}: {} is wrong", plan.claimant.get("legal_name"), step.key());
            }
        }
        let mut ids = HashMap::new();
        for (paper, document) in plan.documents.iter().zip(documents) {
            let (Added::New(document) | Added::Back(document, _) | Added::Known(document, _)) =
                documents::add(self.recoup, &actor, id, document).await?;
            documents::describe(self.recoup, &actor, id, document, &paper.proves).await?;
            ids.insert(paper.name.as_str(), document);
        }
        self.pass(3);
        self.enter(&actor, id, &plan.lines, &ids).await?;
        if plan.course != Course::Draft {
            self.sign(&actor, id, plan).await?;
        }
        Ok(id)
    }

    async fn enter(
        &self,
        actor: &Actor,
        id: ClaimId,
        lines: &[Line],
        ids: &HashMap<&str, DocumentId>,
    ) -> anyhow::Result<()> {
        for line in lines {
            let mut cites = line.evidence.iter().map(|evidence| Cite {
                document: ids.get(evidence.document.as_str()).copied(),
                place: evidence.place.clone(),
            });
            let first = cites.next().unwrap_or_default();
            let saved = edit_lines::add(self.recoup, actor, id, line.category, &line.answers, &first, "").await?;
            for cite in cites {
                edit_lines::save(self.recoup, actor, id, saved.line, &line.answers, &cite).await?;
            }
        }
        self.pass(2 + i64::try_from(lines.len()).unwrap_or(0));
        Ok(())
    }

    async fn sign(&self, actor: &Actor, id: ClaimId, plan: &Plan) -> anyhow::Result<()> {
        let Draft { case, version, .. } = claim_view::draft(self.recoup, actor, id).await?;
        let signed = plan.signature.clone().with(seen::FIELD, seen::mark_of_draft(&version, case.revision));
        // An address of a block that RFC 5737 keeps for examples.
        let client = format!("192.0.2.{}", id.0 % 250 + 1);
        submit_claim::submit(self.recoup, actor, id, version.id, &signed, &client, "")
            .await
            .with_context(|| format!("the claim of {} cannot be sent", plan.claimant.get("legal_name")))?;
        Ok(())
    }

    /// What happens to a sent claim days later.
    pub(super) async fn go_on(&self, id: ClaimId, plan: &Plan) -> anyhow::Result<()> {
        let actor = self.actor().await?;
        match plan.course {
            Course::Draft | Course::Sent => {}
            Course::Withdrawn(reason) => withdraw::withdraw(self.recoup, &actor, id, reason).await?,
            Course::Amended | Course::Amending => {
                amend::amend(self.recoup, &actor, id).await?;
                self.pass(5);
                self.enter(&actor, id, &plan.added, &HashMap::new()).await?;
                if plan.course == Course::Amended {
                    self.sign(&actor, id, plan).await?;
                }
            }
        }
        Ok(())
    }
}

/// Moves the clock on to a moment; it is never turned back.
pub(super) fn move_on(recoup: &Recoup, to: Instant) {
    let ahead = to - recoup.clock.now();
    if ahead > Duration::zero() {
        recoup.clock.advance(ahead);
    }
}
