/// Brings together the lines of two readings of a page.
///
/// The order is that of the first reading. A line that the other reading has surer stands in its place, and a line
/// that only the other one found is put where it lies.
struct LineMatch {
    /// Whether lines may be added: not on pages of several columns, whose order a line's height does not tell.
    let mayInsert: Bool

    /// By how many points of confidence the other's line must be surer.
    private static let surer = 3.0
    /// Share of the characters that it must have at least.
    private static let leastShare = 0.8
    /// Confidence and characters below which a line that only one reading found is taken for grain.
    private static let insertedConfidence = 60.0
    private static let insertedLength = 3

    /// The first reading's lines with those of the other that are better or new.
    func merged(_ lines: [TextLine], with others: [TextLine]) -> [TextLine] {
        var over = Array(repeating: [Int](), count: lines.count)
        var matches = Array(repeating: 0, count: others.count)
        for (number, other) in others.enumerated() {
            for (index, line) in lines.enumerated() where other.lies(over: line) {
                over[index].append(number)
                matches[number] += 1
            }
        }
        var merged = zip(lines, over).map { line, numbers in
            // Where one reading divides what the other has in one, neither is the other's equal.
            guard numbers.count == 1, matches[numbers[0]] == 1 else { return line }
            let other = others[numbers[0]]
            let isBetter =
                other.confidence > line.confidence + LineMatch.surer
                && Double(other.length) >= LineMatch.leastShare * Double(line.length)
            return isBetter ? other.moved(toBlock: line.block) : line
        }
        guard mayInsert else { return merged }
        for (number, other) in others.enumerated()
        where matches[number] == 0 && other.confidence >= LineMatch.insertedConfidence
            && other.length >= LineMatch.insertedLength
        {
            let place = merged.firstIndex { $0.middle > other.middle } ?? merged.endIndex
            let neighbour = merged.isEmpty ? nil : merged[min(place, merged.count - 1)]
            merged.insert(
                other.moved(toBlock: neighbour?.block ?? 0, isAdded: true),
                at: place
            )
        }
        return merged
    }
}
