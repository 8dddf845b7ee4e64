import Records

/// A piece of a line as the name of a firm: cut to its legal form, without what stands around it.
struct FirmName {
    /// The name; with misread letters put right where the page's vote was heard.
    let text: String
    /// The words that it covers.
    let words: Range<Int>
    /// The legal form that it ends in.
    let legalForm: String?

    /// Whether `Welcome to` stands before it.
    let isGreeted: Bool

    /// Cuts a line to the name in it, and puts its letters right when the page's vote is given.
    init(_ line: HeadLine, _ row: PageRow, vote: NameVote? = nil) {
        let clean = Self.withoutDirt(line.words, in: row)
        var words = Self.withoutGreeting(clean, in: row)
        isGreeted = words.lowerBound > clean.lowerBound
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
        let form = LegalForm(in: row, words)
        if let form {
            self.words = words.lowerBound..<form.words.upperBound
            legalForm = form.text
        } else {
            legalForm = nil
            self.words = Self.withoutRegister(row, words)
        }
        let own = self.words.lowerBound..<(form?.words.lowerBound ?? self.words.upperBound)
        var name = own.map { index in
            let word = row.words[index]
            guard let vote else { return word.text }
            // A branch is named by its place: (SHAH ALAM).
            if let region = vote.region, word.text.contains(where: { "()".contains($0) }) {
                let place = region.repaired(word)
                if place != word.text { return place }
            }
            return vote.voted(word) ?? Self.repaired(word)
        }
        if let form {
            if let last = name.last, let word = own.last, row.words[word].confidence < 0.94,
                form.text.uppercased().hasSuffix("BHD"), last.count == 3, last.hasPrefix("("),
                last.hasSuffix(")")
            {
                // (M) for Malaysia, the usual last word before the form.
                name[name.count - 1] = "(M)"
            }
            name.append(form.text)
        }
        let whole = Self.balanced(
            Self.withoutRegister(HeadLine.trimmed(name.joined(separator: " ")))
        )
        let isUnsure = own.contains { row.words[$0].confidence < 0.9 }
        let spelled = isUnsure ? vote?.spelled(whole) ?? whole : whole
        text = vote?.completed(spelled) ?? spelled
    }

    /// Digits without a letter, as a till prints its number before the name.
    private static func isRegister(_ word: PageWord) -> Bool {
        word.letterCount == 0 && word.digitCount >= 3
    }

    /// Words without unsure scraps at the end.
    private static func withoutDirt(_ words: Range<Int>, in row: PageRow) -> Range<Int> {
        var words = words
        while words.count > 1, let last = words.last, row.words[last].confidence < 0.4,
            row.words[last].letterCount + row.words[last].digitCount <= 3,
            !LegalForm.isForm(row.words[last].text)
        {
            words.removeLast()
        }
        return words
    }

    /// Words without `Welcome to` before the name.
    private static func withoutGreeting(_ words: Range<Int>, in row: PageRow) -> Range<Int> {
        guard
            let key = row.keys.first(where: {
                $0.concept == .courtesy && $0.words.lowerBound == words.lowerBound
            }), key.words.upperBound < words.upperBound
        else { return words }
        var first = key.words.upperBound
        let greeting = FoldedLetters.words(row.text(of: key.words)).first ?? ""
        guard
            ["welcome", "willkommen", "herzlich", "bienvenue", "bienvenido", "bienvenidos"]
                .contains(greeting)
        else { return words }
        while first + 1 < words.upperBound,
            ["to", "bei", "im", "in", "a", "chez", "en", "au"].contains(
                FoldedLetters.words(row.words[first].text).joined()
            )
        { first += 1 }
        return first..<words.upperBound
    }

    // MARK: Register numbers and brackets

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

    /// Without a bracket at the beginning that nothing closes: a letter's remains.
    private static func balanced(_ text: String) -> String {
        guard let first = text.first, first == "(" || first == "[",
            !text.contains(first == "(" ? ")" : "]")
        else { return text }
        return HeadLine.trimmed(String(text.dropFirst()))
    }

    // MARK: Misread letters

    /// A word of a name with letters put right that can only be misread: `B.1.G.`, `REST0RAN`, `HARDWAPE`.
    static func repaired(_ word: PageWord) -> String {
        let text = WordRepair.firm.repaired(word)
        guard word.confidence < 0.94, text == word.text else { return text }
        if let initials = initials(text) { return initials }
        let signs = Array(text)
        // Mr. is the only title of this shape.
        if signs.count == 3, "WHNV".contains(signs[0].uppercased()), signs[1] == "R",
            signs[2] == "."
        {
            return "MR."
        }
        let isCapital = !signs.contains(where: \.isLowercase)
        let hasPoints = signs.count { $0 == "." } >= 2
        var repaired = ""
        for (index, sign) in signs.enumerated() {
            let before = index > 0 ? signs[index - 1] : nil
            let after = index + 1 < signs.count ? signs[index + 1] : nil
            // Between letters, or one of several letters with points: D.I.Y.
            let isInside =
                before?.isLetter == true
                && (after?.isLetter == true || after == "'" || after == "’")
            let isInitial = hasPoints && after == "." && (before == "." || before == nil)
            guard isInside || isInitial, let letter = letter(for: sign, isCapital: isCapital)
            else {
                repaired.append(sign)
                continue
            }
            repaired.append(letter)
        }
        return repaired
    }

    /// The initials of do-it-yourself at the beginning of a word, one letter of them misread.
    private static func initials(_ text: String) -> String? {
        let signs = Array(text)
        guard signs.count >= 5, signs[1] == ".", signs[3] == "." else { return nil }
        let letters = [0, 2, 4].flatMap { place in
            FoldedLetters.comparable(
                String(letter(for: signs[place], isCapital: true) ?? signs[place])
            )
        }
        guard let cost = LetterShapes.distance(letters, FoldedLetters.comparable("DIY"), most: 1),
            cost <= 1, signs.count == 5 || !(signs[5].isLetter || signs[5].isNumber)
        else { return nil }
        return "D.I.Y" + String(signs[5...].drop { $0 == "¥" })
    }

    /// The letter that a digit or a sign of currency was read for.
    private static func letter(for sign: Character, isCapital: Bool) -> Character? {
        switch sign {
        case "0": isCapital ? "O" : "o"
        case "1", "|": isCapital ? "I" : "l"
        case "5", "$", "§": isCapital ? "S" : "s"
        case "8": "B"
        case "¥": "Y"
        case "€": "E"
        case "£": "E"
        default: nil
        }
    }
}
