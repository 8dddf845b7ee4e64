/// Finds stop strings in text that comes in pieces, and holds back what may turn out to be the beginning of one.
///
/// Each byte is looked at once for each stop string, whatever the text.
///
/// Source: Knuth, Morris and Pratt (1977), over the bytes of UTF-8: a match begins and ends at whole characters because the
/// stop string does.
public struct StopStrings: Sendable {
    private var matchers: [Matcher]
    private var held: [UInt8] = []

    /// Stop strings; empty ones stop nothing.
    public init(_ strings: [String]) {
        matchers = strings.filter { !$0.isEmpty }.map { Matcher(Array($0.utf8)) }
    }

    /// Takes a piece of text.
    ///
    /// - Parameter piece: What comes next.
    /// - Returns: The text that certainly belongs to the answer, and whether a stop string ended it: the text before it is
    ///   given, itself and what follows never.
    public mutating func append(_ piece: String) -> (text: String, isStopped: Bool) {
        guard !matchers.isEmpty else { return (piece, false) }
        for byte in piece.utf8 {
            held.append(byte)
            var length = 0
            for index in matchers.indices where matchers[index].append(byte) {
                length = max(length, matchers[index].pattern.count)
            }
            guard length == 0 else {
                let text = String(decoding: held.dropLast(length), as: UTF8.self)
                held = []
                return (text, true)
            }
        }
        let doubtful = matchers.map(\.matched).max() ?? 0
        let text = String(decoding: held.dropLast(doubtful), as: UTF8.self)
        held.removeFirst(held.count - doubtful)
        return (text, false)
    }

    /// What was held back, when the answer ended otherwise.
    public mutating func finish() -> String {
        defer { held = [] }
        return String(decoding: held, as: UTF8.self)
    }

    /// One stop string and how much of it the text ends with.
    private struct Matcher: Sendable {
        let pattern: [UInt8]
        /// For each prefix, the length of the longest proper one that it ends with.
        private let fallback: [Int]
        private(set) var matched = 0

        init(_ pattern: [UInt8]) {
            var fallback = [0]
            var length = 0
            for byte in pattern.dropFirst() {
                while length > 0, pattern[length] != byte { length = fallback[length - 1] }
                if pattern[length] == byte { length += 1 }
                fallback.append(length)
            }
            self.pattern = pattern
            self.fallback = fallback
        }

        /// Whether the text now ends with the whole of it.
        mutating func append(_ byte: UInt8) -> Bool {
            if matched == pattern.count { matched = fallback[matched - 1] }
            while matched > 0, pattern[matched] != byte { matched = fallback[matched - 1] }
            if pattern[matched] == byte { matched += 1 }
            return matched == pattern.count
        }
    }
}
