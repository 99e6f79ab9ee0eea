"""Train the network. A checkpoint an epoch; started again, it goes on where it was.

    python -m training.fit --out OUT [--epochs 8] [--seed 1]
"""

from __future__ import annotations

import argparse
import json
import random
import time
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn

from training.corpus import AUX, CONTEXTS, MODE_LABELS, ROLES, TYPE_LABELS, build
from training.examples import IGNORE, PairExample, SentenceExample, batches, epoch_examples, many_hot, padded
from training.network import Network, start

PAIR_BATCH, SENTENCE_BATCH = 32, 24
ce = nn.CrossEntropyLoss(ignore_index=IGNORE, label_smoothing=0.03)
bce = nn.BCEWithLogitsLoss(reduction="none")


def pair_loss(network: Network, rows: list[PairExample]) -> Tensor:
    ids = padded([row.ids for row in rows])
    types, modes, auxiliary, contexts = (x.float() for x in network.read_pair(ids, (ids != 0).long()))
    wanted, _ = many_hot([row.types for row in rows], len(TYPE_LABELS))
    wanted = 0.97 * wanted / wanted.sum(1, keepdim=True) + 0.03 / len(TYPE_LABELS)
    loss = -(wanted * torch.log_softmax(types, dim=1)).sum(1).mean()
    mode, has_mode = many_hot([row.modes for row in rows], len(MODE_LABELS))
    context, has_context = many_hot([row.contexts for row in rows], len(CONTEXTS))
    loss = loss + 3.0 * (bce(modes, mode).sum(1) * has_mode).sum() / len(rows) / 6
    loss = loss + (bce(contexts, context).sum(1) * has_context).sum() / len(rows) / 12
    target = torch.tensor([row.auxiliary for row in rows])
    return loss + (0.5 * ce(auxiliary, target) if (target != IGNORE).any() else 0.0)


def sentence_loss(network: Network, rows: list[SentenceExample]) -> Tensor:
    ids = padded([row.ids for row in rows])
    types, modes, auxiliary, contexts, roles = (x.float() for x in network.read_tokens(ids, (ids != 0).long()))
    target = padded([row.type for row in rows], IGNORE)
    weight = torch.where(target > 0, 2.0, 1.0) * (target != IGNORE)
    each = nn.functional.cross_entropy(types.flatten(0, 1), target.flatten().clamp(min=0), reduction="none")
    n_events = sum(len(row.events) for row in rows)
    loss = (each * weight.flatten()).sum() / max(n_events, 1) / 3
    if not n_events:
        return loss
    where = [(b, event) for b, row in enumerate(rows) for event in row.events]
    b, i = torch.tensor([b for b, _ in where]), torch.tensor([event[0] for _, event in where])
    loss = loss + 0.5 * ce(auxiliary[b, i], torch.tensor([event[1] for _, event in where]))
    mode, _ = many_hot([event[2] for _, event in where], len(MODE_LABELS))
    context, known = many_hot([event[3] or None for _, event in where], len(CONTEXTS))
    loss = loss + bce(modes[b, i], mode).sum(1).mean() / 2 + (bce(contexts[b, i], context).sum(1) * known).mean() / 12
    truth = torch.zeros(len(where), ids.shape[1], len(ROLES))
    asked = torch.zeros(len(where), ids.shape[1], 1)
    for n, (row, event) in enumerate(where):
        asked[n, rows[row].words] = 1
        for piece, role in event[4]:
            truth[n, piece, role] = 1
    return loss + (bce(roles[b, i], truth) * asked * (1 + 2 * truth)).sum() / len(where) / 3


class Average:
    """The moving average of the weights, which is what is kept."""

    def __init__(self, network: Network, decay: float = 0.998) -> None:
        self.decay, self.state = decay, {k: v.clone() for k, v in network.state_dict().items()}

    def update(self, network: Network) -> None:
        with torch.no_grad():
            for key, value in network.state_dict().items():
                self.state[key].lerp_(value, 1 - self.decay)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--start", type=Path, required=True, help="folder with model.safetensors and tokenizer.json")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1.2e-4)
    parser.add_argument("--threads", type=int, default=1, help="one gives the same weights every time")
    parser.add_argument("--steps", type=int, default=0, help="stop after so many steps: a trial")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(options.start / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    network = start(options.start / "model.safetensors")
    average = Average(network)
    encoder = [p for n, p in network.named_parameters() if n.startswith(("words", "positions", "layers", "norm", "kind"))]
    known = {id(p) for p in encoder}
    optimizer = torch.optim.AdamW(
        [{"params": encoder, "lr": options.rate}, {"params": [p for p in network.parameters() if id(p) not in known], "lr": 5 * options.rate}],
        weight_decay=0.01,
    )
    first, step, total = 0, 0, 0
    checkpoint = options.out / "checkpoint.pt"
    if checkpoint.exists():
        saved = torch.load(checkpoint)
        network.load_state_dict(saved["network"])
        average.state, first, step, total = saved["average"], saved["epoch"], saved["step"], saved["total"]
        optimizer.load_state_dict(saved["optimizer"])
    for epoch in range(first, options.epochs):
        rng = random.Random(options.seed * 1000 + epoch)
        corpus = build("train", options.out.parent / "parse.jsonl")
        pairs, sentences = epoch_examples(corpus, tokenizer, rng)
        jobs = [("pair", g) for g in batches([len(p.ids) for p in pairs], PAIR_BATCH, rng)]
        jobs += [("sentence", g) for g in batches([len(s.ids) for s in sentences], SENTENCE_BATCH, rng)]
        rng.shuffle(jobs)
        total = max(total, step + len(jobs) * (options.epochs - epoch))
        network.train()
        began, sums = time.time(), {"pair": [0.0, 0], "sentence": [0.0, 0]}
        for kind, group in jobs:
            scale = min(1.0, (step + 1) / 300) * max(0.02, 1 - step / total)
            for number, part in enumerate(optimizer.param_groups):
                part["lr"] = options.rate * (5 if number else 1) * scale
            with torch.autocast("cpu", torch.bfloat16):
                loss = pair_loss(network, [pairs[i] for i in group]) if kind == "pair" else sentence_loss(network, [sentences[i] for i in group])
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            if step > 500:
                average.update(network)
            elif step == 500:
                average = Average(network)
            sums[kind][0] += loss.item()
            sums[kind][1] += 1
            step += 1
            if step % 100 == 0 or step == options.steps:
                print(f"epoch {epoch} step {step}/{total} {time.time() - began:.0f}s", {k: round(a / max(n, 1), 3) for k, (a, n) in sums.items()}, flush=True)
            if step == options.steps:
                return
        temporary = checkpoint.with_suffix(".tmp")
        torch.save({"network": network.state_dict(), "average": average.state, "optimizer": optimizer.state_dict(), "epoch": epoch + 1, "step": step, "total": total}, temporary)
        temporary.replace(checkpoint)
        (options.out / "log.jsonl").open("a").write(json.dumps({"epoch": epoch, "seconds": round(time.time() - began), "loss": {k: a / max(n, 1) for k, (a, n) in sums.items()}}) + "\n")
    torch.save(average.state, options.out / "average.pt")


if __name__ == "__main__":
    main()
