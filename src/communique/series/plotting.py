"""Pictures of series: PNG, SVG, or an HTML page that needs nothing else."""

from __future__ import annotations

import html
import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from communique.codebook import codebook, event_types
from communique.errors import InputError
from communique.series.counting import Question, Series, count_columns

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SUFFIXES = (".png", ".svg", ".html")
MAX_PANELS = 6
# Cooperation in blues, conflict in reds, deeds darker than words; told apart in grey too.
_COLOURS = {1: "#9ecae1", 2: "#2171b5", 3: "#fcae91", 4: "#cb181d"}
_SETTINGS: Any = {
    "svg.hashsalt": "communique", "svg.fonttype": "path", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False,
}  # fmt: skip


def plot_series(series: Series, path: Path, n_units: int = 3) -> None:
    """Draw a panel for each unit, those with most events first: cooperation above zero, conflict below, and the mean score.

    Args:
        series: Counts by quad category, with `fill`, so that a period without events shows as one.
        path: Its ending says what is written: .png, .svg or .html.
        n_units: How many units are drawn at most.

    Raises:
        InputError: The ending is another, there is nothing to draw, or matplotlib is not installed.
    """
    _check(path, series.table)
    table, question = series.table, series.question
    rates = "articles" in table.column_names
    suffix = "_per_1000" if rates else ""
    units = _busiest(table, question, min(n_units, MAX_PANELS))
    figure, panels = _figure(len(units))
    for panel, unit in zip(panels, units, strict=True):
        rows = table
        for key, name in zip(question.keys, unit, strict=True):
            rows = rows.filter(pc.equal(rows[key], name))
        days = rows["period"].to_pylist()
        widths = [timedelta(days=0.94 * (_next(day, question.period) - day).days) for day in days]
        floors = {True: [0.0] * len(days), False: [0.0] * len(days)}
        for entry, column in zip(codebook().quad_categories, count_columns("quad"), strict=True):
            good = entry.code < 3
            sizes = [(1 if good else -1) * (size or 0) for size in rows[column + suffix].to_pylist()]
            panel.bar(
                days,
                sizes,
                widths,
                floors[good],
                align="edge",
                color=_COLOURS[entry.code],
                label=entry.name,
                linewidth=0,
            )
            floors[good] = [floor + size for floor, size in zip(floors[good], sizes, strict=True)]
        panel.axhline(0, color="black", linewidth=0.8)
        panel.set_title(" → ".join(unit), loc="left", fontweight="bold")
        panel.set_ylabel("events per 1,000 articles" if rates else "events")
        score = panel.twinx()
        middles = [datetime.combine(day, time()) + width / 2 for day, width in zip(days, widths, strict=True)]
        means = [_number(mean) for mean in rows["score_mean"].to_pylist()]
        score.plot(middles, means, "k.-", linewidth=0.8, markersize=3)
        score.set_ylim(-10.5, 10.5)
        score.set_ylabel("mean PLOVER score")
        _same_zero(panel)
    handles = [*panels[0].get_legend_handles_labels()[0], score.get_lines()[0]]
    labels = [*panels[0].get_legend_handles_labels()[1], "mean score (right)"]
    figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False, fontsize=8, columnspacing=1.2)
    _save(figure, path, f"Events by {question.period}")


def plot_types(table: pa.Table, question: Question, path: Path) -> None:
    """Draw a heat map: event types down, cooperation at the top; periods across; darker is more.

    Args:
        table: As `count_types` makes it.
        question: What was asked.
        path: As for `plot_series`.

    Raises:
        InputError: As for `plot_series`.
    """
    _check(path, table)
    rates = any(table["articles"].to_pylist())
    counts = {(row["period"], row["event_type"]): row for row in table.to_pylist()}
    periods = _all_periods(sorted({period for period, _ in counts}), question.period)
    own = sorted({kind for _, kind in counts} - set(event_types()))
    kinds = [*event_types(), *own]
    grid = [[_cell(counts.get((period, kind)), rates) for period in periods] for kind in kinds]
    figure, (panel,) = _figure(1, height=0.24 * len(kinds) + 1.2)
    image = panel.imshow(grid, aspect="auto", cmap="viridis_r", interpolation="nearest")
    panel.set_yticks(range(len(kinds)), kinds)
    steps = range(0, len(periods), max(1, -(-len(periods) // 12)))
    panel.set_xticks(steps, [_shown(periods[step], question.period) for step in steps], rotation=45, ha="right")
    figure.colorbar(image, ax=panel, label="events per 1,000 articles" if rates else "events")
    panel.set_title(
        f"Event types by {question.period}" + (f", {', '.join(question.of)}" if question.of else ""), loc="left"
    )
    _save(figure, path, f"Event types by {question.period}")


def _check(path: Path, table: pa.Table) -> None:
    if path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path} ends in {path.suffix!r}, expected a picture's name: {', '.join(SUFFIXES)}")
    if not table.num_rows:
        raise InputError(f"no events are left to draw, so {path} was not written")
    try:
        import matplotlib  # noqa: F401
    except ModuleNotFoundError:
        raise InputError("plots need matplotlib: `pip install 'communique[plot]'`") from None


def _busiest(table: pa.Table, question: Question, number: int) -> list[tuple[str, ...]]:
    sums = table.group_by(list(question.keys)).aggregate([("events", "sum")]).to_pylist()
    sums.sort(key=lambda row: (-row["events_sum"], *(row[key] for key in question.keys)))
    return [tuple(str(row[key]) for key in question.keys) for row in sums[:number]]


def _figure(n_panels: int, height: float | None = None) -> tuple[Figure, Sequence[Any]]:
    """A figure that needs no screen, with its panels below one another."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_SETTINGS):
        figure = Figure(figsize=(9, height or 2.3 * n_panels + 0.6), layout="constrained")
        return figure, list(figure.subplots(n_panels, 1, sharex=True, squeeze=False)[:, 0])


def _same_zero(panel: Any) -> None:
    """Give zero the same height on both axes."""
    reach = 1.05 * max(abs(limit) for limit in panel.get_ylim()) or 1
    panel.set_ylim(-reach, reach)
    panel.yaxis.set_major_formatter(lambda size, _: f"{abs(size):g}")


def _number(value: float | None) -> float:
    return float("nan") if value is None else value


def _cell(row: dict[str, Any] | None, rates: bool) -> float:
    if row is None:
        return 0.0
    events = float(row["events"])
    if not rates:
        return events
    return 1000 * events / row["articles"] if row["articles"] else float("nan")


def _all_periods(periods: list[date], period: str) -> list[date]:
    """All periods from the first to the last."""
    found = periods[:1]
    while found[-1] < periods[-1]:
        found.append(_next(found[-1], period))
    return found


def _next(day: date, period: str) -> date:
    """First day of the period after the one that begins on a day."""
    if period == "year":
        return day.replace(year=day.year + 1)
    if period == "month":
        return (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return day + timedelta(days=7 if period == "week" else 1)


def _shown(day: date, period: str) -> str:
    return day.strftime({"year": "%Y", "month": "%Y-%m"}.get(period, "%Y-%m-%d"))


def _save(figure: Figure, path: Path, title: str) -> None:
    from matplotlib import rc_context

    kind = path.suffix.lower()[1:]
    buffer = io.BytesIO()
    with rc_context(_SETTINGS):
        if kind == "png":
            figure.savefig(buffer, format="png", dpi=110, metadata={"Software": None})
        else:
            figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    data = buffer.getvalue()
    if kind == "html":
        svg = data.decode().partition("<svg")
        page = (
            '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
            f'<title>{html.escape(title)}</title>\n<body style="font-family: sans-serif; max-width: 60rem; margin: auto">\n'
            f"<h1>{html.escape(title)}</h1>\n{svg[1]}{svg[2]}</body>\n</html>\n"
        )
        data = page.encode()
    try:
        path.write_bytes(data)
    except OSError as error:
        raise InputError(f"{path}: {error.strerror}") from error
