#!/usr/bin/env python3
"""Documents per minute and error rate of `docket run`, against other ways to read the same files.

    Benchmarks/reading.py [FOLDER] [--truth FILE] [--rounds N] [--against NAME ...]

FOLDER   JPEG and PNG files (default fixtures/receipts); every rival is given the same bytes, copies of one
         file only once
--truth  lines of JSON with "file" and "text": what is printed on each (default: the fixtures' own, for them)

The rivals:
  one-thread   find | xargs -P2 -n1 tesseract, OMP_THREAD_LIMIT=1
  as-it-comes  the same with the environment that Tesseract finds by default (it takes four threads each)
  ocrmypdf     ocrmypdf --jobs 2, one file after the other

Docket takes part twice: `docket` runs the pipeline as it is, `docket-fast` the same with `prepare: fast`, which reads
each page once, as the rivals do.

In each round every contestant reads all files once, and the order turns from round to round. A ratio is made
of two runs of the same round; the median of the rounds is printed, with the least and the greatest.
"""

import argparse
import hashlib
import json
import os
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

import stored
from errors import Score, read_truth
from measure import machine, median, run, say, spread, table

ROOT = Path(__file__).resolve().parent.parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "fixtures/receipts")
    parser.add_argument("--truth", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--against", nargs="+", choices=["one-thread", "as-it-comes", "ocrmypdf"],
                        default=["one-thread", "as-it-comes", "ocrmypdf"])
    parser.add_argument("--docket", type=Path, default=ROOT / ".build/release/docket")
    parser.add_argument("--pipeline", type=Path, default=ROOT / "pipelines/receipts.yaml")
    parser.add_argument("--languages", default="eng", help="for the rivals; the pipeline names its own")
    parser.add_argument("--processes", type=int, default=2, help="documents at a time, for docket and for xargs")
    parser.add_argument("--image-dpi", default="200", help="for ocrmypdf, where a picture does not tell")
    parser.add_argument("--ocrmypdf-options", default="", help="further options, such as '--deskew --rotate-pages'")
    parser.add_argument("--limit", type=int, help="only the first so many files")
    options = parser.parse_args()
    if options.truth is None and options.folder.resolve() == (ROOT / "fixtures/receipts").resolve():
        options.truth = ROOT / "fixtures/expected/receipts.truth.jsonl"
    return options


def gather(folder, target, limit):
    """Copies each JPEG and PNG once, under a flat name; returns {name here: path in the folder}."""
    names, seen = {}, set()
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() not in (".jpg", ".jpeg", ".png") or not path.is_file():
            continue
        data = path.read_bytes()
        digest = hashlib.sha256(data).digest()
        if digest in seen or (limit and len(names) >= limit):
            continue
        seen.add(digest)
        name = str(path.relative_to(folder)).replace("/", "__")
        (target / name).write_bytes(data)
        names[name] = str(path.relative_to(folder))
    return names


def with_one_reading(pipeline):
    """The pipeline's text with `prepare: fast` in its `read` step."""
    text, count = re.subn(r"^(\s+)prepare:.*$", r"\1prepare: fast", pipeline.read_text(), flags=re.MULTILINE)
    if count == 0:
        text = re.sub(r"^(\s*)- read: text.*$", r"\g<0>\n\1  prepare: fast", text, flags=re.MULTILINE)
    return text


class Docket:
    def __init__(self, options, pictures, folder, fast):
        self.name = "docket-fast" if fast else "docket"
        self.options, self.pictures, self.database = options, pictures, folder / f"{self.name}.sqlite"
        self.pipeline = options.pipeline
        if fast:
            self.pipeline = folder / "fast.yaml"
            self.pipeline.write_text(with_one_reading(options.pipeline))

    def read(self):
        for leftover in self.database.parent.glob(f"{self.database.name}*"):
            leftover.unlink()
        return run([self.options.docket, "run", self.pipeline, "--input", self.pictures, "--database",
                    self.database, "--jobs", str(self.options.processes), "--quiet"], stderr=sys.stderr)

    def texts(self):
        return stored.texts(self.database)


class Tesseract:
    def __init__(self, options, pictures, folder, one_thread):
        self.name = "one-thread" if one_thread else "as-it-comes"
        self.options, self.pictures, self.output = options, pictures, folder / self.name
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("OMP_")}
        if one_thread:
            self.environment["OMP_THREAD_LIMIT"] = "1"

    def read(self):
        shutil.rmtree(self.output, ignore_errors=True)
        self.output.mkdir()
        return run(
            ["sh", "-c", 'find . -type f -print0 | xargs -0 -P "$1" -I NAME tesseract NAME "$2/NAME" -l "$3"', "sh",
             str(self.options.processes), self.output, self.options.languages],
            cwd=self.pictures, env=self.environment)

    def texts(self):
        return {path.name[: -len(".txt")]: path.read_text(errors="replace") for path in self.output.glob("*.txt")}


class OCRmyPDF:
    name = "ocrmypdf"

    def __init__(self, options, pictures, folder):
        self.options, self.pictures, self.output = options, pictures, folder / "ocrmypdf"
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("OMP_")}

    def read(self):
        shutil.rmtree(self.output, ignore_errors=True)
        self.output.mkdir()
        script = ('cd "$1"; out=$2; shift 2; for file in ./*; do '
                  'ocrmypdf --quiet "$@" --sidecar "$out/${file#./}.txt" "$file" "$out/${file#./}.pdf" || true; done')
        return run(["sh", "-c", script, "sh", self.pictures, self.output, "--jobs", "2", "--image-dpi",
                    self.options.image_dpi, "--language", self.options.languages,
                    *self.options.ocrmypdf_options.split()], env=self.environment)

    texts = Tesseract.texts


def score(texts, truth, names):
    total = Score()
    for name, path in names.items():
        expected = truth.get(path, truth.get(os.path.basename(path)))
        if expected is not None:
            total.add(expected, texts.get(name, ""))
    return total


def main():
    options = arguments()
    if not options.docket.exists():
        sys.exit(f"{options.docket} is not there: make build")
    for program in {"ocrmypdf": "ocrmypdf", "one-thread": "tesseract", "as-it-comes": "tesseract"}.items():
        if program[0] in options.against and not shutil.which(program[1]):
            say(f"{program[1]} is not installed: left out")
            options.against.remove(program[0])
    truth = read_truth(options.truth) if options.truth else {}

    with tempfile.TemporaryDirectory(prefix="docket-bench.") as work:
        work = Path(work)
        pictures = work / "pictures"
        pictures.mkdir()
        names = gather(options.folder, pictures, options.limit)
        if not names:
            sys.exit(f"no JPEG or PNG in {options.folder}")
        rivals = {
            "one-thread": lambda: Tesseract(options, pictures, work, True),
            "as-it-comes": lambda: Tesseract(options, pictures, work, False),
            "ocrmypdf": lambda: OCRmyPDF(options, pictures, work),
        }
        contestants = [Docket(options, pictures, work, fast) for fast in (False, True)] + [rivals[name]() for name in options.against]
        say(f"{len(names)} files, {options.rounds} rounds, {machine()}")
        time.sleep(3)  # a pipeline may leave files alone that were just written

        took = {contestant.name: [] for contestant in contestants}
        scores, unread = {}, {}
        for number in range(options.rounds):
            for contestant in contestants if number % 2 == 0 else reversed(contestants):
                result = contestant.read()
                if isinstance(contestant, Docket) and result.status not in (0, 1):
                    sys.exit(f"docket run ended with {result.status}")
                took[contestant.name].append(result)
                say(f"  round {number + 1}  {contestant.name:12} {result.seconds:8.2f} s")
                if number == 0:
                    texts = contestant.texts()
                    unread[contestant.name] = sum(1 for name in names if name not in texts)
                    scores[contestant.name] = score(texts, truth, names)

    rows, summary = [], {"files": len(names), "rounds": options.rounds, "machine": machine(), "results": {}}
    for name, results in took.items():
        ratios = {own: [other.seconds / mine.seconds for other, mine in zip(results, took[own])]
                  for own in ("docket", "docket-fast")}
        per_minute = [len(names) * 60 / result.seconds for result in results]
        cpu = median([result.cpu_seconds for result in results]) / len(names)
        peak = max(result.peak_megabytes for result in results)
        known = scores[name].characters > 0
        rows.append([
            name, spread(per_minute, ".1f"), *("1" if name == own else spread(ratios[own], ".2f") for own in ratios),
            f"{cpu:.2f}",
            f"{peak:.0f}", unread[name], f"{scores[name].error_rate:.2%}" if known else "-",
            f"{scores[name].word_recall:.2%}" if known else "-"])
        summary["results"][name] = {
            "seconds": [round(result.seconds, 3) for result in results],
            "documents_per_minute": round(median(per_minute), 2),
            "docket_is_faster_by": round(median(ratios["docket"]), 3),
            "docket_fast_is_faster_by": round(median(ratios["docket-fast"]), 3),
            "cpu_seconds_per_document": round(cpu, 3),
            "unread": unread[name],
            "character_error_rate": round(scores[name].error_rate, 5) if known else None,
            "word_recall": round(scores[name].word_recall, 5) if known else None,
        }
    print()
    table(["", "documents/min", "docket faster by", "fast faster by", "CPU s/doc", "peak MB", "unread", "CER", "words found"], rows)
    print()
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
