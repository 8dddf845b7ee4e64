/// The legal form at the end of a firm's name: `Sdn Bhd`, `GmbH & Co. KG`, `Ltd`; damaged ones too.
struct LegalForm {
    /// The words of the row that it covers.
    let words: Range<Int>
    /// The form, put right where letters of it were misread.
    let text: String

    /// Short forms that are words too.
    private static let short: Set<String> = [
        "co", "as", "sa", "sl", "ag", "ab", "kg", "ek", "ug", "spa", "sas",
    ]

    /// How forms are written that recognition damages often, by their letters.
    private static let spelling = [
        "sdnbhd": "SDN BHD", "gmbh": "GmbH", "gmbhcokg": "GmbH & Co. KG", "pteltd": "PTE LTD",
        "ptyltd": "PTY LTD", "coltd": "CO. LTD", "limited": "LIMITED", "berhad": "BERHAD",
    ]

    /// The first legal form that ends inside some words, not at their beginning.
    init?(in row: PageRow, _ words: Range<Int>) {
        for end in words.dropFirst() {
            // The longest first, so that Sdn belongs to Bhd.
            for length in stride(from: 4, through: 1, by: -1) {
                let start = end - length + 1
                guard start > words.lowerBound else { continue }
                let tail = row.words[start...end]
                let isLast = end + 1 == words.upperBound || Self.isRegister(row.words[end + 1])
                guard
                    let text = Self.form(
                        tail.map(\.text).joined(separator: " "),
                        mayBeDamaged: isLast,
                        isUnsure: tail.contains { $0.confidence < 0.94 }
                    ), !Self.continues(row, after: end, in: words)
                else { continue }
                self.words = start..<(end + 1)
                self.text = text
                return
            }
        }
        return nil
    }

    /// Whether a word begins what stands behind a firm's name: a register number.
    private static func isRegister(_ word: PageWord) -> Bool {
        word.text.hasPrefix("(") || word.text.hasPrefix("[") || word.digitCount >= 3
    }

    /// Whether a longer legal form ends at a later word: `GmbH & Co. KG`.
    private static func continues(_ row: PageRow, after end: Int, in words: Range<Int>) -> Bool {
        for later in words where later > end && later <= end + 3 {
            let letters = FoldedLetters.words(row.words[later].text).joined()
            guard letters.count <= 4 else { return false }
            if ["kg", "kgaa", "bhd", "ltd", "inc"].contains(letters) { return true }
        }
        return false
    }

    /// Whether a tail of words is a legal form as printed.
    static func isForm(_ tail: String) -> Bool {
        form(tail, mayBeDamaged: false, isUnsure: false) != nil
    }

    /// The legal form that a tail of words is; with letters misread where that may be.
    private static func form(_ tail: String, mayBeDamaged: Bool, isUnsure: Bool) -> String? {
        guard tail.count <= 24 else { return nil }
        // A register number may be glued on: BHD(728384-M)
        let tail = String(tail.prefix { $0 != "(" && $0 != "[" })
        let letters = FoldedLetters.words(tail).joined()
        if letters == "sb" { return tail.contains("/") ? tail : nil }
        if short.contains(letters) {
            // Short forms are words too: only as they are printed for a firm.
            guard tail.allSatisfy({ $0.isLetter || $0 == "." }) else { return nil }
            if letters == "co" { return tail.hasSuffix(".") ? tail : nil }
            let isCapital = tail.allSatisfy { $0.isUppercase || $0 == "." }
            return tail.hasSuffix(".") || isCapital ? tail : nil
        }
        if NameWords.legalForms.contains(letters) { return tail }
        return mayBeDamaged ? damaged(tail, isUnsure: isUnsure) : nil
    }

    /// The form that misread letters stand for.
    private static func damaged(_ tail: String, isUnsure: Bool) -> String? {
        let letters = FoldedLetters.comparable(tail)
        let isCapital = tail.contains(where: \.isLowercase) == false
        // S/B: three signs with a stroke in the middle.
        if isCapital, tail.count == 3, tail.dropFirst().first == "/",
            "S5$".contains(tail.prefix(1)),
            "B8R".contains(tail.suffix(1))
        {
            return "S/B"
        }
        // Sdn BED: the first half is certain, so that the second can only be one word.
        let words = tail.split(separator: " ")
        if words.count == 2,
            FoldedLetters.comparable(String(words[0])) == FoldedLetters.comparable("sdn"),
            (2...5).contains(words[1].count), "B8".contains(words[1].prefix(1))
        {
            return isCapital ? "SDN BHD" : "Sdn Bhd"
        }
        for (form, text) in spelling.sorted(by: { $0.key < $1.key }) {
            // SON BHD is no word whoever reads it; one letter of a short form may be right.
            guard isUnsure || form == "sdnbhd" else { continue }
            let most = form.count < 6 ? 1 : (form.count < 8 ? 3 : 4)
            guard
                let cost = LetterShapes.distance(
                    letters,
                    FoldedLetters.comparable(form),
                    most: most
                ),
                cost > 0
            else { continue }
            // GmbH is written in no other way; the others as the rest of the tail.
            if form.hasPrefix("gmbh") { return text }
            return isCapital ? text : text.lowercased().capitalizedWords
        }
        return nil
    }
}

extension String {
    /// Each word with a capital first letter.
    fileprivate var capitalizedWords: String {
        split(separator: " ").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined(
            separator: " "
        )
    }
}
