/// Patterns compiled to one automaton whose states are sets of places in them.
///
/// All places are followed at once, so that no pattern makes matching go back: a byte of a path
/// costs at most one step for each place (Glushkov's construction). What a folder's path leads to
/// is kept and continued for each name in it.
struct GlobAutomaton: Sendable {
    /// A set of places, 64 to a word.
    typealias State = [UInt64]

    /// The state before the first byte.
    private(set) var start: State
    private let words: Int
    /// For each byte value, the places that it may stand at, `words` words each.
    private var admitted: [UInt64]
    /// The places that may come after place `p`: `followers[followerStart[p]..<followerStart[p + 1]]`.
    private var followerStart: [Int32] = [0]
    private var followers: [Int32] = []
    /// The places that end a match.
    private var accepting: State
    /// The places from which every continuation is a match too.
    private var universal: State

    /// Compiles one pattern.
    init(_ pieces: [GlobPiece]) throws(GlobError) {
        var builder = GlobBuilder()
        let whole = try builder.fragment(of: pieces[...], startsName: true, endsName: true)
        self.init([builder.finished(whole)])
    }

    /// Joins the automata of several patterns into one that accepts what any of them accepts.
    init(joining globs: [Glob]) {
        self.init(globs.flatMap(\.automaton.parts))
    }

    /// What the automaton was made of, for joining.
    private let parts: [GlobPlaces]

    private init(_ parts: [GlobPlaces]) {
        self.parts = parts
        // Place 0 is before the first byte; nothing is admitted there again.
        let count = 1 + parts.reduce(0) { $0 + $1.bytes.count }
        words = (count + 63) / 64
        start = State(repeating: 0, count: words)
        start[0] = 1
        accepting = State(repeating: 0, count: words)
        universal = accepting
        admitted = [UInt64](repeating: 0, count: 256 * words)

        var base = 1
        for part in parts {
            followers += part.first.map { Int32(base + $0) }
            base += part.bytes.count
        }
        followerStart.append(Int32(followers.count))
        base = 1
        for part in parts {
            for (index, bytes) in part.bytes.enumerated() {
                let place = base + index
                for byte in 0..<256 where bytes.contains(UInt8(byte)) {
                    admitted[byte * words + place / 64] |= 1 << UInt64(place % 64)
                }
                followers += part.follow[index].map { Int32(base + $0) }
                followerStart.append(Int32(followers.count))
            }
            for index in part.last {
                accepting[(base + index) / 64] |= 1 << UInt64((base + index) % 64)
            }
            for index in part.universal {
                universal[(base + index) / 64] |= 1 << UInt64((base + index) % 64)
            }
            base += part.bytes.count
        }
    }

    /// The state after more bytes.
    func advance(_ state: State, over bytes: ArraySlice<UInt8>) -> State {
        // `reached` holds the places of the bytes so far; the next byte goes to their followers.
        var reached = state
        var next = State(repeating: 0, count: words)
        for byte in bytes {
            var isDead: UInt64 = 0
            let row = Int(byte) * words
            for word in 0..<words {
                var places = reached[word]
                while places != 0 {
                    let place = word * 64 + places.trailingZeroBitCount
                    places &= places - 1
                    for index in Int(followerStart[place])..<Int(followerStart[place + 1]) {
                        let follower = Int(followers[index])
                        next[follower >> 6] |= 1 << UInt64(follower & 63)
                    }
                }
            }
            for word in 0..<words {
                next[word] &= admitted[row + word]
                isDead |= next[word]
                reached[word] = 0
            }
            swap(&reached, &next)
            if isDead == 0 { break }
        }
        return reached
    }

    /// Whether the bytes so far are a match.
    func isAccepting(_ state: State) -> Bool {
        (0..<words).contains { state[$0] & accepting[$0] != 0 }
    }

    /// Whether whatever comes next, as long as something does, is a match.
    func leadsOnlyToMatches(_ state: State) -> Bool {
        for word in 0..<words {
            var places = state[word]
            while places != 0 {
                let place = word * 64 + places.trailingZeroBitCount
                places &= places - 1
                for index in Int(followerStart[place])..<Int(followerStart[place + 1]) {
                    let follower = Int(followers[index])
                    if universal[follower >> 6] & (1 << UInt64(follower & 63)) != 0 { return true }
                }
            }
        }
        return false
    }

    /// Whether no bytes can make it a match any more.
    func isDead(_ state: State) -> Bool {
        state.allSatisfy { $0 == 0 }
    }
}
