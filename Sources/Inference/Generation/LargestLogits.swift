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
///
/// A heap keeps the best so far while the logits pass by, the least of them on top: insertions become rare after the first few.
func largest(_ count: Int, of logits: [Float]) -> [RankedToken] {
    guard count > 0 else { return [] }
    var heap: [RankedToken] = []
    heap.reserveCapacity(min(count, logits.count))
    var least = -Float.infinity
    for (index, logit) in logits.enumerated() where logit > least {
        let token = RankedToken(id: TokenID(index), logit: logit)
        if heap.count < count {
            heap.append(token)
            lift(&heap)
        } else {
            heap[0] = token
            sink(&heap)
        }
        // A later equal one has a higher id and ranks behind: only larger ones are let in.
        if heap.count == count { least = heap[0].logit }
    }
    return heap.sorted { $0.ranksBefore($1) }
}

/// Moves the last element up to its place.
private func lift(_ heap: inout [RankedToken]) {
    var place = heap.count - 1
    while place > 0 {
        let parent = (place - 1) / 2
        guard heap[parent].ranksBefore(heap[place]) else { return }
        heap.swapAt(parent, place)
        place = parent
    }
}

/// Moves the first element down to its place.
private func sink(_ heap: inout [RankedToken]) {
    var place = 0
    while true {
        var least = place
        for child in 2 * place + 1...2 * place + 2 where child < heap.count {
            if heap[least].ranksBefore(heap[child]) { least = child }
        }
        guard least != place else { return }
        heap.swapAt(least, place)
        place = least
    }
}
