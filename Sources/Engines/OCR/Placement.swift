internal import Glibc
internal import Records

/// How a prepared picture lies on the upright page, so that boxes found on it can be brought back.
///
/// Boxes that leave this module are in pixels of the upright page *before* it was straightened and
/// scaled: the stored page, turned by EXIF and then by `turnedBy`. A straightened word keeps its
/// size; its centre is turned back. At the few degrees that are straightened this is within a pixel or
/// two of the print, and it keeps boxes from growing with their distance from the page's middle.
struct Placement: Hashable, Codable, Sendable {
    /// Size of the upright page.
    var width: Int
    var height: Int
    /// Clockwise angle in radians by which the page was turned about its middle.
    var radians: Double = 0
    /// Size of the picture after it was turned and before it was scaled.
    var turnedWidth: Int
    var turnedHeight: Int
    /// Prepared pixels for each pixel of the turned picture.
    var scale: Double = 1

    /// A page that is read as it is.
    init(width: Int, height: Int) {
        self.width = width
        self.height = height
        turnedWidth = width
        turnedHeight = height
    }

    /// The box on the upright page of edges on the prepared picture.
    ///
    /// - Parameters:
    ///   - left: left edge on the prepared picture.
    ///   - top: upper edge.
    ///   - right: just past the right edge.
    ///   - bottom: just past the lower edge.
    /// - Returns: the box, clamped to the page, at least one pixel wide and high.
    func box(left: Int, top: Int, right: Int, bottom: Int) -> Box {
        let boxWidth = Double(right - left) / scale
        let boxHeight = Double(bottom - top) / scale
        let fromMiddleX = Double(left + right) / 2 / scale - Double(turnedWidth) / 2
        let fromMiddleY = Double(top + bottom) / 2 / scale - Double(turnedHeight) / 2
        let sine = sin(-radians)
        let cosine = cos(-radians)
        let x = fromMiddleX * cosine - fromMiddleY * sine + Double(width) / 2
        let y = fromMiddleX * sine + fromMiddleY * cosine + Double(height) / 2
        let firstX = clamped(x - boxWidth / 2, to: width - 1)
        let firstY = clamped(y - boxHeight / 2, to: height - 1)
        let lastX = clamped(x + boxWidth / 2, to: width)
        let lastY = clamped(y + boxHeight / 2, to: height)
        return Box(
            x: firstX,
            y: firstY,
            width: max(1, lastX - firstX),
            height: max(1, lastY - firstY)
        )
    }

    private func clamped(_ value: Double, to limit: Int) -> Int {
        guard value.isFinite else { return 0 }
        return Int(min(max(value.rounded(), 0), Double(max(limit, 0))))
    }
}

extension RawWord {
    /// The word on the upright page, of one in the frame that all readings of the page share.
    func placed(by placement: Placement) -> Word {
        var frame = placement
        frame.scale *= ReadingFrame.fineness
        return Word(
            text: text,
            box: frame.box(left: left, top: top, right: right, bottom: bottom),
            confidence: min(max(confidence / 100, 0), 1),
            block: block,
            line: line
        )
    }
}
