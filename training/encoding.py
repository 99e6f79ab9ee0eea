"""Texts as arrays for the network: word pieces, entity markers, labels."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.corpus import AUX, CONTEXTS, MODE_LABELS, ROLES, TYPE_LABELS, Pair, Sentence
from training.entities import Substituted, replacements
from training.network import MARKERS

TYPE_AT = {y: i for i, y in enumerate(TYPE_LABELS)}
AUX_AT = {x: i for i, x in enumerate(AUX)}
MODE_AT = {m: i for i, m in enumerate(MODE_LABELS)}
CONTEXT_AT = {c: i for i, c in enumerate(CONTEXTS)}
LONGEST = 160  # word pieces in training

CITIES = "KABUL BAGHDAD MOSCOW BEIJING LONDON PARIS CAIRO NAIROBI GENEVA BRUSSELS ANKARA TEHRAN JERUSALEM BEIRUT TOKYO SEOUL DELHI LAGOS WASHINGTON BERLIN VIENNA MADRID ROME KYIV DAKAR BOGOTA LIMA MANILA JAKARTA HAVANA AMMAN TRIPOLI".split()
MONTHS = "Jan. Feb. March April May June July Aug. Sept. Oct. Nov. Dec.".split()
TAILS = [
    "state media reported",
    "officials said",
    "the foreign ministry said",
    "a spokesman said",
    "according to local media",
    "a government statement said",
    "the news agency reported",
    "witnesses said",
    "the ministry said in a statement",
    "two diplomats told Reuters",
]


def dateline(rng: random.Random) -> str:
    city = rng.choice(CITIES)
    agency = rng.choice(["(Reuters) ", "(AP) ", "(AFP) ", "", ""])
    day = f", {rng.choice(MONTHS)} {rng.randint(1, 28)} " if rng.random() < 0.3 else " "
    return f"{city}{day}{agency}{rng.choice(['- ', '— ', '-- '])}"


def vary_pair(
    pair: Pair, rng: random.Random, others: list[str], *, substitute: bool = True, surround: bool = True
) -> tuple[str, tuple[int, int], tuple[int, int]]:
    """The pair's text with other entities, and sometimes a dateline, a reporting tail or a neighbouring sentence."""
    share = rng.choice([0.0, 0.7, 0.9]) if substitute else 0.0
    s = Substituted(pair.text, replacements(pair.text, pair.people, rng, share))
    text, actor, recipient = s.text, s.span(*pair.actor), s.span(*pair.recipient)
    if not surround:
        return text, actor, recipient
    x = rng.random()
    if x < 0.12 and text.endswith(".") and ". " not in text:
        tail = rng.choice(TAILS)
        text = f"{text[:-1]}, {tail}{rng.choice(['', f' on {_weekday(rng)}'])}."
    elif x < 0.18 and text.endswith(".") and not text.startswith(("“", '"')) and ". " not in text:
        text = f"{text[:-1]} on {_weekday(rng)}." if " on " not in text else text
    elif x < 0.26 and len(text) < 250:
        text = f"{text} {rng.choice(others)}"
    lead = ""
    x = rng.random()
    if x < 0.12:
        lead = dateline(rng)
    elif x < 0.18 and len(text) < 250:
        lead = rng.choice(others) + " "
    n = len(lead)
    return lead + text, (actor[0] + n, actor[1] + n), (recipient[0] + n, recipient[1] + n)


def _weekday(rng: random.Random) -> str:
    return rng.choice("Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split())


def mark(encoding: Any, actor: tuple[int, int], recipient: tuple[int, int], longest: int) -> list[int]:
    """Word pieces with markers around both spans; a long text is cut around them."""
    ids, offsets = encoding.ids, encoding.offsets
    n = len(ids)
    opens: dict[int, list[int]] = {}
    closes: dict[int, list[int]] = {}
    for (start, end), first, last in ((actor, "actor", "actor_end"), (recipient, "recipient", "recipient_end")):
        inside = [i for i in range(1, n - 1) if offsets[i][1] > start and offsets[i][0] < end]
        a, b = (inside[0], inside[-1]) if inside else (1, 1)
        opens.setdefault(a, []).append(MARKERS[first])
        closes.setdefault(b, []).append(MARKERS[last])
    out = [ids[0]]
    marks = []
    for i in range(1, n - 1):
        for m in opens.get(i, []):
            marks.append(len(out))
            out.append(m)
        out.append(ids[i])
        for m in closes.get(i, []):
            marks.append(len(out))
            out.append(m)
    body = out[1:]
    room = longest - 2
    if len(body) > room:
        low, high = min(marks) - 1, max(marks)
        start = max(0, min(low - (room - (high - low)) // 2, len(body) - room)) if high - low < room else low
        kept = body[start : start + room]
        for key in ("actor", "recipient"):  # both must be there, whatever lies between them
            if MARKERS[key] not in kept:
                kept = [*kept[: room - 2], MARKERS[key], MARKERS[f"{key}_end"]]
        body = kept
    return [ids[0], *body, ids[-1]]


def pad(rows: list[list[int]]) -> tuple[Tensor, Tensor]:
    width = max(map(len, rows))
    ids = np.zeros((len(rows), width), np.int64)
    mask = np.zeros((len(rows), width), np.int64)
    for i, row in enumerate(rows):
        ids[i, : len(row)] = row
        mask[i, : len(row)] = 1
    return torch.from_numpy(ids), torch.from_numpy(mask)


def pair_labels(pairs: list[Pair]) -> dict[str, Tensor]:
    n = len(pairs)
    types = torch.zeros(n, len(TYPE_LABELS))
    aux = torch.full((n,), -100)
    modes = torch.zeros(n, len(MODE_LABELS))
    modes_known = torch.zeros(n)
    contexts = torch.zeros(n, len(CONTEXTS))
    contexts_known = torch.zeros(n)
    for i, p in enumerate(pairs):
        if not p.event_types:
            types[i, 0] = 1
        for y in p.event_types:
            types[i, TYPE_AT[y]] = 1 / len(p.event_types)
        if p.auxiliary:
            aux[i] = AUX_AT[p.auxiliary]
        if p.modes is not None:
            modes_known[i] = 1
            for m in p.modes:
                modes[i, MODE_AT[m]] = 1
        if p.contexts is not None:
            contexts_known[i] = 1
            for c in p.contexts:
                contexts[i, CONTEXT_AT[c]] = 1
    return {
        "type": types,
        "aux": aux,
        "mode": modes,
        "mode_known": modes_known,
        "context": contexts,
        "context_known": contexts_known,
    }


def sentence_example(
    s: Sentence, tokenizer: Tokenizer, rng: random.Random | None, longest: int = LONGEST
) -> dict[str, Any]:
    """Word pieces of a text and, for each first piece of a word, what it should be taken for."""
    text, low, high = s.text, 0, len(s.text)
    triggers = s.triggers
    if rng:
        if len(s.parts) > 1 and rng.random() < 0.4:
            low, high = rng.choice(s.parts)
            triggers = [t for t in triggers if low <= t.words[0][0] < high]
        changed = Substituted(text, replacements(text, s.people, rng, rng.choice([0.0, 0.7, 0.9])))
    else:
        changed = Substituted(text, [])
    if low or high < len(text):
        a, b = changed.span(low, high)
        a = changed.span(low, high)[0] if low else 0
    else:
        a, b = 0, len(changed.text)
    lead = dateline(rng) if rng and low == 0 and rng.random() < 0.1 else ""
    shift = len(lead) - a
    enc = tokenizer.encode(lead + changed.text[a:b])
    ids = [*enc.ids[: longest - 1], enc.ids[-1]] if len(enc.ids) > longest else enc.ids
    n = len(ids)
    firsts = [i for i in range(1, n - 1) if enc.word_ids[i] != enc.word_ids[i - 1]]
    at: dict[int, int] = {}
    for i in firsts:
        for c in range(enc.offsets[i][0], enc.offsets[i][1]):
            at[c] = i
    for i in range(1, n - 1):  # later pieces of a word lead to its first
        if i not in firsts:
            for c in range(*enc.offsets[i]):
                at[c] = at.get(enc.offsets[i][0] - 1, i)

    def piece(span: tuple[int, int]) -> int:
        if span[0] < low or span[1] > high:
            return -1
        start, end = changed.span(*span)
        # the last word of a replaced name heads it ("South Korea")
        whole = [at[c] for c in range(start + shift, end + shift) if c in at]
        return whole[-1] if whole and end - start != span[1] - span[0] else whole[0] if whole else -1

    types = np.full((n, len(TYPE_LABELS)), 0, np.float32)
    known = np.zeros(n, np.float32)
    for i in firsts:
        known[i] = 1
    types[:, 0] = 1
    rows: list[tuple[int, Any]] = []
    for t in triggers:
        for span in t.ignore:
            i = piece(span)
            if i >= 0 and types[i, 0] == 1:
                known[i] = 0
    for t in triggers:
        for span in t.words:
            i = piece(span)
            if i < 0:
                continue
            known[i] = 1
            if types[i, 0]:
                types[i, 0] = 0
            types[i, TYPE_AT[t.event_type]] = 1
            rows.append((i, t))
    types /= types.sum(1, keepdims=True)
    role_rows = []
    for i, t in rows:
        target = np.zeros((n, len(ROLES)), np.float32)
        weight = np.zeros((n, len(ROLES)), np.float32)
        weight[firsts] = 1
        for role, _, phrase in t.arguments:
            if phrase[0] < low or phrase[1] > high:
                continue
            x, y = changed.span(*phrase)
            for c in range(x + shift, y + shift):
                if c in at and not target[at[c], role]:
                    weight[at[c], role] = 0
        for role, head, _ in t.arguments:
            j = piece(head)
            if j >= 0:
                target[j, role] = weight[j, role] = 1
        role_rows.append((i, t, target, weight))
    return {"ids": ids, "types": types, "known": known, "events": role_rows}


def sentence_batch(examples: list[dict[str, Any]]) -> dict[str, Tensor]:
    ids, mask = pad([e["ids"] for e in examples])
    b, t = ids.shape
    types = torch.zeros(b, t, len(TYPE_LABELS))
    known = torch.zeros(b, t)
    rows, aux, modes, contexts, target, weight = [], [], [], [], [], []
    for k, e in enumerate(examples):
        n = len(e["ids"])
        types[k, :n] = torch.from_numpy(e["types"])
        known[k, :n] = torch.from_numpy(e["known"])
        for i, trig, tg, wt in e["events"]:
            rows.append((k, i))
            aux.append(AUX_AT[trig.auxiliary])
            m = np.zeros(len(MODE_LABELS), np.float32)
            m[[MODE_AT[x] for x in trig.modes]] = 1
            c = np.zeros(len(CONTEXTS), np.float32)
            c[[CONTEXT_AT[x] for x in trig.contexts]] = 1
            modes.append(m)
            contexts.append(c)
            full_t = np.zeros((t, len(ROLES)), np.float32)
            full_w = np.zeros((t, len(ROLES)), np.float32)
            full_t[:n], full_w[:n] = tg, wt
            target.append(full_t)
            weight.append(full_w)
    out = {"ids": ids, "mask": mask, "types": types, "known": known, "rows": torch.tensor(rows).view(-1, 2)}
    if rows:
        out |= {
            "aux": torch.tensor(aux),
            "modes": torch.from_numpy(np.stack(modes)),
            "contexts": torch.from_numpy(np.stack(contexts)),
            "target": torch.from_numpy(np.stack(target)),
            "weight": torch.from_numpy(np.stack(weight)),
        }
    return out
