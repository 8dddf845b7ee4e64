#!/usr/bin/env python3
"""What a second run over an unchanged folder costs, beyond listing it with `find`.

    Benchmarks/rescan.py [COUNT ...] [--rounds N] [--keep FOLDER]

COUNT   numbers of small text files (default 1000 100000; 1000000 takes long)
--keep  make the files and the database here and leave them for the next time, instead of in a folder that is
        removed; the first run is then not repeated

For each count: makes the files, runs once (all of them are read and stored), and then times `docket run` over the
unchanged folder and `find -printf '%s %T@ %p\\n'` in turns.
"""

import argparse
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from measure import machine, median, run, say, spread, table

ROOT = Path(__file__).resolve().parent.parent
PIPELINE = """\
pipeline: notes
input:
  folders: [{folder}]
  include: ["**/*.txt"]
  settle: 0s
steps:
  - read: text
"""


def make_files(folder, count):
    """`count` files of one line each, a thousand to a folder."""
    for number in range(count):
        place = folder / f"{number // 1000:04d}"
        if number % 1000 == 0:
            place.mkdir(parents=True, exist_ok=True)
        with open(place / f"{number:07d}.txt", "x") as file:
            file.write(f"Note {number} of {count}.\n")


def stored(database):
    """Found and done of the last run, and how many jobs it did."""
    with sqlite3.connect(database) as connection:
        run_id, found, done = connection.execute("SELECT id, found, done FROM run ORDER BY id DESC LIMIT 1").fetchone()
        (jobs,) = connection.execute("SELECT count(*) FROM job WHERE run = ?", (run_id,)).fetchone()
    return found, done, jobs


def measure(count, options, work):
    place = work / str(count)
    files, database, pipeline = place / "files", place / "notes.sqlite", place / "notes.yaml"
    docket = [options.docket, "run", pipeline, "--database", database, "--quiet"]
    first = None
    if not database.exists():
        shutil.rmtree(place, ignore_errors=True)
        files.mkdir(parents=True)
        pipeline.write_text(PIPELINE.format(folder=json.dumps(str(files))))
        say(f"{count:,} files: making them")
        make_files(files, count)
        time.sleep(4)  # times this recent are not trusted, and the files would be read again
        first = run(docket, stderr=sys.stderr)
        found, done, _ = stored(database)
        if first.status != 0 or found != count or done != count:
            sys.exit(f"the first run ended with {first.status}: found {found}, done {done} of {count}")
        say(f"{count:,} files: first run {first.seconds:.1f} s, {first.seconds / count * 1e3:.2f} ms a file")

    find = ["find", files, "-type", "f", "-printf", "%s %T@ %p\\n"]
    run(docket)  # brings both to the same cache, and settles what the first run could not trust yet
    run(find)
    rescans, finds = [], []
    for _ in range(options.rounds):
        rescans.append(run(docket, stderr=sys.stderr))
        finds.append(run(find))
        found, done, jobs = stored(database)
        if rescans[-1].status != 0 or found != count or done != count or jobs != 0:
            sys.exit(f"a rescan ended with {rescans[-1].status}: found {found}, done {done}, {jobs} jobs anew")
    beyond = [(own.seconds - other.seconds) / count * 1e6 for own, other in zip(rescans, finds)]
    return {
        "files": count,
        "first_run_seconds": round(first.seconds, 2) if first else None,
        "first_run_peak_megabytes": round(first.peak_megabytes, 1) if first else None,
        "rescan_seconds": [round(result.seconds, 4) for result in rescans],
        "find_seconds": [round(result.seconds, 4) for result in finds],
        "microseconds_per_file_beyond_find": [round(value, 2) for value in beyond],
        "peak_megabytes": round(max(result.peak_megabytes for result in rescans), 1),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("counts", nargs="*", type=int, default=[1000, 100_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--docket", type=Path, default=ROOT / ".build/release/docket")
    options = parser.parse_args()
    if not options.docket.exists():
        sys.exit(f"{options.docket} is not there: make build")

    say(machine())
    work = options.keep.resolve() if options.keep else Path(tempfile.mkdtemp(prefix="docket-rescan."))
    try:
        results = [measure(count, options, work) for count in options.counts]
    finally:
        if not options.keep:
            shutil.rmtree(work, ignore_errors=True)
    rows = []
    for result in results:
        rows.append([
            f"{result['files']:,}",
            f"{result['first_run_seconds']:.1f}" if result["first_run_seconds"] is not None else "-",
            f"{median(result['rescan_seconds']):.3f}",
            f"{median(result['find_seconds']):.3f}",
            spread(result["microseconds_per_file_beyond_find"], ".2f"),
            f"{result['peak_megabytes']:.0f}",
        ])
    print()
    table(["files", "first run s", "rescan s", "find s", "µs/file beyond find", "peak MB"], rows)
    print()
    print(json.dumps({"machine": machine(), "rounds": options.rounds, "results": results}))


if __name__ == "__main__":
    main()
