internal import Imaging
internal import PipelineSpec
internal import Records

/// A page set straight, from which every look at it is made.
///
/// Words of all readings are brought into one frame, that of the straight page, so that they can be compared.
struct StraightPage: ~Copyable {
    /// The straight page, in the tones that it has.
    let picture: Picture
    /// How it lies on the upright page.
    let placement: Placement
    /// Its letters, in its own pixels.
    let letters: LetterMeasure

    /// Pictures of more pixels are looked at for letters larger than they need be.
    private static let shrunkPixels = 6_000_000
    /// Capitals from this height on, in pixels, are shrunk to the other.
    private static let largeLetters = 36.0
    private static let shrunkLetters = 25.0
    /// Most pixels of a picture that was made larger.
    private static let mostPixels = 40_000_000

    private init(picture: consuming Picture, placement: Placement, letters: LetterMeasure) {
        self.picture = picture
        self.placement = placement
        self.letters = letters
    }

    /// Straightens a page and measures its letters.
    ///
    /// - Parameters:
    ///   - page: the upright page; it is not changed.
    ///   - steps: what the pipeline asks for; only ``ReadStep/Preparation/deskew`` counts here.
    /// - Returns: the straight page.
    /// - Throws: `PictureError` when memory is short.
    static func straighten(
        _ page: borrowing Picture,
        steps: [ReadStep.Preparation]
    ) throws -> StraightPage {
        var placement = Placement(width: page.width, height: page.height)
        var picture = try page.asPage()
        if let factor = try StraightPage.shrinkFactor(of: picture) {
            picture = try picture.grey().scaled(by: factor)
            placement.scale = Double(picture.width) / Double(page.width)
        }
        // The faintest print shows no letters before its tones are stretched.
        let measured = try picture.grey().toneStretched().measured()
        if steps.contains(.deskew), measured.skew.isWorthCorrecting {
            picture = try picture.grey().rotated(radians: measured.skew.radians)
            placement.radians = measured.skew.radians
        }
        placement.turnedWidth = StraightPage.unscaled(picture.width, placement)
        placement.turnedHeight = StraightPage.unscaled(picture.height, placement)
        return StraightPage(picture: picture, placement: placement, letters: measured.letters)
    }

    /// The page as one look shows it.
    ///
    /// - Parameter look: tones and size.
    /// - Returns: the picture and how it lies on the page.
    /// - Throws: `PictureError` when memory is short.
    func shown(as look: Look) throws -> ShownPicture {
        var shown = try picture.asPage()
        switch look.tone {
        case .plain: break
        case .stretched: shown = try shown.grey().toneStretched()
        case .darkened: shown = try shown.grey().withGamma(0.5)
        }
        if let height = look.capitalHeight {
            let factor = letters.factor(
                toCapitalHeight: height,
                width: shown.width,
                height: shown.height,
                pixels: StraightPage.mostPixels
            )
            if abs(factor - 1) > 0.02 { shown = try shown.grey().scaled(by: factor) }
        }
        return ShownPicture(picture: shown)
    }

    /// What makes a large picture of large letters faster to read at no loss; nil to leave it.
    private static func shrinkFactor(of picture: borrowing Picture) throws -> Double? {
        guard picture.width * picture.height > shrunkPixels else { return nil }
        let letters = try picture.letterMeasure()
        guard letters.isReliable, letters.capitalHeight > largeLetters else { return nil }
        return max(shrunkLetters / letters.capitalHeight, 0.2)
    }

    private static func unscaled(_ length: Int, _ placement: Placement) -> Int {
        max(1, Int((Double(length) / placement.scale).rounded()))
    }
}
