import Records

/// One piece of a line where a name or an address may stand, with the signs that tell which.
struct HeadLine {
    let row: Int
    /// The words left after stray signs at both ends were dropped.
    let words: Range<Int>
    let text: String
    let folded: [String]
    let letters: Int
    let digits: Int
    let confidence: Double
    let height: Int

    /// Looks at some words of a row, read as an address of a region if one is given; nil when nothing readable is left.
    init?(_ row: PageRow, index: Int, words: Range<Int>, region: WordRepair? = nil) {
        var words = words
        while let first = words.first, Self.isStray(row.words[first]) { words.removeFirst() }
        while let last = words.last, Self.isStray(row.words[last]) { words.removeLast() }
        guard !words.isEmpty, words.count <= 24 else { return nil }
        let kept = row.words[words]
        letters = kept.reduce(0) { $0 + $1.letterCount }
        digits = kept.reduce(0) { $0 + $1.digitCount }
        guard letters + digits >= 2 else { return nil }
        self.row = index
        self.words = words
        let read =
            region.map {
                AddressLine.repaired(words, in: row, with: $0).joined(separator: " ")
            } ?? row.text(of: words)
        text = Self.trimmed(read)
        folded = FoldedLetters.words(text)
        confidence = row.confidence(of: words)
        height = kept.map(\.box.height).sorted()[kept.count / 2]
    }

    /// A word without letters and digits, or one unsure sign, as dirt at the edges is read.
    private static func isStray(_ word: PageWord) -> Bool {
        let signs = word.letterCount + word.digitCount
        guard signs == 1, word.scalars.count <= 2 else { return signs == 0 }
        // House numbers and initials are often unsure; dirt rarely looks like a digit or a capital.
        if word.digitCount == 1 { return word.confidence < 0.25 }
        let isCapital = word.scalars.contains { $0.properties.isUppercase }
        return word.confidence < (isCapital ? 0.45 : 0.6)
    }

    /// Text without signs at both ends that belong to no name.
    static func trimmed(_ text: String) -> String {
        var text = Substring(text)
        while let first = text.first,
            !(first.isLetter || first.isNumber || first == "(" || first == "[")
        { text.removeFirst() }
        while let last = text.last, !(last.isLetter || last.isNumber || ")].!'’".contains(last)) {
            text.removeLast()
        }
        return String(text)
    }

    /// How many letters of it are key words of some meanings.
    func keyLetters(in row: PageRow, where isWanted: (KeyConcept) -> Bool) -> Int {
        row.keys.reduce(0) { sum, key in
            words.overlaps(key.words) && isWanted(key.concept) && !key.isInexact
                ? sum + key.length : sum
        }
    }

    /// Count of signs of an address: a street's word, a post code, a house number.
    var addressSigns: Int {
        var signs = 0
        for (index, word) in folded.enumerated() {
            if word != "no", word != "nr", NameWords.streets.contains(word) {
                signs += word.count > 2 ? 2 : 1
            }
            if word == "no" || word == "nr", index + 1 < folded.count,
                folded[index + 1].contains(where: \.isNumber)
            {
                signs += 1
            }
            if word.count > 5, NameWords.streetEndings.contains(where: { word.hasSuffix($0) }),
                folded.dropFirst(index + 1).first?.first?.isNumber == true
            {
                signs += 2
            }
        }
        if postCode { signs += 2 }
        if text.contains(where: { "路街号区".contains($0) }), digits > 0 { signs += 2 }
        return signs
    }

    /// Whether a post code stands in it: five digits (D-33100, 43300), 1234 AB, SW1A 1AA, or four digits before a town.
    var postCode: Bool {
        for (index, word) in folded.enumerated() {
            let isDigits = word.allSatisfy(\.isNumber)
            if isDigits, word.count == 5 || word.count == 6 { return letters >= 2 }
            if isDigits, word.count == 4, index + 1 < folded.count {
                let next = folded[index + 1]
                if index == 0, next.count >= 2, next.allSatisfy(\.isLetter) { return true }
                if next.count == 2, next.allSatisfy(\.isLetter), letters >= 4 { return true }
            }
            if index > 0, letters >= 4, Self.isBritishCode(folded[index - 1], word) { return true }
        }
        return false
    }

    /// `SW1A 1AA`: one or two letters and a district; a digit and two letters.
    private static func isBritishCode(_ outward: String, _ inward: String) -> Bool {
        let area = outward.prefix { $0.isLetter }
        let district = outward.dropFirst(area.count)
        return (1...2).contains(area.count) && (1...2).contains(district.count)
            && district.first?.isNumber == true && inward.count == 3
            && inward.first?.isNumber == true && inward.dropFirst().allSatisfy(\.isLetter)
    }
}
