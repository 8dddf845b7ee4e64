/// What the rest of the page says about the letters of a firm's name: web addresses, and the same words printed again.
struct NameVote {
    /// The names in web and mail addresses: `coolshop` of `www.coolshop.example`.
    let domains: [String]
    /// Words of the page with letters only, the surest reading of each.
    private let words: [Int: [[UInt32]: (text: String, confidence: Double)]]

    /// The words of the region that the page speaks of, for places in brackets.
    let region: WordRepair?

    /// Endings of web addresses that are known without `www` before them.
    private static let endings: Set<String> = [
        "com", "net", "org", "de", "at", "ch", "fr", "es", "no", "nl", "be", "it", "my", "sg", "uk",
        "eu",
        "info", "biz", "shop",
    ]
    /// Labels before the country that are no names.
    private static let secondLevel: Set<String> = ["com", "co", "net", "org", "edu", "gov"]

    /// Gathers what rows say.
    init(_ rows: ArraySlice<PageRow>) {
        var names: Set<String> = []
        var words: [Int: [[UInt32]: (text: String, confidence: Double)]] = [:]
        var count = 0
        for word in rows.lazy.flatMap(\.words) where word.scalars.count <= 60 {
            if let name = Self.domain(in: word.text) { names.insert(name) }
            guard word.digitCount == 0, word.letterCount >= 4, count < 600 else { continue }
            let text = HeadLine.trimmed(word.text)
            let letters = FoldedLetters.comparable(text)
            count += 1
            if words[letters.count]?[letters].map({ $0.confidence < word.confidence }) ?? true {
                words[letters.count, default: [:]][letters] = (text, word.confidence)
            }
        }
        domains = names.sorted()
        region = WordRepair.region(
            of: rows.prefix(20).flatMap(\.words).prefix(200).filter {
                $0.letterCount >= 4 && $0.scalars.count <= 40
            }.flatMap { FoldedLetters.words($0.text) }
        )
        self.words = words
    }

    static func domain(in text: String) -> String? {
        guard text.utf8.contains(0x2E) else { return nil }
        let lower = text.lowercased()
        let parts = lower.split(whereSeparator: { "/@:".contains($0) })
        let host = parts.last { $0.contains(".") } ?? ""
        var labels = host.split(separator: ".").filter { $0 != "www" && !$0.isEmpty }
        let isMarked = lower.contains("www") || lower.contains("@") || lower.contains("http")
        guard let last = labels.last, labels.count >= 2, isMarked || endings.contains(String(last))
        else { return nil }
        labels.removeLast()
        while labels.count > 1, let last = labels.last, secondLevel.contains(String(last)) {
            labels.removeLast()
        }
        let name = (labels.last ?? "").filter { $0.isLetter || $0.isNumber }
        return name.count >= 4 && name.contains(where: \.isLetter) ? String(name) : nil
    }

    /// Whether a web address names the firm.
    func isDomain(_ name: String) -> Bool {
        let joined = name.lowercased().filter { $0.isLetter || $0.isNumber }
        return joined.count >= 4
            && domains.contains { joined.hasPrefix($0) || $0.hasPrefix(joined) }
    }

    /// A name's first word completed from a web address, where its beginning was lost at the edge: `TERNA` of `lanterna.example`.
    func completed(_ name: String) -> String {
        let words = name.split(separator: " ", maxSplits: 1)
        guard let first = words.first, first.count >= 3, first.allSatisfy(\.isLetter) else {
            return name
        }
        let letters = first.lowercased()
        guard
            let domain = domains.first(where: {
                $0.count > letters.count && $0.count <= letters.count + 4 && $0.hasSuffix(letters)
                    && $0.allSatisfy(\.isLetter)
            })
        else { return name }
        let isCapital = first.contains(where: \.isLowercase) == false
        let whole =
            isCapital ? domain.uppercased() : domain.prefix(1).uppercased() + domain.dropFirst()
        return ([whole] + words.dropFirst().map(String.init)).joined(separator: " ")
    }

    /// An unsure name with the letters of a web address that is all but the same: `Blue Lantem` of `bluelantern.example`.
    func spelled(_ name: String) -> String {
        let letters = name.lowercased().filter { $0.isLetter || $0.isNumber }
        guard letters.count >= 6 else { return name }
        let read = FoldedLetters.comparable(letters)
        guard
            let domain = domains.first(where: {
                $0.count == letters.count && $0 != letters
                    && LetterShapes.distance(read, FoldedLetters.comparable($0), most: 2) != nil
            })
        else { return name }
        var spelling = domain.makeIterator()
        var text = ""
        for character in name {
            guard character.isLetter || character.isNumber, let letter = spelling.next() else {
                text.append(character)
                continue
            }
            let isSame = character.lowercased() == String(letter)
            text +=
                isSame || character.isLowercase
                ? (isSame ? String(character) : String(letter)) : letter.uppercased()
        }
        return text
    }

    /// An unsure word as it was read more surely elsewhere on the page.
    func voted(_ word: PageWord) -> String? {
        guard word.letterCount >= 4, word.digitCount == 0, word.confidence < 0.85 else {
            return nil
        }
        let text = HeadLine.trimmed(word.text)
        let letters = FoldedLetters.comparable(text)
        guard letters.count >= 4 else { return nil }
        var best: (text: String, cost: Int)?
        for (other, reading) in words[letters.count] ?? [:]
        where reading.confidence > word.confidence + 0.1
            && other != letters
        {
            guard let cost = LetterShapes.distance(letters, other, most: letters.count < 6 ? 1 : 2)
            else { continue }
            if best.map({ (cost, reading.text) < ($0.cost, $0.text) }) ?? true {
                best = (reading.text, cost)
            }
        }
        guard let best else { return nil }
        let isCapital = text.contains(where: \.isLowercase) == false
        return isCapital ? best.text.uppercased() : best.text
    }
}
