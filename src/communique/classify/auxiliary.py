"""Did it happen? Auxiliary modes from tense, modals, negation, conditions and the words that an event hangs on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from communique.lexicon import load_section, word_set
from communique.records import Circumstances, Governor

# how an event hangs on a word that can change its status; relative and adverbial clauses stand on their own
_TRANSPARENT = frozenset(
    {"clause", "dobj", "nsubjpass", "pobj", "attr", "acomp", "oprd", "dative", "csubj", "compound", "poss", "appos"}
)
_PREPOSITIONS = frozenset({
    "of", "for", "to", "on", "from", "about", "against", "over", "in", "by", "with", "into", "towards", "toward", "at", "without",
})  # fmt: skip
_POSSIBLE = frozenset({"may", "might", "could", "would", "should", "can", "must", "ought"})


@dataclass(frozen=True, slots=True)
class Status:
    """Whether an event happened.

    Attributes:
        mode: "", future, hypothetical, historical or negation; "drop" where it is only the content of a wish or charge.
        committed: For the future: whether somebody commits to it.
        refused: Whether its actor says that it will not happen.
        ahead: Whether what is announced, though the announcement happened, is still to come.
        reason: The words that decided.
    """

    mode: str = ""
    committed: bool = False
    refused: bool = False
    ahead: bool = False
    reason: str = ""


@cache
def _effects() -> dict[tuple[str, str], str]:
    section = load_section("language/embedding")
    parts = {"verbs": "verb", "nouns": "noun", "adjectives": "adjective"}
    return {
        (parts[part], str(lemma).lower()): effect
        for part, effects in section.items()
        if part in parts
        for effect, lemmas in effects.items()
        for lemma in lemmas
    }


def status(stands: Circumstances, part: str) -> Status:
    """What the grammar around an event word says about its having happened.

    Args:
        stands: Its circumstances.
        part: verb, noun or adjective.
    """
    own = _own_status(stands)
    if own.mode in {"hypothetical", "negation"}:
        return own
    finite = stands.tense in {"past", "perfect", "pluperfect", "present", "future"} or bool(stands.modal)
    above = _governed(stands.governors, finite=finite)
    if stands.tense == "infinitive" and not stands.modal and not above.mode:
        above = _purpose(stands.governors)
    if above.mode:
        return above
    return own


def _own_status(stands: Circumstances) -> Status:
    if stands.conditional:
        return Status("hypothetical", reason="stands in a condition")
    if stands.negated:
        if stands.modal in {"will", "would"}:
            return Status("negation", refused=True, reason=f"{stands.modal} not")
        return Status("negation", reason="is negated")
    if stands.modal in {"will", "be to"} or stands.tense == "future":
        return Status("future", committed=True, reason=f"future ({stands.modal or 'tense'})")
    if stands.modal == "would":
        if any(
            governor.tense in {"past", "pluperfect"} and governor.relation == "clause"
            for governor in stands.governors[:1]
        ):
            return Status("future", committed=True, reason="'would' in what somebody said")
        return Status("hypothetical", reason="'would'")
    if stands.modal in _POSSIBLE:
        return Status("hypothetical", reason=f"modal {stands.modal!r}")
    if stands.marker in {"until", "before"} and stands.tense == "present":
        return Status("future", reason=f"after {stands.marker!r}")
    told = any(
        g.relation == "clause" and g.lemma in word_set("language/reporting", "verbs") for g in stands.governors[:1]
    )
    if stands.tense == "pluperfect" and not told:  # "said that it had closed" only shifts the tense
        return Status("historical", reason="pluperfect")
    return Status()


def _purpose(governors: tuple[Governor, ...]) -> Status:
    """ "sent troops to fight": what something is done for has not happened yet."""
    for governor in governors[:2]:  # the second where the infinitive hangs on the object: "troops to fight"
        if governor.part == "verb":
            effect = _effects().get((governor.part, governor.lemma), "")
            if effect == "purpose":
                return Status("drop", reason=f"what {governor.lemma!r} is for")
            if (
                governor.modal in {"will", "be to"} or governor.tense == "future"
            ):  # "will fly to Wau to meet the governor"
                mode = "negation" if governor.negated else "future"
                return Status(mode, committed=True, reason=f"what {governor.lemma!r} is for")
            return Status()
    return Status()


def _governed(governors: tuple[Governor, ...], *, finite: bool) -> Status:
    """The status that the words above give, nearest first, as long as the event is part of what they say.

    A finite clause says itself when it happened ("announced that it had closed the border"), whoever tells or announces it.
    """
    for governor in governors:
        if governor.relation not in _TRANSPARENT and governor.relation not in _PREPOSITIONS:
            break
        effect = _effects().get((governor.part, governor.lemma), "")
        if governor.relation in {"by", "with", "at", "in"} and governor.part != "noun" and effect != "hypothetical":
            effect = ""
        if effect == "drop_if_not":
            effect = "drop" if governor.negated else "future"
        if finite and (
            effect.startswith("future")
            or (effect == "drop" and governor.lemma in word_set("language/reporting", "verbs"))
        ):
            effect = ""
        words = f"hangs on {governor.lemma!r}"
        if effect == "drop":
            return Status("drop", reason=words)
        if effect == "negation":
            return Status("" if governor.negated else "negation", reason=words)
        if (
            governor.tense == "pluperfect"
            and governor.part == "verb"
            and governor.lemma in word_set("language/embedding", "unfulfilled")
        ):
            return Status("hypothetical", reason=f"had {governor.lemma!r}")
        if effect in {"future_committed", "future"}:
            if governor.negated:
                return Status("negation", reason=f"not {governor.lemma!r}")
            return Status("future", committed=effect == "future_committed", reason=words)
        if effect == "hypothetical":
            return Status("hypothetical", reason=words)
        if governor.part == "verb" and not finite:
            if governor.modal == "will" or governor.tense == "future":
                return Status(
                    "negation" if governor.negated else "future", committed=True, refused=governor.negated, reason=words
                )
            if governor.modal in _POSSIBLE:
                return Status("hypothetical", reason=f"{governor.modal} {governor.lemma}")
            if governor.negated and governor.relation in {"clause", "dobj", "nsubjpass"}:
                return Status("negation", reason=f"not {governor.lemma!r}")
    return Status()
