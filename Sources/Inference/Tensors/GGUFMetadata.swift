public import SystemPackage

/// The metadata of a GGUF file: values by key, with their types checked where they are asked for.
public struct GGUFMetadata: Sendable {
    /// The file, for messages.
    public let file: FilePath
    /// All values.
    public let values: [String: GGUFValue]

    /// Finds a whole number.
    ///
    /// - Parameter key: Its key.
    /// - Returns: The number; nil when there is none.
    /// - Throws: ``WeightFault/unusableValue(file:key:)`` when the value is something else.
    public func integer(_ key: String) throws(WeightFault) -> Int? {
        try value(key) { $0.integer }
    }

    /// Finds a number, with or without a fraction.
    ///
    /// - Parameter key: Its key.
    /// - Returns: The number; nil when there is none.
    /// - Throws: ``WeightFault/unusableValue(file:key:)`` when the value is something else.
    public func number(_ key: String) throws(WeightFault) -> Double? {
        try value(key) { value in
            if case .float(let number) = value { number } else { value.integer.map(Double.init) }
        }
    }

    /// Finds a flag.
    ///
    /// - Parameter key: Its key.
    /// - Returns: The flag; nil when there is none.
    /// - Throws: ``WeightFault/unusableValue(file:key:)`` when the value is something else.
    public func flag(_ key: String) throws(WeightFault) -> Bool? {
        try value(key) { value in if case .flag(let flag) = value { flag } else { nil } }
    }

    /// Finds a text.
    ///
    /// - Parameter key: Its key.
    /// - Returns: The text; nil when there is none.
    /// - Throws: ``WeightFault/unusableValue(file:key:)`` when the value is something else.
    public func text(_ key: String) throws(WeightFault) -> String? {
        try value(key) { value in if case .text(let text) = value { text } else { nil } }
    }

    /// Finds an array of texts.
    ///
    /// - Parameter key: Its key.
    /// - Returns: The texts in order; nil when there is no such array.
    /// - Throws: ``WeightFault/unusableValue(file:key:)`` when the value is something else.
    public func texts(_ key: String) throws(WeightFault) -> [String]? {
        try array(key) { $0.texts() }
    }

    /// Finds an array of whole numbers.
    ///
    /// - Parameter key: Its key.
    /// - Returns: The numbers in order; nil when there is no such array.
    /// - Throws: ``WeightFault/unusableValue(file:key:)`` when the value is something else.
    public func integers(_ key: String) throws(WeightFault) -> [Int]? {
        try array(key) { $0.integers() }
    }

    /// Finds an array of numbers.
    ///
    /// - Parameter key: Its key.
    /// - Returns: The numbers in order; nil when there is no such array.
    /// - Throws: ``WeightFault/unusableValue(file:key:)`` when the value is something else.
    public func numbers(_ key: String) throws(WeightFault) -> [Double]? {
        try array(key) { $0.numbers() }
    }

    /// Finds an array of flags.
    ///
    /// - Parameter key: Its key.
    /// - Returns: The flags in order; nil when there is no such array.
    /// - Throws: ``WeightFault/unusableValue(file:key:)`` when the value is something else.
    public func flags(_ key: String) throws(WeightFault) -> [Bool]? {
        try array(key) { $0.flags() }
    }

    /// How many elements an array has, without reading them; nil when there is no such array.
    public func count(_ key: String) -> Int? {
        guard case .array(let array) = values[key] else { return nil }
        return array.count
    }

    /// Where some texts are in an array of texts.
    ///
    /// - Parameters:
    ///   - wanted: The texts to look for.
    ///   - key: The array's key.
    /// - Returns: The place of the first of each that is there; empty when there is no such array.
    public func places(of wanted: [String], in key: String) -> [String: Int] {
        guard case .array(let array) = values[key] else { return [:] }
        return array.places(of: wanted)
    }

    private func array<Element>(
        _ key: String,
        _ convert: (GGUFArray) -> [Element]?
    ) throws(WeightFault) -> [Element]? {
        try value(key) { value in
            if case .array(let array) = value { convert(array) } else { nil }
        }
    }

    private func value<Value>(
        _ key: String,
        _ convert: (GGUFValue) -> Value?
    ) throws(WeightFault) -> Value? {
        guard let value = values[key] else { return nil }
        guard let converted = convert(value) else {
            throw .unusableValue(file: file, key: key)
        }
        return converted
    }
}
