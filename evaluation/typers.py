"""What model, lexicon and grammar are each worth: `python evaluation/typers.py [GOLD.yaml …]` scores them alone and together.

The trained model has a head that finds event words and one that finds their parties. Here they work alone, against the
lexicon with the dependency rules, and against the vote of both that is shipped.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from score import DEFAULT_GOLD, coded_by_package, figures_of

from communique import Coder
from communique.classify import LexiconTyper, ModelTyper, Typer, load_model
from communique.evaluate.gazetteer import locate
from communique.evaluate.gold import read_gold
from communique.evaluate.scores import count_document, scores
from communique.evaluate.vocabulary import vocabulary
from communique.lexicon import load_events
from communique.records import EventCandidate, Phrase, Reading


class _NoFrames(LexiconTyper):
    """A lexicon that knows no word."""

    def read(
        self, candidates: Sequence[EventCandidate], text: str = "", phrases: Sequence[Phrase] = ()
    ) -> list[Reading | None]:
        return [None for _ in candidates]


class _HeadsAlone(ModelTyper):
    """The model without votes of frames, and parties by its own head without those of grammar."""

    def _parties(
        self, view: object, actors: tuple[Phrase, ...], recipients: tuple[Phrase, ...], pool: Sequence[Phrase]
    ) -> tuple[tuple[Phrase, ...], tuple[Phrase, ...]]:
        return super()._parties(view, (), (), pool)  # type: ignore[arg-type]


def typers() -> dict[str, Typer]:
    """What is compared."""
    events, model = load_events(), load_model()
    return {
        "lexicon and grammar alone": LexiconTyper(events),
        "model's heads alone": _HeadsAlone(model, _NoFrames(events)),
        "heads for types, heads and grammar for parties": ModelTyper(model, _NoFrames(events)),
        "all three (shipped)": ModelTyper(model, LexiconTyper(events)),
    }


def main(arguments: Sequence[str]) -> None:
    """Print a table."""
    names = vocabulary()
    documents = [each for path in map(Path, arguments or DEFAULT_GOLD) for each in read_gold(path, names).documents]
    print(f"{'':<48} recall  precision    F1  must-not  actor sectors")
    for name, typer in typers().items():
        coded = coded_by_package(documents, Coder(typer=typer))
        counts = [count_document(each, coded[each.id], names.quads, locate=locate) for each in documents]
        found = figures_of(scores(counts, n_resamples=0))
        print(
            f"{name:<48} {found['recall']:>6.3f} {found['precision']:>10.3f} {found['f1']:>5.3f} {found['must_not']:>9.0f} {found['actor_sectors']:>14.3f}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
