import Records

/// The elements of a GS1 symbol's text: `01` an article number, `17` the last day, `10` the lot.
///
/// Identifiers and lengths: GS1 General Specifications, section 3.
struct GS1Elements {
    /// Identifier and content, in order.
    private(set) var elements: [(identifier: String, content: String)] = []

    /// Ends an element of variable length.
    private static let separator: Character = "\u{1D}"

    /// Takes a text apart; what follows an unknown identifier is left out.
    init(_ text: String) {
        var rest = text.prefix(400)[...]
        while elements.count < 30 {
            while rest.first == Self.separator { rest.removeFirst() }
            if rest.first == "(" {
                // As printed beneath a symbol: (01)04012345678901(17)270131
                guard let close = rest.firstIndex(of: ")") else { return }
                let identifier = String(rest[rest.index(after: rest.startIndex)..<close])
                rest = rest[rest.index(after: close)...]
                let end = rest.firstIndex { $0 == "(" || $0 == Self.separator } ?? rest.endIndex
                elements.append((identifier, rest[..<end].trimmingSpaces))
                rest = rest[end...]
                continue
            }
            guard let (identifier, length) = Self.identifier(at: rest) else { return }
            rest = rest.dropFirst(identifier.count)
            let end: Substring.Index
            if let length {
                guard rest.count >= length else { return }
                end = rest.index(rest.startIndex, offsetBy: length)
            } else {
                end = rest.firstIndex(of: Self.separator) ?? rest.endIndex
            }
            elements.append((identifier, String(rest[..<end])))
            rest = rest[end...]
        }
    }

    /// The content of the first element with one of these identifiers.
    func content(_ identifiers: String...) -> String? {
        elements.first { identifiers.contains($0.identifier) && !$0.content.isEmpty }?.content
    }

    /// The day of an element of six digits, year, month, day; day 00 is the month's last.
    func day(_ identifiers: String...) -> CalendarDate? {
        for element in elements where identifiers.contains(element.identifier) {
            let digits = element.content.compactMap(\.wholeNumberValue)
            guard digits.count == 6, element.content.count == 6 else { continue }
            let number = digits[0] * 10 + digits[1]
            let month = digits[2] * 10 + digits[3]
            let day = digits[4] * 10 + digits[5]
            let year = number + (number > 75 ? 1900 : 2000)
            if day > 0 { return CalendarDate(year: year, month: month, day: day) }
            for last in stride(from: 31, through: 28, by: -1) {
                if let date = CalendarDate(year: year, month: month, day: last) { return date }
            }
        }
        return nil
    }

    /// The identifier that a text begins with, and its content's length; nil as length where a separator ends it.
    private static func identifier(at text: Substring) -> (String, Int?)? {
        for count in [2, 3, 4] {
            let identifier = String(text.prefix(count))
            guard identifier.count == count else { return nil }
            if let length = fixed[identifier] { return (identifier, length) }
            if variable.contains(identifier) { return (identifier, nil) }
            if count == 4, let first = identifier.first, first == "3",
                [
                    "310", "311", "312", "313", "314", "315", "316", "320", "330", "340", "350",
                    "356", "357",
                ]
                .contains(identifier.prefix(3))
            {
                return (identifier, 6)
            }
            if count == 4, ["390", "391", "392", "393"].contains(identifier.prefix(3)) {
                return (identifier, nil)
            }
        }
        return nil
    }

    private static let fixed: [String: Int] = [
        "00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2,
        "402": 17, "410": 13, "411": 13, "412": 13, "413": 13, "414": 13, "415": 13, "416": 13,
    ]
    private static let variable: Set<String> = [
        "10", "21", "22", "30", "37", "240", "241", "250", "251", "253", "254", "400", "401", "403",
        "420",
        "421", "422", "423", "8008", "8020", "90", "91", "92", "93", "94", "95", "96", "97", "98",
        "99",
    ]
}

extension Substring {
    /// Without spaces at both ends.
    fileprivate var trimmingSpaces: String {
        var text = self
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
