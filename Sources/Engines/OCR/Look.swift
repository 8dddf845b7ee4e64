internal import PipelineSpec

/// How the recogniser is shown a page for one reading: what is done to its tones, at which size, and how it looks for lines.
struct Look: Hashable, Sendable {
    /// What is done to the grey levels.
    enum Tone: Hashable, Sendable {
        /// Nothing: the picture in the colours that it has.
        case plain
        /// Spread out: the ink becomes black and the paper white.
        case stretched
        /// Mid tones made darker, which fills in strokes that the stretch breaks.
        case darkened
    }

    var tone: Tone
    /// Height in pixels that capitals are brought to; nil for the size that the picture has.
    var capitalHeight: Double?
    /// How the recogniser looks for lines.
    var segmentation: TesseractHandle.Segmentation

    /// Height of a capital that Tesseract's models were trained on; 16 to 20 is a plateau.
    static let trainedHeight = 20.0
    /// Further readings at other heights break up and join letters elsewhere than the first.
    private static let secondHeight = 16.0
    private static let thirdHeight = 22.0

    /// The first look at a page.
    ///
    /// - Parameters:
    ///   - steps: what the pipeline asks for.
    ///   - segmentation: how lines are looked for.
    init(first steps: [ReadStep.Preparation], segmentation: TesseractHandle.Segmentation) {
        tone = steps.contains(.contrast) ? .stretched : .plain
        capitalHeight = steps.contains(.scale) ? Look.trainedHeight : nil
        self.segmentation = segmentation
    }

    /// A look of its own making.
    init(
        tone: Tone,
        capitalHeight: Double?,
        segmentation: TesseractHandle.Segmentation
    ) {
        self.tone = tone
        self.capitalHeight = capitalHeight
        self.segmentation = segmentation
    }

    /// The same page in a darker tone and at a smaller size, so that the recogniser errs elsewhere.
    var second: Look {
        other(tone: .darkened, height: Look.secondHeight)
    }

    /// The same page as it is, a little larger.
    var third: Look {
        other(tone: .plain, height: Look.thirdHeight)
    }

    /// The same tone and size, with another eye for lines.
    func looking(for segmentation: TesseractHandle.Segmentation) -> Look {
        var other = self
        other.segmentation = segmentation
        return other
    }

    private func other(tone: Tone, height: Double) -> Look {
        Look(
            tone: tone,
            capitalHeight: capitalHeight.map { _ in height },
            segmentation: segmentation
        )
    }
}
