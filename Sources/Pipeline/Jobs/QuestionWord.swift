/// What a word does in a question, as far as it matters for telling who answers it.
enum QuestionWord: Character {
    /// Takes the text off a page by itself: `transcribe`, `OCR`.
    case reads = "V"
    /// Takes something out of a page: `extract`; a text, or all that is in it.
    case extracts = "X"
    /// Hands over what is named, and that may be anything: `give`, `show`.
    case gives = "G"
    /// Writes a copy together with its particle, and something new without: `schreib … ab`.
    case copies = "C"
    /// The particle.
    case off = "A"
    /// Makes one thing of another: `convert`.
    case turns = "U"
    /// Into, to, as.
    case into = "O"
    /// The text: `text`, `words`.
    case text = "T"
    /// What is in a page: words, or things.
    case content = "M"
    /// `everything`.
    case everything = "E"
    /// What text stands on: `image`, `letter`, `menu`.
    case page = "D"
    /// `this`, `it`, `here`.
    case pointer = "I"
    /// `a`: what it stands before may be one that is yet to be written.
    case one = "a"
    /// Leaves nothing out, or nothing in: `all`, `complete`, `only`.
    case whole = "Q"
    /// `of`, `in`, `from`.
    case place = "P"
    /// `what`.
    case what = "W"
    /// `do`, `does`.
    case does = "H"
    /// `is`, `are`; in Chinese `there is` too.
    case `is` = "B"
    /// `say`: of a page, its words.
    case says = "S"
    /// `written`, `printed`.
    case written = "R"
    /// `see`, `shown`: of a text that it is there.
    case seen = "Z"
    /// Concerns lines and order only: `line by line`.
    case layout = "L"
    /// Asks for lines and order to stay: `keep`.
    case keeps = "K"
    /// `no`, `without`.
    case no = "N"
    /// What a person does not want beside the text: `comments`.
    case extra = "Y"
    /// Begins another clause: `and`, a comma.
    case joint = ","
    /// Changes nothing: `please`, `the`.
    case filler = "_"
}

/// The words of one language, and how they make up a request for the text.
struct QuestionLanguage {
    /// Each phrase, in lower case with single spaces, and what it does.
    let words: [String: QuestionWord]
    /// How many words, or characters where words are not parted, the longest phrase has.
    let longest: Int
    /// Whether words are parted by spaces.
    let isSpaced: Bool
    /// A regular expression over the characters of ``QuestionWord``: a clause that wants the text.
    let request: String
    /// The same of a clause that wants nothing besides: `without comments`.
    let remark: String

    /// Gathers a language.
    ///
    /// - Parameters:
    ///   - isSpaced: Whether words are parted by spaces.
    ///   - lists: The phrases by what they do, parted by commas.
    ///   - request: A clause that wants the text.
    ///   - remark: A clause that wants nothing besides.
    init(
        isSpaced: Bool,
        words lists: [(role: QuestionWord, phrases: String)],
        request: String,
        remark: String
    ) {
        var words: [String: QuestionWord] = [:]
        var longest = 1
        for (role, list) in lists {
            for phrase in list.split(whereSeparator: { $0 == "," || $0 == "\n" }) {
                let phrase = phrase.split(separator: " ").joined(separator: " ")
                guard !phrase.isEmpty else { continue }
                words[phrase] = role
                longest = max(
                    longest,
                    isSpaced ? phrase.split(separator: " ").count : phrase.count
                )
            }
        }
        self.words = words
        self.longest = longest
        self.isSpaced = isSpaced
        self.request = request
        self.remark = remark
    }
}
