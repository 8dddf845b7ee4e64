public import Qwen

/// Whether a picture shows an empty page, which a model would only make something up about.
///
/// A page is empty when it has one shade of grey all over, as paper under a scanner has, and nothing on it that could be the
/// smallest digit. Edges are left out: scanners draw shadows there. A coloured area is no page, and is shown to the model.
public enum BlankPicture {
    /// Longest side at which is looked: texture of paper averages out, a digit of 6 points at 300 dots per inch stays.
    static let longestSide = 2000
    /// Share of the longest side that edges take up.
    private static let margin = 0.02
    /// Side of the squares whose mean is the paper's shade there.
    private static let squareSide = 32
    /// Levels of grey by which ink differs from the paper around it.
    private static let inkContrast = 32
    /// Levels by which the paper's shade may differ between its squares: light falls off towards a corner.
    private static let shadeRange = 48
    /// Pixels of ink that are dust: one for so many of the picture.
    private static let pixelsForDust = 200_000
    private static let leastDust = 3
    /// Mean difference between a pixel's colours from which on it is no paper.
    private static let leastSaturation = 24

    /// Looks at a picture.
    ///
    /// - Parameter picture: Upright, of any size.
    /// - Returns: Whether there is nothing on it.
    public static func isBlank(_ picture: RGBPicture) -> Bool {
        let small = Grey(
            picture,
            step: max(1, (max(picture.width, picture.height) + longestSide - 1) / longestSide)
        )
        guard small.saturation < leastSaturation else { return false }
        let edge = Int((Double(max(small.width, small.height)) * margin).rounded())
        let (columns, rows) = (
            inner(small.width, edge), inner(small.height, edge)
        )
        let allowed = max(leastDust, columns.count * rows.count / pixelsForDust)
        var ink = 0
        var shades: [Int] = []
        for top in stride(from: rows.lowerBound, to: rows.upperBound, by: squareSide) {
            for left in stride(from: columns.lowerBound, to: columns.upperBound, by: squareSide) {
                let square = small.square(
                    left..<min(left + squareSide, columns.upperBound),
                    top..<min(top + squareSide, rows.upperBound)
                )
                shades.append(square.mean)
                ink += square.pixels.count { abs($0 - square.mean) > inkContrast }
                if ink > allowed { return false }
            }
        }
        guard let lightest = shades.max(), let darkest = shades.min() else { return true }
        return lightest - darkest <= shadeRange
    }

    private static func inner(_ count: Int, _ edge: Int) -> Range<Int> {
        count > 2 * edge ? edge..<count - edge : 0..<count
    }

    /// A picture in levels of grey, made smaller by a whole number.
    private struct Grey {
        let width: Int
        let height: Int
        let levels: [Int]
        let saturation: Int

        init(_ picture: RGBPicture, step: Int) {
            width = (picture.width + step - 1) / step
            height = (picture.height + step - 1) / step
            var sums = [Int](repeating: 0, count: width * height)
            var counts = sums
            var saturations = 0
            var place = 0
            for y in 0..<picture.height {
                let row = y / step * width
                for x in 0..<picture.width {
                    let (red, green, blue) = (
                        Int(picture.pixels[place]), Int(picture.pixels[place + 1]),
                        Int(picture.pixels[place + 2])
                    )
                    sums[row + x / step] += (red + 2 * green + blue) / 4
                    counts[row + x / step] += 1
                    saturations += max(red, green, blue) - min(red, green, blue)
                    place += 3
                }
            }
            levels = zip(sums, counts).map { $0 / $1 }
            saturation = saturations / (picture.width * picture.height)
        }

        func square(_ columns: Range<Int>, _ rows: Range<Int>) -> (pixels: [Int], mean: Int) {
            let pixels = rows.flatMap { row in
                levels[row * width + columns.lowerBound..<row * width + columns.upperBound]
            }
            return (pixels, pixels.reduce(0, +) / max(1, pixels.count))
        }
    }
}
