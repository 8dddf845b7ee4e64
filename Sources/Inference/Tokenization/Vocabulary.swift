/// The tokens of a model: the bytes of each id, in one block, and the id of bytes.
struct Vocabulary: Sendable {
    /// Ids must be below this; the largest published Qwen vocabulary has 248,320.
    static let largest = 1 << 22
    /// Bytes of a token; the longest of a published Qwen vocabulary has 128.
    static let longest = 1 << 16

    let file: String
    private var bytes: [UInt8] = []
    /// Where each id's bytes begin; `UInt32.max` for an id without a token.
    private var starts: [UInt32] = []
    private var lengths: [UInt32] = []
    /// Tokens that are there.
    private(set) var count = 0
    /// Ids by hash of their bytes, -1 where none is; a power of two, at most half full.
    private var slots: [TokenID] = []
    private let seed = KeyedHash()

    init(file: String) {
        self.file = file
    }

    /// One more than the largest id.
    var idLimit: Int { starts.count }

    /// Whether an id has a token.
    func contains(_ id: TokenID) -> Bool {
        id >= 0 && Int(id) < starts.count && starts[Int(id)] != .max
    }

    /// The bytes of an id; empty when it has no token.
    subscript(_ id: TokenID) -> ArraySlice<UInt8> {
        guard contains(id) else { return [] }
        let start = Int(starts[Int(id)])
        return bytes[start..<start + Int(lengths[Int(id)])]
    }

    /// How a message shows the token of an id.
    func spelling(_ id: TokenID) -> String {
        Excerpt.of(self[id])
    }

    mutating func reserve(tokens: Int, bytes: Int) {
        starts.reserveCapacity(tokens)
        lengths.reserveCapacity(tokens)
        self.bytes.reserveCapacity(bytes)
    }

    /// Adds a token.
    ///
    /// - Parameters:
    ///   - spelling: How the file writes it.
    ///   - mapped: Whether it is in byte-map spelling; what cannot be one is taken as it is.
    ///   - id: Its number.
    /// - Throws: ``TokenizerFault`` when the id is out of range or taken.
    mutating func add(
        _ spelling: [UInt8],
        mapped: Bool,
        id: Int
    ) throws(TokenizerFault) {
        func shown() -> String { Excerpt.of(spelling[...]) }
        guard id >= 0, id < Self.largest else {
            throw .idOutOfRange(file: file, token: shown(), id: id, limit: Self.largest)
        }
        guard spelling.count <= Self.longest else {
            throw .unsupported(
                file: file,
                key: "token \(id)",
                found: "\(spelling.count) bytes long",
                supported: "at most \(Self.longest)"
            )
        }
        while starts.count <= id {
            starts.append(.max)
            lengths.append(0)
        }
        guard starts[id] == .max else {
            throw .sameID(
                file: file,
                id: id,
                first: self.spelling(TokenID(id)),
                second: shown()
            )
        }
        let start = bytes.count
        if !mapped || !ByteMap.append(spelling[...], to: &bytes) {
            guard String(validating: spelling, as: UTF8.self) != nil else {
                throw .unsupported(
                    file: file,
                    key: "token \(id)",
                    found: "no UTF-8: \(Excerpt.of(spelling[...]))",
                    supported: "UTF-8"
                )
            }
            bytes.append(contentsOf: spelling)
        }
        guard bytes.count < Int(UInt32.max) else {
            throw .tooLarge(file: file, bytes: bytes.count, limit: Int(UInt32.max))
        }
        starts[id] = UInt32(start)
        lengths[id] = UInt32(bytes.count - start)
        count += 1
    }

    /// Makes tokens findable by their bytes.
    ///
    /// Called once, after the last one is added.
    mutating func index() throws(TokenizerFault) {
        var capacity = 16
        while capacity < count * 2 { capacity *= 2 }
        slots = [TokenID](repeating: -1, count: capacity)
        for id in starts.indices where starts[id] != .max {
            let token = self[TokenID(id)]
            let slot = slot(of: token)
            let other = slots[slot]
            guard other < 0 else {
                throw .sameToken(
                    file: file,
                    token: spelling(TokenID(id)),
                    first: Int(other),
                    second: id
                )
            }
            slots[slot] = TokenID(id)
        }
    }

    /// The token of bytes.
    func id(of token: ArraySlice<UInt8>) -> TokenID? {
        guard !slots.isEmpty else { return nil }
        let id = slots[slot(of: token)]
        return id < 0 ? nil : id
    }

    /// The slot of bytes: theirs, or the free one that they would take.
    private func slot(of token: ArraySlice<UInt8>) -> Int {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: seed.hash(token)) & mask
        while slots[slot] >= 0, self[slots[slot]] != token { slot = (slot + 1) & mask }
        return slot
    }
}

/// Hashing with numbers drawn at random, so that no file can be made to collide.
struct KeyedHash: Sendable {
    private let first = UInt64.random(in: .min ... .max)
    private let second = UInt64.random(in: .min ... .max) | 1

    @inline(__always)
    private func fold(_ value: UInt64) -> UInt64 {
        let (high, low) = value.multipliedFullWidth(by: second)
        return high ^ low
    }

    func hash(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        var state = first ^ UInt64(truncatingIfNeeded: bytes.count)
        var word: UInt64 = 0
        var shift: UInt64 = 0
        for byte in bytes {
            word |= UInt64(byte) << shift
            shift += 8
            if shift == 64 {
                state = fold(state ^ word)
                word = 0
                shift = 0
            }
        }
        return fold(state ^ word)
    }

    @inline(__always)
    func hash(_ value: UInt64) -> UInt64 {
        fold(value ^ first)
    }
}
