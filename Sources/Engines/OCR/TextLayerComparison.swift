internal import Records

/// A text layer beside a reading of the page's picture, to decide which of both to keep.
struct TextLayerComparison: Hashable, Sendable {
    /// Words of the layer that the reading has too, 0 to 1.
    var agreement: Double
    /// Letters and digits of the layer.
    var layerCharacters: Int
    /// Letters and digits of sure words that were read where the layer has none.
    var newCharacters: Int

    /// Compares.
    ///
    /// - Parameters:
    ///   - layer: the layer as a page of words.
    ///   - reading: what was read from the picture, of whatever size.
    init(layer: PageText, reading: PageText) {
        var read: [String: Int] = [:]
        for word in reading.words {
            for unit in TextLayerComparison.units(of: word.text) { read[unit, default: 0] += 1 }
        }
        var words = 0
        var agreed = 0
        layerCharacters = 0
        for word in layer.words {
            layerCharacters += TextLayerComparison.folded(word.text).count
            for unit in TextLayerComparison.units(of: word.text) {
                words += 1
                if let left = read[unit], left > 0 {
                    agreed += 1
                    read[unit] = left - 1
                }
            }
        }
        agreement = Double(agreed) / Double(max(1, words))
        let covered = CoverGrid(layer)
        newCharacters = reading.words.reduce(0) { sum, word in
            let text = TextLayerComparison.folded(word.text)
            guard text.count >= ReadingQuality.shortestSureWord,
                word.confidence * 100 >= ReadingQuality.sureConfidence,
                !covered.holdsMiddle(of: word.box, onPageOf: reading)
            else { return sum }
            return sum + text.count
        }
    }

    /// Whether the layer is right after all in spite of what spoke against it.
    ///
    /// Words that stand elsewhere than the print are of no use even if they are the right ones: no value could be shown.
    func bearsOut(against flaw: TextLayerFlaw) -> Bool {
        switch flaw {
        case .besideThePrint: false
        case .partOfThePage:
            agreement >= 0.3 && newCharacters < max(10, layerCharacters / 5)
        default: agreement >= 0.5
        }
    }

    /// What two readings can agree on: a word of two letters and more; each sign of a script without spaces.
    private static func units(of text: String) -> [String] {
        let text = folded(text)
        if text.unicodeScalars.contains(where: { Script($0) == .eastAsian }) {
            return text.map { String($0) }
        }
        return text.count >= 2 ? [text] : []
    }

    private static func folded(_ text: String) -> String {
        text.lowercased().filter { $0.isLetter || $0.isNumber }
    }
}

/// The cells of a page that words cover, whatever the page's size in pixels.
private struct CoverGrid {
    private static let side = 256
    private var cells: [Int32]

    init(_ page: PageText) {
        let side = CoverGrid.side
        var corners = [Int32](repeating: 0, count: (side + 1) * (side + 1))
        for word in page.words {
            let left = CoverGrid.cell(word.box.x, of: page.width)
            let top = CoverGrid.cell(word.box.y, of: page.height)
            let right = CoverGrid.cell(word.box.maxX, of: page.width) + 1
            let bottom = CoverGrid.cell(word.box.maxY, of: page.height) + 1
            corners[top * (side + 1) + left] += 1
            corners[top * (side + 1) + right] -= 1
            corners[bottom * (side + 1) + left] -= 1
            corners[bottom * (side + 1) + right] += 1
        }
        for y in 0...side {
            for x in 0...side {
                let place = y * (side + 1) + x
                if x > 0 { corners[place] += corners[place - 1] }
                if y > 0 { corners[place] += corners[place - side - 1] }
                if x > 0, y > 0 { corners[place] -= corners[place - side - 2] }
            }
        }
        cells = corners
    }

    func holdsMiddle(of box: Box, onPageOf page: PageText) -> Bool {
        let x = CoverGrid.cell(box.x + box.width / 2, of: page.width)
        let y = CoverGrid.cell(box.y + box.height / 2, of: page.height)
        return cells[y * (CoverGrid.side + 1) + x] > 0
    }

    private static func cell(_ position: Int, of length: Int) -> Int {
        min(side - 1, max(0, position * side / max(1, length)))
    }
}
