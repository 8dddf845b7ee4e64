import Records

/// Finds what stands to the right of a key word, or below it in the same column.
struct BesideKey {
    /// Where a value stands, seen from its key.
    enum Relation: String {
        case right = "right of"
        case below = "below"
    }

    /// Words that may be the value.
    struct Place {
        let row: Int
        let words: Range<Int>
        let relation: Relation
        let keyRow: Int
        let key: RowKey
    }

    let rows: [PageRow]

    /// The words that stand beside a key: to its right, up to the next key unless that may be the value, or below.
    func places(of key: RowKey, in index: Int, mayBeKeys: Bool = false) -> [Place] {
        var places: [Place] = []
        let row = rows[index]
        let next = mayBeKeys ? row.words.count : nextKey(after: key, in: row)
        if key.words.upperBound < next {
            places.append(
                Place(
                    row: index,
                    words: key.words.upperBound..<next,
                    relation: .right,
                    keyRow: index,
                    key: key
                )
            )
        }
        places += columnBelow(key, in: index)
        return places
    }

    /// Index of the word where the next key begins.
    private func nextKey(after key: RowKey, in row: PageRow) -> Int {
        // Keys are in order; the first behind this one is found by halving.
        var low = 0
        var high = row.keys.count
        while low < high {
            let middle = (low + high) / 2
            if row.keys[middle].words.lowerBound < key.words.upperBound {
                low = middle + 1
            } else {
                high = middle
            }
        }
        // "INV" within INV/2023/0008 is part of a code, not the next key.
        while low < row.keys.count, row.words[row.keys[low].words.lowerBound].digitCount > 0 {
            low += 1
        }
        return low < row.keys.count ? row.keys[low].words.lowerBound : row.words.count
    }

    /// The words under a key in the next rows, as far as no wide space cuts them off.
    private func columnBelow(_ key: RowKey, in index: Int) -> [Place] {
        var places: [Place] = []
        let row = rows[index]
        let box = row.box(of: key.words)
        let margin = row.isPlainText ? 1 : row.letterHeight
        let reach = row.isPlainText ? 2 : row.letterHeight * 4
        for below in (index + 1)..<min(index + 4, rows.count) where places.isEmpty {
            let candidate = rows[below]
            guard candidate.page == row.page, candidate.box.y - box.maxY <= reach else { break }
            var first = candidate.firstWord(beyond: box.x - margin)
            guard first < candidate.words.count, candidate.words[first].box.x <= box.maxX + margin
            else { continue }
            // The value may begin left of the key's edge; a wide space bounds it. Long rows are not walked.
            let earliest = max(0, first - 8)
            while first > earliest, !candidate.isColumnGap(before: first) { first -= 1 }
            var end = first + 1
            while end < candidate.words.count, end - first < 24, !candidate.isColumnGap(before: end)
            { end += 1 }
            places.append(
                Place(row: below, words: first..<end, relation: .below, keyRow: index, key: key)
            )
        }
        return places
    }

    /// The reason in words: `right of "TOTAL"`.
    static func reason(_ place: Place) -> String {
        "\(place.relation.rawValue) “\(place.key.printed)”"
    }

    /// How much the place itself says: to the right of a long, exact key is best.
    static func strength(_ place: Place) -> Double {
        var strength = place.relation == .right ? 0.88 : 0.74
        if place.key.isInexact { strength *= 0.88 }
        if place.key.length <= 3 { strength *= 0.9 }
        return strength
    }
}
