"""Makes any number of short, varied news reports: the n-th is always the same. All events and persons are invented.

python benchmarks/made_articles.py 20000 > articles.jsonl
"""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

COUNTRIES = [
    ("Kenyan", "Nairobi", "Kenya"), ("Turkish", "Ankara", "Turkey"), ("Chilean", "Santiago", "Chile"),
    ("Polish", "Warsaw", "Poland"), ("Egyptian", "Cairo", "Egypt"), ("Indonesian", "Jakarta", "Indonesia"),
    ("Nigerian", "Abuja", "Nigeria"), ("Peruvian", "Lima", "Peru"), ("Georgian", "Tbilisi", "Georgia"),
    ("Pakistani", "Islamabad", "Pakistan"), ("Norwegian", "Oslo", "Norway"), ("Chadian", "N'Djamena", "Chad"),
    ("Jordanian", "Amman", "Jordan"), ("Malaysian", "Kuala Lumpur", "Malaysia"), ("Serbian", "Belgrade", "Serbia"),
    ("Bolivian", "La Paz", "Bolivia"), ("Ugandan", "Kampala", "Uganda"), ("Thai", "Bangkok", "Thailand"),
]  # fmt: skip
WHO = ["police", "soldiers", "officials", "diplomats", "ministers", "border guards", "lawmakers", "officers"]
WHOM = ["protesters", "rebels", "journalists", "teachers", "students", "opposition activists", "aid workers", "miners"]
VERBS = ["arrested", "met", "condemned", "attacked", "praised", "expelled", "sued", "threatened", "freed", "thanked"]
FILLERS = [
    "Shops in the centre stayed open.", "Residents said the night had been quiet.", "It rained for most of the day.",
    "A spokeswoman gave no further details.", "Traffic was slow around the station.", "The matter is before a court.",
    "Markets had been expecting the news.", "Nobody could be reached for comment on Sunday.",
]  # fmt: skip
FIRST_DAY = date(2023, 1, 1)


def made_article(number: int) -> dict[str, Any]:
    """The n-th article, as a line of JSONL has it."""
    chance = random.Random(number)
    sentences = []
    for _ in range(chance.randint(1, 5)):
        people, city, _ = chance.choice(COUNTRIES)
        others, _, _ = chance.choice(COUNTRIES)
        count = chance.choice(["", "", f"{chance.randint(2, 90)} "])
        day = chance.choice(["on Monday", "on Thursday", "last week", "on 3 January", "on Saturday"])
        event = f"{people} {chance.choice(WHO)} {chance.choice(VERBS)} {count}{others} {chance.choice(WHOM)}"
        sentences.append(f"{event} in {city} {day}.")
        sentences.extend(chance.sample(FILLERS, chance.randint(0, 3)))
    published = FIRST_DAY + timedelta(days=number % 500)
    return {
        "id": f"made-{number:07d}",
        "date": published.isoformat(),
        "title": f"Report {number} from {chance.choice(COUNTRIES)[2]}",
        "publication": chance.choice(["Morning Post", "Evening Wire", "The Courier"]),
        "text": "\n\n".join(" ".join(sentences[start : start + 3]) for start in range(0, len(sentences), 3)),
    }


def made_lines(n_articles: int, one_broken_in: int = 500) -> Iterator[str]:
    """Lines of JSONL; now and then one that no reader can take."""
    for number in range(n_articles):
        if number % one_broken_in == one_broken_in - 1:
            yield f'{{"id": "broken-{number}", "text": 7}}\n'
        else:
            yield json.dumps(made_article(number)) + "\n"


if __name__ == "__main__":
    sys.stdout.writelines(made_lines(int(sys.argv[1])))
