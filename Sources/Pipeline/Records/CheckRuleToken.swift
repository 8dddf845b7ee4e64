/// One word, number or sign of a rule's wording.
struct CheckRuleToken {
    enum Kind {
        case word
        case number
        case day(CalendarDate)
        /// A text between quotation marks.
        case quoted
        case sign
    }

    var kind: Kind
    /// The token; of a quoted text what stands between the marks.
    var text: String
    /// Where it begins, counted in Unicode scalars from 0.
    var offset: Int

    var isWord: Bool { if case .word = kind { true } else { false } }
    var isSign: Bool { if case .sign = kind { true } else { false } }

    /// Takes a wording apart.
    ///
    /// - Parameter wording: The rule.
    /// - Returns: Its tokens from left to right.
    /// - Throws: ``CheckRuleFault`` at the first sign that no rule has.
    static func tokens(of wording: String) throws(CheckRuleFault) -> [CheckRuleToken] {
        let scalars = Array(wording.unicodeScalars)
        var tokens: [CheckRuleToken] = []
        var index = 0
        func run(from start: Int, while belongs: (Unicode.Scalar) -> Bool) -> String {
            String(String.UnicodeScalarView(scalars[start...].prefix(while: belongs)))
        }
        while index < scalars.count {
            let scalar = scalars[index]
            var token = CheckRuleToken(kind: .sign, text: String(scalar), offset: index)
            var length: Int?
            switch scalar {
            case " ", "\t", "\n", "\r":
                index += 1
                continue
            case "a"..."z", "A"..."Z", "_":
                token.kind = .word
                token.text = run(from: index) { isLetter($0) || isDigit($0) }
            case "0"..."9":
                if let (day, text) = day(in: scalars[index...].prefix(11)) {
                    token.kind = .day(day)
                    token.text = text
                } else {
                    token.kind = .number
                    token.text = run(from: index) { isDigit($0) || $0 == "." }
                }
            case "\"", "'":
                let text = run(from: index + 1) { $0 != scalar }
                guard index + 1 + text.unicodeScalars.count < scalars.count, !text.isEmpty else {
                    throw CheckRuleFault(
                        problem: .unexpected(
                            found: nil,
                            expected: "a text and a quotation mark behind it"
                        ),
                        offset: scalars.count
                    )
                }
                token.kind = .quoted
                token.text = text
                length = text.unicodeScalars.count + 2
            case "<", ">", "!":
                if index + 1 < scalars.count, scalars[index + 1] == "=" {
                    token.text += "="
                } else if scalar == "!" {
                    throw stranger(token)
                }
            case "=", "+", "-", ".", "*", ",": break
            default: throw stranger(token)
            }
            tokens.append(token)
            index += length ?? token.text.unicodeScalars.count
        }
        return tokens
    }

    private static func stranger(_ token: CheckRuleToken) -> CheckRuleFault {
        CheckRuleFault(
            problem: .unexpected(
                found: token.text,
                expected: "fields, numbers, +, -, *, =, !=, <=, >=, <, > and words"
            ),
            offset: token.offset
        )
    }

    /// A day such as `2020-01-31` that begins here and ends before any other digit or letter.
    private static func day(in scalars: ArraySlice<Unicode.Scalar>) -> (CalendarDate, String)? {
        let text = Array(scalars.prefix(10))
        guard text.count == 10, text[4] == "-", text[7] == "-",
            [0, 1, 2, 3, 5, 6, 8, 9].allSatisfy({ isDigit(text[$0]) })
        else { return nil }
        if scalars.count > 10, let next = scalars.last, isDigit(next) || isLetter(next) {
            return nil
        }
        func number(_ range: Range<Int>) -> Int {
            text[range].reduce(0) { $0 * 10 + Int($1.value) - 0x30 }
        }
        return CalendarDate(year: number(0..<4), month: number(5..<7), day: number(8..<10)).map {
            ($0, String(String.UnicodeScalarView(text)))
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }

    /// A number as a rule writes it, exactly; nil when it has more digits than Docket holds.
    static func number(_ text: String) -> DecimalNumber? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        let scale = parts.count == 2 ? parts[1].count : 0
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), digits.count <= 18, scale <= 9,
            let units = Int64(digits)
        else { return nil }
        return DecimalNumber(units: units, scale: scale)
    }
}
