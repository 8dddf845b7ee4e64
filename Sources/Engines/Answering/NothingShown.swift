/// All pages that a model was to be shown are blank: it was not asked, as it would make something up.
public struct NothingShown: Error, Hashable, Sendable {
    /// The pages, from 1.
    public var pages: [Int]

    /// Names the pages.
    public init(pages: [Int]) {
        self.pages = pages
    }
}
