"""A news page → `Article`: the report's paragraphs, and what markup says of title, day, publication and language.

Plain rules that serve pages whose report stands in `<article>`, `<main>` or in paragraphs. Navigation, scripts, forms
and what is marked as advertisement, sharing or further reading is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape

import msgspec
from lxml import etree

from communique.ingest.fields import day_in_markup, language_of, objection
from communique.ingest.language import language_of_page
from communique.ingest.page import Extract
from communique.ingest.text import read_head
from communique.records import Article, Rejection

_DECLARED = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
_DECLARED_WITHIN = 4096
_HTML_START = re.compile(
    rb"(?:<!--.*?-->|<\?xml[^>]*>|\s)*<(?:!doctype\s+html|html|head|body|article|div|p|meta|title)\b", re.I | re.S
)
_NOT_TEXT = frozenset("""
    script style noscript template nav aside footer form button select textarea figure iframe object svg math video
    audio canvas dialog menu head title h1
""".split())  # fmt: skip
_BLOCKS = frozenset("""
    p div section article main body header blockquote ul ol li dl dt dd table tr td th h2 h3 h4 h5 h6 pre hr center
    address details summary
""".split())  # fmt: skip
_NOT_REPORT = re.compile(
    r"(?:^|[\s_-])(?:ads?|advert\w*|authors?|banner|breadcrumbs?|byline|caption|comments?|cookies?|footer|masthead|menu|meta|"
    r"nav|navbar|navigation|newsletter|paywall|popup|promo\w*|pubdate|recirc\w*|recommend\w*|related|share|sharing|sidebar|"
    r"social|sponsor\w*|subscri\w*|tags?|timestamp|toolbar|trending|widget)(?:$|[\s_-])",
    re.I,
)
_NOT_REPORT_ROLES = frozenset({"navigation", "banner", "contentinfo", "complementary", "search", "dialog"})
_CONTAINERS = ('//*[@itemprop="articleBody"]', "//article", "//main | //*[@role='main']", "//body")
_LEAST_SHARE = 0.2  # of the plain rules' text that the extractor's must have
_LEAST_CHARACTERS = 140  # a container with less holds a teaser: the next wider one is tried
_INVISIBLE = str.maketrans("", "", "\u00ad\u200b\u200c\u200d\u2060\ufeff")
_SPACE = re.compile(r"\s+")
_BREAKS = re.compile(r"\u2029|(?:\u2028\s*){2,}")  # the end of a block, or two line breaks
_DAY_NAMES = (
    "article:published_time",
    "datepublished",
    "date",
    "pubdate",
    "dc.date",
    "dc.date.issued",
    "parsely-pub-date",
)
_NO_NAME = re.compile(r"https?:|www\.|[@{}<>]|^.{120}", re.I)
_ARTICLE_KINDS = re.compile(r"article|report|posting|webpage", re.I)


@dataclass(frozen=True, slots=True)
class _Markup:
    """What the page says of itself, outside of its text."""

    title: str | None
    date: date | None
    publication: str | None
    url: str | None
    language: str | None
    author: str | None
    place: str | None


def declared_encoding(data: bytes) -> str | None:
    """The encoding that a page names in its `<meta>`, if any."""
    match = _DECLARED.search(data[:_DECLARED_WITHIN])
    return match[1].decode("ascii", "replace") if match else None


def looks_like_html(first: bytes) -> bool:
    """Whether the first bytes of a document are a web page's."""
    return _HTML_START.match(first) is not None


def read_html(
    markup: str, where: str, default_date: date | None = None, extract: Extract | None = None
) -> Article | Rejection:
    """Make an article of a web page; its `text` is the paragraphs of the report, with an empty line between them.

    Args:
        markup: The decoded page.
        where: Its name, for messages.
        default_date: Day of publication if neither markup nor text gives one.
        extract: Finds the report in a page by other rules. Both rules keep the whole report, each may keep more, and
            not the same: the shorter is taken, unless it is so short that it is but a teaser.
    """
    page, fault = parse_page(markup)
    if fault:
        return Rejection(where, fault, "a web page")
    if page is None or not (text := _report(page)):
        return Rejection(where, "a page without paragraphs", "a web page with an article")
    known = _read_markup(page)
    found = extract(markup) if extract is not None else None
    if found is not None and _LEAST_SHARE * len(text) < len(found.text) < len(text):
        text = found.text
    language = language_of_page(known.language, text)
    if reason := objection(text, language):
        return Rejection(where, *reason)
    head = read_head(text)
    return Article(
        text=text,
        date=known.date or head.date or (found.date if found else None) or default_date,
        title=known.title or (found.title if found else None) or head.title,
        url=known.url,
        publication=known.publication or head.agency,
        language=language,
        place=known.place or head.place,
        author=known.author or (found.author if found else None),
    )


def parse_page(markup: str) -> tuple[etree._Element | None, str | None]:
    """Parse a page, however broken: its root, `None` where there is no element; or what is wrong with it."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True)
    page = etree.fromstring(markup.encode("utf-8", "replace"), parser) if markup.strip() else None
    if any(error.type_name == "ERR_RESOURCE_LIMIT" for error in parser.error_log):
        return None, "elements nested some thousand deep"
    return page, None


def text_of_markup(markup: str) -> str:
    """The paragraphs of a piece of a page, or of plain text, with an empty line between them."""
    if "<" not in markup:
        return "\n\n".join(filter(None, map(_clean, unescape(markup).split("\n\n"))))
    page, _ = parse_page(f"<div>{markup}</div>")
    return "" if page is None else "\n\n".join(_paragraphs(page))


def _report(page: etree._Element) -> str:
    """Text of the narrowest container that holds a report: of several of a kind, the one with most text."""
    text = ""
    for path in _CONTAINERS:
        texts = ["\n\n".join(_paragraphs(element)) for element in _elements(page, path)]
        text = max([*texts, text], key=len)
        if len(text) >= _LEAST_CHARACTERS:
            break
    return text


def _paragraphs(container: etree._Element) -> Iterator[str]:
    for block in _BREAKS.split("".join(_pieces(container))):
        if text := _clean(block):
            yield text


def _pieces(container: etree._Element) -> Iterator[str]:
    """Text of an element in order: U+2029 stands at both ends of a block, U+2028 for a line break."""
    walk = etree.iterwalk(container, events=("start", "end"))
    for event, element in walk:
        edge = "\u2029" if element.tag in _BLOCKS else "\u2028" if element.tag == "br" and event == "end" else ""
        if event == "end":
            yield edge + (_inline(element.tail) if element is not container else "")
        elif element is not container and _is_left_out(element):
            walk.skip_subtree()  # its end, and the text behind it, still come
        else:
            yield edge + _inline(element.text)


def _inline(text: str | None) -> str:
    return _SPACE.sub(" ", text) if text else ""


def _is_left_out(element: etree._Element) -> bool:
    """Whether an element is no part of the report: by its kind, its role, its names, or as a mere link to elsewhere."""
    if element.tag in _NOT_TEXT or element.get("role") in _NOT_REPORT_ROLES:
        return True
    if element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    if element.tag in {"body", "main", "article"}:
        return False
    names = f"{element.get('class', '')} {element.get('id', '')}"
    return _NOT_REPORT.search(names) is not None or _is_only_a_link(element)


def _is_only_a_link(element: etree._Element) -> bool:
    """Whether a paragraph, list item or heading is nothing but a link: "Read more: …"."""
    if element.tag not in {"p", "li", "h2", "h3", "h4"} or len(element) != 1 or element[0].tag != "a":
        return False
    return not (element.text or "").strip() and not (element[0].tail or "").strip()


def _read_markup(page: etree._Element) -> _Markup:
    meta = _meta(page)
    told = _linked_data(page)
    site = _first(meta.get("og:site_name"), _name_in(told.get("publisher")), meta.get("application-name"))
    title = _first(meta.get("og:title"), told.get("headline"), _text_of(page, "//h1"), _text_of(page, "//title"))
    days = [*map(meta.get, _DAY_NAMES), told.get("datePublished"), *_attributes(page, "//time/@datetime")]
    language = _first(page.get("lang"), meta.get("og:locale"))
    return _Markup(
        title=_without_site(title, site) if title else None,
        date=next((day for value in days if isinstance(value, str) and (day := day_in_markup(value))), None),
        publication=site,
        url=_first(*_attributes(page, '//link[@rel="canonical"]/@href'), meta.get("og:url")),
        language=language_of(language) if language else None,
        author=_author(meta, told),
        place=_place(meta, told),
    )


def _author(meta: dict[str, str], told: dict[str, object]) -> str | None:
    """The writers' names, as markup gives them, joined with commas; addresses and links are no names."""
    authors = told.get("author")
    listed = authors if isinstance(authors, list) else [authors]
    names = [_first(_name_in(author)) for author in listed]
    if not any(names):
        names = [
            _first(meta.get("author"), meta.get("parsely-author"), meta.get("dc.creator"), meta.get("article:author"))
        ]
    return ", ".join(dict.fromkeys(name for name in names if name and not _NO_NAME.search(name))) or None


def _place(meta: dict[str, str], told: dict[str, object]) -> str | None:
    """Where the report was filed, as markup gives it."""
    place = told.get("dateline") or told.get("locationCreated") or told.get("contentLocation")
    place = place[0] if isinstance(place, list) and place else place
    return _first(_name_in(place), meta.get("dateline"), meta.get("geo.placename"))


def _meta(page: etree._Element) -> dict[str, str]:
    """What `<meta>` elements say, by lower-case name; of several with one name, the first."""
    meta: dict[str, str] = {}
    for element in _elements(page, "//meta[@content]"):
        name = element.get("property") or element.get("name") or element.get("itemprop")
        meta.setdefault(str(name).lower(), str(element.get("content")))
    return meta


def _linked_data(page: etree._Element) -> dict[str, object]:
    """The first article that JSON-LD in the page describes; `{}` if none does, or it is damaged."""
    for script in _elements(page, '//script[@type="application/ld+json"]'):
        try:
            found: object = msgspec.json.decode(script.text or "")
        except (msgspec.MsgspecError, UnicodeError, RecursionError):
            continue
        graph = found.get("@graph", found) if isinstance(found, dict) else found
        for item in graph if isinstance(graph, list) else [graph]:
            if isinstance(item, dict) and _ARTICLE_KINDS.search(str(item.get("@type"))):
                return item
    return {}


def _name_in(publisher: object) -> object:
    return publisher.get("name") if isinstance(publisher, dict) else publisher


def _first(*values: object) -> str | None:
    """The first that is a string with something in it, cleaned."""
    return next((text for value in values if isinstance(value, str) and (text := _clean(value))), None)


def _without_site(title: str, site: str | None) -> str:
    """A title without the publication's name behind it ("… | The Daily")."""
    if not site:
        return title
    return re.sub(rf"\s+[|–—-]\s+{re.escape(site)}$", "", title, flags=re.I) or title


def _text_of(page: etree._Element, path: str) -> str | None:
    return next(("".join(map(str, element.itertext())) for element in _elements(page, path)), None)


def _elements(page: etree._Element, path: str) -> list[etree._Element]:
    found = page.xpath(path)
    return [item for item in found if isinstance(item, etree._Element)] if isinstance(found, list) else []


def _attributes(page: etree._Element, path: str) -> list[str]:
    found = page.xpath(path)
    return [str(item) for item in found] if isinstance(found, list) else []


def _clean(text: str) -> str:
    return _SPACE.sub(" ", text.translate(_INVISIBLE)).strip()
