"""Lines for Splink as somebody sets it up who wants the best F1 at a bounded price (`lines-thorough` of splink_match.py).

Sixteen blocking rules; catalogue number, barcode and year compared jointly; and expectation maximisation over a sample of the proposed
pairs, in which the few weights that tell a re-issue from the same release are set by hand. Its settings were chosen with the truth of
lines_dev_10k and of generated tables at hand.
"""
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import block_on

from splink_text import Settings


def lines_thorough(con):
    con.execute("set memory_limit = '4GB'; set preserve_insertion_order = false")
    marks = "live|remaster(?:ed)?|remix(?:es)?|deluxe|expanded|instrumental|acoustic|ep"
    trade = "the|and|records?|music|recordings?|entertainment|group|audio|sound|productions|discs|tapes|llc|l.l.c.|inc|ltd|corp|co|rec"
    con.execute(rf"""
        create macro compact(x) as nullif(regexp_replace(x, '[^\p{{L}}\p{{N}}]', '', 'g'), '');
        create macro without(x, y) as coalesce(compact(regexp_replace(x, '\b(' || y || ')\b', '', 'g')), compact(x));
        -- Guests, and brackets that name no edition, go. So do the suffixes of a medium after the catalogue number.
        create table a as select id as unique_id, upc, try_cast(year as integer) as year,
            regexp_replace(regexp_replace(strip_accents(lower(title)), '[ (\[-]*\b(feat|ft|featuring)\b.*$', ''),
                '( - |[(\[]) *(album|single|original|explicit) *[)\]]? *$', '') as titled,
            regexp_replace(without(regexp_replace(strip_accents(lower(artist)), '^(.*), ([^,]*)$', '\2 \1'), 'the|and'), '^the', '') as artist,
            without(strip_accents(lower(label)), '{trade}') as label,
            regexp_replace(regexp_replace(upper(catalog_no), '(-[0-9]|CD|LP|D)$', ''), '[^A-Z0-9]', '', 'g') as catalog_no,
            case when upc not like '%E+%' then nullif(ltrim(regexp_replace(upc, '[^0-9]', '', 'g'), '0'), '') end as barcode from raw;
        create table b as select * replace (case when label in ('independent', 'selfreleased', artist) then null else label end as label),
            left(coalesce(regexp_extract(titled, '( - |[(\[]) *({marks})[a-z ]*[)\]]? *$', 2), ''), 5) as edition,
            regexp_replace(titled, '( - |[(\[]) *({marks})[a-z ]*[)\]]? *$', '') as named,
            nullif(regexp_extract(catalog_no, '^[A-Z]*'), '') as stem, try_cast(regexp_extract(catalog_no, '[0-9]+$') as bigint) as number from a;
        -- A barcode that a spreadsheet cut (1.23456E+11) still tells its first six digits: the maker's.
        create table c as select unique_id, year, artist, label, edition, barcode, stem, number, stem || number as cat,
            case when regexp_matches(named, '\bvol(ume)?[. ]*$') then '?' else coalesce(regexp_extract(named, '([0-9]+) *$', 1), '') end as volume,
            coalesce(compact(regexp_replace(named, '[ ,]*\b(vo[a-z]{{0,5}}|[a-z]?olume|v[a-z]?lume)?[. ]*[0-9]* *$', '')), compact(named)) as title,
            left(coalesce(lpad(barcode, 12, '0'), lpad(replace(split_part(upc, 'E', 1), '.', ''), 6, '0')), 6) as maker from b;
    """)
    # Only equal numbers propose pairs of different editions or volumes (a mark may be lost); all other keys hold both. Many labels
    # have the same catalogue numbers, so something of the names is to agree.
    keys = ["barcode", "cat || '|' || left(title, 2)", "cat || '|' || left(artist, 2)"] + [f"({key}) || '#' || edition || '#' || volume" for key in [
        "title || '|' || left(artist, 5)", "title || '|' || right(artist, 5)", "title || '|' || left(label, 5)",
        "artist || '|' || left(title, 3)", "artist || '|' || right(title, 4)", "artist || '|' || left(label, 5)", "artist || '|' || left(title, 1) || year",
        "left(title, 5) || '|' || left(artist, 5)", "right(title, 5) || '|' || right(artist, 5)",
        "left(title, 5) || '|' || right(artist, 5)", "right(title, 5) || '|' || left(artist, 5)",
        "right(barcode, 6) || left(title, 2)", "number || '|' || left(title, 4)"]]
    count = len(keys)
    con.execute(f"create table keyed as select *, {', '.join(f'case when ({key}) is not null then hash({key}) end as k{i}' for i, key in enumerate(keys))} from c")
    # Blocks of more than twelve are left out. `releases`: does the title stand under several catalogue numbers (re-issues)?
    for i in range(count):
        con.execute(f"create table full{i} as select k{i} from keyed where k{i} is not null group by k{i} having count(*) > 12")
    con.execute("create table issued as select title, artist, edition, volume from c group by all having count(distinct number) > 1")
    con.execute(f"""create table t as select * replace ({', '.join(f"case when k{i} in (from full{i}) then null else k{i} end as k{i}" for i in range(count))}),
        case when (title, artist, edition, volume) in (select (title, artist, edition, volume) from issued) then 2 else 1 end as releases from keyed""")
    for table in ["a", "b", "c", "keyed", "issued", *(f"full{i}" for i in range(count))]:
        con.execute(f"drop table {table}")
    # For training, as for claimants: a record stands once for each of its keys, and a pair counts at its first common key. Of more
    # than 50,000 records a part of the keys suffices.
    part = max(1, con.execute("select count(*) from t").fetchall()[0][0] // 50000)
    con.execute("create table x as " + " union all ".join(
        f"select * replace (unique_id || '#{i}' as unique_id), {i} as key_no, k{i} as key from t where k{i} % {part} = 0" for i in range(count)))
    rule = "l.key = r.key and l.key_no = r.key_no and " + " and ".join(
        f"(l.key_no <= {i} or coalesce(l.k{i} <> r.k{i}, true))" for i in range(count - 1))
    blocking = [block_on(f"k{i}") for i in range(count)]

    def close(column, distance):
        return f"coalesce(damerau_levenshtein({column}_l, {column}_r) <= {distance}, false)"

    def similar(column):
        return f"({close(column, 1)} or ({close(column, 2)} and length({column}_l) > 7))"

    def alike(column):
        return f"""coalesce(jaro_winkler_similarity({column}_l, {column}_r) >= 0.9 or contains({column}_l, {column}_r)
            or contains({column}_r, {column}_l), false)"""

    def comparison(name, levels):
        """Label, condition, m and u to start from, and whether they stay; the last level is all the rest."""
        made = [cll.CustomLevel(where, label) for label, where, *_ in levels[:-1]] + [cll.ElseLevel()]
        return cl.CustomComparison(output_column_name=name, comparison_levels=[
            level.configure(m_probability=m, u_probability=u, fix_m_probability=fix, fix_u_probability=fix)
            for level, (_, _, m, u, fix) in zip(made, levels)])

    def learnt(name, levels):
        return comparison(name, [(*level, False) for level in levels])

    # Catalogue number and barcode together. The next number under one stem is another release, not a typing error.
    cat = f"coalesce(number_l = number_r and {close('stem', 1)}, false)"
    following = "coalesce(stem_l = stem_r and abs(number_l - number_r) <= 3, false)"
    mistyped = f"({close('cat', 1)} and not {following})"
    barcode, no_cat, no_barcode = "coalesce(barcode_l = barcode_r, false)", "(cat_l is null or cat_r is null)", "(barcode_l is null or barcode_r is null)"
    numbers = [
        ("both", f"({cat} and {close('barcode', 1)}) or ({barcode} and {mistyped})", 0.25, 0.0001),
        ("one", f"({cat} and {no_barcode}) or ({barcode} and {no_cat})", 0.35, 0.005), ("none", f"{no_cat} and {no_barcode}", 0.3, 0.2),
        ("similar", f"({close('barcode', 1)} and ({no_cat} or {mistyped})) or ({mistyped} and {no_barcode}) or ({cat} and {close('barcode', 3)})", 0.05, 0.003),
        ("barcode only", barcode, 0.01, 0.01), ("catalogue number only", f"{cat} or {close('barcode', 1)}", 0.002, 0.03),
        ("next, other barcode", f"{following} and not {no_barcode}", 0.0005, 0.3), ("next", following, 0.002, 0.2), ("other", "true", 0.001, 0.3),
    ]
    one = "greatest(releases_l, releases_r) < 2"
    years = [
        ("same", "year_l = year_r", 0.8, 0.4), ("next", "abs(year_l - year_r) = 1", 0.12, 0.1),
        ("unknown, one release", f"(year_l is null or year_r is null) and {one}", 0.05, 0.04), ("unknown", "year_l is null or year_r is null", 0.01, 0.01),
        ("other, one release", one, 0.001, 0.2), ("other", "true", 0.0005, 0.2),
    ]
    # Re-issues agree in names and label like true pairs, and expectation maximisation takes them for such. So the weights that tell
    # them apart are set by hand and stay: the next catalogue number, and other years where no number can be compared.
    release = [(f"{a} | {b}", f"({number}) and ({year})", am * bm, au * bu, a.startswith("next") or (a == "none" and b.startswith("other")))
               for a, number, am, au in numbers for b, year, bm, bu in years]
    title, artist = "coalesce(title_l = title_r, false)", "coalesce(artist_l = artist_r, false)"
    names = [
        ("same", f"{title} and {artist}", 0.7, 0.5), ("artist similar", f"{title} and {similar('artist')}", 0.12, 0.05),
        ("title similar", f"{similar('title')} and {artist}", 0.12, 0.05), ("both similar", f"{similar('title')} and {similar('artist')}", 0.03, 0.005),
        ("artist alike", f"{title} and {alike('artist')}", 0.01, 0.003), ("title alike", f"{alike('title')} and {artist}", 0.01, 0.01),
        ("both alike", f"{alike('title')} and {alike('artist')}", 0.004, 0.002), ("title only", similar("title"), 0.003, 0.01),
        ("artist only", similar("artist"), 0.001, 0.05), ("other", "true", 0.001, 0.3),
    ]
    house = f"""coalesce(maker_l = maker_r, false) or coalesce(stem_l = stem_r, false) or coalesce(starts_with(label_l, label_r)
        or starts_with(label_r, label_l) or jaro_winkler_similarity(label_l, label_r) >= 0.85, false)"""
    comparisons = [
        comparison("release", release), learnt("names", names),
        learnt("edition", [("same", "edition_l = edition_r and volume_l = volume_r", 0.97, 0.2),
                           ("one unnamed", "volume_l = volume_r and (edition_l = '' or edition_r = '')", 0.02, 0.3), ("other", "true", 0.01, 0.5)]),
        learnt("house", [("same", house, 0.8, 0.6), ("unknown", "label_l is null or label_r is null", 0.15, 0.1), ("other", "true", 0.05, 0.2)]),
    ]
    # Few iterations, for Splink does not smooth: a level with a few pairs, all of them matches, ends at u = 0.
    return Settings(comparisons, blocking, [rule], train_on="x", more={
        "max_iterations": 4, "em_convergence": 0.0005, "probability_two_random_records_match": 0.2})
