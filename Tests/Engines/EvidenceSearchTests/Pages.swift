import Records

/// A page of lines as a reader would give it: each word a box of its own, 10 pixels a sign and 30 a line.
func page(
    _ lines: [String],
    number: Int = 1,
    confidence: Double = 0.95,
    unsure: Set<String> = [],
    symbols: [Symbol] = []
) -> PageText {
    var words: [Word] = []
    for (line, text) in lines.enumerated() {
        var x = 0
        for part in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !part.isEmpty {
                words.append(
                    Word(
                        text: String(part),
                        box: Box(x: x, y: line * 30, width: part.count * 10, height: 20),
                        confidence: unsure.contains(String(part)) ? 0.3 : confidence,
                        block: 0,
                        line: line
                    )
                )
            }
            x += (part.count + 1) * 10
        }
    }
    return PageText(
        number: number,
        width: 800,
        height: max(1, lines.count) * 30,
        words: words,
        symbols: symbols,
        source: .tesseract
    )
}

func field(_ name: String, _ type: FieldType) -> FieldDefinition {
    FieldDefinition(name: name, type: type)
}

func money(_ text: String) -> FieldContent { .money(Money(amount: decimal(text))) }

func decimal(_ text: String) -> DecimalNumber {
    let parts = text.split(separator: ".")
    return DecimalNumber(
        units: Int64(parts.joined()) ?? 0,
        scale: parts.count == 2 ? parts[1].count : 0
    )
}

func date(_ year: Int, _ month: Int, _ day: Int) throws -> FieldContent {
    guard let date = CalendarDate(year: year, month: month, day: day) else { throw NoSuchDay() }
    return .date(date)
}

struct NoSuchDay: Error {}
