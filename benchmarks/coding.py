"""What coding costs: `python benchmarks/coding.py [--articles 1000] [--lexicon] [--mixed]` prints speed, memory and start-up time on one core.

Articles of about 300 words are put together from the paragraphs of `examples/`, a different mix each; with `--mixed` two thirds
are without any political event, put together from the held-out texts of `training/data/screen/`. Times are given
as ratios to a bare pass of the whole spaCy pipeline (the coder leaves out its names) over the same texts in the same run, since machines differ.
"""

from __future__ import annotations

import argparse
import os

for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

import platform
import random
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import spacy

from communique import Article, Coder
from communique.classify import LexiconTyper
from communique.lexicon import load_events
from communique.parse.spacy_parser import DEFAULT_MODELS

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = ROOT / "examples"
WORDS = 300
CHUNKS = 4
_START_UP = "from communique import Coder; Coder()"


def paragraphs() -> list[str]:
    """All paragraphs of the sample articles, without their date lines."""
    texts = [path.read_text(encoding="utf-8") for path in sorted(EXAMPLES.glob("*.txt"))]
    return [part.strip() for text in texts for part in text.split("\n\n")[1:] if part.strip()]


def make_articles(n_articles: int) -> list[Article]:
    """Articles of about `WORDS` words, each a different mix of paragraphs; the same at every run."""
    chooser = random.Random(20240305)
    parts = paragraphs()
    articles = []
    for number in range(n_articles):
        text: list[str] = []
        while sum(len(part.split()) for part in text) < WORDS:
            text.append(chooser.choice(parts))
        published = date(2023, 1, 1) + timedelta(days=number % 365)
        articles.append(Article("\n\n".join(text), id=f"bench-{number}", date=published))
    return articles


def mix_articles(political: Sequence[Article]) -> list[Article]:
    """Each third article is a political one, the others are held-out texts of other fields."""
    sys.path.insert(0, str(ROOT))
    from evaluation.screen import non_political_articles

    others = iter(non_political_articles(len(political), WORDS))
    return [
        article if number % 3 == 0 else Article(next(others), id=article.id, date=article.date)
        for number, article in enumerate(political)
    ]


def peak_mib() -> float:
    """The most memory this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def start_up_s() -> float:
    """Seconds from starting Python to a coder that is ready; the best of three."""
    times = []
    for _ in range(3):
        started = time.perf_counter()
        subprocess.run([sys.executable, "-c", _START_UP], check=True)
        times.append(time.perf_counter() - started)
    return min(times)


def time_chunks(coder: Coder, articles: Sequence[Article], *, bare_first: bool) -> tuple[float, float, int]:
    """Processor seconds for a bare parse and for coding of the same articles, and how many events there were."""
    seconds = {"bare": 0.0, "coded": 0.0}
    n_events = 0
    nlp = spacy.load(next(filter(spacy.util.is_package, DEFAULT_MODELS)))
    for task in ("bare", "coded") if bare_first else ("coded", "bare"):
        started = time.process_time()
        if task == "bare":
            for first in range(0, len(articles), 32):
                with nlp.memory_zone():
                    for _ in nlp.pipe((article.text for article in articles[first : first + 32]), batch_size=16):
                        pass
        else:
            n_events = sum(1 for _ in coder.code_many(articles))
        seconds[task] = time.process_time() - started
    return seconds["bare"], seconds["coded"], n_events


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description="Speed, memory and start-up time of coding on one core.")
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--lexicon", action="store_true", help="type by the lexicon alone, without the trained model")
    parser.add_argument("--mixed", action="store_true", help="two thirds of the articles report no political event")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    print(f"machine: {platform.processor() or platform.machine()}, Python {platform.python_version()}, one core")
    print(f"start-up: {start_up_s():.2f} s")
    articles = make_articles(options.articles)
    if options.mixed:
        articles = mix_articles(articles)
    n_words = sum(len(article.text.split()) for article in articles)
    coder = Coder(typer=LexiconTyper(load_events()) if options.lexicon else None)
    print(f"typing by {'the lexicon alone' if options.lexicon else 'model and lexicon'}")
    print(f"articles: {len(articles)}, {n_words / len(articles):.0f} words each")
    bare_s = coded_s = 0.0
    n_events = 0
    size = max(1, len(articles) // CHUNKS)
    for number, first in enumerate(range(0, len(articles), size)):  # in turns, so that both meet the same noise
        bare, coded, found = time_chunks(coder, articles[first : first + size], bare_first=number % 2 == 0)
        bare_s, coded_s, n_events = bare_s + bare, coded_s + coded, n_events + found
        print(f"  after {min(first + size, len(articles)):>5} articles: peak memory {peak_mib():.0f} MiB")
    print(f"coded: {len(articles) / coded_s:.1f} articles a processor second, {n_events} events")
    print(f"bare spaCy pass: {len(articles) / bare_s:.1f} articles a processor second")
    print(f"ratio of times, coding to bare pass: {coded_s / bare_s:.2f}")


if __name__ == "__main__":
    main()
