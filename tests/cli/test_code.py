"""`communique code`: what goes where, which exit code, and no part of an output is mistaken for the whole."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from communique.cli.output import StandardOutput
from tests.cli.stub import TEXT as ARREST
from tests.cli.stub import run

CALM = "Ministers met in Lima."


def written(folder: Path, *texts: str, name: str = "in.jsonl") -> Path:
    path = folder / name
    lines = (json.dumps({"id": f"a{number}", "text": text}) for number, text in enumerate(texts, 1))
    path.write_text("".join(f"{line}\n" for line in lines))
    return path


def records_in(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_pipe_gets_one_record_a_line_and_nothing_else(tmp_path: Path) -> None:
    result = run("code", written(tmp_path, ARREST, CALM, ARREST))
    assert result.exit_code == 0
    assert [record["document_id"] for record in records_in(result.stdout)] == ["a1", "a3"]
    assert result.stderr == ""


def test_a_file_gets_the_records_and_no_reject_list_if_nothing_was_rejected(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = run("code", written(tmp_path, ARREST), "-o", out)
    assert (result.exit_code, result.stdout) == (0, "")
    assert records_in(out.read_text())[0]["event"] == ["COERCE"]
    assert names_in(tmp_path) == ["in.jsonl", "out.jsonl"]


def test_rejects_are_written_beside_the_output_with_place_and_reason(tmp_path: Path) -> None:
    path = written(tmp_path, ARREST, "", ARREST)
    result = run("code", path, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 3
    assert len(records_in((tmp_path / "out.jsonl").read_text())) == 2
    assert records_in((tmp_path / "out.jsonl.rejects.jsonl").read_text()) == [
        {"where": f"{path}:2", "id": "a2", "found": "an empty text", "expected": "an article"}
    ]
    assert "rejected: 1" in result.stderr and "out.jsonl.rejects.jsonl" in result.stderr


def test_without_a_file_rejects_go_to_standard_error_and_are_counted(tmp_path: Path) -> None:
    result = run("code", written(tmp_path, ARREST, ""), tmp_path / "missing.txt")
    assert result.exit_code == 3
    assert len(records_in(result.stdout)) == 1
    assert "in.jsonl:2 (id 'a2'): found an empty text, expected an article" in result.stderr
    assert "missing.txt: found nothing of that name" in result.stderr
    assert "rejected: 2" in result.stderr


def test_an_article_over_the_coder_s_limit_is_rejected_with_its_line(tmp_path: Path) -> None:
    result = run("code", written(tmp_path, CALM, ARREST * 100, ARREST))
    assert result.exit_code == 3
    assert "in.jsonl:2" in result.stderr and "a long text" in result.stderr
    assert [record["document_id"] for record in records_in(result.stdout)] == ["a3"]


def test_nothing_coded_is_exit_2_and_leaves_an_earlier_output_as_it_was(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text("earlier")
    result = run("code", tmp_path / "missing.txt", "-o", out)
    assert result.exit_code == 2
    assert out.read_text() == "earlier"
    assert "was not written" in result.stderr


def test_a_reject_list_of_an_earlier_run_does_not_outlive_it(tmp_path: Path) -> None:
    stale = tmp_path / "out.jsonl.rejects.jsonl"
    stale.write_text("{}")
    assert run("code", written(tmp_path, ARREST), "-o", tmp_path / "out.jsonl").exit_code == 0
    assert not stale.exists()


@pytest.mark.parametrize(("text", "code", "message"), [("Ctrl-C", 130, "interrupted"), ("failure", 2, "coder failed")])
def test_a_run_that_breaks_off_leaves_no_output_but_what_it_did(
    tmp_path: Path, text: str, code: int, message: str
) -> None:
    result = run("code", written(tmp_path, ARREST, "", text), "-o", tmp_path / "out.jsonl")
    assert result.exit_code == code
    assert message in result.stderr and "out.jsonl.part: the same command with --resume goes on" in result.stderr
    assert names_in(tmp_path) == ["in.jsonl", "out.jsonl.part", "out.jsonl.part.journal"]


def test_a_run_that_breaks_off_before_it_did_anything_leaves_no_file(tmp_path: Path) -> None:
    assert run("code", written(tmp_path, "Ctrl-C"), "-o", tmp_path / "out.jsonl").exit_code == 130
    assert names_in(tmp_path) == ["in.jsonl"]


def test_a_full_disk_leaves_no_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    result = run("code", written(tmp_path, ARREST), "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 2
    assert "out.jsonl: No space left on device" in result.stderr
    assert names_in(tmp_path) == ["in.jsonl"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has it")
def test_a_full_device_says_so(tmp_path: Path) -> None:
    result = run("code", written(tmp_path, ARREST), "-o", "/dev/full")
    assert result.exit_code == 2 and "No space left on device" in result.stderr


def test_a_folder_that_may_not_be_written_is_told_before_anything_is_coded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, open_file = written(tmp_path, "Ctrl-C"), os.open

    def opened(path: Path, flags: int, *rest: Any) -> Any:
        if flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        return open_file(path, flags, *rest)

    monkeypatch.setattr(os, "open", opened)
    result = run("code", path, "-o", tmp_path / "out.jsonl")
    assert result.exit_code == 2 and "Permission denied" in result.stderr


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    result = run("code", written(tmp_path, ARREST), "-o", tmp_path / "nowhere" / "out.jsonl")
    assert result.exit_code == 2 and "No such file or directory" in result.stderr


def test_a_reader_that_goes_away_ends_the_run_quietly(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(self: StandardOutput, data: bytes) -> None:
        raise BrokenPipeError

    monkeypatch.setattr(StandardOutput, "write", gone)
    result = run("code", written(tmp_path, ARREST))
    assert (result.exit_code, result.stderr) == (141, "")


@pytest.mark.parametrize("output", ["in.jsonl", "./in.jsonl"])
def test_an_output_that_is_an_input_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, output: str) -> None:
    path = written(tmp_path, ARREST)
    monkeypatch.chdir(tmp_path)
    before = path.read_text()
    result = run("code", path, "-o", output)
    assert result.exit_code == 2 and "would be overwritten" in result.stderr
    assert path.read_text() == before


def test_an_output_in_the_input_folder_is_not_read_the_next_time(tmp_path: Path) -> None:
    written(tmp_path, ARREST, "")
    for _ in range(2):
        assert run("code", tmp_path, "-o", tmp_path / "out.jsonl").exit_code == 3
    assert len(records_in((tmp_path / "out.jsonl.rejects.jsonl").read_text())) == 1


def test_an_output_behind_a_link_stays_behind_it(tmp_path: Path) -> None:
    (tmp_path / "link.jsonl").symlink_to(tmp_path / "real.jsonl")
    run("code", written(tmp_path, ARREST), "-o", tmp_path / "link.jsonl")
    assert (tmp_path / "link.jsonl").is_symlink() and records_in((tmp_path / "real.jsonl").read_text())


def test_a_file_name_that_is_no_text_does_not_break_the_list_of_rejects(tmp_path: Path) -> None:
    (tmp_path / os.fsdecode(b"\xff.txt")).write_bytes(b"")
    assert run("code", tmp_path, "-o", tmp_path.parent / "odd.jsonl").exit_code == 2
    (reject,) = records_in((tmp_path.parent / "odd.jsonl.rejects.jsonl").read_text())
    assert reject["where"].endswith("\\udcff.txt")


def test_a_table_shows_who_did_what_to_whom_when_with_the_sentence(tmp_path: Path) -> None:
    result = run("code", written(tmp_path, ARREST, CALM), "--format", "table", "--date", "2024-03-07")
    assert result.exit_code == 0
    for shown in (
        "KEN COP Kenyan police",
        "COERCE arrest",
        "future",
        "KEN CVL protesters = students",
        "Nairobi, KEN",
        "2024-03-07",
        "no event",
    ):
        assert shown in result.stdout
    assert "Kenyan police [arrested] ten protesters in Nairobi." in result.stdout


def test_an_article_cannot_steer_the_terminal(tmp_path: Path) -> None:
    result = run("code", written(tmp_path, ARREST.replace("ten", "\x1b[2J ten\x07 [red]")), "--format", "table")
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout and "\x07" not in result.stdout
    assert "[red] protesters" in result.stdout


def test_the_text_is_written_only_if_asked_for(tmp_path: Path) -> None:
    path = written(tmp_path, ARREST)
    assert "text" not in records_in(run("code", path).stdout)[0]
    assert records_in(run("code", path, "--with-text").stdout)[0]["text"] == ARREST


def test_an_article_without_a_day_takes_the_given_one_and_never_today(tmp_path: Path) -> None:
    path = written(tmp_path, ARREST)
    assert records_in(run("code", path).stdout)[0]["date"] is None
    assert records_in(run("code", path, "--date", "2024-03-07").stdout)[0]["date"] == "2024-03-07"


@pytest.mark.parametrize("given", ["12/03/24", "2024-02-30", "yesterday"])
def test_a_wrong_day_is_told_with_what_was_expected(tmp_path: Path, given: str) -> None:
    result = run("code", written(tmp_path, ARREST), "--date", given)
    assert result.exit_code == 2
    assert given in result.stderr and "ISO 8601 such as '2024-03-12'" in result.stderr


def test_standard_input_is_coded() -> None:
    result = run("code", "-", stdin=ARREST)
    assert result.exit_code == 0 and records_in(result.stdout)[0]["event"] == ["COERCE"]


def test_ten_thousand_articles_in_one_file_are_coded_in_order(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    assert run("code", written(tmp_path, *[ARREST] * 10_000), "-o", out).exit_code == 0
    assert [record["document_id"] for record in records_in(out.read_text())] == [f"a{n}" for n in range(1, 10_001)]


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("communique.export.plover_jsonl.coded_on", lambda: date(2024, 3, 7))
    path = written(tmp_path, ARREST, CALM, ARREST)
    assert run("code", path).stdout_bytes == run("code", path).stdout_bytes


def test_help_is_there_at_once_without_loading_a_parser() -> None:
    program = (
        "import sys; from communique.cli import app\n"
        "try: app(['code', '--help'])\n"
        "except SystemExit: print(sorted({'spacy', 'numpy', 'lxml'} & set(sys.modules)))"
    )
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert "Examples:" in shown and shown.endswith("[]\n")
