internal import Imaging
internal import Jobs
internal import PipelineSpec
internal import Records
internal import SystemPackage

/// Reads pictures with Tesseract: straightens, reads, turns where needed, reads again where it pays, tells blank pages.
///
/// Lives in a worker process. Every page begins from nothing; what one page was cannot change how the
/// next is read.
final class PageReader {
    private let recognisers: Recognisers?
    /// What reads the page at hand: every page begins with the language that the step names first.
    private var recogniser: Recogniser?
    let orientationModel: TesseractHandle?
    let beat: HeartBeat

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
    static let blankPairs = 10

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
        recogniser = try recognisers?.recogniser(at: 0)
        var answer = ReadPage(
            width: picture.width,
            height: picture.height,
            language: recogniser?.name,
            words: [],
            isBlank: false,
            turnedBy: 0,
            warnings: picture.warnings,
            isCutShort: picture.isCutShort
        )
        guard min(picture.width, picture.height) >= PageReader.smallestSide else {
            answer.isBlank = true
            return answer
        }
        var strategy = ReadingStrategy(layout: request.layout, steps: request.prepare)
        let mayTurn = request.prepare.contains(.orient)
        var turns = mayTurn ? try foreseenTurns(of: picture) : 0
        var page = try straightened(picture, turnedBy: turns, steps: request.prepare)
        var first = try words(of: page, as: strategy.firstLook)
        let quality = ReadingQuality(first)
        if mayTurn, turns == 0, quality.suggestsTurnedPage {
            turns = try quarterTurns(of: picture, sure: quality.sureCharacters)
            if turns != 0 {
                page = try straightened(picture, turnedBy: turns, steps: request.prepare)
                first = try words(of: page, as: strategy.firstLook)
            }
        }
        first = try words(inBestLanguageAfter: first) {
            try words(of: page, as: strategy.firstLook)
        }
        answer.language = recogniser?.name
        answer.width = page.placement.width
        answer.height = page.placement.height
        answer.turnedBy = turns * 90
        if !ReadingQuality(first).hasClearWord, try !hasLetters(picture) {
            guard let faint = try faintStrategy(for: picture, strategy) else {
                answer.words = try enlargedWords(of: page).map { $0.placed(by: page.placement) }
                answer.words = try scatteredWords(
                    of: picture,
                    turnedBy: turns,
                    as: request,
                    besides: answer.words
                )
                answer.isBlank = answer.words.isEmpty
                return answer
            }
            strategy = faint
            first = try words(of: page, as: strategy.firstLook)
            answer.warnings.append("the print is so faint that its tones were stretched")
        }
        let outcome = try strategy.outcome(after: first) { try words(of: page, as: $0) }
        var read = outcome.words
        if EastAsianText.isWritten(in: recogniser?.name ?? "") { read = EastAsianText.joined(read) }
        answer.words = read.map { $0.placed(by: page.placement) }
        if outcome.isScattered {
            answer.words = try scatteredWords(
                of: picture,
                turnedBy: turns,
                as: request,
                besides: answer.words
            )
        }
        return answer
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
        let steps = isSmall ? [] : request.prepare
        let page = try StraightPage.straighten(upright, steps: steps)
        let shown = try page.shown(as: Look(first: steps, segmentation: .block))
        beat(50)
        try shown.picture.writePNG(to: file)
        var placement = page.placement
        placement.scale *= Double(shown.picture.width) / Double(page.picture.width)
        return PreparedPicture(
            placement: placement,
            pictureWidth: shown.picture.width,
            pictureHeight: shown.picture.height,
            turnedBy: turns * 90,
            hasLetters: hasLetters,
            warnings: picture.warnings,
            isCutShort: picture.isCutShort
        )
    }

    // MARK: - Language

    /// Changes to another of the step's languages where a reading in the first one speaks for it, and reads again in that.
    ///
    /// - Parameters:
    ///   - first: the words of the page in the first language, read with the page's turn settled.
    ///   - read: reads the page once more, with ``recogniser`` as it is then.
    /// - Returns: the words in the language that ``recogniser`` now has.
    /// - Throws: ``JobFailure`` when a language's model cannot be loaded; whatever reading throws.
    private func words(
        inBestLanguageAfter first: [RawWord],
        reading read: () throws -> [RawWord]
    ) throws -> [RawWord] {
        guard let recognisers, recognisers.names.count > 1 else { return first }
        let choice = recognisers.choice
        var words = first
        var place = 0
        for other in choice.otherScripts(than: 0, for: first) {
            recogniser = try recognisers.recogniser(at: other)
            let reading = try read()
            if choice.isRead(in: other, by: reading) {
                (place, words) = (other, reading)
                break
            }
        }
        recogniser = try recognisers.recogniser(at: place)
        guard let better = choice.better(than: place, for: words) else { return words }
        recogniser = try recognisers.recogniser(at: better)
        return try read()
    }

    // MARK: - One reading

    private func straightened(
        _ picture: borrowing Picture,
        turnedBy turns: Int,
        steps: [ReadStep.Preparation]
    ) throws -> StraightPage {
        beat(0)
        return turns == 0
            ? try StraightPage.straighten(picture, steps: steps)
            : try StraightPage.straighten(picture.rotated(quarterTurns: turns), steps: steps)
    }

    /// Reads a page once; the words are in the frame that its readings share.
    private func words(of page: borrowing StraightPage, as look: Look) throws -> [RawWord] {
        beat(0)
        let shown = try page.shown(as: look)
        return shown.inFrame(try words(of: shown.picture, segmentation: look.segmentation))
    }

    /// The one place where pictures meet the recogniser.
    func words(
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

    /// Further languages that a line of a label is read in: a label is too short to tell its language.
    private static let lineLanguages = 5

    /// Reads scattered print line by line as well, where that was asked for and little was read.
    private func scatteredWords(
        of picture: borrowing Picture,
        turnedBy turns: Int,
        as request: PageRequest,
        besides words: [Word] = []
    ) throws -> [Word] {
        guard request.layout == .sparse || request.layout == .auto,
            LabelReading.isWorthwhile(after: words)
        else {
            return words
        }
        let chosen = recogniser
        defer { recogniser = chosen }
        let others = (recognisers?.names ?? []).indices.filter {
            guard let name = recognisers?.names[$0] else { return false }
            return name != chosen?.name && !EastAsianText.isWritten(in: name)
        }
        .prefix(PageReader.lineLanguages)
        let reading = LabelReading(languageCount: others.count + 1) { line, language in
            self.beat(0)
            self.recogniser =
                try language == 0
                ? chosen
                : self.recognisers?.recogniser(at: others[others.startIndex + language - 1])
            return try self.words(of: line, segmentation: .line)
        }
        return try reading.words(of: picture.rotated(quarterTurns: turns), besides: words)
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

    /// How to read print that only shows in stretched tones.
    ///
    /// - Returns: the strategy; nil when there is no print either way, and the page is blank.
    private func faintStrategy(
        for picture: borrowing Picture,
        _ strategy: ReadingStrategy
    ) throws -> ReadingStrategy? {
        guard !strategy.steps.contains(.contrast) else { return nil }
        let stretched = try picture.grey().toneStretched()
        let glimpse = try words(of: stretched, segmentation: .page)
        guard ReadingQuality(glimpse).sureCharacters > 0 else { return nil }
        return ReadingStrategy(layout: strategy.layout, steps: strategy.steps + [.contrast])
    }

    /// Longest side that a small picture is enlarged to before it is called blank, and how much at most.
    private static let enlargedSide = 1400.0
    private static let mostEnlarged = 4.0
    /// Sure characters that speak for print.
    private static let leastSure = 4

    /// Reads a small picture of tiny print once more, much larger, as it is and inverted.
    ///
    /// - Returns: the words; none where there is nothing sure.
    private func enlargedWords(of page: borrowing StraightPage) throws -> [RawWord] {
        let longest = Double(max(page.picture.width, page.picture.height))
        let factor = min(PageReader.enlargedSide / longest, PageReader.mostEnlarged)
        guard factor > 1.5 else { return [] }
        for isInverted in [false, true] {
            beat(0)
            let grey = try page.picture.asPage().grey()
            let tone = isInverted ? try grey.inverted() : grey
            let shown = ShownPicture(picture: try tone.toneStretched().scaled(by: factor))
            let read = try words(of: shown.picture, segmentation: .sparse)
            if ReadingQuality(read).sureCharacters >= PageReader.leastSure {
                return MarkFilter.print(in: shown.inFrame(read))
            }
        }
        return []
    }
}
