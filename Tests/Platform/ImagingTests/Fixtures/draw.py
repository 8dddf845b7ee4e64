#!/usr/bin/env python3
"""Draws the pictures beside this script. Needs Pillow 12 and pillow-heif: pip install pillow pillow-heif.

Upright, each shows the same 48 x 32 card, so that one look tells whether a decoder turned it, mirrored it
or swapped its colours:

    colour   red   | green        grey   black | 85
             blue  | white               170   | white

Where a format can only do two colours, the card is black except for its lower right quarter.
"""

import struct
import zlib
from pathlib import Path

import pillow_heif
from PIL import Image, TiffImagePlugin

HERE = Path(__file__).parent
WIDTH, HEIGHT = 48, 32


def card(mode="RGB", size=(WIDTH, HEIGHT)):
    inks = {
        "RGB": ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255)),
        "L": (0, 85, 170, 255),
        "1": (0, 0, 0, 1),
    }[mode]
    picture = Image.new(mode, size, inks[3])
    w, h = size[0] // 2, size[1] // 2
    picture.paste(inks[0], (0, 0, w, h))
    picture.paste(inks[1], (w, 0, size[0], h))
    picture.paste(inks[2], (0, h, w, size[1]))
    return picture


def as_stored(picture, orientation):
    """The pixels that an orientation tag turns back into `picture`."""
    undo = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_90,  # counter-clockwise, as the tag asks for clockwise
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_270,
    }
    return picture.transpose(undo[orientation]) if orientation in undo else picture


def exif(orientation):
    block = Image.Exif()
    block[0x0112] = orientation
    return block.tobytes()


def save(picture, name, **options):
    picture.save(HERE / name, **options)


def orientations():
    for n in range(1, 9):
        stored = as_stored(card(), n)
        save(stored, f"orientation-{n}.jpg", quality=85, subsampling=0, exif=exif(n))
        save(stored, f"orientation-{n}.png", exif=exif(n))
        save(stored, f"orientation-{n}.webp", lossless=True, exif=exif(n))
        save(stored, f"orientation-{n}.tif", compression="tiff_lzw", tiffinfo={274: n})


def jpegs():
    save(card(), "progressive.jpg", quality=85, subsampling=0, progressive=True)
    save(card("L"), "grey.jpg", quality=85)
    save(card().convert("CMYK"), "cmyk.jpg", quality=90)
    save(card(), "two-pictures.mpo", format="MPO", save_all=True, append_images=[Image.new("RGB", (9, 9))])
    plain = (HERE / "orientation-1.jpg").read_bytes()
    # Where the block should begin with a TIFF header it says something else.
    at = plain.index(b"Exif\0\0") + 6
    (HERE / "invalid-exif.jpg").write_bytes(plain[:at] + b"XX" + plain[at + 2 :])
    quantization = plain.index(b"\xff\xdb")
    (HERE / "junk-before-marker.jpg").write_bytes(plain[:quantization] + b"\0\1\2\3\4" + plain[quantization:])


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(header, data, *extra):
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(extra) + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b"")


def pngs():
    save(card("L").convert("I;16").point(lambda v: v * 257), "grey-16-bit.png")
    save(card().quantize(4), "palette.png")
    save(card("1"), "two-colours.png")
    # Black glyphs on nothing: the colour under a transparent pixel is black too.
    glyph = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    glyph.paste((0, 0, 0, 255), (0, 0, 24, 16))
    save(glyph, "black-on-transparent.png")
    save(glyph.convert("LA"), "black-on-transparent-grey.png")
    see_through = card().quantize(4)
    save(see_through, "palette-transparent.png", transparency=see_through.getpixel((0, 0)))
    save(card(), "animated.png", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))])
    rows = []
    grey = card("L")
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for y in range(y0, HEIGHT, dy):
            rows.append(b"\0" + bytes(grey.getpixel((x, y)) for x in range(x0, WIDTH, dx)))
    (HERE / "interlaced.png").write_bytes(png(struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 1), b"".join(rows)))
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(50_000_000), 9))
    pixel = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    (HERE / "text-bomb.png").write_bytes(png(pixel, b"\0\0", text))
    # The picture that a decompressor unpacks is far larger than its header says.
    (HERE / "data-bomb.png").write_bytes(png(pixel, bytes(20_000_000)))


def webps():
    glyph = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    glyph.paste((0, 0, 0, 255), (0, 0, 24, 16))
    save(glyph, "black-on-transparent.webp", lossless=True, exact=True)
    save(card(), "lossy.webp", quality=90)
    save(card(), "animated.webp", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))], lossless=True, minimize_size=False)


def gifs():
    palette = card().quantize(4)
    save(palette, "animated.gif", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))], interlace=False)
    save(palette, "interlaced.gif", interlace=True)
    save(palette, "transparent.gif", transparency=palette.getpixel((0, 0)), interlace=False)


def tiff(path, entries, data, big_endian=False):
    """One strip of `data`; entries are (tag, type, value) with type 3 (short) or 4 (long)."""
    mark = ">" if big_endian else "<"
    entries = sorted(entries + [(273, 4, 8), (279, 4, len(data))])
    directory = struct.pack(mark + "H", len(entries))
    for tag, kind, value in entries:
        packed = struct.pack(mark + "HH", value, 0) if kind == 3 else struct.pack(mark + "I", value)
        directory += struct.pack(mark + "HHI", tag, kind, 1) + packed
    head = (b"MM\0*" if big_endian else b"II*\0") + struct.pack(mark + "I", 8 + len(data))
    (HERE / path).write_bytes(head + data + directory + struct.pack(mark + "I", 0))


def tiffs():
    pages = [card("1"), card(), card()]
    with TiffImagePlugin.AppendingTiffWriter(HERE / "three-pages.tif", True) as out:
        for page, compression in zip(pages, ["group4", "tiff_lzw", "jpeg"]):
            page.save(out, format="TIFF", compression=compression)
            out.newFrame()
    for name in ["group3", "packbits", "tiff_adobe_deflate"]:
        save(card("1"), f"{name.replace('tiff_adobe_', '')}.tif", compression=name)
    save(card(), "big.tif", compression="tiff_lzw", big_tiff=True)
    save(card().convert("CMYK"), "cmyk.tif", compression="tiff_lzw")
    save(card().quantize(4), "palette.tif")
    # A fax of standard resolution: its rows are twice as far apart as its columns.
    save(card("1", (WIDTH, HEIGHT // 2)), "fax.tif", compression="group4", dpi=(204, 98))
    grey = card("L")
    levels = list(grey.tobytes())
    size = [(256, 4, WIDTH), (257, 4, HEIGHT), (278, 4, HEIGHT), (277, 3, 1), (259, 3, 1)]
    sixteen = struct.pack(f">{len(levels)}H", *(v * 257 for v in levels))
    tiff("grey-16-bit.tif", size + [(258, 3, 16), (262, 3, 1)], sixteen, big_endian=True)
    twelve = int("".join(f"{v * 4095 // 255:012b}" for v in levels), 2).to_bytes(len(levels) * 12 // 8, "big")
    tiff("grey-12-bit.tif", size + [(258, 3, 12), (262, 3, 1)], twelve)
    four = int("".join(f"{v // 17:04b}" for v in levels), 2).to_bytes(len(levels) // 2, "big")
    tiff("grey-4-bit.tif", size + [(258, 3, 4), (262, 3, 1)], four)
    real = struct.pack(f"<{len(levels)}f", *(v / 255 for v in levels))
    tiff("floating-point.tif", size + [(258, 3, 32), (262, 3, 1), (339, 3, 3)], real)
    tiff("white-is-zero.tif", size + [(258, 3, 8), (262, 3, 0)], bytes(255 - v for v in levels))
    rgba = b"".join(bytes((0, 0, 0, 255 if x < 24 and y < 16 else 0)) for y in range(HEIGHT) for x in range(WIDTH))
    bits = b"\x08\0\x08\0\x08\0\x08\0"
    # Four values do not fit the entry: they are put behind the pixels.
    entries = [(256, 4, WIDTH), (257, 4, HEIGHT), (278, 4, HEIGHT), (259, 3, 1), (262, 3, 2), (277, 3, 4), (338, 3, 2)]
    data = rgba + bits
    directory = sorted([(t, k, 1, v) for t, k, v in entries] + [(258, 3, 4, 8 + len(rgba)), (273, 4, 1, 8), (279, 4, 1, len(rgba))])
    packed = struct.pack("<H", len(directory)) + b"".join(
        struct.pack("<HHI", t, k, n) + (struct.pack("<HH", v, 0) if k == 3 and n == 1 else struct.pack("<I", v)) for t, k, n, v in directory)
    (HERE / "black-on-transparent.tif").write_bytes(b"II*\0" + struct.pack("<I", 8 + len(data)) + data + packed + bytes(4))
    # The one directory names itself as the next.
    looping = bytearray((HERE / "white-is-zero.tif").read_bytes())
    looping[-4:] = looping[4:8]
    (HERE / "loop.tif").write_bytes(looping)
    # A thumbnail behind the page is no page.
    with TiffImagePlugin.AppendingTiffWriter(HERE / "thumbnail.tif", True) as out:
        card("L").save(out, format="TIFF")
        out.newFrame()
        card("L", (12, 8)).save(out, format="TIFF", tiffinfo={254: 1})
        out.newFrame()


def others():
    pillow_heif.register_heif_opener()
    save(card(), "card.heic", quality=90, chroma=444)
    pillow_heif.options.SAVE_HDR_TO_12_BIT = False
    save(as_stored(card(), 6), "turned.heic", quality=90, chroma=444, exif=exif(6))
    save(card(), "card.avif", quality=90, subsampling="4:4:4")
    save(card(), "card.jp2", irreversible=False)


for draw in (orientations, jpegs, pngs, webps, gifs, tiffs, others):
    draw()
