internal import Qwen

extension RGBPicture {
    /// The picture turned clockwise.
    ///
    /// - Parameter degrees: 0, 90, 180 or 270; what lies between is taken for the next smaller.
    /// - Returns: The turned picture.
    func turned(by degrees: Int) -> RGBPicture {
        let quarters = ((degrees / 90) % 4 + 4) % 4
        guard quarters > 0 else { return self }
        let (wide, high) = quarters == 2 ? (width, height) : (height, width)
        var turned = [UInt8](repeating: 0, count: pixels.count)
        for row in 0..<height {
            for column in 0..<width {
                let (newRow, newColumn) =
                    switch quarters {
                    case 1: (column, height - 1 - row)
                    case 2: (height - 1 - row, width - 1 - column)
                    default: (width - 1 - column, row)
                    }
                let (from, to) = (3 * (row * width + column), 3 * (newRow * wide + newColumn))
                for colour in 0..<3 { turned[to + colour] = pixels[from + colour] }
            }
        }
        return RGBPicture(width: wide, height: high, pixels: turned)
    }
}
