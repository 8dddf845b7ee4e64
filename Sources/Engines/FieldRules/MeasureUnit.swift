/// Units of measure as labels print them.
enum MeasureUnit {
    /// Units that a price is compared by.
    static let units: Set<String> = [
        "kg", "kilo", "l", "lt", "ltr", "liter", "litre", "litro", "stk", "st", "stuck", "stuk",
        "each",
        "100g", "100ml", "g", "ml", "cl", "dl", "lb", "lbs", "oz", "floz", "pk", "m", "unit",
        "unite",
        "ud", "pce", "piece", "vask", "wl", "100", "sheets", "quart", "gal", "pint", "ct", "count",
        "vekt",
    ]

    private static let leading: Set<String> = [
        "pr", "per", "je", "pro", "par", "por", "le", "la", "au", "a", "al", "el", "the",
    ]

    /// Whether a word stands before a unit that a price is for.
    static func leads(_ text: String) -> Bool {
        let words = FoldedLetters.words(text)
        return text.contains("/")
            || (words.count == 1 && ["pr", "per", "je", "pro"].contains(words[0]))
    }

    /// The unit that some words name a price for: `/kg`, `kr/kg`, `pr. l`, `per 100 g`, `Pr/Vekt(Kg)`, `/stk`.
    static func phrase(in texts: [String]) -> String? {
        var last = ""
        for text in texts.prefix(12) {
            let lower = text.lowercased()
            let words = FoldedLetters.words(lower)
            if let slash = lower.lastIndex(of: "/") {
                let behind = FoldedLetters.words(String(lower[lower.index(after: slash)...]))
                if let unit = behind.first(where: units.contains) { return unit }
                if behind.isEmpty { last = "/" } else { last = behind[0] }
                if behind.isEmpty { continue }
            }
            if words.count >= 2, leading.contains(words[0]), units.contains(words[words.count - 1])
            {
                return words[words.count - 1]
            }
            // The stroke of `Pr/kg` read as a letter.
            if words.count == 1, words[0].hasPrefix("pr") || words[0].hasPrefix("kr"),
                let unit = ["kg", "stk", "vekt"].first(where: { words[0].hasSuffix($0) }),
                words[0].count <= unit.count + 3
            {
                return unit
            }
            if let unit = words.last, units.contains(unit),
                ["/", "pr", "per", "je", "pro", "par", "por"].contains(last)
            {
                return unit
            }
            last = words.last ?? last
        }
        return nil
    }

    /// A weight or volume in kilograms or litres.
    ///
    /// - Parameters:
    ///   - number: the number before the unit.
    ///   - unit: in lower case.
    /// - Returns: nil for what is neither.
    static func base(_ number: Double, _ unit: String) -> Double? {
        switch unit {
        case "kg", "kilo", "l", "lt", "ltr", "liter", "litre": number
        case "g", "gr", "gm", "ml": number / 1000
        case "cl": number / 100
        case "dl": number / 10
        case "oz": number * 0.028_349_5
        case "lb", "lbs": number * 0.453_592
        default: nil
        }
    }
}
