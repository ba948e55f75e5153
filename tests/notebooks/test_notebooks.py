"""The notebooks run on the bundled sample, say something, draw something, and hold no logic and no output."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

nbformat = pytest.importorskip("nbformat", reason="left out: running notebooks needs the extra 'notebooks'")

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
LARGEST = 18
"""Lines of code in one cell: a notebook is read."""


def code_cells(path: Path) -> list[str]:
    notebook = nbformat.read(path, as_version=4)
    return [
        "\n".join(line for line in cell.source.splitlines() if not line.startswith("%"))
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def test_they_are_numbered() -> None:
    assert [path.name[:3] for path in NOTEBOOKS] == [f"{n:02d}_" for n in range(1, len(NOTEBOOKS) + 1)]
    assert len(NOTEBOOKS) == 6


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_logic_is_imported_and_no_output_is_kept(path: Path) -> None:
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert notebook.cells[0].cell_type == "markdown"
    for cell in notebook.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
    for source in code_cells(path):
        assert len(source.splitlines()) <= LARGEST
        defined = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
        named = [node for node in ast.walk(ast.parse(source)) if isinstance(node, defined)]
        assert named == []


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs(path: Path, sample_index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nbclient = pytest.importorskip("nbclient", reason="left out: running notebooks needs the extra 'notebooks'")
    monkeypatch.setenv("ONCOMATCH_INDEX", str(sample_index))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    nbclient.NotebookClient(notebook, timeout=240, resources=resources).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    complaints = [output.text for output in outputs if output.output_type == "stream" and output.name == "stderr"]
    assert complaints == []
    assert any("image/png" in output.get("data", {}) for output in outputs)
    printed = [output.text for output in outputs if output.output_type == "stream"]
    assert "92 trials" in printed[0]
