internal import CPictures

/// A connected mark on a picture: half open, in pixels.
public struct InkMark: Hashable, Sendable {
    /// Left edge.
    public var left: Int
    /// Upper edge.
    public var top: Int
    /// The first column outside.
    public var right: Int
    /// The first row outside.
    public var bottom: Int

    /// Makes a mark from its edges.
    public init(left: Int, top: Int, right: Int, bottom: Int) {
        self.left = left
        self.top = top
        self.right = right
        self.bottom = bottom
    }

    /// Extent to the right.
    public var width: Int { right - left }
    /// Extent downwards.
    public var height: Int { bottom - top }
}

extension Picture {
    /// The connected marks that are darker than what surrounds them, by Sauvola's threshold.
    ///
    /// - Parameters:
    ///   - halfWidth: half the side of the square that a pixel is compared with.
    ///   - factor: how much darker a mark must be; small values find faint print and more grain.
    ///   - inverted: whether marks lighter than their surroundings are sought instead.
    /// - Returns: the marks from left to right; none where the picture is smaller than the square.
    /// - Throws: ``PictureError/outOfMemory``.
    public func marks(
        halfWidth: Int,
        factor: Double,
        inverted: Bool
    ) throws(PictureError) -> [InkMark] {
        var found: UnsafeMutablePointer<PicturesMark>?
        var count = 0
        let failed = unsafe pictures_marks(
            pix,
            Int32(halfWidth),
            factor,
            inverted ? 1 : 0,
            &found,
            &count
        )
        defer { unsafe pictures_free(found) }
        guard failed == 0 else { throw .outOfMemory }
        let marks = unsafe UnsafeBufferPointer(start: found, count: count).map { mark in
            InkMark(
                left: Int(mark.left),
                top: Int(mark.top),
                right: Int(mark.right),
                bottom: Int(mark.bottom)
            )
        }
        return marks.sorted {
            ($0.left, $0.top, $0.right, $0.bottom) < ($1.left, $1.top, $1.right, $1.bottom)
        }
    }
}
