internal import Glibc
public import Tokenization

/// How likely a model holds each of several texts as its whole answer.
///
/// A text's probability is the product of its tokens' and of the end after them, each among all tokens of the vocabulary: it is that
/// of the model saying this text and nothing else. So a short text has no advantage over a long one that begins with it, and the
/// probabilities of several, divided by their sum, are those of the model's own answer given that it is one of them. Nothing is
/// divided by the length: that would prefer long texts whose later tokens follow from the first ones.
///
/// Source: comparing whole answers by their log-likelihood as in section 2.4 of "Language Models are Few-Shot Learners" (Brown et al.
/// 2020), without its normalisation by length.
public struct ContinuationScores<Model: LanguageModel>: Sendable {
    /// Tokens of a pass; logits of all are held at once.
    private static var rowsPerPass: Int { 32 }

    private let model: Model
    private let endTokens: [TokenID]

    /// Scores for a model.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - endTokens: Tokens that end an answer; any of them does.
    public init(_ model: Model, endTokens: Set<TokenID>) {
        self.model = model
        self.endTokens = endTokens.sorted().filter { $0 >= 0 && $0 < model.vocabularySize }
    }

    /// The logarithms of some texts' probabilities.
    ///
    /// All texts are fed in as few passes over the weights as memory allows.
    ///
    /// - Parameters:
    ///   - texts: Tokens of each, at least one.
    ///   - prompt: What the state does not hold yet, at least one token.
    ///   - state: The sequence; it holds the prompt afterwards.
    /// - Returns: A natural logarithm for each, in their order.
    /// - Throws: ``GenerationFault``.
    public func logProbabilities(
        of texts: [[TokenID]],
        after prompt: Model.Prompt,
        in state: Model.State
    ) async throws(GenerationFault) -> [Double] {
        let first = try await model.prefill(prompt, into: state, wanted: nil)
        guard first.rowCount == 1 else {
            throw .logitsMiscounted(found: first.rowCount, expected: 1)
        }
        let longest = texts.reduce(0) { max($0, $1.count) }
        guard state.tokenCount + longest <= model.contextLength else {
            throw .contextExceeded(
                needed: state.tokenCount + longest,
                limit: model.contextLength
            )
        }
        let beginning = try Row(first[0])
        var scores: [Double] = []
        var rest = texts[...]
        while !rest.isEmpty {
            var (count, rows) = (0, 0)
            for text in rest {
                guard count == 0 || rows + text.count <= Self.rowsPerPass else { break }
                count += 1
                rows += text.count
            }
            scores += try await score(rest.prefix(count), beginning, state)
            rest = rest.dropFirst(count)
        }
        return scores
    }

    private func score(
        _ texts: ArraySlice<[TokenID]>,
        _ beginning: Row,
        _ state: Model.State
    ) async throws(GenerationFault) -> [Double] {
        let runs = texts.map { TokenRun($0) }
        let logits = try await model.decode(runs, into: runs.map { _ in state.fork() })
        let expected = runs.reduce(0) { $0 + $1.tokens.count }
        guard logits.rowCount == expected else {
            throw .logitsMiscounted(found: logits.rowCount, expected: expected)
        }
        var scores: [Double] = []
        var place = 0
        for run in runs {
            var row = beginning
            var score = 0.0
            for token in run.tokens {
                score += row.logProbability(of: [token])
                row = try Row(logits[place])
                place += 1
            }
            scores.append(score + row.logProbability(of: endTokens))
        }
        return scores
    }

    /// The logits after a token, and what they are divided by.
    private struct Row {
        let logits: LogitsRow
        let sum: Double

        init(_ logits: LogitsRow) throws(GenerationFault) {
            if let token = logits.firstNotFinite { throw .logitsNotFinite(step: 0, token: token) }
            self.logits = logits
            sum = logSumExp(logits.elements)
        }

        /// The logarithm of the probability that one of some tokens comes next.
        func logProbability(of tokens: [TokenID]) -> Double {
            logSumExp(tokens.map { logits[$0] }) - sum
        }
    }
}

/// Shares of some logarithms of probabilities.
///
/// - Parameter logarithms: Natural logarithms.
/// - Returns: Numbers that add to 1, in their order; equal ones where every logarithm is minus infinity.
public func shares(ofLogProbabilities logarithms: [Double]) -> [Double] {
    guard let largest = logarithms.max(), largest > -.infinity else {
        return logarithms.map { _ in 1 / Double(logarithms.count) }
    }
    let weights = logarithms.map { exp($0 - largest) }
    let sum = weights.reduce(0, +)
    return weights.map { $0 / sum }
}
