/// The name of a number, 0 to 1, that tells how far a candidate can be trusted.
///
/// Names of other engines may be added; a name keeps its meaning once values were stored with it.
public struct Feature: RawRepresentable, Hashable, Codable, Sendable, CodingKeyRepresentable {
    /// The name as it is stored.
    public let rawValue: String

    /// Names a number.
    public init(rawValue: String) { self.rawValue = rawValue }

    /// How strong the rule that proposed it says it is.
    public static let score = Feature(rawValue: "score")
    /// How sure the reader was of the words at its place, on average over their signs.
    public static let words = Feature(rawValue: "words")
    /// How sure the reader was of the least sure word at its place.
    public static let weakestWord = Feature(rawValue: "weakest_word")
    /// That all words of a text were read right, as if each were right or wrong for itself.
    public static let allWords = Feature(rawValue: "all_words")
    /// How sure the reader was of the page's words, on average over their signs.
    public static let page = Feature(rawValue: "page")
    /// Whether a key word stands beside it: 1 as it is known, 0.5 with a wrong letter, 0 none.
    public static let key = Feature(rawValue: "key")
    /// What else on the document agrees with it: 0 nothing, 0.5 one thing, 1 two or more.
    public static let agreement = Feature(rawValue: "agreement")
    /// How far its score leads that of the best candidate of another content, as a share of its own: 1 without any.
    public static let lead = Feature(rawValue: "lead")
    /// How many candidates of other contents there are, in fifths.
    public static let rivals = Feature(rawValue: "rivals")

    /// That the value is of a kind, such as a date: 1, else not named at all.
    public static func kind(_ name: String) -> Feature { Feature(rawValue: "kind_" + name) }
}
