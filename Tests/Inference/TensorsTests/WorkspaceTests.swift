import Synchronization
import Testing

@testable import Tensors

@Suite struct WorkspaceTests {
    @Test(arguments: 1...3, [1, 2, 9])
    func `each part has scratch memory that nobody else writes meanwhile`(
        threads: Int,
        parts: Int
    ) throws {
        let workspace = Workspace(compute: Compute(pool: ThreadPool(threads: threads)))
        let intact = Mutex(0)
        for width in [10, 4000, 100] {
            try workspace.run(parts: parts, scratch: width) { part, memory in
                for index in 0..<width { memory[index] = Float(part) }
                if (0..<width).allSatisfy({ memory[$0] == Float(part) }) {
                    intact.withLock { $0 += 1 }
                }
            }
        }
        #expect(intact.withLock { $0 } == 3 * parts)
    }

    @Test(arguments: [1, 2])
    func `a thread of a larger pool may own a workspace of fewer threads`(threads: Int) {
        let pool = ThreadPool(threads: 4)
        let done = Mutex(0)
        pool.run(parts: 40) { _ in
            let compute = Compute(pool: ThreadPool(threads: threads))
            for parts in [1, 5] {
                try? Workspace(compute: compute).run(parts: parts, scratch: 64) { _, memory in
                    memory[63] = 1
                    done.withLock { $0 += 1 }
                }
            }
        }
        #expect(done.withLock { $0 } == 40 * 6)
    }

    @Test(arguments: [1, 4])
    func `work that a part starts does not change which thread the part is on`(parts: Int) {
        let pool = ThreadPool(threads: 3)
        let same = Mutex(0)
        pool.run(parts: 30) { _ in
            let before = ThreadPool.currentThread
            pool.run(parts: parts) { _ in
                if ThreadPool.currentThread == 0 { same.withLock { $0 += 1 } }
            }
            if ThreadPool.currentThread == before { same.withLock { $0 += 1 } }
        }
        #expect(same.withLock { $0 } == 30 * (parts + 1))
    }

    @Test func `a part that uses its own workspace ends the program`() async {
        await #expect(processExitsWith: .failure) {
            let workspace = Workspace(compute: Compute(pool: ThreadPool(threads: 1)))
            try workspace.run(parts: 2, scratch: 8) { _, _ in
                try? workspace.run(parts: 1, scratch: 8) { _, _ in }
            }
        }
    }
}
