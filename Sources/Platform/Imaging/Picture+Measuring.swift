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
    /// Counts and measures the letters.
    ///
    /// Dark letters on light ground; measure ``inverted()`` for the other way round. Very large pictures are measured at half their size.
    ///
    /// - Throws: ``PictureError/outOfMemory``.
    public func letterMeasure() throws(PictureError) -> LetterMeasure {
        let shrink = width * height > 24_000_000 ? 2 : 1
        var letters = PicturesLetters()
        if shrink > 1 {
            let smaller = try scaled(by: 1 / Double(shrink))
            guard unsafe pictures_measure_letters(smaller.pix, &letters) == 0 else {
                throw .outOfMemory
            }
        } else {
            guard unsafe pictures_measure_letters(pix, &letters) == 0 else { throw .outOfMemory }
        }
        return LetterMeasure(
            pairCount: Int(letters.pairs),
            capitalHeight: letters.height * Double(shrink),
            left: Int(letters.left) * shrink,
            top: Int(letters.top) * shrink,
            right: Int(letters.right) * shrink,
            bottom: Int(letters.bottom) * shrink
        )
    }

    /// Measures how far the lines lean, up to about seven degrees.
    ///
    /// - Throws: ``PictureError/outOfMemory``.
    public func skewMeasure() throws(PictureError) -> SkewMeasure {
        var degrees = 0.0
        var confidence = 0.0
        let smaller = try scaled(toFit: 4000)
        guard unsafe pictures_measure_skew(smaller.pix, &degrees, &confidence) == 0 else {
            throw .outOfMemory
        }
        return SkewMeasure(radians: degrees * .pi / 180, confidence: confidence)
    }

    /// The grey level, 0 to 255, below which a share of the pixels lies.
    ///
    /// - Parameter rank: The share, 0 to 1.
    /// - Returns: The level.
    public func greyLevel(atRank rank: Double) -> Int {
        Int(unsafe pictures_grey_at_rank(pix, rank))
    }
}
