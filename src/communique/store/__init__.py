"""A corpus in a DuckDB file: coded articles, their events, and what people said of them."""

from communique.store.columns import RECORD_FIELDS, event_row, record_of
from communique.store.judgements import Judgement
from communique.store.run import Options, Run
from communique.store.store import Store

__all__ = ["RECORD_FIELDS", "Judgement", "Options", "Run", "Store", "event_row", "record_of"]
