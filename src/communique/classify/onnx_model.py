"""The trained model, run by onnxruntime: one small network that reads pairs of entities, and the words of sentences.

One thread, and batches that depend on the input alone: the same input gives the same numbers.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import msgspec
import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Encoding, Tokenizer

from communique.errors import MissingDataError

MAX_PIECES = 160
_CLS, _SEP = 101, 102
_PAIR_BATCH = 32
_SENTENCE_BATCH = 4  # of about one length: more would be padded more
_PAIR_OUTPUTS = ["pair_type", "pair_mode", "pair_auxiliary", "pair_context"]
_STATES = {"pair": "pair_vector", "token": "token_vector"}  # what heads of users' own types read
_TOKEN_OUTPUTS = ["token_type", "token_mode", "token_auxiliary", "token_context", "roles"]

Floats = NDArray[np.float32]


def _no_vectors() -> Floats:
    return np.zeros(0, dtype=np.float32)


class Description(msgspec.Struct, frozen=True):
    """What the model file holds: labels in the order of its outputs, temperatures, thresholds of the modes, and where it came from."""

    types: tuple[str, ...]
    modes: tuple[str, ...]
    auxiliary_modes: tuple[str, ...]
    contexts: tuple[str, ...]
    roles: tuple[str, ...]
    markers: dict[str, int]
    temperatures: dict[str, float]
    thresholds: dict[str, float]
    codebook: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PairScores:
    """Probabilities for a pair: of the types (none first; they add up to 1), modes, auxiliary modes and contexts.

    `vector` is what the heads read, where it was asked for; else it is empty.
    """

    types: Floats
    modes: Floats
    auxiliary_modes: Floats
    contexts: Floats
    vector: Floats = field(default_factory=_no_vectors)


@dataclass(frozen=True, slots=True)
class SentenceScores:
    """Probabilities for every word piece of a sentence.

    Attributes:
        starts: Offset in the sentence at which each piece starts; specials have -1.
        types: Shape (n_pieces, n_types), none first; rows add up to 1.
        modes: Shape (n_pieces, n_modes), each by itself.
        auxiliary_modes: Shape (n_pieces, 5); rows add up to 1.
        contexts: Shape (n_pieces, n_contexts), each by itself.
        roles: Shape (n_pieces, n_pieces, n_roles): that the second piece heads this argument of the first one's event.
        vectors: What the heads read, shape (n_pieces, 384), where it was asked for; else empty.
    """

    starts: tuple[int, ...]
    types: Floats
    modes: Floats
    auxiliary_modes: Floats
    contexts: Floats
    roles: Floats
    vectors: Floats = field(default_factory=_no_vectors)

    def piece_at(self, offset: int) -> int | None:
        """The piece that holds a character, or None where the sentence was cut before it."""
        at = bisect_right(self.starts, offset, lo=1, hi=len(self.starts)) - 1
        return at if at >= 1 else None


class EventModel:
    """The package's model. Loading takes some tenths of a second.

    Raises:
        MissingDataError: The package holds no model.
    """

    def __init__(self) -> None:
        folder = resources.files("communique") / "models"
        try:
            self.description = msgspec.json.decode((folder / "model.json").read_bytes(), type=Description)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            self._session = onnxruntime.InferenceSession(
                (folder / "model.onnx").read_bytes(), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = Tokenizer.from_str((folder / "tokenizer.json").read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise MissingDataError(f"{error.filename} is missing: reinstall the package") from None
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()

    def read_pairs(
        self, pairs: Sequence[tuple[str, tuple[int, int], tuple[int, int]]], *, vectors: bool = False
    ) -> list[PairScores]:
        """Scores of pairs (text, offsets of the actor, offsets of the recipient), in order; with vectors if wanted."""
        rows = [self._marked(*pair) for pair in pairs]
        found: list[PairScores | None] = [None] * len(rows)
        order = sorted(range(len(rows)), key=lambda index: (len(rows[index]), index))
        for first in range(0, len(order), _PAIR_BATCH):
            group = order[first : first + _PAIR_BATCH]
            outputs = [*_PAIR_OUTPUTS, _STATES["pair"]] if vectors else _PAIR_OUTPUTS
            types, modes, auxiliary, contexts, *states = self._run(outputs, [rows[index] for index in group])
            scores = (
                _softmax(types, self._heat("pair_type")), _sigmoid(modes, self._heat("pair_mode")),
                _softmax(auxiliary, self._heat("pair_auxiliary")), _sigmoid(contexts), *states,
            )  # fmt: skip
            for number, index in enumerate(group):
                found[index] = PairScores(*(part[number] for part in scores))
        return [scores for scores in found if scores is not None]

    def read_sentences(self, sentences: Sequence[str], *, vectors: bool = False) -> list[SentenceScores]:
        """Scores of the sentences of one article, in order; what lies beyond `MAX_PIECES` of a sentence is not read."""
        names = [*_TOKEN_OUTPUTS, _STATES["token"]] if vectors else _TOKEN_OUTPUTS
        coded = self._tokenizer.encode_batch(list(sentences))
        found: dict[int, SentenceScores] = {}
        order = sorted(range(len(coded)), key=lambda index: (len(coded[index].ids), index))
        for first in range(0, len(order), _SENTENCE_BATCH):
            group = order[first : first + _SENTENCE_BATCH]
            found |= zip(group, self._sentence_scores([coded[index] for index in group], names), strict=True)
        return [found[index] for index in range(len(coded))]

    def _sentence_scores(self, coded: Sequence[Encoding], names: list[str]) -> Iterator[SentenceScores]:
        outputs = self._run(names, [encoding.ids[:MAX_PIECES] for encoding in coded])
        types, modes, auxiliary, contexts, roles, *states = outputs
        types, auxiliary = _softmax(types, self._heat("token_type")), _softmax(auxiliary, self._heat("token_auxiliary"))
        modes, contexts, roles = _sigmoid(modes, self._heat("token_mode")), _sigmoid(contexts), _sigmoid(roles)
        for number, encoding in enumerate(coded):
            m = min(len(encoding.ids), MAX_PIECES) - 1  # without the last, which ends the sentence
            starts = (-1, *(start for start, _ in encoding.offsets[1:m]))
            yield SentenceScores(
                starts, types[number, :m], modes[number, :m], auxiliary[number, :m], contexts[number, :m], roles[number, :m, :m],
                *(state[number, :m] for state in states),
            )  # fmt: skip

    def _heat(self, head: str) -> float:
        return self.description.temperatures.get(head, 1.0)

    def _run(self, outputs: list[str], rows: Sequence[Sequence[int]]) -> list[Floats]:
        width = max(map(len, rows))
        ids = np.zeros((len(rows), width), dtype=np.int64)
        for number, row in enumerate(rows):
            ids[number, : len(row)] = row
        results: list[Any] = list(self._session.run(outputs, {"ids": ids, "mask": (ids != 0).astype(np.int64)}))
        return results

    def _marked(self, text: str, actor: tuple[int, int], recipient: tuple[int, int]) -> list[int]:
        """Word pieces with a marker before and behind either entity; a text that is too long is cut around them."""
        markers = self.description.markers
        coded = self._tokenizer.encode(text, add_special_tokens=False)
        ids: list[int] = []
        places: list[int] = []
        sides = [("actor", actor), ("recipient", recipient)]
        opened: set[str] = set()
        closed: set[str] = set()
        for piece, (start, end) in zip(coded.ids, coded.offsets, strict=True):
            for name, span in sides:
                if name in opened - closed and start >= span[1]:
                    closed.add(name)
                    ids.append(markers["/" + name])
                if name not in opened and end > span[0]:
                    opened.add(name)
                    places.append(len(ids))
                    ids.append(markers[name])
            ids.append(piece)
        for name, _ in sides:
            if name not in opened:
                places.append(len(ids))
                ids.append(markers[name])
            if name not in closed:
                ids.append(markers["/" + name])
        return [_CLS, *_window(ids, min(places), max(places), MAX_PIECES - 2), _SEP]


def _window(ids: list[int], first: int, last: int, room: int) -> list[int]:
    """At most `room` pieces that hold both places, or the surroundings of each where they lie too far apart."""
    if len(ids) <= room:
        return ids
    if last - first >= room - 8:
        half = room // 2
        low = max(0, first - half // 2)
        high = max(low + half, last - half // 2)
        return [*ids[low : low + half], *ids[high : high + half]]
    low = max(0, min(first - (room - (last - first)) // 2, len(ids) - room))
    return ids[low : low + room]


def _softmax(logits: Floats, temperature: float = 1.0) -> Floats:
    scaled = logits / temperature
    powers = np.exp(scaled - scaled.max(axis=-1, keepdims=True))
    result: Floats = powers / powers.sum(axis=-1, keepdims=True)
    return result


def _sigmoid(logits: Floats, temperature: float = 1.0) -> Floats:
    result: Floats = 1.0 / (1.0 + np.exp(-np.clip(logits / temperature, -30, 30)))
    return result


@cache
def load_model() -> EventModel:
    """The package's model, loaded once."""
    return EventModel()
