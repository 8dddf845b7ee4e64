internal import Imaging
internal import Jobs

extension PageReader {
    /// Pixels from which looking at a page's orientation first costs little beside reading it.
    private static let largePage = 4_000_000
    /// Longest side of the picture that the orientation model sees.
    private static let modelSide = 2400
    /// Longest side of the picture on which all turns are tried.
    private static let reducedSide = 1600
    /// Orientation answers from this confidence on were right 210 times of 210.
    private static let trustedOrientation = 2.0

    /// Turns of a large page that plainly lies on its side, found before it is read at full size for nothing.
    ///
    /// Smaller pages are read sooner than measured.
    func foreseenTurns(of picture: borrowing Picture) throws -> Int {
        guard picture.width * picture.height > PageReader.largePage, orientationModel != nil else {
            return 0
        }
        let reduced = try picture.grey().scaled(toFit: PageReader.reducedSide)
        let level = try reduced.letterMeasure().pairCount
        let sideways = try reduced.rotated(quarterTurns: 1).letterMeasure().pairCount
        guard sideways >= 50, sideways >= 2 * level else { return 0 }
        return try modelTurns(of: picture) ?? 0
    }

    /// Clockwise quarter turns that set the page upright.
    ///
    /// - Parameters:
    ///   - picture: the page.
    ///   - sure: the sure characters of its reading as it is.
    /// - Returns: 0 to 3; 0 where nothing better is found.
    /// - Throws: `PictureError` when memory is short, ``JobFailure``.
    func quarterTurns(of picture: borrowing Picture, sure: Int) throws -> Int {
        let reduced = try picture.grey().toneStretched().scaled(toFit: PageReader.reducedSide)
        // A line's letters have their neighbours beside them, on a page that lies on its side above them.
        let level = try reduced.letterMeasure().pairCount
        let sideways = try reduced.rotated(quarterTurns: 1).letterMeasure().pairCount
        guard max(level, sideways) >= PageReader.blankPairs else { return 0 }
        beat(0)
        if let turns = try modelTurns(of: picture) { return turns }
        let candidates =
            if level >= 2 * sideways { [2] } else if sideways >= 2 * level { [1, 3] } else {
                [1, 2, 3]
            }
        var best = (turns: 0, sure: 0)
        for turns in candidates {
            // Looking for the layout first keeps Tesseract from reading the grain of photographs.
            let words = try words(of: try reduced.rotated(quarterTurns: turns), segmentation: .page)
            let found = ReadingQuality(words).sureCharacters
            if found > best.sure { best = (turns, found) }
        }
        // Upright beat upside down by a factor of two on every page measured.
        return best.sure >= 2 * sure && best.sure >= sure + 8 ? best.turns : 0
    }

    /// Clockwise quarter turns that set the page upright, where the orientation model is sure.
    func modelTurns(of picture: borrowing Picture) throws -> Int? {
        guard orientationModel != nil else { return nil }
        let asked = try picture.grey().toneStretched().scaled(toFit: PageReader.modelSide)
        let answer = unsafe asked.withPix { pix in
            unsafe orientationModel?.orientation(of: pix)
        }
        guard let answer, answer.confidence >= PageReader.trustedOrientation else { return nil }
        return (360 - answer.degrees) / 90 % 4
    }
}
