internal import Barcodes
internal import Imaging
internal import Records

/// Reads the bar codes and matrix codes of a page.
enum SymbolReading {
    /// Longest side of the picture that is searched: at 300 dots an inch a page of A4 keeps more than two pixels for the
    /// narrowest bar of a code at its full size.
    private static let longestSide = 2400
    /// Most symbols of a page.
    static let symbolLimit = 100
    /// Rows from which on a linear symbol without a check digit is no accident.
    private static let plainRows = 3

    /// The symbols of a page, from top to bottom.
    ///
    /// - Parameters:
    ///   - picture: the page, upright by EXIF.
    ///   - turnedBy: clockwise degrees by which its words' boxes are turned.
    /// - Returns: the symbols, with boxes in pixels of the turned page.
    /// - Throws: `PictureError` when memory is short.
    static func symbols(of picture: borrowing Picture, turnedBy: Int) throws -> [Symbol] {
        let grey = try picture.grey().scaled(toFit: longestSide)
        let searched = try turnedBy == 0 ? grey : grey.rotated(quarterTurns: turnedBy / 90)
        let found = ScannedSymbol.scan(
            grey: try searched.greyBytes(),
            width: searched.width,
            height: searched.height,
            limit: symbolLimit
        )
        let isSideways = turnedBy % 180 != 0
        let x = Double(isSideways ? picture.height : picture.width) / Double(searched.width)
        let y = Double(isSideways ? picture.width : picture.height) / Double(searched.height)
        return found.compactMap { symbol($0, xFactor: x, yFactor: y) }
            .sorted { ($0.box.y, $0.box.x, $0.text) < ($1.box.y, $1.box.x, $1.text) }
    }

    private static func symbol(
        _ found: ScannedSymbol,
        xFactor: Double,
        yFactor: Double
    ) -> Symbol? {
        guard let format = formats[found.format], !found.text.isEmpty else { return nil }
        let confidence: Double
        switch format {
        case .code39, .codabar, .itf:
            guard found.rows >= plainRows, found.text.count >= 4 else { return nil }
            confidence = found.rows >= 2 * plainRows ? 0.97 : 0.85
        case .ean13, .ean8, .upcA, .upcE, .code128, .code93, .dataBar, .dataBarExpanded:
            confidence = found.rows >= plainRows ? 0.99 : 0.93
        case .qrCode, .microQRCode, .dataMatrix, .pdf417, .aztec, .maxiCode:
            confidence = 0.99
        }
        let xs = found.corners.map { Double($0.x) * xFactor }
        let ys = found.corners.map { Double($0.y) * yFactor }
        let left = Int((xs.min() ?? 0).rounded(.down))
        let top = Int((ys.min() ?? 0).rounded(.down))
        return Symbol(
            format: format,
            text: found.text,
            box: Box(
                x: left,
                y: top,
                width: max(1, Int((xs.max() ?? 0).rounded(.up)) - left),
                height: max(1, Int((ys.max() ?? 0).rounded(.up)) - top)
            ),
            confidence: confidence,
            isGS1: found.isGS1
        )
    }

    private static let formats: [String: Symbol.Format] = [
        "EAN-13": .ean13, "EAN-8": .ean8, "UPC-A": .upcA, "UPC-E": .upcE, "Code128": .code128,
        "Code39": .code39, "Code93": .code93, "Codabar": .codabar, "ITF": .itf,
        "DataBar": .dataBar, "DataBarExpanded": .dataBarExpanded, "QRCode": .qrCode,
        "MicroQRCode": .microQRCode, "DataMatrix": .dataMatrix, "PDF417": .pdf417,
        "Aztec": .aztec, "MaxiCode": .maxiCode,
    ]
}
