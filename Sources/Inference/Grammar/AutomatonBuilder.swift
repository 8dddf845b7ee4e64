/// Writes a schema as an automaton, from the answer's end to its beginning.
struct AutomatonBuilder {
    typealias Position = ByteAutomaton.Position
    typealias Edge = ByteAutomaton.Edge

    /// Positions that a schema may have: some hundred thousand bytes of keys and labels.
    static let mostPositions = 1 << 20
    /// Entries of a list, characters of a text, digits of a number.
    static let mostEntries = Int(UInt16.max)
    static let mostCharacters = 1 << 24
    static let mostDigits = 64
    /// Bytes of a label as it is written.
    static let longestLabel = 512

    private(set) var automaton = ByteAutomaton()

    /// Writes a schema.
    ///
    /// - Parameter schema: The schema.
    /// - Throws: ``SchemaFault`` of its parts.
    init(_ schema: AnswerSchema) throws(SchemaFault) {
        automaton.begin(
            at: try add(schema, before: ByteAutomaton.end, level: 0, deepest: AnswerSchema.deepest)
        )
    }

    /// Writes a part of a schema.
    ///
    /// - Parameters:
    ///   - schema: The part.
    ///   - next: Where it leads to.
    ///   - level: Lists that it lies in.
    ///   - deepest: Objects and lists that may still lie in each other.
    /// - Returns: Where it begins.
    /// - Throws: ``SchemaFault``.
    private mutating func add(
        _ schema: AnswerSchema,
        before next: Position,
        level: Int,
        deepest: Int
    ) throws(SchemaFault) -> Position {
        guard deepest > 0 else { throw .tooDeep(limit: AnswerSchema.deepest) }
        guard automaton.places.count < Self.mostPositions else {
            throw .tooLarge(limit: Self.mostPositions)
        }
        switch schema {
        case .object(let properties):
            return try addObject(properties, before: next, level: level, deepest: deepest)
        case .list(let element, let most):
            try check(most, from: 0, to: Self.mostEntries)
            return try addList(
                of: element,
                atMost: most,
                before: next,
                level: level,
                deepest: deepest
            )
        case .text(let most):
            try check(most, from: 0, to: Self.mostCharacters)
            let start = automaton.addPosition()
            let inside = automaton.addText(closingTo: next)
            automaton.set(start, [edge("\"", inside, .opensText(Int32(most)))])
            return start
        case .number(let digits, let decimals):
            try check(digits, from: 1, to: Self.mostDigits)
            try check(decimals, from: 0, to: Self.mostDigits)
            return addNumber(digits, decimals, before: next)
        case .date: return addDate(before: next)
        case .choice(let labels): return try addChoice(labels, before: next)
        case .nullable(let inner):
            let value = try add(inner, before: next, level: level, deepest: deepest - 1)
            if case .nullable = inner { return value }
            let start = automaton.addPosition()
            let null = edge("n", addLiteral("ull", before: next))
            // What is not known is better not said than made up, even where that were shorter.
            automaton.set(start, automaton.edges(at: value) + [null], completing: UInt8(ascii: "n"))
            return start
        }
    }

    private func check(_ found: Int, from least: Int, to most: Int) throws(SchemaFault) {
        guard least...most ~= found else { throw .boundOutOfRange(found: found, limit: most) }
    }

    // MARK: Fixed text

    private func edge(
        _ byte: Unicode.Scalar,
        _ target: Position,
        _ action: ByteAutomaton.Action = .nothing
    ) -> Edge {
        let byte = UInt8(ascii: byte)
        return Edge(bytes: byte...byte, target: target, action: action)
    }

    /// Writes text that must come.
    ///
    /// - Returns: Where it begins: where it leads to, if it is empty.
    mutating func addLiteral(_ text: String, before next: Position) -> Position {
        var target = next
        for byte in text.utf8.reversed() {
            let position = automaton.addPosition()
            automaton.set(position, [Edge(bytes: byte...byte, target: target)])
            target = position
        }
        return target
    }

    /// Writes a position with edges.
    mutating func addPosition(_ edges: [Edge]) -> Position {
        let position = automaton.addPosition()
        automaton.set(position, edges)
        return position
    }

    private mutating func addObject(
        _ properties: [AnswerSchema.Property],
        before next: Position,
        level: Int,
        deepest: Int
    ) throws(SchemaFault) -> Position {
        var names: Set<String> = []
        for property in properties where !names.insert(property.name).inserted {
            throw .repeatedKey(property.name)
        }
        var position = addLiteral(properties.isEmpty ? "{}" : "}", before: next)
        for (index, property) in properties.enumerated().reversed() {
            let value = try add(
                property.schema,
                before: position,
                level: level,
                deepest: deepest - 1
            )
            let key = (index == 0 ? "{" : ", ") + JSONText.quoted(property.name) + ": "
            position = addLiteral(key, before: value)
        }
        return position
    }

    private mutating func addList(
        of element: AnswerSchema,
        atMost most: Int,
        before next: Position,
        level: Int,
        deepest: Int
    ) throws(SchemaFault) -> Position {
        guard most > 0 else { return addLiteral("[]", before: next) }
        guard level < ByteAutomaton.mostLists else {
            throw .listsTooDeep(limit: ByteAutomaton.mostLists)
        }
        let (counter, more) = (UInt8(level), UInt16(most - 1))
        let close = edge("]", next, .closesList(level: counter))
        let space = automaton.addPosition()
        let afterEntry = automaton.addPosition()
        let comma = edge(",", space, .nextEntry(level: counter))
        automaton.set(afterEntry, [close, comma], completing: UInt8(ascii: "]"))
        let entry = try add(element, before: afterEntry, level: level + 1, deepest: deepest - 1)
        automaton.set(space, [edge(" ", entry)])
        let inside = automaton.addPosition()
        automaton.set(inside, [close] + automaton.edges(at: entry), completing: UInt8(ascii: "]"))
        return addPosition([edge("[", inside, .opensList(level: counter, more: more))])
    }

    /// Writes texts to choose from as a tree, in quotation marks: these keep one from being the beginning of another.
    private mutating func addChoice(
        _ labels: [String],
        before next: Position
    ) throws(SchemaFault) -> Position {
        guard !labels.isEmpty else { throw .noChoice }
        let texts = Set(labels).map { Array(JSONText.quoted($0).utf8) }
            .sorted { $0.lexicographicallyPrecedes($1) }
        for text in texts { try check(text.count, from: 2, to: Self.longestLabel) }
        guard texts.reduce(automaton.places.count, { $0 + $1.count }) < Self.mostPositions else {
            throw .tooLarge(limit: Self.mostPositions)
        }
        return addBranch(texts[...], from: 0, before: next)
    }

    private mutating func addBranch(
        _ texts: ArraySlice<[UInt8]>,
        from offset: Int,
        before next: Position
    ) -> Position {
        // What all have in common is written in a loop: texts may be long.
        guard let first = texts.first, let last = texts.last else { return next }
        var end = offset
        while end < min(first.count, last.count), first[end] == last[end] { end += 1 }
        var position = next
        if end < first.count {
            var edges: [Edge] = []
            var rest = texts
            while let text = rest.first {
                let byte = text[end]
                let group = rest.prefix { $0[end] == byte }
                rest = rest.dropFirst(group.count)
                edges.append(
                    Edge(bytes: byte...byte, target: addBranch(group, from: end + 1, before: next))
                )
            }
            position = addPosition(edges)
        }
        for byte in first[offset..<end].reversed() {
            position = addPosition([Edge(bytes: byte...byte, target: position)])
        }
        return position
    }

    // MARK: Numbers

    private mutating func addNumber(
        _ digits: Int,
        _ decimals: Int,
        before next: Position
    ) -> Position {
        func any(_ bytes: ClosedRange<UInt8>, _ target: Position) -> Edge {
            Edge(bytes: bytes, target: target)
        }
        var point: [Edge] = []
        if decimals > 0 {
            var more: [Edge] = []
            for _ in 0..<decimals {
                let decimal = automaton.addPosition()
                automaton.setEnding(decimal, more, or: next)
                more = [any(0x30...0x39, decimal)]
            }
            point = [edge(".", addPosition(more))]
        }
        let zero = automaton.addPosition()
        automaton.setEnding(zero, point, or: next)
        var more: [Edge] = []
        var digit = zero
        for _ in 0..<digits {
            digit = automaton.addPosition()
            automaton.setEnding(digit, more + point, or: next)
            more = [any(0x30...0x39, digit)]
        }
        let unsigned = [edge("0", zero), any(0x31...0x39, digit)]
        let negative = addPosition(unsigned)
        return addPosition([edge("-", negative)] + unsigned)
    }
}
