/// Lets as many documents use an engine at once as the run has jobs; one more is opened and hashed meanwhile.
actor EngineSlots {
    private var free: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(count: Int) {
        free = count
    }

    /// Does work while holding a slot.
    nonisolated func hold<Result: Sendable>(
        _ work: @Sendable () async throws -> Result
    ) async throws -> Result {
        await take()
        do {
            try Task.checkCancellation()
            let result = try await work()
            await giveBack()
            return result
        } catch {
            await giveBack()
            throw error
        }
    }

    private func take() async {
        guard free == 0 else {
            free -= 1
            return
        }
        // Whoever gives a slot back hands it on: `free` stays as it is.
        await withCheckedContinuation { waiting.append($0) }
    }

    private func giveBack() {
        if waiting.isEmpty {
            free += 1
        } else {
            waiting.removeFirst().resume()
        }
    }
}
