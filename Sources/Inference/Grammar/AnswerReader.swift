/// Reads JSON by a schema: what the schema does not ask for ends it.
struct AnswerReader {
    /// A step from the answer to one of its parts.
    private enum Step {
        case key(String)
        case entry(Int)
    }

    private var scanner: AnswerScanner
    private var steps: [Step] = []

    /// A reader of a whole text.
    init(_ text: String) {
        scanner = AnswerScanner(text)
    }

    // MARK: Faults

    private var place: String {
        var place = ""
        for step in steps {
            switch step {
            case .key(let key): place += place.isEmpty ? key : "." + key
            case .entry(let index): place += "[\(index)]"
            }
        }
        return place
    }

    private func fault(_ reason: AnswerFault.Reason, at offset: Int? = nil) -> AnswerFault {
        AnswerFault(reason, place: place, offset: offset ?? scanner.offset)
    }

    /// Does a part of the work of the scanner, whose faults get their place.
    private mutating func scan<Result>(
        _ body: (inout AnswerScanner) throws(AnswerScanner.Fault) -> Result
    ) throws(AnswerFault) -> Result {
        do {
            return try body(&scanner)
        } catch {
            throw AnswerFault(error.reason, place: place, offset: error.offset)
        }
    }

    // MARK: Values

    /// Reads the next value.
    ///
    /// - Parameters:
    ///   - schema: What it must be.
    ///   - deepest: Objects and lists that may still be entered.
    /// - Returns: The value.
    /// - Throws: ``AnswerFault``.
    mutating func value(
        _ schema: AnswerSchema,
        deepest: Int
    ) throws(AnswerFault) -> AnswerValue {
        guard deepest > 0 else { throw fault(.tooDeep(limit: AnswerSchema.deepest)) }
        let kind = try scan { (scanner) throws(AnswerScanner.Fault) in try scanner.kind() }
        switch schema {
        case .nullable(let schema):
            guard kind == .null else { return try value(schema, deepest: deepest - 1) }
            try scan { (scanner) throws(AnswerScanner.Fault) in try scanner.word("null") }
            return .null
        case .object(let properties):
            try expect(.object, kind)
            return try object(properties, deepest: deepest)
        case .list(let element, let most):
            try expect(.list, kind)
            return try list(element, atMost: most, deepest: deepest)
        case .number(let digits, let decimals):
            try expect(.number, kind)
            return try number(digits, decimals)
        case .text(let most):
            try expect(.text, kind)
            return .text(try text(atMost: most))
        case .date:
            try expect(.text, kind)
            let start = scanner.offset
            // One character more than a day has tells a longer text.
            let day = try text(atMost: 10, cutting: true)
            guard CalendarDay.isDay(day) else { throw fault(.noDay(day), at: start) }
            return .text(day)
        case .choice(let labels):
            try expect(.text, kind)
            let start = scanner.offset
            let longest = labels.reduce(40) { max($0, $1.unicodeScalars.count) }
            let text = try text(atMost: longest, cutting: true, onOneLine: false)
            guard let label = labels.first(where: { $0 == text }) else {
                throw fault(.noChoice(JSONText.excerpt(text)), at: start)
            }
            return .text(label)
        }
    }

    /// Takes the end of the text.
    mutating func end() throws(AnswerFault) {
        guard scanner.isAtEnd() else { throw fault(.textAfterwards) }
    }

    private func expect(
        _ expected: AnswerScanner.Kind,
        _ found: AnswerScanner.Kind
    ) throws(AnswerFault) {
        guard found == expected else {
            throw fault(.otherKind(expected: expected.rawValue, found: found.rawValue))
        }
    }

    private mutating func text(
        atMost most: Int,
        cutting: Bool = false,
        onOneLine: Bool = true
    ) throws(AnswerFault) -> String {
        try scan { (scanner) throws(AnswerScanner.Fault) in
            try scanner.text(atMost: most, cutting: cutting, onOneLine: onOneLine)
        }
    }

    private mutating func number(_ digits: Int, _ decimals: Int) throws(AnswerFault) -> AnswerValue
    {
        let start = scanner.offset
        let number = try scan { (scanner) throws(AnswerScanner.Fault) in try scanner.number() }
        guard number.digits <= max(1, digits) else {
            throw fault(.tooManyDigits(limit: max(1, digits)), at: start)
        }
        guard number.decimals <= max(0, decimals) else {
            throw fault(.tooManyDigits(limit: max(0, decimals)), at: start)
        }
        return .number(number.text)
    }

    private mutating func list(
        _ element: AnswerSchema,
        atMost most: Int,
        deepest: Int
    ) throws(AnswerFault) -> AnswerValue {
        var entries: [AnswerValue] = []
        try take(UInt8(ascii: "["), "'['")
        if takes(UInt8(ascii: "]")) { return .list(entries) }
        repeat {
            guard entries.count < most else { throw fault(.tooManyEntries(limit: max(0, most))) }
            steps.append(.entry(entries.count))
            entries.append(try value(element, deepest: deepest - 1))
            steps.removeLast()
        } while takes(UInt8(ascii: ","))
        try take(UInt8(ascii: "]"), "',' or ']'")
        return .list(entries)
    }

    private mutating func object(
        _ properties: [AnswerSchema.Property],
        deepest: Int
    ) throws(AnswerFault) -> AnswerValue {
        let longest = properties.reduce(40) { max($0, $1.name.unicodeScalars.count) }
        var values = [AnswerValue?](repeating: nil, count: properties.count)
        try take(UInt8(ascii: "{"), "'{'")
        if !takes(UInt8(ascii: "}")) {
            repeat {
                let kind = try scan { (scanner) throws(AnswerScanner.Fault) in try scanner.kind() }
                guard kind == .text else { throw fault(.malformed(expected: "a key")) }
                let start = scanner.offset
                let key = try text(atMost: longest, cutting: true, onOneLine: false)
                guard let index = properties.firstIndex(where: { $0.name == key }) else {
                    throw fault(.foreignKey(JSONText.excerpt(key)), at: start)
                }
                guard values[index] == nil else { throw fault(.repeatedKey(key), at: start) }
                try take(UInt8(ascii: ":"), "':'")
                steps.append(.key(key))
                values[index] = try value(properties[index].schema, deepest: deepest - 1)
                steps.removeLast()
            } while takes(UInt8(ascii: ","))
            try take(UInt8(ascii: "}"), "',' or '}'")
        }
        var members: [AnswerValue.Member] = []
        for (property, value) in zip(properties, values) {
            guard let value else { throw fault(.missingKey(property.name)) }
            members.append(AnswerValue.Member(property.name, value))
        }
        return .object(members)
    }

    private mutating func take(_ byte: UInt8, _ what: String) throws(AnswerFault) {
        guard takes(byte) else { throw fault(.malformed(expected: what)) }
    }

    /// Takes a byte if it comes next, after white space.
    private mutating func takes(_ byte: UInt8) -> Bool {
        scanner.takes(byte)
    }
}
