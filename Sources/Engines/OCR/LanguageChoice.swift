/// Which of a step's languages a page is in, told from a reading of it in one of them.
///
/// Of languages of one script the words decide: function words, and what stands on receipts and labels (see
/// ``LanguageWords``). A page in a script that the first language does not have reads as next to nothing; then the first
/// language of each other script is tried, and kept where it reads what it can be sure of.
struct LanguageChoice: Sendable {
    /// The languages in the order in which the step names them.
    let names: [String]
    private let scripts: [Script?]
    private let words: [Set<String>]

    /// Prepares the choice among languages.
    ///
    /// - Parameter names: the languages as the step names them, the most likely first.
    init(names: [String]) {
        self.names = names
        scripts = names.map(Language.script)
        words = names.map(Language.words)
    }

    // MARK: - By words

    /// The place of another language of the same script that the page is more likely in; nil to stay.
    ///
    /// - Parameters:
    ///   - current: the place of the language that the page was read in.
    ///   - reading: its words.
    /// - Returns: a place among ``names``.
    func better(than current: Int, for reading: [RawWord]) -> Int? {
        let rivals = names.indices.filter { $0 != current && !words[$0].isEmpty }
        guard !rivals.isEmpty else { return nil }
        let evidence = evidence(in: reading)
        var best: (place: Int, evidence: Double)?
        for place in rivals where evidence[place] > best?.evidence ?? 0 {
            best = (place, evidence[place])
        }
        guard let best, best.evidence >= LanguageChoice.leastEvidence,
            best.evidence >= evidence[current] + LanguageChoice.lead,
            best.evidence >= LanguageChoice.leadingFactor * evidence[current]
        else { return nil }
        return best.place
    }

    /// Words that must speak for another language, how many more than for the current one, and how many times as many.
    ///
    /// Read as English, 14 receipts and pages in German, French, Spanish and Dutch had 5 to 25 and led by 4 and more;
    /// none of 90 English ones led by more than a half.
    private static let leastEvidence = 3.0
    private static let lead = 2.5
    private static let leadingFactor = 1.5
    /// Tesseract's confidence from which a word is taken for what it says.
    private static let leastConfidence = 50.0
    /// How often a word counts that is repeated.
    private static let mostRepeats = 2

    /// How many words of a reading speak for each language; such of two letters count half, those of all languages nothing.
    func evidence(in reading: [RawWord]) -> [Double] {
        var evidence = [Double](repeating: 0, count: names.count)
        for (word, count) in LanguageChoice.counted(reading) {
            let owners = names.indices.filter { words[$0].contains(word) }
            guard !owners.isEmpty, owners.count < names.count || names.count == 1 else { continue }
            let weight = Double(min(count, LanguageChoice.mostRepeats))
            for place in owners { evidence[place] += word.utf8.count > 2 ? weight : weight / 2 }
        }
        return evidence
    }

    private static func counted(_ reading: [RawWord]) -> [String: Int] {
        var counts: [String: Int] = [:]
        for word in reading where word.confidence >= leastConfidence {
            for part in Language.plainParts(of: word.text) where part.utf8.count >= 2 {
                counts[part, default: 0] += 1
            }
        }
        return counts
    }

    // MARK: - By script

    /// Languages of other scripts to try on a page that reads as next to nothing: the first named of each script.
    ///
    /// - Parameters:
    ///   - current: the place of the language that the page was read in.
    ///   - reading: its words.
    /// - Returns: places among ``names``.
    func otherScripts(than current: Int, for reading: [RawWord]) -> [Int] {
        guard let own = scripts[current], scripts.contains(where: { $0 != nil && $0 != own }) else {
            return []
        }
        let letters = LetterCount(reading, of: own)
        guard letters.all >= LanguageChoice.fewestLetters,
            Double(letters.sure) < LanguageChoice.surenessOfNothing * Double(letters.all)
        else { return [] }
        var seen: Set<Script> = [own]
        return names.indices.filter { place in
            guard let script = scripts[place] else { return false }
            return seen.insert(script).inserted
        }
    }

    /// Whether a reading in a language of another script is one: enough of its letters are of the script and sure.
    ///
    /// On Chinese pages .77 and more were and on a poster among pictures .28; on ten pages of German print, labels and
    /// photographs, which read as next to nothing in English too, at most .05.
    func isRead(in place: Int, by reading: [RawWord]) -> Bool {
        guard let script = scripts[place] else { return false }
        let letters = LetterCount(reading, of: script)
        let share = letters.sure < 2 * LanguageChoice.fewestLetters ? 2 : 4
        return letters.sure >= LanguageChoice.fewestLetters && share * letters.sure >= letters.all
    }

    /// Below this share of letters in sure words a page may be in another script; Chinese pages read as English have .01.
    private static let surenessOfNothing = 0.2
    private static let fewestLetters = 5
}

/// The letters of a reading, and those of one script in words that are sure.
private struct LetterCount {
    var all = 0
    var sure = 0

    init(_ reading: [RawWord], of script: Script) {
        // A syllable or a sign says as much as several letters.
        let shortest = script == .eastAsian ? 1 : ReadingQuality.shortestSureWord
        for word in reading {
            var letters = 0
            var own = 0
            for scalar in word.text.unicodeScalars where scalar.properties.isAlphabetic {
                letters += 1
                if Script(scalar) == script { own += 1 }
            }
            all += letters
            if word.confidence >= ReadingQuality.sureConfidence, own >= shortest { sure += own }
        }
    }
}

/// What is known of a language by Tesseract's name for it.
enum Language {
    /// The script that a language is written in; nil where it is none of those told apart.
    ///
    /// - Parameter name: the name as a step gives it; of `chi_sim+eng` the first counts.
    /// - Returns: the script.
    static func script(of name: String) -> Script? {
        switch base(of: name.split(separator: "+").first.map(String.init) ?? name) {
        case "chi", "jpn", "kor", "HanS", "HanT", "Japanese", "Hangul": .eastAsian
        case "rus", "ukr", "bel", "bul", "srp", "mkd", "mon", "kaz", "kir", "tgk", "Cyrillic":
            .cyrillic
        case "ell", "grc", "Greek": .greek
        case "heb", "yid", "Hebrew": .hebrew
        case "ara", "fas", "urd", "pus", "uig", "snd", "Arabic": .arabic
        case "hin", "mar", "nep", "san", "Devanagari": .devanagari
        case "tha", "Thai": .thai
        case "amh", "asm", "ben", "bod", "chr", "div", "dzo", "guj", "hye", "iku", "kan", "kat",
            "khm",
            "lao", "mal", "mya", "ori", "pan", "sin", "syr", "tam", "tel", "tir", "equ", "osd":
            nil
        default: .latin
        }
    }

    /// The words by which a language is told, without accents and in small letters; none where no table has them.
    static func words(of name: String) -> Set<String> {
        name.split(separator: "+").reduce(into: []) { words, part in
            words.formUnion(table[base(of: String(part))] ?? [])
        }
    }

    /// The letters of the Latin alphabet in a text, without accents and in small letters, in unbroken runs.
    static func plainParts(of text: String) -> [String] {
        var parts: [String] = []
        var current: [UInt8] = []
        for scalar in text.unicodeScalars {
            if let letter = scalar.plainLatin {
                current.append(letter)
            } else if !current.isEmpty {
                parts.append(String(decoding: current, as: UTF8.self))
                current = []
            }
        }
        if !current.isEmpty { parts.append(String(decoding: current, as: UTF8.self)) }
        return parts
    }

    /// `deu` of `deu_latf`; the older name of German in broken type stands for German.
    private static func base(of name: String) -> String {
        let base = String(name.split(separator: "_").first ?? "")
        return base == "frk" ? "deu" : base
    }

    private static let table: [String: Set<String>] = Dictionary(
        uniqueKeysWithValues: LanguageWords.table.map {
            ($0.language, Set(plainParts(of: $0.words)))
        }
    )
}
