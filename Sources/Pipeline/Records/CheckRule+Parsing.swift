/// Why the wording of a rule is not a rule.
public struct CheckRuleFault: Error, Hashable, Sendable {
    /// What is wrong.
    public enum Problem: Hashable, Sendable {
        /// Something else was expected here; `found` is nil at the end of the rule.
        case unexpected(found: String?, expected: String)
        /// A name that is no field of the record.
        case unknownField(String, known: [String])
        /// A name that is no column of the list.
        case unknownColumn(String, list: String, known: [String])
        /// A list field where an amount belongs: only the sum of one of its columns is one.
        case listWithoutSum(list: String, columns: [String])
        /// `sum of` a field that is no list.
        case notAList(String, type: String)
        /// A field of a type that does not compare.
        case notComparable(String, type: String)
        /// A date beside something that is not a date.
        case dateBesideAmount(String)
        /// `is not in the future` after a field that is no date.
        case notADate(String, type: String)
    }

    /// What is wrong.
    public var problem: Problem
    /// Where it begins in the wording, counted in Unicode scalars from 0.
    public var offset: Int
}

extension CheckRule {
    /// Reads a rule.
    ///
    /// - Parameters:
    ///   - wording: the rule as a person writes it, such as `total is sum of items.price`.
    ///   - record: the fields that it may speak of.
    /// - Throws: ``CheckRuleFault``, the first from the left.
    public init(
        _ wording: String,
        record: [FieldDefinition]
    ) throws(CheckRuleFault) {
        var parser = CheckRuleParser(wording: wording, record: record)
        self = try parser.parse()
    }
}

/// Reads one rule from left to right.
///
///     rule     = FIELD "is not in the future"  |  sum relation sum
///     relation = "="  | "is" | "equals"
///              | "<=" | "is at most"  | "<" | "is below"
///              | ">=" | "is at least" | ">" | "is above"
///     sum      = ["-"] term { ("+" | "-") term }
///     term     = NUMBER | FIELD | ["the"] "sum of" LIST "." COLUMN
private struct CheckRuleParser {
    private struct Token {
        enum Kind {
            case word
            case number
            case sign
        }
        var kind: Kind
        var text: String
        var offset: Int
    }

    private struct Side {
        var terms: [CheckRule.Term] = []
        /// The first date field of the side.
        var date: (name: String, offset: Int)?
        var isDateAlone: Bool { date != nil && terms.count == 1 }
    }

    private let wording: String
    private let record: [FieldDefinition]
    private var tokens: [Token] = []
    private var position = 0

    init(wording: String, record: [FieldDefinition]) {
        self.wording = wording
        self.record = record
    }

    mutating func parse() throws(CheckRuleFault) -> CheckRule {
        tokens = try CheckRuleParser.tokens(of: wording)
        if tokens.count > 1, tokens[0].kind == .word {
            position = 1
            if accept("is", "not", "in", "the", "future") {
                let field = try knownField(tokens[0])
                guard case .date = field.type else {
                    throw fault(.notADate(field.name, type: field.type.name), at: tokens[0].offset)
                }
                try expectEnd()
                return .notInFuture(field: field.name, wording: wording)
            }
            if accept("is", "not") {
                throw unexpected("in the future")
            }
            position = 0
        }
        let left = try side()
        guard let relation = relation() else {
            throw unexpected("=, <=, >=, <, >, is, is at most, is at least, is below or is above")
        }
        let right = try side()
        try expectEnd()
        if let date = left.date ?? right.date, !(left.isDateAlone && right.isDateAlone) {
            throw fault(.dateBesideAmount(date.name), at: date.offset)
        }
        return .comparison(
            left: left.terms,
            relation: relation,
            right: right.terms,
            wording: wording
        )
    }

    private mutating func relation() -> CheckRule.Relation? {
        if accept("<=") || accept("is", "at", "most") { return .atMost }
        if accept(">=") || accept("is", "at", "least") { return .atLeast }
        if accept("<") || accept("is", "below") { return .below }
        if accept(">") || accept("is", "above") { return .above }
        if accept("=") || accept("is") || accept("equals") { return .equal }
        return nil
    }

    private mutating func side() throws(CheckRuleFault) -> Side {
        var side = Side()
        var isNegative = accept("-")
        repeat {
            try term(isNegative: isNegative, into: &side)
            if accept("+") {
                isNegative = false
            } else if accept("-") {
                isNegative = true
            } else {
                return side
            }
        } while true
    }

    private mutating func term(
        isNegative: Bool,
        into side: inout Side
    ) throws(CheckRuleFault) {
        let start = position
        _ = accept("the")
        if accept("sum", "of") {
            let (list, column) = try listColumn()
            side.terms.append(.sum(list: list, column: column, isNegative: isNegative))
            return
        }
        position = start
        guard position < tokens.count, tokens[position].kind != .sign else {
            throw unexpected("a field, a number or `sum of LIST.COLUMN`")
        }
        let token = tokens[position]
        position += 1
        if token.kind == .number {
            guard let number = CheckRuleParser.number(token.text) else {
                position -= 1
                throw unexpected("a number of at most 18 digits, 9 of them after the point")
            }
            side.terms.append(.constant(isNegative ? number.negated : number))
            return
        }
        let field = try knownField(token)
        switch field.type {
        case .money, .number: break
        case .date: side.date = side.date ?? (field.name, token.offset)
        case .list(let columns):
            throw fault(
                .listWithoutSum(list: field.name, columns: columns.map(\.name)),
                at: token.offset
            )
        case .text, .currency, .identifier, .label:
            throw fault(.notComparable(field.name, type: field.type.name), at: token.offset)
        }
        side.terms.append(.field(field.name, isNegative: isNegative))
    }

    private mutating func listColumn() throws(CheckRuleFault) -> (list: String, column: String) {
        guard position < tokens.count, tokens[position].kind == .word else {
            throw unexpected("LIST.COLUMN")
        }
        let token = tokens[position]
        position += 1
        let field = try knownField(token)
        guard case .list(let columns) = field.type else {
            throw fault(.notAList(field.name, type: field.type.name), at: token.offset)
        }
        let names = columns.map(\.name)
        guard accept("."), position < tokens.count, tokens[position].kind == .word else {
            throw unexpected("a column of \(field.name): " + names.joined(separator: ", "))
        }
        let columnToken = tokens[position]
        position += 1
        guard let column = columns.first(where: { $0.name == columnToken.text }) else {
            throw fault(
                .unknownColumn(columnToken.text, list: field.name, known: names),
                at: columnToken.offset
            )
        }
        switch column.type {
        case .money, .number: break
        default:
            throw fault(
                .notComparable("\(field.name).\(column.name)", type: column.type.name),
                at: columnToken.offset
            )
        }
        return (field.name, column.name)
    }

    private func knownField(_ token: Token) throws(CheckRuleFault) -> FieldDefinition {
        guard let field = record.first(where: { $0.name == token.text }) else {
            throw fault(
                .unknownField(token.text, known: record.map(\.name)),
                at: token.offset
            )
        }
        return field
    }

    /// Steps over these words if all of them come next.
    private mutating func accept(_ words: String...) -> Bool {
        let rest = tokens.dropFirst(position)
        guard rest.count >= words.count, rest.prefix(words.count).map(\.text) == words else {
            return false
        }
        position += words.count
        return true
    }

    private func expectEnd() throws(CheckRuleFault) {
        guard position < tokens.count else { return }
        throw unexpected("the end of the rule")
    }

    private func unexpected(_ expected: String) -> CheckRuleFault {
        guard position < tokens.count else {
            return fault(
                .unexpected(found: nil, expected: expected),
                at: wording.unicodeScalars.count
            )
        }
        let token = tokens[position]
        return fault(.unexpected(found: token.text, expected: expected), at: token.offset)
    }

    private func fault(_ problem: CheckRuleFault.Problem, at offset: Int) -> CheckRuleFault {
        CheckRuleFault(problem: problem, offset: offset)
    }
}

extension CheckRuleParser {
    private static func tokens(of wording: String) throws(CheckRuleFault) -> [Token] {
        let scalars = Array(wording.unicodeScalars)
        var tokens: [Token] = []
        var index = 0
        func run(from start: Int, while belongs: (Unicode.Scalar) -> Bool) -> String {
            String(String.UnicodeScalarView(scalars[start...].prefix(while: belongs)))
        }
        while index < scalars.count {
            let scalar = scalars[index]
            var token = Token(kind: .sign, text: String(scalar), offset: index)
            switch scalar {
            case " ", "\t", "\n", "\r":
                index += 1
                continue
            case "a"..."z", "A"..."Z", "_":
                token.kind = .word
                token.text = run(from: index) { isLetter($0) || isDigit($0) }
            case "0"..."9":
                token.kind = .number
                token.text = run(from: index) { isDigit($0) || $0 == "." }
            case "<", ">":
                if index + 1 < scalars.count, scalars[index + 1] == "=" { token.text += "=" }
            case "=", "+", "-", ".": break
            default:
                throw CheckRuleFault(
                    problem: .unexpected(
                        found: token.text,
                        expected: "fields, numbers, +, -, =, <=, >=, <, > and words"
                    ),
                    offset: index
                )
            }
            tokens.append(token)
            index += token.text.unicodeScalars.count
        }
        return tokens
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }

    private static func number(_ text: String) -> DecimalNumber? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let digits = parts.joined()
        let scale = parts.count == 2 ? parts[1].count : 0
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }), digits.count <= 18, scale <= 9,
            let units = Int64(digits)
        else { return nil }
        return DecimalNumber(units: units, scale: scale)
    }
}
