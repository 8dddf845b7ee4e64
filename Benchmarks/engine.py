#!/usr/bin/env python3
"""The engine's phases against Hugging Face transformers, on the same checkpoint, in turns.

    Benchmarks/engine.py CHECKPOINT --bench FILE [--python PY] [--docket BIN] [--rounds N] [--dtypes bfloat16 float32]

CHECKPOINT  a Qwen3-VL directory; random weights of the real shape do
--bench     a script that times transformers and prints one line of JSON with encode_s, prefill_s,
            decode_tok_per_s, load_s and peak_rss_gb: called as `FILE CHECKPOINT --dtype D --threads N --side N --new N`
--python    the Python that has torch and transformers

In each round Docket and the rival run one after the other, in turning order; a ratio is made of two runs of the same
round. Docket runs `docket ask --json --stats` on a drawn picture of the same size with the same question.
"""

import argparse
import json
import os
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from measure import machine, spread, table

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Describe this picture."


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("--bench", required=True)
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--docket", default=str(ROOT / ".build/release/docket"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--side", type=int, default=448)
    parser.add_argument("--new", type=int, default=32)
    parser.add_argument("--dtypes", nargs="+", default=["bfloat16", "float32"], choices=["bfloat16", "float32"])
    parser.add_argument("--precision", default="auto", help="of Docket's own products: auto, bf16 or f32")
    return parser.parse_args()


def draw(path, side):
    """A PNG with stripes and steps; random weights do not care what is on it."""
    rows = bytearray()
    for y in range(side):
        rows.append(0)
        for x in range(side):
            rows += bytes(((x * 255) // side, (y * 255) // side, 255 if (x // 16 + y // 16) % 2 else 40))
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(bytes(rows), 6)))
        file.write(chunk(b"IEND", b""))


def last_object(text):
    lines = [line for line in text.splitlines() if line.startswith("{")]
    if not lines:
        sys.exit("no line of JSON was printed; try the command by hand")
    return json.loads(lines[-1])


def docket(options, picture):
    command = [options.docket, "ask", QUESTION, picture, "--model", options.checkpoint, "--json", "--stats",
               "--max-tokens", str(options.new), "--image-tokens", "16384", "--threads", str(options.threads),
               "--precision", options.precision]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"docket ended with {done.returncode}: {done.stderr.strip()}")
    stats = json.loads(done.stdout)["stats"]
    return {
        "load": stats["load_seconds"],
        "encode": stats["encode_seconds"],
        "prefill": stats["prefill_seconds"],
        "prefill tokens/s": stats["prompt_tokens"] / stats["prefill_seconds"],
        "decode tokens/s": stats["decode_tokens_per_second"],
        "peak GB": stats["peak_resident_bytes"] / 1e9,
    }


def rival(options, dtype):
    command = [options.python, options.bench, options.checkpoint, "--dtype", dtype, "--threads", str(options.threads),
               "--side", str(options.side), "--new", str(options.new)]
    done = subprocess.run(command, capture_output=True, text=True, env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"})
    if done.returncode != 0:
        sys.exit(f"the rival ended with {done.returncode}: {done.stderr.strip()[-2000:]}")
    found = last_object(done.stdout)
    return {
        "load": found["load_s"],
        "encode": found["encode_s"],
        "prefill": found["prefill_s"],
        "prefill tokens/s": found["prompt_tokens"] / found["prefill_s"],
        "decode tokens/s": found["decode_tok_per_s"],
        "peak GB": found["peak_rss_gb"],
    }


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as folder:
        picture = os.path.join(folder, "picture.png")
        draw(picture, options.side)
        docket(options, picture)  # brings the file into memory
        contestants = ["docket", *options.dtypes]
        found = {name: [] for name in contestants}
        for number in range(options.rounds):
            turn = contestants[number % len(contestants):] + contestants[:number % len(contestants)]
            for name in turn:
                took = docket(options, picture) if name == "docket" else rival(options, name)
                found[name].append(took)
                print(f"round {number + 1} {name}: " + ", ".join(f"{key} {value:.3g}" for key, value in took.items()),
                      file=sys.stderr)
    print(f"{options.side} x {options.side} picture, {options.threads} threads, {options.rounds} rounds, {machine()}")
    rows = []
    ratios = {}
    for name in contestants:
        for phase in found[name][0]:
            values = [took[phase] for took in found[name]]
            row = [name, phase, spread(values, ".3g")]
            if name != "docket":
                pairs = zip(found["docket"], found[name])
                faster = [one[phase] / other[phase] if "tokens/s" in phase else other[phase] / one[phase]
                          for one, other in pairs]
                row.append(spread(faster, ".2f"))
                ratios.setdefault(name, {})[phase] = sorted(faster)[len(faster) // 2]
            else:
                row.append("")
            rows.append(row)
    table(["who", "phase", "median (least to greatest)", "docket better by"], rows)
    print(json.dumps({"ratios": ratios}))


if __name__ == "__main__":
    main()
