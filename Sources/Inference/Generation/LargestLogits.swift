import Tokenization

/// A token and its logit.
struct RankedToken: Sendable, Equatable {
    let id: TokenID
    let logit: Float

    /// Whether it ranks before another: by logit, among equals by the lower id.
    func ranksBefore(_ other: RankedToken) -> Bool {
        logit > other.logit || (logit == other.logit && id < other.id)
    }
}

/// The largest logits, largest first; none that is minus infinity.
func largest(_ count: Int, of logits: [Float]) -> [RankedToken] {
    guard count > 0 else { return [] }
    // A short list is kept in order while the logits pass by; insertions become rare after the first few.
    guard count <= 64 else {
        var all: [RankedToken] = []
        for (index, logit) in logits.enumerated() where logit > -.infinity {
            all.append(RankedToken(id: TokenID(index), logit: logit))
        }
        all.sort { $0.ranksBefore($1) }
        return Array(all.prefix(count))
    }
    var best: [RankedToken] = []
    best.reserveCapacity(count + 1)
    var least = -Float.infinity
    for (index, logit) in logits.enumerated() where logit > least {
        let token = RankedToken(id: TokenID(index), logit: logit)
        let place = best.lastIndex { !token.ranksBefore($0) }.map { $0 + 1 } ?? 0
        best.insert(token, at: place)
        if best.count > count { best.removeLast() }
        if best.count == count { least = best[count - 1].logit }
    }
    return best
}
