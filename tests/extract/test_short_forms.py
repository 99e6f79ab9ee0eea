"""Bodies under the shorter names that a report gives them later."""

from __future__ import annotations

from communique.extract.short_forms import with_short_forms
from communique.lexicon import load_actors, load_section

FORMS = load_section("language/short_forms")


def added(text: str) -> list[tuple[str, str]]:
    names = load_actors().find_names(text)
    found = with_short_forms(names, text, FORMS)
    assert found == sorted(found, key=lambda name: name.start)
    return [(text[name.start : name.end], name.names[0].text) for name in found if name not in names]


def test_a_body_is_meant_by_its_last_word_and_by_what_it_is() -> None:
    text = "Ghana and the International Monetary Fund met. The Fund's envoy said the lender would wait."
    assert added(text) == [("Fund", "International Monetary Fund"), ("lender", "International Monetary Fund")]
    assert added("NATO met. The alliance's commander spoke.") == [("alliance", "NATO")]


def test_nobody_is_meant_who_was_not_named_before() -> None:
    assert added("The alliance met in Lomé. NATO was absent.") == []
    assert added("The opposition alliance and the Fund for Peace met Ghana's minister.") == []
