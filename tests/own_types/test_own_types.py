"""Event types of a user's own: what a codebook and annotated texts may be, and that what is trained codes by them."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from communique import Article, Coder, Pair, event_record
from communique.cli.classify import label_record
from communique.codebook import Scheme
from communique.errors import CommuniqueError, InputError, OutputError, OwnModelError
from communique.own_types import OwnModel, load_own_model
from communique.own_types.examples import Example, read_examples
from communique.own_types.model import DESCRIPTION, write_own_model
from communique.own_types.regression import Problem, softmax
from communique.own_types.scheme import parse_scheme, read_scheme
from communique.own_types.train import Trained, train
from communique.store import Store
from tests.cli.stub import run

CODEBOOK = b"""\
name: schools
version: 2
types:
  - name: CLOSE_SCHOOL
    description: A school or university is closed by force or order.
    plover: COERCE
    needs_recipient: true
    modes: [fire, {name: order, description: By decree., score: -4}]
  - name: AGREE
    description: A clinic is opened. (Named like a PLOVER type on purpose.)
    quad: 2
    score: 6
"""
PLACES = (("Kenyan", "Nairobi"), ("Peruvian", "Lima"), ("Turkish", "Izmir"), ("Nigerian", "Kano"), ("Indian", "Patna"),
          ("Polish", "Lublin"), ("Chilean", "Arica"), ("Malian", "Mopti"), ("Iraqi", "Basra"), ("Nepalese", "Pokhara"),
          ("Greek", "Patras"), ("Ghanaian", "Tamale"), ("Dutch", "Breda"), ("Cuban", "Holguin"), ("Thai", "Phuket"), ("Omani", "Sur"))  # fmt: skip


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return parse_scheme(CODEBOOK, "schools.yml")


def lines() -> list[dict[str, object]]:
    found: list[dict[str, object]] = []
    for number, (people, city) in enumerate(PLACES):
        mode = "order" if number % 2 else "fire"
        verb = "shut" if number % 2 else "burned down"
        police = f"{people} soldiers"
        event = {"type": "CLOSE_SCHOOL", "words": verb, "actors": police, "recipients": "students", "modes": [mode]}
        found.append({"text": f"{police} {verb} a school of students in {city} on Monday.", "events": [event]})
        doctors = f"{people} doctors"
        event = {"type": "AGREE", "words": "opened", "actors": [doctors], "recipients": ["patients"]}
        found.append({"text": f"{doctors} opened a clinic for patients in {city}.", "events": [event]})
        found.append({"text": f"{people} ministers met farmers in {city} and drank tea.", "events": []})
    return found


def written(path: Path, rows: list[dict[str, object]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("data") / "my.jsonl", lines())


@pytest.fixture(scope="module")
def examples(data: Path, scheme: Scheme) -> list[Example]:
    return read_examples(data, scheme)


@pytest.fixture(scope="module")
def trained(scheme: Scheme, examples: list[Example], data: Path) -> Trained:
    return train(scheme, CODEBOOK, examples, hashlib.sha256(data.read_bytes()).hexdigest())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, trained: Trained) -> Path:
    path = tmp_path_factory.mktemp("model") / "schools"
    write_own_model(trained.model, path)
    return path


@pytest.fixture(scope="module")
def own(folder: Path) -> OwnModel:
    return load_own_model(folder)


def test_a_type_takes_quad_and_score_from_the_plover_type_that_it_is_a_kind_of(scheme: Scheme) -> None:
    assert (scheme.label, scheme.names()) == ("schools-2", ("CLOSE_SCHOOL", "AGREE"))
    assert (scheme.quad_code("CLOSE_SCHOOL"), scheme.needs_recipient("CLOSE_SCHOOL")) == (4, True)
    assert (scheme.quad_code("AGREE"), scheme.event_scale("AGREE"), scheme.needs_recipient("AGREE")) == (2, 6.0, False)
    assert scheme.event_scale("CLOSE_SCHOOL", ["order"]) == -4.0
    assert scheme.event_scale("CLOSE_SCHOOL", ["fire"]) == scheme.event_scale("CLOSE_SCHOOL") < 0
    with pytest.raises(CommuniqueError, match=r"'ASSAULT' is not in codebook schools-2"):
        scheme.quad_code("ASSAULT")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("plover: COERCE", "plover: COERSE", r"my.yml:6: found plover 'COERSE' \(did you mean 'COERCE'\?\), expected a PLOVER"),
        ("quad: 2", "quad: 5", "my.yml:11: found quad 5, expected 1, 2, 3 or 4"),
        ("score: 6", "score: 60", "my.yml:12: found score 60, expected a number from -10"),
        ("    quad: 2\n", "", "my.yml:9: found the type 'AGREE' without quad and score"),
        ("name: AGREE", "name: CLOSE_SCHOOL", "my.yml:9: found the type CLOSE_SCHOOL twice"),
        ("name: AGREE", "name: 'open it'", "my.yml:9: found the name 'open it', expected letters"),
        ("needs_recipient: true", "needs_recipients: true", r"the key 'needs_recipients' \(did you mean 'needs_recipient'\?\)"),
        ("needs_recipient: true", "needs_recipient: maybe", "my.yml:7: found needs_recipient 'maybe', expected true or false"),
        ("version: 2", "name: schools", "my.yml:2: found the key 'name' stands twice"),
        ("types:", "types: []\nothers:", "my.yml:3: found types \\[\\], expected a list"),
        ("name: schools", "name: [", "my.yml:[0-9]+: found .* expected a codebook in YAML"),
    ],
)  # fmt: skip
def test_a_codebook_that_is_wrong_is_refused_with_its_line(old: str, new: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_scheme(CODEBOOK.decode().replace(old, new).encode(), "my.yml")


GOOD = {
    "text": "Police shut a school in Lima. The school was shut.",
    "events": [{"type": "CLOSE_SCHOOL", "words": "shut"}],
}


@pytest.mark.parametrize(
    ("event", "message"),
    [
        ({"words": "closed"}, "event 1: words 'closed', which do not stand in the text, expected words exactly as in the text"),
        ({"words": "choo"}, "stand in the text only as a part of longer words"),
        ({"words": []}, "event 1: no words"),
        ({"type": "CLOSE_SCHOOLS"}, r"event 1: type 'CLOSE_SCHOOLS' \(did you mean 'CLOSE_SCHOOL'\?\)"),
        ({"actors": ["Soldiers"]}, "event 1: actors 'Soldiers', which do not stand in the text"),
        ({"actors": 7}, "event 1: actors 7, expected a string or a list of strings"),
        ({"modes": ["flood"]}, "event 1: mode 'flood', expected one of the modes of CLOSE_SCHOOL: fire, order"),
        ({"auxiliary_mode": "past"}, "event 1: auxiliary_mode 'past', expected one of PLOVER: "),
        ({"actor": ["Police"]}, r"event 1: the key 'actor' \(did you mean 'actors'\?\)"),
    ],
)  # fmt: skip
def test_an_annotation_that_is_wrong_is_refused_with_its_line(
    event: dict[str, object], message: str, tmp_path: Path, scheme: Scheme
) -> None:
    wrong = {"text": "Police shut the school.", "events": [{"type": "CLOSE_SCHOOL", "words": "shut"} | event]}
    path = written(tmp_path / "my.jsonl", [GOOD, wrong])
    with pytest.raises(InputError, match=message) as caught:
        read_examples(path, scheme)
    assert str(caught.value).startswith(f"{path}:2: found ")


def test_all_wrong_lines_are_told_at_once_and_a_text_stands_once(tmp_path: Path, scheme: Scheme) -> None:
    path = written(tmp_path / "my.jsonl", [GOOD, {"text": "Nothing."}, GOOD])
    with pytest.raises(InputError) as caught:
        read_examples(path, scheme)
    first, second = str(caught.value).splitlines()
    assert first == f"{path}:2: found no 'events' among the keys, expected a list of events, [] for a text without any"
    assert second == f"{path}:3: found the text of {path}:1 again, expected each text once"


def test_words_that_stand_twice_are_taken_in_order_and_parties_nearest_to_them(tmp_path: Path, scheme: Scheme) -> None:
    text = "Police shut a school, and police shut a shop; soldiers watched the school."
    shut = {"type": "CLOSE_SCHOOL", "words": "shut", "recipients": ["school"]}
    (example,) = read_examples(written(tmp_path / "my.jsonl", [{"text": text, "events": [shut, shut]}]), scheme)
    first, second = example.events
    assert (first.words, second.words) == (((7, 11),), ((33, 37),))
    assert first.recipients == ((14, 20),)


def test_too_few_examples_of_a_type_are_told_with_their_number(scheme: Scheme, examples: list[Example]) -> None:
    few = [example for number, example in enumerate(examples) if number % 3 != 1 or number < 9]
    with pytest.raises(InputError, match="AGREE: found 3 texts with such an event, expected at least 10"):
        train(scheme, CODEBOOK, few)


def test_the_command_tells_what_is_wrong_and_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "my.yml").write_bytes(CODEBOOK)
    data = written(
        tmp_path / "my.jsonl", [{"text": "Police shut a school.", "events": [{"type": "SHUT", "words": "shut"}]}]
    )
    result = run("train", "--codebook", tmp_path / "my.yml", "--data", data, "--to", tmp_path / "model")
    assert result.exit_code == 2
    assert (
        "my.jsonl:1: found event 1: type 'SHUT', expected one of codebook schools-2: CLOSE_SCHOOL, AGREE"
        in result.stderr
    )
    missing = run("train", "--codebook", tmp_path / "no.yml", "--data", data, "--to", tmp_path / "model")
    assert (missing.exit_code, "no.yml: cannot be read" in missing.stderr) == (2, True)
    assert not (tmp_path / "model").exists()


def test_the_regression_finds_what_separates_the_classes_and_says_so_with_measure() -> None:
    x = np.array([[number / 10.0, (number * 7 % 5) / 5] for number in range(-20, 21)])
    y = np.array([int(row[0] > 0) for row in x])
    weak, strong = (Problem(x, y, 2).solve(penalty).scores(x) for penalty in (100.0, 1.0))
    assert (strong.argmax(1) == y).mean() > 0.9
    assert softmax(weak).max() < softmax(strong).max()
    again = Problem(x, y, 2).solve(1.0).scores(x)
    assert (again == strong).all()


def test_the_command_writes_the_same_folder_from_the_same_files_and_tells_how_good_it_is(
    trained: Trained, folder: Path, data: Path, tmp_path: Path
) -> None:
    (tmp_path / "my.yml").write_bytes(CODEBOOK)
    more = written(tmp_path / "more.jsonl", [GOOD, {"text": "Police drank tea in Lima.", "events": []}])
    result = run("train", "--codebook", tmp_path / "my.yml", "--data", data, "--to", tmp_path / "again", "--test", more)
    assert result.exit_code == 0, result.output
    assert "48 texts, 16 of them without an event; 32 events of 2 types." in result.stdout
    for heading in (
        "Cross-validated on texts",
        "On 2 texts that were not trained on",
        "Records that `communique code`",
    ):
        assert heading in result.stdout
    for path in folder.iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes(), path.name
    assert load_own_model(folder).scheme == trained.model.scheme


def test_articles_are_coded_by_own_types_alone_with_what_the_codebook_says(own: OwnModel) -> None:
    coder = Coder(own_types=own)
    text = (
        "Kenyan soldiers shut a school of students in Kisumu on Tuesday. Germany and France signed a treaty in Paris."
    )
    events = coder.code(Article(text, date="2024-03-07"))  # type: ignore[arg-type]
    assert {event.coding.event_type for event in events} <= {entry.name for entry in own.scheme.event_types}
    event = events[0]
    record = event_record(event)
    assert (record["event"], record["mode"], record["quad_code"], record["event_scale"]) == (["CLOSE_SCHOOL"], ["order"], 4, -4.0)  # fmt: skip
    assert record["codebook"] == "schools-2"
    assert str(record["coder"]).endswith(f" own types {own.scheme.digest}")
    assert (record["date"], record["event_text"]) == ("2024-03-05", ["shut"])
    assert [entity.code for entity in event.actors] == ["KEN"]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("Kenyan doctors will open a clinic for patients in Kisumu.", ("future",)),
        ("Kenyan doctors refused to open a clinic for patients in Kisumu.", ("negation",)),
        ("Kenyan doctors opened a clinic for patients in Kisumu.", ()),
    ],
)
def test_what_plover_makes_of_announced_and_refused_acts_leaves_own_types_alone(
    text: str, status: tuple[str, ...], own: OwnModel
) -> None:
    (event,) = Coder(own_types=own).code(Article(text))
    assert (event.coding.event_type, event.coding.auxiliary_modes) == ("AGREE", status)


def test_the_page_code_here_codes_with_own_types_and_own_actors(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(tmp_path / "corpus.duckdb", create=True).close()
    (tmp_path / "mine.yml").write_text("- {name: Kisumu Guards, code: KEN, sector: UAF}\n", "utf-8")
    served: list[FastAPI] = []
    monkeypatch.setattr("uvicorn.run", lambda app, **_: served.append(app))
    result = run("serve", tmp_path / "corpus.duckdb", "--model", folder, "--actors", tmp_path / "mine.yml")
    assert result.exit_code == 0, result.output
    text = "Kisumu Guards shut a school of students in Kisumu."
    with TestClient(served[0], base_url="http://127.0.0.1:8765") as client:
        (event,) = client.post("/api/code", json={"text": text}).json()["events"]
    assert (event["event"], event["codebook"], event["actor"][0]["sector"]) == (["CLOSE_SCHOOL"], "schools-2", ["UAF"])


def test_serve_says_at_once_what_is_wrong_with_a_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Store.open(tmp_path / "corpus.duckdb", create=True).close()
    monkeypatch.setattr("uvicorn.run", lambda *_, **__: pytest.fail("it was served"))
    (tmp_path / "empty").mkdir()
    result = run("serve", tmp_path / "corpus.duckdb", "--model", tmp_path / "empty")
    assert result.exit_code != 0


def test_pairs_are_labelled_by_own_types_and_their_direction(own: OwnModel) -> None:
    text = "Kenyan soldiers shut a school of students in Kisumu."
    there, back = Pair("1", text, (0, 15), (33, 41)), Pair("2", text, (33, 41), (0, 15))
    first, second = map(label_record, Coder(own_types=own).classify([there, back]))
    assert (first["event"], first["mode"], first["quad_code"]) == (["CLOSE_SCHOOL"], ["order"], 4)
    assert (second["event"], second["quad_code"], second["event_scale"]) == ([], None, None)


def test_a_folder_of_another_model_is_refused_and_says_what_to_do(own: OwnModel, tmp_path: Path) -> None:
    other = replace(own, description=_based_on(own, "0" * 64))
    write_own_model(other, tmp_path / "old")
    with pytest.raises(OwnModelError, match=r"on the model 000000000000, expected .* Train it again: communique train"):
        load_own_model(tmp_path / "old")


def test_a_folder_that_is_no_model_is_neither_read_nor_overwritten(own: OwnModel, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("Dear …", encoding="utf-8")
    with pytest.raises(OutputError, match=r"holds other files \(letter.txt\)"):
        write_own_model(own, tmp_path)
    with pytest.raises(OwnModelError, match=f"found no {DESCRIPTION}, expected a folder written by `communique train`"):
        load_own_model(tmp_path)


@pytest.mark.parametrize("name", ["own_types.json", "weights.npz"])
def test_a_damaged_folder_is_told(name: str, own: OwnModel, tmp_path: Path) -> None:
    write_own_model(own, tmp_path / "model")
    (tmp_path / "model" / name).write_bytes(b"PK damaged")
    with pytest.raises(OwnModelError, match="damaged"):
        load_own_model(tmp_path / "model")


def test_the_worked_example_is_in_order() -> None:
    folder = Path(__file__).parents[2] / "docs" / "own_types"
    scheme = read_scheme(folder / "codebook.yml")
    known = read_examples(folder / "train.jsonl", scheme)
    held_out = read_examples(folder / "heldout.jsonl", scheme)
    assert len(scheme.names()) == 6
    assert {example.text for example in known}.isdisjoint(example.text for example in held_out)


def test_codebook_and_texts_of_the_documentation_are_in_order(tmp_path: Path) -> None:
    root = Path(__file__).parents[2]
    page = (root / "docs" / "own_types.md").read_text(encoding="utf-8")
    codebook, texts = (re.search(f"```{kind}\n(.*?)```", page, re.S) for kind in ("yaml", "json"))
    assert codebook and texts
    assert parse_scheme(codebook[1].encode(), "docs").names() == ("ATTACK_CAMPAIGN", "DESTROY_MATERIAL")
    (tmp_path / "my.jsonl").write_text(texts[1], encoding="utf-8")
    assert len(read_examples(tmp_path / "my.jsonl", read_scheme(root / "docs" / "own_types" / "codebook.yml"))) == 2


def _based_on(own: OwnModel, sha256: str) -> object:
    import msgspec

    return msgspec.structs.replace(own.description, base_sha256=sha256)
