/// Whether two pictures of the same size are the same to a model: they agree in every place, once laid over each other.
///
/// The brightness of both is smoothed a little, one is laid over the other (whole pixels by trying, the rest by the slopes, after
/// Lucas and Kanade, 1981), and what is left in every window of 8 x 8 pixels is held against what coding, noise and a shift
/// leave where there are such slopes. A digit that is another one leaves several times as much in its window.
/// `Benchmarks/feature-cache.py` measures it; the limits were chosen on one half of its files.
struct PictureComparison: Sendable, Equatable {
    /// Whole pixels by which a picture may be moved.
    static let reach = 2
    /// Pixels of a window each way; the next one begins after half of it.
    static let window = 8
    /// What is left of every pixel by noise, squared, in levels of brightness.
    static let noise: Float = 4
    /// What is left by coding and a shift, as a share of the squared slope.
    static let slopeShare: Float = 0.02
    /// The most that may be left in a window of a page that was hardly reduced, in units of what is expected.
    static let limit: Float = 11
    /// A page that was reduced more has less noise, and its digits are smaller: the limit falls as it is reduced.
    static let hardlyReduced: Float = 1.4
    /// Beyond this a digit has too few pixels to be told from another.
    static let mostReduced: Float = 8
    /// The most that the mean colour of a window may differ, in levels.
    static let colourLimit: Float = 20

    /// How the second picture is moved, in pixels.
    var shift: SIMD2<Float>
    /// What is left in the worst window, in units of what is expected.
    var worst: Float
    /// The most that the mean colour of a window differs, in levels.
    var worstColour: Float

    /// Whether a page is so little reduced that its pixels tell one digit from another by far.
    ///
    /// Readings are no witness there: of a copy that was merely saved again, Tesseract seldom reads all digits as before.
    ///
    /// - Parameter reduction: How many pixels of the page became one each way.
    /// - Returns: Whether the pixels alone decide.
    static func showsDigits(reduction: Float) -> Bool { reduction <= hardlyReduced }

    /// Whether the pictures are the same to a model.
    ///
    /// - Parameter reduction: How many pixels of the page became one each way.
    /// - Returns: Whether one may have the other's features.
    func agrees(reduction: Float) -> Bool {
        reduction <= Self.mostReduced
            && worst <= Self.limit * min(1, Self.hardlyReduced / max(reduction, 1))
            && worstColour <= Self.colourLimit
    }
}

extension PictureComparison {
    /// Pixels at every edge that have nothing to be held against once one picture is moved.
    private static let margin = 4

    /// Compares two pictures of the same sides; smaller ones than a window with its margins agree with nothing.
    init(_ one: ComparisonPicture, _ other: ComparisonPicture) {
        let (width, height) = (one.sides.width, one.sides.height)
        guard one.sides == other.sides, min(width, height) >= 2 * Self.margin + Self.window else {
            self.init(shift: .zero, worst: .infinity, worstColour: .infinity)
            return
        }
        let first = Self.smoothed(one)
        let second = Self.smoothed(other)
        let (x, y) = Self.wholeShift(first, second, width, height)
        let slopes = Self.fit(first, second, width, height, x, y)
        self.init(
            shift: SIMD2(Float(x), Float(y)) - slopes,
            worst: Self.worst(first, second, width, height, x, y, slopes),
            worstColour: Self.worstColour(one, other, x, y)
        )
    }

    /// The brightness, each pixel mixed with those around it by 1-2-1 each way: noise and the edges of coding blocks shrink, strokes stay.
    private static func smoothed(_ picture: ComparisonPicture) -> [Float] {
        let (width, height) = (picture.sides.width, picture.sides.height)
        var result = [Float](repeating: 0, count: width * height)
        var line = [Float](repeating: 0, count: width)
        unsafe picture.luma.withUnsafeBufferPointer { luma in
            unsafe result.withUnsafeMutableBufferPointer { result in
                for row in 0..<height {
                    let above = max(row - 1, 0) * width
                    let below = min(row + 1, height - 1) * width
                    unsafe line.withUnsafeMutableBufferPointer { line in
                        for column in 0..<width {
                            unsafe line[column] = Float(
                                unsafe Int32(luma[above + column])
                                    + 2 * Int32(luma[row * width + column])
                                    + Int32(luma[below + column])
                            )
                        }
                        for column in 0..<width {
                            let left = unsafe line[max(column - 1, 0)]
                            let right = unsafe line[min(column + 1, width - 1)]
                            unsafe result[row * width + column] =
                                (left + 2 * line[column] + right) / 16
                        }
                    }
                }
            }
        }
        return result
    }

    /// By how many whole pixels the second is best moved, looked at on every third row.
    private static func wholeShift(
        _ first: [Float],
        _ second: [Float],
        _ width: Int,
        _ height: Int
    ) -> (x: Int, y: Int) {
        var best = (x: 0, y: 0)
        var least = Float.infinity
        // Nearest first, so that of equals the smallest shift is taken.
        let shifts = (-reach...reach).flatMap { y in (-reach...reach).map { (x: $0, y: y) } }
            .sorted { abs($0.x) + abs($0.y) < abs($1.x) + abs($1.y) }
        unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
                for shift in shifts {
                    var sum: Float = 0
                    for row in stride(from: margin, to: height - margin, by: 3) {
                        var sums = SIMD8<Float>.zero
                        let start = row * width + margin
                        let moved = start + shift.y * width + shift.x
                        for place in stride(from: 0, to: width - 2 * margin - 7, by: 8) {
                            let difference =
                                unsafe pixels(second, moved + place)
                                - pixels(first, start + place)
                            sums += difference * difference
                        }
                        sum += sums.sum()
                    }
                    if sum < least {
                        least = sum
                        best = shift
                    }
                }
            }
        }
        return best
    }

    /// By what part of a pixel the second lies beside the first still: what its slopes explain best of the difference.
    private static func fit(
        _ first: [Float],
        _ second: [Float],
        _ width: Int,
        _ height: Int,
        _ x: Int,
        _ y: Int
    ) -> SIMD2<Float> {
        // Doubles: there are millions of them, and rounding would hide the small ones.
        var (xx, xy, yy, xd, yd) = (0.0, 0.0, 0.0, 0.0, 0.0)
        unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
                for row in margin..<height - margin {
                    var sums = (
                        SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero,
                        SIMD8<Float>.zero, SIMD8<Float>.zero
                    )
                    for column in stride(from: margin, to: width - margin - 7, by: 8) {
                        let place = row * width + column
                        let at = unsafe slopes(first, second, place, width, y * width + x)
                        sums.0 += at.x * at.x
                        sums.1 += at.x * at.y
                        sums.2 += at.y * at.y
                        sums.3 += at.x * at.difference
                        sums.4 += at.y * at.difference
                    }
                    xx += Double(sums.0.sum())
                    xy += Double(sums.1.sum())
                    yy += Double(sums.2.sum())
                    xd += Double(sums.3.sum())
                    yd += Double(sums.4.sum())
                }
            }
        }
        // A picture without slopes in a direction is not moved in it.
        let floor = 0.001 * Double(height)
        (xx, yy) = (xx + floor, yy + floor)
        let determinant = xx * yy - xy * xy
        guard determinant > 0 else { return .zero }
        let shift = SIMD2(
            Float((yy * xd - xy * yd) / determinant),
            Float((xx * yd - xy * xd) / determinant)
        )
        // Whole pixels have been tried: more than one is no registration but two pictures.
        return shift.clamped(lowerBound: SIMD2(-1, -1), upperBound: SIMD2(1, 1))
    }

    private static func worst(
        _ first: [Float],
        _ second: [Float],
        _ width: Int,
        _ height: Int,
        _ x: Int,
        _ y: Int,
        _ shift: SIMD2<Float>
    ) -> Float {
        let cell = window / 2
        let columns = (width - 2 * margin) / cell
        // What is left, and what is expected, in every quarter of a window: of this row of quarters and the one above.
        var (left, expected) = (
            [Float](repeating: 0, count: columns), [Float](repeating: 0, count: columns)
        )
        var (leftAbove, expectedAbove) = (left, expected)
        var worst: Float = 0
        unsafe first.withUnsafeBufferPointer { first in
            unsafe second.withUnsafeBufferPointer { second in
                for cellRow in 0..<(height - 2 * margin) / cell {
                    (leftAbove, left) = (left, leftAbove)
                    (expectedAbove, expected) = (expected, expectedAbove)
                    for column in 0..<columns {
                        var (leftSum, slopeSum) = (SIMD4<Float>.zero, SIMD4<Float>.zero)
                        for row in 0..<cell {
                            let place =
                                (margin + cellRow * cell + row) * width + margin + column * cell
                            let at = unsafe slopes4(first, second, place, width, y * width + x)
                            let rest = at.difference - shift.x * at.x - shift.y * at.y
                            leftSum += rest * rest
                            slopeSum += at.x * at.x + at.y * at.y
                        }
                        left[column] = leftSum.sum()
                        expected[column] =
                            Float(cell * cell) * noise + slopeShare * slopeSum.sum()
                    }
                    guard cellRow > 0 else { continue }
                    for column in 1..<columns {
                        let sum =
                            left[column - 1] + left[column] + leftAbove[column - 1]
                            + leftAbove[column]
                        let most =
                            expected[column - 1] + expected[column] + expectedAbove[column - 1]
                            + expectedAbove[column]
                        worst = max(worst, sum / most)
                    }
                }
            }
        }
        return worst
    }

    /// The most that the mean colour of a window differs.
    private static func worstColour(
        _ one: ComparisonPicture,
        _ other: ComparisonPicture,
        _ x: Int,
        _ y: Int
    ) -> Float {
        let (width, height) = ((one.sides.width + 1) / 2, (one.sides.height + 1) / 2)
        let (inset, side) = (margin / 2, window / 2)
        // Half a pixel of colour is nothing in the mean of a window.
        let (x, y) = (x / 2, y / 2)
        var worst: Int32 = 0
        unsafe one.chroma.withUnsafeBufferPointer { one in
            unsafe other.chroma.withUnsafeBufferPointer { other in
                for plane in 0..<2 {
                    for top in stride(from: inset, through: height - inset - side, by: side / 2) {
                        for start in stride(
                            from: inset,
                            through: width - inset - side,
                            by: side / 2
                        ) {
                            var sum: Int32 = 0
                            for row in top..<top + side {
                                for column in start..<start + side {
                                    let place = (plane * height + row) * width + column
                                    sum +=
                                        unsafe Int32(other[place + y * width + x])
                                        - Int32(one[place])
                                }
                            }
                            worst = max(worst, abs(sum))
                        }
                    }
                }
            }
        }
        return Float(worst) / Float(side * side)
    }

    // MARK: Eight or four pixels at once

    private typealias Plane = UnsafeBufferPointer<Float>

    @inline(__always)
    private static func pixels(_ plane: Plane, _ place: Int) -> SIMD8<Float> {
        unsafe UnsafeRawPointer(plane.baseAddress.unsafelyUnwrapped + place)
            .loadUnaligned(as: SIMD8<Float>.self)
    }

    @inline(__always)
    private static func pixels4(_ plane: Plane, _ place: Int) -> SIMD4<Float> {
        unsafe UnsafeRawPointer(plane.baseAddress.unsafelyUnwrapped + place)
            .loadUnaligned(as: SIMD4<Float>.self)
    }

    /// Slopes of the mean of both, and how the second differs from the first.
    @inline(__always)
    private static func slopes(
        _ first: Plane,
        _ second: Plane,
        _ place: Int,
        _ width: Int,
        _ offset: Int
    ) -> (x: SIMD8<Float>, y: SIMD8<Float>, difference: SIMD8<Float>) {
        func mean(_ place: Int) -> SIMD8<Float> {
            unsafe pixels(first, place) + pixels(second, place + offset)
        }
        return unsafe (
            (mean(place + 1) - mean(place - 1)) / 4,
            (mean(place + width) - mean(place - width)) / 4,
            pixels(second, place + offset) - pixels(first, place)
        )
    }

    @inline(__always)
    private static func slopes4(
        _ first: Plane,
        _ second: Plane,
        _ place: Int,
        _ width: Int,
        _ offset: Int
    ) -> (x: SIMD4<Float>, y: SIMD4<Float>, difference: SIMD4<Float>) {
        func mean(_ place: Int) -> SIMD4<Float> {
            unsafe pixels4(first, place) + pixels4(second, place + offset)
        }
        return unsafe (
            (mean(place + 1) - mean(place - 1)) / 4,
            (mean(place + width) - mean(place - width)) / 4,
            pixels4(second, place + offset) - pixels4(first, place)
        )
    }
}
