"""What fills the grammatical roles around an event word: subject, object, possessor, prepositions, complement."""

from __future__ import annotations

from collections import defaultdict

from spacy.tokens import Token

from communique.extract.phrases import NOMINAL, PhraseBook
from communique.records import Phrase

Slots = dict[str, tuple[Phrase, ...]]
_SUBJECTS = {"nsubj", "nsubjpass", "csubj"}
_BLAMING = {
    "accuse",
    "suspect",
    "convict",
    "blame",
    "charge",
    "criticise",
    "criticize",
    "condemn",
    "stop",
    "prevent",
    "keep",
    "thank",
    "praise",
    "punish",
    "fine",
}
_SHARED = {"with", "to", "against", "on", "for", "between", "over", "from", "at", "towards", "among"}
_RELATIVE = {"who", "which", "that", "whom", "whose", "what"}


def is_passive(verb: Token) -> bool:
    """Whether a verb's subject is what the act was done to."""
    if any(child.dep_ in {"auxpass", "nsubjpass"} for child in verb.lefts):
        return True
    if verb.tag_ not in {"VBN", "VBD"}:
        return False
    if verb.dep_ == "acl":
        return verb.tag_ == "VBN" or not any(child.dep_ in {"dobj", "nsubj"} for child in verb.children)
    # "the accord signed by A" taken for a main clause, or a conjunct of a passive: "was seized and held"
    if any(child.dep_ == "agent" for child in verb.rights) and not any(child.dep_ == "aux" for child in verb.lefts):
        return True
    return (
        verb.dep_ == "conj"
        and verb.tag_ == "VBN"
        and verb.head.tag_ == "VBN"
        and not own_subject(verb)
        and is_passive(verb.head)
    )


def verb_slots(verb: Token, book: PhraseBook) -> Slots:
    """Slots of a verb, with subjects found through coordination, control and relative clauses."""
    slots: defaultdict[str, list[Phrase]] = defaultdict(list)
    passive = is_passive(verb)
    subject = find_subject(verb)
    if subject is not None:
        slots["object" if passive else "subject"].extend(book.coordinated(subject))
    _own_complements(verb, book, slots)
    if "object" not in slots and not passive:
        shared = _relativised_object(verb) or _shared_object(verb)
        if shared is not None:
            slots["object"].extend(book.coordinated(shared))
    for child in verb.children:
        if child.dep_ in {"dobj", "nsubjpass"} and child.pos_ == "NOUN":
            _objects_own(child, book, slots)
    return {slot: tuple(phrases) for slot, phrases in slots.items()}


def _objects_own(noun: Token, book: PhraseBook, slots: defaultdict[str, list[Phrase]]) -> None:
    """What the parser hung on the object though it is the verb's as well: "signed a treaty WITH Israel"."""
    for child in noun.rights:
        if child.dep_ == "prep" and child.lower_ in _SHARED and child.lower_ not in slots:
            _objects_of_preposition(child, child.lower_, book, slots)


def noun_slots(noun: Token, book: PhraseBook) -> Slots:
    """Slots of a nominal event: possessor, modifier, and its prepositions."""
    slots: defaultdict[str, list[Phrase]] = defaultdict(list)
    for child in noun.lefts:
        if child.dep_ == "poss":
            slots["possessor"].extend(book.coordinated(child))
        elif child.dep_ in {"amod", "compound", "nmod"}:
            slots["against" if _is_opposed(child) else "modifier"].extend(book.coordinated(child))
            slots["modifier"].extend(
                book.phrase(grandchild) for grandchild in child.lefts if grandchild.dep_ in {"amod", "compound", "nmod"}
            )
    _prepositions(noun, book, slots)
    for child in noun.rights:
        if child.dep_ == "acl" and child.tag_ == "VBG":  # "talks involving X and Y"
            for grandchild in child.rights:
                if grandchild.dep_ == "dobj" and child.lemma_ in {"involve", "include"}:
                    slots["with"].extend(book.coordinated(grandchild))
        elif child.dep_ == "acl" and child.tag_ == "VBN":  # "aid provided to X", "a raid carried out by Y"
            _prepositions(child, book, slots)
    return {slot: tuple(phrases) for slot, phrases in slots.items()}


def _is_opposed(word: Token) -> bool:
    """Whether a modifier says whom something is against: "anti-JAPANESE riots"."""
    return word.i > 1 and word.nbor(-1).text in {"-", "‑", "–"} and word.nbor(-2).lower_ == "anti"


def merged(first: Slots, second: Slots) -> Slots:
    """Two sets of slots as one; where both have a slot, the first one's come first."""
    out = dict(first)
    for slot, phrases in second.items():
        out[slot] = out.get(slot, ()) + tuple(phrase for phrase in phrases if phrase not in out.get(slot, ()))
    return out


def complement(verb: Token) -> Token | None:
    """The head of the clause that a verb, noun or adjective takes: "agreed to SEND", "denied HELPING"."""
    for child in verb.children:
        if child.dep_ in {"xcomp", "ccomp"} and child.pos_ in {"VERB", "AUX"} and child.i > verb.i:
            return child
        if (
            child.dep_ == "acl"
            and verb.pos_ in {"NOUN", "PROPN"}
            and any(grandchild.lower_ == "to" for grandchild in child.lefts)
        ):
            return child
        if child.dep_ == "prep" and child.i > verb.i:
            for grandchild in child.rights:
                if grandchild.dep_ == "pcomp" and grandchild.pos_ == "VERB":
                    return grandchild
        if (
            child.dep_ == "advcl"
            and child.i > verb.i
            and any(grandchild.lower_ == "to" for grandchild in child.lefts)
            and verb.pos_ == "ADJ"
        ):
            return child
    return None


def find_subject(verb: Token) -> Token | None:
    """Who or what a verb is said of, also where another word carries it."""
    seen = 0
    while seen < 6:
        seen += 1
        own = own_subject(verb)
        if own is not None:
            return _antecedent(own, verb)
        if verb.dep_ == "conj" and verb.head.pos_ in {"VERB", "AUX"}:
            verb = verb.head
            if is_passive(verb) and verb.dep_ == "acl":
                return None
        elif verb.dep_ in {"xcomp", "advcl", "pcomp"} or (verb.dep_ == "ccomp" and verb.tag_ in {"VB", "VBG"}):
            governor = verb.head
            if verb.dep_ == "pcomp":
                governor = governor.head  # the preposition's own head
            if governor.pos_ not in {"VERB", "AUX", "ADJ", "NOUN"}:
                return None
            controller = _object_of(governor)
            if verb.dep_ == "pcomp" and controller is not None and governor.lemma_ in _BLAMING:
                return controller  # "accused Russia of shelling"
            if (
                verb.dep_ == "xcomp"
                and controller is not None
                and governor.lemma_ not in {"promise", "threaten", "vow"}
            ):
                return controller
            if governor.pos_ == "ADJ":
                governor = governor.head if governor.dep_ in {"acomp", "oprd", "conj"} else governor
                if governor.pos_ == "NOUN":
                    return governor
            elif governor.pos_ == "NOUN":
                return _owner(governor)
            if is_passive(governor) and verb.dep_ == "advcl" and verb.tag_ == "VBG":
                return next(
                    (grandchild for child in governor.rights if child.dep_ == "agent" for grandchild in child.rights),
                    None,
                )
            verb = governor
        elif verb.dep_ == "acl":
            if verb.tag_ == "VBG" or is_passive(verb):
                return verb.head
            return _owner(verb.head)  # "its plan to send": the plan's owner sends
        elif verb.dep_ == "relcl":
            return None if any(child.dep_ in _SUBJECTS for child in verb.lefts) else verb.head
        else:
            return None
    return None


def own_subject(verb: Token) -> Token | None:
    """The subject that stands with the verb itself."""
    return next(
        (child for child in verb.children if child.dep_ in _SUBJECTS and child.pos_ in NOMINAL | {"DET", "ADJ"}), None
    )


def _antecedent(word: Token, verb: Token) -> Token:
    """For a relative pronoun the noun it stands for, else the word itself."""
    if word.lower_ in _RELATIVE:
        clause: Token = verb
        for _ in range(4):
            if clause.dep_ == "relcl":
                return clause.head
            clause = clause.head
    return word


def _object_of(verb: Token) -> Token | None:
    return next((child for child in verb.rights if child.dep_ in {"dobj", "dative"} and child.pos_ in NOMINAL), None)


def _owner(noun: Token) -> Token | None:
    """Whose plan it is: the possessor, or the subject of the verb that the noun is object of."""
    for child in noun.lefts:
        if child.dep_ == "poss":
            return child
    verb = noun.head
    if noun.dep_ in {"dobj", "attr", "pobj"} and verb.pos_ in {"VERB", "AUX"}:
        return own_subject(verb)
    return None


def _own_complements(verb: Token, book: PhraseBook, slots: defaultdict[str, list[Phrase]]) -> None:
    for child in verb.children:
        if child.dep_ == "dobj" and child.pos_ in NOMINAL | {"ADJ", "DET"}:
            slots["object"].extend(book.coordinated(_antecedent(child, verb)))
        elif child.dep_ == "dative" and child.pos_ in NOMINAL:
            slots["indirect"].extend(book.coordinated(child))
        elif child.dep_ == "agent":
            for grandchild in child.rights:
                if grandchild.dep_ == "pobj":
                    slots["subject"].extend(book.coordinated(grandchild))
        elif child.dep_ == "attr":
            slots["attribute"].extend(book.coordinated(child))
    _prepositions(verb, book, slots)


def _prepositions(word: Token, book: PhraseBook, slots: defaultdict[str, list[Phrase]]) -> None:
    for child in word.children:
        if (child.dep_ in {"prep", "dative", "agent"} and child.pos_ in {"ADP", "SCONJ"}) or (
            child.dep_ == "prep" and child.pos_ == "VERB"
        ):
            _objects_of_preposition(child, child.lower_, book, slots)


def _objects_of_preposition(
    preposition: Token, slot: str, book: PhraseBook, slots: defaultdict[str, list[Phrase]]
) -> None:
    for child in preposition.rights:
        if child.dep_ == "pobj" and child.pos_ in NOMINAL | {"ADJ", "DET"}:
            slots[slot].extend(book.coordinated(child))
        elif child.dep_ == "prep" or (child.dep_ == "conj" and child.pos_ == "ADP"):  # "out of", "from inside"
            _objects_of_preposition(child, child.lower_, book, slots)


def _relativised_object(verb: Token) -> Token | None:
    """The noun that a relative clause without object of its own is about: "the aid that X SENT"."""
    clause = verb
    for _ in range(3):
        if clause.dep_ == "relcl":
            has_subject = any(child.dep_ == "nsubj" and child.lower_ not in _RELATIVE for child in clause.lefts)
            has_place = any(child.lower_ in {"where", "when"} for child in clause.lefts)
            return clause.head if has_subject and not has_place else None
        if clause.dep_ not in {"xcomp", "ccomp", "conj"}:
            return None
        clause = clause.head
    return None


def _shared_object(verb: Token) -> Token | None:
    """The object behind the second of two verbs joined directly: "captured and killed X"."""
    for child in verb.rights:
        if child.dep_ == "conj" and child.pos_ == "VERB" and child.i - verb.i <= 2:
            return _object_of(child)
    return None
