/// One piece of a pattern.
indirect enum GlobPiece {
    /// A separator of names.
    case slash
    /// One character out of ranges of Unicode scalars.
    case character([ClosedRange<UInt32>], orStrayByte: Bool)
    /// `*`: any run of bytes without a slash.
    case star
    /// Two or more stars; more than `*` only where they are a whole name.
    case stars
    /// `{a,b}`.
    case group([[GlobPiece]])
}

/// Turns the text of a pattern into pieces.
struct GlobParser {
    private let characters: [Unicode.Scalar]
    private var position = 0

    init(_ pattern: String) {
        characters = Array(pattern.unicodeScalars)
    }

    /// The pieces of the whole pattern.
    mutating func parse() throws(GlobError) -> [GlobPiece] {
        while true {
            if peek("/") {
                position += 1
            } else if peek("."), position + 1 < characters.count, characters[position + 1] == "/" {
                position += 2
            } else {
                break
            }
        }
        let isDot = peek(".") && position + 1 == characters.count
        guard position < characters.count, !isDot else { throw .empty }
        try refuseParentFolder()
        var pieces = try sequence(depth: 0)
        if case .slash = pieces.last { pieces.append(.stars) }
        return pieces
    }

    private func peek(_ scalar: Unicode.Scalar) -> Bool {
        position < characters.count && characters[position] == scalar
    }

    private func refuseParentFolder() throws(GlobError) {
        var start = 0
        for end in 0...characters.count where end == characters.count || characters[end] == "/" {
            if characters[start..<end].elementsEqual("..".unicodeScalars) {
                throw .parentFolder(offset: start)
            }
            start = end + 1
        }
    }

    private mutating func sequence(depth: Int) throws(GlobError) -> [GlobPiece] {
        guard depth <= 16 else { throw .tooComplex }
        var pieces: [GlobPiece] = []
        while position < characters.count {
            let offset = position
            let scalar = characters[position]
            if depth > 0, scalar == "," || scalar == "}" { return pieces }
            position += 1
            switch scalar {
            case "/":
                if case .slash = pieces.last { continue }
                pieces.append(.slash)
            case "*":
                var count = 1
                while peek("*") {
                    count += 1
                    position += 1
                }
                pieces.append(count == 1 ? .star : .stars)
            case "?":
                pieces.append(.character(complement(of: [one("/")]), orStrayByte: true))
            case "[":
                pieces.append(try bracket(openedAt: offset))
            case "{":
                pieces.append(try group(openedAt: offset, depth: depth))
            case "\\":
                guard position < characters.count else { throw .danglingBackslash(offset: offset) }
                let literal = characters[position]
                position += 1
                pieces.append(
                    literal == "/" ? .slash : .character([one(literal)], orStrayByte: false)
                )
            default:
                pieces.append(.character([one(scalar)], orStrayByte: false))
            }
        }
        return pieces
    }

    private mutating func group(openedAt offset: Int, depth: Int) throws(GlobError) -> GlobPiece {
        var alternatives: [[GlobPiece]] = []
        while true {
            alternatives.append(try sequence(depth: depth + 1))
            guard position < characters.count else { throw .unclosedBrace(offset: offset) }
            position += 1
            if characters[position - 1] == "}" { return .group(alternatives) }
        }
    }

    private mutating func bracket(openedAt offset: Int) throws(GlobError) -> GlobPiece {
        var ranges: [ClosedRange<UInt32>] = []
        let isNegated = peek("!") || peek("^")
        if isNegated { position += 1 }
        var isFirst = true
        while true {
            guard position < characters.count, characters[position] != "/" else {
                throw .unclosedBracket(offset: offset)
            }
            // As in a shell, a bracket that comes first is itself.
            if characters[position] == "]", !isFirst { break }
            isFirst = false
            let start = position
            let low = try member(openedAt: offset)
            if peek("-"), position + 1 < characters.count, characters[position + 1] != "]" {
                position += 1
                let high = try member(openedAt: offset)
                guard low <= high else { throw .reversedRange(offset: start) }
                ranges.append(low.value...high.value)
            } else {
                ranges.append(one(low))
            }
        }
        position += 1
        guard isNegated else { return .character(ranges, orStrayByte: false) }
        ranges = ranges.flatMap { [$0] + otherCase(of: $0) } + [one("/")]
        return .character(complement(of: ranges), orStrayByte: true)
    }

    private mutating func member(openedAt offset: Int) throws(GlobError) -> Unicode.Scalar {
        if peek("\\") { position += 1 }
        guard position < characters.count else { throw .unclosedBracket(offset: offset) }
        position += 1
        return characters[position - 1]
    }
}

private func one(_ scalar: Unicode.Scalar) -> ClosedRange<UInt32> { scalar.value...scalar.value }

/// The ASCII letters of a range in their other case.
func otherCase(of range: ClosedRange<UInt32>) -> [ClosedRange<UInt32>] {
    let cases: [(letters: ClosedRange<UInt32>, toOther: Int32)] = [(65...90, 32), (97...122, -32)]
    return cases.compactMap { letters, toOther in
        guard range.overlaps(letters) else { return nil }
        let part = range.clamped(to: letters)
        func moved(_ value: UInt32) -> UInt32 { UInt32(Int32(value) + toOther) }
        return moved(part.lowerBound)...moved(part.upperBound)
    }
}

/// All characters that are in none of the ranges.
private func complement(of ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
    var rest: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
        if range.lowerBound > next { rest.append(next...(range.lowerBound - 1)) }
        next = max(next, range.upperBound + 1)
    }
    if next <= 0x10FFFF { rest.append(next...0x10FFFF) }
    return rest
}
