"""Events → counts and scores by period, of dyads or of countries."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import pyarrow as pa

from communique.codebook import codebook, event_types
from communique.errors import InputError
from communique.export.crosswalk import literal
from communique.series.facts import Facts

PERIODS = ("day", "week", "month", "year")
ROLES = ("either", "actor", "recipient", "place")
_INTERSTATE = "split_part({}, ' ', 1) != split_part({}, ' ', 1)"
_UNKNOWN = {"country": "without a known country", "dyad": "without both an actor and a recipient that are known"}


@dataclass(frozen=True, slots=True)
class Question:
    """What is counted, and how.

    Attributes:
        unit: `dyad` (who did it to whom) or `country`.
        period: day, week (from Monday), month or year.
        counts: A column for each `quad` category or each event `type`.
        role: For countries, where one counts: as `actor`, `recipient`, `either`, or `place` of the event.
        include: Auxiliary modes that are counted too; by default only what happened is.
        min_confidence: Less sure events are left out.
        self_events: For dyads, whether events inside one country count. For countries they always do.
        expand: Whether each actor with each recipient of an event counts as a dyad. Otherwise all actors together are one
            side (`DEU;FRA`), and all recipients the other; of parties that act jointly on nobody, the first is the one side.
        undirected: Whether `A` to `B` and `B` to `A` are one dyad.
        sectors: Whether sides are told apart by sector (`KEN COP`, `KEN CVL`).
        mentions: Whether each record counts. Otherwise records with one `link` are one event.
        imprecise: Whether events of which only a longer period is known (a year, in a series of months) count on its
            first day. Otherwise they are left out.
        fill: Whether periods without events get a row of zeros, from the first period of all to the last.
        of: The countries (`KEN`) or dyads (`USA:CHN`) wanted; all if empty.
        since: First day.
        until: Last day.
    """

    unit: Literal["dyad", "country"] = "dyad"
    period: str = "month"
    counts: Literal["quad", "type"] = "quad"
    role: str = "either"
    include: frozenset[str] = frozenset()
    min_confidence: float = 0.0
    self_events: bool = False
    expand: bool = False
    undirected: bool = False
    sectors: bool = False
    mentions: bool = False
    imprecise: bool = False
    fill: bool = False
    of: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """Columns that name a unit."""
        return ("actor", "recipient") if self.unit == "dyad" else ("country",)


@dataclass(frozen=True, slots=True)
class Series:
    """A table by period and unit, and what is not in it.

    Attributes:
        question: What was asked.
        table: Sorted by unit and period. Columns: `period` (its first day), the unit's, `events`, the counts,
            `score_mean` and `score_sum`; and where it is known how many `articles` were read, all but the mean per 1,000.
        left_out: Numbers of events by reason.
    """

    question: Question
    table: pa.Table
    left_out: Counter[str] = field(default_factory=Counter)


def count_columns(counts: str) -> dict[str, str]:
    """Columns of counts, each with its condition."""
    if counts == "type":
        return {name.lower(): f"event_type = '{name}'" for name in event_types()}
    return {entry.name.replace(" ", "_"): f"quad_code = {entry.code}" for entry in codebook().quad_categories}


def count(facts: Facts, question: Question) -> Series:
    """Count events.

    Raises:
        InputError: The question names what there is not.
    """
    con = facts.connection
    left_out = _prepare(facts, question)
    keys = ", ".join(question.keys)
    columns = count_columns(question.counts)
    counted = "".join(f", count(*) FILTER ({condition}) AS {name}" for name, condition in columns.items())
    sql = f"""
        SELECT period, {keys}, count(*) AS events{counted}, avg(event_scale) AS score_mean, sum(event_scale) AS score_sum
        FROM units GROUP BY ALL
    """
    if question.fill:
        zeros = "".join(f", coalesce({name}, 0) AS {name}" for name in ("events", *columns))
        sql = f"""
            WITH counted AS ({sql}), periods AS (
                SELECT unnest(generate_series(min(period), max(period), INTERVAL 1 {question.period}))::DATE AS period FROM counted
            )
            SELECT period, {keys}{zeros}, score_mean, coalesce(score_sum, 0) AS score_sum
            FROM (SELECT DISTINCT {keys} FROM counted) CROSS JOIN periods LEFT JOIN counted USING (period, {keys})
        """
    if facts.n_articles:
        rates = "".join(
            f", 1000 * {name} / nullif(articles, 0) AS {name}_per_1000" for name in ("events", *columns, "score_sum")
        )
        sql = f"""
            SELECT counted.*, coalesce(articles, 0)::BIGINT AS articles{rates} FROM ({sql}) AS counted LEFT JOIN (
                SELECT date_trunc('{question.period}', day)::DATE AS period, sum(n) AS articles FROM articles GROUP BY 1
            ) USING (period)
        """
    return Series(question, con.sql(f"FROM ({sql}) ORDER BY {keys}, period").to_arrow_table(), left_out)


def count_types(facts: Facts, question: Question) -> pa.Table:
    """Count events by period and type, over all units together: columns period, event_type, events, and articles if known."""
    _prepare(facts, replace(question, expand=False))
    return facts.connection.sql(f"""
        SELECT period, event_type, events, articles FROM (
            SELECT period, event_type, count(DISTINCT id) AS events FROM units GROUP BY ALL
        ) LEFT JOIN (
            SELECT date_trunc('{question.period}', day)::DATE AS period, sum(n)::BIGINT AS articles FROM articles GROUP BY 1
        ) USING (period) ORDER BY period, event_type
    """).to_arrow_table()


def rank_changes(facts: Facts, question: Question, split: date | None = None) -> pa.Table:
    """Rank units by how much they changed from the periods before a day to those from it on.

    Args:
        facts: The events.
        question: Which of them.
        split: The day; by default the middle one of the periods from the first to the last.

    Returns:
        The unit; `split`; `events_before`, `events_after`, `score_before`, `score_after`, means over the periods (per
        1,000 articles where their number is known); `events_change` and `score_change`. The greatest change of score
        comes first.
    """
    _prepare(facts, question)
    con, keys = facts.connection, ", ".join(question.keys)
    if split is None:
        frame = f"generate_series(min(period), max(period), INTERVAL 1 {question.period})"
        middle = con.sql(f"SELECT periods[len(periods) // 2 + 1]::DATE FROM (SELECT {frame} AS periods FROM units)")
        split = middle.fetchall()[0][0] or date.today()
    day = f"date_trunc('{question.period}', DATE '{split}')::DATE"
    per, sides = ("1000.0 / articles", "sum(n)") if facts.n_articles else ("1.0 / periods", "NULL")
    return con.sql(f"""
        WITH frame AS (
            SELECT unnest(generate_series(min(period), max(period), INTERVAL 1 {question.period}))::DATE AS period FROM units
        ), lengths AS (SELECT period >= {day} AS after, count(*) AS periods FROM frame GROUP BY 1
        ), reading AS (
            SELECT date_trunc('{question.period}', day)::DATE >= {day} AS after, {sides} AS articles FROM articles GROUP BY 1
        ), scaled AS (
            SELECT after, {per} AS per FROM lengths LEFT JOIN reading USING (after)
        ), sums AS (
            SELECT {keys}, period >= {day} AS after, count(*) AS events, sum(event_scale) AS score FROM units GROUP BY ALL
        ), sides AS (
            SELECT {keys}, {day} AS split,
                coalesce(sum(events * per) FILTER (NOT after), 0) AS events_before,
                coalesce(sum(events * per) FILTER (after), 0) AS events_after,
                coalesce(sum(score * per) FILTER (NOT after), 0) AS score_before,
                coalesce(sum(score * per) FILTER (after), 0) AS score_after
            FROM sums JOIN scaled USING (after) GROUP BY {keys}
        )
        SELECT *, events_after - events_before AS events_change, score_after - score_before AS score_change
        FROM sides ORDER BY abs(score_change) DESC, {keys}
    """).to_arrow_table()


def _prepare(facts: Facts, question: Question) -> Counter[str]:
    """Make the table `units`, one row an event and unit; returns how many events are not in it, by reason."""
    _check(question)
    con = facts.connection
    party = "p" if question.sectors else "split_part(p, ' ', 1)"
    sides = ", ".join(f"[{party} FOR p IN {side} IF p[1] != ' '] AS {side}" for side in ("actors", "recipients"))
    once = "QUALIFY row_number() OVER (PARTITION BY link ORDER BY (id = link) DESC, confidence DESC NULLS LAST, id) = 1"
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW chosen AS SELECT *, {_reason(question)} AS left_out FROM facts WHERE {_time(question)}
    """)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE picked AS
        SELECT id, date_trunc('{question.period}', date)::DATE AS period, event_type, quad_code, event_scale, {_units(question)} AS units
        FROM (SELECT * REPLACE ({_distinct("actors")}, {_distinct("recipients")}) FROM (
            SELECT * REPLACE ({sides}) FROM chosen WHERE left_out IS NULL {"" if question.mentions else once}
        ))
    """)
    left_out: Counter[str] = Counter()
    for reason, number in con.sql(f"""
        SELECT left_out, count(*) FROM chosen GROUP BY 1
        UNION ALL SELECT '{_UNKNOWN[question.unit]}', count(*) FROM picked WHERE len(units) = 0
        UNION ALL SELECT NULL, -count(*) FROM picked
    """).fetchall():
        left_out[reason or "records of an event that another record stands for"] += number
    wanted = ["true"]
    if question.unit == "dyad":
        columns = "unit.a AS actor, unit.r AS recipient"
        if not question.self_events:
            wanted.append(_INTERSTATE.format("actor", "recipient"))
            inside = f"len(units) > 0 AND len([u FOR u IN units IF {_INTERSTATE.format('u.a', 'u.r')}]) = 0"
            left_out["inside one country"] = con.sql(f"SELECT count(*) FROM picked WHERE {inside}").fetchall()[0][0]
        dyads = [sorted(pair) if question.undirected else pair for pair in (name.split(":") for name in question.of)]
        wanted += _any_of("(actor, recipient)", [f"({literal(pair[0])}, {literal(pair[1])})" for pair in dyads])
    else:
        columns = "unit AS country"
        wanted += _any_of("country", [literal(name) for name in question.of])
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE units AS SELECT * FROM (
            SELECT * EXCLUDE (units, unit), {columns} FROM (SELECT *, unnest(units) AS unit FROM picked)
        ) WHERE {" AND ".join(wanted)}
    """)
    return +left_out


def _check(question: Question) -> None:
    if question.period not in PERIODS:
        raise InputError(f"no period {question.period!r}, expected one of: {', '.join(PERIODS)}")
    if question.role not in ROLES:
        raise InputError(f"no role {question.role!r}, expected one of: {', '.join(ROLES)}")
    for name in question.of:
        if (name.count(":") == 1) != (question.unit == "dyad"):
            example = "a dyad such as 'USA:CHN'" if question.unit == "dyad" else "a country such as 'KEN'"
            raise InputError(f"{name!r} is no {question.unit}, expected {example}")


def _reason(question: Question) -> str:
    """SQL for why an event is left out, NULL where it is not."""
    included = ", ".join(map(literal, sorted(question.include)))
    coarser = ", ".join(map(literal, PERIODS[PERIODS.index(question.period) + 1 :]))
    reasons = [
        f"""WHEN len(auxiliary) > 0 AND len(list_filter(auxiliary, lambda m: NOT list_contains([{included}]::VARCHAR[], m))) > 0
            THEN array_to_string(list_filter(auxiliary, lambda m: NOT list_contains([{included}]::VARCHAR[], m)), '+')""",
        "WHEN date IS NULL THEN 'without a date'",
    ]
    if coarser and not question.imprecise:
        reasons.append(f"WHEN resolution IN ({coarser}) THEN 'dated to no {question.period}, but to a longer time'")
    if question.min_confidence:
        reasons.append(f"WHEN confidence < {float(question.min_confidence)} THEN 'less sure than the minimum'")
    return f"CASE {' '.join(reasons)} END"


def _time(question: Question) -> str:
    bounds = [f"date >= DATE '{question.since}'"] if question.since else []
    bounds += [f"date <= DATE '{question.until}'"] if question.until else []
    return " AND ".join(bounds) or "true"


def _units(question: Question) -> str:
    """SQL for the list of an event's units."""
    if question.unit == "country":
        return {
            "actor": "actors",
            "recipient": "recipients",
            "either": "list_distinct(actors || recipients)",
            "place": "[c FOR c IN [place] IF c IS NOT NULL]",
        }[question.role]
    if question.expand:
        pairs = """CASE
            WHEN len(actors) > 0 AND len(recipients) > 0 THEN flatten([[{a: one, r: other} FOR other IN recipients] FOR one IN actors])
            WHEN len(recipients) = 0 AND len(actors) > 1 THEN
                flatten([[{a: one, r: other} FOR other IN actors IF one != other] FOR one IN actors])
            ELSE [] END"""
    else:
        pairs = """CASE
            WHEN len(actors) > 0 AND len(recipients) > 0 THEN
                [{a: array_to_string(list_sort(actors), ';'), r: array_to_string(list_sort(recipients), ';')}]
            WHEN len(recipients) = 0 AND len(actors) > 1 THEN
                [{a: actors[1], r: array_to_string(list_sort(actors[2:]), ';')}]
            ELSE [] END"""
    if question.undirected:
        return f"list_distinct([{{a: least(p.a, p.r), r: greatest(p.a, p.r)}} FOR p IN {pairs}])"
    return pairs


def _distinct(side: str) -> str:
    return f"list_filter({side}, lambda p, i: list_position({side}, p) = i) AS {side}"


def _any_of(columns: str, values: list[str]) -> list[str]:
    return [f"{columns} IN ({', '.join(values)})"] if values else []
