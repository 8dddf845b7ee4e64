/// How packed files are laid out, and the sizes that follow.
public enum PackedLayout {
    /// The number of the layout that is written and read.
    ///
    /// It goes up whenever a file that was written before would be read wrongly: another order in the panels, another rotation of the
    /// groups, other keys in the table of contents.
    public static let version: UInt32 = 1
    /// What sections begin at multiples of: a line of the processor's cache.
    public static let alignment = 64
    /// The most bytes of a table of contents; that of a 2B model has 200,000.
    public static let longestContents = 8 << 20
    /// How the names of packed files end.
    public static let suffix = ".docket"

    /// The next multiple of ``alignment``; nil beyond all numbers.
    static func aligned(_ offset: Int) -> Int? {
        let (sum, overflow) = offset.addingReportingOverflow(alignment - 1)
        return overflow ? nil : sum & ~(alignment - 1)
    }

    /// Bytes of a tensor.
    ///
    /// - Parameters:
    ///   - form: How it lies.
    ///   - shape: Its sizes, each from 0.
    /// - Returns: The count; nil where the form cannot hold such a shape, or no file can.
    static func byteCount(_ form: WeightForm, shape: [Int]) -> Int? {
        guard let elements = SafetensorsHeader.product(shape) else { return nil }
        switch form {
        case .rows(let type):
            guard type.blockElements == 1 else { return nil }
            return form.byteCount(rows: 1, columns: elements)
        case .packed:
            guard shape.count > 1, elements > 0 else { return nil }
            return form.byteCount(rows: shape[0], columns: elements / shape[0])
        }
    }
}

extension WeightForm {
    /// The word for it in packed files and listings.
    public var name: String {
        switch self {
        case .rows(let type): type.rawValue
        case .packed(let form): form.rawValue
        }
    }

    /// Reads the word of a packed file.
    init?(packedFile word: String) {
        if let form = PackedForm(rawValue: word) {
            self = .packed(form)
        } else if let type = ElementType(rawValue: word), type == .bfloat16 || type == .float32 {
            self = .rows(type)
        } else {
            return nil
        }
    }
}
