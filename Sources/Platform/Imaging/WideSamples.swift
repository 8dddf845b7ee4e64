internal import CPictures

/// What becomes of the 16-bit samples of a PNG, of which a picture here keeps 8 bits.
public enum WideSamples: String, Codable, Sendable, CaseIterable {
    /// The nearest of 256 levels: the truest picture, and what is read by OCR.
    case nearest
    /// The high byte: what most programs show, and what the models were trained on in colour.
    case highByte
    /// Grey above 255 becomes white, as Pillow converts it; colour and alpha keep their high byte.
    case saturated

    /// The number by which the C decoders know it.
    var code: Int32 {
        switch self {
        case .nearest: Int32(PICTURES_NEAREST)
        case .highByte: Int32(PICTURES_HIGH_BYTE)
        case .saturated: Int32(PICTURES_SATURATED)
        }
    }
}
