import Records

/// The rows that a form's rule looks at, each with the words in it that lie inside its region.
struct FormScope {
    /// The rows in order, each with a range of words that is not empty.
    private(set) var rows: [(row: Int, words: Range<Int>)]
    /// What of the region could not be found on the page, for a person.
    private(set) var missing: String?

    /// All rows of a document.
    init(all rows: [PageRow]) {
        self.rows = rows.enumerated().map { ($0.offset, $0.element.words.indices) }
    }

    /// All rows of one page, the first of which is known.
    init(rows: [PageRow], page: Int, from start: Int) {
        self.rows = rows[start...].prefix { $0.page == page }.enumerated().map {
            (start + $0.offset, $0.element.words.indices)
        }
    }

    /// The rows and words inside a region.
    init(_ region: FormRegion, signedPage: Int, in forms: FormReading) {
        rows = []
        let reading = forms.reading
        let page =
            switch region.page {
            case .signed: signedPage
            case .first: forms.pages.first?.number
            case .last: forms.pages.last?.number
            case .number(let number): number
            }
        guard let page, let text = forms.pages.first(where: { $0.number == page }) else {
            missing = "the document has no such page"
            return
        }
        let start = reading.pageStarts.first { reading.rows[$0].page == page }
        guard let start else {
            missing = "the page has no words"
            return
        }
        var scope = FormScope(rows: reading.rows, page: page, from: start)
        let left = Double(text.width) * region.left
        let right = Double(text.width) * region.right
        let top = Double(text.height) * region.top
        let bottom = Double(text.height) * region.bottom
        scope.rows = scope.rows.compactMap { index, range in
            let row = reading.rows[index]
            let middle = Double(row.box.y) + Double(row.box.height) / 2
            guard middle >= top, middle <= bottom else { return nil }
            let inside = range.filter {
                let box = row.words[$0].box
                let middle = Double(box.x) + Double(box.width) / 2
                return middle >= left && middle <= right
            }
            guard let first = inside.first, let last = inside.last else { return nil }
            return (index, first..<(last + 1))
        }
        rows = scope.rows
        if !region.below.isEmpty {
            guard let key = forms.keys(region.below, in: self).first else {
                missing = Self.missing(region.below)
                rows = []
                return
            }
            rows.removeAll { $0.row <= key.row }
        }
        // Without the words that end it, the region goes on to the page's end.
        if !region.above.isEmpty {
            if let key = forms.keys(region.above, in: self).first {
                rows.removeAll { $0.row >= key.row }
            } else {
                missing = Self.missing(region.above)
            }
        }
    }

    /// The words of a row that belong to it; nil when none do.
    func words(of row: Int) -> Range<Int>? {
        // The rows are in order.
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle].row < row { low = middle + 1 } else { high = middle }
        }
        return low < rows.count && rows[low].row == row ? rows[low].words : nil
    }

    private static func missing(_ words: [String]) -> String {
        words.map { "“\($0)”" }.joined(separator: " or ") + " not found"
    }
}

extension FormScope {
    /// The document cut down to the scope, for rules that read whole pages.
    func pages(of forms: FormReading) -> [PageText] {
        forms.pages.compactMap { page in
            var page = page
            page.words = rows.filter { forms.reading.rows[$0.row].page == page.number }
                .flatMap { index, range in
                    forms.reading.rows[index].words[range].map { word in
                        Word(
                            text: word.text,
                            box: word.box,
                            confidence: word.confidence,
                            block: word.block,
                            line: index
                        )
                    }
                }
            return page.words.isEmpty ? nil : page
        }
    }
}
