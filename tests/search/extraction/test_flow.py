from __future__ import annotations

import pytest

from search.extraction.flow import flow


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "plain words",
        "two  spaces",
        "wrapped\r\n      line and\tmore",
        "\n lead and trail \n\n",
        "a\nb\nc   d  e",
    ],
)
def test_every_word_keeps_its_place(text: str) -> None:
    flowing = flow(text)
    assert flowing.text.split() == text.split()
    assert "  " not in flowing.text
    assert "\n" not in flowing.text
    for offset, character in enumerate(flowing.text):
        if character != " ":
            assert text[flowing.original(offset)] == character
