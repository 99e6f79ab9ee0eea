"""Web archives (WARC) → `Article`s: the pages in them, record by record.

Records are framed here, with a bound on everything that a file may claim; what is inside one (HTTP headers, chunks,
compression) is left to warcio.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from communique.ingest.documents import read_document
from communique.ingest.fields import MAX_BYTES, shown
from communique.ingest.settings import Settings
from communique.records import Article, Rejection

EXPECTED_RECORD = "a WARC record: 'WARC/1.x', headers, Content-Length bytes, two line breaks"
_START = re.compile(rb"WARC/\d\.\d+\s*$")
_NEXT = re.compile(rb"(?:^|\n)(?=WARC/\d\.\d+\r?\n)")
_MAX_LINE = 1 << 16
_MAX_HEADER_LINES = 500
_MAX_BLOCK = 2 * MAX_BYTES  # of a record that is kept in memory; the rest is passed over
_CHUNK = 1 << 20
_END = b"\r\n\r\n"
_KINDS = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    "text/plain": "text",
    "application/pdf": "pdf",
}
_WITH_PAGES = frozenset({"response", "resource", "conversion"})
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.I)
_DECODED = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})


@dataclass(frozen=True, slots=True)
class _Record:
    number: int
    headers: dict[str, str]
    raw: bytes  # headers and block, as they stand in the file
    n_bytes: int  # of the block, also where it is longer than what is kept


class _Fault(Exception):
    """A record that is no record: `_Fault(found)`."""


class _Bytes:
    """A stream into which bytes can be put back."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._back = b""

    def readline(self) -> bytes:
        if not self._back:
            return self._stream.readline(_MAX_LINE)
        end = self._back.find(b"\n", 0, _MAX_LINE) + 1
        if end:
            line, self._back = self._back[:end], self._back[end:]
            return line
        line, self._back = self._back[:_MAX_LINE], self._back[_MAX_LINE:]
        return line if self._back else line + self._stream.readline(max(1, _MAX_LINE - len(line)))

    def read(self, size: int) -> bytes:
        data, self._back = self._back[:size], self._back[size:]
        while len(data) < size and (more := self._stream.read(min(_CHUNK, size - len(data)))):
            data += more
        return data

    def skip(self, size: int) -> int:
        skipped = 0
        while skipped < size and (data := self.read(min(_CHUNK, size - skipped))):
            skipped += len(data)
        return skipped

    def put_back(self, data: bytes) -> None:
        self._back = data + self._back


def read_warc(stream: io.BufferedReader, where: str, settings: Settings) -> Iterator[tuple[str, Article | Rejection]]:
    """Make an article of each page, with the number of its record from 1 (`where:17`).

    Pages are HTTP answers with status 200, and resources and conversions, that are HTML, plain text or PDF. What else
    the archive holds (requests, pictures, redirects) is counted and remarked on. A record that is broken is rejected,
    and reading goes on at the next.

    Args:
        stream: The archive, unpacked.
        where: Its name.
        settings: How to read.
    """
    passed_over: Counter[str] = Counter()
    n_records = 0
    for number, record in enumerate(_records(_Bytes(stream)), start=1):
        place = f"{where}:{number}"
        if isinstance(record, _Fault):
            yield place, Rejection(place, str(record), EXPECTED_RECORD)
            continue
        n_records += 1
        item = _item(record, place, settings)
        if isinstance(item, str):
            passed_over[item] += 1
        else:
            yield place, item
    if passed_over:
        listed = ", ".join(f"{count:,} {name}" for name, count in passed_over.most_common(8))
        settings.remark(f"{where}: {sum(passed_over.values()):,} records passed over, no pages: {listed}")
    elif not n_records:
        yield where, Rejection(where, "no records", EXPECTED_RECORD)


def _records(source: _Bytes) -> Iterator[_Record | _Fault]:
    number = 0
    while line := source.readline():
        if not line.strip():
            continue
        number += 1
        if not _START.match(line):
            yield _Fault(f"{shown(line[:30].decode('ascii', 'replace'))} where a record should begin")
            _find_start(source)
            continue
        try:
            yield _record(source, line, number)
        except _Fault as fault:
            yield fault


def _find_start(source: _Bytes) -> None:
    """Pass over lines to the next that may begin a record."""
    broken = False  # a line too long comes in parts: what stands behind its first is no line's beginning
    while line := source.readline():
        if not broken and _START.match(line):
            source.put_back(line)
            return
        broken = not line.endswith(b"\n")


def _record(source: _Bytes, first: bytes, number: int) -> _Record:
    lines = [first]
    while (line := source.readline()).strip():
        lines.append(line)
        if len(lines) > _MAX_HEADER_LINES or len(line) >= _MAX_LINE:
            raise _Fault("headers without end")
    if not line:
        raise _Fault("headers that are cut off")
    headers = {
        name.strip().lower(): value.strip()
        for name, colon, value in (line.decode("utf-8", "replace").partition(":") for line in lines[1:])
        if colon
    }
    given = headers.get("content-length", "")
    if not re.fullmatch(r"\d{1,18}", given):
        raise _Fault(f"Content-Length {shown(given)}" if given else "no Content-Length")
    length = int(given)
    block = source.read(min(length, _MAX_BLOCK))
    n_bytes = len(block) + source.skip(length - len(block))
    end = source.read(len(_END))
    if n_bytes < length or not (_END.startswith(end) or end.startswith(b"\n\n")):
        _go_back(source, block, end, whole=n_bytes == len(block))
        if n_bytes < length:
            raise _Fault(f"a record that is cut off: {n_bytes:,} bytes, with Content-Length {length:,}")
        raise _Fault(f"Content-Length {length:,}, at whose end the record does not end")
    if end[:2] == b"\n\n":
        source.put_back(end[2:])
    return _Record(number, headers, b"".join([*lines, b"\r\n", block]), n_bytes)


def _go_back(source: _Bytes, block: bytes, end: bytes, *, whole: bool) -> None:
    """After a false length: to where the next record begins, within what was read or behind it."""
    data = block + end if whole else block
    if match := _NEXT.search(data):
        source.put_back(data[match.end() :] if whole else data[match.end() :] + end)
    else:
        source.put_back((data[-_MAX_LINE:] if whole else end).rpartition(b"\n")[2])
        _find_start(source)


def _item(record: _Record, place: str, settings: Settings) -> Article | Rejection | str:
    """The page in a record; or what else it is, in the plural."""
    kind = record.headers.get("warc-type", "").lower()
    if kind not in _WITH_PAGES:
        return f"{kind or 'nameless'} records"
    url = record.headers.get("warc-target-uri", "").strip("<>")
    if record.n_bytes > _MAX_BLOCK:
        is_page = b"text/html" in record.raw[:_MAX_LINE].lower()
        found = f"a page of {record.n_bytes >> 20:,} MB"
        return Rejection(place, found, f"pages of at most {MAX_BYTES // 10**6} MB") if is_page else "files over 20 MB"
    try:
        payload = _payload(record, kind)
    except _Fault as fault:
        return Rejection(place, f"{fault} ({url})", "a page as HTTP gives it")
    if isinstance(payload, str):
        return payload
    media, charset, data = payload
    reader = _KINDS.get(media)
    if reader is None:
        return "pictures" if media.startswith("image/") else f"of {media or 'no type'}"
    if reader == "text" and url.endswith("/robots.txt"):
        return "robots.txt"
    if len(data) > MAX_BYTES:
        return Rejection(place, f"a page of more than {MAX_BYTES // 10**6} MB ({url})", "a smaller one")
    item = read_document(data, place, reader, settings, charset)
    if isinstance(item, Rejection):
        return replace(item, found=f"{item.found} ({url})") if url else item
    return item if item.url or not url else replace(item, url=url)


def _payload(record: _Record, kind: str) -> tuple[str, str | None, bytes] | str:
    """Media type, declared encoding and bytes of a page; or what the record is instead.

    Raises:
        _Fault: HTTP headers or compression are broken.
    """
    from warcio.bufferedreaders import ChunkedDataException
    from warcio.exceptions import ArchiveLoadFailed
    from warcio.recordloader import ArcWarcRecordLoader
    from warcio.statusandheaders import StatusAndHeadersParserException

    try:
        parsed: Any = ArcWarcRecordLoader().parse_record_stream(io.BytesIO(record.raw), known_format="warc")
        http = parsed.http_headers
        if kind == "response" and http is None:
            return "answers that are not HTTP"
        content_type = (http.get_header("Content-Type") if http else record.headers.get("content-type")) or ""
        media = content_type.split(";")[0].strip().lower()
        if http:
            status = http.get_statuscode()
            if status != "200":
                return f"answers with status {status}"
            coding = (http.get_header("Content-Encoding") or "").strip().lower()
            if media in _KINDS and coding not in _DECODED and not _known(coding):
                raise _Fault(f"content encoding {shown(coding)}, which needs its Python package")
        data: bytes = _read(parsed.content_stream()) if media in _KINDS else b""
    except (ArchiveLoadFailed, StatusAndHeadersParserException, ChunkedDataException, EOFError) as error:
        raise _Fault(f"broken HTTP ({' '.join(str(error).split())[:80]})") from error
    except (zlib.error, OSError, ValueError) as error:
        raise _Fault(f"damaged content ({error})") from error
    charset = _CHARSET.search(content_type)
    return media, charset[1] if charset else None, data


def _known(coding: str) -> bool:
    from warcio.bufferedreaders import BufferedReader

    return coding in BufferedReader.get_supported_decompressors()


def _read(stream: Any) -> bytes:
    """At most a byte more than a page may have."""
    data = b""
    while len(data) <= MAX_BYTES and (more := stream.read(_CHUNK)):
        data += more
    return data[: MAX_BYTES + 1]
