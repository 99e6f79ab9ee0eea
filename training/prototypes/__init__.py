"""Prototypes of a faster coder, measured once; nothing here is part of the package (see README.md)."""
