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
        for step in steps {
            switch step {
            case .orient: break
            case .deskew:
                let skew = try picture.skewMeasure()
                if skew.isWorthCorrecting {
                    picture = try picture.grey().rotated(radians: skew.radians)
                    placement.radians += skew.radians
                    placement.turnedWidth = picture.width
                    placement.turnedHeight = picture.height
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
        return PicturePreparation(picture: picture, placement: placement)
    }
}
