/// What `pdfinfo` says of a PDF.
public struct PDFFacts: Hashable, Sendable {
    /// Size of one page in points, as it is displayed.
    public struct PageSize: Hashable, Sendable {
        /// From left to right.
        public var width: Double
        /// From top to bottom.
        public var height: Double

        /// Makes a size.
        public init(width: Double, height: Double) {
            self.width = width
            self.height = height
        }
    }

    /// Pages of the document.
    public var pageCount: Int
    /// Sizes by the page's number, from 1; those that were asked for and could be told.
    public var pageSizes: [Int: PageSize]

    /// Reads what `pdfinfo -f 1 -l N` prints.
    ///
    /// - Parameter output: The lines; they may hold anything that a document's title holds.
    /// - Returns: The facts; nil when the count of pages is not among them.
    public static func parse(_ output: String) -> PDFFacts? {
        var pageCount: Int?
        var sizes: [Int: PageSize] = [:]
        var turns: [Int: Int] = [:]
        for line in output.split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            if line.hasPrefix("Pages:"), words.count == 2 {
                pageCount = Int(words[1])
            } else if line.hasPrefix("Page "), words.count >= 6, words[2] == "size:",
                words[4] == "x",
                let number = Int(words[1]), let width = Double(words[3]),
                let height = Double(words[5]), width > 0, height > 0,
                width.isFinite, height.isFinite
            {
                sizes[number] = PageSize(width: width, height: height)
            } else if line.hasPrefix("Page "), words.count == 4, words[2] == "rot:",
                let number = Int(words[1])
            {
                turns[number] = Int(words[3])
            }
        }
        guard let pageCount, pageCount >= 0 else { return nil }
        for (number, turn) in turns where turn % 180 != 0 {
            if let size = sizes[number] {
                sizes[number] = PageSize(width: size.height, height: size.width)
            }
        }
        return PDFFacts(pageCount: pageCount, pageSizes: sizes)
    }
}
