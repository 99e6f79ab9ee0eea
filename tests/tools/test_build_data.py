"""What the build makes stands for what was built: a record's digest tells two coders apart."""

from __future__ import annotations

from pathlib import Path

from tools.build_data import write_digest


def test_the_digest_changes_with_data_and_models_but_not_with_the_gazetteer(tmp_path: Path) -> None:
    data, models = tmp_path / "data", tmp_path / "models"
    data.mkdir()
    models.mkdir()
    (data / "lexicons.json").write_text("{}")
    first = write_digest(data)
    (data / "gazetteer.sqlite").write_text("places")
    assert write_digest(data) == first == (data / "digest.txt").read_text().strip()
    (data / "lexicons.json").write_text('{"a": 1}')
    second = write_digest(data)
    (models / "model.onnx").write_text("weights")
    assert len({first, second, write_digest(data)}) == 3
