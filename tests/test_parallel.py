"""Worker processes: every article comes out once and in order, whatever happens to the workers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from communique.errors import ModelNotFound, WorkerError
from communique.parallel import BATCH_ARTICLES, ParallelCoder
from communique.records import Article, Rejection
from tests.cli.stub import TEXT
from tests.workers import dead, obedient, without_model


def articles(*texts: str) -> list[Article]:
    return [Article(text, id=f"a{number}") for number, text in enumerate(texts)]


def summary(results: object) -> list[tuple[str, str]]:
    """Each result as the article's id, and what became of it."""
    return [
        (str(result.id), result.found) if isinstance(result, Rejection) else (result.article.id, "coded")
        for result in results  # type: ignore[attr-defined]
    ]


@pytest.fixture(autouse=True)
def _nobody_is_left_behind() -> Iterator[None]:
    yield
    assert multiprocessing.active_children() == []


def test_articles_come_back_in_order_though_the_first_take_longest() -> None:
    given = articles(*["sleep 0.02"] * BATCH_ARTICLES, *[TEXT] * 5 * BATCH_ARTICLES)
    results = list(ParallelCoder(obedient, 2).code_documents(given))
    assert summary(results) == [(article.id, "coded") for article in given]
    assert results[-1].events[0].article == given[-1]  # type: ignore[union-attr]


def test_without_order_each_comes_with_its_number_as_soon_as_it_is_there() -> None:
    given = articles(*["sleep 0.05"] * BATCH_ARTICLES, *[TEXT] * BATCH_ARTICLES)
    results = list(ParallelCoder(obedient, 2).code_unordered(given))
    numbers = [number for number, _ in results]
    assert numbers != sorted(numbers) == list(range(len(given)))
    assert summary(result for _, result in results) == [(f"a{number}", "coded") for number in numbers]


def test_no_article_at_all_starts_no_worker() -> None:
    assert list(ParallelCoder(dead, 2).code_documents([])) == []


def test_a_worker_that_dies_is_replaced_and_its_articles_are_coded_again(tmp_path: Path) -> None:
    given = articles(*[TEXT] * 20, f"die-once {tmp_path / 'died'}", *[TEXT] * 20)
    assert summary(ParallelCoder(obedient, 2).code_documents(given)) == [(article.id, "coded") for article in given]


def test_an_article_that_keeps_killing_workers_is_rejected_and_no_other() -> None:
    results = summary(ParallelCoder(obedient, 2).code_documents(articles(TEXT, TEXT, "die", TEXT)))
    assert results == [
        ("a0", "coded"),
        ("a1", "coded"),
        ("a2", "an article with which workers died 3 times"),
        ("a3", "coded"),
    ]


def test_an_article_that_takes_too_long_is_rejected_and_no_other() -> None:
    coder = ParallelCoder(obedient, 2, limit_s=0.5)
    results = summary(coder.code_documents(articles(TEXT, "sleep 60", TEXT)))
    assert results == [("a0", "coded"), ("a1", "an article that was not coded in 0.5 s"), ("a2", "coded")]


def test_workers_killed_at_random_lose_nothing() -> None:
    given = articles(*["sleep 0.005"] * 200)
    results, kills = [], 0
    for result in ParallelCoder(obedient, 2).code_documents(given):
        results.append(result)
        if len(results) % 40 == 1 and (children := multiprocessing.active_children()):
            os.kill(children[kills % len(children)].pid or 0, signal.SIGKILL)
            kills += 1
    assert kills == 5
    assert summary(results) == [(article.id, "coded") for article in given]


def test_what_keeps_the_coder_from_loading_is_told_once() -> None:
    with pytest.raises(ModelNotFound, match="xx is not installed"):
        list(ParallelCoder(without_model, 2).code_documents(articles(TEXT)))


def test_workers_that_die_before_they_start_end_the_run() -> None:
    with pytest.raises(WorkerError, match="died before they had loaded"):
        list(ParallelCoder(dead, 2).code_documents(articles(TEXT)))


def test_no_more_is_read_than_the_workers_can_take() -> None:
    read = 0

    def endless() -> Iterator[Article]:
        nonlocal read
        while True:
            read += 1
            yield Article(TEXT, id=str(read))

    results = ParallelCoder(obedient, 2).code_documents(endless())
    for _ in range(3):
        next(results)
    time.sleep(0.3)
    assert read <= 6 * BATCH_ARTICLES
    results.close()  # type: ignore[attr-defined]


def test_when_it_is_to_stop_what_the_workers_have_is_finished() -> None:
    stop = False
    coder = ParallelCoder(obedient, 2, stopping=lambda: stop)
    given = articles(*["sleep 0.01"] * 20 * BATCH_ARTICLES)
    results = []
    for result in coder.code_documents(given):
        results.append(result)
        stop = True
    assert BATCH_ARTICLES <= len(results) <= 4 * BATCH_ARTICLES
    assert summary(results) == [(article.id, "coded") for article in given[: len(results)]]
