"""What a smaller encoder costs: token heads that read layer 3, 4 or 5 of the shipped encoder instead of layer 6.

    python -m training.prototypes.layers --weights MODEL.pt [--layers 3 4 5 6] [--tune] [--epochs 3] [--save DIR]

Frozen, only the token heads learn anew, all from one pass of the encoder; with --tune the layers below them learn too.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import Tensor

from training.corpus import ROLES, Corpus, build
from training.encoding import sentence_batch, sentence_example
from training.network import Network
from training.prototypes.sentences import tokenizer
from training.train import BATCH, SIZES, sentence_loss, validate

HEADS = ("token", "role_of", "role_at", "role_prior")


class Cut(Network):
    """The network without its upper layers; `held` are states that another one has computed already."""

    held: Tensor | None = None

    def __init__(self, weights: Path, n_layers: int) -> None:
        super().__init__(SIZES, len(ROLES), 0.1)
        self.load_state_dict(torch.load(weights, map_location="cpu"))
        self.layers = self.layers[:n_layers]

    def encode(self, ids: Tensor, mask: Tensor) -> Tensor:
        return super().encode(ids, mask) if self.held is None else self.held

    def states(self, ids: Tensor, mask: Tensor) -> list[Tensor]:
        """The states after each layer."""
        found: list[Tensor] = []
        hooks = [layer.register_forward_hook(lambda *seen: found.append(seen[2])) for layer in self.layers]
        super().encode(ids, mask)
        for hook in hooks:
            hook.remove()
        return found


def epoch(corpus: Corpus, rng: random.Random) -> Iterator[dict[str, Tensor]]:
    """Batches of varied sentences, each of texts of about one length, in random order."""
    pieces = tokenizer()
    rows = [sentence_example(s, pieces, rng) for s in corpus.sentences if s.triggers or rng.random() < 0.8]
    rows.sort(key=lambda row: len(row["ids"]) + rng.random() * 4)
    groups = [rows[i : i + BATCH] for i in range(0, len(rows), BATCH)]
    rng.shuffle(groups)
    yield from map(sentence_batch, groups)


def optimiser(nets: list[Cut], rate: float, tune: bool) -> torch.optim.Optimizer:
    heads: list[Tensor] = []
    body: list[Tensor] = []
    for net in nets:
        for name, parameter in net.named_parameters():
            if name.split(".")[0] in HEADS:
                heads.append(parameter)
            elif tune and parameter.requires_grad and not name.startswith("pair"):
                body.append(parameter)
    return torch.optim.AdamW([{"params": heads, "scale": 3.0}, {"params": body, "scale": 1.0}], lr=rate)


def train(nets: list[Cut], corpora: tuple[Corpus, Corpus], options: argparse.Namespace) -> None:
    """Teach the heads of all nets the same batches, and print the figures after each epoch."""
    shared = None if options.tune else Cut(options.weights, max(len(net.layers) for net in nets)).eval()
    steps = optimiser(nets, options.rate, options.tune)
    total = options.epochs * (len(corpora[0].sentences) // BATCH)
    step, began = 0, time.process_time()
    for number in range(1, options.epochs + 1):
        for batch in epoch(corpora[0], random.Random(number)):
            step += 1
            for group in steps.param_groups:
                group["lr"] = options.rate * group["scale"] * min(1.0, step / 50) * max(0.02, 1 - step / total)
            with torch.autocast("cpu", torch.bfloat16):
                if shared:
                    with torch.no_grad():
                        states = shared.states(batch["ids"], batch["mask"])
                    for net in nets:
                        net.held = states[len(net.layers) - 1]
                loss = torch.stack([sentence_loss(net, batch) for net in nets]).sum()
            steps.zero_grad(set_to_none=True)
            loss.backward()  # type: ignore[no-untyped-call]
            steps.step()
        show(nets, corpora[1], number, time.process_time() - began)


def show(nets: list[Cut], validation: Corpus, number: int, seconds: float) -> None:
    pieces = tokenizer()
    for net in nets:
        net.held = None
        found = validate(net, validation, pieces)
        figures = {name: found[name] for name in ("trigger_f1", "role_f1")}
        print(json.dumps({"layers": len(net.layers), "epoch": number, "cpu_s": round(seconds), **figures}), flush=True)


def main() -> None:
    """Train and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("/work/train-out/parse.jsonl"))
    parser.add_argument("--layers", type=int, nargs="+", default=[3, 4, 5, 6])
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--rate", type=float, default=1e-4)
    parser.add_argument("--tune", action="store_true")
    parser.add_argument("--save", type=Path)
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(1)
    corpora = [Corpus(build(part, options.cache).sentences, [], [], []) for part in ("train", "validation")]
    nets = [Cut(options.weights, n) for n in options.layers]
    train(nets, (corpora[0], corpora[1]), options)
    for net in nets if options.save else []:
        torch.save(net.state_dict(), options.save / f"layers_{len(net.layers)}.pt")


if __name__ == "__main__":
    main()
