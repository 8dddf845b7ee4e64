import Foundation
import Generation
import Grammar
import Synchronization
import SystemPackage
import Tokenization

/// The tokenizer of `fixtures/tokenizer`.
enum SmallTokenizer {
    static let tokenizer = Result {
        try Tokenizer(
            directory: FilePath(
                URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
                    .deletingLastPathComponent().deletingLastPathComponent()
                    .appending(path: "fixtures/tokenizer").path
            )
        )
    }
    static let trie = Result { TokenTrie(try tokenizer.get()) }
}

/// A model that says what chance says, the same for the same tokens; some tokens may be favoured.
struct RandomModel: LanguageModel {
    final class State: DecodingState {
        private let held: Mutex<[TokenID]>

        init(_ tokens: [TokenID] = []) {
            held = Mutex(tokens)
        }

        var tokens: [TokenID] { held.withLock { $0 } }
        var tokenCount: Int { held.withLock { $0.count } }
        func append(_ token: TokenID) { held.withLock { $0.append(token) } }
        func truncate(to count: Int) { held.withLock { $0.removeLast($0.count - count) } }
        func fork() -> State { State(tokens) }
    }

    let vocabularySize: Int
    var contextLength = 1 << 16
    /// Rows of logits, one of which is drawn for each step.
    private let rows: [[Float]]
    private let seed: UInt64

    /// Makes a model.
    ///
    /// - Parameters:
    ///   - tokenizer: Whose tokens it says; it has some rows more.
    ///   - seed: Where chance begins.
    ///   - favoured: Tokens that it holds likelier than all others.
    init(_ tokenizer: Tokenizer, seed: UInt64, favouring favoured: [TokenID] = []) {
        vocabularySize = tokenizer.idLimit + 5
        var numbers = SeededNumbers(seed)
        self.seed = seed
        rows = (0..<(favoured.isEmpty ? 8 : 1)).map { _ in
            var row = (0..<tokenizer.idLimit + 5).map { _ in
                Float(numbers.next() >> 40) / Float(1 << 21)
            }
            for token in favoured { row[Int(token)] += 20 }
            return row
        }
    }

    private func row(after tokens: [TokenID], _ wanted: [TokenID]?) -> [Float] {
        var numbers = SeededNumbers(tokens.reduce(seed) { $0 &* 31 &+ UInt64($1) })
        let row = rows[Int(numbers.next() % UInt64(rows.count))]
        guard let wanted else { return row }
        var few = [Float](repeating: -.infinity, count: row.count)
        for token in wanted { few[Int(token)] = row[Int(token)] }
        return few
    }

    func makeState() -> State { State() }

    func prefill(
        _ prompt: [TokenID],
        into state: State,
        wanted: [TokenID]?
    ) async throws(GenerationFault) -> Logits {
        for token in prompt { state.append(token) }
        return try Logits([row(after: state.tokens, wanted)])
    }

    func decode(
        _ runs: [TokenRun],
        into states: [State]
    ) async throws(GenerationFault) -> Logits {
        var rows: [[Float]] = []
        for (run, state) in zip(runs, states) {
            for (index, (token, wanted)) in zip(run.tokens, run.wanted).enumerated() {
                state.append(token)
                if index >= run.unread { rows.append(row(after: state.tokens, wanted)) }
            }
        }
        return try Logits(rows)
    }

    func prompt(_ prompt: [TokenID], followedBy tokens: [TokenID]) -> [TokenID]? {
        prompt + tokens
    }

    func answer(
        _ grammar: SchemaGrammar,
        _ tokenizer: Tokenizer,
        maxTokens: Int,
        temperature: Double = 0,
        change: (inout GenerationOptions) -> Void = { _ in }
    ) async throws -> Answer {
        var options = GenerationOptions(
            sampling: SamplingOptions(temperature: temperature, seed: seed),
            maxTokens: maxTokens,
            stopTokens: Set(tokenizer.endTokens),
            repetitionLimits: nil
        )
        change(&options)
        let request = GenerationRequest<Self>(
            prompt: [1, 2],
            promptTokens: [1, 2],
            options: options,
            vocabulary: AnswerVocabulary(rows: vocabularySize, tokenizer: tokenizer),
            decoder: StreamingDecoder(tokenizer),
            mask: try SchemaMask(grammar, maxTokens: maxTokens)
        )
        for try await event in Generator(self).answer(to: request) {
            if case .end(let answer) = event { return answer }
        }
        throw StreamEndedEarly()
    }
}

struct StreamEndedEarly: Error {}
