import PipelineSpec
import Testing

@Suite struct SpecFaultTests {
    @Test func `the model of the tests is without faults`() {
        #expect(faults(goodSpec) == [])
    }

    @Test func `all faults are told at once, in the order of the file`() {
        let found = faults(
            """
            pipelin: receipts
            input:
              folders: []
              limits: {bytes: 64XB, byte: 3}
            record:
              path: {type: text}
              date: {type: dat}
              date: {type: date}
              total: {type: money, requird: true}
            steps:
              - find: [date, totl]
              - check: [total = nett]
            outputs: {table: run}
            """
        )
        #expect(
            found == [
                "1:1: unknown key `pipelin` in the pipeline; expected `pipeline`",
                "3:12: `folders` is an empty list; expected a list of folders",
                "4:19: `bytes` is `64XB`; expected a size such as 64MB or 64MiB, at most 1024GiB",
                "4:25: unknown key `byte` in `limits`; expected `bytes`",
                "6:3: a field cannot be called `path`, a column of every export is; expected another name",
                "7:16: unknown type `dat`; expected `date`",
                "8:3: key `date` is given twice, first in line 7; expected each key once",
                "9:24: unknown key `requird` in field `total`; expected `required`",
                "11:5: `find` works on text that no step has read; expected `- read: text` above it",
                "11:18: `totl` is not a field of the record; expected `total`",
                "12:21: rule `total = nett`: `nett` is not a field of the record; expected total",
                "13:1: unknown key `outputs` in the pipeline; expected `output`",
                "13:18: a view cannot be called `run`, a table of the database is; expected another name",
            ]
        )
    }

    @Test(arguments: [
        // Keys and shapes
        ("steps:", "stepps:", "10:1: unknown key `stepps` in the pipeline; expected `steps`"),
        ("pipeline: receipts", "pipeline:", "1:10: `pipeline` is empty; expected a letter"),
        ("pipeline: receipts", "pipeline: [a]", "1:11: `pipeline` is a list; expected a letter"),
        ("pipeline: receipts", "pipeline: my scans", "1:11: `my scans` cannot name a pipeline"),
        ("  folders: [scans]", "  include: ['*']", "3:3: `input` has no `folders`"),
        ("folders: [scans]", "folders: {a: b}", "3:12: `folders` is a mapping"),
        ("folders: [scans]", "folders: [[a]]", "3:13: an entry of `folders` is a list"),
        ("folders: [scans]", "folders: [a, ./a]", "3:16: `./a` stands twice in `folders`"),
        ("folders: [scans]", "folders: ['']", "3:13: an entry of `folders` is empty; expected"),
        // Globs
        ("[scans]", "[scans]\n  include: ['{a']", "4:13: glob `{a`: has a `{` without `}`"),
        ("[scans]", "[scans]\n  include: ['[a']", "4:13: glob `[a`: has a `[` without `]`"),
        ("[scans]", "[scans]\n  exclude: ['/a']", "4:13: glob `/a`: begins with `/`"),
        ("[scans]", "[scans]\n  exclude: ['../a']", "4:13: glob `../a`: holds `..`"),
        (
            "[scans]", "[scans]\n  include: ['[z-a]']",
            "4:13: glob `[z-a]`: has a range that runs backw"
        ),
        ("[scans]", "[scans]\n  include: ['[a/b]']", "4:13: glob `[a/b]`: has a `[` without `]`"),
        ("[scans]", "[scans]\n  include: ['.']", "4:13: glob `.`: names the folder itself"),
        ("[scans]", "[scans]\n  include: ['a}']", "4:13: glob `a}`: has a `}` without `{`"),
        ("[scans]", "[scans]\n  include: []", "4:12: `include` is an empty list"),
        // Quantities
        ("[scans]", "[scans]\n  settle: 2x", "4:11: `settle` is `2x`; expected a duration"),
        ("[scans]", "[scans]\n  settle: 25h", "4:11: `settle` is `25h`; expected a duration"),
        ("[scans]", "[scans]\n  limits: {pages: 0}", "4:19: `pages` is `0`; expected a count"),
        ("[scans]", "[scans]\n  limits: {pages: 1.5}", "4:19: `pages` is `1.5`; expected a count"),
        ("[scans]", "[scans]\n  limits: {bytes: 99999999999999999999}", "4:19: `bytes` is `99999"),
        ("[scans]", "[scans]\n  limits: {bytes: -1}", "4:19: `bytes` is `-1`"),
        ("[scans]", "[scans]\n  limits: {stall: 0}", "4:19: `stall` is `0`"),
        // Fields
        ("required: true", "required: perhaps", "5:36: `required` is `perhaps`; expected true or"),
        (
            "record:", "record:\n  1st: text",
            "5:3: `1st` cannot name a field; expected a letter, then"
        ),
        ("merchant: {type: text,", "merchant: {", "5:13: field `merchant` has no `type`; expected"),
        ("order: day-first", "order: dayfirst", "6:29: unknown `order` `dayfirst`; expected `day-"),
        (
            "required: true", "labels: [a]",
            "5:34: `labels` does not go with type text; expected typ"
        ),
        (
            "labels: [food, travel]", "labels: []",
            "8:35: `labels` is an empty list; expected a list"
        ),
        (
            ", labels: [food, travel]", "",
            "8:20: field `category` has no `labels`; expected labels:"
        ),
        ("labels: [food, travel]", "labels: [a, a]", "8:39: `a` stands twice in `labels`"),
        (
            "of: {name: text, price: money,", "of: {name: list, price: money,",
            "9:34: unknown type `list`"
        ),
        (
            "of: {name: text,", "of: {Price: text,",
            "9:41: a column cannot be called `price`, another"
        ),
        (
            "record:", "record:\n  items_name: text",
            "5:3: a field cannot be called `items_name`, a column of the list"
        ),
        (
            "record:", "record:\n  Status: text",
            "5:3: a field cannot be called `Status`, a column of every export"
        ),
        (
            "record:", "record:\n  TOTAL: money",
            "8:3: a field cannot be called `total`, the field `TOTAL` is"
        ),
        (
            "'\\d+,\\d\\d'", "'(\\d'",
            "7:52: regular expression `(\\d`: expected ')'; expected a regular"
        ),
        (
            "'\\d+,\\d\\d'", "'(\\d+)+'",
            "7:52: regular expression `(\\d+)+`: repeats a group that repeats inside, and may never end"
        ),
        ("'\\d+,\\d\\d'", "''", "7:52: `pattern` is empty; expected a regular expression"),
        // Steps
        ("- find:", "- fnd:", "12:5: unknown verb `fnd`; expected `find`"),
        ("- find:", "- read: text\n    find:", "12:5: a step with two verbs, `read` and `find`"),
        ("- read: text", "- read: text\n  - read: text", "12:5: a second `read` step"),
        (
            "- read: text", "- read: text\n    layout: blok",
            "12:13: unknown `layout` `blok`; expected `block`"
        ),
        (
            "- read: text", "- read: text\n    prepare: bset",
            "12:14: unknown preparation `bset`; expected `best`"
        ),
        (
            "- read: text", "- read: text\n    prepare: [turn]",
            "12:15: unknown preparation `turn`; expected one of"
        ),
        (
            "- read: text", "- read: text\n    languages: eng+",
            "12:16: `eng+` cannot name a language"
        ),
        (
            "- read: text", "- read: text\n    languages: [../eng]",
            "12:17: `../eng` cannot name a language"
        ),
        (
            "- read: text", "- read: text\n    languages: [script/Latn]",
            "12:17: `script/Latn` cannot name"
        ),
        (
            "- read: text", "- read: text\n    engine: tool --x",
            "12:13: `engine` is one text with spaces"
        ),
        (
            "- read: text", "- read: text\n    engine: []",
            "12:13: `engine` is an empty list; expected"
        ),
        ("- read: text", "- read: page", "11:11: unknown `read` `page`; expected text"),
        ("ask: Read this.", "ask: ", "13:9: `ask` is empty; expected a question or instruction"),
        (
            "fills: [items]", "fills: [itms]",
            "14:13: `itms` is not a field of the record; expected `items`"
        ),
        (
            "when: {missing: [items]}", "when: {or-confidence-below: 0.5}",
            "15:11: `when` has no `missing`"
        ),
        (
            "when: {missing: [items]}", "when: {missing: [items], or-confidence-below: 80}",
            "15:51: `or-confidence-below` is `80`"
        ),
        (
            "when: {missing: [items]}", "route: modell",
            "15:12: unknown `route` `modell`; expected `model`"
        ),
        (
            "fills: [items]", "fills: [items]\n    form: picture",
            "15:5: unknown key `form` in an `ask` step; expected `from`"
        ),
        (
            "fills: [items]", "fills: [items]\n    max-tokens: 9000",
            "15:17: `max-tokens` is `9000`; expected a count of tokens from 1 to 8192"
        ),
        (
            "fills: [items]", "fills: [items]\n    window: 4\n    stride: 5",
            "16:13: `stride` is `5`; expected a count of pages from 1 to the window's 4"
        ),
        (
            "fills: [items]", "fills: [items]\n    route: text",
            "15:12: `route: text` gives the text as it was read, in one piece; expected `fills` with one field"
        ),
        (
            "fills: [items]", "fills: [merchant, date]\n    route: text",
            "15:12: `route: text` gives the text"
        ),
        (
            "fills: [items]", "fills: merchant\n    route: text\n    from: picture",
            "16:11: `from` is for the language model, which `route: text` leaves out"
        ),
        ("  folders: [scans]", "  folders: [scans]\nmodel: [a, b]", "4:8: `model` is a list"),
        (
            "classify: category", "classify: merchant",
            "16:15: `merchant` is of type text; expected a field of type label"
        ),
        (
            "summarize: merchant", "summarize: merchant\n    window: 3\n    stride: 4",
            "19:13: `stride` is `4`"
        ),
        (
            "total is sum", "total is sun",
            "19:16: rule `total is sun of items.price`: `sun` is not a field"
        ),
        ("- total is sum of items.price", "- {a: b}", "19:7: an entry of `check` is a mapping"),
    ])
    func `one fault is told once, where it is`(old: String, new: String, expected: String) {
        let found = faults(replacing: old, by: new)
        #expect(found.count == 1, "\(found)")
        #expect(found.first?.hasPrefix(expected) == true, "\(found)")
    }

    @Test func `what a read step is given is looked at, even where its first word is wrong`() {
        let found = faults(
            replacing: "read: text",
            by: "read: txt\n    layout: blok\n    prepare: [turn]"
        )
        #expect(found.count == 3, "\(found)")
    }

    @Test func `how sure is sure enough is a number from 0 to 1`() throws {
        #expect(try parse(goodSpec + "output: {review-below: 0.6}\n").reviewBelow == 0.6)
        #expect(try parse(goodSpec + "output: {table: t}\n").reviewBelow == nil)
        for wrong in ["60", "60 %", "-0.5", "often"] {
            let told = faults(goodSpec + "output: {review-below: \(wrong)}\n")
            #expect(told.count == 1)
            #expect(told.first?.contains("`review-below`") == true)
            #expect(told.first?.contains("0.60") == true)
        }
    }

    @Test func `a field named where there is no record is told so`() {
        let found = faults(
            "pipeline: a\ninput: {folders: [b]}\nsteps:\n  - read: text\n  - find: total\n"
        )
        #expect(
            found == [
                "5:11: `total` is not a field of the record; expected a field under `record:`, which has none"
            ]
        )
    }

    @Test func `a faulty field is told once, not again wherever it is named`() {
        let found = faults(replacing: "total: {type: money,", by: "total: {type: mony,")
        #expect(found == ["7:17: unknown type `mony`; expected `money`"])
    }

    @Test(arguments: [
        ("pipeline: \"rec\n", "expected a closing quote"),
        ("a:\n\tb: c\n", "expected spaces: YAML is never indented by tabs"),
        ("a: [**/*.jpg]\n", "expected quotes around what begins with `*`"),
        ("a: \"\\d\"\n", "expected single quotes"),
        ("a: b: c\n", "expected quotes around text that holds a colon"),
        ("a: @b\n", "expected quotes around text that begins with this character"),
        ("a: [b, c\nd: e\n", "expected"), ("[", "expected"), ("a: {b: c\n", "expected"),
        ("a: b\n---\nc: d\n", "a second YAML document begins"),
        ("", "nothing in it; expected a pipeline"), ("# only this\n", "nothing in it"),
        ("a: \u{7}", "1:4: control character U+0007"),
        ("just text", "1:1: the pipeline is one word; expected keys and values"),
    ])
    func `what is not YAML is told with the likely remedy`(text: String, expected: String) {
        let found = faults(text)
        #expect(found.count == 1)
        #expect(found.first?.contains(expected) == true, "\(found)")
    }

    @Test func `the first byte that is not UTF-8 is told by line and column`() {
        var bytes = Array("pipeline: x\ndescription: Gr".utf8)
        bytes += [0xFC, 0x6E]
        #expect {
            try PipelineFile.parse(bytes, file: "a.yaml")
        } throws: { error in
            "\(error)" == "a.yaml:2:16: not UTF-8 text; expected a file saved as UTF-8"
        }
    }

    @Test func `quoted and doubled keys are found where they stand`() {
        let found = faults(
            replacing: "  date:",
            by: "  \"lot\": text\n  'lot': text\n  lot: text\n  date: text\n  date:"
        )
        #expect(
            found == [
                "7:3: key `lot` is given twice, first in line 6; expected each key once",
                "8:3: key `lot` is given twice, first in line 6; expected each key once",
                "10:3: key `date` is given twice, first in line 9; expected each key once",
            ]
        )
    }

    @Test(.timeLimit(.minutes(1)))
    func `bombs of aliases, nesting and size are refused at once`() {
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let entry = "*a\(level - 1)"
            bomb +=
                "a\(level): &a\(level) ["
                + Array(repeating: entry, count: 9).joined(separator: ", ") + "]\n"
        }
        #expect(faults(bomb).first?.contains("more than 20 aliases") == true)
        var keyBomb = "a0: &a0 [x, x]\n"
        for level in 1...10 {
            keyBomb += "a\(level): &a\(level) [*a\(level - 1), *a\(level - 1)]\n"
        }
        #expect(!faults(keyBomb).isEmpty)
        #expect(!faults(String(repeating: "[", count: 100_000)).isEmpty)
        #expect(!faults(String(repeating: "- ", count: 50_000)).isEmpty)
        #expect(
            faults("a: [" + String(repeating: "x,", count: 30_000) + "]").first?.contains(
                "more than 20000 values"
            ) == true
        )
    }

    @Test func `what a file says cannot act on a terminal`() {
        let found = faults(
            "pipeline: \"a\\e[31mred\\u202Eb\"\ninput: {folders: x}\nsteps: [{read: text}]\n"
        )
        #expect(
            found.first?.hasPrefix("1:11: `a?[31mred?b` cannot name a pipeline") == true,
            "\(found)"
        )
    }
}
