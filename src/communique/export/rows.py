"""The rows that all flat formats are made of: one an event, or one for each actor with each recipient of it.

Formats are lists of columns, each an SQL expression over these rows; so a format is a page of names and their meaning.

`events` rows have the fields of a record, and besides them `event_type`, `mode_name` (the first), `status` (happened, or
the auxiliary modes), `cameo` (code), `who` and `whom` (parties without repeats).
`dyads` rows have these too, and `a` and `r` (actor and recipient, NULL where there is none), `dyad` (its number in the
event, from 1) and `number`, the event and dyad as a whole number below 2^50, the same at every run.
"""

from __future__ import annotations

from communique.export.crosswalk import ARMED_SECTORS, literal, macros

EVENTS, DYADS = "event_rows", "dyad_rows"
HAPPENED = "happened"
_BREAKS = "\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"


def _chars(characters: str) -> str:
    return " || ".join(f"chr({ord(character)})" for character in characters)


SETUP = f"""
{macros()}
-- Text for a cell: no tab, no line break of any kind, no double quote, which readers take for the start of a quotation.
CREATE MACRO cell(t) AS nullif(trim(translate(t, {_chars(_BREAKS + '"')}, '{" " * len(_BREAKS)}''')), '');
-- The same for a member of a list joined with semicolons.
CREATE MACRO item(t) AS replace(cell(t), ';', ',');
CREATE MACRO joined(items) AS nullif(array_to_string(items, ';'), '');
CREATE MACRO name_of(party) AS coalesce(party.identifier_text, party.resolved_text, party.entity_text);
CREATE MACRO ymd(d) AS strftime(d, '%Y%m%d');
CREATE MACRO same_party(party) AS
    coalesce(party.code, '') || ' ' || coalesce(array_to_string(party.sector, ' '), '') || ' ' || coalesce(party.identifier_id, '');
CREATE MACRO distinct_parties(parties) AS list_filter(
    coalesce(parties, []), lambda party, i: list_position([same_party(other) FOR other IN parties], same_party(party)) = i
);
CREATE MACRO event_number(t) AS (md5_number_lower(t) & 1125899906842623)::BIGINT;
"""

# Reads the table `batch`.
EVENT_ROWS = f"""
    SELECT *, event[1] AS event_type, mode[1] AS mode_name,
        CASE WHEN len(auxiliary_mode) > 0 THEN array_to_string(auxiliary_mode, '+') ELSE '{HAPPENED}' END AS status,
        cameo_code(event[1], mode[1], list_contains([{", ".join(map(literal, ARMED_SECTORS))}], actor[1].sector[1])) AS cameo,
        ['verbal cooperation', 'material cooperation', 'verbal conflict', 'material conflict'][quad_code] AS quad_category
    FROM batch
"""
DYAD_ROWS = f"""
    SELECT *, pair.a AS a, pair.r AS r, event_number(id || '/' || dyad) AS number
    FROM (SELECT *, unnest(pairs) AS pair, generate_subscripts(pairs, 1) AS dyad FROM (
        SELECT *, CASE
            WHEN len(whom) > 0 AND len(who) > 0 THEN flatten([[{{a: one, r: other}} FOR other IN whom] FOR one IN who])
            WHEN len(whom) > 0 THEN [{{a: NULL, r: other}} FOR other IN whom]
            WHEN len(who) > 1 THEN flatten([
                [{{a: who[i], r: who[j]}} FOR j IN range(1, len(who) + 1) IF i != j] FOR i IN range(1, len(who) + 1)
            ])
            ELSE [{{a: who[1], r: NULL}}] END AS pairs
        FROM (SELECT *, distinct_parties(actor) AS who, distinct_parties(recipient) AS whom FROM {EVENTS})
    ))
"""
