"""Sprites: hostile bytes are rejected, valid pictures come out trimmed, small and always the same."""

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from image_map.domain.fallback import colour, draw, initials
from image_map.domain.sheet import Tile, draw_sheet, preview
from image_map.domain.sprites import (
    MAX_BYTES,
    BadImage,
    image_format,
    normalise,
)
from image_map_world import encoded, png_of
from PIL import Image, ImageDraw
from wrapped_devkit.osrs_server.wiki_draw import huge_png


def dot(width: int = 100, height: int = 80, mode: str = "RGBA") -> Image.Image:
    image = Image.new("RGBA", (width, height), (200, 10, 10, 0))
    ImageDraw.Draw(image).rectangle((20, 10, 59, 49), fill=(10, 200, 10, 255))
    return image.convert(mode)


def opened(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png))


def test_transparent_borders_are_trimmed() -> None:
    sprite = normalise(encoded(dot()))
    assert (sprite.full.width, sprite.full.height) == (40, 40)
    assert opened(sprite.full.png).mode == "RGBA"
    assert (sprite.thumbnail.width, sprite.thumbnail.height) == (96, 96)


def test_colours_under_transparent_pixels_do_not_count() -> None:
    other = dot()
    other.putpixel((25, 15), (1, 2, 3, 0))
    plain = dot()
    plain.putpixel((25, 15), (250, 250, 250, 0))
    assert normalise(encoded(other)).full.sha256 == normalise(encoded(plain)).full.sha256


def test_big_pictures_are_scaled_down_and_keep_their_proportions() -> None:
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


def test_the_first_frame_of_an_animation_is_used() -> None:
    frames = [Image.new("RGB", (30, 30), tone) for tone in ("red", "blue")]
    data = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert opened(normalise(data).full.png).getpixel((5, 5)) == (255, 0, 0, 255)


def wide(*values: int) -> bytes:
    return struct.pack(f">{len(values)}H", *values)


def pixels(data: bytes) -> list[tuple[int, ...]]:
    sprite = opened(normalise(data).full.png)
    return [sprite.getpixel((x, 0)) for x in range(sprite.width)]


WHITE, BLACK = (255,) * 4, (0, 0, 0, 255)
PNG_MODES = {
    "1-bit grey": (1, 0, bytes([0b10000000]), [WHITE, BLACK]),
    "2-bit grey": (2, 0, bytes([0b10010000]), [(170, 170, 170, 255), (85, 85, 85, 255)]),
    "4-bit grey": (4, 0, bytes([0x5F]), [(85, 85, 85, 255), WHITE]),
    "8-bit grey": (8, 0, bytes([100, 200]), [(100, 100, 100, 255), (200, 200, 200, 255)]),
    "16-bit grey": (16, 0, wide(0x4000, 0xC000), [(64, 64, 64, 255), (191, 191, 191, 255)]),
    "8-bit colour": (8, 2, bytes([1, 2, 3, 4, 5, 6]), [(1, 2, 3, 255), (4, 5, 6, 255)]),
    "16-bit colour": (16, 2, wide(0x80FF, 0, 0xFFFF, 0x0A0A, 0, 0), [(128, 0, 255, 255), (10, 0, 0, 255)]),
    "8-bit grey with alpha": (8, 4, bytes([9, 255, 8, 7]), [(9, 9, 9, 255), (8, 8, 8, 7)]),
    "16-bit grey with alpha": (16, 4, wide(0x8000, 0xFFFF, 0x900, 0x8000), [(128, 128, 128, 255), (9, 9, 9, 128)]),
    "16-bit colour with alpha": (
        16,
        6,
        wide(0x8000, 0xFFFF, 0, 0xFFFF, 0, 0, 0x900, 0x8000),
        [(128, 255, 0, 255), (0, 0, 9, 128)],
    ),
}
"""Bits per channel, colour type, one row of two pixels, and how they should look."""


def png(depth: int, colour: int, row: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """A PNG of two adjacent pixels, written by hand: Pillow writes only a few of the existing modes."""
    header = struct.pack(">IIBBBBB", 2, 1, depth, colour, 0, 0, 0)
    return png_of([(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(b"\0" + row)), (b"IEND", b"")])


@pytest.mark.parametrize("mode", PNG_MODES)
def test_a_png_of_any_depth_keeps_its_tones(mode: str) -> None:
    depth, colour_type, row, shown = PNG_MODES[mode]
    assert pixels(png(depth, colour_type, row)) == shown


@pytest.mark.parametrize(
    ("mode", "key"),
    [
        ("1-bit grey", (1,)),
        ("2-bit grey", (2,)),
        ("4-bit grey", (5,)),
        ("8-bit grey", (100,)),
        ("16-bit grey", (0x4000,)),
        ("8-bit colour", (1, 2, 3)),
        ("16-bit colour", (0x80FF, 0, 65_535)),
    ],
)
def test_the_transparent_colour_is_honoured_at_any_depth(mode: str, key: tuple[int, ...]) -> None:
    depth, colour_type, row, shown = PNG_MODES[mode]
    data = png(depth, colour_type, row, (b"tRNS", wide(*key)))
    assert pixels(data) == shown[1:]  # the first pixel is cut off as a transparent border


def test_a_palette_keeps_its_transparency() -> None:
    palette = (b"PLTE", bytes([10, 20, 30, 40, 50, 60]))
    for depth, row in ((1, bytes([0b01000000])), (4, bytes([0x01])), (8, bytes([0, 1]))):
        data = png(depth, 3, row, palette, (b"tRNS", bytes([255, 128])))
        assert pixels(data) == [(10, 20, 30, 255), (40, 50, 60, 128)]


def test_a_big_16_bit_picture_keeps_its_tones_when_scaled_down() -> None:
    tones = opened(normalise(encoded(Image.new("I;16", (2_500, 2_000), 0x4040))).full.png)
    assert tones.size == (512, 410)
    assert tones.getpixel((5, 5)) == (64, 64, 64, 255)


def test_a_cmyk_jpeg_has_its_colours() -> None:
    (tone, *_) = pixels(encoded(Image.new("CMYK", (16, 16), (255, 0, 0, 0)), "JPEG"))
    assert all(abs(one - other) < 8 for one, other in zip(tone, (0, 255, 255, 255), strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_rotated_as_its_exif_says(kind: str, orientation: int) -> None:
    upright = Image.new("RGB", (60, 40), "blue")
    ImageDraw.Draw(upright).rectangle((0, 0, 29, 19), fill="red")  # the upper left quarter
    lying = {
        1: upright,
        2: upright.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
        3: upright.transpose(Image.Transpose.ROTATE_180),
        4: upright.transpose(Image.Transpose.FLIP_TOP_BOTTOM),
        5: upright.transpose(Image.Transpose.TRANSPOSE),
        6: upright.transpose(Image.Transpose.ROTATE_90),
        7: upright.transpose(Image.Transpose.TRANSVERSE),
        8: upright.transpose(Image.Transpose.ROTATE_270),
    }[orientation]
    exif = Image.Exif()
    exif[0x0112] = orientation
    sprite = opened(normalise(encoded(lying, kind, exif=exif)).full.png)
    assert sprite.size == (60, 40)
    corners = [sprite.getpixel(at) for at in ((8, 8), (52, 8), (8, 32), (52, 32))]
    assert [red > 128 for red, *_ in corners] == [True, False, False, False]


@pytest.mark.parametrize(
    "exif", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0MM\0*\0\0\0\x08\xff\xff" * 9]
)
def test_unreadable_exif_is_ignored(exif: bytes) -> None:
    sprite = normalise(encoded(Image.new("RGB", (30, 20), "teal"), "JPEG", exif=exif)).full
    assert (sprite.width, sprite.height) == (30, 20)


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
def test_an_invalid_picture_is_rejected_in_one_line(data: bytes) -> None:
    with pytest.raises(BadImage) as caught:
        normalise(data)
    assert "\n" not in str(caught.value)


def test_more_bytes_or_pixels_than_allowed_are_rejected_before_decoding() -> None:
    with pytest.raises(BadImage, match="bytes are more"):
        normalise(encoded(dot()) + bytes(MAX_BYTES))
    with pytest.raises(BadImage, match="pixels are more"):
        normalise(encoded(Image.new("1", (5_001, 5_000))))
    with pytest.raises(BadImage, match="pixels"):
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
