/// How much of chat completions a server understands, as far as it has said.
///
/// It is asked for everything at first. What it refuses by name is left out for the rest of the run.
struct ChatDialect: Equatable, Sendable {
    /// How an answer is held to its form, from the surest on.
    enum Format: Int, Comparable, Sendable {
        /// By the schema.
        case schema
        /// By the schema without lengths, patterns and ranges, which some servers do not know.
        case looseSchema
        /// JSON of any kind; the schema stands in the prompt.
        case object
        /// Not at all; the schema stands in the prompt.
        case none

        static func < (left: Format, right: Format) -> Bool { left.rawValue < right.rawValue }
    }

    /// What can be left out, by its name.
    enum Extra: String, CaseIterable, Sendable {
        case templateSettings = "chat_template_kwargs"
        case streamOptions = "stream_options"
        case logprobs
        case seed
        case temperature
        case stream
    }

    private(set) var format = Format.schema
    private(set) var leftOut: Set<Extra> = []
    /// What the most tokens of an answer are called: OpenAI's newer models know the second name only.
    private(set) var lengthKey = "max_tokens"
    /// Alternatives of a token that are asked for.
    private(set) var mostShares = 20

    /// Whether something is asked for.
    func takes(_ extra: Extra) -> Bool { !leftOut.contains(extra) }

    /// Learns from a refusal.
    ///
    /// - Parameters:
    ///   - refusal: What the server said, which counts for what it names only.
    ///   - hasFormat: Whether a form was asked for.
    /// - Returns: Whether anything is asked otherwise from now on.
    mutating func learn(from refusal: AttemptFault.Refusal, hasFormat: Bool) -> Bool {
        let named = NamedParameters(refusal)
        if lengthKey == "max_tokens", named.contains("max_completion_tokens") {
            lengthKey = "max_completion_tokens"
            return true
        }
        for extra in Extra.allCases where takes(extra) {
            if extra == .logprobs, named.contains("top_logprobs") {
                // Some allow fewer.
                if mostShares > 5 { mostShares = 5 } else { leftOut.insert(extra) }
                return true
            }
            guard named.contains(extra.rawValue) else { continue }
            leftOut.insert(extra)
            return true
        }
        let formatWords = [
            "response_format", "json_schema", "json schema", "json_object", "schema", "grammar",
            "guided", "structured output",
        ]
        guard hasFormat, formatWords.contains(where: named.words.contains) else { return false }
        return loosen(from: format)
    }

    /// Holds answers to their form one step less from now on.
    ///
    /// - Parameter used: What was of no use; where another question has learnt it meanwhile, nothing changes.
    /// - Returns: Whether anything changes.
    mutating func loosen(from used: Format) -> Bool {
        guard used == format, let next = Format(rawValue: format.rawValue + 1) else { return false }
        format = next
        return true
    }
}
