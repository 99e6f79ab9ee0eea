"""A joint model: tags and dependencies as heads on the encoder that codes events, taught by spaCy's own parses.

    python -m training.prototypes.joint --weights MODEL.pt [--layers 4 6] [--tune] [--epochs 8] --save FILE

Frozen, the states of all sentences are computed once (fp16); with --tune the encoder learns too.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.network import WIDTH
from training.prototypes.layers import Cut
from training.prototypes.sentences import CACHE, Parsed, arrays, batches, laid, read

ARC, LABEL = 160, 64


class Syntax(nn.Module):
    """Tag, head and label of each word from the states of the pieces with its first and its last character.

    Args:
        n_states: How many layers' states are read.
        hidden: Width of either direction of the LSTM between the states and the heads; 0: none.
    """

    def __init__(self, n_states: int, n_tags: int, n_labels: int, hidden: int) -> None:
        super().__init__()
        self.n_labels = n_labels
        self.into = nn.Linear(2 * n_states * WIDTH, WIDTH)
        self.lstm = nn.LSTM(WIDTH, hidden, batch_first=True, bidirectional=True) if hidden else None
        width = 2 * hidden or WIDTH
        self.dropout = nn.Dropout(0.2)
        self.tag = nn.Linear(width, n_tags)
        self.root = nn.Parameter(torch.zeros(width))
        self.arc_word, self.arc_head = nn.Linear(width, ARC), nn.Linear(width, ARC)
        self.arc = nn.Linear(ARC, ARC)
        self.label_word, self.label_head = nn.Linear(width, LABEL), nn.Linear(width, LABEL)
        self.label = nn.Parameter(torch.randn(n_labels, LABEL + 1, LABEL + 1) * 0.02)

    def words(self, states: Tensor, first: Tensor, last: Tensor, lengths: Tensor | None) -> Tensor:
        """A vector for each word. Shape (n, words, width)."""
        rows = torch.arange(states.shape[0]).unsqueeze(1)
        x = functional.gelu(self.into(torch.cat([states[rows, first], states[rows, last]], -1)))
        if self.lstm is None:
            return x
        if lengths is None:  # of one length, as when coding
            return self.lstm(x)[0]  # type: ignore[no-any-return]
        packed = nn.utils.rnn.pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return nn.utils.rnn.pad_packed_sequence(self.lstm(packed)[0], batch_first=True)[0]

    def scores(self, words: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Scores of tags (n, words, tags), of heads (n, words, 1 + words), the root first, and the words with the root."""
        root = self.root.expand(words.shape[0], 1, -1)
        heads = torch.cat([root, words], 1)  # shapes, not lengths: these must stay open in a graph
        of = self.arc(functional.gelu(self.arc_word(words)))
        return self.tag(words), of @ functional.gelu(self.arc_head(heads)).transpose(1, 2) * ARC**-0.5, heads

    def labels(self, words: Tensor, heads: Tensor, chosen: Tensor) -> Tensor:
        """Scores of the labels, given the head of each word."""
        picked = heads[torch.arange(heads.shape[0]).unsqueeze(1), chosen]
        one = torch.ones_like(picked[..., :1])
        word = torch.cat([functional.gelu(self.label_word(words)), one], -1)
        head = torch.cat([functional.gelu(self.label_head(picked)), one], -1)
        left = word @ self.label.permute(1, 0, 2).reshape(LABEL + 1, -1)
        return (left.view(*word.shape[:2], self.n_labels, LABEL + 1) @ head.unsqueeze(-1)).squeeze(-1)


Batch = tuple[dict[str, Tensor], Tensor]  # what `arrays` gives, and the states


def loss_of(net: Syntax, batch: Batch) -> Tensor:
    b, states = batch
    words = net.dropout(net.words(states, b["first"], b["last"], b["words"].sum(1)))
    tags, arcs, heads = net.scores(words)
    arcs = arcs.float().masked_fill(~_real(b), -1e4)
    labels = net.labels(words, heads, b["heads"].clamp(min=0))
    pairs = ((tags, b["tags"]), (arcs, b["heads"]), (labels, b["labels"]))
    return torch.stack([functional.cross_entropy(x.float().flatten(0, 1), y.flatten()) for x, y in pairs]).sum()


def _real(b: dict[str, Tensor]) -> Tensor:
    """Which heads there are: the root and the sentence's words."""
    return functional.pad(b["words"], (1, 0), value=1).bool().unsqueeze(1)


def figures(net: Syntax, groups: Iterator[Batch]) -> dict[str, float]:
    """Agreement with spaCy: tags, heads (UAS), heads with labels (LAS), punctuation included; sentences that are trees."""
    net.eval()
    seen: Counter[str] = Counter()
    with torch.no_grad():
        for b, states in groups:
            words = net.words(states, b["first"], b["last"], b["words"].sum(1))
            tags, arcs, heads = net.scores(words)
            best = arcs.masked_fill(~_real(b), -1e4).argmax(-1)
            label = net.labels(words, heads, best).argmax(-1) == b["labels"]
            real = b["words"].bool()
            known = real & (b["labels"] >= 0)
            right = best == b["heads"]
            seen["words"] += int(real.sum())
            seen["tag"] += int((tags.argmax(-1) == b["tags"])[real].sum())
            seen["known"] += int(known.sum())
            seen["uas"] += int(right[known].sum())
            seen["las"] += int((right & label)[known].sum())
            seen["sentences"] += len(real)
            seen["trees"] += sum(is_tree(row[r].tolist()) for row, r in zip(best, real, strict=True))
    net.train()
    below = {"tag": "words", "uas": "known", "las": "known", "trees": "sentences"}
    return {name: round(seen[name] / max(seen[of], 1), 4) for name, of in below.items()}


def is_tree(heads: Sequence[int]) -> bool:
    """Whether these heads (from 1; 0: root) are one tree."""
    if sum(head == 0 for head in heads) != 1:
        return False
    for word in range(1, len(heads) + 1):
        at, steps = word, 0
        while at and steps <= len(heads):
            at, steps = heads[at - 1], steps + 1
        if at:
            return False
    return True


class Data:
    """Sentences of a part in batches, with the states of the chosen layers, kept as fp16 if the encoder stays as it is."""

    def __init__(self, groups: list[list[Parsed]], names: tuple[dict[str, int], dict[str, int]], keep: bool) -> None:
        self.batches = [arrays(group, *names) for group in groups]
        self.keep = keep
        self.kept: dict[int, Tensor] = {}

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.batches)))

    def batch(self, number: int, encoder: Cut, layers: Sequence[int]) -> Batch:
        b = self.batches[number]
        if number in self.kept:
            return b, self.kept[number].float()
        found = encoder.states(b["ids"], b["mask"])
        states = torch.cat([found[n - 1] for n in layers], -1)
        if self.keep:
            self.kept[number] = states.half()
        return b, states.float()


def train(net: Syntax, encoder: Cut, data: tuple[Data, Data], options: argparse.Namespace) -> None:
    """Teach the heads, and the encoder with `--tune`; print the figures after each epoch."""
    groups = [{"params": list(net.parameters()), "scale": 1.0}]
    if options.tune:
        body = [p for n, p in encoder.named_parameters() if p.requires_grad and n.startswith("layers")]
        groups.append({"params": body, "scale": 0.1})
    steps = torch.optim.AdamW(groups, lr=options.rate, betas=(0.9, 0.98))
    step, began, total = 0, time.process_time(), options.epochs * len(data[0].batches)
    for epoch in range(1, options.epochs + 1):
        order = list(data[0])
        random.Random(epoch).shuffle(order)
        for number in order:
            step += 1
            for group in steps.param_groups:
                group["lr"] = options.rate * group["scale"] * min(1.0, step / 100) * max(0.02, 1 - step / total)
            with torch.autocast("cpu", torch.bfloat16), torch.set_grad_enabled(options.tune):
                batch = data[0].batch(number, encoder, options.layers)
            with torch.autocast("cpu", torch.bfloat16, enabled=options.tune):
                loss = loss_of(net, batch)
            steps.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            steps.step()
            if step % 200 == 0:
                print(step, total, round(loss.item(), 3), round(time.process_time() - began), flush=True)
        encoder.eval()
        with torch.no_grad():
            found = figures(net, (data[1].batch(number, encoder, options.layers) for number in data[1]))
        encoder.train(options.tune)
        print(json.dumps({"epoch": epoch, "cpu_s": round(time.process_time() - began), **found}), flush=True)


def main() -> None:
    """Train, print, save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=CACHE)
    parser.add_argument("--layers", type=int, nargs="+", default=[4, 6])
    parser.add_argument("--hidden", type=int, default=160)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--rate", type=float, default=1.5e-3)
    parser.add_argument("--share", type=float, default=1.0, help="of the training sentences")
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--init", type=Path, help="heads of an earlier run, with the same share, to go on from")
    parser.add_argument("--save", type=Path, required=True)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    parts = [laid(read(part, options.cache)) for part in ("train", "validation")]
    parts[0] = random.Random(0).sample(parts[0], int(options.share * len(parts[0])))
    tags = {tag: i for i, tag in enumerate(sorted({t for s in parts[0] for t in s.tags}))}
    labels = {label: i for i, label in enumerate(sorted({x for s in parts[0] for x in s.labels}))}
    print(
        f"{len(parts[0])} sentences, {len(parts[1])} for validation, {len(tags)} tags, {len(labels)} labels", flush=True
    )
    data = [Data(batches(part, 32), (tags, labels), not options.tune) for part in parts]
    encoder = Cut(options.weights, max(options.layers)).train(options.tune)
    net = Syntax(len(options.layers), len(tags), len(labels), options.hidden)
    if options.init:
        net.load_state_dict(torch.load(options.init, map_location="cpu")["syntax"])
    train(net, encoder, (data[0], data[1]), options)
    described = {"tags": tags, "labels": labels, "layers": options.layers, "hidden": options.hidden}
    torch.save({"syntax": net.state_dict(), "encoder": encoder.state_dict(), **described}, options.save)


if __name__ == "__main__":
    main()
