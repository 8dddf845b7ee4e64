import Records

/// Where a value may stand, seen from words that a user named.
struct FormPlaces {
    let rows: [PageRow]
    let scope: FormScope

    /// Some words of one row.
    typealias Piece = (row: Int, words: Range<Int>)

    /// Rows that are looked at below or above a key where the form does not say.
    private static let usualReach = 3

    /// The pieces on one side of a key, the nearest first.
    ///
    /// - Parameters:
    ///   - place: the side.
    ///   - key: the key.
    ///   - index: the key's row.
    ///   - lines: how many lines the value can take up or stand away.
    /// - Returns: the pieces that lie in the scope.
    func pieces(_ place: FormRule.Place, of key: RowKey, in index: Int, lines: Int?) -> [Piece] {
        let pieces: [Piece]
        switch place {
        case .right: pieces = right(of: key, in: index, lines: lines ?? 1)
        case .left: pieces = left(of: key, in: index)
        case .below: pieces = column(key, in: index, step: 1, lines: lines)
        case .above: pieces = column(key, in: index, step: -1, lines: lines)
        }
        return pieces.compactMap { piece in
            guard let allowed = scope.words(of: piece.row) else { return nil }
            let words = piece.words.clamped(to: allowed)
            return words.isEmpty ? nil : (piece.row, words)
        }
    }

    private func right(of key: RowKey, in index: Int, lines: Int) -> [Piece] {
        let row = rows[index]
        var pieces: [Piece] = []
        if key.words.upperBound < row.words.count {
            pieces.append((index, key.words.upperBound..<row.words.count))
        }
        // What goes on in the next lines stands under the value, not under the key.
        let edge = row.box(of: key.words).maxX
        for below in (index + 1)..<max(index + 1, min(index + lines, rows.count)) {
            guard rows[below].page == row.page else { break }
            let first = rows[below].words.firstIndex { $0.box.x >= edge }
            if let first { pieces.append((below, first..<rows[below].words.count)) }
        }
        return pieces
    }

    private func left(of key: RowKey, in index: Int) -> [Piece] {
        key.words.lowerBound > 0 ? [(index, 0..<key.words.lowerBound)] : []
    }

    /// The words over or under a key, as far as no wide space cuts them off.
    private func column(_ key: RowKey, in index: Int, step: Int, lines: Int?) -> [Piece] {
        let row = rows[index]
        let margin = row.isPlainText ? 1 : row.letterHeight
        // Without a count of lines, what stands far away belongs to something else.
        let reach = lines != nil ? Int.max : (row.isPlainText ? 3 : row.letterHeight * 6)
        let box = row.box(of: key.words)
        var pieces: [Piece] = []
        var other = index + step
        while rows.indices.contains(other), rows[other].page == row.page,
            pieces.count < lines ?? Self.usualReach
        {
            defer { other += step }
            let candidate = rows[other]
            let gap = step > 0 ? candidate.box.y - row.box.maxY : row.box.y - candidate.box.maxY
            guard gap <= reach else { break }
            let words = candidate.words.indices.filter {
                let word = candidate.words[$0].box
                return word.maxX > box.x - margin && word.x < box.maxX + margin
            }
            guard var first = words.first, var end = words.last.map({ $0 + 1 }) else { continue }
            let earliest = max(0, first - 30)
            while first > earliest, !candidate.isColumnGap(before: first) { first -= 1 }
            let latest = min(candidate.words.count, end + 30)
            while end < latest, !candidate.isColumnGap(before: end) { end += 1 }
            pieces.append((other, first..<end))
        }
        return pieces
    }
}
