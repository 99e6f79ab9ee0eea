"""Examples as numbers: word pieces with markers for pairs, targets for every piece of a sentence."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from training.corpus import AUX, CONTEXTS, MODE_LABELS, ROLES, TYPE_LABELS, Corpus, Pair, Sentence
from training.entities import Substituted, replacements
from training.network import MARKERS

MAX_PIECES = 160
IGNORE = -100
LEADS = (
    "State media reported: ", "KABUL, Afghanistan - ", "BRUSSELS (Reuters) - ", "(AP) - ", "In a statement on Monday, officials confirmed that ",
    "Earlier in the day, ", "Meanwhile, ", "According to local reports, ", "On Thursday, ", "A spokesman said ", "Last week, ", "In 2012, ",
)  # fmt: skip
TAILS = (
    ", officials said.", ", the state news agency reported.", ", according to a statement.", " on Tuesday.", ", a government source said.",
    ", local media reported.", ", as tensions in the region continued.", " after months of dispute.", ", Reuters reported.",
)  # fmt: skip


@dataclass
class PairExample:
    ids: list[int]
    types: list[int]
    auxiliary: int
    modes: list[int] | None
    contexts: list[int] | None


@dataclass
class SentenceExample:
    ids: list[int]
    type: list[int]  # one a piece, IGNORE where nothing is asked
    events: list[tuple[int, int, list[int], list[int], set[tuple[int, int]]]]  # piece, auxiliary, modes, contexts, (argument piece, role)
    words: list[int]  # pieces that start a word


def mark(tokenizer: Tokenizer, text: str, actor: tuple[int, int], recipient: tuple[int, int]) -> list[int]:
    """Pieces of a text with a marker before and behind either entity; what is too long is cut around them."""
    coded = tokenizer.encode(text, add_special_tokens=False)
    ids: list[int] = []
    places: list[int] = []
    opened, closed = [False, False], [False, False]
    for piece, (start, end) in zip(coded.ids, coded.offsets, strict=True):
        for number, (span, name) in enumerate(((actor, "actor"), (recipient, "recipient"))):
            if opened[number] and not closed[number] and start >= span[1]:
                closed[number] = True
                ids.append(MARKERS["/" + name])
            if not opened[number] and end > span[0]:
                opened[number] = True
                places.append(len(ids))
                ids.append(MARKERS[name])
        ids.append(piece)
    for number, name in enumerate(("actor", "recipient")):
        if not opened[number]:
            places.append(len(ids))
            ids.append(MARKERS[name])
        if not closed[number]:
            ids.append(MARKERS["/" + name])
    if len(ids) > MAX_PIECES - 2:
        first, last = min(places), max(places)
        room = MAX_PIECES - 2
        if last - first >= room - 8:  # too far apart: keep the surroundings of each
            half = room // 2
            low = max(0, first - half // 2)
            high = max(low + half, last - half // 2)
            ids = [*ids[low : low + half], *ids[high : high + half]]
        else:
            low = max(0, min(first - (room - (last - first)) // 2, len(ids) - room))
            ids = ids[low : low + room]
    return [101, *ids, 102]


def pair_example(tokenizer: Tokenizer, pair: Pair, rng: random.Random | None) -> PairExample:
    text, actor, recipient = pair.text, pair.actor, pair.recipient
    if rng is not None:
        changed = Substituted(text, replacements(text, pair.people, rng))
        text, actor, recipient = changed.text, changed.span(*actor), changed.span(*recipient)
        if rng.random() < 0.12:
            lead = rng.choice(LEADS)
            text, actor, recipient = lead + text, (actor[0] + len(lead), actor[1] + len(lead)), (recipient[0] + len(lead), recipient[1] + len(lead))
        if rng.random() < 0.12 and text.endswith(".") and max(actor[1], recipient[1]) < len(text) - 1:
            text = text[:-1] + rng.choice(TAILS)
    types = [TYPE_LABELS.index(name) for name in pair.event_types] or [0]
    return PairExample(
        mark(tokenizer, text, actor, recipient),
        types,
        AUX.index(pair.auxiliary) if pair.auxiliary else IGNORE,
        None if pair.modes is None else [MODE_LABELS.index(mode) for mode in pair.modes if mode in MODE_LABELS],
        None if not pair.contexts else [CONTEXTS.index(name) for name in pair.contexts if name in CONTEXTS],
    )


def sentence_example(tokenizer: Tokenizer, sentence: Sentence, rng: random.Random | None) -> SentenceExample:
    changed = Substituted(sentence.text, replacements(sentence.text, sentence.people, rng) if rng is not None else [])
    coded = tokenizer.encode(changed.text)
    ids, offsets = coded.ids[:MAX_PIECES], coded.offsets[:MAX_PIECES]
    words = [i for i, (start, end) in enumerate(offsets) if end > start and (start == 0 or offsets[i - 1][1] < start or not changed.text[start].isalnum() or not changed.text[start - 1].isalnum())]
    at = {offsets[i][0]: i for i in words}

    def piece(span: tuple[int, int]) -> int | None:
        return at.get(changed.span(*span)[0])

    types = [IGNORE] * len(ids)
    for i in words:
        types[i] = 0
    events = []
    for trigger in sentence.triggers:
        for span in trigger.ignore:
            if (i := piece(span)) is not None and types[i] == 0:
                types[i] = IGNORE
    for trigger in sentence.triggers:
        arguments = {(j, role) for role, head, _ in trigger.arguments if (j := piece(head)) is not None}
        for span in trigger.words:
            if (i := piece(span)) is None:
                continue
            types[i] = TYPE_LABELS.index(trigger.event_type)
            modes = [MODE_LABELS.index(mode) for mode in trigger.modes if mode in MODE_LABELS]
            contexts = [CONTEXTS.index(name) for name in trigger.contexts if name in CONTEXTS]
            events.append((i, AUX.index(trigger.auxiliary), modes, contexts, arguments))
    return SentenceExample(ids, types, events, words)


def epoch_examples(corpus: Corpus, tokenizer: Tokenizer, rng: random.Random | None) -> tuple[list[PairExample], list[SentenceExample]]:
    """All examples of a part; in training (`rng` given) with entities replaced anew, none-pairs drawn, plain copy weighed up."""
    pairs: list[Pair] = []
    for linked, unlinked in zip(corpus.linked, corpus.unlinked, strict=True):
        pairs += linked
        if rng is None:
            pairs += unlinked[:2]
        elif unlinked and rng.random() < 0.55:
            pairs.append(rng.choice(unlinked))
    wire = corpus.newswire
    pairs += wire * (2 if rng is not None else 1)
    if rng is not None:  # the other way round an act has no name, unless it is mutual
        directed = {"REQUEST", "ACCUSE", "REJECT", "THREATEN", "AID", "COERCE", "SANCTION", "SUPPORT", "CONCEDE"}
        pairs += [Pair(p.text, p.recipient, p.actor, [], None, None, None, p.people) for p in wire if p.event_types[0] in directed and rng.random() < 0.3]
    return [pair_example(tokenizer, pair, rng) for pair in pairs], [sentence_example(tokenizer, s, rng) for s in corpus.sentences]


def batches(lengths: Sequence[int], size: int, rng: random.Random | None) -> Iterator[list[int]]:
    """Numbers of examples of about the same length, the batches in random order."""
    order = sorted(range(len(lengths)), key=lambda i: (lengths[i] + (rng.random() * 6 if rng else 0), i))
    groups = [order[i : i + size] for i in range(0, len(order), size)]
    if rng is not None:
        rng.shuffle(groups)
    yield from groups


def padded(rows: Sequence[Sequence[int]], fill: int = 0) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([[*row, *[fill] * (width - len(row))] for row in rows])


def many_hot(rows: Sequence[Sequence[int] | None], width: int) -> tuple[Tensor, Tensor]:
    """Several labels a row, and which rows say anything."""
    out, known = torch.zeros(len(rows), width), torch.zeros(len(rows))
    for i, row in enumerate(rows):
        if row is not None:
            known[i] = 1
            out[i, list(row)] = 1
    return out, known


__all__ = ["IGNORE", "ROLES", "PairExample", "SentenceExample", "batches", "epoch_examples", "many_hot", "mark", "padded"]
