#!/usr/bin/env python3
"""Fits the numbers by which Docket says how far a model's answer can be believed, and says how well they hold.

    Benchmarks/fit-evidence.py DATA --kept FOLDER [--write]

DATA    a folder with sets of documents of known truth, as for accuracy.py
--kept  databases that `accuracy.py --keep FOLDER` left, or `fit-confidence.py --kept FOLDER` made
--write put the fitted numbers into Sources/Engines/EvidenceSearch/ModelCalibration+Fitted.swift; without, only report

No model is asked. Its answers are made from the truth, in a stated mix (MIX below): right as printed, right in another
spelling, another value of the same page, the value of another document, one digit or word of it changed, cut short.
`evidence-probe` looks for each among the words that are in the databases, as `docket run` does: half of them beside the
rules' candidates that are there, half without, as in a pipeline that has no `find` step. What is fitted is a logistic regression with a ridge penalty over what it found. A real model
is right more often or less often than the mix: then all confidences are too low or too high, but in the same order.

The documents are parted in two halves; each half is judged by a fit on the other. Intervals are percentiles of a
bootstrap over documents. The same databases give the same numbers.
"""

import argparse
import hashlib
import importlib.util
import json
import os
import random
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

from accuracy import SETS
from calibration import BINS, discrimination, evened, expected_error, interval, risk
from measure import table

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "Sources/Engines/EvidenceSearch/ModelCalibration+Fitted.swift"

spec = importlib.util.spec_from_file_location("fit_confidence", Path(__file__).parent / "fit-confidence.py")
fitting = importlib.util.module_from_spec(spec)
spec.loader.exec_module(fitting)

# How often a model answers so, of a hundred answers that are not empty.
MIX = {"as printed": 45, "respelled": 15, "other place": 15, "other document": 10, "changed": 10, "cut": 5}
RIGHT = {"as printed", "respelled"}

# The truth's keys as fields of a record, with their types.
FIELDS = {
    "company": ("merchant", "text"), "issuer": ("issuer", "text"), "address": ("address", "text"),
    "date": ("date", "date"), "total": ("total", "money"), "amount": ("amount", "money"),
    "subtotal": ("subtotal", "money"), "tax": ("tax", "money"), "currency": ("currency", "currency"),
    "phone": ("phone", "text"), "product": ("product", "text"), "price": ("price", "money"),
    "unit_price": ("unit_price", "money"), "barcode": ("barcode", "identifier"),
    "invoice_number": ("invoice_number", "identifier"), "catalog_number": ("catalog_number", "identifier"),
    "collector": ("collector", "text"), "state": ("state", "text"), "county": ("county", "text"),
    "scientific_name_as_printed": ("scientific_name", "text"),
}
# Stored to explain a value to a person; `kind_text` is what other kinds are measured by. How it was found says no more
# than how similar it is: where reading is poor, right answers are found by shapes, and wrong ones elsewhere.
LEFT_OUT = {"words", "page", "model", "kind_text", "match_exact", "match_spelling", "match_meaning", "match_shapes",
            "match_part", "match_symbol"}
MOST_DOUBTFUL = 0.45  # as in ModelValues.swift
CURRENCIES = ["EUR", "USD", "GBP", "CHF", "MYR", "JPY", "NOK", "SEK", "INR", "CAD"]


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--kept", type=Path, required=True)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--draws", type=int, default=24, help="answers a document (default %(default)s)")
    parser.add_argument("--penalty", type=float, default=4.0, help="strength of the ridge (default %(default)s)")
    parser.add_argument("--resamples", type=int, default=300, help="of the bootstrap (default %(default)s)")
    parser.add_argument("--probe", type=Path, default=ROOT / ".build/release/evidence-probe")
    parser.add_argument("--values", type=Path, help="also write each answer with its features to this file")
    return parser.parse_args()


# Documents


class Document:
    def __init__(self, name, pages, known, truth, printed):
        self.name, self.pages, self.known, self.truth = name, pages, known, truth
        self.printed = printed  # the lines as they are printed, not as they were read
        self.text = "\n".join(lines(page) for page in pages)


def lines(page):
    """A page's text, one line a line."""
    texts, last = [], None
    for word in page["words"]:
        if word[7] == last:
            texts[-1] += " " + word[0]
        else:
            texts.append(word[0])
        last = word[7]
    return "\n".join(texts)


def plain(content):
    """A stored content in its plain form."""
    value = json.loads(content)
    for kind in ("money", "date", "text", "identifier", "currency", "number"):
        if kind in value:
            return str(value[kind])
    return None


def true_text(kind, record, key):
    """The truth as a model would write it; None where it says nothing of use."""
    value = record.get(key)
    if isinstance(value, list):
        value = value[0] if value else None
    if value in (None, ""):
        return None
    if kind == "date":
        day = str(record.get(key + "_iso") or value)
        return day if re.fullmatch(r"\d{4}-\d\d-\d\d", day) else None
    if kind == "money":
        amount = fitting.number(value)
        return None if amount is None else f"{amount:.2f}"
    return str(value)


def documents(options):
    found = []
    for folder in sorted({entry.folder for entry in SETS}):
        database, truth_file = options.kept / f"{folder}.sqlite", options.data / folder / "truth.jsonl"
        if not database.exists() or not truth_file.exists():
            continue
        with open(truth_file, encoding="utf-8") as file:
            truths = {record["file"]: record for record in map(json.loads, filter(str.strip, file))}
        with sqlite3.connect(f"file:{database}?mode=ro", uri=True) as connection:
            for path, document in connection.execute(
                "SELECT path, document FROM location WHERE until_run IS NULL ORDER BY path").fetchall():
                record = truths.get(os.path.basename(os.fsdecode(path)))
                if record is None or "text" in record and not any(key in record for key in FIELDS):
                    continue
                pages = [
                    {"number": number, "width": width, "height": height, "source": source or "tesseract",
                     "words": json.loads(words), "symbols": json.loads(symbols)}
                    for number, width, height, source, words, symbols in connection.execute(
                        """
                        SELECT page.number, page.width, page.height, page.source, text.words, page.symbols
                        FROM job JOIN page ON page.job = job.id JOIN text ON text.page = page.id
                        WHERE job.document = ? AND job.verb = 'read' ORDER BY page.number
                        """, (document,))]
                known = [
                    {"field": field, "text": plain(content), "confidence": confidence, "printed": printed,
                     "evidence": json.loads(evidence), "order": order}
                    for field, content, confidence, printed, evidence, order in connection.execute(
                        """
                        SELECT field, content, confidence, printed, evidence, assumed_order FROM value
                        WHERE document = ? AND until_run IS NULL ORDER BY step_index, position
                        """, (document,)) if plain(content) is not None]
                truth = {}
                for key, (field, kind) in FIELDS.items():
                    text = true_text(kind, record, key)
                    if text is not None:
                        truth[field] = (kind, text)
                if pages and truth:
                    printed = record.get("lines") or str(record.get("text") or "").split("\n")
                    found.append(Document(f"{folder}/{record['file']}", pages, known, truth, printed))
    return found


# Answers


def respelled(kind, text, draw):
    """The same content as another would write it; amounts, days and codes have one form."""
    if kind != "text":
        return text
    return draw.choice([
        lambda: text.upper(), lambda: text.lower(), lambda: text.title(), lambda: re.sub(r"[.,:;-]+", "", text),
        lambda: re.sub(r"\s*,\s*", ", ", text), lambda: text.replace(" & ", " and ") if len(text) > 30 else text.title(),
    ])()


def other_place(kind, text, document, draw):
    """Another value that is printed on the page."""
    if kind == "money":
        amounts = {f"{fitting.number(a.replace(',', '.')):.2f}"
                   for a in re.findall(r"(?<![\d.,])\d{1,4}[.,]\d\d(?![\d.,])", document.text)} - {text}
        return draw.choice(sorted(amounts)) if amounts else None
    if kind == "text":
        others = [line for line in document.printed
                  if sum(sign.isalpha() for sign in line) >= 4
                  and fitting.letters(line) not in fitting.letters(text)
                  and fitting.letters(text) not in fitting.letters(line)]
        return draw.choice(others)[:80] if others else None
    if kind == "identifier":
        codes = [word for word in document.text.split() if sum(sign.isdigit() for sign in word) >= 4
                 and fitting.letters(word) != fitting.letters(text)]
        return draw.choice(codes) if codes else None
    if kind == "date":
        days = {f"{y}-{int(m):02}-{int(d):02}" for d, m, y in re.findall(r"\b(\d\d?)[./-](\d\d?)[./-](20\d\d)\b", document.text)
                if 1 <= int(m) <= 12 and 1 <= int(d) <= 28} - {text}
        return draw.choice(sorted(days)) if days else None
    return None


def other_document(field, kind, text, document, everything, draw):
    others = sorted({other.truth[field][1] for other in everything if field in other.truth
                     and fitting.letters(other.truth[field][1]) != fitting.letters(text)})
    if kind == "currency":
        others = [code for code in CURRENCIES if code != text]
    return draw.choice(others) if others else None


def changed(kind, text, document, everything, draw):
    """One digit of it changed; of a text without digits one word."""
    if kind == "currency":
        return draw.choice([code for code in CURRENCIES if code != text])
    places = [index for index, sign in enumerate(text) if sign.isdigit()]
    for _ in range(20 if places else 0):
        index = draw.choice(places)
        other = text[:index] + draw.choice([digit for digit in "0123456789" if digit != text[index]]) + text[index + 1:]
        if kind == "date":
            year, month, day = map(int, other.split("-"))
            if not (1990 <= year <= 2030 and 1 <= month <= 12 and 1 <= day <= 28):
                continue
        return other
    if kind != "text":
        return None
    words = text.split()
    source = draw.choice(everything)
    others = [word for line in source.text.split("\n") for word in line.split()
              if len(word) > 2 and word.isalpha() and fitting.letters(word) not in fitting.letters(text)]
    if not others or not words:
        return None
    words[draw.randrange(len(words))] = draw.choice(others)
    return " ".join(words)


def cut(kind, text, draw):
    if kind == "money":
        return draw.choice([text.replace(".", ""), text[:-3] + ".00", text[1:] if text[0].isdigit() and text[1] != "." else "1" + text])
    words = text.split()
    if kind == "text" and len(words) >= 3:
        return " ".join(words[:len(words) // 2])
    if kind == "identifier" and len(text) > 5:
        return text[:len(text) // 2]
    return None


def answer(document, everything, draw):
    """One answer about a document: field, type, text, how it came about."""
    values = []
    for field, (kind, text) in document.truth.items():
        how = draw.choices(list(MIX), weights=list(MIX.values()))[0]
        made = {"as printed": lambda: text, "respelled": lambda: respelled(kind, text, draw),
                "other place": lambda: other_place(kind, text, document, draw),
                "other document": lambda: other_document(field, kind, text, document, everything, draw),
                "changed": lambda: changed(kind, text, document, everything, draw),
                "cut": lambda: cut(kind, text, draw)}[how]()
        if made is None and how not in RIGHT:
            how = "other document"
            made = other_document(field, kind, text, document, everything, draw)
        same = made is not None and (fitting.letters(made) == fitting.letters(text) if kind != "money" else made == text)
        if made is None or (how not in RIGHT and same):
            continue
        values.append({"field": field, "text": made, "how": how})
    return values


class Answer:
    """One value of an answer, with what was found of it."""

    def __init__(self, document, value, verdict, is_ruled):
        self.is_ruled = is_ruled
        self.document, self.field, self.how, self.text = document.name, value["field"], value["how"], value["text"]
        self.right, self.second = self.how in RIGHT, None
        self.features = {name: number for name, number in verdict["features"].items() if name not in LEFT_OUT}
        self.stored, self.unverified = verdict["confidence"], verdict["unverified"]
        self.reason, self.rules = verdict["reason"], verdict["features"].get("rules_agree", 0)

    def input(self, name):
        return self.features.get(name, 0.0)


def answers(options, found):
    if not options.probe.exists():
        sys.exit(f"{options.probe} is not there: swift build -c release --product evidence-probe")
    with subprocess.Popen([options.probe], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as probe:
        for document, is_ruled in [(document, is_ruled) for document in found for is_ruled in (True, False)]:
            draw = random.Random(f"{document.name} {is_ruled}")
            drawn = [values for values in (answer(document, found, draw) for _ in range(options.draws // 2)) if values]
            probe.stdin.write(json.dumps({
                "pages": document.pages,
                "fields": [{"name": field, "type": kind} for field, (kind, _) in document.truth.items()],
                "known": [value for value in document.known if is_ruled and value["field"] in document.truth],
                "answers": drawn}) + "\n")
            probe.stdin.flush()
            for values, verdicts in zip(drawn, json.loads(probe.stdout.readline())):
                for value, verdict in zip(values, verdicts):
                    if verdict is not None:
                        yield Answer(document, value, verdict, is_ruled)
        probe.stdin.close()


# What is said of it


def confidence(fit, value):
    """As `ModelValues` makes it: what rules and model agree on is surer than the rules alone."""
    answer = fit.confidence(value)
    if value.features.get("doubtful_digit"):
        answer = min(answer, MOST_DOUBTFUL)
    return max(answer, value.rules + 0.1 * (1 - value.rules)) if value.rules else answer


def halves(samples, penalty):
    """The confidence of each answer by the fit on the documents of the other half."""
    part_of = fitting.parts(samples, 2, 1)
    fits = [fitting.Fit([value for value in samples if part_of[value.document] != part], penalty) for part in range(2)]
    return [confidence(fits[part_of[value.document]], value) for value in samples]


def report(title, samples, confidences, resamples):
    pairs = [(number, int(value.right)) for number, value in zip(confidences, samples)]
    names = [value.document for value in samples]
    error = 1 - sum(right for _, right in pairs) / len(pairs)
    low, high = interval(names, pairs, expected_error, resamples)
    numbers = {"values": len(pairs), "documents": len(set(names)), "error": error, "ece": expected_error(pairs),
               "ece_95": (low, high), "auroc": discrimination(pairs), "left_at_80": 0.8 * risk(pairs, 0.8) / error}
    print(f"{title}: {len(pairs)} values of {numbers['documents']} documents, {error:.1%} wrong")
    print(f"  expected calibration error {numbers['ece']:.3f} ({low:.3f} to {high:.3f});  AUROC {numbers['auroc']:.3f}")
    print("  coverage, errors among it: " + ",  ".join(
        f"{coverage:.0%} {risk(pairs, coverage):.1%}" for coverage in (1, 0.9, 0.8, 0.7, 0.6, 0.5)))
    return numbers


def reliability(samples, confidences):
    ordered = evened([(number, int(value.right)) for number, value in zip(confidences, samples)])
    rows = []
    for part in range(BINS):
        group = ordered[part * len(ordered) // BINS:(part + 1) * len(ordered) // BINS]
        rows.append([f"{group[0][0]:.2f} to {group[-1][0]:.2f}", str(len(group)),
                     f"{sum(c for c, _ in group) / len(group):.2f}", f"{sum(r for _, r in group) / len(group):.2f}"])
    table(["confidence", "values", "mean", "right"], rows)


def other_mixes(samples, confidences):
    """What the confidences come to where the model is right more or less often than the mix says."""
    rows = []
    for share in (0.3, 0.6, 0.8, 0.9, 0.95):
        right = [pair for pair in zip(confidences, samples) if pair[1].right]
        wrong = [pair for pair in zip(confidences, samples) if not pair[1].right]
        # The fewer are drawn again until the shares are as wanted.
        count = len(right) + len(wrong)
        draw = random.Random(3)
        drawn = draw.choices(right, k=round(count * share)) + draw.choices(wrong, k=round(count * (1 - share)))
        pairs = [(number, int(value.right)) for number, value in drawn]
        sure = [right for number, right in pairs if number >= 0.9]
        unsure = [right for number, right in pairs if number < 0.5]
        rows.append([f"{share:.0%}", f"{sum(number for number, _ in pairs) / len(pairs):.2f}", f"{expected_error(pairs):.3f}",
                     f"{len(sure) / len(pairs):.0%}", f"{sum(sure) / len(sure):.3f}", f"{len(unsure) / len(pairs):.0%}",
                     f"{sum(unsure) / len(unsure):.2f}"])
    table(["right", "mean confidence", "calibration error", "at 0.9 or more", "right of them", "below 0.5", "right of them"], rows)


def by(samples, confidences, key, title):
    groups = {}
    for value, number in zip(samples, confidences):
        groups.setdefault(key(value), []).append((value, number))
    rows = [[name, str(len(group)), f"{sum(v.right for v, _ in group) / len(group):.2f}",
             f"{sum(c for _, c in group) / len(group):.2f}", f"{sum(v.unverified for v, _ in group) / len(group):.2f}"]
            for name, group in sorted(groups.items())]
    table([title, "values", "right", "confidence", "found nowhere"], rows)


MEMBERS = {"similarity": ".similarity", "unfound": ".unfound", "places": ".places", "other_key": ".otherKey",
           "doubtful_digit": ".doubtfulDigit", "rules": ".rules", "rules_agree": ".rulesAgree", "rules_near": ".rulesNear", "rules_second": ".rulesSecond",
           "rules_against": ".rulesAgainst", "proof": ".proof", "weakest_word": ".weakestWord", "page": ".page", "key": ".key"}


def swift(fit, numbers, penalty, mix):
    rows = []
    for name, weight in zip(fit.names, fit.weights):
        member = MEMBERS.get(name)
        if name.startswith("kind_"):
            member = f'.kind("{name[5:]}")'
        rows.append(f"            {member}: {weight},")
    body = "\n".join(rows)
    share = sum(MIX[how] for how in RIGHT) / sum(MIX.values())
    version = hashlib.sha256(f"{fit.intercept}\n{body}\n{share}".encode()).hexdigest()[:8]
    low, high = numbers["ece_95"]
    return f"""// Written by Benchmarks/fit-evidence.py: do not edit, fit anew.
import Records

extension ModelCalibration {{
    /// Fitted on {numbers['values']} answers of a simulated model about {numbers['documents']} documents, with a ridge of {penalty:g}.
    ///
    /// The mix: {mix}.
    /// Each half of the documents judged by a fit on the other: expected calibration error {numbers['ece']:.3f}
    /// ({low:.3f} to {high:.3f} by bootstrap), area under the ROC curve {numbers['auroc']:.3f}, at 80 % coverage {numbers['left_at_80']:.2f} of the errors.
    static let fitted = ModelCalibration(
        version: "{version}",
        share: {share:g},
        intercept: {fit.intercept},
        weights: [
{body}
        ]
    )
}}
"""


def main():
    options = arguments()
    found = documents(options)
    if len(found) < 20:
        sys.exit("too few documents with known truth to fit anything")
    samples = list(answers(options, found))
    mix = ", ".join(f"{share} % {how}" for how, share in MIX.items())
    print(f"{len(found)} documents, {options.draws} answers each: {mix}\n")
    judged = halves(samples, options.penalty)
    numbers = report("One half of the documents fits, the other checks, both ways", samples, judged, options.resamples)
    reliability(samples, judged)
    for title, is_ruled in (("beside the rules' candidates", True), ("without", False)):
        part = [(value, number) for value, number in zip(samples, judged) if value.is_ruled == is_ruled]
        report(f"  {title}", [value for value, _ in part], [number for _, number in part], options.resamples)
    print()
    by(samples, judged, lambda value: value.how, "answer")
    print()
    by(samples, judged, lambda value: value.field, "field")
    print()
    print("Where the model is right more or less often than the mix says")
    other_mixes(samples, judged)
    print()
    for how in ("changed", "other document"):
        figures = [value for value in samples if value.how == how and any(
            name in value.features for name in ("kind_date", "kind_total", "kind_price", "kind_amount", "kind_code"))]
        chosen = {value for value in figures if not value.unverified}
        if figures:
            print(f"amounts, days and codes, {how}: {sum(not v.unverified for v in figures)} of {len(figures)} found somewhere, "
                  f"{sum(number >= 0.5 for v, number in zip(samples, judged) if v in chosen)} of them at 0.5 or more")
    report("As stored", samples, [value.stored for value in samples], options.resamples)
    fit = fitting.Fit(samples, options.penalty)
    print("\nFit on all: intercept", fit.intercept)
    print("  " + ", ".join(f"{name} {weight}" for name, weight in zip(fit.names, fit.weights)))
    if options.values:
        with open(options.values, "w", encoding="utf-8") as file:
            for value, number in zip(samples, judged):
                file.write(json.dumps({"document": value.document, "field": value.field, "how": value.how, "text": value.text,
                                       "judged": round(number, 3), "unverified": value.unverified, "reason": value.reason,
                                       "features": value.features}, ensure_ascii=False) + "\n")
    if options.write:
        TARGET.write_text(swift(fit, numbers, options.penalty, mix))
        print(f"written: {TARGET.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
