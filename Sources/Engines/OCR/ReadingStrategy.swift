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

    /// The words of a page, after all the looks at it that pay.
    ///
    /// - Parameters:
    ///   - first: what ``firstLook`` gave.
    ///   - read: reads once more.
    /// - Returns: the words, in reading order.
    /// - Throws: what `read` throws.
    func words(after first: [RawWord], _ read: Reader) throws -> [RawWord] {
        let basis = try laidOut(first, read)
        let readings = try [basis.words] + furtherReadings(after: basis, read)
        let words = ReadingVote.voted(readings, mayInsert: basis.look.segmentation != .page)
        return steps.contains(.despeckle) ? MarkFilter.print(in: words) : words
    }

    /// A look and what it gave.
    private struct Seen {
        var look: Look
        var words: [RawWord]
    }

    /// Reads as one block first, which is right for receipts and strips; again as a page where the words show columns;
    /// again line by line where there is little text among other things, as on labels.
    private func laidOut(_ first: [RawWord], _ read: Reader) throws -> Seen {
        var look = firstLook
        let block = Seen(look: look, words: first)
        guard layout == .auto else { return block }
        if ColumnTest.dividedShare(of: first) >= ColumnTest.columnShare {
            look.segmentation = .page
            return Seen(look: look, words: try read(look))
        }
        let quality = ReadingQuality(first)
        guard quality.suggestsScatteredText else { return block }
        look.segmentation = .column
        let column = Seen(look: look, words: try read(look))
        return ReadingQuality(column.words).isBetter(thanBlock: quality) ? column : block
    }

    /// Readings of the same page in another tone and at another size.
    private func furtherReadings(after basis: Seen, _ read: Reader) throws -> [[RawWord]] {
        guard steps.contains(.reread), !basis.words.isEmpty else { return [] }
        return [try read(basis.look.second)]
    }
}
