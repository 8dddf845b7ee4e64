"""How much of a text was read wrongly: the character error rate, and words found wherever they stand."""

import json
import unicodedata
from collections import Counter

# Signs that look alike on paper count as the same.
ALIKE = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"', "„": '"', "–": "-", "—": "-", "−": "-", "\u200b": None})


def normalised(text):
    """Case folded, look-alike signs unified, every run of white space one space."""
    return " ".join(unicodedata.normalize("NFKC", text).translate(ALIKE).casefold().split())


def distance(first, second):
    """Levenshtein distance: insertions, deletions and replacements, one row of the table at a time.

    A row is kept as two bit vectors, where it rises and where it falls by one (Myers 1999), so that a page of
    thousands of characters takes milliseconds.
    """
    if not first or not second:
        return len(first) + len(second)
    places = {}
    for index, letter in enumerate(first):
        places[letter] = places.get(letter, 0) | 1 << index
    everywhere = (1 << len(first)) - 1
    last = 1 << (len(first) - 1)
    rises, falls, result = everywhere, 0, len(first)
    for letter in second:
        same = places.get(letter, 0)
        diagonal = (((same & rises) + rises) ^ rises) | same | falls
        up = falls | ~(diagonal | rises) & everywhere
        down = rises & diagonal
        if up & last:
            result += 1
        if down & last:
            result -= 1
        up = (up << 1 | 1) & everywhere
        down = down << 1 & everywhere
        rises = down | ~(diagonal | up) & everywhere
        falls = up & diagonal
    return result


class Score:
    """Errors summed over files."""

    def __init__(self):
        self.errors = self.characters = self.words = self.words_found = 0

    def add(self, truth, read):
        truth, read = normalised(truth), normalised(read)
        self.errors += distance(truth, read)
        self.characters += len(truth)
        expected, found = Counter(truth.split()), Counter(read.split())
        self.words += expected.total()
        self.words_found += (expected & found).total()

    @property
    def error_rate(self):
        return self.errors / max(1, self.characters)

    @property
    def word_recall(self):
        return self.words_found / max(1, self.words)


def read_truth(path):
    """Text by file name, from lines of JSON with "file" and "text" (or "lines", a list)."""
    truth = {}
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            entry = json.loads(line)
            if "text" in entry or "lines" in entry:
                truth[entry["file"]] = entry.get("text") or "\n".join(entry.get("lines", []))
    return truth


if __name__ == "__main__":  # python3 errors.py checks itself
    import random

    def slow(first, second):
        row = list(range(len(second) + 1))
        for i, a in enumerate(first, 1):
            before, row[0] = row[0], i
            for j, b in enumerate(second, 1):
                before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
        return row[-1]

    chance = random.Random(1)
    for _ in range(3000):
        a, b = ("".join(chance.choice("abc") for _ in range(chance.randrange(12))) for _ in range(2))
        assert distance(a, b) == slow(a, b), (a, b, distance(a, b), slow(a, b))
    assert distance("kitten", "sitting") == 3
    print("errors.py: 3,001 distances agree with the table")
