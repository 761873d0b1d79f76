#!/usr/bin/env python3
"""Splink on the same file: splink_match.py KIND RECORDS.csv PAIRS.csv [PROBABILITY]

`claimants` and `lines` are set up as by a careful user who has looked at the first results and corrected by hand what was wrong with them:
several blocking rules, levels for typing errors, term frequencies, u from random pairs and m by expectation maximisation; for
claimants names without the words that everybody adds, nothing that an agent's clients share, and no rule that common names
alone satisfy. Without these corrections F1 of 1,000,000 claimants is 0.14 instead of 0.85. For lines editions and volumes are
taken out of the title and must be equal (as levels of a comparison, as they were before, expectation maximisation took re-issues
for true pairs: precision 0.49 on lines_dev_10k instead of 0.97); `lines-cheap` has three exact rules and leaves titles as they are.
`claimants-thorough` is for the best F1 at any price, `lines-thorough` for the best at a bounded one.
Prints one line of JSON: seconds, CPU seconds, peak memory.
"""
import json, logging, resource, sys, time
import duckdb
from splink import DuckDBAPI, Linker, SettingsCreator
from splink_claimants import claimants
from splink_claimants_thorough import claimants_thorough
from splink_lines import lines, lines_cheap
from splink_lines_thorough import lines_thorough

KINDS = {"claimants": claimants, "claimants-thorough": claimants_thorough, "lines": lines, "lines-thorough": lines_thorough, "lines-cheap": lines_cheap}

logging.disable(logging.WARNING)
kind, records, pairs = sys.argv[1:4]
probability = float(sys.argv[4]) if len(sys.argv) > 4 else 0.5
started = time.time()
con = duckdb.connect()
con.execute(f"create view raw as select * from read_csv('{records}', all_varchar=true)")
chosen = KINDS[kind](con)
settings = SettingsCreator(link_type="dedupe_only", comparisons=chosen.comparisons, blocking_rules_to_generate_predictions=chosen.blocking,
                           retain_intermediate_calculation_columns=False, retain_matching_columns=False, **chosen.more)
api = DuckDBAPI(connection=con)


def linker_of(table, settings):
    try:
        return Linker(api.register(table), settings)
    except AttributeError:
        return Linker(table, settings, api)


linker = linker_of(chosen.train_on, settings)
if chosen.known:
    linker.training.estimate_probability_two_random_records_match(chosen.known, recall=0.7)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for rule in chosen.training:
        linker.training.estimate_parameters_using_expectation_maximisation(rule)
else:
    # What is learnt from are the proposed pairs, in training as in prediction: u and the share of matches too.
    for rule in chosen.training:
        linker.training.estimate_parameters_using_expectation_maximisation(
            rule, estimate_without_term_frequencies=True, fix_u_probabilities=False,
            populate_probability_two_random_records_match_from_trained_values=True)
    linker = linker_of("t", linker.misc.save_model_to_json())
found = linker.inference.predict(threshold_match_probability=0.01)
name = getattr(found, "physical_name", None) or found.name
con.execute(f"""copy (select unique_id_l as id_a, unique_id_r as id_b, match_weight as score,
    case when match_probability >= {probability} then 'match' else 'none' end as decision from {name}) to '{pairs}' (header)""")
use = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps({"seconds": round(time.time() - started, 2), "cpu_seconds": round(use.ru_utime + use.ru_stime, 2),
                  "peak_memory_bytes": use.ru_maxrss * 1024}))
