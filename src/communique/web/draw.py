"""Pictures as SVG, drawn here: no script, no font, nothing fetched. Each mark has its numbers as a title and as data.

A picture in a page gets its colours from `static/chart.css`, also in the dark; one that is saved carries them along.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from math import ceil, cos, hypot, log, log10, pi, sin, sqrt
from pathlib import Path

import numpy as np
from markupsafe import Markup, escape

from communique import codebook
from communique.web.corpus import Row
from communique.web.figures import Figures
from communique.web.filters import Filters
from communique.web.world import HEIGHT, WIDTH, countries, project

_QUADS = {1: "verbal cooperation", 2: "material cooperation", 3: "verbal conflict", 4: "material conflict"}
_STEPS = 6


def element(tag: str, content: str | Markup = "", **attributes: object) -> Markup:
    """An element; names of attributes with `_` for `-`, `class_` for `class`; content is escaped unless it is markup."""
    parts = [
        Markup(' {}="{}"').format(name.rstrip("_").replace("_", "-"), _short(value))
        for name, value in attributes.items()
        if value is not None
    ]
    return Markup("<{}{}>{}</{}>").format(Markup(tag), Markup("").join(parts), escape(content), Markup(tag))


def _short(value: object) -> str:
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)


def _group(parts: Iterable[Markup], **attributes: object) -> Markup:
    return element("g", Markup("").join(parts), **attributes)


def _link(mark: Markup, href: str) -> Markup:
    return element("a", mark, href=href, tabindex="-1")


def _picture(parts: Iterable[Markup], width: float, height: float, title: str) -> Markup:
    return element(
        "svg", Markup("").join(parts), xmlns="http://www.w3.org/2000/svg", viewBox=f"0 0 {width:g} {height:g}",
        class_="chart", role="group", aria_label=title,
    )  # fmt: skip


@cache
def _styles() -> str:
    return (Path(__file__).parent / "static" / "chart.css").read_text(encoding="utf-8")


def saved(picture: Markup) -> str:
    """The picture as a file of its own: with its colours, on white, links off."""
    text = str(picture)
    head, rest = text.split(">", 1)
    box = head.split('viewBox="0 0 ', 1)[1].split('"', 1)[0].split()
    size = f' width="{box[0]}" height="{box[1]}"'
    styles = Markup("<style>{}</style>").format(Markup(_styles()))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{size}>{styles}<rect width="100%" height="100%" fill="#fff"/>{rest}'


def as_png(picture: Markup) -> bytes:
    """The picture in pixels, twice as large."""
    import resvg_py

    return bytes(resvg_py.svg_to_bytes(svg_string=saved(picture), zoom=2))


def days_of(period: date, by: str) -> tuple[date, date]:
    """First and last day of a period."""
    if by == "day":
        return period, period
    if by == "week":
        return period, period + timedelta(days=6)
    months = {"month": 1, "quarter": 3, "year": 12}[by]
    month = period.month - 1 + months
    year, month = period.year + month // 12, month % 12 + 1
    return period, (date(year, month, 1) if year <= date.max.year else date.max) - timedelta(days=1)


def label_of(period: date, by: str) -> str:
    """A period's name."""
    if by == "year":
        return f"{period.year:04}"
    if by == "quarter":
        return f"{period.year:04} Q{(period.month + 2) // 3}"
    return period.isoformat()[:7] if by == "month" else period.isoformat()


def timeline(figures: Figures, filters: Filters) -> Markup:
    """Bars by period: cooperation above zero, conflict below."""
    by, rows = str(figures.more["by"]), figures.rows
    left, right, top, width, height = 60.0, 12.0, 12.0, 960.0, 330.0
    if not rows:
        return _empty("Timeline", width, height)
    counts: dict[date, dict[int, int]] = {}
    for row in rows:
        counts.setdefault(row["period"], {})[row["quad"]] = row["n"]
    most_up = max((sum(by_quad.get(quad, 0) for quad in (1, 2)) for by_quad in counts.values()), default=0)
    most_down = max((sum(by_quad.get(quad, 0) for quad in (3, 4)) for by_quad in counts.values()), default=0)
    step = _step(max(most_up + most_down, 1) / 6)
    highest, lowest = ceil(most_up / step) * step, ceil(most_down / step) * step
    highest, lowest = (highest or step), (lowest or step)
    scale = (height - top - 30) / (highest + lowest)
    zero = top + highest * scale
    first, last = min(counts), days_of(max(counts), by)[1]
    n_days = (last - first).days + 1
    across = (width - left - right) / n_days
    parts = []
    for tick in range(-lowest, highest + 1, step):
        y = zero - tick * scale
        parts.append(element("line", x1=left, x2=width - right, y1=y, y2=y, class_="zero" if tick == 0 else "grid"))
        parts.append(element("text", f"{abs(tick):,}", x=left - 6, y=y + 4, class_="end"))
    parts.append(
        element(
            "text",
            "cooperation ↑",
            x=14,
            y=(top + zero) / 2,
            class_="axis",
            transform=f"rotate(-90 14 {(top + zero) / 2:.1f})",
        )
    )
    down = (zero + height - 18) / 2
    parts.append(element("text", "↓ conflict", x=14, y=down, class_="axis", transform=f"rotate(-90 14 {down:.1f})"))
    for period, by_quad in counts.items():
        begin, end = days_of(period, by)
        x = left + (begin - first).days * across
        bar = max(((end - begin).days + 1) * across - (1 if across > 0.05 else 0), 0.8)
        for quads, sign in (((2, 1), -1), ((4, 3), 1)):
            y = zero
            for quad in quads:
                n = by_quad.get(quad, 0)
                if not n:
                    continue
                tall = n * scale
                mark = element(
                    "rect", element("title", f"{label_of(period, by)}: {n:,} {_QUADS.get(quad, '')}"), x=x,
                    y=y - tall if sign < 0 else y, width=bar, height=max(tall, 0.5), class_=f"q{quad}",
                    data_period=period.isoformat(), data_quad=quad, data_n=n,
                )  # fmt: skip
                parts.append(_link(mark, f"/events?{filters.query(since=begin, until=end, quad=quad)}"))
                y += sign * tall
    periods = sorted(counts)
    parts += _dates(first, last, left, across, height, by)
    parts.append(_quad_legend(left, height))
    title = f"Timeline of {sum(row['n'] for row in rows):,} events, {label_of(periods[0], by)} to {label_of(periods[-1], by)}"
    return _picture(parts, width, height + 22, title)


def _dates(first: date, last: date, left: float, across: float, height: float, by: str) -> list[Markup]:
    """Names of some periods under the bars: years where they are many."""
    n_days = (last - first).days + 1
    if n_days > 1200:
        every = ceil(n_days / 365 / 14)
        days = [date(year, 1, 1) for year in range(first.year, last.year + 1) if year % every == 0]
        names = [str(day.year) for day in days]
    elif n_days > 70:
        every = ceil(n_days / 30.4 / 12)
        months = range(first.year * 12 + first.month - 1, last.year * 12 + last.month)
        days = [date(month // 12, month % 12 + 1, 1) for month in months if month % every == 0]
        names = [day.isoformat()[:7] for day in days]
    else:
        every = ceil(n_days / 10)
        days = [first + timedelta(days=number) for number in range(0, n_days, every)]
        names = [day.isoformat() for day in days]
    return [
        element("text", name, x=left + max((day - first).days, 0) * across, y=height - 6)
        for day, name in zip(days, names, strict=True)
        if day >= first or len(days) == 1
    ]


def _quad_legend(left: float, height: float) -> Markup:
    return _group(
        part
        for number, (quad, name) in enumerate(_QUADS.items())
        for part in (
            element("rect", x=left + number * 190, y=height + 4, width=12, height=12, class_=f"q{quad}"),
            element("text", name, x=left + number * 190 + 17, y=height + 14),
        )
    )


def _step(rough: float) -> int:
    """A round number of about this size, at least 1."""
    if rough <= 1:
        return 1
    power = 10 ** int(log10(rough))
    return int(next(many * power for many in (1, 2, 5, 10) if many * power >= rough))


def _empty(title: str, width: float, height: float) -> Markup:
    words = element("text", "No event meets these filters.", x=width / 2, y=height / 2, class_="middle")
    return _picture([words], width, height, f"{title}: no event")


def world(figures: Figures, filters: Filters) -> Markup:
    """Countries shaded by number of events; places as circles, blue where cooperation prevails, else orange."""
    by_country = {row["country"]: row for row in figures.rows if row["kind"] == "country"}
    places = [row for row in figures.rows if row["kind"] == "place"]
    most = max((row["n"] for row in by_country.values()), default=1)
    shapes: list[Markup] = []
    circles: list[Markup] = []
    for code, country in countries().items():
        row = by_country.get(code)
        if row is None:
            shapes.append(element("path", element("title", country.name), d=country.path, class_="land"))
            continue
        step = _shade(row["n"], most)
        data = {"data_country": code, "data_n": row["n"]}
        words = element("title", f"{country.name}: {_numbers(row)}")
        href = f"/events?{filters.query(country=code)}"
        shapes.append(_link(element("path", words, d=country.path, class_=f"land s{step}", **data), href))
    for row in places:
        x, y = project(row["lat"], row["lon"])
        size = 1.5 + 9 * sqrt(row["n"] / max(place["n"] for place in places[:1]))
        mark = element(
            "circle", element("title", f"{row['place']}: {_numbers(row)}"), cx=x, cy=y, r=size,
            class_="up" if row["cooperation"] >= row["conflict"] else "down",
            data_place=row["place"], data_n=row["n"],
        )  # fmt: skip
        circles.append(_link(mark, f"/events?{filters.query(place=row['place'], country=row['country'])}"))
    legend = [
        part
        for step in range(1, _STEPS + 1)
        for part in (
            element("rect", x=20 + (step - 1) * 74, y=HEIGHT + 2, width=12, height=12, class_=f"land s{step}"),
            element("text", f"≤ {_upper(step, most):,}", x=36 + (step - 1) * 74, y=HEIGHT + 12),
        )
    ]
    legend += [
        element("circle", cx=500, cy=HEIGHT + 8, r=6, class_="up"),
        element("text", "place, mostly cooperation", x=512, y=HEIGHT + 12),
        element("circle", cx=700, cy=HEIGHT + 8, r=6, class_="down"),
        element("text", "place, mostly conflict", x=712, y=HEIGHT + 12),
    ]
    title = f"Map of events in {len(by_country)} countries and {len(places)} places"
    return _picture([_group(shapes), _group(circles), *legend], WIDTH, HEIGHT + 22, title)


def _numbers(row: Row) -> str:
    return f"{row['n']:,} events, {row['cooperation']:,} cooperation, {row['conflict']:,} conflict, mean scale {row['mean_scale']}"


def _shade(n: int, most: int) -> int:
    """1 to 6, by the logarithm of the count."""
    return next(step for step in range(1, _STEPS + 1) if n <= _upper(step, most) or step == _STEPS)


def _upper(step: int, most: int) -> int:
    return most if step == _STEPS else max(round(most ** (step / _STEPS)), step)


def heat(figures: Figures, filters: Filters) -> Markup:
    """Types by period, darker where there are more events."""
    by, rows = str(figures.more["by"]), figures.rows
    if not rows:
        return _empty("Heat map", 960, 300)
    known = codebook.event_types()
    found = {row["event"] for row in rows}
    types = [name for name in known if name in found] + sorted(found - set(known))
    first, last = min(row["period"] for row in rows), max(row["period"] for row in rows)
    periods = _all_periods(first, last, by)
    column = {period: number for number, period in enumerate(periods)}
    left, top, tall = 110.0, 8.0, 22.0
    wide = min((960 - left - 10) / len(periods), 60.0)
    most = max(row["n"] for row in rows)
    parts = [
        element("text", name, x=left - 6, y=top + number * tall + 15, class_="end") for number, name in enumerate(types)
    ]
    for row in rows:
        begin, end = days_of(row["period"], by)
        mark = element(
            "rect", element("title", f"{row['event']}, {label_of(begin, by)}: {row['n']:,}"),
            x=left + column[row["period"]] * wide, y=top + types.index(row["event"]) * tall,
            width=max(wide - 0.5, 0.5), height=tall - 1, class_=f"s{_shade(row['n'], most)}",
            data_event=row["event"], data_period=begin.isoformat(), data_n=row["n"],
        )  # fmt: skip
        parts.append(_link(mark, f"/events?{filters.query(type=row['event'], since=begin, until=end)}"))
    bottom = top + len(types) * tall
    every = ceil(70 / wide)
    parts += [
        element("text", label_of(period, by), x=left + number * wide, y=bottom + 14)
        for number, period in enumerate(periods)
        if number % every == 0
    ]
    parts += [
        part
        for step in range(1, _STEPS + 1)
        for part in (
            element("rect", x=left + (step - 1) * 84, y=bottom + 24, width=12, height=12, class_=f"s{step}"),
            element("text", f"≤ {_upper(step, most):,}", x=left + (step - 1) * 84 + 17, y=bottom + 34),
        )
    ]
    return _picture(parts, 960, bottom + 44, f"Heat map of {len(types)} types by {by}")


def _all_periods(first: date, last: date, by: str) -> list[date]:
    periods = [first]
    while periods[-1] < last:
        end = days_of(periods[-1], by)[1]
        if end == date.max:
            break
        periods.append(end + timedelta(days=1))
    return periods


def network(figures: Figures, filters: Filters) -> Markup:
    """Parties as circles, dyads as arrows from actor to recipient; conflict dashed and orange."""
    rows = figures.rows
    width, height = 960.0, 640.0
    if not rows:
        return _empty("Network", width, height)
    weights: dict[str, int] = {}
    for row in rows:
        for role in ("actor", "recipient"):
            weights[row[role]] = weights.get(row[role], 0) + row["n"]
    places = _layout(sorted(weights), {(row["actor"], row["recipient"]): row["n"] for row in rows}, width, height)
    most, heaviest = max(row["n"] for row in rows), max(weights.values())
    sizes = {code: 9 + 16 * sqrt(n / heaviest) for code, n in weights.items()}
    edges = []
    for row in sorted(rows, key=lambda row: row["n"]):
        kind = "up" if row["cooperation"] >= row["conflict"] else "down"
        thick = 0.8 + 7 * sqrt(row["n"] / most)
        line, tip = _arrow(
            places[row["actor"]], places[row["recipient"]], sizes[row["actor"]], sizes[row["recipient"]], thick
        )
        dyad = f"{row['actor']}>{row['recipient']}"
        mark = _group(
            [
                element("title", f"{row['actor']} → {row['recipient']}: {_numbers(row)}"),
                element("path", d=line, class_=f"edge {kind}", stroke_width=thick),
                element("path", d=tip, class_=f"tip {kind}"),
            ],
            data_actor=row["actor"], data_recipient=row["recipient"], data_n=row["n"],
        )  # fmt: skip
        edges.append(_link(mark, f"/dyad?{filters.query(dyad=dyad)}"))
    nodes = []
    for code, (x, y) in places.items():
        words = element("title", f"{code}: {weights[code]:,} as actor or recipient of these dyads")
        nodes.append(
            _group(
                [words, element("circle", cx=x, cy=y, r=sizes[code], class_="node"), element("text", code, x=x, y=y + 4, class_="middle name")],
                data_code=code,
            )
        )  # fmt: skip
    legend = [
        element("path", d=f"M20,{height + 8}h40", class_="edge up", stroke_width=3),
        element("text", "mostly cooperation", x=68, y=height + 12),
        element("path", d=f"M220,{height + 8}h40", class_="edge down", stroke_width=3),
        element("text", "mostly conflict (dashed); thickness: number of events", x=268, y=height + 12),
    ]
    title = f"Network of {len(rows)} dyads between {len(places)} parties"
    return _picture([_group(edges), _group(nodes), *legend], width, height + 22, title)


def _layout(
    codes: Sequence[str], weights: Mapping[tuple[str, str], int], width: float, height: float
) -> dict[str, tuple[float, float]]:
    """Places of the parties by Fruchterman and Reingold's forces, from a circle; the same input gives the same picture."""
    n = len(codes)
    at = {code: number for number, code in enumerate(codes)}
    spots = np.array([[cos(2 * pi * number / n), sin(2 * pi * number / n)] for number in range(n)])
    pull = np.zeros((n, n))
    for (actor, recipient), count in weights.items():
        pull[at[actor], at[recipient]] += log(1 + count)
        pull[at[recipient], at[actor]] += log(1 + count)
    pull /= pull.max() or 1
    ideal = sqrt(4 / n)
    for step in range(250):
        apart = spots[:, None, :] - spots[None, :, :]
        distance = np.maximum(np.sqrt((apart**2).sum(axis=2)), 0.01)
        force = (apart / distance[:, :, None] * (ideal**2 / distance - pull * distance**2 / ideal)[:, :, None]).sum(
            axis=1
        )
        force -= spots * 0.4  # keeps parts that nothing ties together on the picture
        length = np.maximum(np.sqrt((force**2).sum(axis=1)), 1e-9)
        spots += force / length[:, None] * np.minimum(length, 0.15 * (1 - step / 250))[:, None]
    low, high = spots.min(axis=0), spots.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    margin = np.array([50.0, 70.0])
    scaled = margin + (spots - low) / span * (np.array([width, height]) - 2 * margin)
    if n == 1:
        scaled = np.array([[width / 2, height / 2]])
    return {code: (float(scaled[number, 0]), float(scaled[number, 1])) for code, number in at.items()}


def _arrow(
    start: tuple[float, float], end: tuple[float, float], from_size: float, to_size: float, thick: float
) -> tuple[str, str]:
    """A bent line from circle to circle, and its tip; to itself, a loop."""
    (x1, y1), (x2, y2) = start, end
    head = 5 + thick
    if start == end:
        r = from_size
        line = f"M{x1 - r * 0.6:.1f},{y1 - r * 0.8:.1f}C{x1 - 2.4 * r:.1f},{y1 - 3 * r:.1f} {x1 + 2.4 * r:.1f},{y1 - 3 * r:.1f} {x1 + r * 0.6:.1f},{y1 - r * 0.8:.1f}"
        return line, _tip(x1 + r * 0.6, y1 - r * 0.8, -0.5, 0.86, head)
    length = hypot(x2 - x1, y2 - y1) or 1
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    bend = min(0.14 * length, 40)  # there and back on two lines
    mx, my = (x1 + x2) / 2 - uy * bend, (y1 + y2) / 2 + ux * bend
    ax, ay = _toward(x1, y1, mx, my, from_size)
    bx, by = _toward(x2, y2, mx, my, to_size + head)
    tx, ty = _toward(x2, y2, mx, my, to_size)
    return f"M{ax:.1f},{ay:.1f}Q{mx:.1f},{my:.1f} {bx:.1f},{by:.1f}", _tip(tx, ty, tx - bx, ty - by, head)


def _toward(x: float, y: float, to_x: float, to_y: float, distance: float) -> tuple[float, float]:
    length = hypot(to_x - x, to_y - y) or 1
    share = min(distance / length, 0.9)
    return x + (to_x - x) * share, y + (to_y - y) * share


def _tip(x: float, y: float, dx: float, dy: float, size: float) -> str:
    length = hypot(dx, dy) or 1
    ux, uy = dx / length * size, dy / length * size
    return f"M{x:.1f},{y:.1f}L{x - ux - uy / 2:.1f},{y - uy + ux / 2:.1f}L{x - ux + uy / 2:.1f},{y - uy - ux / 2:.1f}Z"
