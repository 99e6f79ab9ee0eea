"""Write the figures into MODEL_CARD.md and DATA_CARD.md: python -m training.cards

What stands between `<!-- figures -->` and `<!-- end -->` is made here; the rest is written by hand.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

from training.corpus import part_of, read_pair_rows, read_rows

HERE = Path(__file__).parent
MODEL = HERE.parent / "src/communique/models/model.json"


def table(head: list[str], rows: list[list[Any]]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    return "\n".join(lines + ["| " + " | ".join(str(x) for x in row) + " |" for row in rows])


def data_figures() -> str:
    rows, pairs = read_rows(), read_pair_rows()
    by_file = {name: [r for r in rows if r["file"] == name] for name in dict.fromkeys(r["file"] for r in rows)}
    files = [
        [f"`{name}.jsonl`", len(found), sum(not r["e"] for r in found), sum(len(r["e"]) for r in found)]
        for name, found in by_file.items()
    ]
    files.append(["together", len(rows), sum(not r["e"] for r in rows), sum(len(r["e"]) for r in rows)])
    parts = Counter(part_of(r["t"]) for r in rows)
    wire = Counter(part_of(r.get("g") or r["t"]) for r in pairs)
    events = [e for r in rows for e in r["e"]]
    return "\n\n".join([
        table(["file", "texts", "of them without event", "events"], files),
        table(["part", "texts", "newswire pairs"], [[name, parts[name], wire[name]] for name in ("train", "validation", "test")]),
        table(["type", "events"], [list(x) for x in Counter(e["y"] for e in events).most_common()]),
        table(["auxiliary mode", "events"], [list(x) for x in Counter(e.get("x") or "none: it happened" for e in events).most_common()]),
        table(["sort of text", "texts"], [list(x) for x in Counter(r.get("k", "agency") for r in rows).most_common()]),
    ])  # fmt: skip


def model_figures() -> str:
    figures = json.loads((HERE / "figures.json").read_text())
    model = json.loads(MODEL.read_text())
    pairs, words = figures["pairs"], figures["sentences"]
    parts_of = [figures[name] for name in ("pairs", "plain_pairs", "annotated_pairs")]

    def line(what: str, key: str, target: str) -> list[Any]:
        return [what, *(part.get(key, "") for part in parts_of), target]

    wanted = [
        line("pairs", "n", ""),
        line("type macro-F1", "type_macro_f1", "0.90"),
        line("type accuracy", "type_accuracy", ""),
        line("recall of none", "none_recall", "0.95"),
        line("auxiliary macro-F1", "auxiliary_macro_f1", "0.85"),
        line("mode macro-F1", "mode_macro_f1", "0.80"),
        line("mode micro-F1", "mode_micro_f1", ""),
        line("context micro-F1", "context_micro_f1", ""),
        line("expected calibration error", "calibration_error", "0.05"),
    ]
    by_words = [
        ["event word with its type, F1", words["event_word_f1"]],
        ["recall of none", words["none_recall"]],
        ["auxiliary macro-F1", words["auxiliary_macro_f1"]],
        ["mode macro-F1 (micro)", f"{words['mode_macro_f1']} ({words['mode_micro_f1']})"],
        *[[f"{role}, F1 given the event word", value] for role, value in words["role_f1"].items()],
        ["expected calibration error", words["calibration_error"]],
    ]
    facts = [
        [k, model[k]]
        for k in ("bytes", "sha256", "data_sha256", "codebook", "licence", "starting_weights", "fp32_difference")
    ]
    facts += [["temperatures", model["temperatures"]], ["thresholds", model.get("thresholds")]]
    facts += [
        ["validation accuracy", model.get("validation_accuracy")],
        ["int8 agrees with fp32 on", model["int8_agreement"]],
    ]
    by_type = [[y, pairs["by_type"].get(y, ""), words["by_type"].get(y, "")] for y in pairs["by_type"]]
    by_aux = [[x, pairs["by_auxiliary"].get(x, ""), words["by_auxiliary"].get(x, "")] for x in pairs["by_auxiliary"]]
    runs = [json.loads(line) for line in (HERE / "runs.jsonl").read_text().splitlines()]
    log = [
        [
            r["run"],
            r["epoch"],
            r["seconds"],
            r["pair"],
            r["linked"],
            r["none"],
            r["wire"],
            r["trigger_f1"],
            r["role_f1"],
        ]
        for r in runs
    ]
    parts = [
        f"On the part *{figures['part']}* of our own texts: {pairs['n']} pairs, {words['n_texts']} texts with {words['n_events']} events.",
        table(["pairs", "all", "plain sentences", "annotated texts", "wanted"], wanted),
        table(["words of annotated texts", "value"], by_words),
        table(["type", "F1, pairs", "F1, words"], by_type),
        table(["auxiliary mode", "F1, pairs", "F1, words"], by_aux),
        "What was run (figures on the validation part, fp32, averaged weights, no calibration):",
        table(["run", "epoch", "seconds", "pair loss", "linked pairs right", "none right", "newswire right", "event word F1", "actor and recipient F1"], log),
        "What plain pairs and two ingredients gain, by `python -m training.ablate` (three epochs of pairs from the tuned weights before plain pairs, fp32, validation part):",
        table(["run", "plain pairs", "plain: macro-F1", "plain: accuracy", "annotated: macro-F1", "annotated: recall of none"], ablations()),
        "The file:",
        table(["", ""], facts),
    ]  # fmt: skip
    return "\n\n".join(parts)


def ablations() -> list[list[Any]]:
    path = HERE / "ablations.jsonl"
    rows = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    return [
        [
            r["run"],
            r["plain_pairs"],
            r["plain"]["macro_f1"],
            r["plain"]["accuracy"],
            r["annotated"]["macro_f1"],
            r["annotated"]["none_recall"],
        ]
        for r in rows
    ]


def fill(path: Path, figures: str) -> None:
    text = path.read_text(encoding="utf-8")
    new = re.sub(
        r"<!-- figures -->.*?<!-- end -->", lambda _: f"<!-- figures -->\n{figures}\n<!-- end -->", text, flags=re.S
    )
    path.write_text(new, encoding="utf-8")


def main() -> None:
    fill(HERE / "DATA_CARD.md", data_figures())
    fill(HERE / "MODEL_CARD.md", model_figures())


if __name__ == "__main__":
    main()
