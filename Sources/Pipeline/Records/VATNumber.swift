/// Tax numbers for value added tax, by the form and the check digits of their country.
///
/// Forms and check digits after the European Commission's VIES description and the countries' own publications.
public struct VATNumber: Sendable {
    /// The number without spaces and signs, with its country's letters.
    public let code: String
    /// Whether its check digits are right; false where its country's are not known here.
    public let isProven: Bool
    /// Count of letters that were read for digits.
    public let slips: Int

    /// How a country forms its numbers: what follows the letters, `9` for a digit, `A` for a letter, `*` for either.
    private struct Form: Sendable {
        let letters: String
        let pattern: [Character]
        let isRight: (@Sendable ([Int]) -> Bool)?
    }

    /// Reads letters and digits without signs; nil when no country's number has this form.
    public init?(_ text: String) {
        let signs = Array(text.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) })
        guard signs.count <= 20 else { return nil }
        for form in Self.forms {
            guard signs.count == form.letters.count + form.pattern.count,
                String(signs.prefix(form.letters.count)) == form.letters
            else { continue }
            var code = form.letters
            var digits: [Int] = []
            var slips = 0
            var fits = true
            for (sign, kind) in zip(signs.dropFirst(form.letters.count), form.pattern) {
                switch kind {
                case "9":
                    let digit = sign.wholeNumberValue ?? Self.digits[sign]
                    guard let digit else { fits = false; break }
                    if !sign.isNumber { slips += 1 }
                    digits.append(digit)
                    code += String(digit)
                case "*": code.append(sign)
                default:
                    if sign != kind { fits = false }
                    code.append(sign)
                }
                if !fits { break }
            }
            guard fits else { continue }
            let isProven = form.isRight?(digits) ?? false
            // Letters are only put right where the check digits say so.
            guard isProven || (slips == 0 && form.isRight == nil) else { continue }
            self.code = code
            self.isProven = isProven
            self.slips = slips
            return
        }
        return nil
    }

    /// Whether a text has the letters of a country and as many signs as its numbers have, whatever its digits say.
    ///
    /// - Parameter text: Letters and digits; other signs are left out.
    /// - Returns: Whether a country's number may look so.
    public static func hasForm(_ text: String) -> Bool {
        let signs = text.uppercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }
        return forms.contains { form in
            !form.letters.isEmpty && signs.hasPrefix(form.letters)
                && signs.count == form.letters.count + form.pattern.count
                && zip(signs.dropFirst(form.letters.count), form.pattern).allSatisfy {
                    $0.1 == "9" ? $0.0.isNumber : ($0.1 == "*" || $0.0 == $0.1)
                }
        }
    }

    private static let digits: [Character: Int] = [
        "O": 0, "Q": 0, "D": 0, "I": 1, "L": 1, "Z": 2, "S": 5, "G": 6, "B": 8,
    ]

    private static let forms: [Form] = [
        Form(letters: "DE", pattern: Array("999999999"), isRight: isMod11And10),
        Form(letters: "ATU", pattern: Array("99999999"), isRight: isAustrian),
        Form(letters: "BE", pattern: Array("9999999999")) { digits in
            97 - value(digits.prefix(8)) % 97 == value(digits.suffix(2))
        },
        Form(letters: "CHE", pattern: Array("999999999")) { digits in
            let rest = 11 - weighed(digits, [5, 4, 3, 2, 7, 6, 5, 4]) % 11
            return rest % 11 == digits[8]
        },
        Form(letters: "DK", pattern: Array("99999999")) { digits in
            weighed(digits, [2, 7, 6, 5, 4, 3, 2, 1]) % 11 == 0
        },
        Form(letters: "FI", pattern: Array("99999999")) { digits in
            (11 - weighed(digits, [7, 9, 10, 5, 8, 4, 2]) % 11) % 11 == digits[7]
        },
        Form(letters: "FR", pattern: Array("99999999999")) { digits in
            (12 + 3 * (value(digits.suffix(9)) % 97)) % 97 == value(digits.prefix(2))
        },
        Form(letters: "FR", pattern: Array("**999999999"), isRight: nil),
        Form(letters: "GB", pattern: Array("999999999")) { digits in
            let sum = weighed(digits, [8, 7, 6, 5, 4, 3, 2]) + value(digits.suffix(2))
            return sum % 97 == 0 || (sum + 55) % 97 == 0
        },
        Form(letters: "IT", pattern: Array("99999999999"), isRight: isLuhn),
        Form(letters: "LU", pattern: Array("99999999")) { digits in
            value(digits.prefix(6)) % 89 == value(digits.suffix(2))
        },
        Form(letters: "NL", pattern: Array("999999999B99"), isRight: isDutch),
        Form(letters: "NO", pattern: Array("999999999MVA"), isRight: isNorwegian),
        Form(letters: "NO", pattern: Array("999999999"), isRight: isNorwegian),
        Form(letters: "", pattern: Array("999999999MVA"), isRight: isNorwegian),
        Form(letters: "PL", pattern: Array("9999999999")) { digits in
            weighed(digits, [6, 5, 7, 2, 3, 4, 5, 6, 7]) % 11 == digits[9]
        },
        Form(letters: "PT", pattern: Array("999999999")) { digits in
            let rest = 11 - weighed(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11
            return (rest > 9 ? 0 : rest) == digits[8]
        },
        Form(letters: "SE", pattern: Array("999999999901")) { isLuhn(Array($0.prefix(10))) },
        Form(letters: "ES", pattern: Array("*9999999*"), isRight: nil),
    ]

    // MARK: Check digits

    private static func value(_ digits: some Sequence<Int>) -> Int {
        digits.reduce(0) { $0 * 10 + $1 }
    }

    private static func weighed(_ digits: [Int], _ weights: [Int]) -> Int {
        zip(digits, weights).reduce(0) { $0 + $1.0 * $1.1 }
    }

    /// ISO 7064, MOD 11,10.
    private static func isMod11And10(_ digits: [Int]) -> Bool {
        var product = 10
        for digit in digits.dropLast() {
            let sum = (digit + product) % 10
            product = 2 * (sum == 0 ? 10 : sum) % 11
        }
        return digits.first != 0 && (11 - product) % 10 == digits.last
    }

    private static func isAustrian(_ digits: [Int]) -> Bool {
        var sum = 4
        for (index, digit) in digits.dropLast().enumerated() {
            sum += index % 2 == 0 ? digit : digit * 2 / 10 + digit * 2 % 10
        }
        return (10 - sum % 10) % 10 == digits.last
    }

    private static func isNorwegian(_ digits: [Int]) -> Bool {
        let rest = 11 - weighed(digits, [3, 2, 7, 6, 5, 4, 3, 2]) % 11
        return rest % 11 == digits[8] && rest != 10
    }

    /// The sum of weights, or since 2020 for sole traders the one of an account number.
    private static func isDutch(_ digits: [Int]) -> Bool {
        if weighed(digits, [9, 8, 7, 6, 5, 4, 3, 2]) % 11 == digits[8] { return true }
        // N is 23, L is 21, B is 11.
        var rest = 2321
        for digit in digits.prefix(9) { rest = (rest * 10 + digit) % 97 }
        rest = (rest * 100 + 11) % 97
        for digit in digits.suffix(2) { rest = (rest * 10 + digit) % 97 }
        return rest == 1
    }

    private static func isLuhn(_ digits: [Int]) -> Bool {
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            let value = index % 2 == 1 ? digit * 2 : digit
            sum += value > 9 ? value - 9 : value
        }
        return sum % 10 == 0
    }
}
