"""Sprites: hostile bytes are refused, sound pictures come out trimmed, small and always the same."""

import io
import subprocess
import sys
from pathlib import Path

import pytest
from image_map.domain.fallback import colour, draw, initials
from image_map.domain.sheet import Tile, draw_sheet, preview
from image_map.domain.sprites import (
    MAX_BYTES,
    BadImage,
    ForbiddenImage,
    image_format,
    normalise,
)
from PIL import Image, ImageDraw
from wrapped_devkit.osrs_server.wiki_draw import huge_png


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def dot(width: int = 100, height: int = 80, mode: str = "RGBA") -> Image.Image:
    image = Image.new("RGBA", (width, height), (200, 10, 10, 0))
    ImageDraw.Draw(image).rectangle((20, 10, 59, 49), fill=(10, 200, 10, 255))
    return image.convert(mode)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def test_transparent_borders_are_cut_off() -> None:
    sprite = normalise(encoded(dot()))
    assert (sprite.full.width, sprite.full.height) == (40, 40)
    assert opened(sprite.full.png).mode == "RGBA"
    assert (sprite.thumbnail.width, sprite.thumbnail.height) == (96, 96)


def test_what_lies_under_transparent_pixels_does_not_count() -> None:
    other = dot()
    other.putpixel((25, 15), (1, 2, 3, 0))
    plain = dot()
    plain.putpixel((25, 15), (250, 250, 250, 0))
    assert normalise(encoded(other)).full.sha256 == normalise(encoded(plain)).full.sha256


def test_big_pictures_are_shrunk_and_keep_their_shape() -> None:
    sprite = normalise(encoded(Image.new("RGB", (4000, 1000), "navy")))
    assert (sprite.full.width, sprite.full.height) == (512, 128)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_png_webp_and_gif_give_the_same_sprite(kind: str) -> None:
    options = {"lossless": True} if kind == "WEBP" else {}
    sprite = normalise(encoded(dot(), kind, **options))
    assert sprite.full.sha256 == normalise(encoded(dot())).full.sha256


def test_a_jpeg_becomes_a_png() -> None:
    sprite = normalise(encoded(Image.new("RGB", (30, 20), "teal"), "JPEG"))
    assert image_format(sprite.full.png) == "PNG"


def test_of_an_animation_the_first_frame_is_taken() -> None:
    frames = [Image.new("RGB", (30, 30), tone) for tone in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert opened(normalise(data).full.png).getpixel((5, 5)) == (255, 0, 0, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_mode_of_a_png_is_taken(mode: str) -> None:
    image = (
        Image.new(mode, (40, 30), 1)
        if mode == "I;16"
        else dot(mode="L").convert(mode)
        if mode == "1"
        else dot(mode=mode)
    )
    assert normalise(encoded(image)).full.width > 0


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<!DOCTYPE html><html><body>Unavailable</body></html>",
        b"BM" + bytes(100),
        b"\x89PNG\r\n\x1a\n",
        b"\x89PNG\r\n\x1a\n" + b"<html>" * 50,
        b"RIFF\x00\x00\x00\x00AVI LIST",
        b"GIF89a",
        b"\xff\xd8\xff" + bytes(50),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        encoded(dot())[:-30],
        encoded(Image.radial_gradient("L"))[:2000],
        encoded(Image.new("RGBA", (20, 20), (1, 1, 1, 0))),
    ],
    ids=range(12),
)
def test_what_is_no_sound_picture_is_refused_in_one_line(data: bytes) -> None:
    with pytest.raises(BadImage) as caught:
        normalise(data)
    assert "\n" not in str(caught.value)


def test_more_bytes_or_pixels_than_allowed_are_refused_before_decoding() -> None:
    with pytest.raises(ForbiddenImage):
        normalise(encoded(dot()) + bytes(MAX_BYTES))
    with pytest.raises(ForbiddenImage):
        normalise(encoded(Image.new("1", (5_001, 5_000))))
    with pytest.raises(ForbiddenImage):
        normalise(huge_png(20_000))


def test_memory_stays_small_with_the_biggest_picture_allowed(tmp_path: Path) -> None:
    biggest = tmp_path / "biggest.png"
    Image.new("RGBA", (5000, 5000), (9, 99, 9, 200)).save(biggest, "PNG", compress_level=1)
    code = (
        "import pathlib, re, sys\n"
        "from image_map.domain.sprites import normalise\n"
        "sprite = normalise(pathlib.Path(sys.argv[1]).read_bytes())\n"
        "status = pathlib.Path('/proc/self/status').read_text()\n"  # getrusage would count the test process before exec
        "print(sprite.full.width, int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(biggest)], capture_output=True, text=True, check=True)
    width, peak_mib = map(int, done.stdout.split())
    assert width == 512
    assert peak_mib < 250


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Zulrah", "ZU"),
        ("Chambers of Xeric", "CX"),
        ("K'ril Tsutsaroth", "KT"),
        ("50% Luke", "5L"),
        ("Éowyn", "EO"),
        ("蛇", "?"),
        ("", "?"),
        ("of the", "OT"),
        ("<col=1>Bob", "BO"),
    ],
)
def test_initials_of_any_name(name: str, letters: str) -> None:
    assert initials(name) == letters


def test_a_fallback_is_always_the_same_and_differs_by_name_and_kind() -> None:
    assert draw("npc", "Goblin").full.sha256 == draw("npc", "Goblin").full.sha256
    pictures = {draw("npc", "Goblin").full.sha256, draw("npc", "Golem").full.sha256, draw("item", "Goblin").full.sha256}
    assert len(pictures) == 3
    assert all(channel < 190 for channel in colour("npc", "Goblin"))


def test_the_sheet_shows_every_tile_and_its_preview_is_small() -> None:
    tiles = [
        Tile("npc", f"Goblin {n} with a long name \x1b[31m", n % 5 > 0, draw("npc", f"Goblin {n}").thumbnail.png)
        for n in range(30)
    ]
    tiles.append(Tile("place", "Varrock", True, draw("place", "Varrock").thumbnail.png))
    sheet = draw_sheet(tiles)
    assert sheet.height > 3 * 126
    small = preview(sheet.png, 30_000)
    assert len(small) <= 30_000
    assert opened(small).format == "PNG"
    assert draw_sheet([]).width == sheet.width
