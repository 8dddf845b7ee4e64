/// How alike two pictures are to the cache, in numbers: for measuring it.
package struct Likeness: Sendable {
    /// Bits in which their hashes differ.
    package let distance: Int
    /// Whether an index with the first would find it for the second.
    package let areNeighbours: Bool
    /// What is left in the worst window, in units of what is expected; infinite for other sides.
    package let worst: Float
    /// The most that the mean colour of a window differs.
    package let worstColour: Float
    /// Whether their pixels are the same to a model.
    package let agrees: Bool

    /// Compares two pictures.
    package init(_ one: SeenPicture, _ other: SeenPicture) {
        let (first, second) = (ComparisonPicture(one.picture), ComparisonPicture(other.picture))
        let (hash, probes) = (PictureHash(first), PictureHash(second))
        distance = hash.distance(to: probes)
        areNeighbours =
            distance <= CacheSession.radius
            && !Set(hash.bands).isDisjoint(with: probes.probes)
        let comparison = PictureComparison(first, second)
        worst = comparison.worst
        worstColour = comparison.worstColour
        agrees = comparison.agrees(reduction: other.reduction)
    }
}
