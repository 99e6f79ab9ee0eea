"""`communique code --resume` and `--workers`: however a run ends, the next one goes on and the rows are those of one run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from communique.cli import coder
from communique.cli.kept import KeptFile, digest_of
from communique.records import Article, Rejection
from tests.cli.stub import TEXT, Coded, StubCoder, run
from tests.workers import maker

N_ARTICLES = 200
_RUN = """
import sys
from communique.cli import app, coder, kept
from tests.workers import maker
coder.make_coder = maker
kept._FLUSH_S = 0.1
app(sys.argv[1:])
"""


@pytest.fixture(autouse=True)
def _one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1709769600")


def written(folder: Path, *texts: str, name: str = "in.jsonl") -> Path:
    path = folder / name
    lines = (json.dumps({"id": f"a{number}", "text": text}) for number, text in enumerate(texts, 1))
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def mixed(n_articles: int) -> list[str]:
    """Texts with and without an event, and some that are rejected."""
    return [("", "Nothing.", TEXT, TEXT)[number % 4] for number in range(n_articles)]


def outcome(folder: Path, name: str) -> tuple[str, str]:
    """Output and rejects of a run."""
    return (folder / name).read_text(), (folder / f"{name}.rejects.jsonl").read_text()


def breaking_after(n_articles: int) -> Callable[..., StubCoder]:
    """Make a coder that is interrupted after so many articles."""

    class Breaking(StubCoder):
        def code_documents(self, articles: Iterable[Article]) -> Iterator[Coded | Rejection]:
            for number, result in enumerate(super().code_documents(articles)):
                if number == n_articles:
                    raise KeyboardInterrupt
                yield result

    return lambda model, **options: Breaking()


@pytest.mark.parametrize("n_first", [1, 7, 149])
def test_a_stopped_run_goes_on_and_ends_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, n_first: int
) -> None:
    path = written(tmp_path, *mixed(N_ARTICLES))
    whole = run("code", path, "-o", tmp_path / "whole.jsonl")
    monkeypatch.setattr(coder, "make_coder", breaking_after(n_first))
    assert run("code", path, "-o", tmp_path / "out.jsonl").exit_code == 130
    monkeypatch.undo()
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1709769600")
    monkeypatch.setattr(coder, "make_coder", lambda model, **options: StubCoder())
    resumed = run("code", path, "-o", tmp_path / "out.jsonl", "--resume")
    assert resumed.exit_code == whole.exit_code == 3
    assert outcome(tmp_path, "out.jsonl") == outcome(tmp_path, "whole.jsonl")
    assert resumed.stderr.splitlines()[-1] == whole.stderr.splitlines()[-1].replace("whole", "out")
    assert not (tmp_path / "out.jsonl.part").exists() and not (tmp_path / "out.jsonl.part.journal").exists()


@pytest.mark.parametrize("cut", range(0, 400, 37))
def test_whatever_is_cut_off_the_journal_and_behind_it_nothing_is_lost_or_doubled(tmp_path: Path, cut: int) -> None:
    path = written(tmp_path, *mixed(12))
    run("code", path, "-o", tmp_path / "whole.jsonl")
    run("code", written(tmp_path, *mixed(12), "Ctrl-C"), "-o", tmp_path / "out.jsonl")
    journal = tmp_path / "out.jsonl.part.journal"
    written(tmp_path, *mixed(12))
    with journal.open("r+b") as stream:
        stream.truncate(max(0, journal.stat().st_size - cut))
    with (tmp_path / "out.jsonl.part").open("ab") as stream:
        stream.write(b'{"half a rec')
    run("code", path, "-o", tmp_path / "out.jsonl", "--resume")
    assert outcome(tmp_path, "out.jsonl") == outcome(tmp_path, "whole.jsonl")


def test_a_part_shorter_than_the_journal_says_is_done_again_from_there(tmp_path: Path) -> None:
    path = written(tmp_path, *mixed(12))
    run("code", path, "-o", tmp_path / "whole.jsonl")
    run("code", written(tmp_path, *mixed(12), "Ctrl-C"), "-o", tmp_path / "out.jsonl")
    written(tmp_path, *mixed(12))
    os.truncate(tmp_path / "out.jsonl.part", (tmp_path / "out.jsonl.part").stat().st_size // 2)
    run("code", path, "-o", tmp_path / "out.jsonl", "--resume")
    assert outcome(tmp_path, "out.jsonl") == outcome(tmp_path, "whole.jsonl")


def test_what_a_stopped_run_left_is_not_overwritten_by_accident(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT, "Ctrl-C")
    run("code", path, "-o", tmp_path / "out.jsonl")
    left = (tmp_path / "out.jsonl.part").read_bytes()
    again = run("code", path, "-o", tmp_path / "out.jsonl")
    assert again.exit_code == 2 and "add --resume to go on with it, or remove it" in again.stderr
    assert (tmp_path / "out.jsonl.part").read_bytes() == left != b""


def test_other_options_cannot_go_on(tmp_path: Path) -> None:
    run("code", written(tmp_path, TEXT, "Ctrl-C"), "-o", tmp_path / "out.jsonl")
    result = run("code", tmp_path / "in.jsonl", "-o", tmp_path / "out.jsonl", "--resume", "--with-text")
    assert result.exit_code == 2 and "was made with with_text False, this run has True" in result.stderr


def test_other_inputs_cannot_go_on(tmp_path: Path) -> None:
    run("code", written(tmp_path, TEXT, "Ctrl-C"), "-o", tmp_path / "out.jsonl")
    result = run("code", written(tmp_path, "Other.", TEXT), "-o", tmp_path / "out.jsonl", "--resume")
    assert result.exit_code == 2 and "in.jsonl:1: not what it was when" in result.stderr
    assert (tmp_path / "out.jsonl.part").exists()


def test_with_nothing_to_resume_a_run_begins(tmp_path: Path) -> None:
    assert run("code", written(tmp_path, TEXT), "-o", tmp_path / "out.jsonl", "--resume").exit_code == 0
    assert (tmp_path / "out.jsonl").exists()


def test_resuming_needs_a_file(tmp_path: Path) -> None:
    result = run("code", written(tmp_path, TEXT), "--resume")
    assert result.exit_code == 2 and "which -o names" in result.stderr


def test_two_runs_do_not_write_one_output(tmp_path: Path) -> None:
    first = KeptFile(tmp_path / "out.jsonl", {}, resume=False)
    result = run("code", written(tmp_path, TEXT), "-o", tmp_path / "out.jsonl", "--resume")
    first.discard()
    assert result.exit_code == 2 and "another run is writing it" in result.stderr


def test_an_item_is_known_by_all_that_it_says() -> None:
    items: list[Any] = [
        Article("a", id="1"), Article("b", id="1"), Article("a", id="2"), Article("\ud800", id="1"),
        Rejection("a", "b", "c"), Rejection("a", "b", "c", "1"),
    ]  # fmt: skip
    assert len({digest_of(item) for item in items}) == len(items)


@pytest.mark.parametrize("options", [["--workers", "1"], ["--workers", "2"], ["--workers", "2", "--unordered"]])
def test_workers_give_the_bytes_of_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    monkeypatch.setattr(coder, "make_coder", maker)
    path = written(tmp_path, *mixed(N_ARTICLES))
    run("code", path, "-o", tmp_path / "whole.jsonl")
    result = run("code", path, "-o", tmp_path / "out.jsonl", *options)
    assert result.exit_code == 3
    mine, theirs = outcome(tmp_path, "out.jsonl"), outcome(tmp_path, "whole.jsonl")
    if "--unordered" in options:
        assert [sorted(text.splitlines()) for text in mine] == [sorted(text.splitlines()) for text in theirs]
    else:
        assert mine == theirs


def started(path: Path, out: Path, *options: str) -> subprocess.Popen[str]:
    """A run in a process of its own."""
    arguments = [sys.executable, "-c", _RUN, "code", str(path), "-o", str(out), *options]
    where = os.pathsep.join(sys.path)
    return subprocess.Popen(
        arguments, stderr=subprocess.PIPE, text=True, start_new_session=True, env={**os.environ, "PYTHONPATH": where}
    )


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize(
    ("sent", "code", "options"),
    [
        (signal.SIGINT, 130, ("--workers", "2")),
        (signal.SIGTERM, 143, ("--workers", "2", "--unordered")),
        (signal.SIGTERM, 143, ()),
        (signal.SIGKILL, -9, ("--workers", "2")),
    ],
)
def test_a_run_that_gets_a_signal_goes_on_where_it_stopped(
    tmp_path: Path, sent: signal.Signals, code: int, options: tuple[str, ...]
) -> None:
    texts = [*["sleep 0.02"] * 150, *mixed(50)]
    path, out = written(tmp_path, *texts), tmp_path / "out.jsonl"
    process = started(path, out, *options)
    part = tmp_path / "out.jsonl.part.journal"
    wait_for(lambda: part.exists() and part.read_bytes().count(b"\n") > 20)
    os.killpg(process.pid, sent)  # as a terminal does: to all of the group
    _, said = process.communicate(timeout=60)
    assert process.returncode == code, said
    assert "Traceback" not in said
    assert not out.exists()
    if sent != signal.SIGKILL:
        assert "the same command with --resume goes on" in said
    n_kept = part.read_bytes().count(b"\n") - 1
    assert 0 < n_kept < len(texts)
    process = started(path, out, *options, "--resume")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3, said
    rows = [json.loads(line)["id"] for line in out.read_text().splitlines()]
    expected = [f"a{number}#1" for number, text in enumerate(texts, 1) if text == TEXT]
    assert (sorted(rows) == sorted(expected)) if "--unordered" in options else (rows == expected)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_a_full_disk_keeps_what_is_on_it(tmp_path: Path) -> None:
    texts = mixed(4 * N_ARTICLES)
    path, out = written(tmp_path, *texts), tmp_path / "out.jsonl"
    limited = _RUN.replace(
        "import sys", "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (50_000, -1))"
    )
    arguments = [sys.executable, "-c", limited, "code", str(path), "-o", str(out)]
    where = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    first = subprocess.run(arguments, capture_output=True, text=True, env=where, check=False)
    assert first.returncode == 2 and "File too large" in first.stderr
    process = started(path, out, "--resume")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 3, said
    rows = [json.loads(line)["id"] for line in out.read_text().splitlines()]
    assert rows == [f"a{number}#1" for number, text in enumerate(texts, 1) if text == TEXT]


def test_workers_fill_a_store_and_a_stopped_run_goes_on(tmp_path: Path) -> None:
    texts = ["sleep 0.02"] * 60 + [TEXT] * 60
    path, store = written(tmp_path, *texts), tmp_path / "corpus.duckdb"
    arguments = [sys.executable, "-c", _RUN, "code", str(path), "--store", str(store), "--workers", "2"]
    where = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, env=where)
    wait_for(store.exists)
    time.sleep(0.7)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 143 and "the same command goes on" in said
    again = subprocess.run(arguments, capture_output=True, text=True, env=where, check=False)
    assert again.returncode == 0, again.stderr
    counted = run("query", store, "SELECT count(*) AS n, count(DISTINCT id) AS ids FROM events", "--format", "jsonl")
    assert json.loads(counted.stdout) == {"n": 60, "ids": 60}
