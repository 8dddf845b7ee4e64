/// Unicode normalisation form C, for the one place that needs it: text on its way into tokens.
///
/// Most text is in the form already; then nothing is copied. What is not is put right in runs that
/// begin at a character which neither changes nor joins what precedes it, each sorted in
/// n log n, so that a megabyte of accents on one letter is no slower than its length.
///
/// Source: Unicode Standard Annex #15; the Standard, sections 3.11 and 3.12.
struct CanonicalComposition: Sendable {
    static let shared = CanonicalComposition()

    /// First and second part, second 0 when there is one only.
    private let decompositions: [UInt32: (UInt32, UInt32)]
    /// First part in the upper half, second in the lower.
    private let compositions: [UInt64: UInt32]
    private let classes: [UInt32: UInt8]

    private init() {
        var decompositions: [UInt32: (UInt32, UInt32)] = [:]
        var compositions: [UInt64: UInt32] = [:]
        var classes: [UInt32: UInt8] = [:]
        let replaced = CanonicalReplacements.replaced
        for at in stride(from: 0, to: replaced.count, by: 3) {
            decompositions[replaced[at]] = (replaced[at + 1], replaced[at + 2])
        }
        let composites = CanonicalPairs.composites
        for at in stride(from: 0, to: composites.count, by: 3) {
            decompositions[composites[at]] = (composites[at + 1], composites[at + 2])
            compositions[Self.pair(composites[at + 1], composites[at + 2])] = composites[at]
        }
        let runs = CombiningClasses.runs
        for at in stride(from: 0, to: runs.count, by: 3) {
            for point in runs[at]...runs[at + 1] { classes[point] = UInt8(runs[at + 2]) }
        }
        self.decompositions = decompositions
        self.compositions = compositions
        self.classes = classes
    }

    /// Brings text into the form.
    ///
    /// - Parameter text: Valid UTF-8.
    /// - Returns: The same array when nothing had to change.
    func normalized(_ text: [UInt8]) -> [UInt8] {
        let table = CharacterTable.shared
        var result: [UInt8] = []
        // up to here `text` is in `result`
        var copied = 0
        // where the last character began that nothing before it can change
        var boundary = 0
        var index = 0
        while index < text.count {
            if text[index] < 0x80 {
                boundary = index
                index += 1
                continue
            }
            let (scalar, length) = ValidUTF8.scalar(text, at: index)
            if table[scalar] & CharacterTable.unstable == 0 {
                boundary = index
                index += length
                continue
            }
            var end = index + length
            while end < text.count, text[end] >= 0x80 {
                let (next, length) = ValidUTF8.scalar(text, at: end)
                guard table[next] & CharacterTable.unstable != 0 else { break }
                end += length
            }
            result.append(contentsOf: text[copied..<boundary])
            compose(text, boundary..<end, into: &result)
            copied = end
            boundary = end
            index = end
        }
        guard copied > 0 else { return text }
        result.append(contentsOf: text[copied...])
        return result
    }

    private static func pair(_ first: UInt32, _ second: UInt32) -> UInt64 {
        UInt64(first) << 32 | UInt64(second)
    }

    /// Decomposes, orders and composes one run.
    private func compose(_ text: [UInt8], _ range: Range<Int>, into result: inout [UInt8]) {
        // class in the upper half: sorting a run of marks by (class, place) keeps equals in order
        var scalars: [(order: UInt64, value: UInt32)] = []
        var index = range.lowerBound
        while index < range.upperBound {
            let (scalar, length) = ValidUTF8.scalar(text, at: index)
            decompose(scalar, into: &scalars)
            index += length
        }
        var start = 0
        while start < scalars.count {
            guard scalars[start].order >> 32 != 0 else {
                start += 1
                continue
            }
            var end = start + 1
            while end < scalars.count, scalars[end].order >> 32 != 0 { end += 1 }
            if end - start > 1 { scalars[start..<end].sort { $0.order < $1.order } }
            start = end
        }

        var starter: Int?
        var kept = 0
        // class of the last character kept after the starter; 0 directly after it
        var lastClass: UInt64 = 0
        for read in scalars.indices {
            let (order, value) = scalars[read]
            let combining = order >> 32
            if let at = starter, lastClass < combining || (lastClass == 0 && kept == at + 1),
                let whole = composite(scalars[at].value, value)
            {
                scalars[at].value = whole
                continue
            }
            if combining == 0 { starter = kept }
            lastClass = combining
            scalars[kept] = (order, value)
            kept += 1
        }
        for (_, value) in scalars[..<kept] { ValidUTF8.append(value, to: &result) }
    }

    private func decompose(_ scalar: UInt32, into scalars: inout [(order: UInt64, value: UInt32)]) {
        if scalar &- Hangul.firstSyllable < Hangul.syllables {
            let place = scalar - Hangul.firstSyllable
            add(Hangul.firstLead + place / (Hangul.vowels * Hangul.finals), to: &scalars)
            add(
                Hangul.firstVowel + place % (Hangul.vowels * Hangul.finals) / Hangul.finals,
                to: &scalars
            )
            let final = place % Hangul.finals
            if final > 0 { add(Hangul.beforeFinals + final, to: &scalars) }
        } else if let (first, second) = decompositions[scalar] {
            decompose(first, into: &scalars)
            if second != 0 { decompose(second, into: &scalars) }
        } else {
            add(scalar, to: &scalars)
        }
    }

    private func add(_ scalar: UInt32, to scalars: inout [(order: UInt64, value: UInt32)]) {
        scalars.append((UInt64(classes[scalar] ?? 0) << 32 | UInt64(scalars.count), scalar))
    }

    private func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
        if first &- Hangul.firstLead < Hangul.leads, second &- Hangul.firstVowel < Hangul.vowels {
            let place = (first - Hangul.firstLead) * Hangul.vowels + second - Hangul.firstVowel
            return Hangul.firstSyllable + place * Hangul.finals
        }
        if first &- Hangul.firstSyllable < Hangul.syllables,
            (first - Hangul.firstSyllable) % Hangul.finals == 0,
            second &- (Hangul.beforeFinals + 1) < Hangul.finals - 1
        {
            return first + second - Hangul.beforeFinals
        }
        return compositions[Self.pair(first, second)]
    }
}
