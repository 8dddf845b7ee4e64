public import Tokenization
internal import Generation
internal import Synchronization

/// What tokens an answer of a schema may have, one after the other; made once for a schema and a tokenizer.
///
/// Tokens follow bytes: a token may come where its bytes may. Three things are said beyond that:
///
/// - Where only one text can follow, such as a key, its tokens are those of the tokenizer, as the model saw them in training, up
///   to the last that stays the same whatever comes next.
/// - Each state knows a shortest rest, by which the answer is whole: values that are not begun become `null`, texts and lists
///   end. What leaves too few tokens for that may not come.
/// - The end may come where the answer is whole, and nowhere else.
///
/// What was found out about a state is kept for all answers.
public final class SchemaGrammar: Sendable {
    /// The form.
    public let schema: AnswerSchema
    /// Tokens of the shortest answer, its end not included.
    public let leastTokens: Int

    let automaton: ByteAutomaton
    let tokens: TokenTrie
    /// Tokens that end an answer, lowest first.
    let endTokens: [TokenID]
    /// No state needs more tokens to the end.
    let mostNeeded: Int

    /// States that are kept; those inside texts hold some thousand tokens each.
    private static let mostKept = 256

    private struct Known {
        /// Tokens that are certain at a position.
        var stretches: [ByteAutomaton.Position: [TokenID]] = [:]
        /// Tokens to the end, by position; -1 for those not known yet.
        var needed: [Int32]
        var allowed: [ByteAutomaton.State: AllowedTokens] = [:]
    }

    private let known: Mutex<Known>

    /// Makes the grammar.
    ///
    /// - Parameters:
    ///   - schema: The form.
    ///   - tokens: The tokens.
    ///   - endTokens: Those that end an answer.
    /// - Throws: ``SchemaFault`` for a schema that cannot be answered.
    public init(
        _ schema: AnswerSchema,
        tokens: TokenTrie,
        endTokens: some Sequence<TokenID>
    ) throws(SchemaFault) {
        self.schema = schema
        self.tokens = tokens
        self.endTokens = Set(endTokens).sorted()
        guard !self.endTokens.isEmpty else { throw .noEndToken }
        automaton = try AutomatonBuilder(schema).automaton
        mostNeeded = Int(automaton.completingCounts.max() ?? 0)
        var known = Known(needed: Array(repeating: -1, count: automaton.places.count))
        leastTokens = Self.needed(at: automaton.start, automaton, tokens, &known)
        self.known = Mutex(known)
    }

    /// Where answers begin.
    var start: ByteAutomaton.State { ByteAutomaton.State(position: automaton.start) }

    // MARK: What is certain

    /// The tokens that must come in a state.
    func stretch(at position: ByteAutomaton.Position) -> [TokenID] {
        known.withLock { Self.stretch(at: position, automaton, tokens, &$0) }
    }

    private static func stretch(
        at position: ByteAutomaton.Position,
        _ automaton: ByteAutomaton,
        _ tokens: TokenTrie,
        _ known: inout Known
    ) -> [TokenID] {
        guard automaton.onlyByte(at: position) != nil else { return [] }
        if let stretch = known.stretches[position] { return stretch }
        let (bytes, end) = automaton.certainBytes(from: position)
        let next = end == ByteAutomaton.end ? nil : automaton.bytes(at: end)
        let stretch = tokens.settled(bytes, before: next)
        known.stretches[position] = stretch
        return stretch
    }

    // MARK: How long the rest is

    /// Tokens that the shortest rest has.
    func needed(at position: ByteAutomaton.Position) -> Int {
        known.withLock { Self.needed(at: position, automaton, tokens, &$0) }
    }

    /// The same; positions on the way are found out as well, from the end on, as a rest may have thousands of bytes.
    private static func needed(
        at position: ByteAutomaton.Position,
        _ automaton: ByteAutomaton,
        _ tokens: TokenTrie,
        _ known: inout Known
    ) -> Int {
        if known.needed[Int(position)] >= 0 { return Int(known.needed[Int(position)]) }
        var way: [ByteAutomaton.Position] = []
        var next = position
        while known.needed[Int(next)] < 0 {
            way.append(next)
            if automaton.isComplete[Int(next)] { break }
            next = automaton.completing(next)
        }
        for place in way.reversed() {
            known.needed[Int(place)] = Int32(clamping: neededOnce(place, automaton, tokens, &known))
        }
        return Int(known.needed[Int(position)])
    }

    /// The same, where it is known for all positions after it on the way to the end.
    private static func neededOnce(
        _ position: ByteAutomaton.Position,
        _ automaton: ByteAutomaton,
        _ tokens: TokenTrie,
        _ known: inout Known
    ) -> Int {
        if automaton.isComplete[Int(position)] { return 0 }
        let stretch = stretch(at: position, automaton, tokens, &known)
        guard stretch.isEmpty else {
            let length = stretch.reduce(0) { $0 + tokens.text(of: $1).count }
            var after = position
            for _ in 0..<length { after = automaton.completing(after) }
            return stretch.count + Int(known.needed[Int(after)])
        }
        // The tokens that are a beginning of the shortest rest.
        var best = Int(Int32.max) - 1
        var (node, depth, after) = (0, 0, position)
        let nodes = tokens.nodes
        while node < nodes.bytes.count, Int(nodes.depths[node]) == depth {
            guard nodes.bytes[node] == automaton.completingBytes[Int(after)] else {
                node = nodes.ends[node]
                continue
            }
            after = automaton.completing(after)
            if nodes.tokens[node] >= 0 { best = min(best, Int(known.needed[Int(after)])) }
            if automaton.isComplete[Int(after)] { break }
            node += 1
            depth += 1
        }
        return best + 1
    }

    // MARK: What may come

    /// The tokens that may come in a state that is not certain.
    func allowed(in state: ByteAutomaton.State) -> AllowedTokens {
        var key = state
        let entries = UInt16(clamping: tokens.mostEntries)
        key.entriesLeft.replace(
            with: SIMD8(repeating: entries),
            where: key.entriesLeft .> SIMD8(repeating: entries)
        )
        key.charactersLeft = min(key.charactersLeft, Int32(tokens.inText.mostCharacters))
        return known.withLock { known in
            if let allowed = known.allowed[key] { return allowed }
            let allowed = find(key, &known)
            if known.allowed.count >= Self.mostKept { known.allowed = [:] }
            known.allowed[key] = allowed
            return allowed
        }
    }

    private func find(_ state: ByteAutomaton.State, _ known: inout Known) -> AllowedTokens {
        var few: [(token: TokenID, needed: Int)] = []
        func walk(_ nodes: TokenTrie.Nodes) {
            nodes.walk(from: state, through: automaton) { token, next in
                few.append((token, Self.needed(at: next.position, automaton, tokens, &known)))
            }
        }
        if automaton.isComplete[Int(state.position)] { few += endTokens.map { ($0, 0) } }
        guard case .text(.between, let first, _) = automaton.places[Int(state.position)] else {
            walk(tokens.nodes)
            return AllowedTokens(few: few)
        }
        walk(tokens.inText.closing)
        let left = Int(state.charactersLeft)
        for (token, characters, place) in tokens.inText.parts where characters <= left {
            let position = first + ByteAutomaton.Position(place.rawValue)
            few.append((token, Self.needed(at: position, automaton, tokens, &known)))
        }
        return AllowedTokens(
            few: few,
            inText: left == 0 ? nil : tokens.inText.set(ofAtMost: left),
            neededInText: Self.needed(at: first, automaton, tokens, &known)
        )
    }
}
