import Foundation

/// The words of `docket ask`, told apart: one is the question, the others are pictures, in any order.
struct AskWords: Equatable {
    let question: String
    let pictures: [String]

    /// Sorts the words.
    ///
    /// - Parameters:
    ///   - words: As they stand on the command line.
    ///   - question: What `--question` says; all words are pictures then.
    ///   - exists: Whether a file of that name is there.
    /// - Throws: `Fault` when none of the words, or an empty one, is the question.
    init(
        _ words: [String],
        question: String?,
        exists: (String) -> Bool = { $0 == "-" || FileManager.default.fileExists(atPath: $0) }
    ) throws(Fault) {
        if let question {
            try self.init(question: question, pictures: words)
            return
        }
        let missing = words.indices.filter { !exists(words[$0]) }
        // A word that is no file and looks like one is a mistyped file, not a question.
        let sayings = missing.filter { !Self.looksLikeFile(words[$0]) }
        let place: Int
        if let first = sayings.first {
            // Files that are not there are told when they are opened, one by one.
            place = first
        } else if let first = missing.first {
            throw Self.noSuchFile(words[first])
        } else if let first = words.first {
            throw Fault(
                .usage,
                words.count == 1
                    ? "what is the question? `docket ask \"What is the total?\" \(first)`"
                    : "every word is a file's name; say which is the question with --question \"…\""
            )
        } else {
            throw Fault(
                .usage,
                "what is the question? `docket ask \"What is the total?\" receipt.jpg`"
            )
        }
        var pictures = words
        let question = pictures.remove(at: place)
        try self.init(question: question, pictures: pictures)
    }

    private init(question: String, pictures: [String]) throws(Fault) {
        guard question.contains(where: { !$0.isWhitespace }) else {
            throw Fault(
                .usage,
                "the question is empty; `docket ask \"What is the total?\" receipt.jpg`"
            )
        }
        self.question = question
        self.pictures = pictures
    }

    /// Whether a word is written as names of files are: one word that ends like `.jpg`, or has folders in it.
    static func looksLikeFile(_ word: String) -> Bool {
        guard !word.contains(where: \.isWhitespace) else { return false }
        if word.hasPrefix("/") || word.hasPrefix("./") || word.hasPrefix("../") { return true }
        guard let dot = word.lastIndex(of: "."), dot != word.startIndex else { return false }
        let ending = word[word.index(after: dot)...]
        return (1...5).contains(ending.count)
            && ending.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) }
            && ending.contains(where: \.isLetter)
    }

    private static func noSuchFile(_ word: String) -> Fault {
        Fault(.someFailed, "\(word): no such file; if it is the question, say so with --question")
    }
}
