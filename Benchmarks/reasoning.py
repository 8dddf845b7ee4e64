#!/usr/bin/env python3
"""What the model costs in a run: a whole night's questions, pictures that come again, and rules that leave it asleep.

    Benchmarks/reasoning.py MODEL [night repeats confident ...] [--count 100] [--rounds 3] [--docket FILE] [--keep FOLDER]

MODEL      what `docket run --model` takes
night      COUNT pictures of 448 x 448, each asked for six fields: the time, and which phase it went to; then the same
           pictures with another question, for which no picture is looked at again
repeats    COUNT pictures of which 60 % are others of them saved again as JPEG: how many are looked at, and the time of
           looking, with and without the feature cache, in turns
confident  COUNT receipts that the rules fill surely, with the model enabled and without, in turns

Pictures are drawn here with Pillow (`apt-get install python3-pil`). The cache is one of this run's own.
"""

import argparse
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import machine, median, say, spread, table

ROOT = Path(__file__).resolve().parent.parent
FIELDS = ["merchant", "date", "subtotal", "tax", "total", "receipt_number"]
RECORD = """\
record:
  merchant:       {type: text, required: true}
  date:           {type: date, required: true}
  subtotal:       {type: money}
  tax:            {type: money}
  total:          {type: money, required: true}
  receipt_number: {type: identifier}
"""
PHASES = [("decodingPictures", "decoding"), ("seeing", "seeing"), ("reading", "prompt"), ("answering", "answer")]


# Pictures


def draw(number, side=448, text_size=18):
    """A receipt of a shop that is not there; the same number gives the same pixels."""
    from PIL import Image, ImageDraw, ImageFont

    chance = random.Random(number)
    picture = Image.new("RGB", (side, side), "white")
    pen = ImageDraw.Draw(picture)
    font = ImageFont.load_default(text_size)
    lines = [f"{chance.choice(['North', 'South', 'Hill', 'Lake', 'Mill'])} {chance.choice(['Bakery', 'Grocer', 'Books'])} {number}"]
    lines.append(f"2025-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}   No. {chance.randint(1000, 9999)}-{number}")
    lines.append("")
    cents = []
    for _ in range(chance.randint(4, 8)):
        cents.append(chance.randint(50, 4000))
        lines.append(f"{chance.choice(['Bread', 'Milk', 'Pens', 'Tea', 'Soap', 'Rice'])} {chance.randint(1, 99)}   {money(cents[-1])}")
    tax = sum(cents) // 5
    lines += ["", f"Subtotal   {money(sum(cents))}", f"Tax   {money(tax)}", f"TOTAL   {money(sum(cents) + tax)}"]
    for row, line in enumerate(lines):
        pen.text((24, 16 + row * (text_size + 9)), line, fill="black", font=font)
    return picture


def money(cents):
    return f"{cents // 100}.{cents % 100:02}"


def draw_folder(folder, count):
    folder.mkdir(parents=True)
    for number in range(count):
        draw(number).save(folder / f"{number:05}.png")


def draw_repeats(folder, count, share=0.6):
    """The first ones are drawn; the others are one of them each, saved again as JPEG of another quality."""
    folder.mkdir(parents=True)
    originals = count - round(count * share)
    for number in range(originals):
        draw(number).save(folder / f"{number:05}.png")
    for number in range(originals, count):
        draw(number % originals).save(folder / f"{number:05}.jpg", quality=60 + number % 36)
    return originals


# Runs


class Night:
    """One `docket run` on a database of its own."""

    def __init__(self, options, place, pipeline, folder, model=True, cache=True, database=None):
        place.mkdir(parents=True, exist_ok=True)
        self.database = database or place / "docket.sqlite"
        path = place / "pipeline.yaml"
        path.write_text(pipeline.format(folder=json.dumps(str(folder)), fields=", ".join(FIELDS)))
        command = [options.docket, "run", path, "--database", self.database, "--json"]
        environment = dict(os.environ, XDG_CACHE_HOME=str(options.cache))
        environment.pop("DOCKET_MODEL", None)
        if model:
            command += ["--model", options.model]
        else:
            environment["XDG_DATA_HOME"] = str(place / "no-models")
        if model and not cache:
            command += ["--no-cache"]
        started = time.perf_counter()
        ended = subprocess.run(command, env=environment, capture_output=True, text=True)
        self.seconds = time.perf_counter() - started
        if ended.returncode not in (0, 1):
            sys.exit(f"docket ended with {ended.returncode}: {ended.stderr[-2000:]}")
        self.summary = json.loads(ended.stdout)

    def answers(self):
        with sqlite3.connect(self.database) as connection:
            return [json.loads(work) for (work,) in connection.execute("SELECT work FROM answer")]

    def phases(self):
        works = self.answers()
        return {name: sum(work[key] for work in works) / 1000 for key, name in PHASES}

    def encodes(self):
        return sum("computed" in origin for work in self.answers() for origin in work["features"])


ASK = "pipeline: night\ninput: {{folders: [{folder}], settle: 0s}}\n" + RECORD.replace("{", "{{").replace("}", "}}") + """\
steps:
  - {{read: text, prepare: fast, layout: block}}
  - ask: QUESTION
    fills: [{fields}]
"""
SURE = "pipeline: sure\ninput: {{folders: [{folder}], settle: 0s}}\n" + RECORD.replace("{", "{{").replace("}", "}}") + """\
steps:
  - {{read: text, layout: block}}
  - find: [{fields}]
  - ask: Read this receipt.
    fills: [{fields}]
    when: {{missing: [total], or-confidence-below: 0.05}}
"""


# For repeats only the looking counts: one short field.
LOOK = ASK.replace("QUESTION", "Read this receipt.").replace("[{fields}]", "[total]")


def night(options, work):
    folder = work / "night" / "pictures"
    draw_folder(folder, options.count)
    first = Night(options, work / "night", ASK.replace("QUESTION", "Read this receipt."), folder)
    phases, answers = first.phases(), first.answers()
    rows = [["whole run", f"{first.seconds:.1f}", f"{first.seconds / options.count:.3f}"]]
    rows += [[name, f"{seconds:.1f}", f"{seconds / options.count:.3f}"] for name, seconds in phases.items()]
    table(["night: phase", "seconds", "a picture"], rows)
    print("`answer` is counted once for each answer of a batch, which share it.")
    encodes = first.encodes()
    again = Night(options, work / "again", ASK.replace("QUESTION", "What does this receipt say?"), folder)
    tokens = sum(answer["answerTokens"] for answer in answers)
    print(
        f"{len(answers)} answers, {tokens} tokens ({sum(answer['forcedTokens'] for answer in answers)} forced), "
        f"{encodes} pictures looked at; with another question {again.encodes()}, in {again.seconds:.1f} s\n"
    )
    return {
        "pictures": options.count, "seconds": first.seconds, "phases": phases, "encodes": encodes,
        "tokens": tokens, "again_seconds": again.seconds, "again_encodes": again.encodes(),
    }


def repeats(options, work):
    folder = work / "repeats" / "pictures"
    originals = draw_repeats(folder, options.count)
    results = []
    for number in range(options.rounds):
        pair = {}
        for cache in (True, False):
            shutil.rmtree(options.cache, ignore_errors=True)
            place = work / "repeats" / f"{number}-{cache}"
            run = Night(options, place, LOOK, folder, cache=cache)
            pair[cache] = {"encodes": run.encodes(), "seeing": run.phases()["seeing"]}
        results.append(pair)
    fewer = [1 - pair[True]["encodes"] / pair[False]["encodes"] for pair in results]
    saved = [1 - pair[True]["seeing"] / pair[False]["seeing"] for pair in results]
    table(
        ["repeats", "pictures", "different ones", "fewer encodes", "vision time saved"],
        [["", options.count, originals, spread(fewer, ".1%"), spread(saved, ".1%")]],
    )
    print()
    return {"pictures": options.count, "originals": originals, "fewer_encodes": fewer, "seeing_saved": saved}


def confident(options, work):
    folder = work / "confident" / "pictures"
    folder.mkdir(parents=True)
    for number in range(options.count):
        draw(number, side=900, text_size=36).save(folder / f"{number:05}.png")
    ratios, asked = [], 0
    for number in range(options.rounds):
        runs = {}
        for model in (True, False) if number % 2 else (False, True):
            place = work / "confident" / f"{number}-{model}"
            runs[model] = Night(options, place, SURE, folder, model=model)
        asked += len(runs[True].answers())
        ratios.append(runs[True].seconds / runs[False].seconds)
    table(
        ["confident", "receipts", "asked", "time with the model enabled / without"],
        [["", options.count, asked, spread(ratios, ".3f")]],
    )
    print()
    return {"receipts": options.count, "asked": asked, "ratios": ratios}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("parts", nargs="*", choices=["night", "repeats", "confident", []], default=[])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--docket", type=Path, default=ROOT / ".build/release/docket")
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args()
    if not options.docket.exists():
        sys.exit(f"{options.docket} is not there: make build")
    say(machine())
    work = options.keep.resolve() if options.keep else Path(tempfile.mkdtemp(prefix="docket-reasoning."))
    options.cache = work / "cache"
    parts = {"night": night, "repeats": repeats, "confident": confident}
    try:
        result = {name: parts[name](options, work) for name in options.parts or parts}
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
