"""How the commands that measure write their figures."""

from __future__ import annotations

from enum import StrEnum


class ReportFormat(StrEnum):
    """Tables for people, or all figures as JSON for programs."""

    table = "table"
    json = "json"


class SheetFormat(StrEnum):
    """How a sample for checking by hand is written."""

    csv = "csv"
    jsonl = "jsonl"
