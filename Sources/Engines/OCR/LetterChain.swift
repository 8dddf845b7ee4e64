internal import Imaging

/// Marks that stand side by side like the letters of one line.
struct LetterChain: Hashable, Sendable {
    /// From left to right.
    var marks: [InkMark]
    /// Whether they are lighter than what they stand on.
    var isInverted: Bool
    /// Left edge of all marks.
    var left: Int
    /// Upper edge.
    var top: Int
    /// The first column outside.
    var right: Int
    /// The first row outside.
    var bottom: Int
    /// Height of a capital: three quarters of the marks are at most as high.
    var height: Int
    /// How far the line falls for each pixel to the right.
    var slope: Double

    var width: Int { right - left }

    /// Where to look first: many letters, and large ones.
    var weight: Int { min(marks.count, 24) * height }

    /// Marks too small for letters at the scale that is searched.
    private static let smallest = 14
    /// Marks looked at; a photograph of gravel has more, and no label.
    private static let markLimit = 6000
    /// A line that leans more is none.
    private static let steepest = 0.25

    /// Makes a chain of marks, at least one.
    init(marks: [InkMark], isInverted: Bool) {
        self.marks = marks
        self.isInverted = isInverted
        left = marks.map(\.left).min() ?? 0
        top = marks.map(\.top).min() ?? 0
        right = marks.map(\.right).max() ?? 0
        bottom = marks.map(\.bottom).max() ?? 0
        let heights = marks.map(\.height).sorted()
        height = heights.isEmpty ? 1 : heights[min(heights.count * 3 / 4, heights.count - 1)]
        slope = LetterChain.slope(of: marks)
    }

    /// Chains each mark to the nearest one to its right that is as high and stands on the same line.
    ///
    /// - Parameters:
    ///   - marks: from left to right.
    ///   - width: the picture's width.
    ///   - height: the picture's height.
    ///   - isInverted: whether the marks are lighter than what they stand on.
    /// - Returns: the chains, single marks as well.
    static func chains(
        of marks: [InkMark],
        width: Int,
        height: Int,
        isInverted: Bool
    ) -> [LetterChain] {
        var letters = marks.filter { mark in
            mark.height >= smallest && 5 * mark.height < 2 * height && mark.width >= 2
                && mark.width < 14 * mark.height && 5 * mark.width < 4 * width
                && mark.height < 9 * mark.width
        }
        if letters.count > markLimit {
            // Larger marks first, then again from left to right.
            letters.sort { ($1.height, $0.left) < ($0.height, $1.left) }
            letters.removeLast(letters.count - markLimit)
            letters.sort { ($0.left, $0.top, $0.bottom) < ($1.left, $1.top, $1.bottom) }
        }
        var next = [Int?](repeating: nil, count: letters.count)
        var previous = next
        for index in letters.indices {
            guard let nearest = neighbour(of: index, in: letters) else { continue }
            if let other = previous[nearest.index] {
                guard nearest.distance < distance(letters[other], letters[nearest.index]) else {
                    continue
                }
                next[other] = nil
            }
            next[index] = nearest.index
            previous[nearest.index] = index
        }
        return letters.indices.compactMap { start in
            guard previous[start] == nil else { return nil }
            var members: [InkMark] = []
            var place: Int? = start
            while let at = place {
                members.append(letters[at])
                place = next[at]
            }
            return LetterChain(marks: members, isInverted: isInverted)
        }
    }

    /// Whether it can be a line by itself: wider than high, but for two digits of a price.
    var isLine: Bool {
        let least = marks.count == 1 ? 1.6 : marks.count == 2 ? 0.5 : 1.0
        return Double(width) >= least * Double(height)
    }

    private static func neighbour(
        of index: Int,
        in letters: [InkMark]
    ) -> (index: Int, distance: Double)? {
        let mark = letters[index]
        let reach = mark.right + 5 * mark.height / 2
        var best: (index: Int, distance: Double)?
        for other in (index + 1)..<max(letters.count, index + 1) {
            let candidate = letters[other]
            if candidate.left > reach { break }
            let high = max(mark.height, candidate.height)
            let low = min(mark.height, candidate.height)
            let gap = candidate.left - mark.right
            guard 10 * gap <= 11 * high, 2 * gap >= -min(mark.width, candidate.width),
                4 * high <= 7 * low,
                10 * (min(mark.bottom, candidate.bottom) - max(mark.top, candidate.top)) >= 6 * low
            else { continue }
            let foot = abs(mark.bottom - candidate.bottom)
            let isRaised =
                candidate.top - mark.top < high / 4 && mark.bottom > candidate.bottom
                && candidate.height < high
            guard 100 * foot <= 32 * high || (isRaised && 100 * foot <= 60 * high) else { continue }
            let distance = distance(mark, candidate)
            if distance < best?.distance ?? .infinity { best = (other, distance) }
        }
        return best
    }

    private static func distance(_ mark: InkMark, _ other: InkMark) -> Double {
        Double(max(0, other.left - mark.right))
            + 0.5 * Double(abs(mark.bottom - other.bottom) + abs(mark.height - other.height))
    }

    /// The least squares of the marks' middles; one or three marks tell nothing.
    private static func slope(of marks: [InkMark]) -> Double {
        guard marks.count >= 4 else { return 0 }
        let count = Double(marks.count)
        var (sumX, sumY, sumXX, sumXY) = (0.0, 0.0, 0.0, 0.0)
        for mark in marks {
            let x = Double(mark.left + mark.right) / 2
            let y = Double(mark.top + mark.bottom) / 2
            sumX += x
            sumY += y
            sumXX += x * x
            sumXY += x * y
        }
        let spread = count * sumXX - sumX * sumX
        guard spread > 0 else { return 0 }
        let slope = (count * sumXY - sumX * sumY) / spread
        return abs(slope) <= steepest ? slope : 0
    }

    // MARK: - Parts of one line

    /// Whether both are the same marks, but for a few pixels.
    func isSame(as other: LetterChain, within pixels: Int) -> Bool {
        isInverted == other.isInverted && abs(left - other.left) < pixels
            && abs(right - other.right) < pixels && abs(top - other.top) < pixels
            && abs(bottom - other.bottom) < pixels
    }

    /// This chain with those that go on where it ends: letters of one line that another threshold found.
    ///
    /// - Parameter chains: all chains.
    /// - Returns: the longer chain; nil where nothing goes on.
    func joined(with chains: [LetterChain]) -> LetterChain? {
        guard marks.count >= 3 else { return nil }
        var members = marks
        var (start, end) = (left, right)
        var grew = false
        for other in chains where other.isInverted == isInverted && other.marks.count >= 2 {
            guard 10 * other.height >= 7 * height, 7 * other.height <= 10 * height,
                max(other.left - end, start - other.right) <= height,
                other.left < left || other.right > right
            else { continue }
            let along = slope * Double(other.left + other.right - left - right) / 2
            guard abs(middle + along - other.middle) <= 0.3 * Double(height) else { continue }
            let added = other.marks.filter { mark in
                !members.contains { mark.left < $0.right && $0.left < mark.right }
            }
            guard !added.isEmpty else { continue }
            members += added
            start = min(start, other.left)
            end = max(end, other.right)
            grew = true
        }
        guard grew else { return nil }
        return LetterChain(marks: members.sorted { $0.left < $1.left }, isInverted: isInverted)
    }

    private var middle: Double {
        Double(marks.reduce(0) { $0 + $1.top + $1.bottom }) / Double(2 * marks.count)
    }

    /// The chain's tall beginning and the small raised marks that end it: `28` and `70` of `28⁷⁰`.
    var raisedParts: (tall: LetterChain, small: LetterChain)? {
        guard marks.count >= 2 else { return nil }
        for start in 1..<marks.count {
            let tall = marks[..<start]
            let small = marks[start...]
            let low = tall.map(\.height).min() ?? 0
            let high = small.map(\.height).max() ?? 0
            let foot = tall.map(\.bottom).max() ?? 0
            let head = tall.map(\.top).min() ?? 0
            guard 4 * high <= 3 * low, 3 * high >= low,
                small.allSatisfy({ 4 * (foot - $0.bottom) > low && $0.top - head < low / 3 }),
                start <= 4, small.count <= 3
            else { continue }
            return (
                LetterChain(marks: Array(tall), isInverted: isInverted),
                LetterChain(marks: Array(small), isInverted: isInverted)
            )
        }
        return nil
    }
}
