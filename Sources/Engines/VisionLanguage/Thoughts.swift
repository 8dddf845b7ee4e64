public import Generation
public import Tokenization

/// Tells what a model thinks aloud from what it says: thoughts stand between the tokens `<think>` and `</think>` at the beginning.
public struct Thoughts: Sendable {
    private enum Place {
        case start
        case thinking
        /// After the thoughts, before the first word.
        case between
        case speaking
    }

    private let open: TokenID?
    private let close: TokenID?
    private var place: Place

    /// Begins an answer.
    ///
    /// - Parameters:
    ///   - tokenizer: The model's.
    ///   - prompt: The prompt's tokens; some templates begin the thoughts in it.
    public init(_ tokenizer: Tokenizer, prompt: [TokenID]) {
        open = tokenizer.id(ofAdded: "<think>")
        close = tokenizer.id(ofAdded: "</think>")
        place = open == nil ? .speaking : .start
        let marks = prompt.suffix(8).filter { [open, close] in $0 == open || $0 == close }
        if let open, marks.last == open { place = .thinking }
    }

    /// Takes a piece of the answer.
    ///
    /// - Parameter piece: What comes next.
    /// - Returns: What of it is thought and what is said.
    public mutating func take(_ piece: AnswerPiece) -> (thought: String, said: String) {
        switch (place, piece.token?.id) {
        case (.start, let id?) where id == open:
            place = .thinking
            return ("", "")
        case (.start, _):
            if piece.text.contains(where: { !$0.isWhitespace }) { place = .speaking }
            return ("", piece.text)
        case (.thinking, let id?) where id == close:
            place = .between
            return ("", "")
        case (.thinking, _):
            return (piece.text, "")
        case (.between, _):
            let words = piece.text.drop(while: \.isNewline)
            if !words.isEmpty { place = .speaking }
            return ("", String(words))
        case (.speaking, _):
            return ("", piece.text)
        }
    }
}
