"""The picture that a character card travels in: its text chunk, and an avatar where none is given.

The JSON of the card stands, as base64, in the PNG text chunk ``chara``.
"""

import base64
import binascii
import colorsys
import io
import warnings
from hashlib import sha256
from pathlib import Path

from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo

from simulacra.errors import InputError

MAGIC = b"\x89PNG\r\n\x1a\n"
CHUNK = "chara"
_MOST_PIXELS = 4096 * 4096
_SIZE = (400, 600)


def card_text(path: Path) -> str:
    """The card inside a PNG.

    Raises:
        InputError: the picture is broken or too large, or holds no card.
    """
    chunks = _opened(path)[1]
    if CHUNK not in chunks:
        hint = " (only one of version 3)" if "ccv3" in chunks else ""
        raise InputError(f"is a picture without a character card{hint}", path=path)
    try:
        return base64.b64decode("".join(chunks[CHUNK].split()), validate=True).decode("utf-8")
    except (binascii.Error, UnicodeError) as error:
        raise InputError(f"its text chunk {CHUNK!r} is no base64 of a text", path=path) from error


def picture_with(text: str, picture: Path | None, persona_id: str) -> bytes:
    """A PNG that holds the card ``text``: the picture given, or an avatar drawn for the id.

    Raises:
        InputError: the picture given cannot be used.
    """
    image = avatar(persona_id) if picture is None else _opened(picture)[0]
    info = PngInfo()
    info.add_text(CHUNK, base64.b64encode(text.encode()).decode("ascii"))
    out = io.BytesIO()
    image.save(out, format="PNG", pnginfo=info)
    return out.getvalue()


def avatar(persona_id: str) -> Image.Image:
    """A plain picture of nobody in particular, the same for the same id."""
    digest = sha256(persona_id.encode()).digest()
    hue = digest[0] / 256
    ground, tile = _colour(hue, 0.24, 0.92), _colour(hue, 0.32, 0.84)
    figure, shade = _colour(hue + 0.5, 0.45, 0.45), _colour(hue + 0.5, 0.45, 0.36)
    width, height = _SIZE
    image = Image.new("RGB", _SIZE, ground)
    draw = ImageDraw.Draw(image)
    side = width // 8
    for place in range(4 * (height // side)):
        row, column = divmod(place, 4)
        if digest[1 + place % 31] >> (place // 31) & 1:
            for x in (column * side, width - (column + 1) * side):
                draw.rectangle((x, row * side, x + side - 1, (row + 1) * side - 1), fill=tile)
    breadth = 150 + digest[2] % 40
    head = 78 + digest[3] % 20
    middle = width // 2
    draw.ellipse((middle - breadth, 390, middle + breadth, 390 + 2 * breadth), fill=figure)
    draw.ellipse((middle - head, 200, middle + head, 220 + int(2.3 * head)), fill=shade)
    return image


def _opened(path: Path) -> tuple[Image.Image, dict[str, str]]:
    """The decoded picture and its text chunks, also those that stand after the pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=["PNG"]) as image:
                pixels = image.width * image.height * getattr(image, "n_frames", 1)
                if pixels > _MOST_PIXELS:
                    raise InputError(
                        f"has {pixels:,} pixels; at most {_MOST_PIXELS:,} are read", path=path
                    )
                chunks = {key: str(text) for key, text in getattr(image, "text", {}).items()}
                return image.copy(), chunks
    except FileNotFoundError:
        raise InputError("there is no such picture", path=path) from None
    except (
        OSError,
        SyntaxError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ) as error:
        raise InputError("is no PNG picture, or a broken one", path=path) from error


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)
