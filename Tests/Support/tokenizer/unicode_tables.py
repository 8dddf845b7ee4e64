#!/usr/bin/env python3
"""Writes the character tables of Sources/Inference/Tokenization as the `tokenizers` library acts.

    pip install tokenizers==0.23.3
    python3 Tests/Support/tokenizer/unicode_tables.py        # rewrites three Swift files, about 20 s

Letters, numbers and spaces are asked of its regular expressions, code point by code point;
decompositions, compositions and combining classes of its NFC and NFD. So the tables carry the
Unicode versions that the library was built with, whatever this Python or the Swift runtime has.
"""

import pathlib
import unicodedata

import tokenizers
from tokenizers import Regex, normalizers, pre_tokenizers

NFC, NFD = normalizers.NFC().normalize_str, normalizers.NFD().normalize_str
FOLDER = pathlib.Path(__file__).resolve().parents[3] / "Sources/Inference/Tokenization"
HEAD = (
    "// Written by Tests/Support/tokenizer/unicode_tables.py, not by hand: what the library\n"
    f"// `tokenizers` {tokenizers.__version__} does.\n\n"
)
SCALARS = [c for c in range(0x110000) if not 0xD800 <= c <= 0xDFFF]
HANGUL = range(0xAC00, 0xD7A4)


def matched(pattern: str) -> list[int]:
    split = pre_tokenizers.Split(Regex(pattern), behavior="removed")
    found = []
    for start in range(0, len(SCALARS), 4096):
        part = SCALARS[start : start + 4096]
        gone = [True] * len(part)
        for _, (a, b) in split.pre_tokenize_str("".join(map(chr, part))):
            gone[a:b] = [False] * (b - a)
        found += [c for c, hit in zip(part, gone) if hit]
    return found


def ranges(points: list[int]) -> list[tuple[int, int]]:
    out: list[list[int]] = []
    for c in points:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return [tuple(r) for r in out]


def combining_classes() -> dict[int, int]:
    """The class of every scalar whose order NFD changes, found by sorting it against known marks."""
    simple = [c for c in SCALARS if unicodedata.combining(chr(c)) and NFD(chr(c)) == chr(c)]
    known = lambda c: NFD(chr(c) + "\u0334") != chr(c) + "\u0334" or c in (0x334, 0x335)
    marks: dict[int, int] = {}
    for c in simple:  # one mark for each class, itself known to the library
        value = unicodedata.combining(chr(c))
        if value not in marks and known(c):
            marks[value] = c
    order = sorted(marks)
    out = {}
    for c in SCALARS:
        text = chr(c)
        if NFD(text) != text:
            continue
        # a scalar of class 0 stops reordering: neither the highest nor the lowest mark moves past it
        low, high = chr(marks[order[0]]), chr(marks[order[-1]])
        if NFD(text + low) == text + low and NFD(high + text) == high + text:
            if c not in (marks[order[0]], marks[order[-1]]):
                continue
        same = [
            v
            for v in order
            if NFD(text + chr(marks[v])) == text + chr(marks[v])
            and NFD(chr(marks[v]) + text) == chr(marks[v]) + text
        ]
        assert len(same) == 1, (hex(c), same)
        out[c] = same[0]
    return out


def numbers(values, per_line: int) -> str:
    lines = []
    for start in range(0, len(values), per_line):
        lines.append("        " + ", ".join(f"0x{v:X}" for v in values[start : start + per_line]) + ",\n")
    return "".join(lines)


def table(name: str, comment: str, values, per_line: int) -> str:
    return f"    /// {comment}\n    static let {name}: [UInt32] = [\n{numbers(values, per_line)}    ]\n"


def write(file: str, body: str) -> None:
    (FOLDER / file).write_text(HEAD + body, encoding="utf-8")
    print(file, body.count("\n"), "lines")


def main() -> None:
    flat = lambda rs: [v for r in rs for v in r]
    letters, digits, spaces = (ranges(matched(p)) for p in (r"\p{L}", r"\p{N}", r"\s"))
    write(
        "CharacterRanges.swift",
        "/// First and last code points of the runs of letters, numbers and spaces.\nenum CharacterRanges {\n"
        + table("letters", "`\\p{L}`: pairs of first and last.", flat(letters), 10) + "\n"
        + table("numbers", "`\\p{N}`: pairs of first and last.", flat(digits), 10) + "\n"
        + table("spaces", "`\\s`: pairs of first and last.", flat(spaces), 10)
        + "}\n",
    )

    classes = combining_classes()
    runs: list[list[int]] = []
    for c, value in sorted(classes.items()):
        if runs and runs[-1][1] == c - 1 and runs[-1][2] == value:
            runs[-1][1] = c
        else:
            runs.append([c, c, value])
    write(
        "CombiningClasses.swift",
        "/// Canonical combining classes that are not 0.\nenum CombiningClasses {\n"
        + table("runs", "Triples of first, last, class.", flat(runs), 9)
        + "}\n",
    )

    pairs, singles = [], []
    for c in SCALARS:
        text = chr(c)
        if c in HANGUL or NFD(text) == text:
            continue
        parts = [int(p, 16) for p in unicodedata.decomposition(text).split()]
        assert NFD("".join(map(chr, parts))) == NFD(text), hex(c)
        composes = NFC(text) == text
        assert composes <= (len(parts) == 2), hex(c)
        if composes:
            pairs += [c, *parts]
        else:
            singles += [c, parts[0], parts[1] if len(parts) == 2 else 0]
    write(
        "CanonicalPairs.swift",
        "/// Characters that NFC puts together from two.\nenum CanonicalPairs {\n"
        + table("composites", "Triples of whole, first, second.", pairs, 9)
        + "}\n",
    )
    write(
        "CanonicalReplacements.swift",
        "/// Characters that NFC never leaves or makes: each is replaced by one or two others.\n"
        "enum CanonicalReplacements {\n"
        + table("replaced", "Triples of character, first, second (0 when it is one).", singles, 9)
        + "}\n",
    )


if __name__ == "__main__":
    main()
