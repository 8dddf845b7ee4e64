/// The known word that a person most likely meant, or nil when none is near.
///
/// Near is: the same but for case, `_` and `-`, or the one begins with the other, or at most one edit
/// in three letters (an edit inserts, removes, replaces or swaps).
public func nearestWord(to word: String, among known: [String]) -> String? {
    let written = folded(word)
    guard !written.isEmpty, written.count <= 64 else { return nil }
    var best: (word: String, distance: Int)?
    for candidate in known {
        let other = folded(candidate)
        var distance = editDistance(written, other)
        let isBeginning =
            written.count >= 3 && (other.starts(with: written) || written.starts(with: other))
        if isBeginning { distance = min(distance, 1) }
        guard distance <= max(1, max(written.count, other.count) / 3) else { continue }
        // A word of one or two letters is an edit away from anything.
        guard distance == 0 || isBeginning || other.count > 2 else { continue }
        if distance < best?.distance ?? .max { best = (candidate, distance) }
    }
    return best?.word
}

private func folded(_ word: String) -> [Character] {
    word.lowercased().map { $0 == "_" ? "-" : $0 }
}

/// The least count of insertions, removals, replacements and swaps of neighbours.
private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var beforeLast: [Int] = []
    var last = Array(0...right.count)
    for (row, letter) in left.enumerated() {
        var current = [row + 1]
        for (column, other) in right.enumerated() {
            var distance = min(
                last[column] + (letter == other ? 0 : 1),
                last[column + 1] + 1,
                current[column] + 1
            )
            if row > 0, column > 0, letter == right[column - 1], other == left[row - 1] {
                distance = min(distance, beforeLast[column - 1] + 1)
            }
            current.append(distance)
        }
        (beforeLast, last) = (last, current)
    }
    return last[right.count]
}
