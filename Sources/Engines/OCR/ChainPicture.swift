internal import Foundation
internal import Imaging

/// The picture of one line of scattered print, cut out so that the recogniser sees nothing else.
///
/// The background is made even along the line, the tones are stretched for this line alone, and what lies between other marks, such as
/// frames and neighbours, becomes paper.
struct ChainPicture: ~Copyable {
    /// Dark print on white, level, at the recogniser's scale.
    let picture: Picture
    /// Pixels of the searched picture at the left edge.
    private let originX: Int
    private let originY: Int
    private let scale: Double

    /// How a line is brought before the recogniser.
    struct Tuning {
        /// Height that capitals are brought to.
        var capitalHeight: Double
        /// Share of a line's pixels that are no lighter than its paper.
        var paperRank: Double

        /// What a line is read with first.
        static let first = Tuning(capitalHeight: 24, paperRank: 0.7)
        /// Other heights and tones, which err elsewhere.
        static let others = [
            Tuning(capitalHeight: 20, paperRank: 0.5), Tuning(capitalHeight: 32, paperRank: 0.6),
        ]
    }

    /// Tones closer together than this hold no print.
    private static let leastContrast = 20
    /// Pixels that one line may have.
    private static let pixelLimit = 4_000_000

    /// The searched picture's grey levels.
    struct Page {
        var grey: [UInt8]
        var width: Int
        var height: Int
    }

    /// Cuts out a chain.
    ///
    /// - Parameters:
    ///   - chain: the marks.
    ///   - page: the grey levels.
    ///   - wider: whether a letter's width on both sides is kept, for letters that touch a frame.
    ///   - tuning: how large and how light.
    /// - Returns: nil where there is nothing to read.
    /// - Throws: `PictureError` when memory is short.
    static func cut(
        _ chain: LetterChain,
        from page: Page,
        wider: Bool,
        tuning: Tuning = .first
    ) throws -> ChainPicture? {
        var marks = chain.marks
        guard let first = marks.first, let last = marks.last else { return nil }
        if wider {
            let reach = chain.height * 5 / 4
            marks.insert(
                InkMark(
                    left: first.left - reach,
                    top: first.top,
                    right: first.left,
                    bottom: first.bottom
                ),
                at: 0
            )
            marks.append(
                InkMark(
                    left: last.right,
                    top: last.top,
                    right: last.right + reach,
                    bottom: last.bottom
                )
            )
        }
        let start = min(chain.left, marks[0].left)
        let end = max(chain.right, marks[marks.count - 1].right)
        let lean = Int((abs(chain.slope) * Double(chain.width) / 2).rounded(.up)) + 2
        let margin = chain.height * 9 / 20 + lean
        let x = max(0, start - margin)
        let y = max(0, chain.top - margin)
        let width = min(page.width, end + margin) - x
        let height = min(page.height, chain.bottom + margin) - y
        guard width > 8, height > 8, width * height <= pixelLimit else { return nil }
        var tones = Tones(
            page: page,
            x: x,
            y: y,
            width: width,
            height: height,
            isInverted: chain.isInverted
        )
        tones.level(reach: max(4, chain.height), rank: tuning.paperRank)
        guard tones.stretch(rank: tuning.paperRank, leastContrast: leastContrast) else {
            return nil
        }
        tones.keep(marks, x: x, y: y, edge: max(3, chain.height / 8), below: chain.height / 4)
        let cut = try Picture(grey: tones.grey, width: width, height: height)
        let level = try straightened(cut, chain)
        let scale = tuning.capitalHeight / Double(chain.height)
        return ChainPicture(
            picture: try level.picture.scaled(by: scale),
            originX: x,
            originY: y + level.top,
            scale: scale
        )
    }

    /// Turned about its middle until level, and cut to the line's height; still as wide as it was.
    private static func straightened(
        _ cut: borrowing Picture,
        _ chain: LetterChain
    ) throws -> Strip {
        guard abs(chain.slope) > 0.01 else { return Strip(picture: try cut.asPage(), top: 0) }
        let turned = try cut.rotated(radians: -atan(chain.slope))
        let high = min(turned.height, Int(1.9 * Double(chain.height)) + 4)
        let left = max(0, (turned.width - cut.width) / 2)
        let top = (turned.height - high) / 2
        let strip = try turned.cropped(
            left: left,
            top: top,
            right: left + cut.width,
            bottom: top + high
        )
        return Strip(picture: try strip.asPage(), top: (cut.height - high) / 2)
    }

    private struct Strip: ~Copyable {
        let picture: Picture
        let top: Int
    }

    /// Two cuts side by side, as if they were letters of one height.
    ///
    /// - Parameters:
    ///   - left: what stands left.
    ///   - right: what stands right of it.
    /// - Returns: the picture of both.
    /// - Throws: `PictureError` when memory is short.
    static func beside(
        _ left: borrowing ChainPicture,
        _ right: borrowing ChainPicture
    ) throws -> Picture {
        let height = max(left.picture.height, right.picture.height)
        // Each brings its own margin.
        let overlap = Int(Tuning.first.capitalHeight / 2)
        let start = max(0, left.picture.width - overlap)
        let width = start + right.picture.width
        var grey = [UInt8](repeating: 255, count: width * height)
        for (x, source, columns, rows) in [
            (0, try left.picture.greyBytes(), left.picture.width, left.picture.height),
            (start, try right.picture.greyBytes(), right.picture.width, right.picture.height),
        ] {
            for row in 0..<rows {
                for column in 0..<columns {
                    let at = row * width + x + column
                    grey[at] = min(grey[at], source[row * columns + column])
                }
            }
        }
        return try Picture(grey: grey, width: width, height: height)
    }

    /// The column of the searched picture at a column of this one.
    func pageX(_ x: Int) -> Int { originX + Int((Double(x) / scale).rounded()) }
    /// The row of the searched picture at a row of this one.
    func pageY(_ y: Int) -> Int { originY + Int((Double(y) / scale).rounded()) }
}

/// The grey levels of a line as it is cleaned.
private struct Tones {
    var grey: [UInt8]
    let width: Int
    let height: Int

    init(page: ChainPicture.Page, x: Int, y: Int, width: Int, height: Int, isInverted: Bool) {
        self.width = width
        self.height = height
        grey = []
        grey.reserveCapacity(width * height)
        for row in y..<(y + height) {
            let start = row * page.width + x
            let levels = page.grey[start..<(start + width)]
            if isInverted {
                grey.append(contentsOf: levels.map { 255 - $0 })
            } else {
                grey.append(contentsOf: levels)
            }
        }
    }

    /// Makes the paper equally light along the line: a label may change its colour within a word.
    mutating func level(reach: Int, rank: Double) {
        var columns = [Int](repeating: 0, count: width * 32)
        for y in 0..<height {
            for x in 0..<width { columns[x * 32 + Int(grey[y * width + x] >> 3)] += 1 }
        }
        var window = [Int](repeating: 0, count: 32)
        var count = 0
        func add(_ x: Int, _ sign: Int) {
            guard x >= 0, x < width else { return }
            for level in 0..<32 { window[level] += sign * columns[x * 32 + level] }
            count += sign * height
        }
        for x in 0..<min(reach, width) { add(x, 1) }
        var paper = [Int](repeating: 255, count: width)
        for x in 0..<width {
            add(x + reach, 1)
            add(x - reach - 1, -1)
            var wanted = Int(Double(count) * rank)
            var level = 0
            while level < 31, wanted > window[level] {
                wanted -= window[level]
                level += 1
            }
            paper[x] = 8 * level + 4
        }
        let lightest = paper.max() ?? 255
        for y in 0..<height {
            for x in 0..<width {
                let at = y * width + x
                grey[at] = UInt8(min(255, Int(grey[at]) * lightest / max(8, paper[x])))
            }
        }
    }

    /// Makes the darkest two of a hundred pixels black and the paper white.
    ///
    /// - Returns: false where the tones lie too close together.
    mutating func stretch(rank: Double, leastContrast: Int) -> Bool {
        var counts = [Int](repeating: 0, count: 256)
        for level in grey { counts[Int(level)] += 1 }
        func level(atRank rank: Double) -> Int {
            var wanted = Int(Double(grey.count) * rank)
            for level in 0..<256 {
                wanted -= counts[level]
                if wanted < 0 { return level }
            }
            return 255
        }
        let low = level(atRank: 0.02)
        let high = level(atRank: rank)
        guard high - low >= leastContrast else { return false }
        let table = (0..<256).map { UInt8(min(max(($0 - low) * 255 / (high - low), 0), 255)) }
        for at in grey.indices { grey[at] = table[Int(grey[at])] }
        return true
    }

    /// Leaves the marks, what lies between one and the next, and commas below; all else becomes white.
    mutating func keep(_ marks: [InkMark], x: Int, y: Int, edge: Int, below: Int) {
        var kept = [UInt8](repeating: 255, count: grey.count)
        func copy(_ left: Int, _ top: Int, _ right: Int, _ bottom: Int) {
            let (startX, endX) = (max(0, left), min(width, right))
            let (startY, endY) = (max(0, top), min(height, bottom))
            guard startX < endX, startY < endY else { return }
            for row in startY..<endY {
                for at in (row * width + startX)..<(row * width + endX) { kept[at] = grey[at] }
            }
        }
        for mark in marks {
            copy(
                mark.left - x - edge,
                mark.top - y - edge,
                mark.right - x + edge,
                mark.bottom - y + edge
            )
        }
        for (mark, next) in zip(marks, marks.dropFirst()) where next.left > mark.right {
            copy(
                mark.right - x,
                min(mark.top, next.top) - y - edge,
                next.left - x,
                max(mark.bottom, next.bottom) - y + below
            )
        }
        grey = kept
    }
}
