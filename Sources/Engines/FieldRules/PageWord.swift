import Records

/// A word with what the rules ask of it again and again, worked out once.
struct PageWord: Sendable {
    /// What was read.
    let text: String
    /// Its scalars.
    let scalars: [Unicode.Scalar]
    /// Where it is printed.
    let box: Box
    /// How sure the reader was, 0 to 1.
    let confidence: Double
    /// The block that it was read in.
    let block: Int
    /// Count of letters, not digits.
    let letterCount: Int
    /// Count of digits 0 to 9.
    let digitCount: Int

    /// A word as the rules see it: `Total:53.30` is two, the key and the value.
    static func parts(of word: Word) -> [PageWord] {
        var word = word
        word.box = bounded(word.box)
        let scalars = Array(word.text.unicodeScalars)
        let cuts = scalars.count <= 64 ? cuts(in: scalars) : []
        guard !cuts.isEmpty else { return [PageWord(word, scalars: scalars, box: word.box)] }
        var parts: [PageWord] = []
        var start = 0
        for end in cuts + [scalars.count] {
            let left = word.box.width * start / scalars.count
            let right = word.box.width * end / scalars.count
            let box = Box(
                x: word.box.x + left,
                y: word.box.y,
                width: right - left,
                height: word.box.height
            )
            parts.append(PageWord(word, scalars: Array(scalars[start..<end]), box: box))
            start = end
        }
        return parts
    }

    /// A box that sums and products cannot overflow with, whatever a reader reported.
    private static func bounded(_ box: Box) -> Box {
        let limit = 1 << 24
        return Box(
            x: min(limit, max(-limit, box.x)),
            y: min(limit, max(-limit, box.y)),
            width: min(limit, max(0, box.width)),
            height: min(limit, max(0, box.height))
        )
    }

    /// Where a key ends and its value begins within one word.
    private static func cuts(in scalars: [Unicode.Scalar]) -> [Int] {
        var cuts: [Int] = []
        for index in scalars.indices.dropFirst() where index < scalars.count {
            let before = scalars[index - 1]
            let here = scalars[index]
            guard
                here.properties.isAlphabetic || isDigit(here)
                    || "$€£¥￥-(".unicodeScalars.contains(here)
            else {
                continue
            }
            switch before {
            case ":", "：":
                // 13:49 is a time and http: an address.
                if index >= 2, !isDigit(scalars[index - 2]) || !isDigit(here) { cuts.append(index) }
            case "°", "º", "#", "№":
                if index >= 2, isDigit(here) { cuts.append(index) }
            case ".":
                // No.18252
                if isDigit(here), (2...4).contains(index - 1),
                    scalars[..<(index - 1)].allSatisfy(\.properties.isAlphabetic),
                    !startsWithCurrency(scalars)
                {
                    cuts.append(index)
                }
            default:
                // 合计100.00, but not 3月28日
                if FoldedLetters.isIdeograph(before.value),
                    isDigit(here) || here == "¥" || here == "￥",
                    !"年月日时分第".unicodeScalars.contains(before)
                {
                    cuts.append(index)
                }
            }
        }
        return cuts
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        (0x30...0x39).contains(scalar.value)
    }

    /// `Rs.450` is an amount, not a key and its value.
    private static func startsWithCurrency(_ scalars: [Unicode.Scalar]) -> Bool {
        CurrencySign.exactly(scalars.prefix { $0.properties.isAlphabetic }[...]) != nil
    }

    private init(_ word: Word, scalars: [Unicode.Scalar], box: Box) {
        text = String(String.UnicodeScalarView(scalars))
        self.scalars = scalars
        self.box = box
        confidence = min(1, max(0, word.confidence.isNaN ? 0 : word.confidence))
        block = word.block
        var letterCount = 0
        var digitCount = 0
        for scalar in scalars {
            if (0x30...0x39).contains(scalar.value) {
                digitCount += 1
            } else if scalar.properties.isAlphabetic {
                letterCount += 1
            }
        }
        self.letterCount = letterCount
        self.digitCount = digitCount
    }

    /// Width of one sign, in pixels.
    var signWidth: Double { Double(box.width) / Double(max(1, scalars.count)) }
}
