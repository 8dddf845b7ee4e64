/// What bytes an answer of a schema may have, one after the other.
///
/// A position is a place in the schema's text; what was counted on the way there (characters of a text, entries of lists) stands beside
/// it in a ``State``, so that a long text or list takes no more positions than a short one. Each position knows the byte that
/// leads to the end soonest: by them every answer can be completed.
struct ByteAutomaton: Sendable {
    /// A place in the schema's text.
    typealias Position = Int32

    /// Lists that may lie in each other: each has a counter.
    static let mostLists = 8

    /// A position and what was counted.
    struct State: Hashable, Sendable {
        var position: Position
        /// Characters that the text may still have; 0 outside texts.
        var charactersLeft: Int32 = 0
        /// Entries that each open list may still have after the present one; 0 for lists that are not open.
        var entriesLeft = SIMD8<UInt16>()
    }

    /// What a byte counts.
    enum Action: Sendable, Equatable {
        case nothing
        /// A text of so many characters begins.
        case opensText(Int32)
        /// A list may have so many entries after its first, which begins.
        case opensList(level: UInt8, more: UInt16)
        case nextEntry(level: UInt8)
        case closesList(level: UInt8)
    }

    /// Bytes that lead from a position to another.
    struct Edge: Sendable {
        let bytes: ClosedRange<UInt8>
        let target: Position
        var action = Action.nothing
    }

    /// What may come at a position.
    enum Place: Sendable {
        /// Some of the automaton's edges.
        case edges(Range<Int>)
        /// Inside a text, whose places stand one after the other from `first` on.
        case text(LineOfText.Place, first: Position, closesTo: Position)
    }

    /// The answer is whole here.
    static let end: Position = 0

    fileprivate(set) var places: [Place] = [.edges(0..<0)]
    fileprivate(set) var edges: [Edge] = []
    /// The byte that leads to the end soonest, by position.
    fileprivate(set) var completingBytes: [UInt8] = [0]
    /// Bytes to the end by them.
    fileprivate(set) var completingCounts: [Int32] = [0]
    /// Whether the answer may end at a position.
    fileprivate(set) var isComplete = [true]
    /// Where answers begin.
    fileprivate(set) var start = ByteAutomaton.end

    // MARK: Going on

    /// Goes on by a byte.
    ///
    /// - Parameters:
    ///   - byte: The byte.
    ///   - state: Where the answer stands; left as it is where the byte may not come.
    /// - Returns: Whether the byte may come.
    func step(_ byte: UInt8, from state: inout State) -> Bool {
        switch places[Int(state.position)] {
        case .text(let place, let first, let closesTo):
            let code = LineOfText.code(byte, at: place.rawValue)
            if code == LineOfText.forbidden { return false }
            if code == LineOfText.closing {
                state.charactersLeft = 0
                state.position = closesTo
                return true
            }
            if place == .between {
                guard state.charactersLeft > 0 else { return false }
                state.charactersLeft -= 1
            }
            state.position = first + Position(code)
            return true
        case .edges(let range):
            for index in range where edges[index].bytes.contains(byte) {
                return take(edges[index], &state)
            }
            return false
        }
    }

    private func take(_ edge: Edge, _ state: inout State) -> Bool {
        switch edge.action {
        case .nothing: break
        case .opensText(let most): state.charactersLeft = most
        case .opensList(let level, let more): state.entriesLeft[Int(level)] = more
        case .nextEntry(let level):
            guard state.entriesLeft[Int(level)] > 0 else { return false }
            state.entriesLeft[Int(level)] -= 1
        case .closesList(let level): state.entriesLeft[Int(level)] = 0
        }
        state.position = edge.target
        return true
    }

    // MARK: What is certain

    /// The one byte that may come at a position, whatever was counted; nil where there are several, or none.
    func onlyByte(at position: Position) -> UInt8? {
        guard case .edges(let range) = places[Int(position)], range.count == 1,
            !isComplete[Int(position)]
        else { return nil }
        let edge = edges[range.lowerBound]
        return edge.bytes.count == 1 ? edge.bytes.lowerBound : nil
    }

    /// The bytes that must come from a position on, and the position after them.
    func certainBytes(from position: Position) -> (bytes: [UInt8], end: Position) {
        var bytes: [UInt8] = []
        var state = State(position: position)
        while let byte = onlyByte(at: state.position), step(byte, from: &state) {
            bytes.append(byte)
        }
        return (bytes, state.position)
    }

    /// The bytes that may come at a position, whatever was counted.
    func bytes(at position: Position) -> [UInt8] {
        var state = State(position: position, charactersLeft: 1)
        for level in 0..<Self.mostLists { state.entriesLeft[level] = 1 }
        let before = state
        return (UInt8.min...UInt8.max).filter { byte in
            state = before
            return step(byte, from: &state)
        }
    }

    /// The position after the byte that leads to the end soonest.
    func completing(_ position: Position) -> Position {
        var state = State(position: position)
        guard position != Self.end, step(completingBytes[Int(position)], from: &state) else {
            return Self.end
        }
        return state.position
    }
}

// MARK: Building

extension ByteAutomaton {
    /// Makes room for a position, which is set later.
    mutating func addPosition() -> Position {
        places.append(.edges(0..<0))
        completingBytes.append(0)
        completingCounts.append(0)
        isComplete.append(false)
        return Position(places.count - 1)
    }

    /// Says what may come at a position.
    ///
    /// - Parameters:
    ///   - position: The position.
    ///   - edges: What leads on; no byte twice.
    ///   - completing: The byte that leads to the end soonest; nil for that of the nearest target.
    mutating func set(_ position: Position, _ edges: [Edge], completing: UInt8? = nil) {
        places[Int(position)] = .edges(self.edges.count..<self.edges.count + edges.count)
        self.edges += edges
        let best =
            edges.first { edge in completing.map { edge.bytes.contains($0) } ?? false }
            ?? edges.min { completingCounts[Int($0.target)] < completingCounts[Int($1.target)] }
        guard let best else { return }
        completingBytes[Int(position)] = completing ?? best.bytes.lowerBound
        completingCounts[Int(position)] = 1 + completingCounts[Int(best.target)]
    }

    /// Takes over what may come at another position, as what stands before has no end of its own.
    mutating func setEnding(_ position: Position, _ own: [Edge], or next: Position) {
        set(
            position,
            own + edges(at: next),
            completing: next == Self.end ? nil : completingBytes[Int(next)]
        )
        isComplete[Int(position)] = isComplete[Int(next)]
        if isComplete[Int(position)] {
            completingCounts[Int(position)] = 0
        }
    }

    /// What leads on from a position outside texts.
    func edges(at position: Position) -> [Edge] {
        guard case .edges(let range) = places[Int(position)] else { return [] }
        return Array(edges[range])
    }

    /// Adds the places of a text's inside.
    ///
    /// - Returns: Its beginning.
    mutating func addText(closingTo next: Position) -> Position {
        let first = Position(places.count)
        for place in LineOfText.Place.allCases {
            let rest = LineOfText.rest(of: place)
            places.append(.text(place, first: first, closesTo: next))
            completingBytes.append(rest.first ?? UInt8(ascii: "\""))
            completingCounts.append(Int32(rest.count) + 1 + completingCounts[Int(next)])
            isComplete.append(false)
        }
        return first
    }

    mutating func begin(at position: Position) {
        start = position
    }
}
