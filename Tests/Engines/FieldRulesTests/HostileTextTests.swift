import FieldRules
import Records
import Testing

/// Pages that were made to be slow: the work must grow with their size, no faster.
@Suite(.serialized) struct HostileTextTests {
    private static let fields: [FieldDefinition] = [
        FieldDefinition(name: "total", type: .money),
        FieldDefinition(name: "date", type: .date(order: nil)),
        FieldDefinition(name: "merchant", type: .text),
        FieldDefinition(name: "address", type: .text),
        FieldDefinition(name: "invoice_number", type: .identifier),
        FieldDefinition(name: "barcode", type: .identifier),
        FieldDefinition(name: "iban", type: .identifier),
        FieldDefinition(name: "currency", type: .currency),
        FieldDefinition(name: "price", type: .money), FieldDefinition(name: "product", type: .text),
        FieldDefinition(name: "unit_price", type: .money),
        FieldDefinition(name: "tax", type: .money),
        FieldDefinition(name: "note", type: .text, near: ["note"]),
        FieldDefinition(name: "code", type: .text, pattern: #"[A-Z]+\d+"#),
        FieldDefinition(name: "kind", type: .label(["a", "b"]), near: ["total"]),
        FieldDefinition(
            name: "items",
            type: .list([
                ListColumn(name: "name", type: .text), ListColumn(name: "price", type: .money),
            ])
        ),
    ]

    /// Words on one line, or each on its own, or scattered in one place.
    private static func page(_ words: [String], perLine: Int, step: Int = 60) -> [PageText] {
        let words = words.enumerated().map { index, text in
            Word(
                text: text,
                box: Box(x: index % perLine * step, y: index / perLine * 30, width: 50, height: 20),
                confidence: 0.5,
                block: 0,
                line: index / perLine
            )
        }
        return [
            PageText(
                number: 1,
                width: perLine * 60,
                height: 30 * words.count,
                words: words,
                source: .tesseract
            )
        ]
    }

    private static func repeated(_ words: [String], count: Int) -> [String] {
        (0..<count).map { words[$0 % words.count] }
    }

    private static let vocabularies: [[String]] = [
        ["Total", "5.00"], ["Invoice", "No", "A1"], ["Date", "12/03/2018"], ["1", "2", "3"],
        ["Cash", "5.00", "Change", "1.00"], ["DE89", "3704", "0044"],
        ["Jalan", "43300", "Sdn", "Bhd"],
        ["Totbl", "|"], ["€", "€5", "合计"],
    ]

    @Test(arguments: vocabularies)
    func `many words take time in proportion, on one line and on many`(words: [String]) {
        for perLine in [8, 20_000] {
            let small = time(Self.page(Self.repeated(words, count: 200), perLine: perLine))
            let large = time(Self.page(Self.repeated(words, count: 3_200), perLine: perLine))
            // Sixteen times the words: sixteen times the work, with room for noise; quadratic
            // would be 256 times.
            #expect(large < small * 100, "\(words) \(perLine): \(small) then \(large)")
        }
    }

    @Test func `words that lie on each other are bounded too`() {
        let pile = time(
            Self.page(Self.repeated(["Total", "5.00"], count: 5_000), perLine: 20_000, step: 0)
        )
        #expect(pile < .seconds(30))
        let stack = Self.repeated(["Total", "5.00"], count: 5_000).enumerated().map {
            index,
            text in
            Word(
                text: text,
                box: Box(x: 0, y: 0, width: 50, height: 20),
                confidence: 0.5,
                block: index,
                line: index
            )
        }
        let page = PageText(number: 1, width: 100, height: 100, words: stack, source: .tesseract)
        #expect(time([page]) < .seconds(30))
    }

    @Test(arguments: ["0", "1.", "a", "Total", "12/", "合", "é", ".", "1/1/", "A1", "5,"])
    func `a word of twenty thousand signs is no trouble`(sign: String) {
        let word = String(repeating: sign, count: 20_000 / sign.utf8.count)
        #expect(time(Self.page([word], perLine: 1)) < .seconds(30))
        #expect(time(Self.page(["Total", word, "Date", word], perLine: 4)) < .seconds(30))
    }

    @Test func `boxes without extent, below zero and out of range are survived`() {
        let boxes = [
            Box(x: 0, y: 0, width: 0, height: 0), Box(x: -50, y: -50, width: 10, height: 10),
            Box(x: .max, y: .max, width: .max, height: .max),
            Box(x: .min, y: .min, width: .min, height: .min),
            Box(x: 5, y: 5, width: -5, height: -5),
        ]
        let words = boxes.enumerated().flatMap { index, box in
            ["Total", "5.00", "Date", "1/2/2018", "", " "].map {
                Word(text: $0, box: box, confidence: index == 0 ? .nan : 2, block: 0, line: index)
            }
        }
        let page = PageText(number: 1, width: 0, height: 0, words: words, source: .tesseract)
        for field in Self.fields {
            for candidate in FieldFinder.candidates(for: field, in: [page]) {
                #expect((0...1).contains(candidate.confidence))
            }
        }
    }

    @Test func `the same pages give the same candidates`() {
        let pages = Self.page(
            Self.repeated(
                ["Total", "5.00", "Cash", "6.00", "Tota1", "Corner", "Shop", "Ltd"],
                count: 400
            ),
            perLine: 4
        )
        for field in Self.fields {
            #expect(
                FieldFinder.candidates(for: field, in: pages)
                    == FieldFinder.candidates(for: field, in: pages)
            )
        }
    }

    private func time(_ pages: [PageText]) -> Duration {
        ContinuousClock().measure {
            let finder = FieldFinder(pages: pages)
            for field in Self.fields {
                let candidates = finder.candidates(for: field)
                #expect(candidates.count <= 10)
            }
        }
    }
}
