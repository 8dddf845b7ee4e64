/// An answer that begins with what the model thought, taken apart.
///
/// Source: the chat template of Qwen3, whose string functions work on code points, not on what a
/// reader sees as one character; so this works on bytes.
struct ThoughtfulAnswer {
    /// What stands between the last `<think>` before the first `</think>` and that.
    let thoughts: String
    /// What follows the last `</think>`; all of the text when there is none.
    let said: String

    init(_ text: String) {
        let bytes = Array(text.utf8)
        let closing = Array("</think>".utf8)
        let closings = bytes.ranges(of: closing)
        guard let first = closings.first, let last = closings.last else {
            thoughts = ""
            said = text
            return
        }
        var before = bytes[..<first.lowerBound]
        if let opening = before.ranges(of: Array("<think>".utf8)).last {
            before = before[opening.upperBound...]
        }
        before = before.drop { $0 == 0x0A }
        while before.last == 0x0A { before.removeLast() }
        thoughts = String(decoding: before, as: UTF8.self)
        said = String(decoding: bytes[last.upperBound...].drop { $0 == 0x0A }, as: UTF8.self)
    }

    /// What was said, without line breaks at its beginning.
    var withoutLeadingBreaks: String {
        String(decoding: Array(said.utf8).drop { $0 == 0x0A }, as: UTF8.self)
    }
}
