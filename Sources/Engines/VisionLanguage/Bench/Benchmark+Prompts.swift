internal import Generation
internal import Qwen
internal import Tokenization

extension Benchmark {
    // MARK: Pictures

    /// Measures the vision tower.
    func pictures(
        _ stage: BenchmarkStage,
        _ beforeRun: (Int) -> Void
    ) async throws(AskFault) -> BenchmarkResult {
        guard let preprocessor = answering.preprocessor, let size = stage.pictureSize else {
            throw .seesNothing
        }
        let picture = DrawnPicture.drawn(width: size.width, height: size.height)
        var (seconds, preprocessing): ([Double], [Double]) = ([], [])
        var joules: [Double?] = []
        var last: EncodedPicture?
        for run in 1...runs {
            try checkCancellation()
            beforeRun(run)
            let before = joulesNow
            let encoded = try await encode(picture, preprocessor)
            joules.append(self.joules(since: before))
            seconds.append(encoded.encoding)
            preprocessing.append(encoded.preprocessing)
            last = encoded
        }
        var result = BenchmarkResult(
            stage: stage,
            measure: .seconds(RunSamples(seconds)),
            tokens: last?.tokens ?? 0
        )
        result.shownSize = last?.shownSize
        result.preprocessing = RunSamples(preprocessing)
        return result.using(joules)
    }

    /// What became of a picture, and how fast.
    struct EncodedPicture {
        let tokens: Int
        let shownSize: (width: Int, height: Int)
        /// From pixels to patches, in seconds.
        let preprocessing: Double
        /// From patches to features, in seconds.
        let encoding: Double
    }

    func encode(
        _ picture: RGBPicture,
        _ preprocessor: PicturePreprocessor
    ) async throws(AskFault) -> EncodedPicture {
        let start = ContinuousClock.now
        let patches = try patches(of: picture, preprocessor)
        let between = ContinuousClock.now
        let features: [PictureFeatures]
        do { features = try await model.encode([patches]) } catch { throw .generation(error) }
        let side = preprocessor.settings.patchSize
        return EncodedPicture(
            tokens: features.reduce(0) { $0 + $1.tokenCount },
            shownSize: (patches.grid.columns * side, patches.grid.rows * side),
            preprocessing: (between - start) / .seconds(1),
            encoding: (ContinuousClock.now - between) / .seconds(1)
        )
    }

    func patches(
        of picture: RGBPicture,
        _ preprocessor: PicturePreprocessor
    ) throws(AskFault) -> PicturePatches {
        do {
            return try preprocessor.patches(for: picture)
        } catch {
            // A plain picture is refused by none but odd settings.
            throw .pictureSettings(error, file: "preprocessor_config.json")
        }
    }

    // MARK: Text

    /// Measures prompts of text.
    func prompts(_ beforeRun: (Int) -> Void) async throws(AskFault) -> BenchmarkResult {
        let count = BenchmarkStage.prefillTokens
        var rates: [Double] = []
        var joules: [Double?] = []
        for run in 1...runs {
            try checkCancellation()
            beforeRun(run)
            let before = joulesNow
            let start = ContinuousClock.now
            _ = try await prefill(count)
            rates.append(Double(count) / ((ContinuousClock.now - start) / .seconds(1)))
            joules.append(self.joules(since: before))
        }
        return BenchmarkResult(
            stage: .prefill,
            measure: .tokensPerSecond(RunSamples(rates)),
            tokens: count
        ).using(joules)
    }

    /// Computes a prompt of text; a long one in pieces, as any prompt is.
    ///
    /// - Parameter count: Its tokens.
    /// - Returns: The sequence.
    /// - Throws: ``AskFault``.
    func prefill(_ count: Int) async throws(AskFault) -> QwenState {
        let state = model.makeState()
        guard count > 0 else { return state }
        do {
            _ = try await model.prefill(QwenPrompt(tokens: text(count)), into: state)
        } catch {
            throw .generation(error)
        }
        return state
    }

    /// Tokens of a text.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - offset: Where in the text they begin, so that texts differ.
    /// - Returns: The tokens.
    func text(_ count: Int, from offset: Int = 0) -> [TokenID] {
        let words = answering.tokenizer.encode(
            "Invoice no. 2024-0117 of 12 March. Three boxes of paper, A4, 80 grams, and one folding table were "
                + "delivered on Tuesday; the total of 184.50 is due within thirty days. Thank you for your order! "
        )
        precondition(!words.isEmpty, "every tokenizer has tokens for a text")
        return (offset..<offset + count).map { words[$0 % words.count] }
    }
}
