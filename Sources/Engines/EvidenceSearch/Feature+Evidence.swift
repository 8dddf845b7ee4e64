public import Records

extension Feature {
    /// How much of a model's answer is printed at its place, 0 to 1; 0 where it is not found.
    public static let similarity = Feature(rawValue: "similarity")
    /// Whether a model's answer is found nowhere on the pages.
    public static let unfound = Feature(rawValue: "unfound")
    /// How many other places agree with an amount as well, in fifths, where no key word of its field stands beside any.
    public static let places = Feature(rawValue: "places")
    /// Whether the key word of another value stands beside a model's answer.
    public static let otherKey = Feature(rawValue: "other_key")
    /// Whether an unsure digit was taken for one of like shape to find a model's answer.
    public static let doubtfulDigit = Feature(rawValue: "doubtful_digit")
    /// Whether rules looked for values of the document at all.
    public static let rules = Feature(rawValue: "rules")
    /// How sure the rules are of the same content, where it is their best.
    public static let rulesAgree = Feature(rawValue: "rules_agree")
    /// How sure the rules are of the same words with a few letters misread, where that is their best.
    public static let rulesNear = Feature(rawValue: "rules_near")
    /// Whether the content is among the rules' candidates, but not their best.
    public static let rulesSecond = Feature(rawValue: "rules_second")
    /// How sure the rules are of another content, where it is their best.
    public static let rulesAgainst = Feature(rawValue: "rules_against")
    /// Whether sums of the answer, or its own check digits, agree with it.
    public static let proof = Feature(rawValue: "proof")
    /// Whether it is a model's answer: 1, else not named at all.
    public static let model = Feature(rawValue: "model")

    /// That a model's answer agrees with the page in a way, such as by meaning: 1, else not named at all.
    static func match(_ method: EvidenceMatch.Method) -> Feature {
        Feature(rawValue: "match_" + method.rawValue)
    }
}
