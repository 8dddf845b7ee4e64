#!/usr/bin/env python3
"""How well text and fields are read: one table over a whole collection of documents with known truth.

    Benchmarks/accuracy.py DATA --scorers FOLDER [--only SET ...]

DATA       a folder with the sets as folders (receipts, receipts_de, receipts_wild, ocr, labels, invoices), each
           with its pictures and a truth.jsonl: one object a line with "file", the fields, and "text" or "lines"
--scorers  the folder of score_text.py and score_fields.py: programs that are given truth, answers and `--json FILE`

Each set is read by `docket run` with the pipeline as it is shipped, into a new database. Texts come from that
database, fields from `docket export`. Sets that are not in DATA are left out. Below the table stands how far the
confidences of all sets hold (`fit-confidence.py`, which writes nothing here). One line of JSON comes last.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from measure import machine, median, run, say, table
from stored import read_seconds, texts

ROOT = Path(__file__).resolve().parent.parent


class Set:
    def __init__(self, folder, pipeline, name=None, text=False, fields=(), names=(), where=None, skip=None):
        self.folder, self.pipeline, self.name = folder, pipeline, name or folder
        self.text, self.fields, self.names = text, fields, dict(names)
        self.where, self.skip = where or {}, skip or {}

    def truth(self, data):
        """The lines of truth that count."""
        with open(data / self.folder / "truth.jsonl", encoding="utf-8") as lines:
            records = [json.loads(line) for line in lines if line.strip()]
        return [
            record for record in records
            if all(record.get(key) == value for key, value in self.where.items())
            and not (self.skip and all(record.get(key) == value for key, value in self.skip.items()))
        ]


MERCHANT = {"company": "merchant"}
SETS = [
    Set("receipts", "receipts", text=True, fields=("date", "total", "company", "address"), names=MERCHANT),
    Set("receipts_de", "receipts", fields=("date", "total", "company"), names=MERCHANT),
    Set("receipts_wild", "receipts", text=True, fields=("date", "total", "company"), names=MERCHANT),
    # Where the truth runs down the columns of a table, the order of reading would count as errors.
    Set("ocr", "scans", text=True, skip={"order": "by column"}),
    Set("labels", "labels", name="labels, specimen", text=True, where={"kind": "specimen_label"}),
    Set("labels", "labels", name="labels, price tags", where={"kind": "price_tag"},
        fields=("product", "price", "unit_price", "barcode")),
    Set("invoices", "invoices", fields=("issuer", "date", "amount", "invoice_number", "currency")),
]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--scorers", type=Path, required=True)
    parser.add_argument("--only", nargs="+", metavar="SET", help="folders of DATA")
    parser.add_argument("--docket", type=Path, default=ROOT / ".build/release/docket")
    parser.add_argument("--pipelines", type=Path, default=ROOT / "pipelines")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--errors", action="store_true", help="list the fields that are not right")
    parser.add_argument("--keep", type=Path, help="leave the databases and answers in this folder")
    return parser.parse_args()


def read_set(options, folder, pipeline, work):
    """Runs a pipeline over a folder: database, exported CSV, and what the run took."""
    database, export = work / f"{folder}.sqlite", work / f"{folder}.csv"
    for leftover in work.glob(f"{folder}.sqlite*"):
        leftover.unlink()
    spec = options.pipelines / f"{pipeline}.yaml"
    took = run([options.docket, "run", spec, "--input", options.data / folder, "--database", database, "--jobs",
                str(options.jobs), "--quiet"], stderr=sys.stderr)
    if took.status not in (0, 1):
        sys.exit(f"docket run over {folder} ended with {took.status}")
    exported = run([options.docket, "export", spec, "--database", database, "--output", export])
    if exported.status != 0:
        sys.exit(f"docket export of {folder} ended with {exported.status}")
    return database, export, took


def scored(options, program, truth, answers, work, *further):
    result = work / "score.json"
    command = [sys.executable, options.scorers / program, truth, answers, "--json", result, *further]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    if said.returncode != 0:
        sys.exit(f"{program}: {said.stderr or said.stdout}")
    if options.errors:
        print(said.stdout)
    return json.loads(result.read_text())


def write_lines(path, records):
    with open(path, "w", encoding="utf-8") as lines:
        for record in records:
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")


def field_answers(export, target):
    """The export with its `path` as `file`, which is what a scorer looks for."""
    with open(export, encoding="utf-8", newline="") as source:
        write_lines(target, [{**row, "file": os.path.basename(row["path"])} for row in csv.DictReader(source)])


def main():
    options = arguments()
    if not options.docket.exists():
        sys.exit(f"{options.docket} is not there: make build")
    sets = [
        entry for entry in SETS
        if (options.data / entry.folder / "truth.jsonl").exists() and entry.folder in (options.only or [entry.folder])
    ]
    if not sets:
        sys.exit(f"none of the sets is in {options.data}")
    rows, summary, done = [], {"machine": machine(), "sets": {}}, {}
    with tempfile.TemporaryDirectory(prefix="docket-accuracy.") as temporary:
        work = options.keep or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        time.sleep(3)  # a pipeline may leave files alone that were just written
        for entry in sets:
            if entry.folder not in done:
                done[entry.folder] = read_set(options, entry.folder, entry.pipeline, work)
                say(f"{entry.folder}: read in {done[entry.folder][2].seconds:.0f} s")
            database, export, took = done[entry.folder]
            truth, answers = work / "truth.jsonl", work / "answers.jsonl"
            records = entry.truth(options.data)
            write_lines(truth, records)
            seconds = read_seconds(database)
            result = {"files": len(records), "read_seconds_median": round(median(seconds), 3),
                      "cpu_seconds_per_document": round(took.cpu_seconds / max(1, len(seconds)), 3)}
            row = {"set": entry.name, "files": len(records), "s/file": f"{result['read_seconds_median']:.2f}"}
            if entry.text:
                write_lines(answers, [{"file": name, "text": text} for name, text in texts(database).items()])
                total = scored(options, "score_text.py", truth, answers, work,
                               *(["--per-file"] if options.errors else []))["total"]
                result["cer"] = round(total["cer_micro"], 4)
                row["CER"] = f"{total['cer_micro']:.3f}"
                if total["word_files"]:
                    result["word_recall"] = round(total["word_recall"], 4)
                    row["words"] = f"{total['word_recall']:.3f}"
            if entry.fields:
                field_answers(export, answers)
                names = ",".join(f"{field}={column}" for field, column in entry.names.items())
                found = scored(options, "score_fields.py", truth, answers, work, "--fields", ",".join(entry.fields),
                               *(["--map", names] if names else []), *(["--errors"] if options.errors else []))
                result["f1"] = {name: round(numbers["f1"], 4) for name, numbers in found["fields"].items()}
                result["f1_together"] = round(found["micro"]["f1"], 4)
                result["f1_average"] = round(sum(result["f1"].values()) / max(1, len(result["f1"])), 4)
                result["not_right"] = found["micro"]["truth"] - found["micro"]["tp"]
                row["F1"] = "  ".join(f"{name} {value:.2f}" for name, value in result["f1"].items())
                row["together"] = f"{result['f1_together']:.3f}"
                row["not right"] = f"{result['not_right']} of {found['micro']['truth']}"
            rows.append(row)
            summary["sets"][entry.name] = result
        confidences = None
        if options.only is None:
            say("holding confidences against the truth")
            confidences = subprocess.run(
                [sys.executable, Path(__file__).with_name("fit-confidence.py"), options.data, "--kept", work],
                capture_output=True, text=True, check=False)
    heading = ["set", "files", "CER", "words", "F1", "together", "not right", "s/file"]
    print()
    table(heading, [[row.get(column, "-") for column in heading] for row in rows])
    if confidences is not None:
        print("\nConfidence of the chosen values of all sets together")
        print(confidences.stdout if confidences.returncode == 0 else confidences.stderr)
    print()
    print(json.dumps(summary))


if __name__ == "__main__":
    main()
