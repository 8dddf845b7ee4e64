extension CheckRule {
    /// Applies the rule to a record.
    ///
    /// Amounts of money are equal within half of the currency's minor unit, other numbers when they are
    /// the same.
    ///
    /// - Parameters:
    ///   - values: the record's contents by field.
    ///   - today: the day of the run.
    /// - Returns: the outcome, not applicable when a field that the rule needs has no value.
    public func evaluate(values: [String: FieldContent], today: CalendarDate) -> CheckResult {
        do throws(Obstacle) {
            switch self {
            case .notInFuture(let field, _):
                let date = try CheckRule.date(field, in: values)
                return result(
                    date <= today,
                    date <= today ? "\(field) is \(date)" : "\(field) is \(date), today is \(today)"
                )
            case .comparison(let left, let relation, let right, _):
                if let (first, second) = try CheckRule.dates(left, right, in: values) {
                    return result(
                        relation.holds(isLess: first.1 < second.1, isEqual: first.1 == second.1),
                        "\(first.0) is \(first.1), \(second.0) is \(second.1)"
                    )
                }
                return try compare(left, relation, right, in: values)
            case .checkDigits(let field, let kind, _):
                return try proof(of: field, kind: kind, in: values)
            case .membership(let field, let choices, let isNegated, _):
                let content = try CheckRule.content(field, in: values)
                let isOne = choices.contains { CheckRule.isChoice($0, content) }
                return result(isOne != isNegated, "\(field) is \(content.plain)")
            }
        } catch {
            switch error {
            case .missing(let what):
                return CheckResult(
                    rule: wording,
                    outcome: .notApplicable,
                    detail: "\(what) has no value"
                )
            case .mixedCurrencies(let currencies):
                return result(
                    false,
                    "amounts in \(currencies.sorted().joined(separator: " and ")) do not compare"
                )
            case .outOfRange:
                return result(false, "a sum is beyond the numbers that Docket can hold")
            }
        }
    }

    private enum Obstacle: Error {
        case missing(String)
        case mixedCurrencies(Set<String>)
        case outOfRange
    }

    /// A side's amount, and what it was made from.
    private struct Sum {
        var amount = DecimalNumber(units: 0, scale: 0)
        var isMoney = false
        var currencies: Set<String> = []

        /// The number of a field, noting its currency.
        mutating func number(_ content: FieldContent?, _ name: String) throws(Obstacle)
            -> DecimalNumber
        {
            switch content {
            case .number(let number): return number
            case .money(let money):
                isMoney = true
                if let currency = money.currency { currencies.insert(currency) }
                return money.amount
            default: throw .missing(name)
            }
        }

        mutating func add(_ content: FieldContent?, _ name: String, isNegative: Bool)
            throws(Obstacle)
        {
            try add(number(content, name), isNegative: isNegative)
        }

        mutating func add(_ number: DecimalNumber, isNegative: Bool) throws(Obstacle) {
            let summand = isNegative ? number.negated : number
            guard let sum = amount.adding(summand) else { throw .outOfRange }
            amount = sum
        }
    }

    private func compare(
        _ left: [Term],
        _ relation: Relation,
        _ right: [Term],
        in values: [String: FieldContent]
    ) throws(Obstacle) -> CheckResult {
        let first = try CheckRule.sum(left, in: values)
        let second = try CheckRule.sum(right, in: values)
        let currencies = first.currencies.union(second.currencies)
        guard currencies.count <= 1 else { throw .mixedCurrencies(currencies) }
        guard let difference = first.amount.adding(second.amount.negated) else { throw .outOfRange }
        var isEqual = difference.units == 0
        if first.isMoney || second.isMoney {
            // Half a cent is 5 at one place more than the currency has.
            let half = DecimalNumber(
                units: 5,
                scale: Money.decimalPlaces(of: currencies.first) + 1
            )
            isEqual = difference <= half && half.negated <= difference
        }
        return result(
            relation.holds(isLess: difference.units < 0, isEqual: isEqual),
            CheckRule.describe(left, first) + ", " + CheckRule.describe(right, second)
        )
    }

    private static func sum(
        _ terms: [Term],
        in values: [String: FieldContent]
    ) throws(Obstacle) -> Sum {
        var sum = Sum()
        for term in terms {
            switch term {
            case .constant(let number):
                try sum.add(.number(number), "", isNegative: false)
            case .field(let name, let isNegative):
                try sum.add(values[name], name, isNegative: isNegative)
            case .sum(let list, let column, let isNegative):
                guard case .list(let rows) = values[list], !rows.isEmpty else {
                    throw .missing(list)
                }
                for (index, row) in rows.enumerated() {
                    try sum.add(
                        row[column],
                        "\(list).\(column) of row \(index + 1)",
                        isNegative: isNegative
                    )
                }
            case .product(let first, let second, let isNegative):
                let a = try factor(first, in: values, of: &sum)
                let b = try factor(second, in: values, of: &sum)
                guard let product = a.multiplied(by: b) else { throw .outOfRange }
                try sum.add(product, isNegative: isNegative)
            case .sumOfProducts(let list, let column, let by, let isNegative):
                guard case .list(let rows) = values[list], !rows.isEmpty else {
                    throw .missing(list)
                }
                for (index, row) in rows.enumerated() {
                    let a = try sum.number(row[column], "\(list).\(column) of row \(index + 1)")
                    let b = try sum.number(row[by], "\(list).\(by) of row \(index + 1)")
                    guard let product = a.multiplied(by: b) else { throw .outOfRange }
                    try sum.add(product, isNegative: isNegative)
                }
            // A day stands beside days only, which is seen when the rule is read.
            case .day(let day): throw .missing("a number in place of \(day)")
            }
        }
        return sum
    }

    private static func factor(
        _ factor: Factor,
        in values: [String: FieldContent],
        of sum: inout Sum
    ) throws(Obstacle) -> DecimalNumber {
        switch factor {
        case .constant(let number): number
        case .field(let name): try sum.number(values[name], name)
        }
    }

    /// Both sides as days with their names, where the rule compares days.
    private static func dates(
        _ left: [Term],
        _ right: [Term],
        in values: [String: FieldContent]
    ) throws(Obstacle) -> ((String, CalendarDate), (String, CalendarDate))? {
        guard left.count == 1, right.count == 1 else { return nil }
        var days: [(String, CalendarDate)?] = []
        for term in [left[0], right[0]] {
            switch term {
            case .day(let day): days.append(("the rule's day", day))
            case .field(let name, false):
                guard let content = values[name] else { throw .missing(name) }
                if case .date(let day) = content {
                    days.append((name, day))
                } else {
                    days.append(nil)
                }
            default: return nil
            }
        }
        if let first = days[0], let second = days[1] { return (first, second) }
        // A field of another type in the place of a day, as a record of an earlier pipeline may have.
        if days[0] == nil, days[1] == nil { return nil }
        throw .missing(days[0] == nil ? name(of: left[0]) : name(of: right[0]))
    }

    private static func date(
        _ field: String,
        in values: [String: FieldContent]
    ) throws(Obstacle) -> CalendarDate {
        guard case .date(let date) = values[field] else { throw .missing(field) }
        return date
    }

    private static func content(
        _ field: String,
        in values: [String: FieldContent]
    ) throws(Obstacle) -> FieldContent {
        guard let content = values[field] else { throw .missing(field) }
        return content
    }

    // MARK: Codes and choices

    private func proof(
        of field: String,
        kind: CheckedCode?,
        in values: [String: FieldContent]
    ) throws(Obstacle) -> CheckResult {
        let code = try CheckRule.content(field, in: values).plain
        let known = kind.map { ($0, $0.verdict(on: code)) } ?? CheckedCode.verdict(on: code)
        guard let (kind, verdict) = known else {
            return result(
                false,
                "\(field) is \(code), which has the form of no code with check digits"
            )
        }
        switch verdict {
        case .right: return result(true, "\(field) is \(code), a valid \(kind.rawValue)")
        case .wrong:
            return result(
                false,
                "\(field) is \(code), whose check digits are wrong for the \(kind.rawValue) that it looks like"
            )
        case .notOfKind:
            return result(
                false,
                "\(field) is \(code), which has not the form of the \(kind.rawValue) that it should be"
            )
        case .unknown:
            return CheckResult(
                rule: wording,
                outcome: .notApplicable,
                detail:
                    "\(field) is \(code), a \(kind.rawValue) of a country whose check digits are not known"
            )
        }
    }

    /// Whether a content is a rule's choice: numbers by value, texts in any case.
    private static func isChoice(_ choice: String, _ content: FieldContent) -> Bool {
        switch content {
        case .number(let number): CheckRuleToken.number(choice) == number
        case .money(let money): CheckRuleToken.number(choice) == money.amount
        default: content.plain.lowercased() == choice.lowercased()
        }
    }

    // MARK: Words

    /// `total is 12.90`, `items.price sum to 12.40`, `net + tax is 11.90`.
    private static func describe(_ terms: [Term], _ sum: Sum) -> String {
        var text = ""
        for (index, term) in terms.enumerated() {
            let isNegative = isNegative(term)
            if index > 0 { text += isNegative ? " - " : " + " } else if isNegative { text += "-" }
            text += name(of: term)
        }
        guard terms.count == 1 else { return "\(text) is \(sum.amount)" }
        switch terms[0] {
        case .constant, .day: return text
        case .field, .product: return "\(text) is \(sum.amount)"
        case .sum, .sumOfProducts: return "\(text) sum to \(sum.amount)"
        }
    }

    private static func isNegative(_ term: Term) -> Bool {
        switch term {
        case .constant, .day: false
        case .field(_, let isNegative), .sum(_, _, let isNegative),
            .product(_, _, let isNegative), .sumOfProducts(_, _, _, let isNegative):
            isNegative
        }
    }

    private static func name(of term: Term) -> String {
        switch term {
        case .constant(let number): number.description
        case .day(let day): day.description
        case .field(let field, _): field
        case .sum(let list, let column, _): "\(list).\(column)"
        case .product(let first, let second, _): "\(name(of: first)) * \(name(of: second))"
        case .sumOfProducts(let list, let column, let by, _):
            "\(list).\(column) * \(list).\(by)"
        }
    }

    private static func name(of factor: Factor) -> String {
        switch factor {
        case .constant(let number): number.description
        case .field(let field): field
        }
    }

    private func result(_ holds: Bool, _ detail: String) -> CheckResult {
        CheckResult(rule: wording, outcome: holds ? .passed : .failed, detail: detail)
    }
}

extension CheckRule.Relation {
    fileprivate func holds(isLess: Bool, isEqual: Bool) -> Bool {
        switch self {
        case .equal: isEqual
        case .notEqual: !isEqual
        case .atMost: isLess || isEqual
        case .atLeast: !isLess || isEqual
        case .below: isLess && !isEqual
        case .above: !isLess && !isEqual
        }
    }
}
