"""Measure the package's model on a part of our data, with the runtime that users have.

    python -m training.evaluate [--part test] [--calibrate] [--write training/figures.json]

`--calibrate` sets the temperatures in models/model.json from the validation part first.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "src"))

from training.corpus import AUX, CONTEXTS, MODE_LABELS, ROLES, TYPE_LABELS, Corpus, Pair, build  # noqa: E402


def load(models: Path, plain: bool) -> Any:
    """The model of a folder; `plain` leaves its temperatures out."""
    import msgspec
    import onnxruntime
    from tokenizers import Tokenizer

    from communique.classify.onnx_model import Description, EventModel

    model = EventModel.__new__(EventModel)
    description = json.loads((models / "model.json").read_text())
    if plain:
        description["temperatures"] = {}
    model.description = msgspec.convert(description, Description)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    model._session = onnxruntime.InferenceSession(
        str(models / "model.onnx"), options, providers=["CPUExecutionProvider"]
    )
    model._tokenizer = Tokenizer.from_file(str(models / "tokenizer.json"))
    return model


def pairs_of(corpus: Corpus) -> list[Pair]:
    return (
        [p for group in corpus.linked for p in group]
        + corpus.newswire
        + [p for group in corpus.unlinked for p in group[:2]]
    )


def heat(logits: np.ndarray, gold: np.ndarray, softmax: bool) -> float:
    """Temperature with the least cross-entropy. `gold`: probabilities of the labels."""
    best = (float("inf"), 1.0)
    for t in np.exp(np.linspace(np.log(0.5), np.log(4.0), 60)):
        z = logits / t
        if softmax:
            z = z - z.max(-1, keepdims=True)
            loss = -(gold * (z - np.log(np.exp(z).sum(-1, keepdims=True)))).sum(-1).mean()
        else:
            loss = (np.logaddexp(0, z) - gold * z).mean()
        best = min(best, (float(loss), float(t)))
    return round(best[1], 3)


def gold_types(p: Pair) -> np.ndarray:
    row = np.zeros(len(TYPE_LABELS))
    for y in p.event_types or ["NONE"]:
        row[TYPE_LABELS.index(y)] = 1
    return row / row.sum()


def many(labels: list[str], found: list[str]) -> np.ndarray:
    row = np.zeros(len(labels))
    for x in found:
        if x in labels:
            row[labels.index(x)] = 1
    return row


def word_rows(corpus: Corpus, model: Any) -> tuple[list[Any], list[dict[str, Any]]]:
    """For every word piece that starts a word: gold and found; and the events with theirs."""
    words, events = [], []
    for first in range(0, len(corpus.sentences), 16):
        group = corpus.sentences[first : first + 16]
        for s, scores in zip(group, model.read_sentences([s.text for s in group]), strict=True):
            n = len(scores.starts)
            firsts = [
                i
                for i in range(1, n)
                if i == 1 or not s.text[scores.starts[i] - 1].isalnum() or not s.text[scores.starts[i]].isalnum()
            ]
            gold: dict[int, set[str]] = {}
            skipped: set[int] = set()

            def piece(offset: int, scores: Any = scores, n: int = n) -> int | None:
                at = scores.piece_at(offset)
                return at if at is not None and at < n else None

            for t in s.triggers:
                skipped |= {i for a, _ in t.ignore if (i := piece(a)) is not None}
            for t in s.triggers:
                for k, (a, _) in enumerate(t.words):
                    i = piece(a)
                    if i is None:
                        continue
                    gold.setdefault(i, set()).add(t.event_type)
                    if k == 0:
                        heads = {(role, j) for role, (b, _), _ in t.arguments if (j := piece(b)) is not None}
                        inside = {
                            (role, j) for role, _, (x, y) in t.arguments for j in firsts if x <= scores.starts[j] < y
                        } - heads
                        events.append({"trigger": t, "aux": scores.auxiliary_modes[i], "mode": scores.modes[i], "context": scores.contexts[i],
                                       "roles": scores.roles[i], "heads": heads, "inside": inside, "firsts": firsts, "types": scores.types[i]})  # fmt: skip
            for i in firsts:
                if i in gold or i not in skipped:
                    words.append((gold.get(i, {"NONE"}), scores.types[i]))
    return words, events


def calibrate(models: Path, corpus: Corpus) -> dict[str, float]:
    model = load(models, plain=True)
    pairs = pairs_of(corpus)
    scores = model.read_pairs([(p.text, p.actor, p.recipient) for p in pairs])
    tiny = 1e-9

    def logit(x: Any) -> np.ndarray:
        x = np.clip(np.asarray(x, float), 1e-7, 1 - 1e-7)
        return np.log(x / (1 - x))

    linked = [(p, s) for p, s in zip(pairs, scores, strict=True) if p.auxiliary]
    modal = [(p, s) for p, s in zip(pairs, scores, strict=True) if p.modes]
    out = {
        "pair_type": heat(
            np.log(np.array([s.types for s in scores], float) + tiny), np.array([gold_types(p) for p in pairs]), True
        ),
        "pair_auxiliary": heat(
            np.log(np.array([s.auxiliary_modes for _, s in linked], float) + tiny),
            np.array([many(AUX, [p.auxiliary or ""]) for p, _ in linked]),
            True,
        ),
        "pair_mode": heat(
            logit([s.modes for _, s in modal]), np.array([many(MODE_LABELS, p.modes or []) for p, _ in modal]), False
        ),
    }
    words, events = word_rows(corpus, model)
    gold = np.array([many(TYPE_LABELS, list(g)) for g, _ in words])
    out["token_type"] = heat(
        np.log(np.array([x for _, x in words], float) + tiny), gold / gold.sum(-1, keepdims=True), True
    )
    out["token_auxiliary"] = heat(
        np.log(np.array([e["aux"] for e in events], float) + tiny),
        np.array([many(AUX, [e["trigger"].auxiliary]) for e in events]),
        True,
    )
    out["token_mode"] = heat(
        logit([e["mode"] for e in events]), np.array([many(MODE_LABELS, e["trigger"].modes) for e in events]), False
    )
    path = models / "model.json"
    description = json.loads(path.read_text())
    description["temperatures"] = out
    # From which probability on a mode is named: where the micro-F1 on the validation part is best
    for head, rows in (
        ("pair_mode", [(p.modes or [], (logit(s.modes) / out["pair_mode"]), TYPE_LABELS[int(s.types.argmax())]) for p, s in zip(pairs, scores, strict=True) if p.modes is not None and p.event_types]),
        ("token_mode", [(e["trigger"].modes, logit(e["mode"]) / out["token_mode"], TYPE_LABELS[int(e["types"][1:].argmax()) + 1]) for e in events]),
    ):  # fmt: skip
        wanted = np.array([many(MODE_LABELS, g) for g, _, _ in rows])
        mine = np.array([[m.startswith(y + "/") for m in MODE_LABELS] for _, _, y in rows])
        given = np.array([1 / (1 + np.exp(-z)) for _, z, _ in rows])
        best = max(
            (many_f1(wanted, ((given >= t) & mine).astype(float), MODE_LABELS)[1], -t)
            for t in np.arange(0.1, 0.71, 0.05)
        )
        description.setdefault("thresholds", {})[head] = round(float(-best[1]), 2)
    path.write_text(json.dumps(description, indent=1) + "\n")
    return out


def macro_f1(pairs: list[tuple[str, str]], labels: list[str], least: int = 1) -> tuple[float, dict[str, float]]:
    each = {}
    for label in labels:
        tp = sum(g == p == label for g, p in pairs)
        n = sum(g == label for g, _ in pairs)
        wrong = sum((g == label) != (p == label) for g, p in pairs)
        if n >= least:
            each[label] = round(2 * tp / max(2 * tp + wrong, 1), 3)
    return round(float(np.mean(list(each.values()))), 4), each


def expected_calibration_error(confidence: np.ndarray, right: np.ndarray, bins: int = 10) -> float:
    at = np.minimum((confidence * bins).astype(int), bins - 1)
    return round(
        float(
            sum(
                abs(confidence[at == b].mean() - right[at == b].mean()) * (at == b).mean()
                for b in range(bins)
                if (at == b).any()
            )
        ),
        4,
    )


def many_f1(gold: np.ndarray, found: np.ndarray, labels: list[str], least: int = 3) -> tuple[float, float]:
    """Macro-F1 over labels with support, and micro-F1."""
    tp, fp, fn = (gold * found).sum(0), ((1 - gold) * found).sum(0), (gold * (1 - found)).sum(0)
    keep = gold.sum(0) >= least
    f = 2 * tp / np.maximum(2 * tp + fp + fn, 1)
    return round(float(f[keep].mean()), 4), round(float(2 * tp.sum() / max(2 * tp.sum() + fp.sum() + fn.sum(), 1)), 4)


def pair_figures(pairs: list[Pair], scores: list[Any], least: dict[str, float]) -> dict[str, Any]:
    """What is right of some pairs: types, modes, auxiliary modes, contexts, and how far the probabilities can be trusted."""
    rows = []
    for p, s in zip(pairs, scores, strict=True):
        found = TYPE_LABELS[int(s.types.argmax())]
        gold = p.event_types or ["NONE"]
        rows.append((found if found in gold else gold[0], found))
    right = np.array([g == f for g, f in rows], float)
    type_f1, by_type = macro_f1(rows, TYPE_LABELS[1:])
    none = [f == "NONE" for g, f in rows if g == "NONE"]
    told = [(p, s) for p, s in zip(pairs, scores, strict=True) if p.auxiliary]
    aux_rows = [(p.auxiliary or "", AUX[int(s.auxiliary_modes.argmax())]) for p, s in told]
    aux_f1, by_aux = macro_f1(aux_rows, AUX)
    moded = [(p, s) for p, s in zip(pairs, scores, strict=True) if p.modes is not None and p.event_types]
    mode_gold = [many(MODE_LABELS, p.modes or []) for p, _ in moded]
    mode_found = [
        np.array(
            [
                v >= least.get("pair_mode", 0.5) and m.startswith(TYPE_LABELS[int(s.types.argmax())] + "/")
                for v, m in zip(s.modes, MODE_LABELS, strict=True)
            ],
            float,
        )
        for _, s in moded
    ]
    mode_macro, mode_micro = many_f1(np.array(mode_gold), np.array(mode_found), MODE_LABELS)
    figures = {
        "n": len(pairs), "type_macro_f1": type_f1, "type_accuracy": round(float(right.mean()), 4),
        "none_recall": round(float(np.mean(none)), 4) if none else None, "n_none": len(none),
        "auxiliary_macro_f1": aux_f1, "auxiliary_accuracy": round(float(np.mean([g == f for g, f in aux_rows])), 4),
        "mode_macro_f1": mode_macro, "mode_micro_f1": mode_micro,
        "calibration_error": expected_calibration_error(np.array([float(s.types.max()) for s in scores]), right),
        "by_type": by_type, "by_auxiliary": by_aux, "confused": Counter(f"{g} for {f}" for g, f in rows if g != f).most_common(12),
    }  # fmt: skip
    with_contexts = [(p, s) for p, s in zip(pairs, scores, strict=True) if p.contexts is not None]
    if with_contexts:
        figures["context_macro_f1"], figures["context_micro_f1"] = many_f1(
            np.array([many(CONTEXTS, p.contexts or []) for p, _ in with_contexts]),
            np.array([(s.contexts >= 0.5).astype(float) for _, s in with_contexts]),
            CONTEXTS,
        )
    return figures


def measure(models: Path, corpus: Corpus, verbose: bool = True) -> dict[str, Any]:
    model = load(models, plain=False)
    least = json.loads((models / "model.json").read_text()).get("thresholds", {})
    pairs = pairs_of(corpus)
    scores = model.read_pairs([(p.text, p.actor, p.recipient) for p in pairs])
    plain = [(p, s) for p, s in zip(pairs, scores, strict=True) if p.origin == "newswire"]
    annotated = [(p, s) for p, s in zip(pairs, scores, strict=True) if p.origin != "newswire"]
    words, events = word_rows(corpus, model)
    tp = fp = fn = 0
    token_rows = []
    for gold, x in words:
        found = TYPE_LABELS[int(x.argmax())]
        token_rows.append((found if found in gold else sorted(gold)[0], found))
        tp += found != "NONE" and found in gold
        fp += found != "NONE" and found not in gold
        fn += "NONE" not in gold and found not in gold
    token_macro, by_token = macro_f1(token_rows, TYPE_LABELS[1:])
    token_right = np.array([g == f for g, f in token_rows], float)
    event_conf = np.array([float(x.max()) for (g, x) in words if "NONE" not in g or x.argmax()])
    event_right = np.array([r for r, (g, x) in zip(token_right, words, strict=True) if "NONE" not in g or x.argmax()])
    aux_token, by_aux_token = macro_f1([(e["trigger"].auxiliary, AUX[int(e["aux"].argmax())]) for e in events], AUX)
    roles = {}
    for r, name in enumerate(ROLES):
        rtp = rfp = rfn = 0
        for e in events:
            for j in e["firsts"]:
                if (r, j) in e["inside"]:
                    continue
                g, f = (r, j) in e["heads"], e["roles"][j, r] >= 0.5
                rtp += g and f
                rfp += f and not g
                rfn += g and not f
        roles[name] = round(2 * rtp / max(2 * rtp + rfp + rfn, 1), 4)
    token_modes = many_f1(
        np.array([many(MODE_LABELS, e["trigger"].modes) for e in events]),
        np.array(
            [
                [
                    float(
                        v >= least.get("token_mode", 0.5)
                        and m.startswith(TYPE_LABELS[int(e["types"][1:].argmax()) + 1] + "/")
                    )
                    for v, m in zip(e["mode"], MODE_LABELS, strict=True)
                ]
                for e in events
            ]
        ),
        MODE_LABELS,
    )
    figures = {
        "pairs": pair_figures(pairs, scores, least),
        "plain_pairs": pair_figures([p for p, _ in plain], [s for _, s in plain], least),
        "annotated_pairs": pair_figures([p for p, _ in annotated], [s for _, s in annotated], least),
        "sentences": {
            "n_texts": len(corpus.sentences), "n_events": len(events), "event_word_f1": round(2 * tp / max(2 * tp + fp + fn, 1), 4), "event_word_precision": round(tp / max(tp + fp, 1), 4),
            "event_word_recall": round(tp / max(tp + fn, 1), 4), "type_macro_f1": token_macro, "none_recall": round(float(np.mean([f == "NONE" for g, f in token_rows if g == "NONE"])), 4),
            "auxiliary_macro_f1": aux_token, "mode_macro_f1": token_modes[0], "mode_micro_f1": token_modes[1], "role_f1": roles,
            "calibration_error": expected_calibration_error(event_conf, event_right), "by_type": by_token, "by_auxiliary": by_aux_token,
        },
    }  # fmt: skip
    if verbose:
        print(json.dumps(figures, indent=1))
        print(
            "words, gold taken for:",
            Counter((g, f) for g, f in token_rows if g != f and "NONE" not in (g, f)).most_common(15),
        )
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", type=Path, default=ROOT / "src/communique/models")
    parser.add_argument("--cache", type=Path, default=Path("/work/train-out/parse.jsonl"))
    parser.add_argument("--part", default="test", choices=["test", "validation", "train"])
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    if options.calibrate:
        print("temperatures:", calibrate(options.models, build("validation", options.cache)))
    figures = measure(options.models, build(options.part, options.cache))
    if options.write:
        options.write.write_text(json.dumps({"part": options.part, **figures}, indent=1) + "\n")


if __name__ == "__main__":
    main()
