"""From a folder of articles to a series by dyad and month, and its plot: `python examples/dyad_series.py FOLDER PLOT.png`."""

import sys
from pathlib import Path

from communique import Coder, event_record, read_articles
from communique.series import Facts, Question, count, plot_series

folder, plot = sys.argv[1:] or ("docs/two_neighbours", "docs/dyad_series.png")
articles = [item for item in read_articles([folder]) if hasattr(item, "text")]
facts = Facts.of_records(event_record(event) for event in Coder().code_many(articles))
series = count(facts, Question(expand=True, fill=True))
for row in series.table.to_pylist():
    print(row["period"], row["actor"], row["recipient"], row["events"], row["score_sum"])
print("not counted:", dict(series.left_out))
plot_series(series, Path(plot), n_units=2)
