"""Dependency audit: `python tools/audit.py [EXTRA…]` fails if a package that Communiqué needs has a known weakness.

It asks `pip-audit` (which asks PyPI) about what is installed here, and looks in `tools/advisories.yml`, which works
without a network. Where no service answers it says so loudly, and only the list counts: the exit code is then 0 unless
the list names a package.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))
from licences import needed

ADVISORIES = Path(__file__).with_name("advisories.yml")
TIMEOUT_S = 300


def main(extras: list[str]) -> int:
    """Print what is known; return how many weaknesses."""
    installed = {re.sub(r"[-_.]+", "-", one.name).lower(): one.version for one in needed(set(extras))}
    found, unknown = asked(installed)
    found |= listed(installed, yaml.safe_load(ADVISORIES.read_text(encoding="utf-8")))
    for name, which in sorted(found):
        print(f"WEAKNESS     {name} {installed[name]}: {which}")
    if unknown:
        print(
            f"NOT AUDITED  {len(unknown)} of {len(installed)} packages: {unknown[min(unknown)]}. "
            f"For these only the list in {ADVISORIES.name} was looked at; run this again where PyPI can be reached."
        )
    print(f"{len(installed)} packages, {len(found)} known weaknesses")
    return len(found)


def asked(installed: Mapping[str, str]) -> tuple[set[tuple[str, str]], dict[str, str]]:
    """Weaknesses that pip-audit tells of, and the packages that it could not ask about with the reason."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("".join(f"{name}=={version}\n" for name, version in installed.items()))
        file.flush()
        options = ["--requirement", file.name, "--no-deps", "--disable-pip", "--format", "json", "--progress-spinner", "off"]  # fmt: skip
        try:
            ended = subprocess.run(
                [sys.executable, "-m", "pip_audit", *options], capture_output=True, text=True, timeout=TIMEOUT_S, check=False
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return set(), dict.fromkeys(installed, f"no answer in {TIMEOUT_S} s")
    try:
        return told(json.loads(ended.stdout)["dependencies"])
    except (ValueError, KeyError):
        lines = ended.stderr.strip().splitlines() or ["pip-audit says nothing"]
        return set(), dict.fromkeys(installed, lines[-1][:200])


def told(packages: list[dict[str, Any]]) -> tuple[set[tuple[str, str]], dict[str, str]]:
    """Read pip-audit's report."""
    found, unknown = set(), {}
    for package in packages:
        name = re.sub(r"[-_.]+", "-", package["name"]).lower()
        if "skip_reason" in package:
            unknown[name] = package["skip_reason"]
        found |= {(name, one["id"]) for one in package.get("vulns", ())}
    return found, unknown


def listed(installed: Mapping[str, str], advisories: Mapping[str, Mapping[str, list[object]]]) -> set[tuple[str, str]]:
    """Weaknesses that the list has for these versions."""
    return {
        (name, which)
        for name, version in installed.items()
        for which, mended in advisories.get(name, {}).items()
        if not is_mended(parts(version), [parts(str(one)) for one in mended])
    }


def is_mended(version: tuple[int, ...], mended: list[tuple[int, ...]]) -> bool:
    """Whether a version is none of those before the mended ones, of its major version or of all.

    >>> [is_mended(one, [(4, 25, 8), (5, 29, 5)]) for one in [(4, 25, 7), (4, 25, 8), (5, 29), (6,)]]
    [False, True, False, True]
    """
    return version >= max(mended) or any(version[0] == one[0] and version >= one for one in mended)


def parts(version: str) -> tuple[int, ...]:
    """The numbers of a version, without what stands behind them.

    >>> parts("2.6.0rc1"), parts("2024.7.4")
    ((2, 6, 0), (2024, 7, 4))
    """
    match = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(part) for part in match[0].split(".")) if match else (0,)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
