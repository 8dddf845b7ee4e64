import Records

/// Which values of a document confirm each other by their sums.
enum AnswerSums {
    /// Most amounts that are tried with each other.
    private static let mostAmounts = 24

    /// The fields whose amounts agree: the rows of a list with a total, or two amounts with a third.
    ///
    /// - Parameters:
    ///   - values: The contents by field.
    ///   - record: The record's fields.
    /// - Returns: The names of the fields, lists too.
    static func confirmed(_ values: [String: FieldContent], record: [FieldDefinition]) -> Set<
        String
    > {
        var confirmed: Set<String> = []
        var amounts: [(name: String, amount: DecimalNumber)] = []
        for field in record {
            if case .money(let money) = values[field.name], money.amount.units != 0 {
                amounts.append((field.name, money.amount))
            }
        }
        amounts = Array(amounts.prefix(mostAmounts))
        for field in record {
            guard case .list(let columns) = field.type, case .list(let rows) = values[field.name],
                rows.count >= 2
            else { continue }
            let sums = sums(of: rows, columns: columns)
            for (name, amount) in amounts where sums.contains(amount) {
                confirmed.insert(name)
                confirmed.insert(field.name)
            }
        }
        // Subtotal and tax are the total; a sum with itself or with nothing says nothing.
        for (first, a) in amounts.enumerated() {
            for b in amounts.dropFirst(first + 1) {
                guard let sum = a.amount.adding(b.amount) else { continue }
                for c in amounts where c.name != a.name && c.name != b.name && c.amount == sum {
                    confirmed.formUnion([a.name, b.name, c.name])
                }
            }
        }
        return confirmed
    }

    /// The sums of a list's columns of money, as they are and times the numbers beside them.
    private static func sums(
        of rows: [[String: FieldContent]],
        columns: [ListColumn]
    ) -> Set<DecimalNumber> {
        let money = columns.filter { $0.type == .money }.map(\.name)
        let counts = columns.filter { $0.type == .number }.map(\.name)
        var sums: Set<DecimalNumber> = []
        for column in money {
            for count in [nil] + counts.map(Optional.some) {
                var sum: DecimalNumber? = DecimalNumber(units: 0, scale: 0)
                for row in rows {
                    guard case .money(let price) = row[column] else { sum = nil; break }
                    var amount: DecimalNumber? = price.amount
                    if let count, case .number(let number) = row[count] {
                        amount = price.amount.multiplied(by: number)
                    }
                    sum = amount.flatMap { sum?.adding($0) }
                }
                if let sum, sum.units != 0 { sums.insert(sum) }
            }
        }
        return sums
    }
}
