#!/usr/bin/env python3
"""Makes fixtures/tokenizer: a small tokenizer of Qwen's kind and what the reference does with it.

    pip install tokenizers==0.23.3 jinja2
    python3 Tests/Support/tokenizer/make_fixture.py

The vocabulary is trained on the sentences below, which were written for this; the same script and
version give the same bytes. `expected.jsonl` has texts, their ids and their decoded forms,
`chat.json` conversations with templates written here in the manner of Qwen's, rendered by Jinja.
"""

import json
import pathlib
import random

import jinja2.sandbox
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

import compare

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "fixtures/tokenizer"
EXPRESSION = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*"
    r"|\s*[\r\n]+|\s+(?!\S)|\s+"
)
SENTENCES = """
The invoice lists seven items, and the total at the bottom doesn't agree with them.
Please pay the amount of $1,204.50 within thirty days of the date of this invoice.
We've counted the boxes in the second warehouse; they're all there, as you'll see.
Date: 2026-03-14    Number: A-1077    Customer: North Harbour Tools Ltd.
Total: 88.00 EUR, of which 14.05 EUR is tax at 19 %.
def total(items):\n    return sum(item.price * item.count for item in items)\n
{"number": "A-1077", "total": 88.0, "items": [{"name": "hammer", "count": 3}]}
<table>\n    <tr><td>hammer</td><td>3</td></tr>\n</table>\n
Der Zähler im Keller wurde am 3. März abgelesen; die Rechnung folgt später.
Le café du théâtre a été livré à l'hôtel où nous étions déjà l'été dernier.
El señor Núñez pagó la factura mañana por la mañana, según él.
Счёт за сентябрь оплачен полностью, спасибо за быструю работу.
Ο λογαριασμός πληρώθηκε την προηγούμενη εβδομάδα.
发票的合计金额是八十八元，日期是三月十四日。请在三十天之内付款。
この領収書の合計金額は八百八十円です。日付は三月です。
영수증의 합계 금액은 팔십팔 유로입니다. 날짜는 삼월입니다.
यह बिल मार्च महीने का है और इसका भुगतान हो चुका है।
החשבונית שולמה במלואה. الفاتورة مدفوعة بالكامل.
😀 👍🏽 ✓ → … “quoted” ‘single’ — dash – € £ ¥
""".strip().replace("\\n", "\n").split("\n")
CONTROL = [
    ("<|endoftext|>", True), ("<|im_start|>", True), ("<|im_end|>", True), ("<|vision_start|>", True),
    ("<|vision_end|>", True), ("<|image_pad|>", True), ("<|video_pad|>", True), ("<tool_call>", False),
    ("</tool_call>", False), ("<think>", False), ("</think>", False),
]  # fmt: skip
TEXTS = [
    "", " ", "   ", "\n", "\r\n", " \n \n", "a", " a", "   a   ", "Hello world", "don't I'LL we'Ve 'S it'ſ", "1234.50", "x1y2",
    "  Hello  world  ", "\n\n  foo\n \n bar", "'Tis it's'", "price: $1,234.50!!\n\nnext", "नमस्ते", "zero\u200bwidth\ufeffjoin",
    "e\u0301t\u00e9", "q\u0307\u0323", "\u212b\u2126\u0344\u0958", "\u1100\u1161\u11a8 \uac00\u11a8", "① ½ Ⅷ ２", "😀👍🏽", "\x00\x1f\x7f\x85\xa0",
    "a<|im_end|>b", "<|im_end|><|im_end|>", "<|im_", "<|IM_END|>", "<think>\n\n</think>\n\n", "<tool_call>{}</tool_call>",
    "<|vision_start|><|image_pad|><|vision_end|>", "    return x\n\n\n", "\t\tif x:\n", "!!!???...", "\U0010ffff\ue000\ufffe",
]  # fmt: skip

VISION = """{%- set n = namespace(pictures=0, videos=0) -%}
{%- for m in messages -%}
  {%- if m.role == 'system' and not loop.first -%}{%- continue -%}{%- endif -%}
  {{- '<|im_start|>' + m.role + '\\n' -}}
  {%- if m.content is string -%}{{- m.content -}}{%- else -%}
    {%- for p in m.content -%}
      {%- if p.type == 'image' -%}
        {%- set n.pictures = n.pictures + 1 -%}
        {%- if add_vision_id -%}{{- 'Picture ' ~ n.pictures ~ ': ' -}}{%- endif -%}
        {{- '<|vision_start|><|image_pad|><|vision_end|>' -}}
      {%- elif p.type == 'video' -%}
        {%- set n.videos = n.videos + 1 -%}
        {%- if add_vision_id -%}{{- 'Video ' ~ n.videos ~ ': ' -}}{%- endif -%}
        {{- '<|vision_start|><|video_pad|><|vision_end|>' -}}
      {%- else -%}{{- p.text -}}{%- endif -%}
    {%- endfor -%}
  {%- endif -%}
  {{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}
"""
DEFAULT = """{% for m in messages %}{% if loop.first and m['role'] != 'system' %}<|im_start|>system
You are the clerk\\'s helper.<|im_end|>
{% endif %}{{ '<|im_start|>' + m['role'] + '\\n' + m['content'] + '<|im_end|>' + '\\n' }}{% endfor %}\
{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}""".replace("\\'", "’")
THINKING = """{%- set last = namespace(question=-1) -%}
{%- for m in messages -%}{%- if m.role == 'user' -%}{%- set last.question = loop.index0 -%}{%- endif -%}{%- endfor -%}
{%- for m in messages -%}
  {%- set said = m.content -%}{%- set thought = '' -%}
  {%- if m.role == 'assistant' and '</think>' in said -%}
    {%- set thought = m.content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') -%}
    {%- set said = m.content.split('</think>')[-1].lstrip('\\n') -%}
  {%- endif -%}
  {%- if m.role == 'assistant' and loop.index0 > last.question and (loop.last or (not loop.last and thought)) -%}
    {{- '<|im_start|>assistant\\n' ~ '<think>\\n' ~ thought.strip('\\n') ~ '\\n</think>\\n\\n' ~ said.lstrip('\\n') -}}
  {%- else -%}{{- '<|im_start|>' + m.role + '\\n' + said -}}{%- endif -%}
  {{- '<|im_end|>\\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}
  {{- '<|im_start|>assistant\\n' -}}
  {%- if enable_thinking is defined and enable_thinking is false -%}{{- '<think>\\n\\n</think>\\n\\n' -}}{%- endif -%}
{%- endif -%}
"""
ALWAYS = """{%- for m in messages -%}{{- '<|im_start|>' + m.role + '\\n' + m.content + '<|im_end|>\\n' -}}{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n<think>\\n' -}}{%- endif -%}
"""


def train() -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(EXPRESSION), behavior="isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])  # fmt: skip
    tokenizer.decoder = decoders.ByteLevel(add_prefix_space=False, use_regex=False)
    trainer = trainers.BpeTrainer(vocab_size=1000, min_frequency=1, show_progress=False, special_tokens=[],
                                  initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()))  # fmt: skip
    tokenizer.train_from_iterator(SENTENCES + ["      " * 4, "\n\n\n\n", "aaaaaaaaaaaaaaaa", "----------------"], trainer)
    for text, special in CONTROL:
        token = AddedToken(text, normalized=False, special=special)
        (tokenizer.add_special_tokens if special else tokenizer.add_tokens)([token])
    return tokenizer


def write_tokenizer(tokenizer: Tokenizer) -> None:
    whole = json.loads(tokenizer.to_str())
    whole["model"]["vocab"] = dict(sorted(whole["model"]["vocab"].items(), key=lambda item: item[1]))
    pairs = [m if isinstance(m, list) else m.split(" ") for m in whole["model"]["merges"]]
    whole["model"]["merges"] = pairs
    (FOLDER / "tokenizer.json").write_text(json.dumps(whole, ensure_ascii=False, indent=1) + "\n", "utf-8")
    (FOLDER / "vocab.json").write_text(json.dumps(whole["model"]["vocab"]) + "\n", "utf-8")  # escapes, on purpose
    (FOLDER / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in pairs), "utf-8")
    decoder = {str(t["id"]): {k: v for k, v in t.items() if k != "id"} for t in whole["added_tokens"]}
    configuration = {"added_tokens_decoder": decoder, "chat_template": VISION, "eos_token": "<|im_end|>",
                     "add_prefix_space": False, "tokenizer_class": "Qwen2Tokenizer"}  # fmt: skip
    (FOLDER / "tokenizer_config.json").write_text(json.dumps(configuration, indent=1) + "\n", "utf-8")


def write_expected(tokenizer: Tokenizer) -> None:
    r = random.Random(7)
    size = tokenizer.get_vocab_size()
    tokens = [tokenizer.decode([i], skip_special_tokens=False) for i in range(size)]
    texts = TEXTS + SENTENCES
    texts += ["".join(compare.part(r, tokens) for _ in range(r.randint(1, 5))) for _ in range(160)]
    lines = [{"text": t, "ids": tokenizer.encode(t, add_special_tokens=False).ids} for t in texts]
    lines += [{"ids": [r.randrange(256) if r.random() < 0.6 else r.randrange(size + 9)
                       for _ in range(r.randint(1, 9))]} for _ in range(60)]  # fmt: skip
    with open(FOLDER / "expected.jsonl", "w", encoding="utf-8") as out:
        for line in lines:
            line["decoded"] = tokenizer.decode(line["ids"], skip_special_tokens=False)
            line["skipped"] = tokenizer.decode(line["ids"], skip_special_tokens=True)
            out.write(json.dumps(line) + "\n")


def write_chat(tokenizer: Tokenizer) -> None:
    environment = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True,
                                                               extensions=["jinja2.ext.loopcontrols"])  # fmt: skip
    user = lambda c: {"role": "user", "content": c}
    said = lambda c: {"role": "assistant", "content": c}
    system = lambda c: {"role": "system", "content": c}
    image, video, text = {"type": "image"}, {"type": "video"}, lambda t: {"type": "text", "text": t}
    plain = [
        [user("What is the total?")],
        [system("Answer in one word."), user("\n\nWhat is the date?  ")],
        [user("First?"), said("One."), user("Second?")],
        [system(""), user("")],
    ]
    seen = [
        [user([image, text("Describe this picture.")])],
        [user([text("Before "), image, text(" between "), image, text("\nafter")]), said("Two pictures."), user([image])],
        [system("Look closely."), user([video, text("What moves?"), image])],
    ]
    thought = [
        [user("First?"), said("<think>\nhm\n</think>\n\nOne."), user("Second?")],
        [user("First?"), said("<think>\nhm\n</think>\n\nOne.")],
        [user("First?"), said("One."), said("<think>a</think>b</think>\n\n\nTwo.\r\n")],
        [user("First?"), said("hm\n</think>\u0338One."), said("\nTwo.")],
    ]
    cases = []
    def add(template, conversations, **options):
        for messages in conversations:
            for prompt in (True, False):
                given = {"add_generation_prompt": prompt, **options}
                rendered = environment.from_string(template).render(messages=messages, **given)
                ids = tokenizer.encode(rendered, add_special_tokens=False).ids
                cases.append({"template": names[template], "messages": messages, "options": given, "rendered": rendered, "ids": ids})
    names = {VISION: "vision", DEFAULT: "default", THINKING: "thinking", ALWAYS: "always"}
    add(VISION, plain + seen)
    add(VISION, seen, add_vision_id=True)
    add(DEFAULT, plain)
    add(THINKING, plain + thought)
    add(THINKING, plain[:1], enable_thinking=False)
    add(ALWAYS, plain)
    out = {"templates": {name: template for template, name in names.items()}, "cases": cases}
    (FOLDER / "chat.json").write_text(json.dumps(out, ensure_ascii=False, indent=1) + "\n", "utf-8")


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    tokenizer = train()
    write_tokenizer(tokenizer)
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    write_expected(tokenizer)
    write_chat(tokenizer)
    for path in sorted(FOLDER.iterdir()):
        print(path.name, path.stat().st_size)


if __name__ == "__main__":
    main()
