/// A line on the terminal that says what is being waited for; gone when the answer begins.
struct AskProgress {
    private let isShown: Bool
    private var isLineOpen = false

    init(isQuiet: Bool) {
        isShown = !isQuiet && Terminal.showsProgress
    }

    /// Says what is done now, in place of what was said before.
    mutating func say(_ words: String) {
        guard isShown else { return }
        // Erases the line: words may be shorter than the last ones.
        Terminal.errorText(
            "\r\u{1B}[K\(Terminal.plain(String(words.prefix(max(1, Terminal.columns - 1)))))"
        )
        isLineOpen = true
    }

    /// Takes the line away.
    mutating func clear() {
        guard isLineOpen else { return }
        Terminal.errorText("\r\u{1B}[K")
        isLineOpen = false
    }
}
