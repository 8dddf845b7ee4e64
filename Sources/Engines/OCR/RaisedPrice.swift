internal import Imaging
internal import Records

/// A price with small raised decimals: `28⁷⁰`, two chains that are read as digits of one height.
struct RaisedPrice {
    let whole: LetterChain
    let decimals: LetterChain

    /// Prices tried on a page; the tallest first.
    private static let limit = 12
    /// Height of digits, on the searched picture, that a label gives its price.
    private static let leastHeight = 40

    /// The pairs of chains that stand like whole and decimals.
    static func pairs(among chains: [LetterChain]) -> [RaisedPrice] {
        var pairs = chains.compactMap { chain in
            chain.raisedParts.map { RaisedPrice(whole: $0.tall, decimals: $0.small) }
        }
        let tall = chains.filter { $0.height >= leastHeight && $0.marks.count <= 4 }
            .sorted { ($1.height, $0.left, $0.top) < ($0.height, $1.left, $1.top) }.prefix(60)
        let small = chains.filter { $0.marks.count <= 3 }.prefix(600)
        for whole in tall {
            for decimals in small where decimals.isInverted == whole.isInverted {
                let pair = RaisedPrice(whole: whole, decimals: decimals)
                if pair.fits { pairs.append(pair) }
            }
        }
        var distinct: [RaisedPrice] = []
        for pair in pairs.sorted(by: { $0.whole.height > $1.whole.height })
        where pair.whole.height >= leastHeight && distinct.count < limit {
            let isKnown = distinct.contains {
                $0.whole.isSame(as: pair.whole, within: 5)
                    && $0.decimals.isSame(as: pair.decimals, within: 5)
            }
            if !isKnown { distinct.append(pair) }
        }
        return distinct
    }

    /// Whether the decimals stand at the whole's upper right, half as high or less.
    private var fits: Bool {
        let height = whole.bottom - whole.top
        let small = decimals.bottom - decimals.top
        return 10 * small >= 3 * height && 10 * small <= 8 * height
            && abs(decimals.top - whole.top) <= height / 4
            && 4 * (whole.bottom - decimals.bottom) >= height
            && decimals.left - whole.right <= height / 2
            && decimals.left - whole.right >= -height / 5
            && decimals.width <= 2 * height && whole.width <= 3 * height
    }
}
