"""What role a phrase names: the sector of "police", "foreign minister", "spokesman for the rebels"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from communique.lexicon import ActorLexicon
from communique.records import Mention, Phrase

FORMER = re.compile(r"\b(?:former|ex|late|ousted|deposed|one-time|then)\b[- ]", re.I)
_POSSESSIVE = re.compile(r"['’]s(?= |$)")  # "the strike's leaders" are strike leaders
_WORD = re.compile(r"[\w’'.]+(?:-[\w]+)*")
_OF = re.compile(r"\s+of\s+(?:the\s+|an?\s+)?([^,;]+?)(?=\s+(?:in|at|on|near|from|who|which|that)\b|[,;]|$)")
PERSON_ROLES = frozenset(
    "president minister ambassador envoy spokesman spokeswoman spokesperson leader chief general colonel king queen prince premier chancellor "
    "governor mayor senator judge prosecutor bishop pope secretary commissioner commander head director official man woman diplomat lawmaker "
    "journalist activist lawyer officer emir sheikh sultan chairman dictator negotiator mediator counterpart chairwoman deputy candidate "
    "rival successor predecessor captain major lieutenant politician rapporteur monarch strongman warlord candidate host premier captain".split()
)


@dataclass(frozen=True, slots=True)
class Role:
    """What the role words of a phrase say."""

    sectors: tuple[str, ...]
    weak: bool
    words: frozenset[str]
    source: str = ""  # the user's file that says so
    code: str = ""  # whose, where the text says nothing else


class RolesInText:
    """The roles that the phrases of a text name, each found once."""

    def __init__(self, text: str, lexicon: ActorLexicon) -> None:
        self._text = text
        self._lexicon = lexicon
        self._found: dict[tuple[int, int, int], Role | None] = {}

    def of(self, phrase: Phrase) -> Role | None:
        """What a phrase says, the last role word before or at its head deciding."""
        start, end = phrase.mention.start, phrase.mention.end
        key = start, end, phrase.head_end
        if key not in self._found:
            text, behind = self._text[start : phrase.head_end], self._text[phrase.head_end : end]
            self._found[key] = find_role(self._lexicon, text, phrase, behind)
        return self._found[key]

    def beside(self, apposition: Mention) -> Role | None:
        """What an apposition says."""
        return find_role(self._lexicon, apposition.text)


def find_role(lexicon: ActorLexicon, text: str, phrase: Phrase | None = None, behind: str = "") -> Role | None:
    """The role words in a text, the last deciding; of a phrase, whose `text` ends with its head, with what stands `behind`."""
    words = [(match.start(), match[0].lower()) for match in _WORD.finditer(text)]
    found: list[tuple[str, tuple[str, ...], bool, str]] = []
    i = 0
    while i < len(words):
        for length in range(min(lexicon.longest_agent, len(words) - i), 0, -1):
            noun = " ".join(word for _, word in words[i : i + length])
            noun = _POSSESSIVE.sub("", noun).rstrip("'’")
            agent = lexicon.agent(noun)
            if (
                agent is None
                and length == 1
                and phrase is not None
                and words[i][0] + phrase.mention.start == phrase.head_start
            ):
                agent = lexicon.agent(phrase.head)
            sectors = agent.sectors if agent else lexicon.titles.get(noun)
            if sectors is not None:
                found.append((noun, sectors, bool(agent and agent.weak), agent.source if agent else ""))
                i += length - 1
                break
        i += 1
    if not found:
        return None
    words_found = frozenset(part for noun, *_ in found for part in (noun, noun.split()[-1]))
    if phrase is not None:
        words_found |= {phrase.head} & {phrase.head if lexicon.agent(phrase.head) else ""}
    if FORMER.search(text) and found[-1][1][:1] == ("GOV",):
        return Role(("ELI",), False, words_found)
    _, sectors, weak, source = found[-1]
    if weak:
        strong = next((item for item in reversed(found[:-1]) if not item[2]), None)
        if strong is not None:
            return Role(strong[1], False, words_found, strong[3])
        if of := _OF.match(behind):
            whose = find_role(lexicon, of[1])  # "the head of the opposition"
            if whose is not None and not whose.weak and whose.sectors:
                return Role(whose.sectors, False, words_found | whose.words, whose.source)
    code = next(
        (agent.code for noun in (found[-1][0], *words_found) if (agent := lexicon.agent(noun)) and agent.code), ""
    )
    return Role(sectors, weak, words_found, source, code)
