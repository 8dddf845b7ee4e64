internal import PipelineSpec

/// Which further looks at a page pay, and what is made of all its readings.
///
/// Nothing here knows pictures or recognisers: a look goes out, words in the frame of the straight page come back.
struct ReadingStrategy {
    /// Reads the page at hand once, as a look shows it.
    typealias Reader = (Look) throws -> [RawWord]

    let layout: ReadStep.Layout
    let steps: [ReadStep.Preparation]

    /// The look that every page begins with.
    var firstLook: Look {
        Look(first: steps, segmentation: firstSegmentation)
    }

    private var firstSegmentation: TesseractHandle.Segmentation {
        switch layout {
        case .auto, .block: .block
        case .page: .page
        case .column: .column
        case .sparse: .sparse
        }
    }

    /// The words of a page and what they showed of its layout.
    struct Outcome {
        /// In reading order.
        var words: [RawWord]
        /// Whether text is scattered over the page, as on labels.
        var isScattered: Bool
    }

    /// The words of a page, after all the looks at it that pay.
    ///
    /// - Parameters:
    ///   - first: what ``firstLook`` gave.
    ///   - read: reads once more.
    /// - Returns: the words, and whether they are scattered.
    /// - Throws: what `read` throws.
    func outcome(after first: [RawWord], _ read: Reader) throws -> Outcome {
        let basis = try laidOut(first, read)
        let readings = try [basis.words] + furtherReadings(after: basis, read)
        let words = ReadingVote.voted(readings, mayInsert: basis.look.segmentation != .page)
        return Outcome(
            words: steps.contains(.despeckle) ? MarkFilter.print(in: words) : words,
            isScattered: layout == .sparse
                || layout == .auto && basis.look.segmentation == .column
        )
    }

    // MARK: - Layout

    /// A look and what it gave.
    private struct Seen {
        var look: Look
        var words: [RawWord]
    }

    /// Reads as one block first, which is right for receipts and strips; again as a page where the words show columns;
    /// again line by line where there is little text among other things, as on labels.
    private func laidOut(_ first: [RawWord], _ read: Reader) throws -> Seen {
        let block = Seen(look: firstLook, words: first)
        guard layout == .auto else { return block }
        if ColumnTest.dividedShare(of: first) >= ColumnTest.columnShare {
            let look = firstLook.looking(for: .page)
            return Seen(look: look, words: try read(look))
        }
        let quality = ReadingQuality(first)
        guard quality.suggestsScatteredText else { return block }
        let look = firstLook.looking(for: .column)
        let column = Seen(look: look, words: try read(look))
        return ReadingQuality(column.words).isBetter(thanBlock: quality) ? column : block
    }

    // MARK: - Further readings

    /// Mean confidence from which a page is read well enough: reading it again changes nothing that could be measured.
    private static let sureConfidence = 92.0
    /// Mean confidence below which a third reading of a block pays.
    private static let doubtfulConfidence = 75.0

    /// Readings of the same page in another tone, at another size, with another eye for lines.
    private func furtherReadings(after basis: Seen, _ read: Reader) throws -> [[RawWord]] {
        guard steps.contains(.reread), !basis.words.isEmpty else { return [] }
        let confidence = ReadingQuality(basis.words).meanConfidence
        guard confidence < ReadingStrategy.sureConfidence else { return [] }
        let look = basis.look
        let looks =
            switch look.segmentation {
            case .block where confidence < ReadingStrategy.doubtfulConfidence:
                [look.second, look.third]
            case .sparse:
                [look.looking(for: .column), look.looking(for: .column).second]
            case .column where layout == .auto:
                [look.looking(for: .sparse), look.second]
            default: [look.second]
            }
        return try looks.map(read)
    }
}
