import Generation
import Synchronization
import Tokenization

/// A model whose logits are any function of the tokens that a sequence holds.
struct ScriptedModel: LanguageModel {
    /// Tokens of a sequence, and what happened to it.
    final class State: DecodingState {
        private let held: Mutex<[TokenID]>
        /// Counts the states that are alive.
        private let living: Counter

        init(_ tokens: [TokenID], living: Counter) {
            held = Mutex(tokens)
            self.living = living
            living.add(1)
        }
        deinit { living.add(-1) }

        var tokens: [TokenID] { held.withLock { $0 } }
        var tokenCount: Int { tokens.count }
        func append(_ more: [TokenID]) { held.withLock { $0 += more } }
        func truncate(to count: Int) { held.withLock { $0.removeLast($0.count - count) } }
        func fork() -> State { State(tokens, living: living) }
    }

    var vocabularySize = 257
    var contextLength = 1 << 20
    /// Whether tokens can be computed together with a prompt.
    var extendsPrompts = true
    let living = Counter()
    /// Passes over the weights, and how many sequences the last one had.
    let passes = Counter()
    let widths = NumberList()
    /// Tokens that were fed after prompts.
    let fed = Counter()
    /// Logits that were computed.
    let computed = Counter()
    let logits: @Sendable ([TokenID]) -> [Float]

    init(
        vocabularySize: Int = 257,
        contextLength: Int = 1 << 20,
        logits: @escaping @Sendable ([TokenID]) -> [Float]
    ) {
        self.vocabularySize = vocabularySize
        self.contextLength = contextLength
        self.logits = logits
    }

    /// Always says the same, then its end (256).
    init(saying text: String, afterPromptOf promptCount: Int = 1, contextLength: Int = 1 << 20) {
        let script = text.utf8.map { TokenID($0) } + [256]
        self.init(contextLength: contextLength) { tokens in
            let place = tokens.count - promptCount
            return Self.peak(at: place < script.count ? script[place] : 256)
        }
    }

    static func peak(at token: TokenID, rows: Int = 257) -> [Float] {
        var logits = [Float](repeating: -3, count: rows)
        logits[Int(token)] = 5
        return logits
    }

    func makeState() -> State { State([], living: living) }

    func prefill(
        _ prompt: [TokenID],
        into state: State,
        wanted: [TokenID]?
    ) async throws(GenerationFault) -> Logits {
        state.append(prompt)
        return try Logits([row(after: state.tokens, wanted)])
    }

    func decode(
        _ runs: [TokenRun],
        into states: [State]
    ) async throws(GenerationFault) -> Logits {
        passes.add(1)
        widths.append(runs.count)
        for (run, state) in zip(runs, states)
        where state.tokenCount + run.tokens.count > contextLength {
            throw .contextExceeded(needed: contextLength + 1, limit: contextLength)
        }
        var rows: [[Float]] = []
        for (run, state) in zip(runs, states) {
            for (index, (token, wanted)) in zip(run.tokens, run.wanted).enumerated() {
                state.append([token])
                fed.add(1)
                if index >= run.unread { rows.append(row(after: state.tokens, wanted)) }
            }
        }
        return try Logits(rows)
    }

    func prompt(_ prompt: [TokenID], followedBy tokens: [TokenID]) -> [TokenID]? {
        extendsPrompts ? prompt + tokens : nil
    }

    private func row(after tokens: [TokenID], _ wanted: [TokenID]?) -> [Float] {
        let all = logits(tokens)
        computed.add(wanted?.count ?? all.count)
        guard let wanted else { return all }
        var row = [Float](repeating: -.infinity, count: all.count)
        for token in wanted { row[Int(token)] = all[Int(token)] }
        return row
    }

    func request(
        _ prompt: [TokenID] = [0],
        _ options: GenerationOptions = GenerationOptions(stopTokens: [256]),
        mask: (any LogitsMask)? = nil,
        drafts: [[TokenID]] = [],
        state: State? = nil
    ) -> GenerationRequest<ScriptedModel> {
        GenerationRequest(
            prompt: prompt,
            promptTokens: prompt,
            options: options,
            vocabulary: AnswerVocabulary(rows: vocabularySize, tokenCount: vocabularySize),
            decoder: ByteDecoder(),
            mask: mask,
            drafts: drafts,
            state: state
        )
    }

    /// The whole answer and the pieces that led to it.
    func answer(
        to request: GenerationRequest<ScriptedModel>
    ) async throws -> (answer: Answer, pieces: [AnswerPiece]) {
        var pieces: [AnswerPiece] = []
        for try await event in Generator(self).answer(to: request) {
            switch event {
            case .piece(let piece): pieces.append(piece)
            case .end(let answer): return (answer, pieces)
            }
        }
        throw StreamEndedEarly()
    }
}

struct StreamEndedEarly: Error {}

/// A number that several tasks change.
final class Counter: Sendable {
    private let number = Mutex(0)
    var value: Int { number.withLock { $0 } }
    func add(_ amount: Int) { number.withLock { $0 += amount } }
}

/// A list of numbers that several tasks lengthen.
final class NumberList: Sendable {
    private let numbers = Mutex<[Int]>([])
    var value: [Int] { numbers.withLock { $0 } }
    func append(_ number: Int) { numbers.withLock { $0.append(number) } }
}

/// Tokens below 256 are bytes of UTF-8.
struct ByteDecoder: AnswerDecoder {
    private var bytes: [UInt8] = []

    mutating func append(_ token: TokenID) -> String {
        guard token >= 0, token < 256 else { return "" }
        bytes.append(UInt8(token))
        guard let text = String(validating: bytes, as: UTF8.self) else { return "" }
        bytes = []
        return text
    }

    mutating func finish() -> String {
        defer { bytes = [] }
        return String(decoding: bytes, as: UTF8.self)
    }
}
