internal import Imaging
internal import Records

extension TextLayerPage {
    /// The layer of a page that is shown turned by the PDF's `/Rotate`.
    ///
    /// poppler gives the boxes of such a page as they are shown, but width and height as they were before the turn.
    ///
    /// - Parameter size: the size as the page is shown; nil when it is not known.
    /// - Returns: the layer with the size as shown.
    func shown(at size: PDFFacts.PageSize?) -> TextLayerPage {
        guard let size, abs(size.width - height) < 1, abs(size.height - width) < 1 else {
            return self
        }
        var page = self
        page.width = size.width
        page.height = size.height
        return page
    }

    /// Clockwise quarter turns that set most of the text upright.
    ///
    /// A line's words come in reading order, so where they go tells how they lie. Arabic and Hebrew go to the left upright,
    /// Chinese and Japanese also go down.
    var turnsToUpright: Int {
        var votes = [0, 0, 0, 0]
        for (word, next) in zip(words, words.dropFirst())
        where word.line == next.line && word.block == next.block {
            guard word.goesToTheRight, next.goesToTheRight else {
                votes[0] += 1
                continue
            }
            let x = (next.left + next.right - word.left - word.right) / 2
            let y = (next.top + next.bottom - word.top - word.bottom) / 2
            if abs(x) >= abs(y) {
                votes[x >= 0 ? 0 : 2] += 1
            } else {
                // Downwards: the page lies on its right side.
                votes[y >= 0 ? 3 : 1] += 1
            }
        }
        let all = votes.reduce(0, +)
        guard all >= 3, let turns = votes.indices.first(where: { votes[$0] * 4 > all * 3 }) else {
            return 0
        }
        return turns
    }

    /// The layer turned clockwise.
    ///
    /// - Parameter turns: quarter turns, 0 to 3.
    /// - Returns: the turned layer.
    func turned(by turns: Int) -> TextLayerPage {
        guard turns != 0 else { return self }
        var page = self
        if turns != 2 { (page.width, page.height) = (height, width) }
        page.words = words.map { word in
            var turned = word
            switch turns {
            case 1:
                (turned.left, turned.right) = (height - word.bottom, height - word.top)
                (turned.top, turned.bottom) = (word.left, word.right)
            case 2:
                (turned.left, turned.right) = (width - word.right, width - word.left)
                (turned.top, turned.bottom) = (height - word.bottom, height - word.top)
            default:
                (turned.left, turned.right) = (word.top, word.bottom)
                (turned.top, turned.bottom) = (width - word.right, width - word.left)
            }
            return turned
        }
        return page
    }

    /// The layer as a page of words, in pixels at a resolution.
    ///
    /// - Parameters:
    ///   - number: the page's number, from 1.
    ///   - dotsPerInch: the resolution; a point is 1/72 inch.
    ///   - mayTurn: whether text that lies on its side or head is set upright.
    /// - Returns: the page.
    func pageText(number: Int, dotsPerInch: Int, mayTurn: Bool = false) -> PageText {
        let turns = mayTurn ? turnsToUpright : 0
        let page = turned(by: turns)
        let size = page.pixelSize(dotsPerInch: dotsPerInch)
        let words = page.words.compactMap { word -> Word? in
            let text = String(
                String.UnicodeScalarView(
                    word.text.unicodeScalars.filter { $0.properties.generalCategory != .control }
                )
            )
            guard text.contains(where: { !$0.isWhitespace }) else { return nil }
            return Word(
                text: text,
                box: page.box(of: word, dotsPerInch: dotsPerInch),
                confidence: 1,
                block: word.block,
                line: word.line
            )
        }
        return PageText(
            number: number,
            width: size.width,
            height: size.height,
            words: words,
            source: .textLayer,
            turnedBy: turns * 90
        )
    }

    /// Width and height in whole pixels at a resolution.
    func pixelSize(dotsPerInch: Int) -> (width: Int, height: Int) {
        let scale = Double(dotsPerInch) / 72
        let most = 1_000_000.0
        return (
            max(1, Int(min(most, (width * scale - 0.01).rounded(.up)))),
            max(1, Int(min(most, (height * scale - 0.01).rounded(.up))))
        )
    }

    /// A word's place in pixels at a resolution, within the page.
    func box(of word: LayerWord, dotsPerInch: Int) -> Box {
        let scale = Double(dotsPerInch) / 72
        let size = pixelSize(dotsPerInch: dotsPerInch)
        let x = min(max(0, (word.left * scale).rounded()), Double(size.width - 1))
        let y = min(max(0, (word.top * scale).rounded()), Double(size.height - 1))
        let endX = min(max(x + 1, (word.right * scale).rounded()), Double(size.width))
        let endY = min(max(y + 1, (word.bottom * scale).rounded()), Double(size.height))
        return Box(x: Int(x), y: Int(y), width: Int(endX - x), height: Int(endY - y))
    }
}

extension TextLayerPage.LayerWord {
    /// Whether its script is only written from left to right.
    fileprivate var goesToTheRight: Bool {
        !text.unicodeScalars.contains { scalar in
            switch Script(scalar) {
            case .hebrew, .arabic, .eastAsian: true
            default: false
            }
        }
    }
}
