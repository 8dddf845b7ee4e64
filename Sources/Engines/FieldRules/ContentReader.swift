import Records

/// Reads a piece of text as one amount or day, with the same rules as the page.
enum ContentReader {
    /// The amount that a text holds.
    static func amount(_ text: String, like reading: DocumentReading) -> Amount? {
        guard var amount = AmountReader(row(text)).amounts().first else { return nil }
        if let separator = amount.undecidedSeparator, separator == reading.decimalMark,
            let decimals = amount.otherValue
        {
            amount.value = decimals
        }
        return amount
    }

    /// The day that a text holds; the first reading where two are possible.
    static func date(_ text: String, order: DateOrder?) -> PrintedDate.Reading? {
        guard let date = DateReader(row(text)).dates().first else { return nil }
        guard date.readings.count > 1, let order else { return date.readings.first }
        return date.readings.first { $0.assumedOrder == order }.map {
            .init(date: $0.date, assumedOrder: nil)
        }
    }

    private static func row(_ text: String) -> PageRow {
        var words: [PageWord] = []
        var x = 0
        for part in text.split(separator: " ").prefix(64) {
            let word = Word(
                text: String(part),
                box: Box(x: x, y: 0, width: part.count, height: 1),
                confidence: 1,
                block: 0,
                line: 0
            )
            words += PageWord.parts(of: word)
            x += part.count + 1
        }
        if words.isEmpty {
            words = PageWord.parts(
                of: Word(
                    text: " ",
                    box: Box(x: 0, y: 0, width: 1, height: 1),
                    confidence: 0,
                    block: 0,
                    line: 0
                )
            )
        }
        return PageRow(page: 1, pageWidth: max(1, x), words: words, isPlainText: true)
    }
}
