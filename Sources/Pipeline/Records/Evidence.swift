/// Where a value is printed, and how it was matched.
public struct Evidence: Hashable, Codable, Sendable {
    /// The page, from 1.
    public var page: Int
    /// The place on the page.
    public var box: Box
    /// The words there, as they were read.
    public var words: String

    /// Creates evidence.
    public init(page: Int, box: Box, words: String) {
        self.page = page
        self.box = box
        self.words = words
    }
}
