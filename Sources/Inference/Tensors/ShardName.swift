/// The name of one part of a model that was split: `model-00002-of-00003.safetensors`.
public struct ShardName: Sendable, Equatable {
    /// What comes before the number: `model`.
    public let stem: String
    /// Which part this is, from 1.
    public let number: Int
    /// How many there are.
    public let count: Int
    /// The file's suffix with its dot.
    public let suffix: String

    /// Parts that a model is split into at most.
    public static let most = 9_999

    /// Takes a file's name apart, where it is one of a series.
    ///
    /// - Parameters:
    ///   - name: The file's name.
    ///   - suffix: The suffix that it must have, with its dot.
    public init?(_ name: String, suffix: String) {
        guard name.hasSuffix(suffix) else { return nil }
        let words = name.dropLast(suffix.count).split(
            separator: "-",
            omittingEmptySubsequences: false
        )
        guard words.count >= 4, words[words.count - 2] == "of",
            words[words.count - 1].count == 5, words[words.count - 3].count == 5,
            // a sign would be read as part of a number
            (words[words.count - 1] + words[words.count - 3]).utf8.allSatisfy({ 48...57 ~= $0 }),
            let count = Int(words[words.count - 1]), let number = Int(words[words.count - 3]),
            (1...Self.most).contains(count), (1...count).contains(number)
        else { return nil }
        stem = words.dropLast(3).joined(separator: "-")
        self.number = number
        self.count = count
        self.suffix = suffix
    }

    /// The names of all parts, in order.
    public var allNames: [String] { (1...count).map(name(of:)) }

    /// The name of a part.
    private func name(of part: Int) -> String {
        "\(stem)-\(Self.digits(part))-of-\(Self.digits(count))\(suffix)"
    }

    private static func digits(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
