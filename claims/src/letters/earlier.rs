//! Words of letters that cases were once offered and that were corrected since. They spoke of recordings and of what was sent in and not
//! returned, which nobody who claims stock is asked, and refused an offer that need not have been made.

/// The demand that relies on an agreement.
pub(super) const RETURN: &str = "You hold copies of recordings of {{ claimant }} that were delivered to {{ distributor }} under {{ agreement }}, whose words on consignment or title are quoted below. \
{{ claimant }} relies on these words and owns the copies.\n\n\
{{ claimant }} demands the return of {{ units }}, as the schedule lists them release by release, free of charge and within 14 days of the date of this letter. \
An offer to sell them back for money is not accepted.\n\n\
Until they are returned, please keep the copies apart from goods of others, sell, destroy and move none of them, and tell us in writing where they are and how many there are.\n\n\
All rights of {{ claimant }} are reserved, above all those in “{{ case }}”, claim {{ number }}.";

/// The same for other claims.
pub(super) const RETURN_WITHOUT_CLAUSE: &str = "In claim {{ number }} in “{{ case }}” {{ claimant }} has declared that copies of its recordings were sent to {{ distributor }} and were not returned. {{ claimant }} claims them.\n\n\
{{ claimant }} demands the return of {{ units }}, as the schedule lists them release by release, free of charge and within 14 days of the date of this letter. \
An offer to sell them back for money is not accepted.\n\n\
If you hold that the copies belong to {{ distributor }}, to you or to somebody else, please tell us in writing within the same time on which agreement and which of its words you rely, and send us a copy.\n\n\
Until they are returned, please keep the copies apart from goods of others, sell, destroy and move none of them, and tell us in writing where they are and how many there are.\n\n\
All rights of {{ claimant }} are reserved, above all those in this claim.";
