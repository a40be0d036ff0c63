"""The screenshots: those in the documents exist, and the script makes them."""

from __future__ import annotations

import html
import re
from typing import Final

import pytest

from docs.generate import DOCUMENTS
from screenshots.make import HERE, SCENES, picture

_PICTURE: Final = re.compile(r"!\[([^\]]+)\]\((?:\.\./)?screenshots/([\w-]+)\.svg\)")
SHOWN: Final = [picture for path in DOCUMENTS for picture in _PICTURE.findall(path.read_text())]


def test_the_documents_show_every_picture_with_a_description() -> None:
    assert all(description for description, _ in SHOWN)
    assert {name for _, name in SHOWN} == set(SCENES) == {path.stem for path in HERE.glob("*.svg")}


def test_the_first_picture_shows_a_name_a_phone_number_and_a_status() -> None:
    svg = (HERE / f"{SHOWN[0][1]}.svg").read_text()
    text = html.unescape(" ".join(re.findall(r">([^<>]+)</text>", svg))).replace("\N{NO-BREAK SPACE}", " ")
    assert "Ingrid Brown" in text
    assert "(858) 009-2515" in text
    assert "Sale Made" in text


@pytest.mark.parametrize("name", SCENES)
def test_a_picture_is_small_and_fetches_nothing(name: str) -> None:
    svg = (HERE / f"{name}.svg").read_text()
    assert len(svg) < 150_000
    assert set(re.findall(r"https?://[\w./-]+", svg)) <= {"http://www.w3.org/2000/svg", "https://www.textualize.io"}
    assert "@font-face" not in svg


async def test_the_same_program_gives_the_same_picture() -> None:
    scene = SCENES["look-up"]
    one, other = await picture(scene), await picture(scene)
    assert one == other
    assert "Phone&#160;2" in one
