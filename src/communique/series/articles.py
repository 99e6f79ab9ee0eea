"""How many articles were read on each day: what counts of events are divided by."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import duckdb
import pyarrow as pa

from communique.errors import InputError
from communique.ingest.reader import read_articles
from communique.records import Article

_DAYS = ("date", "day", "published", "published_on")
_NUMBERS = ("articles", "n_articles", "n", "count", "n_read")


def articles_by_day(name: str) -> pa.Table:
    """Read a table of days and numbers (CSV, TSV, Parquet), or the articles themselves (files as `communique code` takes).

    A table has a column `date` (or `day`) and `articles` (or `n`, `count`); without the latter each row is an article.
    Days with several rows are added up; articles without a date count on no day.

    Raises:
        InputError: There is no such file, or it has no such column.
    """
    if Path(name).suffix.lower() in {".csv", ".tsv", ".parquet"}:
        return _of_table(name)
    days = Counter(item.date for item in read_articles([name]) if isinstance(item, Article) and item.date)
    if not days:
        raise InputError(f"{name}: no articles with a date, expected articles, or a CSV with columns date and articles")
    return pa.table({"day": pa.array(days.keys(), pa.date32()), "n": pa.array(days.values(), pa.int64())})


def _of_table(name: str) -> pa.Table:
    reader = "read_parquet" if name.lower().endswith(".parquet") else "read_csv"
    con = duckdb.connect()
    try:
        columns = con.sql(f"SELECT * FROM {reader}($name) LIMIT 0", params={"name": name}).columns
        by_name = {column.lower(): column for column in columns}
        day = next((by_name[known] for known in _DAYS if known in by_name), None)
        if day is None:
            raise InputError(
                f"{name}: columns {', '.join(columns)}, expected one named 'date' and one named 'articles'"
            )
        number = next((f'"{by_name[known]}"' for known in _NUMBERS if known in by_name), "1")
        sql = f'SELECT "{day}"::DATE AS day, sum({number})::BIGINT AS n FROM {reader}($name) GROUP BY 1 ORDER BY 1'
        return con.sql(sql, params={"name": name}).to_arrow_table()
    except duckdb.Error as error:
        raise InputError(f"{name}: {str(error).splitlines()[0]}") from error
