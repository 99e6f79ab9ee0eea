"""What the shipped model says of some sentences, kept for the tests: python -m training.canonical

The tests hold every later build of the runtime against these labels, so that a model file, a tokenizer and a
description that do not belong together cannot be shipped.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from communique.classify.onnx_model import EventModel
from communique.classify.pairs import label_pairs
from communique.records import Pair

TO = Path(__file__).parent.parent / "tests" / "classify" / "canonical.json"
SENTENCES = """\
[a:Norway] expelled two [r:Russian] diplomats on Tuesday.
[a:Chad]'s army shelled [r:rebel] positions near the Sudanese border overnight.
[a:Peru]'s president will travel to [r:Chile] next month.
[a:Japan] gave [r:Fiji] two patrol boats and 40 million dollars in budget aid.
[a:Kenyan] police arrested 31 [r:opposition supporters] in Kisumu.
[a:Ghana] urged [r:Togo] to reopen the crossing.
[a:Hungary] refused to let the [r:Ukrainian] delegation in.
Thousands of [a:Serbian students] marched against the [r:government] in Novi Sad.
[a:Oman] has not withdrawn its ambassador from [r:Iran], the ministry said.
[r:Qatar] was accused by [a:Bahrain] of paying armed groups.
[a:Iceland] and [r:Malta] sent their teams to the tournament in Lisbon.
The rebels said that [a:Mali] could attack [r:Kidal] if the talks fail.
[a:Zambia] thanked [r:India] for the medicines.
[a:Algeria] freed 14 [r:Moroccan] fishermen after a week.
[a:Greece] put its navy on alert over [r:Turkish] drilling.
[a:Peru] and [r:Ecuador] held a joint exercise in the gulf last week.
""".splitlines()


def read_marked(line: str) -> Pair:
    """A sentence with `[a:…]` and `[r:…]` as a pair."""
    text, spans, last = "", {}, 0
    for found in re.finditer(r"\[([ar]):([^\]]+)\]", line):
        text += line[last : found.start()]
        spans[found[1]] = (len(text), len(text) + len(found[2]))
        text += found[2]
        last = found.end()
    return Pair(id=line, text=text + line[last:], actor=spans["a"], recipient=spans["r"])


def main() -> None:
    labels = label_pairs([read_marked(line) for line in SENTENCES], EventModel())
    rows = [
        {
            "sentence": label.id,
            "types": list(label.event_types),
            "modes": list(label.modes),
            "auxiliary_modes": list(label.auxiliary_modes),
            "probability": label.probability,
        }
        for label in labels
    ]
    TO.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    for row in rows:
        print(row["types"], row["modes"], row["auxiliary_modes"], row["probability"], row["sentence"])


if __name__ == "__main__":
    main()
