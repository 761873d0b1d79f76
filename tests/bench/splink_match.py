#!/usr/bin/env python3
"""Splink on the same file: splink_match.py claimants|lines|lines-cheap RECORDS.csv PAIRS.csv [PROBABILITY]

The settings are those of a careful user who has looked at the first results and corrected by hand what was wrong with them:
several blocking rules, levels for typing errors, term frequencies, u from random pairs and m by expectation maximisation; for
claimants names without the words that everybody adds, nothing that an agent's clients share, and no rule that common names
alone satisfy. Without these corrections F1 of 1,000,000 claimants is 0.14 instead of 0.85. For lines editions and volumes are
taken out of the title and must be equal (as levels of a comparison, as they were before, expectation maximisation took re-issues
for true pairs: precision 0.49 on lines_dev_10k instead of 0.97); `lines-cheap` has three exact rules and leaves titles as they are.
Prints one line of JSON: seconds, CPU seconds, peak memory.
"""
import json, logging, resource, sys, time
import duckdb
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.disable(logging.WARNING)
kind, records, pairs = sys.argv[1:4]
probability = float(sys.argv[4]) if len(sys.argv) > 4 else 0.5
started = time.time()
con = duckdb.connect()
con.execute(f"create view raw as select * from read_csv('{records}', all_varchar=true)")


def words(column, dropped=""):
    """Lower case, letters and digits, without some words."""
    plain = f"regexp_replace(lower({column}), '[^a-z0-9 ]', '', 'g')"
    plain = f"regexp_replace({plain}, '\\b({dropped})\\b', '', 'g')" if dropped else plain
    return f"nullif(trim(regexp_replace({plain}, ' +', ' ', 'g')), '')"


def only(characters, column):
    return f"nullif(regexp_replace(upper({column}), '[^{characters}]', '', 'g'), '')"


if kind == "claimants":
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
elif kind == "lines":
    # Editions, volumes and guests are set apart from the title; where it names none they are empty, not null, for a re-issue is
    # another release than the first issue.
    editions = "live|remaster(ed)?|deluxe|expanded|instrumental|remix(es)?|ep|edition"
    marks = "\\b(live|remaster|deluxe|expanded|instrumental|remix|ep)(ed|es)?\\b"
    in_order = "regexp_replace(lower(artist), '^(.*), ([^,]*)$', '\\2 \\1')"
    title = "regexp_replace(lower(title), '\\b(feat|ft|featuring)\\b.*$', '')"
    con.execute(f"""create table plain as select id as unique_id, {title} as raw_title,
        {words(in_order, 'the|and')} as artist,
        {only('A-Z0-9', 'catalog_no')} as catalog_no, {only('0-9', 'upc')} as digits, upc,
        {words('label', 'records|music|recordings|entertainment|group|audio|sound|productions|tapes|llc|inc|ltd|corp')} as label,
        try_cast(year as integer) as year from raw""")
    con.execute(f"""create table t as select unique_id, artist, label, year,
        {words('raw_title', f"the|and|{editions}|(vol|volume) ?[0-9]+")} as title,
        array_to_string(list_sort(regexp_extract_all(raw_title, '{marks}', 1)), ' ') as edition,
        regexp_extract(raw_title, '\\b(vol|volume)[. ]*([0-9]+)', 2) as volume,
        nullif(regexp_replace(regexp_replace(catalog_no, '(CD|LP|D)$', ''), '([A-Z])0+', '\\1'), '') as catalog_no,
        -- A spreadsheet's 1.23456E+11 is no barcode.
        case when upc like '%E+%' then null else nullif(ltrim(digits, '0'), '') end as upc from plain""")
    # Other editions and volumes of one title resemble one another in all else, and expectation maximisation takes them for true
    # pairs: so no rule proposes them. It learns where numbers agree, for one title of one artist is as often a re-issue.
    same = lambda *columns: block_on(*columns, "edition", "volume")
    training = [same("upc"), same("catalog_no")]
    blocking = [same("upc"), same("catalog_no"), same("title", "artist"), same("title", "label"), same("title", "year"), same("artist", "year")]
    known = training
    comparisons = [
        cl.JaroWinklerAtThresholds("title", [0.95, 0.85]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("artist", [0.92]).configure(term_frequency_adjustments=True),
        cl.ExactMatch("catalog_no"), cl.LevenshteinAtThresholds("upc", 1), cl.JaroWinklerAtThresholds("label", [0.92]),
        cl.CustomComparison(output_column_name="year", comparison_levels=[
            cll.NullLevel("year"), cll.ExactMatchLevel("year"), cll.AbsoluteDifferenceLevel("year", 1), cll.ElseLevel()]),
    ]
else:
    # The cheap way: three exact rules, nothing set apart.
    con.execute(f"""create table t as select id as unique_id,
        lower(regexp_replace(title, '[^A-Za-z0-9 ]', '', 'g')) as title, lower(artist) as artist,
        upper(regexp_replace(coalesce(catalog_no, ''), '[^A-Za-z0-9]', '', 'g')) as catalog_no,
        ltrim(regexp_replace(coalesce(upc, ''), '[^0-9]', '', 'g'), '0') as upc, lower(label) as label, year
        from raw""")
    con.execute("update t set catalog_no = nullif(catalog_no, ''), upc = nullif(upc, '')")
    training = [block_on("upc"), block_on("catalog_no")]
    blocking = [*training, block_on("title", "artist")]
    known = training
    comparisons = [
        cl.JaroWinklerAtThresholds("title", [0.95, 0.85]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("artist", [0.92]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("catalog_no", 1), cl.LevenshteinAtThresholds("upc", 1), cl.ExactMatch("label"), cl.ExactMatch("year"),
    ]
settings = SettingsCreator(link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=blocking,
                           retain_intermediate_calculation_columns=False, retain_matching_columns=False)
api = DuckDBAPI(connection=con)
try:
    linker = Linker(api.register("t"), settings)
except AttributeError:
    linker = Linker("t", settings, api)
linker.training.estimate_probability_two_random_records_match(known, recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
for rule in training:
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
found = linker.inference.predict(threshold_match_probability=0.01)
name = getattr(found, "physical_name", None) or found.name
con.execute(f"""copy (select unique_id_l as id_a, unique_id_r as id_b, match_weight as score,
    case when match_probability >= {probability} then 'match' else 'none' end as decision from {name}) to '{pairs}' (header)""")
use = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": round(time.time() - started, 2), "cpu_seconds": round(use.ru_utime + use.ru_stime, 2),
                  "peak_memory_bytes": use.ru_maxrss * 1024}))
