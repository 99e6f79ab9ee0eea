"""Article → whether it is worth parsing: a cheap look at its words, before anything else is done with it."""

from communique.screen.screen import Screen, SetAside, load_screen

__all__ = ["Screen", "SetAside", "load_screen"]
