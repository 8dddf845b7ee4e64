import Exporting
import Glibc

/// Where the answer goes as it comes: standard output, piece by piece.
struct AskOutput {
    private let isTerminal = isatty(STDOUT_FILENO) == 1
    private var last: Character?

    /// Whether whoever read has stopped reading, as `head` does: no error, and no use in going on.
    private(set) var isUnread = false

    /// Writes a piece at once.
    ///
    /// - Throws: `OutputError` when the disk is full or writing fails.
    mutating func write(_ piece: String) throws(OutputError) {
        guard let end = piece.last else { return }
        last = end
        try send(isTerminal ? Self.harmless(piece) : piece)
    }

    /// Ends the last line.
    ///
    /// - Throws: As ``write(_:)``.
    mutating func finish() throws(OutputError) {
        guard let last, !last.isNewline else { return }
        try send("\n")
    }

    /// Writes a line, so that a full disk is not taken for success.
    ///
    /// - Throws: As ``write(_:)``.
    static func line(_ text: String) throws(OutputError) {
        var output = AskOutput()
        try output.write(text)
        try output.finish()
    }

    /// A picture can hold words that make a model say what a terminal would obey: such characters are not shown there.
    static func harmless(_ text: String) -> String {
        var shown = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            shown.append(isControl && scalar != "\n" && scalar != "\t" ? "\u{FFFD}" : scalar)
        }
        return String(shown)
    }

    private mutating func send(_ text: String) throws(OutputError) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count)
            }
            if count < 0 {
                switch errno {
                case EINTR: continue
                case EPIPE:
                    isUnread = true
                    return
                case ENOSPC: throw .diskFull(path: "-")
                default: throw .failed(path: "-", detail: unsafe String(cString: strerror(errno)))
                }
            }
            rest = rest.dropFirst(count)
        }
    }
}
