"""Lines for Splink: as a careful user sets it up (`lines` of splink_match.py), and the cheap way (`lines-cheap`)."""
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import block_on

from splink_text import Settings, only, words


def lines(con):
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
    return Settings(comparisons, blocking, training, known)


def lines_cheap(con):
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
    return Settings(comparisons, blocking, training, known)
