"""The filter form: what its fields offer and hold."""

from __future__ import annotations

from typing import Any

from communique import codebook
from communique.web.corpus import Snapshot
from communique.web.filters import Filters

_FIELDS = (
    ("q", "Words", "search"),
    ("text", "Words in the article", "search"),
    ("since", "From", "date"),
    ("until", "Until", "date"),
    ("actor", "Actor codes", "text"),
    ("recipient", "Recipient codes", "text"),
    ("country", "Countries of place", "text"),
    ("place", "Place", "text"),
    ("source", "Source", "text"),
    ("min_confidence", "Confidence from", "number"),
    ("max_confidence", "Confidence to", "number"),
)
_GROUPS = (
    ("quad", "Quad category"),
    ("type", "Type"),
    ("aux", "Whether it happened"),
    ("mode", "Mode"),
    ("context", "Context"),
    ("actor_sector", "Actor's sector"),
    ("recipient_sector", "Recipient's sector"),
)
_AUXILIARY = (
    ("happened", "happened"),
    *((name, name) for name in ("historical", "future", "hypothetical", "negation")),
)
_FIXED = ("dyad", "link", "document")


def filter_form(filters: Filters, store: Snapshot) -> dict[str, Any]:
    """The form for these filters, offering what the store has."""
    fields = [
        {"name": name, "label": label, "kind": kind, "value": value, "options": store.values.get(name, [])}
        for name, label, kind in _FIELDS
        if store.n_texts or name != "text"
        for value in _texts(getattr(filters, name), apart=name == "source")
    ]
    groups = []
    for name, label in _GROUPS:
        chosen = {str(one) for one in getattr(filters, name)}
        offered = _offered(name, store)
        offered += [(value, value) for value in sorted(chosen - {value for value, _ in offered})]
        options = [{"value": value, "text": text, "checked": value in chosen} for value, text in offered]
        if options:
            groups.append({"name": name, "label": label, "options": options, "n_set": len(chosen)})
    kept = [(name, value) for name in _FIXED if (value := getattr(filters, name)) is not None]
    return {"fields": fields, "groups": groups, "kept": kept, "n_set": len(list(filters.pairs()))}


def _texts(value: Any, *, apart: bool) -> list[str]:
    """What stands in the field or fields: names with spaces have one each, codes share one."""
    if not isinstance(value, list):
        return ["" if value is None else str(value)]
    return (value or [""]) if apart else [" ".join(value)]


def _offered(name: str, store: Snapshot) -> list[tuple[str, str]]:
    if name == "quad":
        return [(str(quad.code), quad.name) for quad in codebook.codebook().quad_categories]
    if name == "aux":
        return list(_AUXILIARY)
    return [(value, value) for value in store.values.get(name, [])]
