import Jobs
import Testing

/// Documents pass a queue in order.
@Suite struct TurnTests {
    /// What came, in the order in which it came.
    private actor Order {
        private(set) var names: [String] = []
        func note(_ name: String) { names.append(name) }
    }

    @Test func `the first waits for nobody`() async {
        await Turn().wait()
    }

    @Test func `each waits for all before, whatever the order in which they come`() async {
        let first = Turn()
        let second = Turn(after: first)
        let third = Turn(after: second)
        let order = Order()
        await withTaskGroup(of: Void.self) { group in
            for (name, turn) in [("third", third), ("second", second), ("first", first)] {
                group.addTask {
                    await turn.wait()
                    await order.note(name)
                    turn.pass()
                }
            }
        }
        #expect(await order.names == ["first", "second", "third"])
    }

    @Test func `one that passes early lets nobody overtake those before it`() async {
        let first = Turn()
        let failed = Turn(after: first)
        let third = Turn(after: failed)
        failed.pass()
        failed.pass()
        let order = Order()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await third.wait()
                await order.note("third")
            }
            group.addTask {
                for _ in 0..<20 { await Task.yield() }
                await order.note("first")
                first.pass()
            }
        }
        #expect(await order.names == ["first", "third"])
        #expect(failed.hasPassed && !third.hasPassed)
    }

    @Test func `thousands may pass before the first does`() async {
        let first = Turn()
        var turns = [first]
        for _ in 0..<100_000 { turns.append(Turn(after: turns[turns.count - 1])) }
        for turn in turns.dropFirst() { turn.pass() }
        first.pass()
        await turns[turns.count - 1].wait()
    }
}
