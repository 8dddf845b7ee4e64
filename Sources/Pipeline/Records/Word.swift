/// One word that was read from a page.
public struct Word: Hashable, Codable, Sendable {
    /// What was read; never empty.
    public var text: String
    /// Where it is printed.
    public var box: Box
    /// How sure the reader was, 0 to 1.
    public var confidence: Double
    /// The block of text that it belongs to, counted from 0 in reading order.
    public var block: Int
    /// The line that it belongs to, counted from 0 over the whole page in reading order.
    public var line: Int

    /// Creates a word.
    public init(text: String, box: Box, confidence: Double, block: Int, line: Int) {
        self.text = text
        self.box = box
        self.confidence = confidence
        self.block = block
        self.line = line
    }
}
