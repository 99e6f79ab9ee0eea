"""The grammar that tells whether something happened: tense, modals, negation, conditions, and what governs the event."""

from __future__ import annotations

from dataclasses import dataclass

from spacy.tokens import Span, Token

from communique.lexicon import word_set
from communique.records import Circumstances, Governor

_CONDITIONAL_MARKERS = {"if", "unless", "whether", "lest"}
_NEGATIONS = {"not", "n't", "never", "no", "neither", "nor", "without", "hardly", "nobody", "none"}
_FUTURE_MODALS = {"will", "shall", "'ll", "wo", "’ll"}
_CLAUSES = {"xcomp", "ccomp", "pcomp", "acl", "advcl", "relcl", "csubj", "acomp", "oprd"}
_OBJECTS = {"dobj", "pobj", "nsubj", "nsubjpass", "attr", "dative", "compound", "poss", "appos", "amod"}
_MAX_GOVERNORS = 6
_FINITE = {"VBD", "VBZ", "VBP"}

_BELOW = {"relcl", "advcl"}


def circumstances(word: Token) -> Circumstances:
    """The circumstances of an event word."""
    tense, modal = _tense(word) if word.pos_ in {"VERB", "AUX"} else ("", "")
    if word.pos_ == "ADJ" and word.head.pos_ == "AUX":
        tense, modal = _tense(word.head)
    clause = clause_head(word)
    return Circumstances(
        tense=tense,
        modal=modal,
        negated=_negated(word) or (word.pos_ == "ADJ" and word.head.pos_ == "AUX" and _negated(word.head)),
        conditional=_conditional(word),
        conditioned=_conditioned(clause),
        marker=_marker(clause),
        governors=tuple(_governors(word)),
    )


def _auxiliaries(verb: Token) -> list[Token]:
    found = [child for child in verb.lefts if child.dep_ in {"aux", "auxpass"}]
    if not found and verb.dep_ == "conj" and verb.head.pos_ in {"VERB", "AUX"} and verb.tag_ in {"VB", "VBN", "VBG"}:
        if any(child.dep_ in {"nsubj", "nsubjpass", "mark"} for child in verb.lefts):
            return found
        return _auxiliaries(verb.head)
    return found


def _tense(verb: Token) -> tuple[str, str]:
    """Tense and modal of a verb group."""
    words = _auxiliaries(verb)
    lowered = [word.lower_ for word in words]
    modals = [word for word in words if word.tag_ == "MD"]
    if modals:
        first = modals[0].lower_
        if first in _FUTURE_MODALS:
            return "future", "will"
        return "infinitive", {"ca": "can", "'d": "would"}.get(first, first)
    if "to" in lowered:
        governor = verb.head
        if verb.dep_ == "xcomp" and governor.lemma_ == "be" and governor.pos_ in {"AUX", "VERB"}:
            return "future", "be to"
        return ("future", "be to") if _is_headline(verb) else ("infinitive", "")
    if "have" in lowered or "has" in lowered or "'ve" in lowered or "having" in lowered:
        return "perfect", ""
    if "had" in lowered:
        return "pluperfect", ""
    finite = next((word for word in words if word.tag_ in {"VBD", "VBZ", "VBP"}), None)
    tag = finite.tag_ if finite is not None else verb.tag_
    if tag == "VBD" or (tag == "VBN" and finite is None):
        return "past", ""
    if tag in {"VBZ", "VBP"}:
        return "present", ""
    return ("participle", "") if tag == "VBG" else ("infinitive", "")


def _is_headline(verb: Token) -> bool:
    """Whether an infinitive is the only verb that could say anything: "Philippine leader to visit Japan"."""
    sentence = verb.sent
    if verb.dep_ not in {"ROOT", "relcl", "acl"} or verb.i == sentence.start + 1:
        return False
    return not any(token.tag_ in _FINITE or token.tag_ == "MD" or token.text == "." for token in sentence)


def _negated(word: Token) -> bool:
    for child in word.children:
        if child.dep_ == "neg" or (child.dep_ in {"preconj", "advmod"} and child.lower_ in _NEGATIONS):
            return True
        if child.dep_ == "det" and child.lower_ in {"no", "neither"}:
            return True
        if child.dep_ in {"nsubj", "nsubjpass", "dobj"} and word.pos_ in {"VERB", "AUX"}:
            if child.lower_ in {"nobody", "none", "neither"}:
                return True
            if any(grandchild.dep_ == "det" and grandchild.lower_ in {"no", "neither"} for grandchild in child.lefts):
                return True
    if word.dep_ == "conj" and word.pos_ == "VERB" and word.tag_ in {"VB", "VBG"} and word.head.pos_ == "VERB":
        return (
            not any(child.dep_ in {"nsubj", "aux"} for child in word.lefts)
            and _negated(word.head)
            and _joined_by_or(word)
        )
    return (word.dep_ == "pcomp" and word.head.lower_ == "without") or (
        word.dep_ == "pobj" and word.head.lower_ == "without"
    )


def _joined_by_or(word: Token) -> bool:
    return any(child.lower_ in {"or", "nor"} for child in word.head.children if child.dep_ == "cc")


def clause_head(word: Token) -> Token:
    """The verb of the clause that a word stands in."""
    for _ in range(8):
        if word.pos_ in {"VERB", "AUX"} and word.dep_ not in {"amod", "compound"}:
            return word
        if word.dep_ == "ROOT":
            return word
        word = word.head
    return word


def own_clause(word: Token) -> tuple[int, int, int]:
    """The offsets between which the parties of a word stand, and the one before which its dates do.

    Parties stand not before or behind a semicolon between clauses, nor in the next clause that has a subject of its own and
    is joined to the word's clause, or to one around it, nor behind the next verb if the own one has an object; dates may.
    """
    sentence, own = word.sent, clause_head(word)
    start, end = sentence.start_char, sentence.end_char
    near = end
    for token in sentence if ";" in sentence.text else ():
        if token.text == ";" and _has_clause(sentence, before=token) and _has_clause(sentence, behind=token):
            if token.i < word.i:
                start = token.idx
            else:
                end = min(end, token.idx)
    for verb in (own, *own.ancestors):
        for child in verb.rights:
            if child.dep_ == "conj" and child.i > word.i and child.pos_ in {"VERB", "AUX"}:
                if any(other.dep_ == "dobj" and other.i < child.i for other in verb.rights):
                    near = min(near, child.idx)  # "hailed the arrest and urged Ghana …"
                for subject in child.lefts:
                    if subject.dep_ in {"nsubj", "nsubjpass"} and subject.i > word.i:
                        end = min(end, subject.left_edge.idx)
    if word.pos_ == "NOUN" and own.dep_ == "conj" and own.pos_ in {"VERB", "AUX"}:
        for subject in own.lefts:
            if subject.dep_ in {"nsubj", "nsubjpass"} and subject.i > own.head.i:
                start = max(start, subject.left_edge.idx)
    return start, min(near, end), end


@dataclass(frozen=True, slots=True)
class Aside:
    """A stretch of a sentence that tells of something else than the clause around it.

    Attributes:
        first, last: Its tokens.
        told_of: Number of the word that it describes, to which its phrases may be parties; None where there is none.
    """

    first: Token
    last: Token
    told_of: int | None

    def excludes(self, word: Token) -> bool:
        """Whether none of the parties to a word stands here."""
        return self.told_of != word.i and not self.first.i <= word.i <= self.last.i

    @property
    def offsets(self) -> tuple[int, int]:
        """Of its first character and behind its last."""
        return self.first.idx, self.last.idx + len(self.last)


def asides_of(sentence: Span) -> tuple[Aside, ...]:
    """Relative and adverbial clauses, appositions and dating phrases of a sentence: "quit AFTER BURUNDI", "Nigeria, WHICH COMMANDS THE
    FORCE, threatened".
    """
    stances, dating = word_set("language/asides", "stances"), word_set("language/asides", "dating")
    found = []
    for token in sentence:
        is_told = token.dep_ in {"relcl", "acl"} or (token.dep_ == "appos" and _follows_comma(token))
        if (
            is_told
            or (token.dep_ == "advcl" and _is_aside(token))
            or (token.lower_ in stances and token.i > token.head.i)  # "rebels LOYAL TO KABILA"
            or (token.dep_ == "prep" and token.lower_ in dating)
        ):
            found.append(Aside(token.left_edge, token.right_edge, token.head.i if is_told else None))
    return tuple(found)


def _follows_comma(token: Token) -> bool:
    return token.left_edge.i > 0 and token.left_edge.nbor(-1).text == ","


def actors_clause(word: Token) -> tuple[int, int] | None:
    """Offsets between which the actors of a verb stand that has a subject of its own in a clause below another; `None` for any other."""
    active = [child for child in word.lefts if child.dep_ == "nsubj" and child.tag_ not in {"WDT", "WP"}]
    if word.dep_ not in _BELOW or not active:
        return None
    first, last = word.left_edge, word.right_edge
    return first.idx, last.idx + len(last)


def _is_aside(clause: Token) -> bool:
    """Whether an adverbial clause tells of something else, and is no condition: its subject may be the one who is warned."""
    if any(child.dep_ == "mark" and child.lower_ in _CONDITIONAL_MARKERS for child in clause.lefts):
        return False
    return _has_subject(clause)


def _has_clause(sentence: Span, before: Token | None = None, behind: Token | None = None) -> bool:
    return any(
        token.dep_ in {"nsubj", "nsubjpass"} and (before is None or token.i < before.i) and (behind is None or token.i > behind.i)
        for token in sentence
    )  # fmt: skip


def _marker(clause: Token) -> str:
    for child in clause.lefts:
        if child.dep_ in {"mark", "advmod"} and child.lower_ in {
            "after", "before", "until", "since", "when", "while", "as", "because", "if", "unless", "whether", "although", "once",
        }:  # fmt: skip
            return child.lower_
    if clause.dep_ == "pcomp":
        return clause.head.lower_
    if (
        clause.dep_ == "conj"
        and clause.head.pos_ == "VERB"
        and not any(child.dep_ == "nsubj" for child in clause.lefts)
    ):
        return _marker(clause.head)
    return ""


def _conditional(word: Token) -> bool:
    """Whether a word stands in an if-clause, under "whether", or in the main clause of an unreal condition."""
    for _ in range(10):
        if word.pos_ in {"VERB", "AUX"}:
            for child in word.lefts:
                if child.lower_ in _CONDITIONAL_MARKERS and child.dep_ in {"mark", "advmod"}:
                    return True
            for child in word.children:
                if child.dep_ == "prep" and child.lower_ in {"if"}:
                    return True
            if word.dep_ == "advcl" and _inverted(word):
                return True
            if word.dep_ == "conj" and _stands_apart(word) and _has_subject(word):
                return False  # "X will hit back if Y attacks, and Z wants talks"
        if word.dep_ == "ROOT" or (word.dep_ == "ccomp" and word.head.pos_ == "VERB" and _reports(word.head)):
            return False
        word = word.head
    return False


def _conditioned(clause: Token) -> bool:
    """Whether a clause has an if-clause or unless-clause of its own, or shares that of the verb it is joined to."""
    for child in clause.children:
        if child.dep_ == "advcl" and any(
            word.lower_ in {"if", "unless"} and word.dep_ in {"mark", "advmod"} for word in child.children
        ):
            return True
    return clause.dep_ in {"conj", "xcomp"} and clause.head.pos_ in {"VERB", "AUX"} and _conditioned(clause.head)


def _has_subject(verb: Token) -> bool:
    return any(child.dep_ in {"nsubj", "nsubjpass"} for child in verb.lefts)


def _stands_apart(verb: Token) -> bool:
    """Whether a comma stands before the "and" or "but" that joins a verb to another."""
    return any(
        child.dep_ == "cc" and verb.head.i < child.i < verb.i and child.nbor(-1).text == ","
        for child in verb.head.children
    )


def _inverted(verb: Token) -> bool:
    """ "Had the ship been hit, …" """
    auxiliaries = [child for child in verb.lefts if child.dep_ in {"aux", "auxpass"}]
    subject = next((child for child in verb.lefts if child.dep_ in {"nsubj", "nsubjpass"}), None)
    return (
        bool(auxiliaries)
        and subject is not None
        and auxiliaries[0].lower_ in {"had", "should", "were"}
        and auxiliaries[0].i < subject.i
    )


def _reports(verb: Token) -> bool:
    return verb.lemma_ in {"say", "tell", "report", "add", "announce", "state", "note", "claim", "write", "confirm"}


def _governors(word: Token) -> list[Governor]:
    """What a word hangs on, nearest first, up to the main clause."""
    found: list[Governor] = []
    current = word
    while len(found) < _MAX_GOVERNORS and current.dep_ != "ROOT":
        head = current.head
        relation = current.dep_
        if relation == "conj":
            if _has_subject(current) and current.pos_ in {"VERB", "AUX"}:
                break  # a clause of its own
            if head.dep_ == "ccomp" and current.tag_ in _FINITE and _stands_apart(current):
                head = head.head  # "denied that they took part, and blamed others"
            current = head
            continue
        if relation == "ccomp" and current.i < head.i and not _reports(head):
            break  # two sentences in one: "X threatened Y; Z shrugged it off"
        if relation in {"prep", "agent", "prt"} or head.pos_ in {"ADP", "SCONJ", "PART"}:
            if head.pos_ in {"ADP", "SCONJ"} and relation in {"pobj", "pcomp"}:
                preposition = head
                if preposition.dep_ == "ROOT":
                    break
                owner = preposition.head
                while owner.pos_ == "ADP" and owner.dep_ != "ROOT":
                    owner = owner.head
                found.append(_governor(owner, preposition.lower_))
                current = owner
                continue
            current = head
            continue
        if relation in _CLAUSES | _OBJECTS:
            label = "clause" if relation in {"xcomp", "ccomp", "acl", "pcomp", "csubj"} else relation
            found.append(_governor(head, label))
        current = head
    return found


def _governor(word: Token, relation: str) -> Governor:
    verbal = word.pos_ in {"VERB", "AUX"}
    tense, modal = _tense(word) if verbal else ("", "")
    negated = _negated(word)
    if word.lemma_ == "be" and relation == "clause":  # "is ready to", "is a plan to"
        word = next((child for child in word.rights if child.dep_ in {"acomp", "attr"}), word)
    part = {"ADJ": "adjective", "VERB": "verb", "AUX": "verb"}.get(word.pos_, "noun")
    if part == "adjective" and not verbal and word.head.pos_ == "AUX":
        negated, (tense, modal) = negated or _negated(word.head), _tense(word.head)
    return Governor(word.lemma_.lower(), part, word.idx, relation, negated, tense, modal)
