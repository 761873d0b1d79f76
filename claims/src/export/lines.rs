//! The file of lines: a million of them are the largest thing that anybody exports.

use futures::TryStreamExt;

use super::{What, answers::Answered, sheet::Sheet};
use crate::{
    actions::Failure,
    case::Case,
    intake::line,
    line::{Basis, Category},
    money::Currency,
    status::ClaimStatus,
    store::{
        Tx,
        export::SentClaim,
        register::Filter,
        sent_lines::{self, SentLine, Span},
    },
    totals::counts_of,
};

/// Writes lines of many claims, with what is the same for all of them.
pub(super) struct Lines<'a> {
    case: &'a Case,
    filter: &'a Filter,
    answered: [(Category, Answered); 4],
    evidence: String,
    hashes: String,
}

impl<'a> Lines<'a> {
    pub(super) fn new(case: &'a Case, filter: &'a Filter) -> Self {
        // The columns from here on are named for the fields of the forms.
        let columns = What::Lines.columns();
        let first = columns.iter().position(|column| column.name == "statement_number").unwrap_or(columns.len());
        let answered = Category::ALL.map(|category| (category, Answered::new(&columns[first..], line::form(category))));
        Self { case, filter, answered, evidence: String::new(), hashes: String::new() }
    }

    /// Writes the lines of some claims.
    pub(super) async fn write(&mut self, tx: &mut Tx, claims: &[SentClaim], sheet: &mut Sheet) -> Result<(), Failure> {
        let spans: Vec<Span> = claims
            .iter()
            .enumerate()
            .flat_map(|(of, claim)| Span::of_version(of, claim.version_id, claim.first_line, claim.last_line))
            .collect();
        for spans in Span::at_once(&spans) {
            let mut packed = sent_lines::read(tx, spans, self.filter.category, self.filter.basis);
            while let Some((of, packed)) = packed.try_next().await? {
                let (Ok(of), Some(packed)) = (usize::try_from(of), packed) else { continue };
                let Some(claim) = claims.get(of) else { continue };
                for line in sent_lines::unpack(&packed) {
                    self.row(claim, &line?, sheet)?;
                    sheet.end().await?;
                }
            }
        }
        Ok(())
    }

    /// Writes the cells of a line.
    fn row(&mut self, claim: &SentClaim, line: &SentLine<'_>, sheet: &mut Sheet) -> Result<(), Failure> {
        let damaged = || Failure::Internal(format!("line {} of claim {} is damaged", line.line, claim.number));
        let currency = Currency::parse(line.currency).ok_or_else(damaged)?;
        let settings = &self.case.settings;
        let status = ClaimStatus::parse(&claim.status);
        let counted = counts_of(status, Basis::parse(line.basis), settings.filing_basis);
        let (_, answered) =
            self.answered.iter().find(|(category, _)| category.key() == line.category).ok_or_else(damaged)?;
        self.evidence.clear();
        self.hashes.clear();
        for (place, citation) in line.citations.iter().enumerate() {
            let between = if place == 0 { "" } else { "; " };
            self.evidence.extend([between, citation.name]);
            if !citation.place.is_empty() {
                self.evidence.extend([", ", citation.place]);
            }
            self.hashes.extend([between, citation.sha256]);
        }
        sheet.plain(&claim.number);
        sheet.integer(line.line);
        sheet.integer(claim.version);
        sheet.plain(&claim.status);
        sheet.text(&claim.claimant);
        sheet.plain(line.category);
        sheet.plain(line.basis);
        sheet.yes(counted);
        sheet.plain(currency.code());
        sheet.amount(line.amount, currency);
        sheet.plain(line.rate);
        sheet.plain(settings.currency.code());
        for amount in [line.case_amount, line.case_interest, line.case_costs] {
            sheet.amount(amount, settings.currency);
        }
        sheet.yes(line.cited > 0);
        sheet.integer(line.cited);
        sheet.text(&self.evidence);
        sheet.plain(&self.hashes);
        sheet.plain(line.period_from);
        sheet.plain(line.period_to);
        sheet.plain(line.units);
        for text in line.release {
            sheet.text(text);
        }
        answered.write(line.answers, currency, sheet).map_err(|_| damaged())
    }
}
