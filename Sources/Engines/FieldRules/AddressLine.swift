/// One line of an address as it was printed: misread words put right, dirt at the edges left out.
enum AddressLine {
    /// Short words of an address that are no dirt: towns and states cut short, and what leads a number.
    private static let shortNames: Set<String> = [
        "no", "nr", "st", "rd", "jl",
        "kl", "jb", "pj", "kk", "ny", "ca", "tx", "fl", "uk", "us", "de", "nl", "ch", "at",
    ]

    /// The words of a line without unsure scraps of one or two signs at its ends.
    static func withoutDirt(_ words: Range<Int>, in row: PageRow) -> Range<Int> {
        var words = words
        while words.count > 1, let last = words.last, isDirt(row.words[last]) { words.removeLast() }
        while words.count > 1, let first = words.first, isDirt(row.words[first]) {
            words.removeFirst()
        }
        return words
    }

    private static func isDirt(_ word: PageWord) -> Bool {
        let signs = word.letterCount + word.digitCount
        guard signs > 0 else { return true }
        return signs <= 2 && word.digitCount == 0 && word.confidence < 0.5
            && !shortNames.contains(FoldedLetters.words(word.text).joined())
    }

    /// Whether a word is a telephone number: more digits than a post code or a house number has.
    static func isTelephone(_ word: PageWord) -> Bool {
        word.digitCount >= 7 && word.letterCount <= 1
    }

    /// Whether a word is a web or mail address, misread ones too.
    static func isWeb(_ word: PageWord) -> Bool {
        guard (5...80).contains(word.scalars.count) else { return false }
        return NameVote.domain(in: word.text) != nil
            || [":/", "@", "www."].contains { word.text.lowercased().contains($0) }
    }

    /// The texts of a line's words, misread ones put right.
    static func repaired(_ words: Range<Int>, in row: PageRow, with region: WordRepair?) -> [String]
    {
        words.map { index in
            let word = row.words[index]
            let next = words.contains(index + 1) ? row.words[index + 1] : nil
            return number(word, before: next)
                ?? postCode(word, before: next) ?? region?.repaired(word) ?? word.text
        }
    }

    /// `NO.` and `LOT` before a number, which are too short to be told by their letters alone.
    private static func number(_ word: PageWord, before next: PageWord?) -> String? {
        guard let next, next.digitCount > 0, word.confidence < 0.94, word.digitCount <= 1 else {
            return nil
        }
        let letters = FoldedLetters.comparable(word.text)
        let ending = word.text.last.map { $0.isLetter || $0.isNumber ? "" : String($0) } ?? ""
        for name in ["NO", "LOT"] {
            let printed = FoldedLetters.comparable(name)
            guard letters.count == printed.count, letters.first == printed.first,
                LetterShapes.distance(letters, printed, most: 2) != nil,
                FoldedLetters.words(word.text).joined() != name.lowercased()
            else { continue }
            let isCapital = word.text.contains(where: \.isLowercase) == false
            return (isCapital ? name : name.prefix(1) + name.dropFirst().lowercased()) + ending
        }
        return nil
    }

    /// Five signs before a town, all but one of them digits: `$0400 KL`, `4O150 Shah Alam`.
    private static func postCode(_ word: PageWord, before next: PageWord?) -> String? {
        guard word.scalars.count == 5, word.digitCount == 4, let next, next.letterCount >= 2,
            next.digitCount == 0
        else { return nil }
        var text = ""
        for scalar in word.scalars {
            let value = Int(scalar.value) - 0x30
            guard let digit = (0...9).contains(value) ? value : digits[scalar] else { return nil }
            text += String(digit)
        }
        return text
    }

    private static let digits: [Unicode.Scalar: Int] = [
        "O": 0, "o": 0, "Q": 0, "D": 0, "l": 1, "I": 1, "i": 1, "|": 1, "Z": 2, "z": 2, "A": 4,
        "S": 5, "s": 5, "$": 5, "§": 5, "G": 6, "b": 6, "B": 8, "&": 8, "g": 9, "q": 9,
    ]
}
