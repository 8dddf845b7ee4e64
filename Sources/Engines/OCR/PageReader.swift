internal import Imaging
internal import Jobs
internal import PipelineSpec
internal import Records
internal import SystemPackage

/// Reads pictures with Tesseract: prepares, reads, turns where needed, tells blank pages.
///
/// Lives in a worker process. Every page begins from nothing; what one page was cannot change how the
/// next is read.
final class PageReader {
    private let recogniser: TesseractHandle?
    private let orientationModel: TesseractHandle?
    private let beat: HeartBeat

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - recogniser: the language models; nil for a reader that only prepares pictures.
    ///   - orientationModel: the model that tells how a page is turned; nil where it is not installed.
    ///   - beat: called as the work goes on.
    init(
        recogniser: consuming TesseractHandle?,
        orientationModel: consuming TesseractHandle?,
        beat: @escaping HeartBeat
    ) {
        self.recogniser = recogniser
        self.orientationModel = orientationModel
        self.beat = beat
    }

    /// A side below which nothing can be printed; Tesseract refuses such pictures.
    private static let smallestSide = 8
    /// Letters with a neighbour, below which a page without sure characters carries no text.
    private static let blankPairs = 10

    /// Reads one page.
    ///
    /// - Parameters:
    ///   - picture: the page, upright by EXIF.
    ///   - request: how to read it.
    /// - Returns: its words in pixels of the upright page.
    /// - Throws: ``JobFailure`` when memory is short or Tesseract gives up.
    func read(
        _ picture: borrowing Picture,
        as request: PageRequest
    ) throws -> ReadPage {
        var page = ReadPage(
            width: picture.width,
            height: picture.height,
            words: [],
            isBlank: false,
            turnedBy: 0,
            warnings: picture.warnings,
            isCutShort: picture.isCutShort
        )
        guard min(picture.width, picture.height) >= PageReader.smallestSide else {
            page.isBlank = true
            return page
        }
        var reading = try readPrepared(picture, as: request, steps: request.prepare)
        if request.prepare.contains(.orient), reading.quality.suggestsTurnedPage,
            try mayCarryText(picture, reading)
        {
            let turns = try quarterTurns(of: picture, reading: reading, request: request)
            if turns != 0 {
                let upright = try picture.rotated(quarterTurns: turns)
                reading = try readPrepared(upright, as: request, steps: request.prepare)
                page.width = upright.width
                page.height = upright.height
                page.turnedBy = turns * 90
            }
        }
        if reading.quality.sureCharacters == 0, try isBlank(picture, request: request) {
            page.isBlank = true
            return page
        }
        page.words = reading.words.map { word in
            Word(
                text: word.text,
                box: reading.placement.box(
                    left: word.left,
                    top: word.top,
                    right: word.right,
                    bottom: word.bottom
                ),
                confidence: min(max(word.confidence / 100, 0), 1),
                block: word.block,
                line: word.line
            )
        }
        return page
    }

    /// Writes one page, prepared, for another program to read.
    ///
    /// Which way is up is asked of the orientation model alone, since no words are known.
    ///
    /// - Parameters:
    ///   - picture: the page, upright by EXIF.
    ///   - request: how to prepare it.
    ///   - file: where the PNG goes.
    /// - Returns: what was done.
    /// - Throws: `PictureError` or `Errno`.
    func write(
        _ picture: borrowing Picture,
        as request: PageRequest,
        to file: FileDescriptor
    ) throws -> PreparedPicture {
        let isSmall = min(picture.width, picture.height) < PageReader.smallestSide
        let turns =
            request.prepare.contains(.orient) && !isSmall ? try modelTurns(of: picture) ?? 0 : 0
        let upright = try picture.rotated(quarterTurns: turns)
        let prepared = try PicturePreparation.prepare(
            upright,
            steps: isSmall ? [] : request.prepare
        )
        beat(50)
        try prepared.picture.writePNG(to: file)
        return PreparedPicture(
            placement: prepared.placement,
            pictureWidth: prepared.picture.width,
            pictureHeight: prepared.picture.height,
            turnedBy: turns * 90,
            hasLetters: try !isSmall && upright.letterMeasure().pairCount >= PageReader.blankPairs,
            warnings: picture.warnings,
            isCutShort: picture.isCutShort
        )
    }

    // MARK: - One reading

    private struct Reading {
        var words: [RawWord]
        var placement: Placement
        var quality: ReadingQuality
    }

    private func readPrepared(
        _ picture: borrowing Picture,
        as request: PageRequest,
        steps: [ReadStep.Preparation]
    ) throws -> Reading {
        beat(0)
        let prepared = try PicturePreparation.prepare(picture, steps: steps)
        let words = try words(of: prepared.picture, layout: request.layout)
        return Reading(
            words: words,
            placement: prepared.placement,
            quality: ReadingQuality(words)
        )
    }

    /// Reads as one block first, which is right for receipts, strips and labels, and again as a page of columns
    /// where the words show columns.
    private func words(
        of picture: borrowing Picture,
        layout: ReadStep.Layout
    ) throws -> [RawWord] {
        switch layout {
        case .page: return try words(of: picture, segmentation: .page)
        case .block: return try words(of: picture, segmentation: .block)
        case .column: return try words(of: picture, segmentation: .column)
        case .sparse: return try words(of: picture, segmentation: .sparse)
        case .auto:
            let block = try words(of: picture, segmentation: .block)
            guard ColumnTest.dividedShare(of: block) >= ColumnTest.columnShare else { return block }
            return try words(of: picture, segmentation: .page)
        }
    }

    private func words(
        of picture: borrowing Picture,
        segmentation: TesseractHandle.Segmentation
    ) throws -> [RawWord] {
        guard recogniser != nil else { throw JobFailure(.missingEngine, "no language was loaded") }
        let words = unsafe picture.withPix { pix in
            unsafe recogniser?.words(of: pix, segmentation: segmentation, beat: beat)
        }
        guard let words else { throw JobFailure(.engineFailed, "Tesseract gave up on the page") }
        return words
    }

    // MARK: - Orientation

    /// Longest side of the picture that the orientation model sees.
    private static let modelSide = 2400
    /// Longest side of the picture on which all turns are tried.
    private static let reducedSide = 1600
    /// Orientation answers from this confidence on were right 210 times of 210.
    private static let trustedOrientation = 2.0

    /// Whether looking for another orientation can find anything: a page of no letters has none.
    private func mayCarryText(_ picture: borrowing Picture, _ reading: Reading) throws -> Bool {
        if reading.quality.characters >= 20 { return true }
        if try picture.letterMeasure().pairCount >= PageReader.blankPairs { return true }
        // On its side a line's letters have their neighbours above and below.
        return try picture.rotated(quarterTurns: 1).letterMeasure().pairCount >= PageReader.blankPairs
    }

    /// Clockwise quarter turns that set the page upright.
    private func quarterTurns(
        of picture: borrowing Picture,
        reading: Reading,
        request: PageRequest
    ) throws -> Int {
        beat(0)
        if let turns = try modelTurns(of: picture) { return turns }
        let reduced = try picture.grey().toneStretched().scaled(toFit: PageReader.reducedSide)
        var best = (turns: 0, sure: 0)
        var upright = 0
        for turns in 0..<4 {
            let turned = try reduced.rotated(quarterTurns: turns)
            let words = try words(of: turned, segmentation: .block)
            let sure = ReadingQuality(words).sureCharacters
            if turns == 0 { upright = sure }
            if sure > best.sure { best = (turns, sure) }
        }
        // Upright beat upside down by a factor of two on every page measured.
        return best.sure >= 2 * upright && best.sure >= upright + 8 ? best.turns : 0
    }

    /// Clockwise quarter turns that set the page upright, where the orientation model is sure.
    private func modelTurns(of picture: borrowing Picture) throws -> Int? {
        guard orientationModel != nil else { return nil }
        let asked = try picture.grey().toneStretched().scaled(toFit: PageReader.modelSide)
        let answer = unsafe asked.withPix { pix in
            unsafe orientationModel?.orientation(of: pix)
        }
        guard let answer, answer.confidence >= PageReader.trustedOrientation else { return nil }
        return (360 - answer.degrees) / 90 % 4
    }

    // MARK: - Blank pages

    /// Whether a page from which nothing sure was read has no text at all.
    ///
    /// Noise and paper texture give hundreds of junk words but no letters side by side.
    private func isBlank(_ picture: borrowing Picture, request: PageRequest) throws -> Bool {
        guard try picture.letterMeasure().pairCount < PageReader.blankPairs else { return false }
        guard try picture.rotated(quarterTurns: 1).letterMeasure().pairCount < PageReader.blankPairs else {
            return false
        }
        if request.prepare.contains(.contrast) { return true }
        // Print too faint to show above shows in stretched tones.
        let stretched = try picture.grey().toneStretched()
        let words = try words(of: stretched, segmentation: .block)
        return ReadingQuality(words).sureCharacters == 0
    }
}
