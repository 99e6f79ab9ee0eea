"""A folder of own types: the codebook as its user gave it, the heads' weights, and what they were trained on."""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from communique.classify.onnx_model import load_model
from communique.codebook import Scheme
from communique.errors import InputError, OutputError, OwnModelError
from communique.lexicon.events import EventLexicon, Frame
from communique.own_types.regression import Linear
from communique.own_types.scheme import parse_scheme
from communique.version import __version__

FORMAT = 1
DESCRIPTION, CODEBOOK, WEIGHTS = "own_types.json", "codebook.yml", "weights.npz"


class Head(msgspec.Struct, frozen=True):
    """A head as its description has it: what its classes mean, and from which probability on they count."""

    classes: tuple[str, ...]
    temperature: float
    least: float
    penalty: float
    n_examples: int


class Description(msgspec.Struct, frozen=True):
    """All of a folder that is neither codebook nor weights.

    Attributes:
        format: Of the folder.
        communique: The version that trained it.
        base_sha256: Of the shipped model whose vectors the heads read.
        data_sha256: Of the texts that it was trained on.
        heads: By name; token and pair heads have "none" as their first class.
        words: Event words of the texts that the event lexicon does not know: [part of speech, lemma].
        figures: What cross-validation found, as the table of `communique train` shows it.
    """

    format: int
    communique: str
    base_sha256: str
    data_sha256: str
    heads: dict[str, Head]
    words: tuple[tuple[str, str], ...]
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OwnModel:
    """Heads for a user's own event types.

    Attributes:
        scheme: The user's codebook.
        description: What the folder says of itself.
        weights: By head.
        codebook: The codebook as the user gave it.
    """

    scheme: Scheme
    description: Description
    weights: dict[str, Linear]
    codebook: bytes

    def extended(self, lexicon: EventLexicon) -> EventLexicon:
        """The event lexicon with the words that only the user's texts know, so that they become candidates."""
        frames = {key: (Frame("none", ()),) for key in self.description.words}
        return replace(lexicon, frames=frames | lexicon.frames)


def write_own_model(model: OwnModel, folder: Path) -> None:
    """Write a model's folder, in place of an older one.

    Raises:
        OutputError: It cannot be written, or holds something else.
    """
    check_folder(folder)
    files = {CODEBOOK: model.codebook, WEIGHTS: packed(model.weights), DESCRIPTION: _text(model.description)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / DESCRIPTION).unlink(missing_ok=True)  # it is written last: a folder without it is no model
        for name, data in files.items():
            (folder / name).write_bytes(data)
    except OSError as error:
        raise OutputError(f"{folder} cannot be written: {error.strerror}.") from None


def check_folder(folder: Path) -> None:
    """Make sure that a model may be written to a folder.

    Raises:
        OutputError: There is something else.
    """
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file, expected the name of a folder to write. Give another one with --to.")
    known = {CODEBOOK, WEIGHTS, DESCRIPTION}
    others = sorted(path.name for path in folder.iterdir() if path.name not in known) if folder.is_dir() else []
    if others:
        raise OutputError(
            f"{folder} holds other files ({', '.join(others[:3])}), expected an empty folder, a new one, or an older "
            "model of `communique train`. Give another one with --to."
        )


def load_own_model(folder: Path) -> OwnModel:
    """Read a folder that `communique train` wrote.

    Raises:
        OwnModelError: It is none, is damaged, or was trained on another version's model.
    """
    try:
        description = msgspec.json.decode((folder / DESCRIPTION).read_bytes(), type=Description)
        codebook, data = (folder / CODEBOOK).read_bytes(), (folder / WEIGHTS).read_bytes()
        scheme = parse_scheme(codebook, str(folder / CODEBOOK))
        weights = _unpacked(data)
    except FileNotFoundError as error:
        raise OwnModelError(
            f"{folder}: found no {Path(str(error.filename)).name}, expected a folder written by `communique train`."
        ) from None
    except (OSError, msgspec.MsgspecError, ValueError, KeyError, EOFError, InputError) as error:
        raise OwnModelError(f"{folder}: found a damaged file ({error}). Train it again.") from None
    base = load_model().description.sha256
    if description.format != FORMAT or description.base_sha256 != base:
        raise OwnModelError(
            f"{folder}: was trained by communique {description.communique} on the model {description.base_sha256[:12]}, expected the "
            f"model of this version ({__version__}), {base[:12]}. Train it again: communique train --codebook "
            f"{folder / CODEBOOK} --data MY.jsonl --to {folder}"
        )
    if description.heads.keys() != weights.keys() or any(
        len(head.classes) != len(weights[name].bias) for name, head in description.heads.items()
    ):
        raise OwnModelError(f"{folder}: {WEIGHTS} does not fit {DESCRIPTION}. Train it again.")
    return OwnModel(with_digest(scheme, codebook, data, description), description, weights, codebook)


def with_digest(scheme: Scheme, codebook: bytes, weights: bytes, description: Description) -> Scheme:
    """The codebook with the digest of its model: it changes whenever a text might be coded otherwise."""
    told = msgspec.json.encode([description.base_sha256, description.heads, description.words])
    return replace(scheme, digest=hashlib.sha256(codebook + weights + told).hexdigest()[:12])


def packed(weights: dict[str, Linear]) -> bytes:
    """Weights as they stand in the folder."""
    arrays: dict[str, Any] = {}
    for name, linear in weights.items():
        arrays[f"{name}.weights"] = linear.weights.astype(np.float32)
        arrays[f"{name}.bias"] = linear.bias.astype(np.float32)
    stream = io.BytesIO()
    np.savez(stream, **arrays)
    return stream.getvalue()


def _unpacked(data: bytes) -> dict[str, Linear]:
    with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
        names = [name.removesuffix(".bias") for name in arrays.files if name.endswith(".bias")]
        return {
            name: Linear(arrays[f"{name}.weights"].astype(np.float64), arrays[f"{name}.bias"].astype(np.float64))
            for name in names
        }


def _text(description: Description) -> bytes:
    return msgspec.json.format(msgspec.json.encode(description), indent=1) + b"\n"
