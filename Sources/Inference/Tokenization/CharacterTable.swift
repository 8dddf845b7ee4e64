/// What pre-tokenisation and NFC ask of each character, as one byte for each code point.
///
/// The versions of Unicode are those of the reference (`tokenizers` 0.23.3: 16.0 for letters and
/// numbers, 12.1 for NFC), not those of the Swift runtime: ids may not change with either.
struct CharacterTable: Sendable {
    static let letter: UInt8 = 1
    static let number: UInt8 = 2
    static let space: UInt8 = 4
    /// NFC may change it, reorder it or join it to what is before it.
    static let unstable: UInt8 = 8
    /// Code points that have an entry; all others are 0.
    static let limit = 0x40000

    static let shared = CharacterTable()

    let bytes: [UInt8]

    private init() {
        var table = [UInt8](repeating: 0, count: Self.limit)
        func mark(_ first: UInt32, _ last: UInt32, _ bits: UInt8) {
            for point in Int(first)...Int(last) where point < Self.limit { table[point] |= bits }
        }
        func mark(pairs: [UInt32], _ bits: UInt8) {
            for at in stride(from: 0, to: pairs.count, by: 2) {
                mark(pairs[at], pairs[at + 1], bits)
            }
        }
        mark(pairs: CharacterRanges.letters, Self.letter)
        mark(pairs: CharacterRanges.numbers, Self.number)
        mark(pairs: CharacterRanges.spaces, Self.space)
        let runs = CombiningClasses.runs
        for at in stride(from: 0, to: runs.count, by: 3) {
            mark(runs[at], runs[at + 1], Self.unstable)
        }
        let replaced = CanonicalReplacements.replaced
        for at in stride(from: 0, to: replaced.count, by: 3) {
            mark(replaced[at], replaced[at], Self.unstable)
        }
        let composites = CanonicalPairs.composites
        for at in stride(from: 0, to: composites.count, by: 3) {
            mark(composites[at + 2], composites[at + 2], Self.unstable)
        }
        // Hangul vowels and final consonants join what is before them
        mark(Hangul.firstVowel, Hangul.firstVowel + Hangul.vowels - 1, Self.unstable)
        mark(Hangul.beforeFinals + 1, Hangul.beforeFinals + Hangul.finals - 1, Self.unstable)
        bytes = table
    }

    /// The bits of a code point.
    @inline(__always)
    subscript(_ scalar: UInt32) -> UInt8 {
        scalar < UInt32(Self.limit) ? bytes[Int(scalar)] : 0
    }
}

/// Numbers of the Unicode Standard, section 3.12: syllables are computed, not listed.
enum Hangul {
    static let firstSyllable: UInt32 = 0xAC00
    static let firstLead: UInt32 = 0x1100
    static let firstVowel: UInt32 = 0x1161
    /// The code point before the first final consonant: a syllable may have none.
    static let beforeFinals: UInt32 = 0x11A7
    static let leads: UInt32 = 19
    static let vowels: UInt32 = 21
    static let finals: UInt32 = 28
    static let syllables: UInt32 = 11172
}

/// Reading and writing code points in UTF-8 that is known to be valid.
enum ValidUTF8 {
    /// The code point at an index and the bytes that it takes.
    @inline(__always)
    static func scalar(_ bytes: [UInt8], at index: Int) -> (value: UInt32, length: Int) {
        let first = UInt32(bytes[index])
        if first < 0x80 { return (first, 1) }
        let second = UInt32(bytes[index + 1] & 0x3F)
        if first < 0xE0 { return ((first & 0x1F) << 6 | second, 2) }
        let third = UInt32(bytes[index + 2] & 0x3F)
        if first < 0xF0 { return ((first & 0x0F) << 12 | second << 6 | third, 3) }
        let fourth = UInt32(bytes[index + 3] & 0x3F)
        return ((first & 0x07) << 18 | second << 12 | third << 6 | fourth, 4)
    }

    static func append(_ scalar: UInt32, to bytes: inout [UInt8]) {
        switch scalar {
        case 0..<0x80: bytes.append(UInt8(scalar))
        case 0x80..<0x800:
            bytes.append(UInt8(0xC0 | scalar >> 6))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        case 0x800..<0x10000:
            bytes.append(UInt8(0xE0 | scalar >> 12))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        default:
            bytes.append(UInt8(0xF0 | scalar >> 18 & 0x07))
            bytes.append(UInt8(0x80 | scalar >> 12 & 0x3F))
            bytes.append(UInt8(0x80 | scalar >> 6 & 0x3F))
            bytes.append(UInt8(0x80 | scalar & 0x3F))
        }
    }
}
