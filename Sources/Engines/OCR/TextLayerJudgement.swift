internal import Records

/// What speaks against reading a PDF page from its text layer.
enum TextLayerFlaw: Hashable, Sendable {
    /// Characters that stand for nothing: a font without a mapping to Unicode.
    case meaningless
    /// All words lie in one place.
    case heaped
    /// More signs than letters and digits.
    case signs
    /// Letters that no language uses so often: codes of a font taken for characters.
    case unlikelyLetters
    /// Words that mix alphabets.
    case mixedScripts
    /// Words that stand where nothing is printed.
    case besideThePrint
    /// Much that is printed has no words.
    case partOfThePage

    /// What a user reads among the page's warnings.
    var warning: String {
        let reason =
            switch self {
            case .meaningless: "its characters stand for nothing"
            case .heaped: "all its words lie in one place"
            case .signs: "it holds more signs than letters"
            case .unlikelyLetters: "its letters make no words"
            case .mixedScripts: "its words mix alphabets"
            case .besideThePrint: "its words stand where nothing is printed"
            case .partOfThePage: "it covers only part of the print"
            }
        return "the PDF's text layer was not used: \(reason); the page was read as a picture"
    }
}

/// Whether the text layer of a PDF page can stand for its picture, told from its characters and boxes alone.
enum TextLayerJudgement: Hashable, Sendable {
    /// Words of the layer are the page's words.
    case usable
    /// The layer has text, but it may be only a heading or a stamp: the page's print decides.
    case thin
    /// The characters are odd; a reading of the page's picture decides.
    case doubtful(TextLayerFlaw)
    /// The characters mean nothing.
    case unusable(TextLayerFlaw)
    /// There are no words.
    case absent

    /// Judges a layer by its characters and by how much of the page its words cover.
    ///
    /// - Parameter page: the layer.
    /// - Returns: the judgement.
    static func of(_ page: TextLayerPage) -> TextLayerJudgement {
        guard !page.words.isEmpty, page.width > 0, page.height > 0 else { return .absent }
        let characters = LayerCharacters(page.words.map(\.text))
        if characters.meaningless * 20 > characters.all { return .unusable(.meaningless) }
        if characters.wordlike == 0 { return .unusable(.signs) }
        // All words in one place are a layer that was never laid over anything.
        let places = Set(
            page.words.map { Place(x: Int($0.left.rounded()), y: Int($0.top.rounded())) }
        )
        if page.words.count >= 10 && places.count * 5 < page.words.count {
            return .unusable(.heaped)
        }
        if characters.wordlike * 3 < characters.all { return .doubtful(.signs) }
        if characters.hasUnlikelyLetters { return .doubtful(.unlikelyLetters) }
        if characters.mixedWords * 4 > characters.words { return .doubtful(.mixedScripts) }
        return isSparse(page) ? .thin : .usable
    }

    private struct Place: Hashable {
        var x: Int
        var y: Int
    }

    /// Fewer words than a page of print has, or words that cover little of it.
    ///
    /// Printed invoices cover 3 % and more of their page; a heading over a scan covers below 1 %.
    private static func isSparse(_ page: TextLayerPage) -> Bool {
        let covered = page.words.reduce(0.0) {
            $0 + ($1.right - $1.left) * ($1.bottom - $1.top)
        }
        return page.words.count < 40 || covered < 0.02 * page.width * page.height
    }
}

/// The characters of a text layer, counted by what they can be.
private struct LayerCharacters {
    /// All, of which a run of one sign, as leads the eye to a page number, counts as three.
    var all = 0
    /// Control characters, private ones and such as stand for a character that is not known.
    var meaningless = 0
    /// Letters, digits and signs that stand for words.
    var wordlike = 0
    /// Words with letters.
    var words = 0
    /// Words with letters of two alphabets.
    var mixedWords = 0
    private var latin = 0
    private var common = 0
    private var accented = 0

    /// Over half of all letters in every language that is written with Latin letters.
    private static let commonLetters = Set("aeionrst".utf8)

    init(_ texts: [String]) {
        for text in texts { take(text) }
    }

    private mutating func take(_ text: String) {
        var scripts: Set<Script> = []
        var last: Unicode.Scalar?
        var run = 0
        for scalar in text.unicodeScalars {
            run = scalar == last ? run + 1 : 1
            last = scalar
            let isWordlike =
                scalar.properties.isAlphabetic || scalar.properties.numericType != nil
            if !isWordlike && run > 3 { continue }
            all += 1
            if isWordlike { wordlike += 1 }
            if LayerCharacters.isMeaningless(scalar) { meaningless += 1 }
            if let script = Script(scalar) { scripts.insert(script) }
            if let plain = scalar.plainLatin {
                latin += 1
                if LayerCharacters.commonLetters.contains(plain) { common += 1 }
                if scalar.value >= 0x80 { accented += 1 }
            }
        }
        if !scripts.isEmpty { words += 1 }
        // Latin letters stand in Chinese words, as in T恤.
        if scripts.subtracting([.eastAsian]).count > 1 { mixedWords += 1 }
    }

    /// Whether the eight letters that are over half of every text are too few, or accents outnumber plain letters.
    ///
    /// Their share was .51 and more in 114 texts of 13 languages from 40 letters on; when each letter stands for another one
    /// it is .31 as a rule and below .42 in nine of ten. Of few letters less is expected: three deviations below .55.
    var hasUnlikelyLetters: Bool {
        guard latin >= 40 else { return false }
        let share = Double(common) / Double(latin)
        let least = min(0.46, 0.55 - 1.5 / Double(latin).squareRoot())
        return share < least || 2 * accented > latin
    }

    private static func isMeaningless(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .privateUse, .unassigned, .surrogate: true
        default: scalar == "\u{FFFD}"
        }
    }
}
