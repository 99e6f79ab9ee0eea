"""Annotated texts as the model's examples: pairs of entities, and sentences with their event words and arguments."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from training.parse import head_of, parse_texts

DATA = Path(__file__).parent / "data"
TYPES = [
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
]
TYPE_LABELS = ["NONE", *TYPES]
AUX = ["none", "future", "hypothetical", "historical", "negation"]
MODES = {
    "CONSULT": "visit third-party multilateral phone",
    "RETREAT": "withdraw release disarm ceasefire access resign",
    "REQUEST": "assist change yield meet",
    "REJECT": "assist change yield meet",
    "ACCUSE": "disapprove investigate allege",
    "THREATEN": "restrict arrest relations expel territory violence",
    "PROTEST": "demo riot strike hunger boycott obstruct vandalize",
    "SANCTION": "convict expel withdraw discontinue",
    "MOBILIZE": "troops weapons police militia",
    "COERCE": "seize restrict censor curfew martial-law arrest deport withhold misinformation cyber",
    "ASSAULT": "abduct beat torture sexual targeted destroy primitive firearms explosives suicide-attack aerial drone heavy-weapons crowd-control unconventional",
}
# The same word is another mode with another type ("yield" of REQUEST and of REJECT), so a label is type/mode.
MODE_LABELS = [f"{y}/{m}" for y in TYPES for m in MODES.get(y, "").split()]
CONTEXTS = "military intelligence executive legislative election political_institutions pro_democracy pro_autocracy economic legal reparations human_rights rights_freedoms repression human_security gender lgbt religion_ethnicity inequality diplomatic territory peacekeeping health asylum migration disasters natural_resource environment technology terrorism cbrn cyber misinformation crime corruption illegal_drugs trafficking".split()
ROLES = ["actor", "recipient", "place", "date", "attribution"]

# Verbs that say little by themselves: the noun beside them is an event word too ("held talks", "imposed sanctions").
LIGHT = set(
    "hold impose launch carry make take give stage open conduct issue reach begin start pay offer express lodge file deliver provide mount commit lead join place put bring have be do get use enter sign conclude pursue wage perform announce declare order send receive undergo face see plan convene host seek mediate attend voice level press slap".split()
)


@dataclass
class Trigger:
    """An event in a text: its words, what they mean, and who and what belongs to them."""

    words: list[tuple[int, int]]  # event words that carry the label
    ignore: list[tuple[int, int]]  # further words of the event that carry none, and are not held against the model
    event_type: str
    auxiliary: str
    modes: list[str]
    contexts: list[str]
    arguments: list[tuple[int, tuple[int, int], tuple[int, int]]]  # role, head word, whole phrase


@dataclass
class Sentence:
    text: str
    triggers: list[Trigger]
    people: list[list[int]]
    parts: list[list[int]] = field(default_factory=list)
    kind: str = "agency"


@dataclass
class Pair:
    """Two entities of a text and what the first did to the second."""

    text: str
    actor: tuple[int, int]
    recipient: tuple[int, int]
    event_types: list[str]  # empty: none
    auxiliary: str | None  # None where the data do not say
    modes: list[str] | None
    contexts: list[str] | None
    people: list[list[int]]
    origin: str = "text"


def part_of(text: str) -> str:
    """train, validation or test, by the text alone: a text that is added moves no other.

    Rows that differ in a few words carry the name of their group (`g`), which stands for their text here.
    """
    key = re.sub(r"\W+", " ", text).strip().lower()
    number = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) % 10
    return {0: "test", 1: "validation"}.get(number, "train")


def find(text: str, words: str) -> tuple[int, int] | None:
    """Offsets of `words`, which may end in #n for their nth occurrence."""
    m = re.fullmatch(r"(.*?)(?:#(\d))?", words, re.S)
    assert m
    hits = [h.start() for h in re.finditer(r"(?<!\w)" + re.escape(m[1]) + r"(?!\w)", text)]
    n = int(m[2] or 1)
    return (hits[n - 1], hits[n - 1] + len(m[1])) if len(hits) >= n else None


def read_rows(folder: Path = DATA) -> list[dict[str, Any]]:
    """Every annotated text of the data folder, once, in the order of file names."""
    rows, seen = [], set()
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                try:
                    row = json.loads(line)
                except ValueError:
                    print(f"{path.name}:{number}: not JSON (still being written?), left out")
                    continue
                key = re.sub(r"\W+", " ", row["t"]).lower()
                if key not in seen:
                    seen.add(key)
                    rows.append({**row, "file": path.stem})
    return rows


def read_pair_rows(folder: Path = DATA / "pairs") -> list[dict[str, Any]]:
    rows = []
    for path in sorted(folder.glob("*.jsonl")):
        with path.open(encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines if line.strip()]
    return rows


def _strip_article(text: str, span: tuple[int, int]) -> tuple[int, int]:
    m = re.match(r"(?:the|a|an) (?=\S)(?!(?:Hague|Gambia|Bahamas|Sun|Times)\b)", text[span[0] : span[1]], re.I)
    return (span[0] + m.end(), span[1]) if m else span


def _trigger(row: dict[str, Any], event: dict[str, Any], parse: dict[str, Any]) -> Trigger | None:
    text, tokens = row["t"], parse["tokens"]
    span = find(text, event["w"])
    if span is None:
        return None
    head = head_of(parse, *span)
    if head < 0:
        return None
    words, ignore = [(tokens[head][0], tokens[head][1])], []
    light = tokens[head][5] in LIGHT and not any(t[2] == head and t[4] == "prt" for t in tokens)
    for i, (start, end, above, part, relation, _) in enumerate(tokens):
        if start < span[1] and end > span[0] and i != head and above == head:
            if light and relation in ("dobj", "attr", "nsubjpass", "oprd") and part in ("NOUN", "VERB", "PROPN"):
                words.append((start, end))
            elif relation in ("prt", "compound", "conj", "acomp", "oprd", "amod"):
                ignore.append((start, end))
    arguments = []
    named = [(0, e[0]) for e in event.get("a", [])] + [(1, e[0]) for e in event.get("r", [])]
    named += [(role, event[key]) for role, key in ((2, "p"), (3, "d"), (4, "b")) if event.get(key)]
    for role, phrase in named:
        where = find(text, phrase)
        if where is None:
            continue
        where = _strip_article(text, where)
        top = head_of(parse, *where)
        if top >= 0:
            arguments.append((role, (tokens[top][0], tokens[top][1]), where))
    heads = {a[1] for a in arguments}
    words = [w for k, w in enumerate(words) if k == 0 or w not in heads]
    modes = [f"{event['y']}/{m}" for m in event.get("m", [])]
    return Trigger(words, ignore, event["y"], event.get("x") or "none", modes, event.get("c", []), arguments)


def _pairs(row: dict[str, Any], people: list[list[int]]) -> tuple[list[Pair], list[Pair]]:
    """The linked pairs of a text, and pairs of its entities that nothing links in that direction."""
    text = row["t"]
    linked: dict[tuple[tuple[int, int], tuple[int, int]], list[dict[str, Any]]] = {}
    names: dict[tuple[int, int], tuple[Any, Any]] = {}
    active: set[tuple[Any, Any]] = set()

    def spans(entities: list[list[Any]]) -> list[tuple[int, int]]:
        out = []
        for words, code, sector in entities:
            where = find(text, words)
            if where:
                where = _strip_article(text, where)
                names[where] = (code, sector)
                out.append(where)
        return out

    for event in row["e"]:
        actors, recipients = spans(event.get("a", [])), spans(event.get("r", []))
        if recipients:
            directed = [(a, r) for a in actors for r in recipients]
        else:
            directed = [(a, b) for a in actors for b in actors if a != b]
        for a, r in directed:
            if a[1] <= r[0] or r[1] <= a[0]:
                linked.setdefault((a, r), []).append(event)
                active.add((names[a], names[r]))
    yes, no = [], []
    for (a, r), events in linked.items():
        types = list(dict.fromkeys(e["y"] for e in events))
        modes = [f"{e['y']}/{m}" for e in events for m in e.get("m", [])]
        contexts = list(dict.fromkeys(c for e in events for c in e.get("c", [])))
        yes.append(Pair(text, a, r, types, events[0].get("x") or "none", modes, contexts, people))
    for a in names:
        for r in names:
            if a == r or (a, r) in linked or not (a[1] <= r[0] or r[1] <= a[0]):
                continue
            if (names[a], names[r]) in active or names[a] == names[r]:
                continue  # perhaps the same two under other names
            no.append(Pair(text, a, r, [], None, None, None, people))
    return yes, no


@dataclass
class Corpus:
    """All examples of one part."""

    sentences: list[Sentence]
    linked: list[list[Pair]]  # by text
    unlinked: list[list[Pair]]
    newswire: list[Pair]


def build(part: str, cache: Path, rows: list[dict[str, Any]] | None = None) -> Corpus:
    """The examples of one part of the data: train, validation or test."""
    rows = [r for r in (rows if rows is not None else read_rows()) if part_of(r["t"]) == part]
    wire = [r for r in read_pair_rows() if part_of(r.get("g") or r["t"]) == part]
    parses = parse_texts([r["t"] for r in rows] + [r["t"] for r in wire], cache)
    corpus = Corpus([], [], [], [])
    for row in rows:
        parse = parses[row["t"]]
        triggers = [t for t in (_trigger(row, e, parse) for e in row["e"]) if t]
        corpus.sentences.append(
            Sentence(row["t"], triggers, parse["people"], parse["sentences"], row.get("k", "agency"))
        )
        yes, no = _pairs(row, parse["people"])
        corpus.linked.append(yes)
        corpus.unlinked.append(no)
    for row in wire:
        modes = row.get("m")
        listed = [modes] if isinstance(modes, str) else modes
        corpus.newswire.append(
            Pair(
                row["t"],
                tuple(row["actor"]),
                tuple(row["recipient"]),
                [row["y"]] if row["y"] != "NONE" else [],
                row.get("x"),
                [f"{row['y']}/{m}" for m in listed] if listed else None,
                None,
                parses[row["t"]]["people"],
                "newswire",
            )
        )
    return corpus
