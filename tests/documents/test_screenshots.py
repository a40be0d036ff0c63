"""The pictures: those that the README shows are there, and the script makes them."""

from __future__ import annotations

import re
from typing import Final

import pytest

from screenshots.make import HERE, SCENES, picture

README: Final = HERE.parent / "README.md"

SHOWN: Final = re.findall(r"!\[([^\]]+)\]\(screenshots/([\w-]+)\.svg\)", README.read_text())


def test_the_readme_shows_pictures_that_are_there_and_that_the_script_makes() -> None:
    assert SHOWN
    for said, name in SHOWN:
        assert said
        assert name in SCENES
        assert (HERE / f"{name}.svg").stat().st_size > 0


def test_there_is_a_picture_of_every_scene_and_no_other() -> None:
    assert {path.stem for path in HERE.glob("*.svg")} == set(SCENES)


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
