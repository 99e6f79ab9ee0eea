"""Feeds on the web → articles, again and again: polls politely, fetches pages, remembers what was done."""

from communique.watch.config import Feed, WatchList, read_watch_list
from communique.watch.watcher import Found, Watcher

__all__ = ["Feed", "Found", "WatchList", "Watcher", "read_watch_list"]
