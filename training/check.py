"""Check the annotated texts: python -m training.check [FILE …]. Exit 1 if a line is wrong.

Form: every phrase stands in its text, every code and label is the codebook's, no text twice. Decisions: what
contradicts the codebook's section on rules that meet is an error where a rule alone can tell, else a warning to read.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from training.corpus import AUX, CONTEXTS, DATA, MODES, TYPES, find

SECTORS = set(
    "COP GOV JUD LEG MIL PRM PTY REB SPY UAF UNK AGR BUS CRM CVL EDU ELI JRN LAB MED REF OPP PRE REL SOC".split()
) | {"", None}
NEEDS_RECIPIENT = {"COOPERATE", "AID", "SANCTION"}


def errors(row: dict[str, Any]) -> Iterator[str]:
    """What is wrong with a line."""
    text = row.get("t")
    if not isinstance(text, str) or len(text) < 8:
        yield "t missing"
        return
    for event in row.get("e", []):
        kind = event.get("y")
        if kind not in TYPES:
            yield f"type {kind!r}"
            continue
        yield from (f"mode {m!r} of {kind}" for m in event.get("m", []) if m not in MODES.get(kind, "").split())
        yield from (f"context {c!r}" for c in event.get("c", []) if c not in CONTEXTS)
        if event.get("x") and event["x"] not in AUX[1:]:
            yield f"auxiliary mode {event['x']!r}"
        if not event.get("w"):
            yield "w missing"
        yield from (f"{k} {event[k]!r} not in the text" for k in "wpdb" if event.get(k) and not find(text, event[k]))
        for key in "ar":
            for entity in event.get(key, []):
                if len(entity) != 3:
                    yield f"{key} {entity!r} is not [words, code, sector]"
                elif not find(text, entity[0]):
                    yield f"{key} {entity[0]!r} not in the text"
                elif entity[1] is not None and not re.fullmatch("[A-Z]{3}", entity[1]):
                    yield f"code {entity[1]!r}"
                elif entity[2] not in SECTORS:
                    yield f"sector {entity[2]!r}"


def warnings(row: dict[str, Any]) -> Iterator[str]:
    """What a reader should look at: it may contradict a decision of the codebook."""
    for event in row.get("e", []):
        kind, words, mode = event["y"], event["w"].lower(), event.get("m", [])
        actors, recipients, auxiliary = event.get("a", []), event.get("r", []), event.get("x")
        if kind == "CONSULT" and len(actors) > 1 and recipients and "visit" not in mode:
            yield "mutual: several who met and a recipient"
        if kind in NEEDS_RECIPIENT and not recipients and len(actors) < 2 and not auxiliary:
            yield f"recipient: {kind} without one"
        if kind == "ACCUSE" and re.search(r"convicted|sentenced|found guilty|\bfined\b", words):
            yield "courts: a verdict as ACCUSE"
        if kind == "COERCE" and re.search(r"\bcharged\b|indicted|on trial|\bsued\b", words):
            yield "courts: a charge as COERCE"
        if kind == "RETREAT" and re.search(r"call(ed|s)? off", words):
            yield "ending: a call-off as RETREAT"
        if kind == "CONCEDE" and re.match(r"ended (its|their|the) (strike|blockade|siege)", words):
            yield "ending: an end as CONCEDE"
        if kind == "AGREE" and re.search(r"\bsigned\b|ratified|initialled", words):
            yield "agreeing: a signature as AGREE"
        if kind == "ASSAULT" and re.search(r"tear gas|water cannon", words) and "crowd-control" not in mode:
            yield "force: crowd control without its mode"
        if kind == "SANCTION" and re.search(r"\b(lift|eas|drop)\w* .*(sanction|tariff|ban)", words):
            yield "conceding: a lifting as SANCTION"
        for entity in actors + recipients:
            if re.match(r"(the|an?) (?!Hague|Gambia|Bahamas|Sun|Times|Guardian|Economist)", entity[0], re.I):
                yield "span: leading article"


def main() -> None:
    bad, seen = 0, {}
    types: Counter[str] = Counter()
    auxiliary: Counter[str] = Counter()
    doubts: Counter[str] = Counter()
    n = empty = 0
    verbose = "-v" in sys.argv
    paths = [Path(name) for name in sys.argv[1:] if name != "-v"] or sorted(DATA.glob("*.jsonl"))
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                row = json.loads(line)
            except ValueError as error:
                print(f"{path}:{number}: not JSON: {error}")
                bad += 1
                continue
            found = list(errors(row))
            key = re.sub(r"\W+", " ", row.get("t") or "").lower()
            if key in seen:
                found.append(f"same text as {seen[key]}")
            seen[key] = f"{path}:{number}"
            for problem in found:
                print(f"{path}:{number}: {problem}")
            bad += len(found)
            for doubt in [] if found else warnings(row):
                doubts[doubt] += 1
                if verbose:
                    print(f"{path}:{number}: read this: {doubt}")
            n += 1
            empty += not row.get("e")
            types.update(e.get("y") for e in row.get("e", []))
            auxiliary.update(e.get("x") or "happened" for e in row.get("e", []))
    print(f"{n} texts, {empty} without events, {types.total()} events, {bad} problems")
    for name, counts in (("types", types), ("auxiliary", auxiliary), ("to be read", doubts)):
        print(" ", name, dict(counts.most_common()))
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
