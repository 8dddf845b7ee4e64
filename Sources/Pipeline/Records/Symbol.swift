/// A bar code or matrix code that was read from a page's picture.
public struct Symbol: Hashable, Codable, Sendable {
    /// Kinds of bar codes and matrix codes.
    public enum Format: String, Codable, Sendable, CaseIterable {
        case ean13 = "EAN-13"
        case ean8 = "EAN-8"
        case upcA = "UPC-A"
        case upcE = "UPC-E"
        case code128 = "Code 128"
        case code39 = "Code 39"
        case code93 = "Code 93"
        case codabar = "Codabar"
        /// Interleaved two of five.
        case itf = "ITF"
        case dataBar = "DataBar"
        case dataBarExpanded = "DataBar Expanded"
        case qrCode = "QR Code"
        case microQRCode = "Micro QR Code"
        case dataMatrix = "Data Matrix"
        case pdf417 = "PDF417"
        case aztec = "Aztec"
        case maxiCode = "MaxiCode"

        /// Whether its digits are those of an article: EAN and UPC.
        public var isArticleNumber: Bool {
            switch self {
            case .ean13, .ean8, .upcA, .upcE: true
            default: false
            }
        }
    }

    /// What kind of symbol it is.
    public var format: Format
    /// What it says; never empty.
    public var text: String
    /// Where it is printed.
    public var box: Box
    /// How sure the reader was, 0 to 1.
    public var confidence: Double
    /// Whether the text is made of GS1's elements, such as an article number and a best-before date.
    public var isGS1: Bool

    /// Creates a symbol.
    public init(
        format: Format,
        text: String,
        box: Box,
        confidence: Double,
        isGS1: Bool = false
    ) {
        self.format = format
        self.text = text
        self.box = box
        self.confidence = confidence
        self.isGS1 = isGS1
    }
}
