"""Of a web page the report is read: no navigation, no scripts, no advertisement."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communique.ingest.html import declared_encoding, looks_like_html, read_html
from communique.records import Article, Rejection

FIRST = (
    "Kenyan police arrested ten protesters in Nairobi on Tuesday, a government spokesman told reporters in the capital."
)
SECOND = "The opposition called on the president to release them at once, and said that it would march again on Friday."
PAGE = f"""<!DOCTYPE html>
<html lang="en-KE"><head>
<title>Ten held in Nairobi - The Daily</title>
<meta property="og:title" content="Ten held in Nairobi - The Daily">
<meta property="og:site_name" content="The Daily">
<meta property="article:published_time" content="2024-03-07T06:30:00+03:00">
<link rel="canonical" href="https://daily.example/1">
<script>var tracked = "arrested";</script><style>p {{ color: red }}</style>
</head><body>
<nav><ul><li>Home</li><li>Politics</li></ul></nav>
<article>
  <h1>Ten held in Nairobi</h1>
  <p class="byline">By A. Writer</p>
  <p>{FIRST.replace("Nairobi", "<a href='/n'>Nairobi</a>")}</p>
  <figure><img src="x.jpg"><figcaption>Police in Nairobi</figcaption></figure>
  <div class="ad-slot ads"><p>Buy our paper!</p></div>
  <p>{SECOND.replace(" at once", "&nbsp;at <b>once</b>")}</p>
  <p><a href="/2">Read more: Ten more held</a></p>
</article>
<aside class="related"><p>Sport: Harambee Stars win again, and in front of twenty thousand people.</p></aside>
<footer><p>Copyright The Daily</p></footer>
</body></html>"""


def article_of(page: str, published_on: date | None = None) -> Article:
    article = read_html(page, "here", published_on)
    assert isinstance(article, Article)
    return article


def test_the_text_is_the_paragraphs_of_the_report_and_nothing_else() -> None:
    assert article_of(PAGE).text == f"{FIRST}\n\n{SECOND}"


def test_markup_tells_title_day_publication_address_and_language() -> None:
    article = article_of(PAGE)
    assert article.title == "Ten held in Nairobi"
    assert article.date == date(2024, 3, 7)
    assert article.publication == "The Daily"
    assert article.url == "https://daily.example/1"
    assert article.language == "en"


@pytest.mark.parametrize(
    "markup",
    [
        '<meta name="date" content="2024-03-07">',
        '<meta name="pubdate" content="Thu, 07 Mar 2024 10:00:00 GMT">',
        '<meta itemprop="datePublished" content="2024-03-07 10:00">',
        '<script type="application/ld+json">{"@type": "NewsArticle", "datePublished": "2024-03-07T10:00Z"}</script>',
        '<script type="application/ld+json">{"@graph": [{"@type": "X"}, {"@type": ["NewsArticle"], '
        '"datePublished": "2024-03-07"}]}</script>',
        '<time datetime="2024-03-07T10:00:00Z">yesterday</time>',
        '<script type="application/ld+json">{broken</script><time datetime="2024-03-07">',
    ],
)
def test_the_day_of_publication_is_found_wherever_pages_put_it(markup: str) -> None:
    assert article_of(f"<html><head>{markup}</head><body><p>{FIRST}</p></body></html>").date == date(2024, 3, 7)


def test_a_page_without_a_day_takes_the_dateline_then_the_given_day_and_never_today() -> None:
    assert article_of("<p>LIMA, March 3, 2024 (Agency) - Ministers met.</p>").date == date(2024, 3, 3)
    assert article_of("<p>Ministers met.</p>", date(2020, 1, 1)).date == date(2020, 1, 1)
    assert article_of("<p>Ministers met.</p>").date is None


@pytest.mark.parametrize(
    "page",
    [
        f"<body><nav>Home</nav><main><p>{FIRST}</p><p>{SECOND}</p></main><footer>Imprint</footer></body>",
        f"<div itemprop='articleBody'><p>{FIRST}<p>{SECOND}</div><p>Other news of the day</p>",
        f"<p>{FIRST}</p><p>{SECOND}</p>",
        f"{FIRST}<br><br>{SECOND}",
        f"<article><p>A teaser.</p></article><article><p>{FIRST}</p><p>{SECOND}</p></article>",
        f"<body><div><p>{FIRST}</p></div></span></div><p>{SECOND}</body></html></body>",
    ],
)
def test_the_report_is_found_without_article_or_in_broken_markup(page: str) -> None:
    assert article_of(page).text == f"{FIRST}\n\n{SECOND}"


def test_words_split_by_markup_or_soft_hyphens_stay_whole() -> None:
    assert article_of("<p>Min<b>ist</b>ers&shy; m\u200bet<br>in Lima.</p>").text == "Ministers met in Lima."


def test_a_page_nested_some_thousand_deep_is_read_or_rejected() -> None:
    assert isinstance(read_html("<div>" * 50_000 + "Met.", "here"), Article | Rejection)


@given(st.text(st.characters(exclude_categories=["Cs"])) | st.text("<>/pdivarticle =\"'&;!-[] \0\n"))
def test_any_markup_gives_an_article_or_a_reason(page: str) -> None:
    assert isinstance(read_html(page, "here"), Article | Rejection)


@given(st.lists(st.from_regex(r"[A-Z][a-z]{2,9}( [a-z]{1,9}){3,30}\.", fullmatch=True), min_size=1))
def test_every_paragraph_of_a_report_is_kept_in_order(paragraphs: list[str]) -> None:
    page = "<main>" + "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs) + "</main>"
    assert article_of(page).text == "\n\n".join(paragraphs)


def test_a_page_names_its_own_encoding() -> None:
    assert declared_encoding(b"<html><meta charset='windows-1251'>") == "windows-1251"
    assert declared_encoding(b'<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">') == "koi8-r"
    assert declared_encoding(b"<p>charset=none</p>") is None


def test_a_page_is_known_by_its_first_tag() -> None:
    assert looks_like_html(b"<!-- made by us -->\n<!DOCTYPE HTML>")
    assert not looks_like_html(b"<Reuters> - Ministers met.")
