"""Claimants for Splink as a careful user sets it up who has looked at its first results (`claimants` of splink_match.py)."""
import splink.comparison_library as cl
from splink import block_on

from splink_text import Settings, only, words


def claimants(con):
    con.execute(f"""create table plain as select id as unique_id,
        {words('name', 'the|and|records|recordings|music|entertainment|productions|group|llc|inc|ltd|corp|co')} as name,
        {words('contact')} as contact, lower(email) as email, right({only('0-9', 'phone')}, 10) as phone,
        {words('street', 'street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|place|pl|circle|cir|apt|unit|suite')} as street,
        postcode, {only('0-9', 'tax_id')} as tax_id from raw""")
    # An e-mail, telephone or door that more than a few names share is an agent's and says nothing about the claimant.
    for column in ["email", "phone", "street", "contact"]:
        con.execute(f"""create table agents_{column} as select {column} from plain where {column} is not null
            group by {column} having count(distinct name) > 3""")
    con.execute("""create table t as select unique_id, name, postcode, tax_id,
        case when email in (from agents_email) then null else email end as email,
        case when phone in (from agents_phone) then null else phone end as phone,
        case when street in (from agents_street) then null else street end as street,
        case when contact in (from agents_contact) then null else contact end as contact from plain""")
    blocking = [block_on("name", "postcode"), block_on("email"), block_on("phone"), block_on("tax_id"), block_on("street")]
    training = [block_on("name", "postcode"), block_on("phone")]
    known = [block_on("tax_id"), block_on("name", "phone"), block_on("name", "email")]
    comparisons = [
        cl.JaroWinklerAtThresholds("name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("contact", [0.92]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("email", 2).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("phone", 1).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("street", 2).configure(term_frequency_adjustments=True),
        cl.ExactMatch("postcode"), cl.LevenshteinAtThresholds("tax_id", 1),
    ]
    return Settings(comparisons, blocking, training, known)
