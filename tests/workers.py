"""A coder for worker processes: what an article's text says is what happens to the worker that codes it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from communique.errors import ModelNotFound
from communique.records import Article, Rejection
from tests.cli.stub import Coded, arrest


class ObedientCoder:
    def code_documents(self, articles: Iterable[Article]) -> Iterator[Coded | Rejection]:
        for article in articles:
            order, _, rest = article.text.partition(" ")
            if order == "die":
                os.kill(os.getpid(), signal.SIGKILL)
            if order == "die-once" and not Path(rest).exists():
                Path(rest).touch()
                os.kill(os.getpid(), signal.SIGKILL)
            if order == "sleep":
                time.sleep(float(rest))
            yield Coded(article, (arrest(article),) if "arrested" in article.text else ())


def obedient() -> ObedientCoder:
    return ObedientCoder()


def without_model() -> ObedientCoder:
    raise ModelNotFound("spaCy model xx is not installed.")


def dead() -> ObedientCoder:
    os._exit(1)


def maker(model: str | None, **options: object) -> ObedientCoder:
    """Stands in for `communique.cli.coder.make_coder`, in a process of its own too."""
    return ObedientCoder()
