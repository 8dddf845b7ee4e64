internal import CPictures

extension Picture {
    /// The same pixels, counted as a page of their own: boxes are no longer mapped back beyond it.
    ///
    /// - Throws: ``PictureError/outOfMemory``.
    public func asPage() throws(PictureError) -> Picture {
        guard let clone = unsafe pictures_clone(pix) else { throw .outOfMemory }
        return unsafe Picture(owning: clone, isCutShort: isCutShort, warnings: warnings)
    }

    /// 8-bit grey.
    ///
    /// - Throws: ``PictureError/outOfMemory``.
    public func grey() throws(PictureError) -> Picture {
        unsafe try derived(pictures_grey(pix))
    }

    /// White for black and black for white.
    ///
    /// - Throws: ``PictureError/outOfMemory``.
    public func inverted() throws(PictureError) -> Picture {
        unsafe try derived(pictures_inverted(pix))
    }

    /// Grey, with the level at one rank made black and that at another white.
    ///
    /// The largest single gain for faint prints. A picture whose levels lie within 15 steps stays as it is: it would become noise.
    ///
    /// - Parameters:
    ///   - low: Share of pixels, 0 to 1, that become black.
    ///   - high: Share of pixels above which all is white.
    /// - Returns: A grey picture of the same size.
    /// - Throws: ``PictureError/outOfMemory``.
    public func toneStretched(low: Double = 0.02, high: Double = 0.60) throws(PictureError)
        -> Picture
    {
        unsafe try derived(pictures_stretched(pix, low, high))
    }

    /// Grey, with mid tones darker (gamma below 1) or lighter (above).
    ///
    /// - Parameter gamma: The exponent's inverse, as Leptonica counts it.
    /// - Returns: A grey picture of the same size.
    /// - Throws: ``PictureError/outOfMemory``.
    public func withGamma(_ gamma: Double) throws(PictureError) -> Picture {
        unsafe try derived(pictures_with_gamma(pix, gamma))
    }

    /// Larger or smaller by a factor; one-bit pictures become grey.
    ///
    /// - Parameter factor: Above 0.
    /// - Returns: A picture of at least one pixel.
    /// - Throws: ``PictureError/outOfMemory``.
    public func scaled(by factor: Double) throws(PictureError) -> Picture {
        let (oldWidth, oldHeight) = (Double(width), Double(height))
        let scaled = try unsafe derived(pictures_scaled(pix, factor, factor))
        let step = PageTransform(
            a: oldWidth / Double(scaled.width),
            d: oldHeight / Double(scaled.height)
        )
        return try unsafe derived(pictures_clone(scaled.pix), undoing: step)
    }

    /// No side longer than a number of pixels; a smaller picture stays as it is.
    ///
    /// - Parameter side: The longest side allowed, from 1.
    /// - Returns: A picture of the same proportions.
    /// - Throws: ``PictureError/outOfMemory``.
    public func scaled(toFit side: Int) throws(PictureError) -> Picture {
        let longest = max(width, height)
        guard longest > side else { return try unsafe derived(pictures_clone(pix)) }
        return try scaled(by: Double(side) / Double(longest))
    }

    /// Turned clockwise by quarter turns.
    ///
    /// - Parameter turns: Any number; three clockwise are one the other way.
    /// - Returns: A picture of the same depth.
    /// - Throws: ``PictureError/outOfMemory``.
    public func rotated(quarterTurns turns: Int) throws(PictureError) -> Picture {
        unsafe try derived(
            pictures_quarter_turned(pix, Int32(((turns % 4) + 4) % 4)),
            undoing: .undoingTurns(turns, width: Double(width), height: Double(height))
        )
    }

    /// Rotated clockwise about its middle, grown so that no corner is lost, the corners white.
    ///
    /// - Parameter radians: Angles under 0.001 change nothing.
    /// - Returns: Grey or colour; a one-bit picture becomes grey.
    /// - Throws: ``PictureError/outOfMemory``.
    public func rotated(radians: Double) throws(PictureError) -> Picture {
        let size = (width: width, height: height)
        guard abs(radians) >= 0.001 else { return try unsafe derived(pictures_clone(pix)) }
        guard let rotated = unsafe pictures_rotated(pix, radians) else { throw .outOfMemory }
        let grown = (
            width: Int(unsafe pictures_width(rotated)), height: Int(unsafe pictures_height(rotated))
        )
        return try unsafe derived(
            rotated,
            undoing: .undoingRotation(radians: radians, from: size, to: grown)
        )
    }

    /// A part of the picture; what lies outside is left out.
    ///
    /// - Parameters:
    ///   - left: Left edge.
    ///   - top: Upper edge.
    ///   - right: The first column outside.
    ///   - bottom: The first row outside.
    /// - Returns: The part; of an empty rectangle the whole picture.
    /// - Throws: ``PictureError/outOfMemory``.
    public func cropped(
        left: Int,
        top: Int,
        right: Int,
        bottom: Int
    ) throws(PictureError) -> Picture {
        let (x, y) = (max(0, left), max(0, top))
        let (endX, endY) = (min(width, right), min(height, bottom))
        guard x < endX, y < endY else { return try unsafe derived(pictures_clone(pix)) }
        return try unsafe derived(
            pictures_cropped(pix, Int32(x), Int32(y), Int32(endX - x), Int32(endY - y)),
            undoing: PageTransform(tx: Double(x), ty: Double(y))
        )
    }
}
