"""Claimants for Splink as somebody sets it up who wants the best F1 at any price (`claimants-thorough` of splink_match.py).

Twenty blocking rules; name and coordinates compared jointly, for given a match or none they depend on one another: an agent's clients and a
household share e-mail, telephone and door at once, namesakes none; and expectation maximisation over the proposed pairs themselves, where tax
numbers, with fixed weights, tell the two apart. Its settings were chosen with the truth of claimants_dev_10k and of generated tables at hand.
"""
import splink.comparison_level_library as cll
import splink.comparison_library as cl
from splink import block_on

from splink_text import Settings, only


def claimants_thorough(con):
    con.execute("set memory_limit = '4GB'; set preserve_insertion_order = false")
    types = "street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|place|pl|circle|cir|terrace|ter|way|highway|hwy"
    general = "and|the|music|records|recordings|record|entertainment|productions|group|media|publishing|sounds|sound|audio|tapes|discs|label"
    con.execute(rf"""
        create macro plain(x) as nullif(trim(regexp_replace(regexp_replace(x, '[^\p{{L}}\p{{N}} ]', '', 'g'), ' +', ' ', 'g')), '');
        create macro no_legal_form(x) as regexp_replace(x, '[ ,]+(llc|l\.l\.c\.|inc|incorporated|ltd|limited|corp|corporation|co)\.?$', '', 'i');
        create macro no_generation(x) as regexp_replace(x, '[ ,]+(jr|sr|ii|iii|iv)\.?$', '');
        create macro in_order(x) as regexp_replace(x, '^([^,]+), ([^,]+)$', '\2 \1');
        create table a as select id as unique_id, kind, region, left(postcode, 5) as postcode, strip_accents(lower(name)) as raw_name,
            strip_accents(lower(contact)) as raw_contact, lower(trim(email)) as raw_email,
            nullif(right(regexp_replace(phone, '[^0-9]', '', 'g'), 10), '') as phone, {only('0-9', 'tax_id')} as tax_id,
            regexp_replace(lower(street), '[ ,]+(apt|apartment|unit|suite|ste|#|no)[. #]*([0-9]+[a-z]?)$', ' u\2') as raw_street from raw;
        create table b as select *, plain(nullif(regexp_extract(raw_name, '^(.*?) +(d/b/a|dba|aka|a/k/a|p/k/a|f/k/a|t/a) +', 1), '')) as alias,
            regexp_replace(raw_name, '^(.*?) +(d/b/a|dba|aka|a/k/a|p/k/a|f/k/a|t/a) +', '') as own_name from a;
        create table c as select *, nullif(regexp_extract(own_name, '[ ,]+(jr|sr|ii|iii|iv)\.?$', 1), '') as generation,
            regexp_replace(coalesce(plain(in_order(no_generation(no_legal_form(no_legal_form(own_name))))), plain(own_name)), '^the ', '') as name,
            plain(in_order(no_generation(raw_contact))) as contact,
            plain(regexp_replace(raw_street, '\b({types})\b\.?', '', 'g')) as street, regexp_extract(raw_street, '[0-9]+') as house,
            case when raw_email like '%@%' then regexp_replace(replace(split_part(split_part(raw_email, '@', 1), '+', 1), '.', ''), '[^a-z0-9_-]', '', 'g')
                || '@' || split_part(raw_email, '@', -1) else nullif(raw_email, '') end as email from b;
        create table d as select *, string_split(coalesce(plain(regexp_replace(replace(name, '&', ' '), '\b({general})\b', '', 'g')), name), ' ') as parts from c;
        create table e as select *, parts[1] as given, parts[-1] as family,
            case when len(parts) = 3 and length(parts[2]) = 1 then parts[2] end as middle,
            array_to_string(case when len(parts) > 2 then list_filter(parts, lambda x: length(x) > 1) else parts end, ' ') as core,
            split_part(email, '@', 1) as box from d;
        create table f as select *, array_to_string(list_sort(string_split(core, ' ')), ' ') as sorted,
            regexp_replace(box, '[^a-z]', '', 'g') as letters, left(given, 1) || left(family, 3) as start,
            case when contact <> name and not (split_part(contact, ' ', 1) = given and split_part(contact, ' ', -1) = family) then contact end as other from e;
    """)
    # How many a coordinate serves, and how often a name comes by chance.
    con.execute("""
        create table users_email as select email, count(distinct start) as n from f where email is not null group by email;
        create table users_phone as select phone, count(distinct start) as n from f where phone is not null group by phone;
        create table users_street as select street, postcode, count(distinct start) as n from f where street is not null group by street, postcode;
        create table users_box as select box, count(*) as n from f where box is not null group by box;
        create table namesakes as select core, count(*) as n from f group by core;
        create table share_given as select given, count(*) / (select count(*) from f) as share from f group by given;
        create table share_family as select family, count(*) / (select count(*) from f) as share from f group by family;
    """)
    # Blocking keys: coordinates of a few names alone, those of an agent with the beginning or the end of the name.
    keys = [
        "case when coalesce(users_email.n, 0) <= 3 then f.email end", "case when coalesce(users_phone.n, 0) <= 3 then f.phone end",
        "case when coalesce(users_street.n, 0) <= 3 then f.street || '|' || coalesce(house, '') end", "tax_id",
        "f.email || left(f.core, 3)", "f.phone || left(f.core, 3)", "f.street || '|' || left(f.core, 3)", "f.phone || f.family",
        "right(f.phone, 6) || left(f.core, 2)", "left(tax_id, 5) || left(f.core, 1)", "right(tax_id, 5) || left(f.core, 1)",
    ]
    # Of these, blocks of more than ten (common names) are left out.
    capped = [
        "f.core || '|' || region", "f.core", "left(f.core, 4) || '|' || f.postcode", "left(f.core, 4) || '|' || other",
        "left(f.given, 1) || f.family || region", "house || left(f.core, 4) || region", "sorted || '|' || f.postcode", "f.email || f.family",
        "case when length(letters) >= 8 and users_box.n <= 20 then f.box end",
    ]
    count = len(keys) + len(capped)
    con.execute(f"""create table keyed as select unique_id, kind, region, f.postcode, f.core, f.name, f.given, f.family, middle, generation, alias, contact, other,
        sorted, letters, f.email, f.phone, f.street, tax_id, share_given.share * share_family.share as rarity,
        case when length(letters) >= 8 and users_box.n <= 4 then f.box end as mailbox, coalesce(users_email.n, 0) as email_users,
        coalesce(users_phone.n, 0) as phone_users, coalesce(users_street.n, 0) as street_users,
        {', '.join(f"{key} as k{i}" for i, key in enumerate(keys + capped))}
        from f left join users_email on f.email = users_email.email left join users_phone on f.phone = users_phone.phone
        left join users_street on f.street = users_street.street and f.postcode = users_street.postcode
        left join users_box on f.box = users_box.box left join share_given on f.given = share_given.given
        left join share_family on f.family = share_family.family""")
    con.execute(f"""create table t as select * replace (
        {', '.join(f"case when count(*) over (partition by k{i}) <= 10 then k{i} end as k{i}" for i in range(len(keys), count))}) from keyed""")
    for table in ["a", "b", "c", "d", "e", "f", "keyed"]:
        con.execute(f"drop table {table}")
    # Splink trains on one rule at a time and sets aside what the rule compares. So for training a record stands once for each of its
    # keys, and a pair counts at its first common key. Of more than 200,000 records a part of the keys suffices.
    part = max(1, con.execute("select count(*) from t").fetchall()[0][0] // 200000)
    con.execute("create table x as " + " union all ".join(
        f"select * replace (unique_id || '#{i}' as unique_id), {i} as key_no, '{i}:' || k{i} as key from t "
        f"where k{i} is not null and hash('{i}:' || k{i}) % {part} = 0" for i in range(count)))
    rule = "l.key = r.key and " + " and ".join(f"(l.key_no <= {i} or coalesce(l.k{i} <> r.k{i}, true))" for i in range(count - 1))
    blocking = [block_on(f"k{i}") for i in range(count)]

    generation = "coalesce(generation_l <> generation_r, false)"
    differ = f"({generation} or coalesce(middle_l <> middle_r, false))"
    similar = """(damerau_levenshtein(core_l, core_r) <= 1 or (damerau_levenshtein(core_l, core_r) <= 2 and least(length(core_l), length(core_r)) >= 8)
        or (jaro_winkler_similarity(core_l, core_r) >= 0.95 and not (given_l <> given_r and damerau_levenshtein(given_l, given_r) > 2)))"""
    crossed = " or ".join(f"coalesce({one}, false)" for one in [
        "core_l = contact_r", "core_r = contact_l", "alias_l = core_r", "alias_r = core_l", "name_l = contact_r", "name_r = contact_l"])
    labels = "(kind_l = 'label' and kind_r = 'label')"
    in_mailbox = """coalesce((length(given_l) > 3 and contains(letters_l, given_l)) or (length(given_r) > 3 and contains(letters_r, given_r)), false)"""
    # Condition, m and u to start from.
    names = [
        ("same", f"core_l = core_r and not {differ} and rarity_l < 3e-5", 0.5, 0.03), ("same, common", f"core_l = core_r and not {differ}", 0.15, 0.2),
        ("other generation", f"core_l = core_r and {generation}", 0.001, 0.02), ("other middle", "core_l = core_r", 0.003, 0.03),
        ("typing error", f"({similar} or sorted_l = sorted_r) and not {differ}", 0.2, 0.02),
        ("contact, initial", f"{crossed} or (left(given_l, 1) = left(given_r, 1) and family_l = family_r and least(length(given_l), length(given_r)) = 1)", 0.05, 0.01),
        ("labels, one word", f"{labels} and (family_l = family_r or given_l = given_r)", 0.01, 0.05),
        ("family", "family_l = family_r", 0.01, 0.2), ("given", "given_l = given_r", 0.02, 0.1),
        ("similar", "jaro_winkler_similarity(core_l, core_r) >= 0.88", 0.02, 0.02), ("labels", labels, 0.003, 0.1),
        ("in mailbox", in_mailbox, 0.02, 0.05), ("different", "true", 0.02, 0.2),
    ]
    # A mailbox at another provider says something where few have it.
    email = """coalesce(email_l = email_r or (length(email_l) > 9 and abs(length(email_l) - length(email_r)) <= 2 and damerau_levenshtein(email_l, email_r) <= 2)
        or mailbox_l = mailbox_r, false)"""
    phone = "coalesce(phone_l = phone_r or damerau_levenshtein(phone_l, phone_r) <= 1, false)"
    street = "coalesce(street_l = street_r or damerau_levenshtein(street_l, street_r) <= 1, false)"
    shared = f"""(greatest(least(email_users_l, email_users_r) * cast({email} as int), least(phone_users_l, phone_users_r) * cast({phone} as int),
        least(street_users_l, street_users_r) * cast({street} as int)) >= 4)"""
    none = f"not {email} and not {phone} and not {street}"
    coordinates = [
        ("none, contact", f"{none} and coalesce(other_l = other_r, false)", 0.02, 0.02),
        ("none, postcode", f"{none} and coalesce(postcode_l = postcode_r, false)", 0.01, 0.05), ("none", none, 0.03, 0.5),
        ("all", f"{email} and {phone} and {street} and not {shared}", 0.5, 0.03), ("all, shared", f"{email} and {phone} and {street}", 0.1, 0.1),
        ("email and one", f"{email} and ({phone} or {street}) and not {shared}", 0.15, 0.01),
        ("email and one, shared", f"{email} and ({phone} or {street})", 0.03, 0.03),
        ("phone and street", f"{phone} and {street} and not {shared}", 0.08, 0.05), ("phone and street, shared", f"{phone} and {street}", 0.02, 0.05),
        ("email", f"{email} and not {shared}", 0.03, 0.02), ("phone", f"{phone} and not {shared}", 0.03, 0.02),
        ("street", f"{street} and not {shared}", 0.03, 0.05), ("one, shared", "true", 0.01, 0.05),
    ]
    levels = [cll.CustomLevel(f"({where}) and ({who})", f"{where_label} | {who_label}").configure(m_probability=wm * nm, u_probability=wu * nu)
              for where_label, where, wm, wu in coordinates for who_label, who, nm, nu in names]
    levels[-1] = cll.ElseLevel().configure(m_probability=0.0002, u_probability=0.01)

    def fixed(level, m, u):
        return level.configure(m_probability=m, u_probability=u, fix_m_probability=True, fix_u_probability=True)

    comparisons = [
        cl.CustomComparison(output_column_name="identity", comparison_levels=levels),
        cl.CustomComparison(output_column_name="tax_id", comparison_levels=[
            cll.NullLevel("tax_id"), fixed(cll.CustomLevel("tax_id_l = tax_id_r"), 0.92, 0.0005),
            fixed(cll.CustomLevel("damerau_levenshtein(tax_id_l, tax_id_r) <= 1"), 0.06, 0.0005), fixed(cll.ElseLevel(), 0.02, 0.999)]),
    ]
    # Few iterations, for Splink does not smooth: a level with a few pairs, all of them matches, ends at u = 0 and stops it.
    few = {"max_iterations": 4, "em_convergence": 0.0005, "probability_two_random_records_match": 0.2}
    return Settings(comparisons, blocking, training=[rule], train_on="x", more=few)
