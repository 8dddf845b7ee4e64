#!/usr/bin/env python3
"""What the engine says on a full-size checkpoint beside what Hugging Face transformers says, token by token.

    Benchmarks/full-size.py CHECKPOINT PICTURE [--docket BIN] [--tokens N] [--precision f32]

Needs torch, torchvision and transformers, and memory for the weights as float32 (four bytes a parameter).
Both get the same picture and question and decode greedily. A token may differ only where the reference itself sees its
two best less than --margin apart; from there on the two texts are different texts and are not compared. Exit status 1 when they part earlier.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint")
    parser.add_argument("picture")
    parser.add_argument("--question", default="Describe this picture.")
    parser.add_argument("--docket", default=str(ROOT / ".build/release/docket"))
    parser.add_argument("--tokens", type=int, default=8)
    parser.add_argument("--precision", default="f32")
    parser.add_argument("--margin", type=float, default=0.001, help="in units of log-probability")
    return parser.parse_args()


def reference(options):
    import torch
    import torchvision  # noqa: F401
    from PIL import Image
    from transformers import AutoProcessor, Qwen3VLForConditionalGeneration

    torch.set_grad_enabled(False)
    model = Qwen3VLForConditionalGeneration.from_pretrained(
        options.checkpoint, dtype=torch.float32, attn_implementation="sdpa").eval()
    processor = AutoProcessor.from_pretrained(options.checkpoint)
    messages = [{"role": "user", "content": [{"type": "image"}, {"type": "text", "text": options.question}]}]
    text = processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    inputs = dict(processor(text=[text], images=[Image.open(options.picture).convert("RGB")], return_tensors="pt"))
    out = model.generate(**inputs, do_sample=False, max_new_tokens=options.tokens, return_dict_in_generate=True,
                         output_logits=True)
    steps = []
    for token, logits in zip(out.sequences[0, inputs["input_ids"].shape[1]:].tolist(), out.logits):
        top = torch.log_softmax(logits[0].float(), -1).topk(2)
        steps.append((token, float(top.values[0]), float(top.values[0] - top.values[1])))
    return steps


def ours(options):
    command = [options.docket, "ask", options.question, options.picture, "--model", options.checkpoint, "--json",
               "--logprobs", "2", "--max-tokens", str(options.tokens), "--precision", options.precision,
               "--image-tokens", "16384"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        sys.exit(f"docket ended with {done.returncode}: {done.stderr.strip()}")
    return [(step["id"], step["logprob"]) for step in json.loads(done.stdout)["logprobs"]]


def main():
    options = arguments()
    mine = ours(options)
    theirs = reference(options)
    worst = 0.0
    for number, ((token, logprob), (expected, expected_logprob, margin)) in enumerate(zip(mine, theirs)):
        same = token == expected
        print(f"{number:3} {token:7} {logprob:10.5f}   {expected:7} {expected_logprob:10.5f}   margin {margin:.5f} "
              f"{'' if same else 'other token'}")
        if not same:
            if margin > options.margin:
                sys.exit(1)
            break
        worst = max(worst, abs(logprob - expected_logprob))
    print(f"largest difference of a log-probability: {worst:.2e}")


if __name__ == "__main__":
    main()
