"""Documentation that a program can check."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PATH = re.compile(r"`((?:search|indexer|api|tests|notebooks|\.ci)(?:/[\w.\-]+)*/?|[\w.]+\.(?:toml|md|yaml))`")


@pytest.mark.parametrize("document", ["ARCHITECTURE.md", "README.md", "CONTRIBUTING.md"])
def test_every_path_that_a_page_names_exists(document: str) -> None:
    named = PATH.findall((ROOT / document).read_text(encoding="utf-8"))
    assert named or document == "CONTRIBUTING.md"
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_every_module_of_the_library_is_placed_in_the_architecture_page() -> None:
    page = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    missing = [
        str(path.relative_to(ROOT))
        for package in ("search", "indexer", "api")
        for path in sorted((ROOT / package).iterdir())
        if (path.suffix == ".py" or (path.is_dir() and any(path.glob("*.py")))) and path.name != "__init__.py"
        if f"`{path.relative_to(ROOT)}" not in page
    ]
    assert missing == []


def test_every_tunable_number_says_what_it_is() -> None:
    tree = ast.parse((ROOT / "search/config.py").read_text(encoding="utf-8"))
    undocumented = []
    for cls in (node for node in tree.body if isinstance(node, ast.ClassDef)):
        described = ast.get_docstring(cls) or ""
        for field, following in zip(cls.body, [*cls.body[1:], None], strict=True):
            if not isinstance(field, ast.AnnAssign) or not isinstance(field.target, ast.Name):
                continue
            explained = isinstance(following, ast.Expr) and isinstance(following.value, ast.Constant)
            composed = isinstance(field.annotation, ast.Name) and field.annotation.id.endswith("Config")
            if not explained and not composed and field.target.id not in described:
                undocumented.append(f"{cls.name}.{field.target.id}")
    assert undocumented == []


def test_every_route_is_in_the_readme() -> None:
    from api.app import create_app
    from tests.api.fake_engine import FakeEngine

    page = (ROOT / "README.md").read_text(encoding="utf-8")
    paths = set(create_app(FakeEngine()).openapi()["paths"])
    assert [path for path in sorted(paths) if f"`{path}`" not in page and f" {path}`" not in page] == []


def test_every_command_is_in_the_readme() -> None:
    from typer.main import get_command

    from api.cli import app

    page = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = getattr(get_command(app), "commands")  # noqa: B009 - click's Group has it, its base class does not
    assert [name for name in commands if f"oncomatch {name}" not in page] == []
