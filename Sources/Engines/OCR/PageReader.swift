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
    private let recognisers: Recognisers?
    /// What reads the page at hand: every page begins with the language that the step names first.
    private var recogniser: Recogniser?
    private let orientationModel: TesseractHandle?
    private let beat: HeartBeat

    /// Creates a reader.
    ///
    /// - Parameters:
    ///   - recognisers: those of the step's languages; nil for a reader that only prepares pictures.
    ///   - orientationModel: the model that tells how a page is turned; nil where it is not installed.
    ///   - beat: called as the work goes on.
    init(
        recognisers: Recognisers?,
        orientationModel: consuming TesseractHandle?,
        beat: @escaping HeartBeat
    ) {
        self.recognisers = recognisers
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
        recogniser = try recognisers?.recogniser(at: 0)
        let mayTurn = request.prepare.contains(.orient)
        var turns = mayTurn ? try foreseenTurns(of: picture) : 0
        var reading = try readPrepared(picture, turnedBy: turns, as: request)
        if mayTurn, turns == 0, reading.quality.suggestsTurnedPage {
            turns = try quarterTurns(of: picture, sure: reading.quality.sureCharacters)
            if turns != 0 { reading = try readPrepared(picture, turnedBy: turns, as: request) }
        }
        if try chooseLanguage(after: reading.words) {
            reading = try readPrepared(picture, turnedBy: turns, as: request)
        }
        page.language = recogniser?.name
        page.width = reading.placement.width
        page.height = reading.placement.height
        page.turnedBy = turns * 90
        if !reading.quality.hasClearWord, try !hasLetters(picture) {
            guard let stretched = try readFaint(picture, as: request) else {
                page.words = try scatteredWords(of: picture, turnedBy: turns, as: request)
                page.isBlank = page.words.isEmpty
                return page
            }
            reading = stretched
            page.warnings.append("the print is so faint that its tones were stretched")
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
        page.words = try scatteredWords(
            of: picture,
            turnedBy: turns,
            as: request,
            besides: page.words
        )
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
        let hasLetters = try !isSmall && hasLetters(picture)
        // Asked about the grain of an empty page, the model answers too.
        let turns =
            request.prepare.contains(.orient) && hasLetters ? try modelTurns(of: picture) ?? 0 : 0
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
            hasLetters: hasLetters,
            warnings: picture.warnings,
            isCutShort: picture.isCutShort
        )
    }

    // MARK: - Language

    /// Changes to another of the step's languages where the words of a reading in the first one speak for it.
    ///
    /// - Parameter words: the words of the page, read with its turn settled.
    /// - Returns: whether ``recogniser`` is another one now, so that the page is to be read again.
    /// - Throws: ``JobFailure`` when the language's model cannot be loaded.
    private func chooseLanguage(after words: [RawWord]) throws -> Bool {
        guard let recognisers, recognisers.names.count > 1,
            let index = LanguageChoice(names: recognisers.names).better(thanFirstFor: words)
        else { return false }
        recogniser = try recognisers.recogniser(at: index)
        return true
    }

    // MARK: - One reading

    private struct Reading {
        var words: [RawWord]
        var placement: Placement
        var quality: ReadingQuality
    }

    private func readPrepared(
        _ picture: borrowing Picture,
        turnedBy turns: Int,
        as request: PageRequest
    ) throws -> Reading {
        turns == 0
            ? try readPrepared(picture, as: request, steps: request.prepare)
            : try readPrepared(
                picture.rotated(quarterTurns: turns),
                as: request,
                steps: request.prepare
            )
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

    /// Reads as one block first, which is right for receipts and strips; again as a page where the words show columns;
    /// again line by line where there is little text among other things, as on labels.
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
            if ColumnTest.dividedShare(of: block) >= ColumnTest.columnShare {
                return try words(of: picture, segmentation: .page)
            }
            let quality = ReadingQuality(block)
            guard quality.suggestsScatteredText else { return block }
            let column = try words(of: picture, segmentation: .column)
            return ReadingQuality(column).isBetter(thanBlock: quality) ? column : block
        }
    }

    private func words(
        of picture: borrowing Picture,
        segmentation: TesseractHandle.Segmentation
    ) throws -> [RawWord] {
        guard let recogniser else { throw JobFailure(.missingEngine, "no language was loaded") }
        let words = unsafe picture.withPix { pix in
            unsafe recogniser.handle.words(of: pix, segmentation: segmentation, beat: beat)
        }
        guard let words else { throw JobFailure(.engineFailed, "Tesseract gave up on the page") }
        return words
    }

    /// Reads scattered print line by line as well, where that was asked for and little was read.
    private func scatteredWords(
        of picture: borrowing Picture,
        turnedBy turns: Int,
        as request: PageRequest,
        besides words: [Word] = []
    ) throws -> [Word] {
        guard request.layout == .sparse, LabelReading.isWorthwhile(after: words) else {
            return words
        }
        return try LabelReading { line in
            self.beat(0)
            return try self.words(of: line, segmentation: .line)
        }
        .words(of: picture.rotated(quarterTurns: turns), besides: words)
    }

    // MARK: - Orientation

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
    private func foreseenTurns(of picture: borrowing Picture) throws -> Int {
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
    private func quarterTurns(of picture: borrowing Picture, sure: Int) throws -> Int {
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

    /// Whether anything on a page looks like letters side by side.
    ///
    /// Noise and paper texture give hundreds of junk words but no such letters.
    private func hasLetters(_ picture: borrowing Picture) throws -> Bool {
        if try picture.letterMeasure().pairCount >= PageReader.blankPairs { return true }
        return try picture.rotated(quarterTurns: 1).letterMeasure().pairCount
            >= PageReader.blankPairs
    }

    /// Reads print that only shows in stretched tones.
    ///
    /// - Returns: the reading; nil when there is none either, and the page is blank.
    private func readFaint(
        _ picture: borrowing Picture,
        as request: PageRequest
    ) throws -> Reading? {
        guard !request.prepare.contains(.contrast) else { return nil }
        let stretched = try picture.grey().toneStretched()
        let glimpse = try words(of: stretched, segmentation: .page)
        guard ReadingQuality(glimpse).sureCharacters > 0 else { return nil }
        return try readPrepared(picture, as: request, steps: request.prepare + [.contrast])
    }
}
