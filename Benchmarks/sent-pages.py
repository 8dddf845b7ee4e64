#!/usr/bin/env python3
"""What a page takes on its way to a remote model, as PNG and as JPEG, and by how much JPEG alters it.

    sent-pages.py FOLDER...

Takes 40 of the folders' pictures by chance (seed 1), brings each to 1 megapixel at most with both sides whole tokens, and
prints means: kilobytes, peak signal-to-noise ratio in decibels, the largest difference of a level, milliseconds of
processor time. Needs Pillow and numpy.
"""

import io
import math
import pathlib
import random
import sys
import time

import numpy
from PIL import Image, ImageOps

PIXELS, TOKEN, COUNT = 1 << 20, 32, 40
FORMS = {
    "PNG level 1": ("PNG", {"compress_level": 1}),
    "PNG level 6": ("PNG", {"compress_level": 6}),
    "JPEG 90 4:2:0": ("JPEG", {"quality": 90}),
    "JPEG 90 4:4:4": ("JPEG", {"quality": 90, "subsampling": 0}),
    "JPEG 95 4:4:4": ("JPEG", {"quality": 95, "subsampling": 0}),
}


def page(path):
    picture = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
    scale = min(1, math.sqrt(PIXELS / (picture.width * picture.height)))
    size = (max(TOKEN, round(side * scale / TOKEN) * TOKEN) for side in picture.size)
    return picture.resize(tuple(size), Image.BICUBIC)


def main():
    folders = [pathlib.Path(word) for word in sys.argv[1:]]
    files = sorted(
        file for folder in folders for file in folder.rglob("*")
        if file.suffix in (".jpg", ".jpeg", ".png")
    )
    if not files:
        sys.exit(__doc__)
    random.seed(1)
    random.shuffle(files)
    pages = [page(file) for file in files[:COUNT]]
    for name, (form, options) in FORMS.items():
        count, error, largest, spent = 0, 0.0, 0, 0.0
        for picture in pages:
            file = io.BytesIO()
            start = time.process_time()
            picture.save(file, form, **options)
            spent += time.process_time() - start
            count += file.tell()
            before = numpy.asarray(picture).astype(float)
            difference = before - numpy.asarray(Image.open(file).convert("RGB")).astype(float)
            error += (difference**2).mean() / len(pages)
            largest = max(largest, int(abs(difference).max()))
        ratio = "exact" if error == 0 else f"{10 * math.log10(255**2 / error):.1f} dB"
        print(f"{name:14} {count / len(pages) / 1e3:5.0f} kB  {ratio:8}  {largest:3}  {spent / len(pages) * 1e3:6.1f} ms")


if __name__ == "__main__":
    main()
