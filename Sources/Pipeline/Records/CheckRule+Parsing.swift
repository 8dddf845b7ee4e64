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
///     rule     = FIELD "is not in the future"
///              | FIELD "has" ("a valid check digit" | "valid check digits")  |  FIELD "is a valid" KIND
///              | FIELD "is" ["not"] "one of" VALUE {("," | "or") VALUE}
///              | sum relation sum
///     relation = "="  | "is" | "equals"     | "!=" | "is not"
///              | "<=" | "is at most"  | "is not after"  | "<" | "is below" | "is before"
///              | ">=" | "is at least" | "is not before" | ">" | "is above" | "is after"
///     sum      = ["-"] term { ("+" | "-") term }
///     term     = DAY | factor ["*" factor] | ["the"] "sum of" LIST "." COLUMN ["*" LIST "." COLUMN]
///     factor   = NUMBER | FIELD
private struct CheckRuleParser {
    private struct Side {
        var terms: [CheckRule.Term] = []
        /// The first date of the side.
        var date: (name: String, offset: Int)?
        var isDateAlone: Bool { date != nil && terms.count == 1 }
    }

    private let wording: String
    private let record: [FieldDefinition]
    private var tokens: [CheckRuleToken] = []
    private var position = 0

    init(wording: String, record: [FieldDefinition]) {
        self.wording = wording
        self.record = record
    }

    mutating func parse() throws(CheckRuleFault) -> CheckRule {
        tokens = try CheckRuleToken.tokens(of: wording)
        if tokens.count > 1, tokens[0].isWord {
            position = 1
            if let rule = try ruleOnOneField() { return rule }
            position = 0
        }
        let left = try side()
        guard let relation = relation() else {
            throw unexpected(
                "=, !=, <=, >=, <, >, is, is not, is at most, is at least, is below, is above, is before or is after"
            )
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

    // MARK: Rules on one field

    /// What is said of the field that is the first word; nil where a comparison follows.
    private mutating func ruleOnOneField() throws(CheckRuleFault) -> CheckRule? {
        let name = tokens[0]
        if accept("is", "not", "in") {
            guard accept("the", "future") else { throw unexpected("the future") }
            let field = try knownField(name)
            guard case .date = field.type else {
                throw fault(.notADate(field.name, type: field.type.name), at: name.offset)
            }
            try expectEnd()
            return .notInFuture(field: field.name, wording: wording)
        }
        if accept("has") {
            guard accept("a", "valid", "check", "digit") || accept("valid", "check", "digits")
            else { throw unexpected("a valid check digit") }
            return try checkDigits(of: name, kind: nil)
        }
        if accept("is", "a", "valid") || accept("is", "valid") {
            let kind = try codeKind()
            return try checkDigits(of: name, kind: kind)
        }
        let isNegated = accept("is", "not", "one", "of")
        guard isNegated || accept("is", "one", "of") else { return nil }
        let field = try knownField(name)
        switch field.type {
        case .text, .identifier, .currency, .label, .number, .money: break
        case .date, .list:
            throw fault(.notAChoice(field.name, type: field.type.name), at: name.offset)
        }
        return .membership(
            field: field.name,
            of: try choices(of: field),
            isNegated: isNegated,
            wording: wording
        )
    }

    private mutating func codeKind() throws(CheckRuleFault) -> CheckedCode {
        if accept("EAN") || accept("GTIN") || accept("UPC") { return .articleNumber }
        if accept("ISBN") { return .bookNumber }
        if accept("IBAN") { return .iban }
        if accept("SSCC") { return .shippingUnit }
        if accept("VAT", "number") { return .vatNumber }
        throw unexpected("EAN, ISBN, IBAN, SSCC or VAT number")
    }

    private func checkDigits(
        of name: CheckRuleToken,
        kind: CheckedCode?
    ) throws(CheckRuleFault) -> CheckRule {
        let field = try knownField(name)
        switch field.type {
        case .identifier, .text: break
        default: throw fault(.notACode(field.name, type: field.type.name), at: name.offset)
        }
        try expectEnd()
        return .checkDigits(field: field.name, kind: kind, wording: wording)
    }

    private mutating func choices(of field: FieldDefinition) throws(CheckRuleFault) -> [String] {
        var values: [String] = []
        repeat {
            guard position < tokens.count, !tokens[position].isSign else {
                throw unexpected("a text; one of several words in quotation marks")
            }
            let token = tokens[position]
            if case .label(let labels) = field.type, !labels.contains(token.text) {
                throw fault(
                    .unknownLabel(token.text, field: field.name, known: labels),
                    at: token.offset
                )
            }
            position += 1
            values.append(token.text)
        } while accept(",") || accept("or")
        guard position == tokens.count else { throw unexpected("a comma, or the end of the rule") }
        return values
    }

    // MARK: Comparisons

    private mutating func relation() -> CheckRule.Relation? {
        if accept("<=") || accept("is", "at", "most") || accept("is", "not", "after") {
            return .atMost
        }
        if accept(">=") || accept("is", "at", "least") || accept("is", "not", "before") {
            return .atLeast
        }
        if accept("<") || accept("is", "below") || accept("is", "before") { return .below }
        if accept(">") || accept("is", "above") || accept("is", "after") { return .above }
        if accept("!=") || accept("is", "not") { return .notEqual }
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
            side.terms.append(try sum(isNegative: isNegative))
            return
        }
        position = start
        if position < tokens.count, case .day(let day) = tokens[position].kind {
            side.date = side.date ?? (tokens[position].text, tokens[position].offset)
            side.terms.append(.day(day))
            position += 1
            return
        }
        let (first, field) = try factor()
        if let field, case .date = field.type {
            side.date = side.date ?? (field.name, tokens[start].offset)
        }
        guard accept("*") else {
            switch first {
            case .constant(let number):
                side.terms.append(.constant(isNegative ? number.negated : number))
            case .field(let name): side.terms.append(.field(name, isNegative: isNegative))
            }
            return
        }
        let place = position
        let (second, other) = try factor()
        for (factor, offset) in [(field, tokens[start].offset), (other, tokens[place].offset)] {
            if let factor, case .date = factor.type {
                throw fault(.dateBesideAmount(factor.name), at: offset)
            }
        }
        if let field, let other, case .money = field.type, case .money = other.type {
            throw fault(.productOfMoney(field.name, other.name), at: tokens[place].offset)
        }
        side.terms.append(.product(first, second, isNegative: isNegative))
    }

    /// A number or a field that compares, with its definition.
    private mutating func factor() throws(CheckRuleFault) -> (CheckRule.Factor, FieldDefinition?) {
        guard position < tokens.count, !tokens[position].isSign else {
            throw unexpected("a field, a number or `sum of LIST.COLUMN`")
        }
        let token = tokens[position]
        switch token.kind {
        case .number:
            guard let number = CheckRuleToken.number(token.text) else {
                throw unexpected("a number of at most 18 digits, 9 of them after the point")
            }
            position += 1
            return (.constant(number), nil)
        case .word: break
        case .day, .quoted, .sign: throw unexpected("a field, a number or `sum of LIST.COLUMN`")
        }
        position += 1
        let field = try knownField(token)
        switch field.type {
        case .money, .number, .date: break
        case .list(let columns):
            throw fault(
                .listWithoutSum(list: field.name, columns: columns.map(\.name)),
                at: token.offset
            )
        case .text, .currency, .identifier, .label:
            throw fault(.notComparable(field.name, type: field.type.name), at: token.offset)
        }
        return (.field(field.name), field)
    }

    private mutating func sum(isNegative: Bool) throws(CheckRuleFault) -> CheckRule.Term {
        let (list, column) = try listColumn()
        guard accept("*") else {
            return .sum(list: list, column: column.name, isNegative: isNegative)
        }
        let place = position
        let (other, by) = try listColumn()
        guard other == list else {
            position = place
            throw unexpected("a column of \(list)")
        }
        if column.type == .money, by.type == .money {
            throw fault(
                .productOfMoney("\(list).\(column.name)", "\(list).\(by.name)"),
                at: tokens[place].offset
            )
        }
        return .sumOfProducts(list: list, column: column.name, by: by.name, isNegative: isNegative)
    }

    private mutating func listColumn() throws(CheckRuleFault) -> (list: String, column: ListColumn)
    {
        guard position < tokens.count, tokens[position].isWord else {
            throw unexpected("LIST.COLUMN")
        }
        let token = tokens[position]
        position += 1
        let field = try knownField(token)
        guard case .list(let columns) = field.type else {
            throw fault(.notAList(field.name, type: field.type.name), at: token.offset)
        }
        let names = columns.map(\.name)
        guard accept("."), position < tokens.count, tokens[position].isWord else {
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
        return (field.name, column)
    }

    private func knownField(_ token: CheckRuleToken) throws(CheckRuleFault) -> FieldDefinition {
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
        let rest = tokens.dropFirst(position).prefix(words.count)
        guard rest.count == words.count,
            zip(rest, words).allSatisfy({ token, word in
                if case .quoted = token.kind { false } else { token.text == word }
            })
        else { return false }
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
