/// What a server answered, as far as it makes sense.
struct ChatReply: Equatable, Sendable {
    /// Why it ended.
    enum Finish: Equatable, Sendable {
        case stop
        case length
        case contentFilter
        /// Another reason, or none.
        case other(String)
    }

    /// A token of the answer, with what could have stood in its place.
    struct Token: Equatable, Sendable {
        /// Its bytes: a character may take several tokens.
        let bytes: [UInt8]
        let logProbability: Double
        let alternatives: [Alternative]
    }

    struct Alternative: Equatable, Sendable {
        let bytes: [UInt8]
        let logProbability: Double
    }

    var text = ""
    var finish: Finish?
    /// Why the model would not answer, in its own words.
    var refusal = ""
    /// Whether it thought aloud apart from the answer.
    var hasThoughts = false
    var tokens: [Token] = []
    var promptTokens = 0
    var cachedTokens = 0
    var answerTokens = 0
    /// What went wrong at the server after it had said so much.
    var fault: AttemptFault.Refusal?
    /// Whether anything of an answer was there.
    private(set) var hasChoice = false

    /// Takes a whole answer, or a piece of one that is sent in pieces.
    ///
    /// - Parameter tree: What the server sent.
    /// - Returns: Whether it was of the kind that is expected.
    mutating func take(_ tree: JSONTree) -> Bool {
        guard tree.members != nil else { return false }
        if let usage = tree["usage"] {
            promptTokens = Self.count(usage["prompt_tokens"]) ?? promptTokens
            answerTokens = Self.count(usage["completion_tokens"]) ?? answerTokens
            let details = usage["prompt_tokens_details"]
            cachedTokens = Self.count(details?["cached_tokens"]) ?? cachedTokens
        }
        guard let choices = tree["choices"]?.list else { return tree["usage"] != nil }
        // The last piece, with what it took, has none.
        guard let choice = choices.first else { return tree["usage"] != nil || hasChoice }
        guard let message = choice["message"] ?? choice["delta"] else {
            return takeFinish(choice)
        }
        hasChoice = true
        if let content = message["content"] {
            switch content {
            case .text(let piece): text += piece
            case .list(let parts): text += parts.compactMap { $0["text"]?.text }.joined()
            case .null: break
            default: return false
            }
        }
        if let piece = message["refusal"]?.text { refusal += piece }
        let thoughts = message["reasoning_content"]?.text ?? message["reasoning"]?.text ?? ""
        if !thoughts.isEmpty { hasThoughts = true }
        for entry in choice["logprobs"]?["content"]?.list ?? [] {
            guard let token = Self.token(entry) else { continue }
            tokens.append(token)
        }
        _ = takeFinish(choice)
        return true
    }

    private mutating func takeFinish(_ choice: JSONTree) -> Bool {
        guard let reason = choice["finish_reason"]?.text else { return false }
        hasChoice = true
        finish =
            switch reason {
            case "stop", "eos", "end_turn": .stop
            case "length", "max_tokens": .length
            case "content_filter": .contentFilter
            default: .other(SaidExcerpt.of(reason, characters: 40))
            }
        return true
    }

    private static func count(_ tree: JSONTree?) -> Int? {
        tree?.int.flatMap { (0...1_000_000_000).contains($0) ? $0 : nil }
    }

    private static func token(_ entry: JSONTree) -> Token? {
        guard let bytes = bytes(of: entry), let logProbability = entry["logprob"]?.double else {
            return nil
        }
        let alternatives = (entry["top_logprobs"]?.list ?? []).prefix(100).compactMap {
            other -> Alternative? in
            guard let bytes = Self.bytes(of: other), let value = other["logprob"]?.double else {
                return nil
            }
            return Alternative(bytes: bytes, logProbability: value)
        }
        return Token(bytes: bytes, logProbability: logProbability, alternatives: alternatives)
    }

    private static func bytes(of entry: JSONTree) -> [UInt8]? {
        if let list = entry["bytes"]?.list, list.count <= 1024 {
            let bytes = list.compactMap { $0.int.flatMap { UInt8(exactly: $0) } }
            if bytes.count == list.count { return bytes }
        }
        return (entry["token"]?.text).map { Array($0.utf8) }
    }
}
