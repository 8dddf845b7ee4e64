/// A rectangle on a page, in pixels of the upright page, the origin at its upper left corner.
///
/// On a page of plain text the unit is one character cell.
public struct Box: Hashable, Codable, Sendable {
    /// Distance of the left edge from the page's left edge.
    public var x: Int
    /// Distance of the upper edge from the page's upper edge.
    public var y: Int
    /// Extent to the right.
    public var width: Int
    /// Extent downwards.
    public var height: Int

    /// Creates a box from its upper left corner and its extent.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The x just past the right edge.
    public var maxX: Int { x + width }
    /// The y just past the lower edge.
    public var maxY: Int { y + height }
    /// The y half way down.
    public var midY: Int { y + height / 2 }

    /// The smallest box that holds both.
    public func union(_ other: Box) -> Box {
        let left = min(x, other.x)
        let top = min(y, other.y)
        return Box(
            x: left,
            y: top,
            width: max(maxX, other.maxX) - left,
            height: max(maxY, other.maxY) - top
        )
    }
}
