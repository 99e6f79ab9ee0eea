"""Build hook: makes `src/communique/data/` before hatchling packs a wheel (an editable one too)."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class DataBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `tools/build_data.py` and `tools/build_world.py`. A source distribution holds the sources, so nothing is built for it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the files are collected."""
        if self.target_name == "sdist":
            return
        for line in self._tool("build_data").build_all(Path(self.root)):
            self.app.display_info(line)
        self.app.display_info(self._tool("build_world").build(Path(self.root)))

    def _tool(self, name: str) -> Any:
        path = Path(self.root) / "tools" / f"{name}.py"
        spec = importlib.util.spec_from_file_location(f"communique_{name}", path)
        if spec is None or spec.loader is None:
            raise FileNotFoundError(f"{path} is missing: the data files cannot be made")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module
