import Records

/// A piece of a line as the name of a firm: cut to its legal form, without what stands around it.
struct FirmName {
    /// The name.
    let text: String
    /// The words that it covers.
    let words: Range<Int>
    /// The legal form that it ends in, as printed.
    let legalForm: String?

    /// Cuts a line to the name in it.
    init(_ line: HeadLine, _ row: PageRow) {
        var words = line.words
        // A till's number before the name; "Invoice" before or behind it.
        while words.count > 1, let first = words.first, Self.isRegister(row.words[first]) {
            words.removeFirst()
        }
        for key in row.keys where key.concept == .heading || key.concept == .invoiceNumber {
            guard key.words.count < words.count else { continue }
            if key.words.upperBound == words.upperBound {
                words = words.lowerBound..<key.words.lowerBound
            }
            if key.words.lowerBound == words.lowerBound, key.words.upperBound < words.upperBound {
                words = key.words.upperBound..<words.upperBound
            }
        }
        if words.isEmpty { words = line.words }
        if let (end, form) = Self.legalForm(in: row, words) {
            self.words = words.lowerBound..<end
            legalForm = form
        } else {
            legalForm = nil
            self.words = Self.withoutRegister(row, words)
        }
        text = Self.withoutRegister(HeadLine.trimmed(row.text(of: self.words)))
    }

    /// Digits without a letter, as a till prints its number before the name.
    private static func isRegister(_ word: PageWord) -> Bool {
        word.letterCount == 0 && word.digitCount >= 3
    }

    /// The first legal form that ends inside some words: the end of the form, and its text.
    private static func legalForm(
        in row: PageRow,
        _ words: Range<Int>
    ) -> (end: Int, form: String)? {
        for end in words.dropFirst() {
            for length in 1...4 {
                let start = end - length + 1
                guard start > words.lowerBound else { break }
                let tail = row.words[start...end].map(\.text).joined()
                guard isLegalForm(tail), !continues(row, after: end, in: words) else { continue }
                return (end + 1, row.text(of: start..<(end + 1)))
            }
        }
        return nil
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

    /// Whether a tail of words is a legal form; one letter of a long one may be misread.
    static func isLegalForm(_ tail: String) -> Bool {
        guard tail.count <= 24 else { return false }
        // A register number may be glued on: BHD(728384-M)
        let tail = tail.prefix { $0 != "(" && $0 != "[" }
        let letters = FoldedLetters.words(String(tail)).joined()
        if letters == "sb" { return tail.contains("/") }
        if ["co", "as", "sa", "sl", "ag", "ab", "kg", "ek", "ug", "spa", "sas"].contains(letters) {
            // Short forms are words too: only as they are printed for a firm.
            guard tail.allSatisfy({ $0.isLetter || $0 == "." }) else { return false }
            if letters == "co" { return tail.hasSuffix(".") }
            return tail.hasSuffix(".") || tail.allSatisfy { $0.isUppercase || $0 == "." }
        }
        if NameWords.legalForms.contains(letters) { return true }
        guard letters.count >= 5 else { return false }
        let compared = FoldedLetters.comparable(String(tail))
        return NameWords.legalForms.contains { form in
            guard form.count >= 6, form.count == letters.count else { return false }
            return zip(FoldedLetters.comparable(form), compared).count { $0 != $1 } <= 1
        }
    }

    /// Words before a bracket with a register number.
    private static func withoutRegister(_ row: PageRow, _ words: Range<Int>) -> Range<Int> {
        let bracket = words.dropFirst().first { index in
            let rest = row.words[index..<words.upperBound]
            return row.words[index].text.hasPrefix("(")
                && rest.reduce(0) { $0 + $1.digitCount } >= 4
        }
        return bracket.map { words.lowerBound..<$0 } ?? words
    }

    private static func withoutRegister(_ text: String) -> String {
        guard let bracket = text.lastIndex(of: "("), bracket > text.startIndex,
            text[bracket...].count(where: \.isNumber) >= 4
        else { return text }
        return HeadLine.trimmed(String(text[..<bracket]))
    }
}
