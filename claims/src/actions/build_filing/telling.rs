//! Who hears of a filing that was built.

use std::collections::BTreeMap;

use minijinja::context;

use super::super::{Failure, Recoup, notices};
use crate::{
    CaseId, Instant,
    access::Refusal,
    filing::Filing,
    notices::What,
    store::{Tx, claims as claim_rows, filings, outbox},
};

/// Tells counsel of a filing, and claimants that their claim is in it: those whose version is filed for the first time, so that
/// building again what did not change writes to nobody.
pub(super) async fn tell(
    recoup: &Recoup,
    tx: &mut Tx,
    case: CaseId,
    filing: &Filing,
    now: Instant,
) -> Result<(), Failure> {
    let claims = i64::try_from(filing.claims.len()).unwrap_or(i64::MAX);
    let what = What::FilingBuilt { number: filing.number, claims, gross: filing.figures.gross };
    notices::raise(recoup, tx, case, vec![what], now).await?;
    let before = match &filing.previous {
        None => BTreeMap::new(),
        Some(previous) => {
            let frozen = filings::frozen(tx, case, previous.number).await?;
            let read = frozen.as_ref().and_then(|(text, _)| Filing::read(text).ok());
            read.into_iter().flat_map(|filing| filing.claims).map(|claim| (claim.number, claim.version)).collect()
        }
    };
    for of in &filing.claims {
        if before.get(&of.number) == Some(&of.version) {
            continue;
        }
        let claim = claim_rows::by_number(tx, &of.number).await?.ok_or(Refusal::NotFound)?;
        for person in claim_rows::people_of(tx, claim.claimant_id).await? {
            let values = context! {
                name => person.name, claimant => claim.claimant.as_str(), case => filing.case.title.as_str(), number => of.number.as_str(),
                version => of.version, filing => filing.number, at => filing.as_of_words.as_str(), sha256 => of.sha256.as_str(),
                link => recoup.url(&format!("/claims/{}/versions/{}", claim.id, of.version)),
            };
            let about = (Some(case), Some(claim.id));
            let mail = recoup.mails.write("claim_filed", &person.email, values, about)?.of(person.account);
            outbox::add(tx, &mail, now).await?;
        }
    }
    Ok(())
}
