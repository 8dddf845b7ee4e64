import Records

/// The numbers of parcels, known by their form and check digit.
enum TrackingNumber {
    /// A form that a number has.
    struct Form {
        /// Who gives such numbers.
        let carrier: String
        /// Whether its check digit is right; nil where the form has none.
        let isProven: Bool
    }

    /// Lengths of the forms below.
    static let lengths = [10, 11, 12, 13, 14, 15, 16, 18, 20, 22, 24, 26, 27, 28, 34]

    /// The form of a number without spaces, in upper case; nil for none.
    static func form(of code: String) -> Form? {
        let signs = Array(code.utf8)
        let digits = signs.compactMap { (48...57).contains($0) ? Int($0) - 48 : nil }
        let isNumber = digits.count == signs.count
        if signs.count == 18, code.hasPrefix("1Z") {
            return Form(carrier: "UPS", isProven: isUPS(signs))
        }
        if signs.count == 13, let proven = isPostal(signs) {
            return Form(carrier: "post (S10)", isProven: proven)
        }
        if (20...22).contains(signs.count), code.hasPrefix("JJD") || code.hasPrefix("JVGL") {
            return Form(carrier: "DHL", isProven: false)
        }
        guard isNumber else { return nil }
        switch digits.count {
        case 20 where code.hasPrefix("00") && CheckDigits.isSerial(Array(digits.dropFirst(2))):
            return Form(carrier: "SSCC", isProven: true)
        case 18 where CheckDigits.isSerial(digits): return Form(carrier: "SSCC", isProven: true)
        case 20, 22:
            guard "789".contains(code.prefix(1)) || digits.count == 22, CheckDigits.isSerial(digits)
            else {
                return nil
            }
            return Form(carrier: "USPS", isProven: true)
        case 12 where isFedExExpress(digits): return Form(carrier: "FedEx", isProven: true)
        case 15 where CheckDigits.isSerial(digits):
            return Form(carrier: "FedEx", isProven: true)
        case 34 where isFedExExpress(Array(digits.suffix(12).prefix(12))):
            return Form(carrier: "FedEx", isProven: true)
        case 12 where isIdentcode(digits), 14 where isIdentcode(digits):
            return Form(carrier: "DHL", isProven: true)
        case 10 where isAirExpress(digits): return Form(carrier: "DHL", isProven: true)
        case 14: return Form(carrier: "DPD", isProven: false)
        default: return nil
        }
    }

    /// UPS: letters count 2 for A, 3 for B, and so on; every second sign twice.
    private static func isUPS(_ signs: [UInt8]) -> Bool {
        var sum = 0
        for (index, sign) in signs.dropFirst(2).dropLast().enumerated() {
            let value: Int
            switch sign {
            case 48...57: value = Int(sign) - 48
            case 65...90: value = (Int(sign) - 63) % 10
            default: return false
            }
            sum += index % 2 == 1 ? 2 * value : value
        }
        return Int(signs[signs.count - 1]) - 48 == (10 - sum % 10) % 10
    }

    /// The postal union's S10: two letters, eight digits, a check digit, a country; nil for another form.
    private static func isPostal(_ signs: [UInt8]) -> Bool? {
        let letters = signs[0...1] + signs[11...12]
        guard letters.allSatisfy({ (65...90).contains($0) }),
            signs[2...10].allSatisfy({ (48...57).contains($0) })
        else { return nil }
        var sum = 0
        for (weight, sign) in zip([8, 6, 4, 2, 3, 5, 9, 7], signs[2...9]) {
            sum += weight * (Int(sign) - 48)
        }
        let check = 11 - sum % 11
        return Int(signs[10]) - 48 == (check == 10 ? 0 : check == 11 ? 5 : check)
    }

    /// FedEx Express: weights 3, 1, 7 from the left, modulo 11.
    private static func isFedExExpress(_ digits: [Int]) -> Bool {
        guard digits.count == 12 else { return false }
        var sum = 0
        for (index, digit) in digits.dropLast().enumerated() {
            sum += [3, 1, 7][index % 3] * digit
        }
        return sum % 11 % 10 == digits[11]
    }

    /// Deutsche Post's Identcode and Leitcode: weights 4 and 9, modulo 10.
    private static func isIdentcode(_ digits: [Int]) -> Bool {
        var sum = 0
        for (index, digit) in digits.dropLast().enumerated() {
            sum += (index % 2 == 0 ? 4 : 9) * digit
        }
        return (10 - sum % 10) % 10 == digits[digits.count - 1]
    }

    /// DHL Express waybills: the first nine digits modulo 7.
    private static func isAirExpress(_ digits: [Int]) -> Bool {
        guard digits.count == 10 else { return false }
        return digits.dropLast().reduce(0) { ($0 * 10 + $1) % 7 } == digits[9]
    }
}
