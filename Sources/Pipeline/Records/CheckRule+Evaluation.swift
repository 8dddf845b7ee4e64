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

        mutating func add(_ content: FieldContent?, _ name: String, isNegative: Bool)
            throws(Obstacle)
        {
            var summand: DecimalNumber
            switch content {
            case .number(let number): summand = number
            case .money(let money):
                summand = money.amount
                isMoney = true
                if let currency = money.currency { currencies.insert(currency) }
            default: throw .missing(name)
            }
            if isNegative { summand = summand.negated }
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
            }
        }
        return sum
    }

    private static func dates(
        _ left: [Term],
        _ right: [Term],
        in values: [String: FieldContent]
    ) throws(Obstacle) -> ((String, CalendarDate), (String, CalendarDate))? {
        guard left.count == 1, right.count == 1, case .field(let first, false) = left[0],
            case .field(let second, false) = right[0]
        else { return nil }
        guard let firstContent = values[first] else { throw .missing(first) }
        guard case .date(let firstDate) = firstContent else { return nil }
        return ((first, firstDate), (second, try date(second, in: values)))
    }

    private static func date(
        _ field: String,
        in values: [String: FieldContent]
    ) throws(Obstacle) -> CalendarDate {
        guard case .date(let date) = values[field] else { throw .missing(field) }
        return date
    }

    /// `total is 12.90`, `items.price sum to 12.40`, `net + tax is 11.90`.
    private static func describe(_ terms: [Term], _ sum: Sum) -> String {
        var text = ""
        for (index, term) in terms.enumerated() {
            let name: String
            var isNegative = false
            switch term {
            case .constant(let number):
                name = number.description
            case .field(let field, let negative):
                name = field
                isNegative = negative
            case .sum(let list, let column, let negative):
                name = "\(list).\(column)"
                isNegative = negative
            }
            if index > 0 { text += isNegative ? " - " : " + " } else if isNegative { text += "-" }
            text += name
        }
        guard terms.count == 1 else { return "\(text) is \(sum.amount)" }
        switch terms[0] {
        case .constant: return text
        case .field: return "\(text) is \(sum.amount)"
        case .sum: return "\(text) sum to \(sum.amount)"
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
        case .atMost: isLess || isEqual
        case .atLeast: !isLess || isEqual
        case .below: isLess && !isEqual
        case .above: !isLess && !isEqual
        }
    }
}
