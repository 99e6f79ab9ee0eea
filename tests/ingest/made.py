"""Files of each kind that is read, made by hand in the shapes in which they are met."""

from __future__ import annotations

import gzip
import io
from collections.abc import Sequence
from pathlib import Path

from communique.ingest import read_articles
from communique.ingest.reader import read_located
from communique.ingest.settings import Settings
from communique.records import Article, Rejection

REPORTS = (
    "Kenyan police arrested ten protesters in Nairobi on Tuesday, a government spokesman told reporters in the capital.",
    "The opposition called on the president to release them at once, and said that it would march again on Friday.",
    "The European Union condemned the arrests and urged the government to respect the right of assembly.",
)
FRENCH = (
    "La police kényane a arrêté dix manifestants à Nairobi mardi, a annoncé un porte-parole du gouvernement. L'opposition "
    "a demandé leur libération immédiate et a déclaré qu'elle manifesterait de nouveau vendredi dans la capitale."
)


def written(folder: Path, name: str, data: bytes | str) -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def items_of(path: Path, fields: dict[str, str] | None = None) -> list[Article | Rejection]:
    return list(read_articles([str(path)], fields=fields))


def located(path: Path) -> tuple[list[tuple[str, Article | Rejection]], list[str]]:
    """What is read, where it stood, and what was remarked."""
    remarks: list[str] = []
    found = list(read_located([str(path)], settings=Settings(remark=remarks.append)))
    return [(where.removeprefix(str(path)), item) for where, item in found], remarks


def page(paragraphs: Sequence[str] = REPORTS, head: str = "", lang: str = "en") -> bytes:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return f"""<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8"><title>Ten held</title>{head}</head>
<body><nav><a href="/">Home</a></nav><article><h1>Ten held</h1>{body}</article></body></html>""".encode()


def warc_record(
    block: bytes,
    kind: str = "response",
    url: str = "https://daily.example/1",
    length: int | str | None = None,
    **more: str,
) -> bytes:
    length = len(block) if length is None else length
    headers = {"WARC-Type": kind, "WARC-Target-URI": url, "WARC-Date": "2024-03-13T00:00:00Z", "Content-Length": length}
    headers |= {name.replace("_", "-"): value for name, value in more.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"WARC/1.0\r\n{lines}\r\n".encode() + block + b"\r\n\r\n"


def http(body: bytes, status: str = "200 OK", content_type: str = "text/html; charset=utf-8", **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n{more}\r\n".encode() + body


def warc(*records: bytes, packed: bool = False) -> bytes:
    """An archive as crawlers write it: a record that tells of the crawl, then the others."""
    first = warc_record(b"software: a crawler\r\n", "warcinfo", Content_Type="application/warc-fields")
    return b"".join(gzip.compress(record) if packed else record for record in (first, *records))


def chunked(body: bytes, size: int = 100) -> bytes:
    parts = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + b"0\r\n\r\n"


def pdf(pages: Sequence[Sequence[str]], encrypted: str | None = None, **information: str) -> bytes:
    """A PDF in one typeface, each line of text shown at its own height."""
    from pypdf import PdfWriter
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

    writer = PdfWriter()
    font = DictionaryObject(
        {NameObject(key): NameObject(name) for key, name in {
            "/Type": "/Font", "/Subtype": "/Type1", "/BaseFont": "/Helvetica", "/Encoding": "/WinAnsiEncoding",
        }.items()}
    )  # fmt: skip
    for lines in pages:
        sheet = writer.add_blank_page(595, 842)
        shown = "".join(f"1 0 0 1 50 {800 - 14 * n} Tm ({_escaped(line)}) Tj\n" for n, line in enumerate(lines) if line)
        content = DecodedStreamObject()
        content.set_data(f"BT /F1 11 Tf\n{shown}ET".encode("cp1252"))
        sheet[NameObject("/Contents")] = writer._add_object(content.flate_encode())
        fonts = DictionaryObject({NameObject("/F1"): font})
        sheet[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    if information:
        writer.add_metadata({f"/{name.title()}": value for name, value in information.items()})
    if encrypted is not None:
        writer.encrypt(encrypted, "owner", algorithm="AES-256")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _escaped(line: str) -> str:
    return line.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
