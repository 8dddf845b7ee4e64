internal import WebAccess

/// Why one attempt at a question came to nothing.
enum AttemptFault: Error, Equatable, Sendable {
    /// The server said no.
    struct Refusal: Equatable, Sendable {
        let status: Int
        /// The server's message, as it may be shown.
        let words: String
        /// All that it said, to look for names in.
        let wholeWords: String
        let retryAfter: Duration?
        /// What is wrong, in the server's own words, whole.
        var message = ""
        /// What it names as wrong besides: `param`, or the place in the request.
        var parameters: [String] = []
    }

    case cancelled
    /// The connection could not be made, or broke off.
    case connection(ConnectionTrouble)
    /// The whole answer took too long.
    case slow
    case refused(Refusal)
    /// The server found fault with the answer that it was giving.
    case brokenOff(Refusal)
    /// It answered, and not as a server of this kind does; what it sent instead.
    case nonsense(String)
    /// Its answer is longer than any that is taken.
    case tooLong
    /// It sends us elsewhere.
    case movedTo(String)

    /// Whether the server, or the way to it, is at fault: several in a row and it is left alone.
    var blamesServer: Bool {
        switch self {
        case .connection, .slow, .nonsense, .tooLong: true
        case .refused(let refusal): refusal.status >= 500
        // It answers others.
        case .brokenOff(let refusal): refusal.status != 500
        case .cancelled, .movedTo: false
        }
    }

    /// Whether another attempt may do better.
    ///
    /// 429 and 503 mean "later"; 408, 409, 425, 500, 502, 504 and a broken connection may not happen again. What a server refuses for what it
    /// was asked (400, 401, 403, 404, 413, 422) it refuses again.
    var mayPass: Bool {
        switch self {
        case .connection(.notTrusted), .connection(.proxyRefused), .connection(.cancelled): false
        case .connection, .slow, .nonsense, .brokenOff: true
        case .refused(let refusal):
            [408, 409, 425, 429, 500, 502, 503, 504].contains(refusal.status)
                && !refusal.isOutOfQuota
        case .cancelled, .tooLong, .movedTo: false
        }
    }

    /// Whether another attempt is likely to end in the same way, after as long.
    var isLikelyToRecur: Bool {
        switch self {
        case .slow, .connection(.silent), .brokenOff: true
        default: false
        }
    }

    /// How long the server asks us to wait.
    var retryAfter: Duration? {
        guard case .refused(let refusal) = self else { return nil }
        return refusal.retryAfter
    }

    /// What happened, in a few words.
    var words: String {
        switch self {
        case .cancelled: "interrupted"
        case .connection(.silent): "sent nothing for too long"
        case .connection(.cannotConnect(_, let detail)): "cannot be reached: \(detail)"
        case .connection(.lost(let detail)): "the connection broke off: \(detail)"
        case .connection(.proxyRefused(let detail)): "the proxy refuses: \(detail)"
        case .connection(.notTrusted(_, let detail)): "its certificate is not trusted: \(detail)"
        case .connection(.cancelled): "interrupted"
        case .slow: "took too long"
        case .refused(let refusal):
            "status \(refusal.status)" + (refusal.words.isEmpty ? "" : ": \(refusal.words)")
        case .brokenOff(let refusal):
            "it broke its answer off: \(refusal.words) (status \(refusal.status))"
        case .nonsense(let what): "does not answer as an OpenAI-compatible server does: \(what)"
        case .tooLong: "its answer is longer than any that is taken"
        case .movedTo(let place): "sends us on to \(place)"
        }
    }
}

extension AttemptFault.Refusal {
    /// Whether there is no more money, which waiting does not bring.
    var isOutOfQuota: Bool {
        status == 429 && wholeWords.lowercased().contains("insufficient_quota")
    }

    /// Whether the question is longer than the model can hold.
    var isTooLong: Bool {
        let words = wholeWords.lowercased()
        if status == 413 { return true }
        guard (400..<500).contains(status) || status == 500, words.contains("context") else {
            return false
        }
        return ["length", "size", "window", "exceed", "too long", "too large"]
            .contains(where: words.contains)
    }

    /// Whether the model at the server sees no pictures.
    var isBlind: Bool {
        let words = wholeWords.lowercased()
        return ["multimodal", "image_url", "image input", "mmproj", "vision", "images"]
            .contains(where: words.contains)
    }
}
