"""What the prototypes cost, as ratios to a bare pass of the whole spaCy pipeline over the same texts in the same run.

    python -m training.prototypes.cost --weights MODEL.pt --joint JOINT.pt [--articles 30]

Processor seconds, one thread, the least of three rounds; the encoder in int8 as it is shipped, cut after a layer.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import onnxruntime as ort
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from benchmarks.coding import make_articles
from communique import Article, Coder
from communique.classify.onnx_model import EventModel, SentenceScores
from training.encoding import pad
from training.export import Shipped, session, smoothed, write_graph
from training.network import WIDTH
from training.parse import MODEL
from training.prototypes.joint import Syntax
from training.prototypes.layers import Cut
from training.prototypes.sentences import Parsed, laid, rows_of

TOKEN_OUTPUTS = ["token_type", "token_mode", "token_auxiliary", "token_context", "roles"]
ROUNDS = 3
BATCH = 4  # as the package reads sentences


class Heads(nn.Module):
    """Tags, heads and labels of sentences in one graph, from states to choices."""

    def __init__(self, syntax: Syntax) -> None:
        super().__init__()
        self.syntax = syntax

    def forward(self, states: Tensor, first: Tensor, last: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        words = self.syntax.words(states, first, last, None)
        tags, arcs, heads = self.syntax.scores(words)
        best = arcs.argmax(-1)
        return tags.argmax(-1), best, self.syntax.labels(words, heads, best).argmax(-1)


def encoder_graph(weights: Path, n_layers: int, rows: list[list[int]], path: Path) -> ort.InferenceSession:
    """The encoder with token heads after a layer, in int8 by the steps of `training.export`."""
    ids, mask = pad(rows[:2])
    plain = path.with_suffix(".plain.onnx")
    write_graph(Shipped(smoothed(Cut(weights, n_layers).eval(), rows[::8]), small=True), ids, mask, plain)
    quantize_dynamic(plain, path, op_types_to_quantize=["MatMul"], per_channel=True, weight_type=QuantType.QInt8)
    return session(path)


def heads_graph(joint: dict[str, Any], path: Path) -> ort.InferenceSession:
    """The syntax heads, in fp32 or (the larger products) in int8."""
    n_states = len(joint["layers"])
    syntax = Syntax(n_states, len(joint["tags"]), len(joint["labels"]), joint["hidden"])
    syntax.load_state_dict(joint["syntax"])
    given = (torch.zeros(2, 9, n_states * WIDTH), torch.ones(2, 7).long(), torch.ones(2, 7).long())
    axes = {"states": {0: "n", 1: "t"}, "first": {0: "n", 1: "w"}, "last": {0: "n", 1: "w"}}
    plain = path.with_suffix(".plain.onnx")
    torch.onnx.export(
        Heads(syntax).eval(), given, str(plain), dynamo=False, opset_version=17, input_names=list(axes),
        output_names=["tags", "heads", "labels"], dynamic_axes=axes,
    )  # fmt: skip
    quantize_dynamic(
        plain, path, op_types_to_quantize=["MatMul", "LSTM"], per_channel=True, weight_type=QuantType.QInt8
    )
    return session(path)


def seconds(work: Callable[[], object]) -> float:
    """Processor seconds of a piece of work, the least of several rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def groups_of(articles: list[list[Parsed]]) -> list[list[Parsed]]:
    """The sentences of each article in batches of about one length."""
    found = []
    for sentences in articles:
        ordered = sorted(sentences, key=lambda s: len(s.ids))
        found += [ordered[i : i + BATCH] for i in range(0, len(ordered), BATCH)]
    return found


def run_encoder(run: ort.InferenceSession, groups: list[list[Parsed]]) -> None:
    for group in groups:
        ids, mask = pad([s.ids for s in group])
        run.run(TOKEN_OUTPUTS, {"ids": ids.numpy(), "mask": mask.numpy()})


def run_heads(run: ort.InferenceSession, groups: list[list[Parsed]], width: int) -> None:
    for group in groups:
        longest = max(len(s.ids) for s in group)
        first, last = (pad(rows)[0].numpy() for rows in ([s.first for s in group], [s.last for s in group]))
        states = np.zeros((len(group), longest, width), np.float32)
        run.run(None, {"states": states, "first": first, "last": last})


def read_by_coder(articles: list[Article]) -> int:
    """How many sentences the coder of today has its encoder read: those with a word that may tell of an event."""
    coder, n_sentences = Coder(screen=False), 0
    read = EventModel.read_sentences

    def count(self: EventModel, sentences: Sequence[str], **options: bool) -> list[SentenceScores]:
        nonlocal n_sentences
        n_sentences += len(sentences)
        return read(self, sentences, **options)

    with mock.patch.object(EventModel, "read_sentences", count):
        for article in articles:
            coder.code(article)
    return n_sentences


def main() -> None:
    """Measure and print."""
    import spacy

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--joint", type=Path, required=True)
    parser.add_argument("--articles", type=int, default=30)
    options = parser.parse_args()
    torch.set_num_threads(1)
    logging.disable(logging.WARNING)
    made = make_articles(options.articles)
    texts = [article.text for article in made]
    nlp = spacy.load(MODEL)
    bare = seconds(lambda: list(nlp.pipe(texts, batch_size=16)))

    def show(name: str, spent: float) -> None:
        print(f"{name:34} {spent / bare:.2f} {1000 * spent / len(texts):6.1f} ms an article", flush=True)

    show("spacy, all parts", bare)
    with nlp.select_pipes(disable=["ner"]):
        show("spacy, without names", seconds(lambda: list(nlp.pipe(texts, batch_size=16))))
        articles = [laid(list(rows_of([text], nlp))) for text in texts]
    with nlp.select_pipes(enable=[]):
        show("spacy, tokenizer", seconds(lambda: list(nlp.pipe(texts, batch_size=16))))
    groups = groups_of(articles)
    rows = sorted((s.ids for sentences in articles for s in sentences), key=len)
    with tempfile.TemporaryDirectory() as folder:
        for n in (3, 4, 6):
            run = encoder_graph(options.weights, n, rows, Path(folder) / f"layers_{n}.onnx")
            show(f"encoder, {n} layers, all sentences", seconds(partial(run_encoder, run, groups)))
        joint = torch.load(options.joint, map_location="cpu")
        width = len(joint["layers"]) * WIDTH
        run = heads_graph(joint, Path(folder) / "heads.onnx")
        show("heads, int8", seconds(partial(run_heads, run, groups, width)))
        plain = session(Path(folder) / "heads.plain.onnx")
        show("heads, fp32", seconds(partial(run_heads, plain, groups, width)))
    print(f"{len(rows)} sentences, {sum(map(len, rows))} pieces, {read_by_coder(made)} sentences read by the coder")


if __name__ == "__main__":
    main()
