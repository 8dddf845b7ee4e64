internal import CTesseract
internal import Jobs
internal import Records

/// One word as Tesseract gives it: pixels of the picture it was given, confidence 0 to 100.
struct RawWord: Hashable, Sendable {
    var text: String
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int
    var confidence: Double
    var block: Int
    var line: Int
}

/// What Tesseract's orientation model says about a page.
struct OrientationAnswer: Sendable {
    /// The clockwise turn in degrees that the page has.
    var degrees: Int
    /// Its sureness; at 2 and more it was never wrong on the pages it was measured on.
    var confidence: Double
}

/// Called while a page is recognised, about once a word, with the share done in percent.
typealias HeartBeat = (Int) -> Void

/// A Tesseract recogniser with its models loaded.
///
/// Nothing is carried over from one picture to the next.
@safe struct TesseractHandle: ~Copyable {
    /// How Tesseract looks for lines; the numbers are Tesseract's own.
    enum Segmentation: UInt32, Sendable {
        case page = 3
        case column = 4
        case block = 6
        case line = 7
        case sparse = 11
    }

    private let api: OpaquePointer

    /// Loads models.
    ///
    /// - Parameters:
    ///   - languages: names of models, the most likely first.
    ///   - folder: where the model files are.
    /// - Throws: ``JobFailure`` with the reason `missing-engine` when a model cannot be loaded.
    init(languages: [String], folder: String) throws(JobFailure) {
        guard let api = unsafe TessBaseAPICreate() else {
            throw JobFailure(.outOfMemory, "Tesseract could not be started")
        }
        let names = languages.joined(separator: "+")
        guard unsafe TessBaseAPIInit2(api, folder, names, OEM_LSTM_ONLY) == 0 else {
            unsafe TessBaseAPIDelete(api)
            throw JobFailure(
                .missingEngine,
                "Tesseract cannot load the language model \(names) from \(folder)"
            )
        }
        unsafe self.api = api
    }

    /// Loads a model from memory, as a worker must that can open no file any more.
    ///
    /// - Parameters:
    ///   - language: the model's name.
    ///   - model: the model's file.
    /// - Throws: ``JobFailure`` with the reason `missing-engine` when the model cannot be loaded.
    init(language: String, model: ModelFile) throws(JobFailure) {
        guard let api = unsafe TessBaseAPICreate() else {
            throw JobFailure(.outOfMemory, "Tesseract could not be started")
        }
        let status = unsafe model.withBytes { bytes, count in
            unsafe TessBaseAPIInit5(
                api,
                bytes,
                count,
                language,
                OEM_LSTM_ONLY,
                nil,
                0,
                nil,
                nil,
                0,
                0
            )
        }
        guard status == 0 else {
            unsafe TessBaseAPIDelete(api)
            throw JobFailure(
                .missingEngine,
                "Tesseract cannot load the language model \(language)"
            )
        }
        unsafe self.api = api
    }

    /// Loads the model that finds a page's orientation, which is not a language.
    ///
    /// - Parameter folder: where the model files are.
    /// - Throws: ``JobFailure`` when it is not there.
    init(orientationModelIn folder: String) throws(JobFailure) {
        guard let api = unsafe TessBaseAPICreate() else {
            throw JobFailure(.outOfMemory, "Tesseract could not be started")
        }
        guard unsafe TessBaseAPIInit2(api, folder, "osd", OEM_TESSERACT_ONLY) == 0 else {
            unsafe TessBaseAPIDelete(api)
            throw JobFailure(
                .missingEngine,
                "Tesseract cannot load its orientation model from \(folder)"
            )
        }
        unsafe self.api = api
    }

    deinit {
        unsafe TessBaseAPIEnd(api)
        unsafe TessBaseAPIDelete(api)
    }

    /// Tesseract's own version: `5.3.0`.
    static var version: String {
        guard let text = unsafe TessVersion() else { return "unknown" }
        return unsafe String(cString: text)
    }

    /// Reads the words of a picture in reading order.
    ///
    /// - Parameters:
    ///   - pix: Leptonica's picture; it is not changed and not kept.
    ///   - segmentation: how lines are found.
    ///   - beat: called as the work goes on.
    /// - Returns: the words; nil when Tesseract gave up on the picture.
    @unsafe func words(
        of pix: OpaquePointer,
        segmentation: Segmentation,
        beat: HeartBeat
    ) -> [RawWord]? {
        unsafe TessBaseAPISetPageSegMode(api, TessPageSegMode(segmentation.rawValue))
        unsafe TessBaseAPISetImage2(api, pix)
        defer { forget() }
        guard recognise(beat: beat) else { return nil }
        return collectWords()
    }

    /// Finds how a picture is turned.
    ///
    /// - Parameter pix: Leptonica's picture; it is not changed and not kept.
    /// - Returns: the answer; nil when there is too little text to tell.
    @unsafe func orientation(of pix: OpaquePointer) -> OrientationAnswer? {
        unsafe TessBaseAPISetPageSegMode(api, PSM_OSD_ONLY)
        unsafe TessBaseAPISetImage2(api, pix)
        defer { forget() }
        var degrees: Int32 = 0
        var confidence: Float = 0
        var scriptName: UnsafePointer<CChar>?
        var scriptConfidence: Float = 0
        let found = unsafe TessBaseAPIDetectOrientationScript(
            api,
            &degrees,
            &confidence,
            &scriptName,
            &scriptConfidence
        )
        // The script's name belongs to Tesseract, whatever its header says.
        guard found != 0, confidence.isFinite else { return nil }
        return OrientationAnswer(degrees: Int(degrees), confidence: Double(confidence))
    }

    // MARK: - Steps

    private func recognise(beat: HeartBeat) -> Bool {
        // The closure lives on this stack frame as long as Tesseract may call it.
        withoutActuallyEscaping(beat) { beat in
            var context = BeatContext(beat: beat)
            return unsafe withUnsafeMutablePointer(to: &context) { context in
                guard let monitor = unsafe TessMonitorCreate() else { return false }
                defer { unsafe TessMonitorDelete(monitor) }
                unsafe TessMonitorSetCancelThis(monitor, context)
                unsafe TessMonitorSetProgressFunc(monitor) { monitor, _, _, _, _ in
                    guard let monitor = unsafe monitor,
                        let context = unsafe TessMonitorGetCancelThis(monitor)
                    else { return false }
                    let share = unsafe TessMonitorGetProgress(monitor)
                    unsafe context.assumingMemoryBound(to: BeatContext.self).pointee
                        .beat(Int(share))
                    return false
                }
                return unsafe TessBaseAPIRecognize(api, monitor) == 0
            }
        }
    }

    private func collectWords() -> [RawWord] {
        guard let results = unsafe TessBaseAPIGetIterator(api) else { return [] }
        defer { unsafe TessResultIteratorDelete(results) }
        guard let place = unsafe TessResultIteratorGetPageIterator(results) else { return [] }
        var words: [RawWord] = []
        var block = -1
        var line = -1
        repeat {
            if unsafe TessPageIteratorIsAtBeginningOf(place, RIL_BLOCK) != 0 { block += 1 }
            if unsafe TessPageIteratorIsAtBeginningOf(place, RIL_TEXTLINE) != 0 { line += 1 }
            guard let text = unsafe TessResultIteratorGetUTF8Text(results, RIL_WORD) else {
                continue
            }
            defer { unsafe TessDeleteText(text) }
            var left: Int32 = 0
            var top: Int32 = 0
            var right: Int32 = 0
            var bottom: Int32 = 0
            guard
                unsafe TessPageIteratorBoundingBox(
                    place,
                    RIL_WORD,
                    &left,
                    &top,
                    &right,
                    &bottom
                ) != 0
            else { continue }
            let read = unsafe String(cString: text)
            guard read.contains(where: { !$0.isWhitespace }) else { continue }
            words.append(
                RawWord(
                    text: read,
                    left: Int(left),
                    top: Int(top),
                    right: Int(right),
                    bottom: Int(bottom),
                    confidence: Double(unsafe TessResultIteratorConfidence(results, RIL_WORD)),
                    block: max(block, 0),
                    line: max(line, 0)
                )
            )
        } while unsafe TessResultIteratorNext(results, RIL_WORD) != 0
        return words
    }

    /// Lets go of the picture and of all that was learnt from it.
    private func forget() {
        unsafe TessBaseAPIClear(api)
        unsafe TessBaseAPIClearAdaptiveClassifier(api)
        unsafe TessBaseAPIClearPersistentCache(api)
    }
}

private struct BeatContext {
    let beat: HeartBeat
}
