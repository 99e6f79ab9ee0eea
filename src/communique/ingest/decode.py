"""Bytes → text: UTF-8, UTF-16 or UTF-32 by their marks, else the encoding that fits best."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

from communique.records import Rejection

EXPECTED_TEXT = "plain text, best in UTF-8"
_MARKS = (  # UTF-32 first: its little-endian mark starts as the one of UTF-16 does
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF", "a PDF file"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PK\x03\x04", "a zip archive or an office document"),
    (b"\x1f\x8b", "gzip data under a name without .gz"),
    (b"\x28\xb5\x2f\xfd", "zstd data under a name without .zst"),
)
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")
_UTF8_PAIR = re.compile(rb"[\xc2-\xf4][\x80-\xbf]")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_LEGACY_OF_ENGLISH = re.compile(r"[‘’‚“”„–—…•€™£©®°·§´½¼¾«»À-ÖØ-öø-ÿŠšŽžŒœŸ¡¿ºª\xa0\xad]*")
_SAMPLE = 1 << 18
_CONTROL_SHARE = 0.01
_LEGACY_SHARE = 0.08


def mark_of(first: bytes) -> tuple[str, int] | None:
    """Encoding that a byte order mark declares, and the mark's length; `None` without a mark."""
    return next(((name, len(mark)) for mark, name in _MARKS if first.startswith(mark)), None)


def decode(data: bytes, where: str, declared: str | None = None) -> str | Rejection:
    r"""Decode a document and normalise its newlines; nothing else of the text is changed.

    The mark goes, `\r\n` and `\r` become `\n`: offsets of events count in the text that is returned.

    Args:
        data: The whole document.
        where: Its name, for the message.
        declared: Encoding that the document itself declares, tried if it is not UTF-8.

    Returns:
        The text, or why there is none: binary data, a damaged encoding, or one that cannot be told.
    """
    if not data:
        return Rejection(where, "an empty file", "an article")
    if binary := signature_of(data):
        return Rejection(where, binary, EXPECTED_TEXT)
    decoded = _decoded(data, where, declared)
    if isinstance(decoded, Rejection):
        return decoded
    if len(_CONTROL.findall(decoded)) > _CONTROL_SHARE * len(decoded):
        return Rejection(where, "binary data (control characters)", EXPECTED_TEXT)
    return decoded.replace("\r\n", "\n").replace("\r", "\n")


def signature_of(data: bytes) -> str | None:
    """What kind of binary data the first bytes of a file are, in words; `None` for what may be text."""
    known = next((name for signature, name in _SIGNATURES if data.startswith(signature)), None)
    if known or mark_of(data):
        return known
    at = data.find(0)
    return f"binary data (a NUL byte at {at})" if at >= 0 else None


def _decoded(data: bytes, where: str, declared: str | None) -> str | Rejection:
    name, length = mark_of(data) or ("utf-8", 0)
    try:
        return data[length:].decode(name)
    except UnicodeDecodeError as error:
        if length or _is_damaged_utf8(data):
            found = f"{name.upper()} that breaks at byte {error.start + length}"
            return Rejection(where, found, "a file that is whole and in one encoding")
    text = _try(data, declared) or _guess(data)
    return text or Rejection(where, "an encoding that cannot be told", "text in UTF-8")


def mended(text: str) -> str | None:
    """A line read as UTF-8 with `surrogateescape`, whose bytes are in an older encoding; `None` if that is not clear."""
    data = text.encode("utf-8", "surrogateescape")
    western = _try(data, "cp1252")
    if western is None or _is_damaged_utf8(data):
        return None
    return western if _LEGACY_OF_ENGLISH.fullmatch("".join(c for c in western if ord(c) > 127)) else None


def _is_damaged_utf8(data: bytes) -> bool:
    """Whether bytes that are no UTF-8 still mostly look like it: then guessing would only garble them."""
    pairs, high = len(_UTF8_PAIR.findall(data)), len(_HIGH_BYTE.findall(data))
    return pairs * 2 > high * 0.6


def _try(data: bytes, encoding: str | None) -> str | None:
    """Decode with a declared encoding, reading Latin-1 as browsers do; `None` where it does not fit."""
    if not encoding:
        return None
    try:
        name = codecs.lookup(encoding).name
        return data.decode("cp1252" if name in ("iso8859-1", "ascii") else name)
    except (LookupError, UnicodeError, ValueError):
        return None


def _guess(data: bytes) -> str | None:
    """Decode as Windows-1252 where English text would look like that, else with charset-normalizer's best guess."""
    high = b"".join(_HIGH_BYTE.findall(data))
    western = _try(high, "cp1252")
    if western and _LEGACY_OF_ENGLISH.fullmatch(western) and len(high) < _LEGACY_SHARE * len(data):
        return data.decode("cp1252")
    sample = data[:_SAMPLE]
    best = from_bytes(sample[: sample.rfind(b"\n") + 1] or sample if len(data) > _SAMPLE else sample).best()
    return _try(data, best.encoding) if best else None
