#!/usr/bin/env python3
"""What packed weights cost: errors layer by layer, beside those of Q8_0 and Q4_0 on the same weights.

    Benchmarks/quantization.py CHECKPOINT [--packed FILE ...] [--parity BIN] [--side PIXELS] [--question TEXT]

CHECKPOINT  a folder of Hugging Face's layout; random weights of the real shape do
--packed    what `docket model quantize` made of it: any number of .docket files; int8 and int4 are packed in memory unless given
--parity    the program that writes what each stage of the engine computes (`swift build --product parity`)

Needs torch, transformers and the gguf package, and memory for the weights as float32 (four bytes a parameter). The truth is transformers in
float32. Q8_0 and Q4_0 are its weights rounded and widened again by the gguf package, in all linear layers and the embedding; the kernel of the patches
stays as it is, as in llama.cpp. Docket runs everything itself, activations rounded too. Both get the same tokens and patches. Errors are relative, by
the sums of squares.
Exit status 1 when an int8 file's error at a layer or the logits is more than 2 times that of Q8_0, or an int4 file's more than that of Q4_0.
"""

import argparse
import json
import struct
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy

from measure import machine, table

ROOT = Path(__file__).resolve().parent.parent
PROMISES = {"int8": ("Q8_0", 2.0), "int4": ("Q4_0", 1.0)}
THREADS = ThreadPoolExecutor(2)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--packed", type=Path, nargs="+", default=[])
    parser.add_argument("--parity", default=str(ROOT / ".build/debug/parity"))
    parser.add_argument("--side", type=int, default=192, help="of the drawn picture, in pixels")
    parser.add_argument("--question", default="What is the total on this receipt, and when was it paid?")
    parser.add_argument("--matrices", type=int, default=2, help="of each kind, whose weights are compared")
    return parser.parse_args()


# Safetensors and packed files

def read_arrays(path):
    with open(path, "rb") as file:
        length, = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
    data = numpy.memmap(path, numpy.uint8, "r", 8 + length)
    return {name: data[slice(*entry["data_offsets"])].view(numpy.float32).reshape(entry["shape"])
            for name, entry in header.items() if name != "__metadata__"}


def write_arrays(path, arrays):
    header, end = {}, 0
    for name, array in arrays.items():
        kind = {"float32": "F32", "int32": "I32"}[str(array.dtype)]
        header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": [end, end + array.nbytes]}
        end += array.nbytes
    text = json.dumps(header).encode()
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for array in arrays.values():
            file.write(numpy.ascontiguousarray(array).tobytes())


def rotation():
    """The matrix that groups of 128 inputs are multiplied by: signs, then the Walsh-Hadamard transform."""
    k = numpy.arange(128)
    bit = [(k >> place) & 1 for place in range(6)]
    signs = 1 - 2 * ((bit[0] & bit[1]) ^ (bit[2] & bit[3]) ^ (bit[4] & bit[5]))
    transform = numpy.ones((1, 1))
    for _ in range(7):
        transform = numpy.block([[transform, transform], [transform, -transform]])
    return (transform * signs).astype(numpy.float32)


class PackedFile:
    """A packed model file, read as `Documentation/PackedModels.md` describes it."""

    def __init__(self, path):
        self.path = path
        with open(path, "rb") as file:
            prefix = file.read(64)
            if prefix[:8] != b"docket\x1a\n":
                sys.exit(f"{path} is no packed model file")
            offset, count = struct.unpack("<QQ", prefix[16:32])
            file.seek(offset)
            self.contents = json.loads(file.read(count))
        self.bytes = numpy.memmap(path, numpy.uint8, "r")
        self.tensors = {tensor["name"]: tensor for tensor in self.contents["tensors"]}

    @property
    def form(self):
        return self.contents["precision"]

    def matrix(self, name):
        """A packed matrix as float32; None for what is not packed."""
        tensor = self.tensors.get(name)
        if tensor is None or tensor["form"] not in PROMISES:
            return None
        outputs, depth = tensor["shape"][0], int(numpy.prod(tensor["shape"][1:]))
        panels, groups = -(-outputs // 32), -(-depth // 128)
        blocks = self.bytes[tensor["offset"]:tensor["offset"] + tensor["bytes"]].reshape(panels, groups, -1)
        scales = numpy.ascontiguousarray(blocks[..., :64]).view(numpy.uint16).astype(numpy.uint32) << 16
        if tensor["form"] == "int8":
            q = blocks[..., 64:].reshape(panels, groups, 32, 32, 4).astype(numpy.float32) - 128
            values = q.transpose(0, 3, 1, 2, 4)
        else:
            steps = blocks[..., 64:192].reshape(panels, groups, 4, 32)
            pairs = blocks[..., 192:].reshape(panels, groups, 4, 4, 32, 4)
            halves = [((pairs >> shift & 15).astype(numpy.float32) - 8)
                      * (steps >> shift & 15)[:, :, :, None, :, None] for shift in (0, 4)]
            values = numpy.stack(halves, 3).transpose(0, 5, 1, 2, 3, 4, 6)
        values = values.reshape(panels * 32, groups, 128)
        values = values * scales.view(numpy.float32).transpose(0, 2, 1).reshape(panels * 32, groups, 1)
        return (values @ rotation()).reshape(panels * 32, groups * 128)[:outputs, :depth]


# The rivals' formats

def rounded(weights, kind):
    """Rows rounded to blocks of 32 and widened again, by the gguf package; the last block of a row is filled up with zeros."""
    from gguf import GGMLQuantizationType, quants

    kind = GGMLQuantizationType[kind]
    rows, depth = weights.shape
    result = numpy.empty_like(weights)

    def part(start):
        block = numpy.pad(weights[start:start + 2048], ((0, 0), (0, -depth % 32)))
        result[start:start + 2048] = quants.dequantize(quants.quantize(block, kind), kind)[:, :depth]

    list(THREADS.map(part, range(0, rows, 2048)))
    return result


# The reference

class Reference:
    """Transformers in float32, with whatever weights."""

    def __init__(self, options):
        import torch
        import transformers
        from safetensors import safe_open

        self.torch = torch
        torch.set_grad_enabled(False)
        config = transformers.AutoConfig.from_pretrained(options.checkpoint)
        self.sees = hasattr(config, "vision_config")
        kind = transformers.AutoModelForImageTextToText if self.sees else transformers.AutoModelForCausalLM
        self.model = kind.from_pretrained(options.checkpoint, dtype=torch.float32, attn_implementation="sdpa").eval()
        self.stored = {}
        for path in sorted(options.checkpoint.glob("*.safetensors")):
            file = safe_open(path, "pt")
            self.stored.update({name: file for name in file.keys()})
        self.matrices = {f"{name}.weight": module.weight for name, module in self.model.named_modules()
                         if isinstance(module, (torch.nn.Linear, torch.nn.Embedding))
                         and not name.endswith("pos_embed") and f"{name}.weight" in self.stored}
        self.stages = {}
        self.watch()
        self.inputs = self.prompt(options)

    def original(self, name):
        return self.stored[name].get_tensor(name).float().numpy()

    def prompt(self, options):
        import transformers
        from PIL import Image

        content = [{"type": "text", "text": options.question}]
        if not self.sees:
            tokenizer = transformers.AutoTokenizer.from_pretrained(options.checkpoint)
            text = f"<|im_start|>user\n{options.question}<|im_end|>\n<|im_start|>assistant\n"
            return dict(tokenizer(text, return_tensors="pt"))
        # Stripes and noise; random weights do not care what is on it.
        y, x = numpy.mgrid[0:options.side, 0:options.side]
        noise = numpy.random.default_rng(5).integers(0, 40, x.shape)
        pixels = numpy.stack([x * 255 // options.side, y * 255 // options.side, (x // 16 + y // 16) % 2 * 200 + noise], -1)
        processor = transformers.AutoProcessor.from_pretrained(options.checkpoint)
        text = processor.apply_chat_template([{"role": "user", "content": [{"type": "image"}] + content}],
                                             tokenize=False, add_generation_prompt=True)
        picture = Image.fromarray(pixels.astype(numpy.uint8))
        return dict(processor(text=[text], images=[picture], return_tensors="pt"))

    def written_inputs(self, path):
        arrays = {"tokens": self.inputs["input_ids"][0].numpy().astype(numpy.int32)}
        if self.sees:
            arrays["pixel_values.0"] = self.inputs["pixel_values"].float().numpy()
            arrays["grid.0"] = self.inputs["image_grid_thw"][0].numpy().astype(numpy.int32)
        write_arrays(path, arrays)

    def watch(self):
        """Stages by the engine's names."""
        def keep(name, value):
            value = value[0] if isinstance(value, tuple) else value
            self.stages[name] = value.reshape(-1, value.shape[-1]).numpy().copy()

        def entering(module, name):
            module.register_forward_pre_hook(
                lambda _, positional, named: keep(name, positional[0] if positional else named["hidden_states"]),
                with_kwargs=True)

        def leaving(module, name):
            module.register_forward_hook(lambda _, __, output: keep(name, output))

        decoder = self.model.model.language_model if self.sees else self.model.model
        for index, layer in enumerate(decoder.layers):
            entering(layer, f"hidden.{index}")
        entering(decoder.norm, f"hidden.{len(decoder.layers)}")
        leaving(decoder.norm, "final_norm")
        if self.sees:
            tower = self.model.model.visual
            for index, block in enumerate(tower.blocks):
                leaving(block, f"vision.block.{index}")
            leaving(tower.merger, "vision.merger")
            for index, merger in enumerate(tower.deepstack_merger_list):
                leaving(merger, f"vision.deepstack.{index}")

    def run(self, kind=None):
        """All stages with the weights rounded to a format."""
        if kind:
            for name, parameter in self.matrices.items():
                parameter.data.copy_(self.torch.from_numpy(rounded(self.original(name), kind)))
        self.stages = {}
        logits = self.model(**self.inputs).logits
        return dict(self.stages, logits=logits[0].numpy().copy())


# Docket

def docket(options, model, inputs, precision="float32"):
    """All stages as the engine computes them."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "stages.safetensors"
        done = subprocess.run([options.parity, "stages", str(model), str(inputs), str(output), precision],
                              capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"parity ended with {done.returncode}: {(done.stdout + done.stderr).strip()}")
        return {name: numpy.array(array) for name, array in read_arrays(output).items()}


# Measures

def relative(found, truth):
    """Relative errors of the stages that both have."""
    def error(one, other):
        if one.shape != other.shape:
            sys.exit(f"shapes differ: {one.shape} and {other.shape}")
        if not numpy.isfinite(one).all():
            return float("inf")
        return float(numpy.linalg.norm((one - other).astype(numpy.float64)) / numpy.linalg.norm(other.astype(numpy.float64)))

    return {name: error(found[name], truth[name]) for name in truth if name in found}


def greedy(found, truth):
    """How many positions have the same best token; the largest lead of a best token that was lost; the largest error."""
    order = numpy.sort(truth["logits"], -1)
    lead = order[:, -1] - order[:, -2]
    same = found["logits"].argmax(-1) == truth["logits"].argmax(-1)
    return {"same": int(same.sum()), "of": len(same), "largest_lead_lost": float(lead[~same].max(initial=0)),
            "largest_error": float(numpy.abs(found["logits"] - truth["logits"]).max())}


def kinds_of(names):
    """Names by what stands in them besides numbers."""
    kinds = {}
    for name in names:
        kinds.setdefault(".".join("N" if part.isdigit() else part for part in name.split(".")), []).append(name)
    return kinds


def compare_matrices(options, reference, files):
    rows, result = [], {}
    for kind, names in kinds_of(reference.matrices).items():
        picked = names[::max(1, len(names) // options.matrices)][:options.matrices]
        errors = {}
        for name in picked:
            truth = reference.original(name)
            found = {rival: rounded(truth, rival) for rival, _ in PROMISES.values()}
            found.update({file.form: matrix for file in files if (matrix := file.matrix(name)) is not None})
            for form, matrix in found.items():
                errors.setdefault(form, []).append(relative({"w": matrix}, {"w": truth})["w"])
        result[kind] = {form: max(values) for form, values in errors.items()}
        rows.append([kind] + [f"{result[kind][form]:.5f}" if form in result[kind] else ""
                              for form in ("Q8_0", "int8", "Q4_0", "int4")])
    print("\nweights, the worst of each kind\n")
    table(["matrix", "Q8_0", "int8", "Q4_0", "int4"], rows)
    return result


def main():
    options = arguments()
    print(machine())
    reference = Reference(options)
    files = [PackedFile(path) for path in options.packed]
    matrices = compare_matrices(options, reference, files)

    truth = reference.run()
    with tempfile.TemporaryDirectory() as folder:
        inputs = Path(folder) / "inputs.safetensors"
        reference.written_inputs(inputs)
        runs = {"docket f32": docket(options, options.checkpoint, inputs),
                "docket bf16": docket(options, options.checkpoint, inputs, "bfloat16")}
        packed = {file.form: file.path for file in files}
        for form in PROMISES:
            runs[form] = docket(options, packed[form], inputs) if form in packed else docket(
                options, options.checkpoint, inputs, form)
    runs.update({rival: reference.run(rival) for rival, _ in PROMISES.values()})

    errors = {name: relative(run, truth) for name, run in runs.items()}
    best = {name: greedy(run, truth) for name, run in runs.items()}
    broken, ratios = [], {}
    for form, (rival, factor) in PROMISES.items():
        ratios[form] = {stage: errors[form][stage] / errors[rival][stage] for stage in errors[form]}
        broken += [f"{form} {stage}: {ratio:.2f} times {rival}" for stage, ratio in ratios[form].items() if ratio > factor]
    print(f"\nstages, {len(truth['logits'])} positions\n")
    headers = ["stage"] + list(errors) + [f"{form}/{PROMISES[form][0]}" for form in ratios]
    table(headers, [[stage] + [f"{errors[name][stage]:.2e}" for name in errors]
                    + [f"{ratios[form][stage]:.2f}" for form in ratios] for stage in errors["docket f32"] if stage in truth])
    print()
    table(["logits", "same best token", "largest lead of one lost", "largest error"],
          [[name, f"{one['same']} of {one['of']}", f"{one['largest_lead_lost']:.3f}", f"{one['largest_error']:.3f}"]
           for name, one in best.items()])
    for line in broken:
        print(f"more than promised: {line}")
    print(json.dumps({"matrices": matrices, "errors": errors, "ratios": ratios, "greedy": best}))
    sys.exit(1 if broken else 0)


if __name__ == "__main__":
    main()
