/// Codes that prove themselves by their last digits.
public enum CheckDigits {
    /// Whether an account number (IBAN) has the check digits and a length that ISO 13616 allows.
    public static func isIBAN(_ code: String) -> Bool {
        let signs = Array(code.utf8)
        guard (15...34).contains(signs.count), signs[0...1].allSatisfy({ (65...90).contains($0) }),
            signs[2...3].allSatisfy({ (48...57).contains($0) })
        else { return false }
        var remainder = 0
        for sign in signs[4...] + signs[..<4] {
            switch sign {
            case 48...57: remainder = (remainder * 10 + Int(sign - 48)) % 97
            case 65...90: remainder = (remainder * 100 + Int(sign - 55)) % 97
            default: return false
            }
        }
        return remainder == 1
    }

    /// Whether the digits of a product code (EAN-8, UPC-A, EAN-13, GTIN-14) end in the right check digit.
    public static func isProductCode(_ code: String) -> Bool {
        let digits = code.utf8.map { Int($0) - 48 }
        guard [8, 12, 13, 14].contains(digits.count), digits.allSatisfy({ (0...9).contains($0) }),
            digits.contains(where: { $0 != 0 })
        else { return false }
        return isSerial(digits)
    }

    /// Whether digits end in GS1's check digit: of any length, every second from the right counted three times.
    public static func isSerial(_ digits: [Int]) -> Bool {
        var sum = 0
        for (index, digit) in digits.reversed().enumerated() {
            sum += index % 2 == 1 ? digit * 3 : digit
        }
        return sum % 10 == 0
    }

    /// The one digit that makes a product code right where a single sign of it was not read as a digit.
    ///
    /// - Parameters:
    ///   - signs: 13 signs, or 8 or 12.
    ///   - place: the sign that is none.
    /// - Returns: the digit; nil where another sign is no digit either.
    public static func missingDigit(in signs: [Character], at place: Int) -> Int? {
        for digit in 0...9 {
            var code = signs
            code[place] = Character(String(digit))
            if isProductCode(String(code)) { return digit }
        }
        return nil
    }

    /// Whether a book's number (ISBN) of ten signs ends in its check digit, which may be an X (ISO 2108).
    public static func isBookNumber(_ code: String) -> Bool {
        let signs = Array(code.utf8)
        guard signs.count == 10 else { return false }
        var sum = 0
        for (index, sign) in signs.enumerated() {
            switch sign {
            case 48...57: sum += (10 - index) * Int(sign - 48)
            case 88 where index == 9: sum += 10
            default: return false
            }
        }
        return sum % 11 == 0
    }
}
