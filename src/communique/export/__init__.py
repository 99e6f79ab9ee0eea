"""Events → the formats that users load."""

from communique.export.plover_jsonl import event_record, record_line

__all__ = ["event_record", "record_line"]
