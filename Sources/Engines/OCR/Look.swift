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
    /// Whether only the part of the page is shown where letters lie.
    var isCropped = false
    /// How the recogniser looks for lines.
    var segmentation: TesseractHandle.Segmentation

    /// Height of a capital that Tesseract's models were trained on; 16 to 20 is a plateau.
    static let trainedHeight = 20.0
    /// A second reading at less breaks up and joins letters elsewhere than the first.
    static let secondHeight = 16.0

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
        isCropped: Bool = false,
        segmentation: TesseractHandle.Segmentation
    ) {
        self.tone = tone
        self.capitalHeight = capitalHeight
        self.isCropped = isCropped
        self.segmentation = segmentation
    }

    /// The same page shown in another tone and at another size, so that the recogniser errs elsewhere.
    var second: Look {
        Look(
            tone: .darkened,
            capitalHeight: capitalHeight.map { _ in Look.secondHeight },
            segmentation: segmentation
        )
    }
}
