internal import CBarcodes

/// A bar code or matrix code as ZXing-C++ reads it.
public struct ScannedSymbol: Hashable, Sendable {
    /// ZXing's name of its kind, such as `EAN-13` or `QRCode`.
    public let format: String
    /// What it says.
    public let text: String
    /// Its corners in pixels.
    public let corners: [Corner]
    /// Rows of pixels in which a linear symbol was read alike; 0 for matrix codes, which correct errors themselves.
    public let rows: Int
    /// Whether the text follows GS1's rules.
    public let isGS1: Bool

    /// One corner in pixels of the picture.
    public struct Corner: Hashable, Sendable {
        /// From the left edge.
        public let x: Int
        /// From the upper edge.
        public let y: Int
    }

    /// Reads the symbols of a grey picture, whichever way they are turned.
    ///
    /// - Parameters:
    ///   - grey: one byte a pixel, 0 black to 255 white, top row first.
    ///   - width: pixels in a row.
    ///   - height: rows.
    ///   - limit: most symbols, up to 255.
    /// - Returns: the symbols; none where the library gave up.
    public static func scan(
        grey: [UInt8],
        width: Int,
        height: Int,
        limit: Int
    ) -> [ScannedSymbol] {
        precondition(width > 0 && height > 0 && grey.count == width * height)
        let list = unsafe grey.withUnsafeBufferPointer {
            unsafe barcodes_read($0.baseAddress, Int32(width), Int32(height), Int32(limit))
        }
        guard let list = unsafe list else { return [] }
        defer { unsafe barcodes_free(list) }
        return unsafe (0..<barcodes_count(list)).map { index in
            unsafe ScannedSymbol(barcodes_get(list, index))
        }
    }

    private init(_ symbol: barcodes_symbol) {
        format = unsafe String(cString: symbol.format)
        let bytes = unsafe UnsafeRawBufferPointer(start: symbol.text, count: symbol.length)
        text = unsafe String(decoding: bytes, as: UTF8.self)
        let (x, y) = unsafe (symbol.x, symbol.y)
        corners = [
            Corner(x: Int(x.0), y: Int(y.0)), Corner(x: Int(x.1), y: Int(y.1)),
            Corner(x: Int(x.2), y: Int(y.2)), Corner(x: Int(x.3), y: Int(y.3)),
        ]
        rows = unsafe Int(symbol.rows)
        isGS1 = unsafe symbol.is_gs1 != 0
    }
}
