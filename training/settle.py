"""Bring annotated texts under the codebook's decisions, where a rule alone can: python -m training.settle [FILE …]

What it changes is counted and printed; what needs reading is left to `training.check`. Running it twice changes nothing.
"""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from training.corpus import DATA, find

ARTICLE_IN_NAME = re.compile(r"the (Hague|Gambia|Bahamas|Sun|Times|Guardian|Economist)\b", re.I)


def phrase_at(text: str, start: int, end: int) -> str:
    """Words at an offset as the data write them: with #n where they are not the first such words."""
    words = text[start:end]
    hits = [m.start() for m in re.finditer(r"(?<!\w)" + re.escape(words) + r"(?!\w)", text)]
    number = hits.index(start) + 1
    return words if number == 1 else f"{words}#{number}"


def settle(row: dict[str, Any], done: Counter[str]) -> None:
    text = row["t"]
    for event in row["e"]:
        for key in ("a", "r"):
            for entity in event.get(key, []):
                where = find(text, entity[0])
                m = re.match(r"(the|an?) (?=\S)", entity[0], re.I)
                if where and m and not ARTICLE_IN_NAME.match(entity[0]):
                    try:
                        entity[0] = phrase_at(text, where[0] + m.end(), where[1])
                        done["leading article left out of a span"] += 1
                    except ValueError:
                        pass
                name = entity[0].split("#")[0]
                if re.fullmatch(r"Houthis?|Houthi rebels|Houthi movement", name) and entity[1:] != ["YEM", "REB"]:
                    entity[1:] = ["YEM", "REB"]
                    done["Houthis are YEM REB"] += 1
                if (
                    re.fullmatch(
                        r"(International )?Red Cross|ICRC|Amnesty International|MSF|Médecins Sans Frontières", name
                    )
                    and entity[1] != "NGO"
                ):
                    entity[1:] = ["NGO", ""]
                    done["Red Cross movement, MSF, Amnesty are NGO"] += 1
        kind, words, mode = event["y"], event["w"].lower(), event.get("m", [])
        if kind == "ASSAULT" and re.search(r"tear gas|water cannon|used batons", words) and "crowd-control" not in mode:
            event["m"] = ["crowd-control"]
            done["tear gas, water cannon, batons: crowd-control"] += 1
        if kind == "CONCEDE" and re.match(
            r"ended (its|their|his|her|the) (strike|blockade|siege|hunger strike)", words
        ):
            event["y"] = "RETREAT"
            done["a strike or blockade ended is RETREAT"] += 1


def main() -> None:
    done: Counter[str] = Counter()
    for path in [Path(name) for name in sys.argv[1:]] or sorted(DATA.glob("*.jsonl")):
        lines = path.read_text(encoding="utf-8").splitlines()
        out = []
        for line in lines:
            if line.strip():
                before = json.loads(line)
                row = json.loads(line)
                settle(row, done)
                out.append(line if row == before else json.dumps(row, ensure_ascii=False))
        if out != lines:
            path.write_text("\n".join(out) + "\n", encoding="utf-8")
    for what, n in done.most_common():
        print(f"{n:5d}  {what}")


if __name__ == "__main__":
    main()
