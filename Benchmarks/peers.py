#!/usr/bin/env python3
"""The engine beside llama.cpp, ik_llama.cpp and transformers, on the same weights, in turns.

    Benchmarks/peers.py --checkpoint DIR [--packed-int8 FILE] [--packed-int4 FILE] [--docket BIN]
                        [--llama BIN_FOLDER] [--ik BIN_FOLDER] [--gguf DIR] [--bench FILE --python PY]
                        [--rounds 5] [--only ROW ...] [--weights bf16|int8|int4 ...] [--against PEER[:FORMAT] ...] [--avx2] [--json | --markdown]

--checkpoint   a Qwen3-VL directory; random weights of the real shape do
--packed-int8  the same weights in Docket's own 8 and 4 bits; rows that need them are left out without
--packed-int4
--llama, --ik  folders with llama-bench, llama-batched-bench and llama-mtmd-cli of llama.cpp and of ik_llama.cpp
--gguf         where those find the same weights: NAME-FORMAT.gguf and mmproj-FORMAT.gguf, such as full-q4_0.gguf
--bench        a script that times transformers, called as `FILE CHECKPOINT --dtype D --threads N --side N --new N`, which ends
               with a line of JSON (encode_s, prefill_s, prompt_tokens, decode_tok_per_s); --python is what runs it

Each pair of a row is one peer beside Docket with weights of as many bits, or with those that are that peer's fastest. They run one after the other, the other one first in
every other round, and a ratio is made of two runs of the same round; above 1 Docket is better.

    encode-448, encode-1024, encode-a4   a picture to its features, in seconds: 196, 1024 and 2145 tokens
    prefill-512                          a prompt of 512 tokens, in tokens a second
    decode                               32 tokens after 32, in tokens a second, and how much of memory's bandwidth that is
    batch-8                              eight answers at once, 32 tokens each after 32, all their tokens a second
    answer                               the whole program on a 448 x 448 picture with 60 tokens of answer, in seconds, files
                                         being in memory already
    memory                               the most memory that was resident meanwhile, in GB

Bandwidth is measured in the same run: all threads sum one GiB (bandwidth.c, built by `cc`). --avx2 keeps Docket to AVX2; give
--llama and --ik builds that are kept to it as well.
"""

import argparse
import fnmatch
import glob
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import threading
import time
import zlib
from pathlib import Path

from measure import machine, median, run, say, spread, table

ROOT = Path(__file__).resolve().parent.parent
QUESTION = "Describe this picture."
ANSWER_TOKENS = 60
PICTURES = {"encode-448": (448, 448), "encode-1024": (1024, 1024), "encode-a4": (1240, 1754)}
# transformers' script draws squares: for a page the one that is just smaller, 2116 tokens instead of 2145.
SQUARES = {"encode-448": 448, "encode-1024": 1024, "encode-a4": 1472}
PREFILL_SIDE = 704  # a picture of 484 tokens, with question and template just above 500
UNITS = {"prefill-512": "tokens/s", "decode": "tokens/s", "batch-8": "tokens/s", "memory": "GB"}  # else seconds
ROWS = [*PICTURES, "prefill-512", "decode", "batch-8", "answer", "memory"]
FLAGS = ["avx2", "fma", "f16c", "avx_vnni", "avx512f", "avx512bw", "avx512_vnni", "avx512_bf16", "avx512_fp16",
         "amx_tile", "amx_int8", "amx_bf16"]

# Docket's weights, and what of each peer is set beside them: what has as many bits, and what a user of that peer would take instead
# because it is faster there.
TEXT = {
    "bf16": {"llama": ["bf16"], "ik": ["bf16"], "transformers": ["bf16"]},
    "int8": {"llama": ["q8_0"], "ik": ["q8_0"]},
    "int4": {"llama": ["q4_0", "q4_k_m"], "ik": ["q4_0", "q4_k_m", "iq4_nl", "iq4_k"]},
}
PROMPT = {**TEXT, "int8": {"llama": ["q8_0", "bf16", "q4_0"], "ik": ["q8_0", "bf16", "q4_0"], "transformers": ["bf16"]}}
TOWER = {
    "bf16": {"llama": ["bf16", "f16"], "ik": ["bf16", "f16"], "transformers": ["bf16"]},
    "int8": {"llama": ["q8_0", "bf16", "f16"], "ik": ["q8_0", "bf16"], "transformers": ["bf16"]},
}
PACKED = {bits: {peer: TEXT[bits][peer] for peer in ("llama", "ik")} for bits in ("int8", "int4")}
PAIRS = {
    **{row: TOWER for row in PICTURES},
    "prefill-512": PROMPT,
    "decode": TEXT,
    "batch-8": PACKED,
    "answer": PACKED,
    "memory": {"int4": PACKED["int4"]},
}


class Failure(Exception):
    """Why there is no figure; the pair is left out from then on."""


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--docket", default=str(ROOT / ".build/release/docket"))
    parser.add_argument("--checkpoint", required=True)
    parser.add_argument("--packed-int8")
    parser.add_argument("--packed-int4")
    parser.add_argument("--llama")
    parser.add_argument("--ik")
    parser.add_argument("--gguf")
    parser.add_argument("--bench")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", nargs="+", choices=ROWS, default=ROWS, metavar="ROW")
    parser.add_argument("--weights", nargs="+", choices=["bf16", "int8", "int4"], default=["bf16", "int8", "int4"],
                        help="Docket's; all that there are files for")
    parser.add_argument("--against", nargs="+", metavar="PEER[:FORMAT]", help="these only, such as llama:q4_0 or ik")
    parser.add_argument("--tower", default="q8_0", help="of the mmproj in the rows answer and memory")
    parser.add_argument("--repack", type=int, choices=[0, 1], default=1, help="ik_llama.cpp's run-time repacking")
    parser.add_argument("--avx2", action="store_true")
    parser.add_argument("--timeout", type=float, default=900, help="seconds that one run may take")
    parser.add_argument("--json", action="store_true", help="print the line of JSON only")
    parser.add_argument("--markdown", action="store_true", help="print the table as Markdown")
    return parser.parse_args()


# MARK: What is read


def draw(path, width, height):
    """A PNG with stripes and steps; random weights do not care what is on it."""
    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes(((x * 255) // width, (y * 255) // height, 255 if (x // 16 + y // 16) % 2 else 40))

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n")
        file.write(chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)))
        file.write(chunk(b"IDAT", zlib.compress(bytes(rows), 6)))
        file.write(chunk(b"IEND", b""))


class Pictures:
    """Drawn when they are first asked for."""

    def __init__(self, folder):
        self.folder = folder

    def file(self, width, height):
        path = os.path.join(self.folder, f"{width}x{height}.png")
        if not os.path.exists(path):
            draw(path, width, height)
        return path


class Bandwidth:
    """Bytes of memory that all threads together read in a second."""

    def __init__(self, folder, threads):
        self.program = os.path.join(folder, "bandwidth")
        self.threads = threads
        self.found = []
        compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
        source = str(Path(__file__).resolve().parent / "bandwidth.c")
        built = compiler and run([compiler, "-O3", "-march=native", "-pthread", source, "-o", self.program]).status == 0
        if not built:
            say("no bandwidth: bandwidth.c could not be built, which takes a C compiler")
            self.program = None

    def measure(self):
        if self.program is None:
            return None
        done = subprocess.run([self.program, str(self.threads)], capture_output=True, text=True, check=True)
        rate = json.loads(done.stdout)["bytesPerSecond"]
        self.found.append(rate)
        return rate


# MARK: Running programs


def output(command, options, until=None, env=None):
    """What a program printed, and what it took. With `until` it is ended as soon as it prints a line that matches."""
    started = time.perf_counter()
    try:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 env={**os.environ, **(env or {})})
    except OSError as error:
        raise Failure(f"{command[0]} cannot be run: {error.strerror}") from error
    too_long = threading.Event()

    def end():
        too_long.set()
        child.kill()

    clock = threading.Timer(options.timeout, end)
    clock.start()
    lines, ended = [], False
    try:
        for raw in child.stdout:
            line = raw.decode(errors="replace").rstrip("\n")
            lines.append(line)
            if until and not ended and re.search(until, line):
                ended = True
                child.kill()
        _, status, usage = os.wait4(child.pid, 0)
    except BaseException:
        child.kill()
        child.wait()
        raise
    finally:
        clock.cancel()
    child.returncode = os.waitstatus_to_exitcode(status)
    if too_long.is_set():
        raise Failure(f"{os.path.basename(command[0])} took more than {options.timeout:.0f} s")
    if child.returncode != 0 and not ended:
        said = " / ".join(line for line in lines[-4:] if line.strip())
        raise Failure(f"{os.path.basename(command[0])} ended with {child.returncode}: {said}")
    return lines, time.perf_counter() - started, usage.ru_maxrss * 1024


def matched(pattern, lines, name):
    for line in lines:
        found = re.search(pattern, line)
        if found:
            return found
    raise Failure(f"{name} printed no line like {pattern!r}")


def last_object(lines, name):
    for line in reversed(lines):
        if line.startswith("{"):
            return json.loads(line)
    raise Failure(f"{name} printed no line of JSON")


# MARK: Docket


class Docket:
    name = "docket"

    def __init__(self, options, pictures):
        self.options = options
        self.pictures = pictures
        self.models = {"bf16": options.checkpoint, "int8": options.packed_int8, "int4": options.packed_int4}
        self.env = {"DOCKET_KERNELS": "avx2"} if options.avx2 else None
        done = subprocess.run([options.docket, "model", "bench", "--help"], capture_output=True, text=True)
        self.has_bench = done.returncode == 0 and "--only" in done.stdout
        if not self.has_bench:
            say("this docket has no `model bench`: its figures come from `docket ask --stats`, and batch-8 is left out")

    def has(self, bits):
        return bool(self.models.get(bits))

    def version(self):
        done = subprocess.run([self.options.docket, "--version"], capture_output=True, text=True)
        return f"Docket {done.stdout.strip()}"

    def measure(self, row, bits):
        """The figure of a row, and bytes of weights read for a token, where known."""
        if row in ("answer", "memory"):
            return self.whole(row, bits)
        # A peer's picture is the first one of its process; so is Docket's, while `model bench` would show it several.
        if self.has_bench and row not in PICTURES:
            return self.bench(row, bits)
        return self.ask(row, bits)

    def bench(self, row, bits):
        command = [self.options.docket, "model", "bench", "--model", self.models[bits], "--json", "--only", row, "--runs",
                   "1", "--threads", str(self.options.threads)]
        found = last_object(output(command, self.options, env=self.env)[0], "docket model bench")
        for result in found["results"]:
            if result["name"] == row:
                return result.get("seconds", result.get("tokensPerSecond")), result.get("bytesPerToken")
        raise Failure(f"docket model bench measured no {row}")

    def answer(self, bits, picture, tokens):
        command = [self.options.docket, "ask", QUESTION, picture, "--model", self.models[bits], "--json", "--stats",
                   "--max-tokens", str(tokens), "--image-tokens", "16384", "--threads", str(self.options.threads),
                   "--allow-repetition"]
        lines, seconds, peak = output(command, self.options, env=self.env)
        found = last_object(lines, "docket ask")
        if found["stats"]["answer_tokens"] < tokens:
            say(f"docket {bits}: the answer ended after {found['stats']['answer_tokens']} tokens of {tokens}")
        return found["stats"], seconds, peak

    def whole(self, row, bits):
        stats, seconds, peak = self.answer(bits, self.pictures.file(448, 448), ANSWER_TOKENS)
        # The stats tell of the process that holds the model, which is the one that was waited for.
        return (seconds if row == "answer" else max(peak, stats["peak_resident_bytes"]) / 1e9), None

    def ask(self, row, bits):
        if row in PICTURES:
            return self.answer(bits, self.pictures.file(*PICTURES[row]), 1)[0]["encode_seconds"], None
        if row == "prefill-512":
            stats = self.answer(bits, self.pictures.file(PREFILL_SIDE, PREFILL_SIDE), 1)[0]
            return stats["prompt_tokens"] / stats["prefill_seconds"], None
        if row == "decode":
            return self.answer(bits, self.pictures.file(96, 96), 33)[0]["decode_tokens_per_second"], None
        raise Failure("this docket cannot measure it")


# MARK: llama.cpp and ik_llama.cpp


class Llama:
    """Both have programs of the same names, with few differences."""

    def __init__(self, name, folder, options, pictures):
        self.name = name
        self.folder = folder
        self.options = options
        self.pictures = pictures
        self.threads = ["-t", str(options.threads)]
        self.built = None

    @property
    def is_ik(self):
        return self.name == "ik"

    def program(self, name):
        return os.path.join(self.folder, name)

    def text(self, form):
        return self.find(f"*[-.]{form}.gguf", lambda name: not name.startswith("mmproj"))

    def tower(self, form):
        return self.find(f"mmproj*{form}.gguf", lambda name: not (form == "f16" and name.endswith("bf16.gguf")))

    def find(self, pattern, fits):
        found = [path for path in sorted(glob.glob(os.path.join(self.options.gguf or "", "*.gguf")))
                 if fnmatch.fnmatch(os.path.basename(path).lower(), pattern)
                 and fits(os.path.basename(path).lower())]
        return found[0] if found else None

    def has(self, row, form):
        return bool(self.tower(form) if row in PICTURES else self.text(form))

    def version(self):
        name = "ik_llama.cpp" if self.is_ik else "llama.cpp"
        return f"{name} {self.built}" if self.built else name

    def measure(self, row, form):
        if row in PICTURES:
            return self.encode(row, form), None
        if row in ("prefill-512", "decode"):
            return self.bench(row, form)
        if row == "batch-8":
            return self.batch(form), None
        return self.whole(row, form), None

    def bench(self, row, form):
        command = [self.program("llama-bench"), "-m", self.text(form), *self.threads, "-r", "1", "-o", "json"]
        if row == "prefill-512":
            command += ["-p", "512", "-n", "0"]
        elif self.is_ik:
            command += ["-p", "0", "-n", "0", "-gp", "32,32"]
        else:
            command += ["-p", "0", "-n", "32", "-d", "32"]
        if self.is_ik:
            command += ["-rtr", str(self.options.repack)]
        lines, _, _ = output(command, self.options)
        text = "\n".join(lines)
        try:
            # Warnings may stand before the list, and notes after it.
            found = json.JSONDecoder().raw_decode(text[re.search(r"^\[\s*$", text, re.MULTILINE).start():])[0][0]
        except (AttributeError, ValueError, IndexError) as error:
            raise Failure("llama-bench printed no list of JSON") from error
        self.built = f"{found.get('build_number', '')} {found.get('build_commit', '')}".strip()
        return found["avg_ts"], found["model_size"]

    def batch(self, form):
        command = [self.program("llama-batched-bench"), "-m", self.text(form), *self.threads, "-c", "1024", "-npp", "32",
                   "-ntg", "32", "-npl", "8"]
        if self.is_ik and self.options.repack:
            command += ["-rtr"]
        lines, _, _ = output(command, self.options)
        cells = [line.strip().strip("|").split("|") for line in lines if re.match(r"\|\s*32 \|\s*32 \|\s*8 \|", line)]
        if not cells:
            raise Failure("llama-batched-bench printed no row of figures")
        return float(cells[0][7])  # S_TG t/s

    def mtmd(self, text, tower, picture, tokens):
        command = [self.program("llama-mtmd-cli"), "-m", text, "--mmproj", tower, "--image", picture, "-p", QUESTION,
                   "-n", str(tokens), "-c", "4096", "--temp", "0", "--ignore-eos", "--no-warmup", *self.threads]
        if self.is_ik and self.options.repack:
            command += ["-rtr"]
        return command

    def encode(self, row, form):
        # The text model is not measured; any will do, and a small one is read sooner.
        text = next((found for found in map(self.text, ("q4_0", "q4_k_m", "q8_0", "bf16")) if found), None)
        if text is None:
            raise Failure("no GGUF file of the text model")
        line = r"(?:image slice encoded|batch encoding done) in (\d+) ms"
        command = self.mtmd(text, self.tower(form), self.pictures.file(*PICTURES[row]), 1)
        lines, _, _ = output(command, self.options, until=line)
        return float(matched(line, lines, "llama-mtmd-cli").group(1)) / 1000

    def whole(self, row, form):
        tower = self.tower(self.options.tower)
        if tower is None:
            raise Failure(f"no mmproj-{self.options.tower}.gguf")
        command = self.mtmd(self.text(form), tower, self.pictures.file(448, 448), ANSWER_TOKENS)
        _, seconds, peak = output(command, self.options)
        return seconds if row == "answer" else peak / 1e9


# MARK: transformers


class Transformers:
    name = "transformers"

    def __init__(self, options):
        self.options = options

    def has(self, row, form):
        return form == "bf16"

    def version(self):
        wanted = "import torch, transformers; print('transformers', transformers.__version__, 'torch', torch.__version__)"
        done = subprocess.run([self.options.python, "-c", wanted], capture_output=True, text=True)
        return done.stdout.strip() or "transformers"

    def measure(self, row, form):
        side = SQUARES.get(row, PREFILL_SIDE if row == "prefill-512" else 96)
        command = [self.options.python, self.options.bench, self.options.checkpoint, "--dtype", "bfloat16", "--threads",
                   str(self.options.threads), "--side", str(side), "--new", "32" if row == "decode" else "1"]
        found = last_object(output(command, self.options, env={"PYTHONDONTWRITEBYTECODE": "1"})[0], "the script")
        if row in PICTURES:
            return found["encode_s"], None
        if row == "prefill-512":
            return found["prompt_tokens"] / found["prefill_s"], None
        return found["decode_tok_per_s"], None


# MARK: In turns


def wanted(options, peer, form):
    return not options.against or peer in options.against or f"{peer}:{form}" in options.against


def pairs(row, options, docket, peers):
    found = []
    for bits, rivals in PAIRS[row].items():
        if bits not in options.weights:
            continue
        for peer in peers:
            forms = [form for form in rivals.get(peer.name, []) if wanted(options, peer.name, form)]
            if not forms:
                continue
            if not docket.has(bits):
                say(f"{row}: no {peer.name} beside {bits}, for want of --packed-{bits}")
                continue
            for form in forms:
                if peer.has(row, form):
                    found.append((bits, peer, form))
                else:
                    say(f"{row}: no {peer.name}:{form}, for want of its GGUF file")
    return found


def rounds(row, options, docket, peers, bandwidth):
    """All rounds of a row: figures of each pair, and why some have none."""
    found, failed = {}, []
    going = pairs(row, options, docket, peers)
    unit = UNITS.get(row, "s")
    for number in range(options.rounds + (1 if row in ("answer", "memory") else 0)):
        # What is measured as a whole program is run once before, so that its files are in memory.
        warming = row in ("answer", "memory") and number == 0
        for bits, peer, form in list(going):
            turn = [(peer, form), (docket, bits)]
            took = {}
            rate = bandwidth.measure() if row == "decode" else None
            try:
                for one, weights in turn if number % 2 == 0 else reversed(turn):
                    took[one.name] = one.measure(row, weights)
            except Failure as failure:
                say(f"{row} {peer.name}:{form} beside docket:{bits} is left out: {failure}")
                failed.append({"row": row, "docket": bits, "peer": f"{peer.name}:{form}", "reason": str(failure)})
                going.remove((bits, peer, form))
                found.pop((bits, peer.name, form), None)
                continue
            if warming:
                continue
            (mine, my_bytes), (theirs, their_bytes) = took["docket"], took[peer.name]
            kept = found.setdefault((bits, peer.name, form),
                                    {"docket": [], "peer": [], "docketShare": [], "peerShare": []})
            kept["docket"].append(mine)
            kept["peer"].append(theirs)
            for key, speed, size in (("docketShare", mine, my_bytes), ("peerShare", theirs, their_bytes)):
                if rate and size and row == "decode":
                    kept[key].append(speed * size / rate)
            say(f"{row} round {len(kept['docket'])}: {peer.name}:{form} {theirs:.4g}, docket:{bits} {mine:.4g} {unit}")
    return found, failed


def better(unit, mine, theirs):
    return mine / theirs if unit == "tokens/s" else theirs / mine


def flags():
    try:
        with open("/proc/cpuinfo") as lines:
            words = next((line.split(":")[1].split() for line in lines if line.startswith("flags")), [])
    except OSError:
        words = []
    return [flag for flag in FLAGS if flag in words]


def printed(heading, rows, markdown):
    if not markdown:
        table(heading, rows)
        return
    for row in [heading, ["---"] * len(heading), *rows]:
        print("| " + " | ".join(str(cell) for cell in row) + " |")


def main():
    options = arguments()
    loads = [os.getloadavg()[0]]
    if loads[0] > 0.5:
        say(f"others are at work on this machine (load {loads[0]:.1f}): figures are worse than it can do")
    results, failures = [], []
    with tempfile.TemporaryDirectory() as folder:
        pictures = Pictures(folder)
        bandwidth = Bandwidth(folder, options.threads)
        docket = Docket(options, pictures)
        peers = [Llama(name, where, options, pictures)
                 for name, where in (("llama", options.llama), ("ik", options.ik)) if where]
        if options.bench:
            peers.append(Transformers(options))
        try:
            for row in options.only:
                bandwidth.measure()
                found, failed = rounds(row, options, docket, peers, bandwidth)
                failures += failed
                for (bits, peer, form), kept in found.items():
                    results.append((row, bits, f"{peer}:{form}", kept))
        except KeyboardInterrupt:
            say("interrupted; these rows were measured")
        versions = [docket.version(), *(peer.version() for peer in peers)]
    loads.append(os.getloadavg()[0])

    rows, printable = [], []
    for row, bits, peer, kept in results:
        unit = UNITS.get(row, "s")
        ratios = [better(unit, mine, theirs) for mine, theirs in zip(kept["docket"], kept["peer"])]
        shares = [f"{median(kept[key]):.0%}" if kept[key] else "" for key in ("peerShare", "docketShare")]
        rows.append([row, unit, peer, spread(kept["peer"], ".4g"), shares[0], f"docket:{bits}",
                     spread(kept["docket"], ".4g"), shares[1], spread(ratios, ".2f")])
        printable.append({
            "row": row, "unit": unit, "peer": peer, "docket": bits, "peerFigure": median(kept["peer"]),
            "docketFigure": median(kept["docket"]), "ratio": median(ratios), "leastRatio": min(ratios),
            "greatestRatio": max(ratios), "rounds": len(ratios),
            "peerShare": median(kept["peerShare"]) if kept["peerShare"] else None,
            "docketShare": median(kept["docketShare"]) if kept["docketShare"] else None,
        })
    rate = max(bandwidth.found) if bandwidth.found else None
    told = f", memory read at {rate / 1e9:.1f} GB/s" if rate else ""
    kept_to = ", kept to AVX2" if options.avx2 else ""
    if not options.json:
        print(f"{machine()}; {options.threads} threads, {options.rounds} rounds{kept_to}{told}; "
              f"load {loads[0]:.1f} before, {loads[1]:.1f} after")
        print(f"processor: {' '.join(flags())}")
        print(f"{'; '.join(versions)}")
        if options.markdown:
            print()
        printed(["row", "unit", "peer", "its median (least to greatest)", "of memory", "docket", "median (least to greatest)",
                 "of memory", "docket better by"], rows, options.markdown)
        if options.markdown:
            return
    print(json.dumps({
        "machine": machine(), "flags": flags(), "threads": options.threads, "avx2": options.avx2, "versions": versions,
        "bandwidth": rate, "load": loads, "results": printable, "failures": failures,
    }))


if __name__ == "__main__":
    main()
