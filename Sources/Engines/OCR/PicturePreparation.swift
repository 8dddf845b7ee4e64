internal import Imaging
internal import PipelineSpec
internal import Records

/// A page's picture made ready for reading.
struct PicturePreparation: ~Copyable {
    /// What is read.
    let picture: Picture
    /// How it lies on the page.
    let placement: Placement

    /// Height of a capital that Tesseract's models were trained on, in pixels; 16 to 20 is a plateau.
    private static let letterHeight = 20.0

    /// Pictures of more pixels are looked at for letters larger than they need be.
    private static let shrunkPixels = 6_000_000
    /// Capitals from this height on, in pixels, are shrunk to the other.
    private static let largeLetters = 36.0
    private static let shrunkLetters = 25.0

    private init(picture: consuming Picture, placement: Placement) {
        self.picture = picture
        self.placement = placement
    }

    /// Applies preparations in order; `orient` is decided by reading and is not one of them here.
    ///
    /// - Parameters:
    ///   - page: the page; it is not changed.
    ///   - steps: what to do.
    /// - Returns: the picture and its place.
    /// - Throws: `PictureError` when memory is short.
    static func prepare(
        _ page: borrowing Picture,
        steps: [ReadStep.Preparation]
    ) throws -> PicturePreparation {
        var placement = Placement(width: page.width, height: page.height)
        var picture = try page.asPage()
        if let factor = try shrinkFactor(of: picture) {
            picture = try picture.grey().scaled(by: factor)
            placement.scale = Double(picture.width) / Double(page.width)
        }
        for step in steps {
            switch step {
            case .orient: break
            case .deskew:
                let skew = try picture.skewMeasure()
                if skew.isWorthCorrecting {
                    picture = try picture.grey().rotated(radians: skew.radians)
                    placement.radians += skew.radians
                }
            case .contrast:
                picture = try picture.grey().toneStretched()
            case .scale:
                let factor = try picture.letterMeasure().factor(
                    toCapitalHeight: letterHeight,
                    width: picture.width,
                    height: picture.height
                )
                if abs(factor - 1) > 0.02 {
                    let width = picture.width
                    picture = try picture.grey().scaled(by: factor)
                    placement.scale *= Double(picture.width) / Double(width)
                }
            }
        }
        // Turning and scaling are about the same middle, so that their order does not matter.
        placement.turnedWidth = unscaled(picture.width, placement)
        placement.turnedHeight = unscaled(picture.height, placement)
        return PicturePreparation(picture: picture, placement: placement)
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
