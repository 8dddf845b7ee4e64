import Records

/// Product codes that recognition damaged, set right by what letters look like and by their check digit.
enum DamagedCode {
    /// A code set right.
    struct Repair {
        let code: String
        /// What was done, for a person.
        let how: String
        /// How much the repair may be trusted.
        let strength: Double
    }

    /// Sets the signs of a printed code right.
    ///
    /// - Parameter text: 12 or 13 signs without spaces, most of them digits.
    /// - Returns: the code with a right check digit; nil where more than that is wrong.
    static func repaired(_ text: String) -> Repair? {
        let signs = Array(text)
        guard (12...13).contains(signs.count), signs.count(where: isDigit) >= signs.count - 3 else {
            return nil
        }
        let likely = signs.map { digit(for: $0) ?? $0 }
        if signs.count == 13 {
            let open = likely.indices.filter { !isDigit(likely[$0]) }
            if open.isEmpty, likely != signs, CheckDigits.isProductCode(String(likely)) {
                return Repair(
                    code: String(likely),
                    how: "letters read as digits, with the right check digit",
                    strength: 0.8
                )
            }
            if open.count == 1, let digit = CheckDigits.missingDigit(in: likely, at: open[0]) {
                var code = likely
                code[open[0]] = Character(String(digit))
                return Repair(
                    code: String(code),
                    how: "digits of a bar code, one of them from the check digit",
                    strength: likely == signs ? 0.62 : 0.5
                )
            }
            return nil
        }
        // The first digit of an EAN stands apart, before the bars, and is lost most easily.
        guard likely == signs, !CheckDigits.isProductCode(String(likely)),
            let first = CheckDigits.missingDigit(in: ["?"] + likely, at: 0), first != 0
        else { return nil }
        return Repair(
            code: String(first) + String(likely),
            how: "digits of a bar code, the first of them from the check digit",
            strength: 0.45
        )
    }

    private static func isDigit(_ sign: Character) -> Bool { sign.isASCII && sign.isNumber }

    /// The digit that a sign is often read for.
    private static func digit(for sign: Character) -> Character? {
        switch sign {
        case "O", "o", "Q", "D", "U": "0"
        case "I", "l", "|", "!", "]", "[", "i": "1"
        case "Z", "z": "2"
        case "A": "4"
        case "S", "s", "§": "5"
        case "G", "b": "6"
        case "T", "?": "7"
        case "B", "&": "8"
        case "g", "q": "9"
        default: nil
        }
    }
}
