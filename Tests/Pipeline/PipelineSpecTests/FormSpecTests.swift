import Foundation
import PipelineSpec
import Records
import Testing

@Suite struct FormSpecTests {
    private let spec = """
        pipeline: receipts
        input: {folders: [scans]}
        record:
          merchant: {type: text}
          date: {type: date}
          total: {type: money}
          kind: {type: label, labels: [food, travel]}
          items: {type: list, of: {name: text, price: money}}
        forms:
          - form: corner-bakery
            when: {words: [Bäckerei Muster, DE 123]}
            fields:
              merchant: {is: Bäckerei Muster GmbH}
        steps:
          - read: text
          - find: [merchant, date, total, items]
          - find: kind

        """

    private func faults(field: String, _ rule: String) -> [String] {
        faults("      merchant: {is: Bäckerei Muster GmbH}", "      \(field): \(rule)")
    }

    private func faults(_ old: String, _ new: String) -> [String] {
        precondition(spec.contains(old))
        return PipelineSpecTests.faults(spec.replacing(old, with: new))
    }

    private func forms(_ text: String, file: String = "/specs/a.yaml") throws -> [[Form]] {
        try parse(text, file: file).steps.compactMap {
            if case .find(let step) = $0 { step.forms } else { nil }
        }
    }

    @Test func `every key of a form reaches the find steps of its fields`() throws {
        let fields = """
                  merchant: {is: Bäckerei Muster GmbH}
                  total: {near: [Endbetrag], place: below, lines: 2, take: last}
                  date: {pattern: 'Datum (\\S+)', order: month-first, region: {left: 60%, top: 0%, right: 99.5%, bottom: 20%, below: [A], above: B, page: 2}}
                  kind: {is: food}
            """
        let text = spec.replacing(
            "      merchant: {is: Bäckerei Muster GmbH}",
            with: fields
        ).replacing("DE 123]}", with: "DE 123], any: [Brot, Kuchen], pattern: '\\d+'}")
        let forms = try forms(text)
        let signs = FormSigns(
            words: ["Bäckerei Muster", "DE 123"],
            any: ["Brot", "Kuchen"],
            pattern: #"\d+"#
        )
        #expect(
            forms == [
                [
                    Form(
                        name: "corner-bakery",
                        signs: signs,
                        rules: [
                            FormRule(field: "merchant", content: .text("Bäckerei Muster GmbH")),
                            FormRule(
                                field: "total",
                                near: ["Endbetrag"],
                                place: .below,
                                lines: 2,
                                take: .last
                            ),
                            FormRule(
                                field: "date",
                                pattern: #"Datum (\S+)"#,
                                region: FormRegion(
                                    left: 0.6,
                                    top: 0,
                                    right: 0.995,
                                    bottom: 0.2,
                                    below: ["A"],
                                    above: ["B"],
                                    page: .number(2)
                                ),
                                order: .monthFirst
                            ),
                        ]
                    )
                ],
                [
                    Form(
                        name: "corner-bakery",
                        signs: signs,
                        rules: [FormRule(field: "kind", content: .label("food"))]
                    )
                ],
            ]
        )
    }

    @Test(arguments: [
        (
            "merchant", "{neer: X}",
            "13:18: unknown key `neer` in `merchant` of form `corner-bakery`; expected `near`"
        ),
        ("totl", "{near: [X]}", "13:7: `totl` is not a field of the record; expected `total`"),
        (
            "merchant", "X",
            "13:17: `merchant` of form `corner-bakery` is one word; expected `{is: X}`"
        ),
        (
            "merchant", "{}",
            "13:17: `merchant` of form `corner-bakery` is a mapping; expected one of is"
        ),
        ("merchant", "{is: X, near: [Y]}", "13:31: `near` says nothing beside `is`; expected"),
        ("merchant", "{place: right}", "13:25: `place` says nothing without `near`"),
        (
            "merchant", "{near: [X], place: rigth}",
            "13:36: unknown `place` `rigth`; expected `right`"
        ),
        (
            "merchant", "{near: ['€']}",
            "13:25: `€` cannot name words to look for; expected letters or digits"
        ),
        ("merchant", "{pattern: '(a+)+'}", "13:27: regular expression `(a+)+`: repeats a group"),
        ("merchant", "{pattern: '('}", "13:27: regular expression `(`:"),
        (
            "merchant", "{near: [X], lines: 0}",
            "13:36: `lines` is `0`; expected a count of lines from 1 to 50"
        ),
        (
            "merchant", "{pattern: x, lines: 2}",
            "13:37: `lines` says nothing without `near` or `region`"
        ),
        ("merchant", "{near: [X], order: day-first}", "13:36: `order` does not go with type text"),
        ("items", "{near: [X]}", "13:21: `near` does not go with type list; expected `region`"),
        (
            "total", "{is: twelve}",
            "13:19: `is` is `twelve`; expected an amount such as 4.50 or 4.50 EUR"
        ),
        ("total", "{is: 4.50 euro}", "13:19: `is` is `4.50 euro`; expected an amount"),
        (
            "date", "{is: 2025-02-30}",
            "13:18: `is` is `2025-02-30`; expected a day such as 2025-03-31"
        ),
        ("kind", "{is: foot}", "13:18: unknown label `foot`; expected `food`"),
        (
            "items", "{is: X}",
            "13:19: `is` is `X`; expected `region`, the part of the page with its rows"
        ),
        (
            "date", "{region: {left: 60}}",
            "13:29: `left` is `60`; expected a share of the page from 0% to 100%"
        ),
        ("date", "{region: {left: 120%}}", "13:29: `left` is `120%`; expected a share"),
        (
            "date", "{region: {left: 60%, right: 40%}}",
            "13:41: `right` is `40%`; expected more than `left`, 60%"
        ),
        ("date", "{region: {}}", "13:22: `region` is a mapping; expected an edge"),
        (
            "date", "{region: {page: second}}",
            "13:29: `page` is `second`; expected `first`, `last` or a page's number"
        ),
        (
            "date", "{region: {botom: 4%}}",
            "13:23: unknown key `botom` in `region`; expected `bottom`"
        ),
    ])
    func `a fault of a field's rule is told at its place`(
        field: String,
        rule: String,
        fault: String
    ) {
        let found = faults(field: field, rule)
        #expect(found.count == 1 && found.first?.hasPrefix(fault) == true, "\(found)")
    }

    @Test(arguments: [
        (
            "  - form: corner-bakery\n", "  - from: corner-bakery\n",
            "10:5: unknown key `from` in a form; expected `form`"
        ),
        (
            "    when: {words: [Bäckerei Muster, DE 123]}\n", "",
            "10:5: form `corner-bakery` has no `when`"
        ),
        (
            "{words: [Bäckerei Muster, DE 123]}", "{}",
            "11:11: `when` of form `corner-bakery` is a mapping"
        ),
        ("{words: [Bäckerei Muster, DE 123]}", "{word: [A]}", "11:12: unknown key `word`"),
        (
            "    fields:\n      merchant: {is: Bäckerei Muster GmbH}\n", "",
            "10:5: form `corner-bakery` has no `fields`"
        ),
        (
            "  - find: kind", "",
            "13:7: `kind` is looked for by no `find` step; expected it in a step, `- find: [kind]`"
        ),
    ])
    func `a fault of a form is told at its place`(old: String, new: String, fault: String) {
        var text = spec
        if old == "  - find: kind" {
            text = text.replacing("merchant: {is: Bäckerei Muster GmbH}", with: "kind: {is: food}")
        }
        let found = PipelineSpecTests.faults(text.replacing(old, with: new))
        #expect(found.first?.hasPrefix(fault) == true, "\(found)")
    }

    @Test func `two forms of one name are a mistake`() {
        let twin =
            "  - form: corner-bakery\n    when: {words: A}\n    fields: {date: {order: day-first}}\nsteps:"
        #expect(
            faults("steps:", twin).first?.contains(
                "`corner-bakery` stands twice in the names of `forms`"
            ) == true
        )
    }

    @Test func `all faults of the forms are told at once, beside those of the rest`() {
        let text = spec.replacing("{is: Bäckerei Muster GmbH}", with: "{is: [], near: x}")
            .replacing("[Bäckerei Muster, DE 123]", with: "[]")
            .replacing("find: kind", with: "find: kindd")
        #expect(
            PipelineSpecTests.faults(text).map { $0.prefix { $0 != " " } } == [
                "11:19:", "13:22:", "13:32:", "17:11:",
            ]
        )
    }

    // MARK: Files

    @Test func `forms can stand in files that pipelines share`() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "docket-forms-\(UUID().uuidString)"
        )
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let shared = """
            forms:
              - form: kiosk
                when: {words: Kiosk}
                fields: {total: {near: Offen}}

            """
        try shared.write(
            to: folder.appending(path: "shops.yaml"),
            atomically: true,
            encoding: .utf8
        )
        let file = folder.appending(path: "a.yaml").path
        let mixed = spec.replacing("forms:\n", with: "forms:\n  - shops.yaml\n")
        #expect(try forms(mixed, file: file)[0].map(\.name) == ["kiosk", "corner-bakery"])
        let alone = """
            pipeline: receipts
            input: {folders: [scans]}
            record: {total: money}
            forms: shops.yaml
            steps: [{read: text}, {find: total}]

            """
        #expect(try forms(alone, file: file)[0].map(\.name) == ["kiosk"])

        try shared.replacing("Offen", with: "[]").write(
            to: folder.appending(path: "shops.yaml"),
            atomically: true,
            encoding: .utf8
        )
        do {
            _ = try parse(
                alone.replacing("forms: shops.yaml", with: "forms: [shops.yaml, other.yaml]"),
                file: file
            )
            Issue.record("two faults expected")
        } catch {
            let faults = error
            #expect(
                faults.faults.map(\.description).map { $0.replacing(folder.path + "/", with: "") }
                    == [
                        "a.yaml:4:21: forms file `other.yaml` is not there; expected the path of a YAML file that holds `forms:`, from this file's folder",
                        "shops.yaml:4:28: `near` is an empty list; expected a list of words",
                    ]
            )
        }
    }
}
