internal import Imaging
internal import Records

/// A drawn page to be looked at, and the places of a text layer's words.
struct LookRequest: Codable, Sendable {
    /// The places, in pixels of the drawing once it is turned.
    var boxes: [Box]
    /// Clockwise turns that set the text upright.
    var quarterTurns: Int
    var limits: PageLimits
}

/// What a look at a drawn page says of the words that a text layer claims for it.
struct TextLayerLook: Hashable, Codable, Sendable {
    /// Letters of the drawing that have a neighbour.
    var letters: Int
    /// Those that are left once all words are covered.
    var uncovered: Int
    /// Places looked at.
    var places: Int
    /// Places where something is printed.
    var printed: Int

    /// What speaks against the layer; nil when print and words go together.
    var flaw: TextLayerFlaw? {
        if 2 * printed < places { return .besideThePrint }
        // Thirty letters are a line; a stamp or the writing in a logo is less than half of a page.
        if uncovered >= 30 && 2 * uncovered > letters { return .partOfThePage }
        return nil
    }

    /// Resolution of the drawing that is looked at: six-point letters are 6 pixels high.
    static let dotsPerInch = 150

    /// Looks whether words and print go together.
    ///
    /// - Parameters:
    ///   - picture: the drawn page, its text upright.
    ///   - boxes: the places of the words in the drawing.
    /// - Returns: what was seen.
    /// - Throws: `PictureError` when memory is short.
    static func at(_ picture: borrowing Picture, boxes: [Box]) throws -> TextLayerLook {
        let grey = try picture.grey()
        let letters = try grey.letterMeasure().pairCount
        let (width, height) = (grey.width, grey.height)
        var pixels = try grey.greyBytes()
        let places = boxes.map { Span(box: $0, width: width, height: height) }
        let tones = ToneSums(pixels, width: width, height: height)
        let printed = places.count { tones.deviation(in: $0) >= ToneSums.leastDeviation }
        let paper = UInt8(clamping: grey.greyLevel(atRank: 0.75))
        cover(places.map(\.grown), of: &pixels, width: width, height: height, with: paper)
        let rest = try Picture(grey: pixels, width: width, height: height)
        return TextLayerLook(
            letters: letters,
            uncovered: min(letters, try rest.letterMeasure().pairCount),
            places: places.count,
            printed: printed
        )
    }

    /// Paints rectangles, in time that does not grow with how often they overlap.
    private static func cover(
        _ spans: [Span],
        of pixels: inout [UInt8],
        width: Int,
        height: Int,
        with paper: UInt8
    ) {
        // Corners of the rectangles; sums over them count the rectangles over each pixel.
        var corners = [Int32](repeating: 0, count: (width + 1) * (height + 1))
        for span in spans {
            let (left, right) = (max(0, span.left), min(width, span.right))
            let (top, bottom) = (max(0, span.top), min(height, span.bottom))
            guard left < right, top < bottom else { continue }
            corners[top * (width + 1) + left] += 1
            corners[top * (width + 1) + right] -= 1
            corners[bottom * (width + 1) + left] -= 1
            corners[bottom * (width + 1) + right] += 1
        }
        var above = [Int32](repeating: 0, count: width + 1)
        for y in 0..<height {
            var row: Int32 = 0
            for x in 0..<width {
                row += corners[y * (width + 1) + x]
                above[x] += row
                if above[x] > 0 { pixels[y * width + x] = paper }
            }
        }
    }
}

/// A rectangle of pixels, half open.
private struct Span {
    var left: Int
    var top: Int
    var right: Int
    var bottom: Int

    init(box: Box, width: Int, height: Int) {
        left = min(max(box.x, 0), width - 1)
        top = min(max(box.y, 0), height - 1)
        right = min(max(box.maxX, left + 1), width)
        bottom = min(max(box.maxY, top + 1), height)
    }

    /// With room for what hangs over: a fifth of the height, and a pixel.
    var grown: Span {
        var span = self
        let margin = 1 + (bottom - top) / 5
        span.left -= margin
        span.top -= margin
        span.right += margin
        span.bottom += margin
        return span
    }
}

/// Sums of a picture's tones and of their squares, by which every rectangle's deviation is known at once.
///
/// Crow, "Summed-area tables for texture mapping", 1984.
private struct ToneSums {
    private var sums: [Int]
    private var squares: [Int]
    private let stride: Int

    /// Deviation of tones from which something is printed; paper's grain stays below.
    static let leastDeviation = 12.0

    init(_ pixels: [UInt8], width: Int, height: Int) {
        stride = width + 1
        sums = [Int](repeating: 0, count: stride * (height + 1))
        squares = sums
        for y in 0..<height {
            var sum = 0
            var square = 0
            for x in 0..<width {
                let tone = Int(pixels[y * width + x])
                sum += tone
                square += tone * tone
                sums[(y + 1) * stride + x + 1] = sums[y * stride + x + 1] + sum
                squares[(y + 1) * stride + x + 1] = squares[y * stride + x + 1] + square
            }
        }
    }

    func deviation(in span: Span) -> Double {
        let count = Double((span.right - span.left) * (span.bottom - span.top))
        let mean = Double(total(sums, span)) / count
        return max(0, Double(total(squares, span)) / count - mean * mean).squareRoot()
    }

    private func total(_ table: [Int], _ span: Span) -> Int {
        table[span.bottom * stride + span.right] - table[span.top * stride + span.right]
            - table[span.bottom * stride + span.left] + table[span.top * stride + span.left]
    }
}
