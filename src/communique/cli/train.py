"""`communique train`: a codebook and annotated texts of the user's own → a folder that `code` and `classify` take."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from communique.own_types.train import Score, Trained
    from communique.own_types.trial import Records


def train_types(codebook: Path, data: Path, folder: Path, test: Path | None = None) -> None:
    """Train heads, write them, and print how well they do.

    Raises:
        CommuniqueError: Something is wrong with an input, or the folder cannot be written.
    """
    from communique.own_types.examples import read_examples
    from communique.own_types.model import check_folder, write_own_model
    from communique.own_types.scheme import read_scheme
    from communique.own_types.train import train

    scheme = read_scheme(codebook)
    examples = read_examples(data, scheme)
    held_out = read_examples(test, scheme) if test else []
    check_folder(folder)
    n_events = sum(len(example.events) for example in examples)
    n_none = sum(not example.events for example in examples)
    typer.echo(
        f"{len(examples)} texts, {n_none} of them without an event; {n_events} events of {len(scheme.names())} types."
    )
    trained = train(scheme, codebook.read_bytes(), examples, hashlib.sha256(data.read_bytes()).hexdigest())
    write_own_model(trained.model, folder)
    typer.echo("".join(f"{line}\n" for line in _report(trained)), nl=False)
    for number, event in trained.missed[:3]:
        words = " … ".join(examples[number].text[start:end] for start, end in event.words)
        typer.echo(
            f"Not used: {words!r} ({event.event_type}), no event word where it stands: {examples[number].text[:70]!r}"
        )
    if len(trained.missed) > 3:
        typer.echo(f"Not used: {len(trained.missed) - 3} more such events.")
    if held_out:
        from communique.own_types.trial import try_heads, try_records

        tried = try_heads(trained.model, held_out)
        lines = _held_out(len(held_out), tried, try_records(trained.model, held_out))
        typer.echo("".join(f"{line}\n" for line in lines), nl=False)
    typer.echo(f"\nWritten to {folder}. Now: communique code ARTICLES --model {folder}")


def _report(trained: Trained) -> Iterator[str]:
    from communique.own_types.train import FOLDS

    yield ""
    yield f"Cross-validated on texts ({FOLDS} folds): event words, and pairs of actor and recipient"
    yield from _table(trained.scores["token"], trained.scores.get("pair", {}), "pairs")
    modes = {name.split("/", 1)[1]: found for name, found in trained.scores.items() if name.startswith("token/")}
    if modes:
        yield ""
        yield from _lines((name, found[name.rsplit("/", 1)[1]]) for name, found in modes.items())
    if trained.left_out:
        yield f"Too few examples, not trained: {', '.join(trained.left_out)}."


def _held_out(n_texts: int, tried: Mapping[str, Mapping[str, Score]], records: Records) -> Iterator[str]:
    yield ""
    yield f"On {n_texts} texts that were not trained on: event words, and pairs"
    yield from _table(tried.get("token", {}), tried.get("pair", {}), "pairs")
    yield ""
    yield "Records that `communique code` writes of them"
    yield from _table(records.by_type, {}, "")
    told = (("actors", records.actors), ("recipients", records.recipients), ("whether it happened", records.statuses))
    parts = ", ".join(f"{name} {right} of {n}" for name, (right, n) in told)
    yield f"{records.n_right} of {records.n_wanted} events found, {records.n_coded} coded. Of those found, right are: {parts}."


def _table(scores: Mapping[str, Score], pairs: Mapping[str, Score], second: str) -> Iterator[str]:
    """A line for each type, their mean, and none."""
    heading = f"{'':<{_WIDTH}}{'events':>7}  precision  recall    F1"
    yield heading + (f"{second:>10}    F1" if second else "")
    for name, found in scores.items():
        if name != "none":
            yield _line(name, found) + (_second(pairs[name]) if name in pairs else "         –" if second else "")
    mean = _mean(scores)
    yield f"{'mean':<{_WIDTH}}{'':>27}{mean:>6.2f}" + (f"{'':>10}{_mean(pairs):>6.2f}" if pairs else "")
    if "none" in scores:
        yield _line("no event", scores["none"]) + (_second(pairs["none"]) if "none" in pairs else "")


_WIDTH = 26


def _lines(scores: Iterable[tuple[str, Score]]) -> Iterator[str]:
    for name, found in scores:
        yield _line(name, found)


def _line(name: str, found: Score) -> str:
    return f"{name:<{_WIDTH}}{found.n:>7}{found.precision:>11.2f}{found.recall:>8.2f}{found.f1:>7.2f}"


def _second(found: Score) -> str:
    return f"{found.n:>10}{found.f1:>6.2f}"


def _mean(scores: Mapping[str, Score]) -> float:
    values = [found.f1 for name, found in scores.items() if name != "none"]
    return sum(values) / len(values) if values else 0.0
