import Records

/// What speaks against a value, in words for the person who is asked to look.
struct Doubt {
    private let candidate: Candidate
    private let rival: Candidate?

    /// Takes a value and the best candidate of another content, if there is one.
    init(_ candidate: Candidate, rival: Candidate?) {
        self.candidate = candidate
        self.rival = rival
    }

    /// `total "53.30" is 42 % sure: no key word stands beside it, and "48.20" is nearly as likely`.
    var sentence: String {
        let value =
            "\(candidate.field) \"\(candidate.printed)\" is \(Self.percent(candidate.confidence)) sure"
        // Two are enough to know where to look.
        let reasons = self.reasons.prefix(2).joined(separator: ", and ")
        return reasons.isEmpty ? value : value + ": " + reasons
    }

    /// Most words of a rival's print that are quoted.
    private static let quoted = 60

    private var reasons: [String] {
        var reasons: [String] = []
        if let words = candidate.features[.words], words < 0.6 {
            reasons.append("its words were read with \(Self.percent(words)) certainty")
        } else if let word = candidate.features[.weakestWord], word < 0.5 {
            reasons.append("one of its words was read with \(Self.percent(word)) certainty")
        }
        if let rival, let lead = candidate.features[.lead], lead < 0.15 {
            reasons.append("\"\(rival.printed.prefix(Self.quoted))\" is nearly as likely")
        }
        if isTold(byKey: candidate), let key = candidate.features[.key] {
            if key == 0 { reasons.append("no key word stands beside it") }
            if key > 0, key < 1 { reasons.append("its key word is misspelt") }
        }
        if let page = candidate.features[.page], page < 0.6 {
            reasons.append("the page was read with \(Self.percent(page)) certainty")
        }
        // Where nothing in particular is wrong, the rule itself is a weak one.
        if reasons.isEmpty, !candidate.reason.isEmpty, candidate.features[.score] != nil {
            reasons.append("it is only known as “\(candidate.reason)”")
        }
        return reasons
    }

    /// Whether a key word is to be expected: none stands beside a shop's name or the largest print of a label.
    private func isTold(byKey candidate: Candidate) -> Bool {
        switch candidate.content {
        case .money, .number, .identifier, .date: true
        case .text, .currency, .label, .list: false
        }
    }

    private static func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
}
