import ArgumentParser
import Generation

/// How an answer is made.
struct AnswerOptions: ParsableArguments {
    @Option(help: "Tokens that the answer may have.")
    var maxTokens = 256

    @Option(help: "0 takes the likeliest token each time; above, chance has its say.")
    var temperature = 0.0

    @Option(help: "Chance takes only so many of the likeliest tokens; 0 takes all.")
    var topK = 0

    @Option(help: "Chance takes only the likeliest tokens that together have this probability.")
    var topP = 1.0

    @Option(help: "Chance takes only tokens with this share of the likeliest's probability.")
    var minP = 0.0

    @Option(help: "Above 1, makes tokens of question and answer less likely to come again.")
    var repetitionPenalty = 1.0

    @Option(help: "Taken once from the logit of every token that the answer has already.")
    var presencePenalty = 0.0

    @Option(help: "Where chance begins; the same seed gives the same answer.")
    var seed: UInt64?

    @Option(
        help: ArgumentHelp(
            "Ends the answer before this text; may be repeated.",
            valueName: "text"
        )
    )
    var stop: [String] = []

    @Flag(help: "Let an answer go on that says the same over and over.")
    var allowRepetition = false

    @Flag(
        name: .customLong("no-speculation"),
        help: """
            Compute each token in a pass of its own, also where the answer quotes the question, a text or a draft.
            """
    )
    var avoidsSpeculation = false

    @Flag(help: "Let a model that can think aloud do so first; its thoughts are not printed.")
    var think = false

    func validate() throws {
        guard maxTokens >= 1 else {
            throw ValidationError("--max-tokens \(maxTokens): expected 1 or more")
        }
        guard !stop.contains("") else { throw ValidationError("--stop: expected some text") }
    }

    /// The same for the generator.
    ///
    /// - Parameter logProbabilities: How many likely tokens are reported at each step.
    /// - Returns: The options, with a seed by chance where none was given.
    /// - Throws: `Fault` for a value out of range.
    func options(logProbabilities: Int?) throws(Fault) -> GenerationOptions {
        let sampling = SamplingOptions(
            temperature: temperature,
            topK: topK,
            topP: topP,
            minP: minP,
            repetitionPenalty: repetitionPenalty,
            presencePenalty: presencePenalty,
            seed: seed ?? UInt64.random(in: 0...UInt64(UInt32.max))
        )
        do {
            try sampling.validate()
        } catch {
            throw Fault(generation: error)
        }
        return GenerationOptions(
            sampling: sampling,
            maxTokens: maxTokens,
            stopStrings: stop,
            repetitionLimits: allowRepetition ? nil : .standard,
            logProbabilities: logProbabilities,
            speculation: avoidsSpeculation ? .off : .whenItPays
        )
    }
}
