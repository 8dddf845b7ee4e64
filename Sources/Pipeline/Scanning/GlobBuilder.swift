/// A set of byte values.
struct ByteSet: Hashable, Sendable {
    private var words: SIMD4<UInt64> = .zero

    init(_ ranges: [ClosedRange<UInt8>]) {
        for range in ranges {
            for byte in range { words[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
        }
    }

    func contains(_ byte: UInt8) -> Bool {
        words[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0
    }

    static let all = ByteSet([0...255])
    static let slash = ByteSet([0x2F...0x2F])
    static let allButSlash = ByteSet([0...0x2E, 0x30...0xFF])
}

/// The places of one pattern: each stands for one byte of a path.
struct GlobPlaces: Sendable {
    /// What the byte at each place may be.
    var bytes: [ByteSet] = []
    /// The places that may come after each place.
    var follow: [[Int]] = []
    /// The places that a match may begin with.
    var first: [Int] = []
    /// The places that a match may end with.
    var last: [Int] = []
    /// The places that admit any byte, follow themselves and end a match.
    var universal: [Int] = []
}

/// Lays out a pattern's places and what follows what.
struct GlobBuilder {
    /// A part of a pattern: where it may begin and end, and whether it may be nothing.
    struct Fragment {
        var first: [Int] = []
        var last: [Int] = []
        var mayBeEmpty = true
    }

    private var places = GlobPlaces()
    private var followCount = 0

    /// The finished places of a whole pattern.
    func finished(_ whole: Fragment) -> GlobPlaces {
        var finished = places
        finished.first = whole.first
        finished.last = whole.last
        finished.universal = whole.last.filter {
            finished.bytes[$0] == .all && finished.follow[$0].contains($0)
        }
        return finished
    }

    /// Lays out a sequence of pieces.
    ///
    /// - Parameters:
    ///   - pieces: the pieces.
    ///   - startsName: whether a name begins where the sequence begins.
    ///   - endsName: whether a name ends where the sequence ends.
    /// - Returns: where the sequence begins and ends.
    /// - Throws: ``GlobError/tooComplex``.
    mutating func fragment(
        of pieces: ArraySlice<GlobPiece>,
        startsName: Bool,
        endsName: Bool
    ) throws(GlobError) -> Fragment {
        var whole = Fragment()
        var atNameStart = startsName
        var index = pieces.startIndex
        while index < pieces.endIndex {
            let rest = pieces[(index + 1)...]
            var part: Fragment
            switch pieces[index] {
            case .slash:
                part = try place(.slash)
                atNameStart = true
            case .character(let ranges, let orStrayByte):
                part = try character(ranges, orStrayByte: orStrayByte)
                atNameStart = false
            case .star:
                part = try repeated(.allButSlash)
                atNameStart = false
            case .stars:
                if atNameStart, case .slash = rest.first {
                    // Any number of folders, the slash included.
                    let folders = try repeated(.all)
                    part = try joined(folders, try place(.slash))
                    part.mayBeEmpty = true
                    index += 1
                } else if atNameStart, beginsWithNameEnd(rest, otherwise: endsName) {
                    part = try repeated(.all)
                    part.mayBeEmpty = false
                } else {
                    part = try repeated(.allButSlash)
                    atNameStart = false
                }
            case .group(let alternatives):
                let endsThere = beginsWithNameEnd(rest, otherwise: endsName)
                part = Fragment(mayBeEmpty: false)
                for alternative in alternatives {
                    let one = try fragment(
                        of: alternative[...],
                        startsName: atNameStart,
                        endsName: endsThere
                    )
                    part.first += one.first
                    part.last += one.last
                    part.mayBeEmpty = part.mayBeEmpty || one.mayBeEmpty
                }
                atNameStart = alternatives.allSatisfy { leavesNameStart($0, from: atNameStart) }
            }
            whole = try joined(whole, part)
            index += 1
        }
        return whole
    }

    private func beginsWithNameEnd(
        _ pieces: ArraySlice<GlobPiece>,
        otherwise atEnd: Bool
    ) -> Bool {
        guard let next = pieces.first else { return atEnd }
        switch next {
        case .slash: return true
        case .group(let alternatives):
            return alternatives.allSatisfy {
                beginsWithNameEnd(
                    $0[...],
                    otherwise: beginsWithNameEnd(pieces.dropFirst(), otherwise: atEnd)
                )
            }
        default: return false
        }
    }

    private func leavesNameStart(_ pieces: [GlobPiece], from start: Bool) -> Bool {
        guard let last = pieces.last else { return start }
        if case .slash = last { return true }
        return false
    }

    private mutating func place(_ bytes: ByteSet) throws(GlobError) -> Fragment {
        guard places.bytes.count < 4096 else { throw .tooComplex }
        let index = places.bytes.count
        places.bytes.append(bytes)
        places.follow.append([])
        return Fragment(first: [index], last: [index], mayBeEmpty: false)
    }

    private mutating func repeated(_ bytes: ByteSet) throws(GlobError) -> Fragment {
        var fragment = try place(bytes)
        places.follow[fragment.first[0]].append(fragment.first[0])
        fragment.mayBeEmpty = true
        return fragment
    }

    private mutating func joined(
        _ left: Fragment,
        _ right: Fragment
    ) throws(GlobError) -> Fragment {
        followCount += left.last.count * right.first.count
        guard followCount <= 262_144 else { throw .tooComplex }
        for place in left.last { places.follow[place] += right.first }
        return Fragment(
            first: left.mayBeEmpty ? left.first + right.first : left.first,
            last: right.mayBeEmpty ? left.last + right.last : right.last,
            mayBeEmpty: left.mayBeEmpty && right.mayBeEmpty
        )
    }

    private mutating func character(
        _ ranges: [ClosedRange<UInt32>],
        orStrayByte: Bool
    ) throws(GlobError) -> Fragment {
        var whole = Fragment(mayBeEmpty: false)
        var single: [ClosedRange<UInt8>] = orStrayByte ? [0x80...0xFF] : []
        for range in ranges.flatMap({ [$0] + otherCase(of: $0) }) {
            for spelling in UTF8Sequence.ranges(from: range.lowerBound, through: range.upperBound) {
                if spelling.count == 1 {
                    single += spelling
                    continue
                }
                var one = Fragment()
                for bytes in spelling { one = try joined(one, try place(ByteSet([bytes]))) }
                whole.first += one.first
                whole.last += one.last
            }
        }
        if !single.isEmpty {
            let one = try place(ByteSet(single))
            whole.first += one.first
            whole.last += one.last
        }
        return whole
    }
}
