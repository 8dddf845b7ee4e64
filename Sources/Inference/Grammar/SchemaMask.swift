public import Generation
public import Tokenization

/// Holds one answer to a schema, token by token.
///
/// The answer is JSON of the schema whatever the model is, and whole when its tokens are used up. A request with it needs no guard
/// against loops: texts and lists are bounded, and what repeats itself in a list may stand so on the page.
public struct SchemaMask: LogitsMask {
    private let grammar: SchemaGrammar
    private let maxTokens: Int
    private var used = 0
    /// Where the answer stands; nil after a token that may not come.
    private var state: ByteAutomaton.State?
    /// The tokens that are certain.
    private var stretch: ArraySlice<TokenID>

    /// Whether tokens were forbidden that the schema allows, because too few were left after them.
    public private(set) var isHeldShort = false

    /// A mask for one answer.
    ///
    /// - Parameters:
    ///   - grammar: The form.
    ///   - maxTokens: Tokens that the answer may have, its end not included; as many as the request's options say.
    /// - Throws: ``SchemaFault/answerTooLong(tokens:limit:)``.
    public init(_ grammar: SchemaGrammar, maxTokens: Int) throws(SchemaFault) {
        guard grammar.leastTokens <= maxTokens else {
            throw .answerTooLong(tokens: grammar.leastTokens, limit: maxTokens)
        }
        self.grammar = grammar
        self.maxTokens = maxTokens
        state = grammar.start
        stretch = grammar.stretch(at: grammar.start.position)[...]
    }

    private func left(_ remaining: Int) -> Int { min(remaining, maxTokens - used) }

    // MARK: LogitsMask

    /// Whether a token may come next.
    public func allows(_ token: TokenID, remaining: Int) -> Bool {
        if let certain = stretch.first { return token == certain }
        guard var next = state else { return grammar.endTokens.contains(token) }
        if grammar.automaton.isComplete[Int(next.position)], grammar.endTokens.contains(token) {
            return true
        }
        let bytes = grammar.tokens.text(of: token)
        guard !bytes.isEmpty,
            bytes.allSatisfy({ grammar.automaton.step($0, from: &next) })
        else { return false }
        let needed = grammar.needed(at: next.position)
        // Where nothing fits, what needs least may come.
        return needed < left(remaining) || needed <= allowed.least
    }

    /// Takes out of a set what may not come next.
    public func restrict(_ tokens: inout TokenSet, remaining: Int) {
        if let few = certain {
            var result = TokenSet(capacity: tokens.capacity)
            for token in few where tokens.contains(token) { result.insert(token) }
            tokens = result
        } else {
            allowed.restrict(&tokens, remaining: left(remaining))
        }
    }

    /// The tokens that may come next, where they are few.
    public func fewAllowed(atMost most: Int, remaining: Int) -> [TokenID]? {
        if let certain { return certain.count <= most ? certain : nil }
        if isInText, needed < left(remaining) { return nil }
        let listed = allowed.listed(remaining: left(remaining))
        return listed.flatMap { $0.count <= most ? $0 : nil }
    }

    /// Goes on by the token that was chosen.
    public mutating func advance(by token: TokenID) {
        guard var next = state else { return }
        if stretch.isEmpty, !isHeldShort { isHeldShort = keepsSomethingBack }
        used += 1
        let bytes = grammar.tokens.text(of: token)
        guard !bytes.isEmpty,
            bytes.allSatisfy({ grammar.automaton.step($0, from: &next) })
        else {
            state = nil
            stretch = []
            return
        }
        state = next
        stretch = stretch.dropFirst()
        if stretch.isEmpty { stretch = grammar.stretch(at: next.position)[...] }
    }

    // MARK: Looking up

    /// The one token of a stretch, or the ends of an answer that can only end; nil where there is a choice.
    private var certain: [TokenID]? {
        if let token = stretch.first { return [token] }
        guard let state, state.position != ByteAutomaton.end else { return grammar.endTokens }
        return nil
    }

    /// Whether the text that the answer stands in may go on: with nearly every token.
    private var isInText: Bool {
        guard let state, state.charactersLeft > 0,
            case .text(.between, _, _) = grammar.automaton.places[Int(state.position)]
        else { return false }
        return true
    }

    private var needed: Int { state.map { grammar.needed(at: $0.position) } ?? 0 }

    private var allowed: AllowedTokens {
        state.map { grammar.allowed(in: $0) } ?? AllowedTokens(few: [])
    }

    /// Whether a token that may come otherwise needs more tokens than are left.
    private var keepsSomethingBack: Bool {
        guard let state, state.position != ByteAutomaton.end else { return false }
        return maxTokens - used - 1 < grammar.mostNeeded && maxTokens - used - 1 < allowed.most
    }
}
