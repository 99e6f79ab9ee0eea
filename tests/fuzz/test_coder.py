"""Whatever a text says: events whose evidence stands where they say, or a reason, and the same alone and beside others."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from communique import Article, Coder, Rejection, event_record
from communique.export import record_line
from tests.fuzz.conftest import FUZZ
from tests.test_rules import check_evidence

NEWS = st.sampled_from(
    """
    Kenyan police arrested ten protesters in Nairobi on Tuesday.|The U.S. condemned the raid|"We will bomb the bridge," rebels said.|
    , which killed at least 12 people|President Hasan Hasanov's|of the|and|LIMA, March 3, 2024 (Agency) - |date 2024-03-07 By A. Writer |
    Côte d’Ivoire|did not|if|two dozen|1,200|$5 million|Ms|said.|, said the minister, |between Israel and|\n\n|\n|who|it|They denied it.|
    in the north of|former|U.N.|al-|’s|“|”|(|)|—|...|Mr.|10-year-old|in 1945|next week|allegedly
    """.replace("\n    ", "").split("|")
)  # fmt: skip
ODD = st.sampled_from(
    ["\0", "\ud800", "\udfff", "\u202e", "\u200b", "\u2028", "\u00ad", "\ufeff", "e\u0301\u0301\u0301", "👩‍👩‍👧", "ﷺ", "İ", "ß", "ǆ", "\x85",
     "٣", "²", "½", "１２", "(" * 300, "1" * 330, "a" * 700, "🙂" * 200, " " * 300, "'s" * 100, ", and" * 120, "\t", "\r"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(NEWS, NEWS, NEWS, ODD, st.text(max_size=15)), max_size=14).flatmap(
    lambda parts: st.sampled_from([" ", "", "\n\n"]).map(lambda joint: joint.join(parts))
)
ARTICLES = st.builds(
    Article,
    text=TEXTS,
    title=st.one_of(st.none(), NEWS, ODD),
    date=st.sampled_from([None, date(2024, 3, 7), date.min, date.max]),
)


def lines(events: object) -> list[bytes]:
    return [record_line(event) for event in events]  # type: ignore[attr-defined]


@FUZZ
@given(st.lists(ARTICLES, min_size=1, max_size=4))
def test_any_text_gives_events_with_their_evidence_or_a_reason(coder: Coder, articles: list[Article]) -> None:
    results = list(coder.code_documents(articles))
    assert len(results) == len(articles)
    for article, result in zip(articles, results, strict=True):
        (alone,) = coder.code_documents([article])
        if isinstance(result, Rejection):
            assert result == alone
            assert "an error of the coder" not in result.found
            continue
        assert not isinstance(alone, Rejection) and lines(result.events) == lines(alone.events)
        for event in result.events:
            check_evidence(article, event)
            spans = event_record(event)["size_spans"].values()  # type: ignore[union-attr]
            assert all(0 <= start < end <= len(article.text) for found in spans for start, end in found)
