/// A value of GGUF metadata.
public enum GGUFValue: Sendable {
    /// A whole number from 0, of any width.
    case unsigned(UInt64)
    /// A whole number of a signed type, of any width.
    case signed(Int64)
    /// A number with a fraction, of either width.
    case float(Double)
    /// Yes or no.
    case flag(Bool)
    /// Text.
    case text(String)
    /// Several values of one type, still in the file.
    case array(GGUFArray)

    /// The types that values have in files, by their number there.
    public enum Kind: UInt32, Sendable {
        case uint8 = 0
        case int8
        case uint16
        case int16
        case uint32
        case int32
        case float32
        case bool
        case string
        case array
        case uint64
        case int64
        case float64

        /// The fewest bytes that one takes.
        var leastBytes: Int {
            switch self {
            case .uint8, .int8, .bool: 1
            case .uint16, .int16: 2
            case .uint32, .int32, .float32: 4
            case .uint64, .int64, .float64, .string: 8
            case .array: 12
            }
        }
    }

    /// The whole number that it is, of either sign.
    var integer: Int? {
        switch self {
        case .unsigned(let number): Int(exactly: number)
        case .signed(let number): Int(exactly: number)
        default: nil
        }
    }
}

/// An array of GGUF metadata: where it lies; its elements are read on demand.
public struct GGUFArray: Sendable {
    /// What its elements are.
    public let kind: GGUFValue.Kind
    /// How many there are; that many are in the file.
    public let count: Int
    let file: MappedFile
    let range: Range<Int>

    /// The most bytes of text that are taken from one array into memory; Qwen's 151,936 tokens are 1.1 million.
    public static let mostText = 64 << 20
    /// The most elements that are taken from one array into memory.
    public static let mostElements = 1 << 22

    /// Its texts.
    ///
    /// - Returns: The texts in order, or nil when the elements are none, are too many or are not UTF-8.
    public func texts() -> [String]? {
        guard kind == .string, count <= Self.mostElements, range.count <= Self.mostText else {
            return nil
        }
        var reader = ByteReader(file, range)
        var texts: [String] = []
        texts.reserveCapacity(count)
        for _ in 0..<count {
            guard let length = reader.integer(UInt64.self), length <= UInt64(reader.remaining),
                let text = reader.text(Int(length))
            else { return nil }
            texts.append(text)
        }
        return texts
    }

    /// Where some texts are, without making a text of every element.
    ///
    /// - Parameter wanted: The texts to look for.
    /// - Returns: The place of the first of each that is there.
    public func places(of wanted: [String]) -> [String: Int] {
        guard kind == .string else { return [:] }
        let lengths = Set(wanted.map(\.utf8.count))
        let wanted = Set(wanted)
        var reader = ByteReader(file, range)
        var places: [String: Int] = [:]
        for index in 0..<count {
            guard let length = reader.integer(UInt64.self), length <= UInt64(reader.remaining)
            else { return places }
            guard lengths.contains(Int(length)) else {
                guard reader.skip(Int(length)) else { return places }
                continue
            }
            guard let text = reader.text(Int(length)), wanted.contains(text), places[text] == nil
            else { continue }
            places[text] = index
        }
        return places
    }

    /// Its whole numbers.
    ///
    /// - Returns: The numbers in order, or nil when the elements are none, are too many or do not fit `Int`.
    public func integers() -> [Int]? {
        elements { $0.integer }
    }

    /// Its numbers.
    ///
    /// - Returns: The numbers in order, or nil when the elements are none or are too many.
    public func numbers() -> [Double]? {
        elements { value in
            if case .float(let number) = value { number } else { value.integer.map(Double.init) }
        }
    }

    /// Its flags.
    ///
    /// - Returns: The flags in order, or nil when the elements are none or are too many.
    public func flags() -> [Bool]? {
        elements { value in
            if case .flag(let flag) = value { flag } else { nil }
        }
    }

    private func elements<Element>(_ convert: (GGUFValue) -> Element?) -> [Element]? {
        guard count <= Self.mostElements else { return nil }
        var reader = ByteReader(file, range)
        var elements: [Element] = []
        elements.reserveCapacity(count)
        for _ in 0..<count {
            guard let value = reader.scalar(kind), let element = convert(value) else { return nil }
            elements.append(element)
        }
        return elements
    }
}

extension ByteReader {
    /// Takes a value that is neither text nor array; nil for those, and when the bytes end.
    mutating func scalar(_ kind: GGUFValue.Kind) -> GGUFValue? {
        switch kind {
        case .uint8: byte().map { .unsigned(UInt64($0)) }
        case .int8: byte().map { .signed(Int64(Int8(bitPattern: $0))) }
        case .uint16: integer(UInt16.self).map { .unsigned(UInt64($0)) }
        case .int16: integer(Int16.self).map { .signed(Int64($0)) }
        case .uint32: integer(UInt32.self).map { .unsigned(UInt64($0)) }
        case .int32: integer(Int32.self).map { .signed(Int64($0)) }
        case .uint64: integer(UInt64.self).map { .unsigned($0) }
        case .int64: integer(Int64.self).map { .signed($0) }
        case .float32: integer(UInt32.self).map { .float(Double(Float(bitPattern: $0))) }
        case .float64: integer(UInt64.self).map { .float(Double(bitPattern: $0)) }
        case .bool: byte().map { .flag($0 != 0) }
        case .string, .array: nil
        }
    }
}
