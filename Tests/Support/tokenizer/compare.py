#!/usr/bin/env python3
"""Writes random texts with the ids that the reference library gives them, for the tokenizer's tests.

    pip install tokenizers==0.23.3
    python3 Tests/Support/tokenizer/compare.py MODEL/tokenizer.json cases.jsonl --count 100000
    DOCKET_TOKENIZER=MODEL DOCKET_TOKENIZER_CASES=cases.jsonl swift test --filter ReferenceCases

Each line of the result is an object: `text`, `ids` with added tokens matched, `decoded` and
`skipped` (without control tokens); lines with `ids` and no `text` are for decoding alone.

With `--speed TEXT` nothing is written: it prints how fast the library encodes that file in one
thread, to be compared with what the tests print for DOCKET_TOKENIZER_TEXT.
"""

import argparse
import json
import os
import random
import time

os.environ["TOKENIZERS_PARALLELISM"] = "false"

from tokenizers import Tokenizer

RANGES = [
    (0x20, 0x7E), (0x20, 0x7E), (0x20, 0x7E), (0x00, 0x1F), (0x7F, 0xFF), (0x100, 0x24F),
    (0x250, 0x2FF), (0x300, 0x36F), (0x370, 0x52F), (0x530, 0x6FF), (0x700, 0x8FF), (0x900, 0xDFF),
    (0xE00, 0xFFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1200, 0x1FFF), (0x2000, 0x20FF),
    (0x2100, 0x2BFF), (0x2C00, 0x2FFF), (0x3000, 0x30FF), (0x3100, 0x4DFF), (0x4E00, 0x9FFF),
    (0xA000, 0xABFF), (0xAC00, 0xD7A3), (0xD7B0, 0xD7FF), (0xE000, 0xF8FF), (0xF900, 0xFAFF),
    (0xFB00, 0xFFFF), (0x10000, 0x10FFF), (0x11000, 0x11FFF), (0x12000, 0x16FFF), (0x17000, 0x1AFFF),
    (0x1B000, 0x1CFFF), (0x1D000, 0x1DFFF), (0x1E000, 0x1EFFF), (0x1F000, 0x1FAFF), (0x1FB00, 0x2FFFF),
    (0x2F800, 0x2FA1F), (0x30000, 0x3FFFF), (0x40000, 0x10FFFF),
]  # fmt: skip
SPACES = list(" \t\n\v\f\r\x85\xa0\u1680\u2003\u2028\u2029\u202f\u205f\u3000\u200b\ufeff\x1c\x1f")
MARKS = [chr(c) for c in (*range(0x300, 0x350), 0x323, 0x327, 0x345, 0x5B0, 0x5BF, 0x64B, 0x93C, 0x94D,
                          0x9BE, 0x9D7, 0xB3E, 0xBC6, 0xCD5, 0xDCF, 0xE38, 0xF71, 0xF72, 0x102E, 0x1037,
                          0x1B35, 0x3099, 0x309A, 0x20D0, 0xFB1E, 0x1D165, 0x1D16D, 0x110BA, 0x11127,
                          0x1133E, 0x114BA, 0x115AF, 0x11930, 0x16FF0, 0x1DFA, 0x1DF5)]  # fmt: skip
WORDS = """the invoice total Total: due date is $1,234.50 don't I'LL we'Re they'VE 'S 'ſ 'ſt ſ it's o'clock rock'n'roll
    http://example.com/a?b=c&d=%20 {"key": "value", "n": 12.5} def f(x): return x**2 <p>text</p> naïve café
    발票 合计金额 发票号码 日本語テスト 領収書 한국어 영수증 привет мир Ελλάδα שלום مرحبا नमस्ते สวัสดี tiếng Việt
    <|im_start|> <|im_end|> <|image_pad|> <|endoftext|> <think> </think> <|im_ <tool_call> 0123456789 ① ½ Ⅷ ２０２６
    😀 👍🏽 👨‍👩‍👧‍👦 🇨🇳🇺🇸 ☃️ 𝒳𝓎𝔷 𠀀𠮷 ﬁ ǆ ß İ ı Å Ω K q̣̇ ṩ""".split()


def jamo(r: random.Random) -> str:
    lead, vowel, final = r.randint(0x1100, 0x1115), r.randint(0x115F, 0x1177), r.randint(0x11A6, 0x11C4)
    syllable = chr(r.randint(0xAC00, 0xD7A3))
    return r.choice([chr(lead) + chr(vowel) + chr(final), chr(lead) + chr(vowel), syllable + chr(final),
                     chr(lead), chr(vowel) + chr(final), syllable + chr(vowel)])  # fmt: skip


def scalar(r: random.Random) -> str:
    while True:
        c = r.randint(*r.choice(RANGES))
        if not 0xD800 <= c <= 0xDFFF:
            return chr(c)


def part(r: random.Random, tokens: list[str]) -> str:
    kind = r.randrange(12)
    if kind <= 1:
        return "".join(scalar(r) for _ in range(r.randint(1, 8)))
    if kind == 2:
        low, high = r.choice(RANGES)
        return "".join(c for c in map(chr, (r.randint(low, high) for _ in range(r.randint(1, 12)))) if not 0xD800 <= ord(c) <= 0xDFFF)
    if kind == 3:
        return "".join(r.choice(SPACES) for _ in range(r.randint(1, 6)))
    if kind == 4:
        return r.choice([" ", "  ", "\n", "\r\n", "\r", "\t", " \n", "\n\n ", "\r\n\r\n", "\n\r", "\u3000"]) * r.randint(1, 3)
    if kind == 5:
        return scalar(r) + "".join(r.choice(MARKS) for _ in range(r.randint(1, 5)))
    if kind == 6:
        return r.choice("aeiouAEIOUnNsScCqQkK가각ΑαΩओകে") + "".join(r.choice(MARKS) for _ in range(r.randint(1, 4)))
    if kind == 7:
        return "".join(jamo(r) for _ in range(r.randint(1, 4)))
    if kind == 8:
        return str(r.randint(0, 10 ** r.randint(1, 12)))
    if kind == 9:
        return "'" + r.choice(["s", "S", "t", "T", "re", "RE", "rE", "ve", "m", "LL", "ll", "l", "d", "ſ", "r", "K"])
    if kind == 10:
        return r.choice(tokens)
    return r.choice(WORDS)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("tokenizer", help="a tokenizer.json")
    arguments.add_argument("cases", nargs="?", default=os.devnull, help="the file to write")
    arguments.add_argument("--speed", metavar="TEXT", help="a file to encode instead")
    arguments.add_argument("--count", type=int, default=100_000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    tokenizer = Tokenizer.from_file(given.tokenizer)
    if given.speed:
        text = open(given.speed, encoding="utf-8", newline="").read()
        best = float("inf")
        for _ in range(5):
            start = time.perf_counter()
            count = len(tokenizer.encode(text, add_special_tokens=False).ids)
            best = min(best, time.perf_counter() - start)
        print(f"{count} tokens in {best:.3f} s: {len(text.encode()) / best / 1e6:.2f} MB/s")
        return
    r = random.Random(given.seed)
    size = tokenizer.get_vocab_size()
    tokens = [tokenizer.decode([i], skip_special_tokens=False) for i in range(size)]
    with open(given.cases, "w", encoding="utf-8") as out:
        def write(**members) -> None:
            out.write(json.dumps(members, ensure_ascii=r.random() < 0.1) + "\n")

        for start in range(0, given.count, 1000):
            texts = ["".join(part(r, tokens) for _ in range(r.randint(1, 9)))
                     for _ in range(min(1000, given.count - start))]  # fmt: skip
            for text, found in zip(texts, tokenizer.encode_batch(texts, add_special_tokens=False)):
                write(text=text, ids=found.ids,
                      decoded=tokenizer.decode(found.ids, skip_special_tokens=False),
                      skipped=tokenizer.decode(found.ids, skip_special_tokens=True))  # fmt: skip
        for _ in range(given.count // 10):
            ids = [r.randrange(256) if r.random() < 0.6 else r.randrange(size + 40) for _ in range(r.randint(1, 12))]
            write(ids=ids, decoded=tokenizer.decode(ids, skip_special_tokens=False),
                  skipped=tokenizer.decode(ids, skip_special_tokens=True))  # fmt: skip


if __name__ == "__main__":
    main()
