#!/usr/bin/env python3
"""Does the feature cache give a copy its features, and nothing else? And how long does it take?

    Benchmarks/feature-cache.py FOLDER --trial PROGRAM [--tokens 1280] [--digits]
    Benchmarks/feature-cache.py --fill 1000000 --trial PROGRAM

FOLDER    JPEG files of pages with print; `tesseract` finds the digits and lines that are changed on them
--trial   `swift build -c release --product feature-cache-trial`, then .build/release/feature-cache-trial
--tokens  the most tokens that a page becomes, as `docket ask --image-tokens` (1280 there unless told otherwise)
--digits  also reads every original and four of its copies with Tesseract, and tells how often the digits are the same

Each page is changed in ways that a model does not see (saved as JPEG of quality 60 to 95, moved by a pixel, noise, all of it) and in
ways that make it another page (a digit replaced by another digit of the same page, a line erased or cut out; each also saved again
and moved), and copied at 90% and 110%. All are brought to the size that the model sees and given to the cache with THE SAME digits, as
if Tesseract had misread the changed ones: the pixels alone decide. Then all pairs of different pages, and the 8 x 8 average hash at 95%
that is in common use. Files are halved by their names: limits were chosen on one half, and both are shown.

Needs Pillow and NumPy.
"""

import argparse
import csv
import io
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import zlib
from collections import defaultdict
from pathlib import Path

import numpy as np
from PIL import Image

from measure import machine, table

Image.MAX_IMAGE_PIXELS = None
ONE_THREAD = dict(os.environ, OMP_THREAD_LIMIT="1")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    parser.add_argument("--trial", default=".build/release/feature-cache-trial")
    parser.add_argument("--tokens", type=int, default=1280)
    parser.add_argument("--digits", action="store_true")
    parser.add_argument("--fill", type=int)
    parser.add_argument("--side", type=int, default=448)
    return parser.parse_args()


# Pages and what is done to them


def tesseract(picture, kind):
    """What Tesseract finds on a picture: `tsv` or `makebox`."""
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "BMP")
    return subprocess.run(["tesseract", "stdin", "stdout", "--psm", "4", kind], input=data.getvalue(),
                          capture_output=True, env=ONE_THREAD, check=True).stdout.decode()


def words(picture):
    rows = csv.DictReader(io.StringIO(tesseract(picture, "tsv")), delimiter="\t", quoting=csv.QUOTE_NONE)
    return [row for row in rows]


def print_on(picture):
    """Boxes of digits that were read with certainty, and of lines."""
    glyphs, lines, certain = [], [], []
    for row in words(picture):
        box = [int(row[key]) for key in ("left", "top", "width", "height")]
        if row["level"] == "4":
            lines.append(box + [0])
        if row["level"] == "5":
            confidence, text = float(row["conf"]), row["text"]
            if confidence > 60 and len(text) > 2:
                lines[-1][4] += 1
            if confidence > 80 and any(letter.isdigit() for letter in text):
                certain.append(box)
    height = picture.shape[0]
    for row in tesseract(picture, "makebox").splitlines():
        parts = row.split(" ")
        if len(parts) != 6 or parts[0] not in "0123456789":
            continue
        left, bottom, right, top = map(int, parts[1:5])
        box = (parts[0], left, height - top, right, height - bottom)
        if any(x - 1 <= box[1] and box[3] <= x + w + 1 and y - 1 <= box[2] and box[4] <= y + h + 1 for x, y, w, h in certain):
            glyphs.append(box)
    return glyphs, [line[:4] for line in lines if line[4] > 0 and line[3] < height * 0.06]


def jpeg(picture, quality):
    data = io.BytesIO()
    Image.fromarray(picture).save(data, "JPEG", quality=quality)
    return np.asarray(Image.open(data).convert("RGB"))


def moved(picture, x, y):
    rows = np.clip(np.arange(picture.shape[0]) - y, 0, picture.shape[0] - 1)
    columns = np.clip(np.arange(picture.shape[1]) - x, 0, picture.shape[1] - 1)
    return picture[rows][:, columns]


def noisy(picture, levels, seed):
    noise = np.random.default_rng(seed).normal(0, levels, picture.shape[:2])[..., None]
    return np.clip(picture + noise, 0, 255).round().astype(np.uint8)


def resized(picture, width, height):
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.BICUBIC))


def other_digit(picture, glyphs, chance):
    """One digit replaced by the picture of another one from the same page; None where there are no two that fit."""
    for _ in range(400 if len(glyphs) > 1 else 0):
        old, new = chance.choice(glyphs), chance.choice(glyphs)
        height, width = old[4] - old[2], old[3] - old[1]
        if old[0] == new[0] or height < 6 or width < 3:
            continue
        if not 0.85 < (new[4] - new[2]) / height < 1.18 or not 0.5 < (new[3] - new[1]) / width < 2:
            continue
        patch = resized(picture[new[2]:new[4], new[1]:new[3]], width, height).astype(int)
        under = picture[old[2]:old[4], old[1]:old[3]].astype(int)
        if np.abs(patch - under).mean() < 0.12 * (under.max() - under.min()):
            continue  # one of them was misread: they are the same digit
        changed = picture.copy()
        changed[old[2]:old[4], old[1]:old[3]] = patch
        return changed
    return None


def erased(picture, line):
    x, y, width, height = line
    top, bottom = max(0, y - 2), min(picture.shape[0], y + height + 2)
    left, right = max(0, x - 2), min(picture.shape[1], x + width + 2)
    paper = np.percentile(picture[top:bottom, left:right].reshape(-1, 3), 85, axis=0).astype(np.uint8)
    grain = np.random.default_rng(5).normal(0, 1.5, (bottom - top, right - left, 1))
    changed = picture.copy()
    changed[top:bottom, left:right] = np.clip(paper + grain, 0, 255).astype(np.uint8)
    return changed


def cut(picture, line):
    _, y, _, height = line
    return np.concatenate([picture[:y], picture[y + height:], np.repeat(picture[-1:], height, 0)])


def variants(picture, name):
    """(kind, `same`, `other` or `scaled`, picture)"""
    chance = random.Random(zlib.crc32(name.encode()))
    glyphs, lines = print_on(picture)
    for quality in (60, 70, 80, 90, 95):
        yield f"jpeg {quality}", "same", jpeg(picture, quality)
    for x, y in ((1, 0), (0, 1), (-1, -1)):
        yield "moved", "same", moved(picture, x, y)
    yield "moved, jpeg 75", "same", jpeg(moved(picture, 1, 1), 75)
    yield "noise 4", "same", noisy(picture, 4, 1)
    yield "noise 8", "same", noisy(picture, 8, 1)
    yield "noise 4, jpeg 75", "same", jpeg(noisy(picture, 4, 2), 75)
    yield "moved, noise 4, jpeg 60", "same", jpeg(noisy(moved(picture, -1, 1), 4, 3), 60)
    for _ in range(4):
        changed = other_digit(picture, glyphs, chance)
        if changed is not None:
            yield "other digit", "other", changed
            yield "other digit, jpeg 75", "other", jpeg(changed, 75)
            yield "other digit, moved, jpeg 60", "other", jpeg(moved(changed, 1, 0), 60)
    for line in [chance.choice(lines) for _ in range(2 if lines else 0)]:
        yield "line erased", "other", erased(picture, line)
        yield "line erased, jpeg 60", "other", jpeg(erased(picture, line), 60)
    if lines:
        yield "line cut out", "other", cut(picture, chance.choice(lines))
    for factor in (0.9, 1.1):
        yield f"at {factor:.0%}", "scaled", resized(picture, round(picture.shape[1] * factor), round(picture.shape[0] * factor))


def seen(picture, tokens):
    """As the model sees it: whole tokens of 32 x 32, as the published preprocessing chooses them."""
    height, width = picture.shape[:2]
    most, least = tokens * 1024, 65536
    columns, rows = max(32, round(width / 32) * 32), max(32, round(height / 32) * 32)
    if columns * rows > most:
        scale = math.sqrt(width * height / most)
        columns, rows = (max(32, math.floor(side / scale / 32) * 32) for side in (width, height))
    elif columns * rows < least:
        scale = math.sqrt(least / (width * height))
        columns, rows = (math.ceil(side * scale / 32) * 32 for side in (width, height))
    return resized(picture, columns, rows), (width, height)


def average_hash(picture):
    small = np.asarray(Image.fromarray(picture).convert("L").resize((8, 8), Image.LANCZOS), dtype=float)
    return small > small.mean()


# The cache


class Trial:
    def __init__(self, program, folder):
        self.process = subprocess.Popen([program, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, command, *pictures):
        line, pixels = command, b""
        for picture, source in pictures:
            line += f"\t{picture.shape[1]}\t{picture.shape[0]}\t{source[0]}\t{source[1]}\t0"
            pixels += np.ascontiguousarray(picture).tobytes()
        self.process.stdin.write(line.encode() + b"\n" + pixels)
        self.process.stdin.flush()
        return self.process.stdout.readline().decode().split()


def digits_agree(picture):
    """Of four copies, how many Tesseract reads the same digits from."""
    def digits(picture):
        return "".join(re.sub(r"\D", "", row["text"]) for row in words(picture) if row["level"] == "5")
    first = digits(picture)
    copies = [jpeg(picture, 60), jpeg(picture, 80), moved(picture, -1, -1), jpeg(noisy(picture, 4, 2), 75)]
    return [digits(copy) == first for copy in copies]


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        if options.fill:
            subprocess.run([options.trial, folder, "fill", str(options.fill), str(options.side)], check=True)
            return
        trial = Trial(options.trial, folder)
        files = sorted(path for path in Path(options.folder).iterdir() if path.suffix.lower() in (".jpg", ".jpeg"))
        served = defaultdict(lambda: [0, 0])  # half, whether the same, kind: served, all
        worst = defaultdict(list)
        scaled = [0, 0, 0]  # told, served, all
        originals, hashes, agreed = [], [], []
        for path in files:
            picture = np.asarray(Image.open(path).convert("RGB"))
            original = seen(picture, options.tokens)
            # Every original is looked up among all before it: all pairs of different pages.
            answer = trial.ask("look", original)
            served["pairs"][0] += answer[0] != "absent"
            served["pairs"][1] += len(originals)
            key = trial.ask("store", original)[1]
            originals.append(key)
            hashes.append(average_hash(picture))
            half = zlib.crc32(path.stem.encode()) % 2
            for kind, meaning, changed in variants(picture, path.stem):
                copy = seen(changed, options.tokens)
                answer = trial.ask("look", copy)
                if meaning == "scaled":
                    scaled[0] += answer[0] == "absent" and answer[2] == key
                    scaled[1] += answer[0] != "absent"
                    scaled[2] += 1
                    continue
                served[half, meaning, kind][0] += answer[0] == "exact" or answer == ["near", key]
                served[half, meaning, kind][1] += 1
                if answer[0] == "near" and answer[1] != key:
                    served["pairs"][0] += 1
                worst[half, meaning].append(float(trial.ask("compare", original, copy)[2]))
            if options.digits:
                agreed += digits_agree(picture)
            print(f"{path.name}: done", file=sys.stderr)
    kinds = sorted({(key[1], key[2]) for key in served if key != "pairs"}, reverse=True)
    table(["page", "served, half 0", "served, half 1"], [
        [f"{meaning}: {kind}", *("{} of {}".format(*served[half, meaning, kind]) for half in (0, 1))] for meaning, kind in kinds])
    total = {meaning: [sum(served[key][place] for key in served if key != "pairs" and key[1] == meaning) for place in (0, 1)]
             for meaning in ("same", "other")}
    common = [sum(((one == other).sum() >= 0.95 * 64) for other in hashes[:number]) for number, one in enumerate(hashes)]
    summary = {
        "files": len(files), "tokens": options.tokens,
        "same_served": total["same"], "other_served": total["other"], "pairs_served": served["pairs"],
        "scaled_told_served_all": scaled,
        "worst_window_same_most": [max(worst[half, "same"], default=0) for half in (0, 1)],
        "worst_window_other_least": [min(worst[half, "other"], default=0) for half in (0, 1)],
        "average_hash_pairs": int(sum(common)), "average_hash_given_anothers": int(sum(count > 0 for count in common)),
        "machine": machine(),
    }
    if options.digits:
        summary["digits_same"] = [sum(agreed), len(agreed)]
    print(json.dumps(summary))


main()
