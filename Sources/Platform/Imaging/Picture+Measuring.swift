internal import CPictures

/// The letters of a picture, counted and measured without reading them.
public struct LetterMeasure: Hashable, Sendable {
    /// Letters that have a neighbour of their kind to their right; a blank page has fewer than ten.
    public let pairCount: Int
    /// Height of a capital in pixels; 0 when there are no pairs.
    public let capitalHeight: Double
    /// Left edge of where 99 % of the letters lie.
    public let left: Int
    /// Upper edge.
    public let top: Int
    /// The first column outside.
    public let right: Int
    /// The first row outside.
    public let bottom: Int

    /// Makes a measure from its parts, all in pixels.
    public init(
        pairCount: Int,
        capitalHeight: Double,
        left: Int,
        top: Int,
        right: Int,
        bottom: Int
    ) {
        self.pairCount = pairCount
        self.capitalHeight = capitalHeight
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    /// Enough letters to trust their height.
    public var isReliable: Bool { pairCount >= 10 }

    /// The factor that brings capitals to a height, kept within sense.
    ///
    /// - Parameters:
    ///   - target: The capital height wanted, in pixels.
    ///   - width: The picture's width.
    ///   - height: The picture's height.
    ///   - pixels: The most pixels that the result may have.
    /// - Returns: 0.2 to 5, less where the result would be too large; 1 when the measure is not reliable.
    public func factor(
        toCapitalHeight target: Double,
        width: Int,
        height: Int,
        pixels: Int = 40_000_000
    ) -> Double {
        let most = (Double(pixels) / (Double(width) * Double(height))).squareRoot()
        guard isReliable, capitalHeight > 0 else { return min(1, most) }
        return min(max(target / capitalHeight, 0.2), 5, most)
    }
}

/// How far the lines of a picture lean.
public struct SkewMeasure: Hashable, Sendable {
    /// Clockwise rotation in radians that sets the lines level.
    public let radians: Double
    /// Leptonica's confidence; above 3 the angle can be trusted.
    public let confidence: Double

    /// Whether turning gains more than it softens the print.
    public var isWorthCorrecting: Bool { abs(radians) > 0.15 * .pi / 180 && confidence > 3 }
}

extension Picture {
    /// Measures letters and lean at once, which costs half of measuring them apart.
    ///
    /// Dark letters on light ground; measure ``inverted()`` for the other way round. Lean is found up to seven degrees.
    /// Large pictures are measured at half or a quarter of their size.
    ///
    /// - Returns: The letters, in pixels of this picture, and how far their lines lean.
    /// - Throws: ``PictureError/outOfMemory``.
    public func measured() throws(PictureError) -> (letters: LetterMeasure, skew: SkewMeasure) {
        let area = width * height
        guard area > 8_000_000 else { return try measured(at: 1) }
        return try measured(at: area > 48_000_000 ? 4 : 2)
    }

    /// Counts and measures the letters; see ``measured()``.
    ///
    /// - Throws: ``PictureError/outOfMemory``.
    public func letterMeasure() throws(PictureError) -> LetterMeasure { try measured().letters }

    /// Measures how far the lines lean; see ``measured()``.
    ///
    /// - Throws: ``PictureError/outOfMemory``.
    public func skewMeasure() throws(PictureError) -> SkewMeasure { try measured().skew }

    private func measured(
        at shrink: Int
    ) throws(PictureError) -> (letters: LetterMeasure, skew: SkewMeasure) {
        var letters = PicturesLetters()
        var skew = PicturesSkew()
        let failed: Int32
        if shrink == 1 {
            failed = unsafe pictures_measure(pix, &letters, &skew)
        } else {
            let smaller = try grey().scaled(by: 1 / Double(shrink))
            failed = unsafe pictures_measure(smaller.pix, &letters, &skew)
        }
        guard failed == 0 else { throw .outOfMemory }
        return (
            LetterMeasure(
                pairCount: Int(letters.pairs),
                capitalHeight: letters.height * Double(shrink),
                left: Int(letters.left) * shrink,
                top: Int(letters.top) * shrink,
                right: Int(letters.right) * shrink,
                bottom: Int(letters.bottom) * shrink
            ),
            SkewMeasure(radians: skew.degrees * .pi / 180, confidence: skew.confidence)
        )
    }

    /// The grey level, 0 to 255, below which a share of the pixels lies.
    ///
    /// - Parameter rank: The share, 0 to 1.
    /// - Returns: The level.
    public func greyLevel(atRank rank: Double) -> Int {
        Int(unsafe pictures_grey_at_rank(pix, rank))
    }
}
