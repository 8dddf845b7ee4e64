#!/usr/bin/env python3
"""Fits the numbers by which Docket makes confidences, and says how well they hold.

    Benchmarks/fit-confidence.py DATA [--kept FOLDER] [--write]

DATA    a folder with sets of documents of known truth, as for accuracy.py: each set a folder with its files and a
        truth.jsonl, one object a line with "file" and the fields
--kept  databases that `accuracy.py --keep FOLDER` left, or this program did; without, each set is read anew by
        `docket run` with the pipeline as it is shipped
--write put the fitted numbers into Sources/Engines/FieldRules/Calibration+Fitted.swift; without, only report

What is fitted is a logistic regression with a ridge penalty over the features that `docket run` stores with each
candidate, the rule's score by its log odds, on the values that stand in the records, each right or wrong by its truth. All that is printed under
"cross-validated" was measured on documents that the fit had not seen; intervals are percentiles of a bootstrap over
documents. The same databases give the same numbers.
"""

import argparse
import hashlib
import json
import math
import os
import sqlite3
import sys
import tempfile
import unicodedata
from decimal import Decimal, InvalidOperation
from pathlib import Path

from accuracy import SETS, read_set
from calibration import BINS, brier, chance, discrimination, evened, expected_error, interval, risk
from measure import say, table

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "Sources/Engines/FieldRules/Calibration+Fitted.swift"
LOWEST, HIGHEST = 0.02, 0.98  # as in Calibration.swift
EXPLAINING = {"words"}  # stored to explain a value to a person; the other numbers say the same
FOLDS = 10
TURNS = 5  # partitions into folds: a single one is a matter of luck


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kept", type=Path, help="a folder of databases; those of sets that are not there are made")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--penalty", type=float, default=2.0, help="strength of the ridge (default %(default)s)")
    parser.add_argument("--resamples", type=int, default=1000, help="of the bootstrap (default %(default)s)")
    parser.add_argument("--json", type=Path, help="also write the measured numbers to this file")
    parser.add_argument("--values", type=Path, help="also write each value with its two confidences to this file")
    parser.add_argument("--docket", type=Path, default=ROOT / ".build/release/docket")
    parser.add_argument("--pipelines", type=Path, default=ROOT / "pipelines")
    parser.add_argument("--jobs", type=int, default=2)
    return parser.parse_args()


# What was found, and whether it is right


def letters(text):
    return "".join(sign for sign in unicodedata.normalize("NFKC", str(text)).casefold() if sign.isalnum())


def number(text):
    try:
        return Decimal(str(text).replace(",", "").strip())
    except InvalidOperation:
        return None


def is_empty(value):
    return value is None or value == [] or str(value).strip() == ""


def is_right(content, truth, day):
    """Whether a stored content is one of the true values; None where the truth cannot be compared."""
    kind = "money" if "money" in content else next(iter(content))
    value = content[kind]
    options = [option for option in (truth if isinstance(truth, list) else [truth]) if not is_empty(option)]
    if kind == "date":
        days = [str(day)] if day else [str(option) for option in options]
        days = [option for option in days if len(option) == 10 and option[4] == "-"]
        return value in days if days else (None if options else False)
    if not options:
        return False
    if kind in ("money", "number"):
        amounts = [number(option) for option in options]
        if all(amount is None for amount in amounts):
            return None
        return number(value) in amounts
    return letters(value) in [letters(option) for option in options]


class Value:
    """One value that stands in a record, with what its confidence is made from."""

    def __init__(self, document, field, features, confidence, right, second):
        self.document, self.field, self.features = document, field, features
        self.confidence, self.right, self.second = confidence, right, second
        self.kind = next((name[5:] for name in features if name.startswith("kind_")), "")

    def input(self, name):
        """A feature as it enters the regression, as in Calibration.swift."""
        number = self.features.get(name, 0.0)
        if name == "score":
            score = min(HIGHEST, max(LOWEST, number))
            return math.log(score / (1 - score))
        return number


def values(database, entry, data):
    """The values of a set whose truth is known, and how many true values were not found."""
    truths = {record["file"]: record for record in entry.truth(data)}
    found, missing = [], 0
    with sqlite3.connect(database) as connection:
        fields = {
            name for (name,) in connection.execute("SELECT DISTINCT field FROM value WHERE until_run IS NULL")
        }
        rows = connection.execute(
            """
            SELECT l.path, l.document, o.needs_review FROM location l
            LEFT JOIN outcome o ON o.document = l.document AND o.until_run IS NULL
            WHERE l.until_run IS NULL ORDER BY l.path
            """
        ).fetchall()
        for path, document, _ in rows:
            truth = truths.get(os.path.basename(os.fsdecode(path)))
            if truth is None:
                continue
            for key in sorted(truth):
                field = entry.names.get(key, key)
                if field not in fields:
                    continue
                candidates = connection.execute(
                    """
                    SELECT content, confidence, features, chosen FROM value
                    WHERE document = ? AND field = ? AND until_run IS NULL ORDER BY step_index, position
                    """, (document, field)).fetchall()
                chosen = [row for row in candidates if row[3]]
                if not chosen:
                    missing += not is_empty(truth[key])
                    continue
                content, confidence, features, _ = chosen[0]
                right = is_right(json.loads(content), truth[key], truth.get(key + "_iso"))
                if right is None or features == "{}":
                    continue
                others = [row for row in candidates if row[0] != content]
                second = bool(others) and is_right(json.loads(others[0][0]), truth[key], truth.get(key + "_iso"))
                found.append(Value(f"{entry.folder}/{truth['file']}", field, json.loads(features), confidence, right,
                                   second if others else None))
    return found, missing


# The regression


def solve(matrix, vector):
    """Gaussian elimination with pivots; the matrix is symmetric and positive, so that it ends well."""
    size = len(vector)
    rows = [list(matrix[index]) + [vector[index]] for index in range(size)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda row: abs(rows[row][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        for row in range(column + 1, size):
            factor = rows[row][column] / rows[column][column]
            if factor:
                for index in range(column, size + 1):
                    rows[row][index] -= factor * rows[column][index]
    solution = [0.0] * size
    for row in reversed(range(size)):
        known = sum(rows[row][index] * solution[index] for index in range(row + 1, size))
        solution[row] = (rows[row][size] - known) / rows[row][row]
    return solution


class Fit:
    """Log odds = intercept + weights · features; all but the intercept are drawn towards 0."""

    def __init__(self, samples, penalty):
        self.names = sorted({name for value in samples for name in value.features} - EXPLAINING)
        rows = [[1.0] + [value.input(name) for name in self.names] for value in samples]
        size = len(self.names) + 1
        weights = [0.0] * size
        for _ in range(50):  # Newton's method; it is there after six or seven
            gradient = [0.0] + [-penalty * weight for weight in weights[1:]]
            hessian = [[0.0] * size for _ in range(size)]
            for index in range(1, size):
                hessian[index][index] = penalty
            for row, value in zip(rows, samples):
                share = 1 / (1 + math.exp(-sum(a * b for a, b in zip(weights, row))))
                for i, number_i in enumerate(row):
                    if number_i:
                        gradient[i] += (value.right - share) * number_i
                        scale = share * (1 - share) * number_i
                        for j, number_j in enumerate(row):
                            hessian[i][j] += scale * number_j
            step = solve(hessian, gradient)
            weights = [weight + change for weight, change in zip(weights, step)]
            if max(abs(change) for change in step) < 1e-9:
                break
        self.intercept, self.weights = round(weights[0], 3), [round(weight, 3) for weight in weights[1:]]
        wrong = [value for value in samples if not value.right and value.second is not None]
        # As if one in three of three more had been right: no share is 0 or 1 for want of cases.
        self.runner_up = round((sum(value.second for value in wrong) + 1) / (len(wrong) + 3), 3)

    def confidence(self, value):
        total = self.intercept + sum(
            weight * value.input(name) for name, weight in zip(self.names, self.weights))
        return min(HIGHEST, max(LOWEST, 1 / (1 + math.exp(-total))))


def parts(samples, count, turn):
    """The documents in so many parts of equal size: the same in every order and on every machine."""
    names = sorted({value.document for value in samples},
                   key=lambda name: hashlib.sha256(f"{turn} {name}".encode()).digest())
    return {name: index % count for index, name in enumerate(names)}


def unseen(samples, penalty, count, turns):
    """The confidence of each value by fits on the documents of the other parts, on average over so many partitions."""
    answers = [0.0] * len(samples)
    for turn in range(turns):
        part_of = parts(samples, count, turn)
        for part in range(count):
            fit = Fit([value for value in samples if part_of[value.document] != part], penalty)
            for index, value in enumerate(samples):
                if part_of[value.document] == part:
                    answers[index] += fit.confidence(value) / turns
    return answers


def by_set(samples, penalty):
    """For each set the mean confidence by a fit on the other sets, and the share that is right."""
    rows = []
    for name in sorted({value.document.split("/")[0] for value in samples}):
        own = [value for value in samples if value.document.startswith(name + "/")]
        others = [value for value in samples if not value.document.startswith(name + "/")]
        if own and others:
            fit = Fit(others, penalty)
            rows.append([name, str(len(own)), f"{sum(fit.confidence(value) for value in own) / len(own):.2f}",
                         f"{sum(value.right for value in own) / len(own):.2f}"])
    return rows


# What is said of it


def report(title, samples, answers, resamples):
    pairs = [(answer, int(value.right)) for answer, value in zip(answers, samples)]
    error_rate = 1 - sum(right for _, right in pairs) / len(pairs)
    kept = risk(pairs, 0.8)
    numbers = {"values": len(pairs), "documents": len({value.document for value in samples}),
               "error_rate": error_rate, "expected_calibration_error": expected_error(pairs),
               "by_chance": chance(pairs, 200), "brier": brier(pairs), "auroc": discrimination(pairs),
               "risk_at_80": kept, "risk_at_80_of_all": kept / error_rate if error_rate else 0.0,
               "errors_left_at_80": 0.8 * kept / error_rate if error_rate else 0.0}
    documents = [value.document for value in samples]
    low, high = interval(documents, pairs, expected_error, resamples)
    numbers["expected_calibration_error_95"] = [low, high]
    auroc_low, auroc_high = interval(documents, pairs, discrimination, resamples)
    numbers["auroc_95"] = [auroc_low, auroc_high]
    print(f"{title}: {len(pairs)} values of {numbers['documents']} documents, {error_rate:.1%} wrong")
    print(f"  expected calibration error {numbers['expected_calibration_error']:.3f} ({low:.3f} to {high:.3f}); "
          f"{numbers['by_chance']:.3f} by chance alone;  Brier {numbers['brier']:.3f}")
    print(f"  AUROC {numbers['auroc']:.3f} ({auroc_low:.3f} to {auroc_high:.3f})")
    print("  coverage, errors among it: " + ",  ".join(
        f"{coverage:.0%} {risk(pairs, coverage):.1%}" for coverage in (1, 0.9, 0.8, 0.7, 0.5)))
    print(f"  at 80 % coverage {numbers['risk_at_80_of_all']:.2f} of the error rate, {numbers['errors_left_at_80']:.2f} of the errors")
    return numbers


def reliability(samples, answers):
    ordered = evened([(answer, int(value.right)) for answer, value in zip(answers, samples)])
    rows = []
    for part in range(BINS):
        group = ordered[part * len(ordered) // BINS:(part + 1) * len(ordered) // BINS]
        if group:
            rows.append([f"{group[0][0]:.2f} to {group[-1][0]:.2f}", str(len(group)),
                         f"{sum(c for c, _ in group) / len(group):.2f}", f"{sum(r for _, r in group) / len(group):.2f}"])
    table(["confidence", "values", "mean", "right"], rows)


# The file


def swift(fit, samples, numbers, penalty):
    members = {"score": ".score", "words": ".words", "weakest_word": ".weakestWord", "all_words": ".allWords", "page": ".page", "key": ".key",
               "agreement": ".agreement", "lead": ".lead", "rivals": ".rivals"}
    lines = []
    for name, weight in zip(fit.names, fit.weights):
        member = members.get(name) or f'.kind("{name[5:]}")'
        lines.append(f"            {member}: {weight},")
    body = "\n".join(lines)
    version = hashlib.sha256(f"{fit.intercept}\n{body}\n{fit.runner_up}".encode()).hexdigest()[:8]
    documents = len({value.document for value in samples})
    low, high = numbers["expected_calibration_error_95"]
    return f"""// Written by Benchmarks/fit-confidence.py: do not edit, fit anew.
import Records

extension Calibration {{
    /// Fitted on {len(samples)} values of {documents} documents, {sum(value.right for value in samples)} of them right, with a ridge of {penalty:g}.
    ///
    /// Cross-validated by document: expected calibration error {numbers['expected_calibration_error']:.3f} ({low:.3f} to {high:.3f} by
    /// bootstrap), area under the ROC curve {numbers['auroc']:.3f}, at 80 % coverage {numbers['errors_left_at_80']:.2f} of the errors.
    static let fitted = Calibration(
        version: "{version}",
        intercept: {fit.intercept},
        weights: [
{body}
        ],
        runnerUpShare: {fit.runner_up}
    )
}}
"""


def main():
    options = arguments()
    samples, missing, counts = [], 0, []
    with tempfile.TemporaryDirectory(prefix="docket-fit.") as temporary:
        work = options.kept or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        for entry in SETS:
            if not entry.fields or not (options.data / entry.folder / "truth.jsonl").exists():
                continue
            database = work / f"{entry.folder}.sqlite"
            if not database.exists():
                if not options.docket.exists():
                    sys.exit(f"{options.docket} is not there: make build")
                database = read_set(options, entry.folder, entry.pipeline, work)[0]
                say(f"{entry.folder}: read")
            try:
                found, lost = values(database, entry, options.data)
            except sqlite3.OperationalError as error:
                sys.exit(f"{database}: {error}; it may be of an older version: remove it, and it is made anew")
            samples += found
            missing += lost
            counts.append([entry.name, str(len({value.document for value in found})), str(len(found)),
                           str(sum(value.right for value in found)), str(lost)])
    if len({value.document for value in samples}) < 2 * FOLDS:
        sys.exit("too few documents with known truth to fit anything")
    table(["set", "documents", "values", "right", "not found"], counts)
    print()
    kinds = sorted({value.kind for value in samples})
    crossed = unseen(samples, options.penalty, FOLDS, TURNS)
    rows = []
    for kind in kinds:
        of_kind = [(answer, int(value.right)) for answer, value in zip(crossed, samples) if value.kind == kind]
        rows.append([kind, str(len(of_kind)), f"{sum(r for _, r in of_kind) / len(of_kind):.2f}",
                     f"{sum(c for c, _ in of_kind) / len(of_kind):.2f}", f"{discrimination(of_kind):.2f}"])
    table(["kind", "values", "right", "confidence", "AUROC"], rows)
    print()
    report("As stored", samples, [value.confidence for value in samples], options.resamples)
    print()
    numbers = report(f"Cross-validated, {FOLDS} parts, {TURNS} times", samples, crossed, options.resamples)
    reliability(samples, crossed)
    print()
    half = report("One half of the documents fits, the other checks, both ways", samples,
                  unseen(samples, options.penalty, 2, 1), options.resamples)
    print("\nEach set by a fit on the other sets: how far a confidence holds for documents of another kind")
    table(["set", "values", "confidence", "right"], by_set(samples, options.penalty))
    print()
    fit = Fit(samples, options.penalty)
    print("Fit on all: intercept", fit.intercept, " second candidate", fit.runner_up)
    print("  " + ", ".join(f"{name} {weight}" for name, weight in zip(fit.names, fit.weights)))
    if options.json:
        options.json.write_text(json.dumps({"cross_validated": numbers, "halves": half}, indent=1) + "\n")
    if options.values:
        with open(options.values, "w", encoding="utf-8") as lines:
            for value, answer in zip(samples, crossed):
                lines.write(json.dumps({"document": value.document, "field": value.field, "right": value.right,
                                        "stored": value.confidence, "cross_validated": round(answer, 3),
                                        "features": value.features}) + "\n")
    if options.write:
        TARGET.write_text(swift(fit, samples, numbers, options.penalty))
        print(f"written: {TARGET.relative_to(ROOT)}; build, and run this again with new databases to see it as stored")


if __name__ == "__main__":
    main()
