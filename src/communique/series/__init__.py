"""Events → series of dyads and countries, their plots, and what changed."""

from communique.series.counting import Question, Series, count, count_types, rank_changes
from communique.series.facts import Facts
from communique.series.plotting import plot_series, plot_types

__all__ = ["Facts", "Question", "Series", "count", "count_types", "plot_series", "plot_types", "rank_changes"]
