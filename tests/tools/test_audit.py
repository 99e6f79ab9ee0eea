"""The dependency audit names what is weak, and does not take silence for health."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest
import yaml

TOOLS = Path(__file__).resolve().parent.parent.parent / "tools"


@pytest.fixture
def audit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.syspath_prepend(str(TOOLS))
    spec = importlib.util.spec_from_file_location("audit", TOOLS / "audit.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


ADVISORIES = yaml.safe_load("a: {CVE-1: [1.2.0], CVE-2: [1.3.0]}\nb: {CVE-3: [4.25.8, 5.29.5]}")


@pytest.mark.parametrize(
    ("installed", "found"),
    [
        ({"a": "1.2.1", "c": "0.1"}, {("a", "CVE-2")}),
        ({"a": "1.10"}, set()),
        ({"b": "4.26"}, set()),
        ({"b": "5.29.4"}, {("b", "CVE-3")}),
    ],
)
def test_a_version_before_the_mended_one_is_weak(audit, installed, found) -> None:
    assert audit.listed(installed, ADVISORIES) == found


def test_a_package_that_the_service_does_not_know_counts_as_not_audited(audit) -> None:
    report = [
        {"name": "A_b", "skip_reason": "not found"},
        {"name": "c", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": []}]},
    ]
    assert audit.told(report) == ({("c", "PYSEC-1")}, {"a-b": "not found"})


def test_without_any_answer_nothing_is_audited(audit, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = audit.subprocess.CompletedProcess([], 1, "", "No module named pip_audit\n")
    monkeypatch.setattr(audit.subprocess, "run", lambda *arguments, **options: ended)
    assert audit.asked({"a": "1"}) == (set(), {"a": "No module named pip_audit"})


def test_the_list_can_be_read_and_names_no_version_as_a_number(audit) -> None:
    for mended in yaml.safe_load((TOOLS / "advisories.yml").read_text(encoding="utf-8")).values():
        for versions in mended.values():
            assert versions and all(isinstance(version, str) for version in versions)
