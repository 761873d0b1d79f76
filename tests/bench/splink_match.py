#!/usr/bin/env python3
"""Splink on the same file: splink_match.py claimants|lines RECORDS.csv PAIRS.csv [PROBABILITY]

The settings are those of a careful user: several blocking rules, comparison levels with typing errors, term frequencies,
u from random pairs and m by expectation maximisation. Prints one line of JSON: seconds, CPU seconds, peak memory.
"""
import json, logging, resource, sys, time
import duckdb
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.disable(logging.WARNING)
kind, records, pairs = sys.argv[1:4]
probability = float(sys.argv[4]) if len(sys.argv) > 4 else 0.5
started = time.time()
con = duckdb.connect()
if kind == "claimants":
    con.execute(f"""create table t as select id as unique_id,
        lower(regexp_replace(name, '[^A-Za-z0-9 ]', '', 'g')) as name, lower(contact) as contact, lower(email) as email,
        right(regexp_replace(phone, '[^0-9]', '', 'g'), 10) as phone, lower(street) as street, postcode,
        nullif(regexp_replace(coalesce(tax_id, ''), '[^0-9]', '', 'g'), '') as tax_id
        from read_csv('{records}', all_varchar=true)""")
    rules = ["name", "email", "phone", "tax_id", "street"]
    comparisons = [
        cl.JaroWinklerAtThresholds("name", [0.92, 0.8]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("email", 2).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("phone", 1).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("street", 2), cl.ExactMatch("postcode"), cl.LevenshteinAtThresholds("tax_id", 1),
    ]
else:
    con.execute(f"""create table t as select id as unique_id,
        lower(regexp_replace(title, '[^A-Za-z0-9 ]', '', 'g')) as title, lower(artist) as artist,
        upper(regexp_replace(coalesce(catalog_no, ''), '[^A-Za-z0-9]', '', 'g')) as catalog_no,
        ltrim(regexp_replace(coalesce(upc, ''), '[^0-9]', '', 'g'), '0') as upc, lower(label) as label, year
        from read_csv('{records}', all_varchar=true)""")
    con.execute("update t set catalog_no = nullif(catalog_no, ''), upc = nullif(upc, '')")
    rules = ["upc", "catalog_no"]
    comparisons = [
        cl.JaroWinklerAtThresholds("title", [0.95, 0.85]).configure(term_frequency_adjustments=True),
        cl.JaroWinklerAtThresholds("artist", [0.92]).configure(term_frequency_adjustments=True),
        cl.LevenshteinAtThresholds("catalog_no", 1), cl.LevenshteinAtThresholds("upc", 1), cl.ExactMatch("label"), cl.ExactMatch("year"),
    ]
blocking = [block_on(r) for r in rules] + ([block_on("title", "artist")] if kind == "lines" else [])
settings = SettingsCreator(link_type="dedupe_only", comparisons=comparisons, blocking_rules_to_generate_predictions=blocking,
                           retain_intermediate_calculation_columns=False, retain_matching_columns=False)
api = DuckDBAPI(connection=con)
try:
    linker = Linker(api.register("t"), settings)
except AttributeError:
    linker = Linker("t", settings, api)
linker.training.estimate_probability_two_random_records_match(blocking[:2], recall=0.7)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
for rule in blocking[:2]:
    linker.training.estimate_parameters_using_expectation_maximisation(rule)
found = linker.inference.predict(threshold_match_probability=0.01)
name = getattr(found, "physical_name", None) or found.name
con.execute(f"""copy (select unique_id_l as id_a, unique_id_r as id_b, match_probability as score,
    case when match_probability >= {probability} then 'match' else 'none' end as decision from {name}) to '{pairs}' (header)""")
use = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": round(time.time() - started, 2), "cpu_seconds": round(use.ru_utime + use.ru_stime, 2),
                  "peak_memory_bytes": use.ru_maxrss * 1024}))
