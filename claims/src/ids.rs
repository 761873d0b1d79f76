//! Row ids, each of its own type, so that a claim's id cannot be passed for a document's.

/// Declares id types over `i64`.
macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "store", derive(sqlx::Type), sqlx(transparent))]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    )*};
}

ids! {
    /// A person's sign-in.
    AccountId
    /// A case.
    CaseId
    /// A person or legal entity that claims.
    ClaimantId
    /// A claim: one per claimant and case.
    ClaimId
    /// One version of a claim.
    VersionId
    /// A line of a version.
    LineId
    /// A document of a claim.
    DocumentId
    /// A citation of a document by a line.
    EvidenceId
    /// An import of a statement.
    ImportId
    /// A mail in the outbox.
    MailId
    /// A file that a case shows to the public.
    CaseDocumentId
    /// A description of a release in the lines of a case; the oldest of the same release names it.
    ReleaseId
    /// A pair of claims that resemble each other.
    MatchId
    /// An entry of the ledger of overlaps.
    OverlapId
    /// A filing.
    FilingId
    /// A build of a filing that was asked for.
    BuildId
    /// Something that people are told of.
    NoticeId
    /// Mails that counsel wrote to many at once.
    MailingId
    /// A text that counsel keep for mails.
    MailTemplateId
    /// News of a case.
    NewsId
    /// A letter of a claim.
    LetterId
}
