/// How the next token is chosen from the logits.
///
/// The default is greedy: the likeliest token, the same one every time.
public struct SamplingOptions: Sendable, Equatable {
    /// Divides the logits; 0 is greedy, and then top-k, top-p and min-p have no say.
    public var temperature: Double
    /// Only this many of the likeliest tokens are left; 0 leaves all.
    public var topK: Int
    /// Only the likeliest tokens that together have this probability are left; 1 leaves all.
    public var topP: Double
    /// Only tokens at least this likely, measured by the likeliest, are left; 0 leaves all.
    public var minP: Double
    /// Makes tokens of the prompt and of the answer so far less likely when above 1; 1 leaves them.
    public var repetitionPenalty: Double
    /// Subtracted from the logit of every token that the answer has already; 0 leaves them.
    public var presencePenalty: Double
    /// Where chance begins: the same seed gives the same answer.
    public var seed: UInt64

    /// Greedy, without penalties.
    public static let greedy = SamplingOptions()

    /// Collects the options.
    public init(
        temperature: Double = 0,
        topK: Int = 0,
        topP: Double = 1,
        minP: Double = 0,
        repetitionPenalty: Double = 1,
        presencePenalty: Double = 0,
        seed: UInt64 = 0
    ) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
        self.minP = minP
        self.repetitionPenalty = repetitionPenalty
        self.presencePenalty = presencePenalty
        self.seed = seed
    }

    /// Whether chance has no say.
    ///
    /// Below this temperature quotients of single precision overflow; vLLM draws the same line.
    public var isGreedy: Bool { temperature < 1e-5 }

    /// Refuses values that mean nothing.
    ///
    /// - Throws: ``GenerationFault/optionOutOfRange(name:value:)`` for the first such value.
    public func validate() throws(GenerationFault) {
        let largest = Double(Float.greatestFiniteMagnitude)
        let checks: [(name: String, value: Double, isGood: Bool)] = [
            ("temperature", temperature, temperature >= 0 && temperature <= largest),
            ("top-k", Double(topK), topK >= 0),
            ("top-p", topP, topP > 0 && topP <= 1),
            ("min-p", minP, minP >= 0 && minP <= 1),
            (
                "repetition-penalty", repetitionPenalty,
                repetitionPenalty >= 0.01 && repetitionPenalty <= 100
            ),
            ("presence-penalty", presencePenalty, abs(presencePenalty) <= 100),
        ]
        for check in checks where !check.isGood {
            throw .optionOutOfRange(name: check.name, value: check.value)
        }
    }
}
