import Foundation
import Synchronization
import Testing

@testable import Tensors

@Suite struct KernelThreadTests {
    /// A count for each part, each in its own place.
    private final class Counts: Sendable {
        private let counts: Mutex<[Int]>
        init(_ parts: Int) { counts = Mutex([Int](repeating: 0, count: parts)) }
        func add(_ part: Int) { counts.withLock { $0[part] += 1 } }
        var all: [Int] { counts.withLock { $0 } }
    }

    @Test(arguments: 1...5, [0, 1, 2, 7, 100])
    func `every part is done once`(threads: Int, parts: Int) {
        let pool = ThreadPool(threads: threads)
        #expect(pool.threadCount == threads)
        let counts = Counts(parts)
        for _ in 0..<20 { pool.run(parts: parts) { counts.add($0) } }
        #expect(counts.all == [Int](repeating: 20, count: parts))
    }

    @Test func `a number of threads that makes no sense is one thread`() {
        #expect(ThreadPool(threads: 0).threadCount == 1)
        #expect(ThreadPool(threads: -3).threadCount == 1)
    }

    @Test(arguments: 1...4)
    func `many callers take turns, and none loses a part`(threads: Int) {
        let pool = ThreadPool(threads: threads)
        let counts = Counts(8 * 11)
        DispatchQueue.concurrentPerform(iterations: 8) { caller in
            for _ in 0..<200 { pool.run(parts: 11) { counts.add(caller * 11 + $0) } }
        }
        #expect(counts.all == [Int](repeating: 200, count: 88))
    }

    @Test func `a part may start work of its own`() {
        let pool = ThreadPool(threads: 3)
        let counts = Counts(6 * 5)
        pool.run(parts: 6) { outer in pool.run(parts: 5) { counts.add(outer * 5 + $0) } }
        #expect(counts.all == [Int](repeating: 1, count: 30))
    }

    @Test func `threads wake from sleep`() {
        let pool = ThreadPool(threads: 4)
        let counts = Counts(40)
        for _ in 0..<5 {
            Thread.sleep(forTimeInterval: 0.01)
            pool.run(parts: 40) { counts.add($0) }
        }
        #expect(counts.all == [Int](repeating: 5, count: 40))
    }

    @Test func `pools come and go`() {
        let counts = Counts(3)
        for _ in 0..<200 { ThreadPool(threads: 3).run(parts: 3) { counts.add($0) } }
        #expect(counts.all == [200, 200, 200])
    }

    @Test(arguments: Kernels.available)
    func `a product in parts is the same bits on any number of threads`(kernels: Kernels) {
        let memory = KernelMemory()
        defer { memory.free() }
        var noise = KernelNoise(3)
        let rows = 13, columns = 50, depth = 77
        let x = memory.place(noise.floats(rows * depth)),
            w = memory.place(noise.floats(columns * depth))
        let results = (1...5).map { threads in
            let y = memory.place([Float](repeating: 0, count: rows * columns))
            // Parts of another width each time: neither threads nor parts may show.
            let width = threads + 2
            ThreadPool(threads: threads).run(parts: (columns + width - 1) / width) { part in
                kernels.table.matmul_f32(
                    y.pointer + part * width,
                    columns,
                    x.pointer,
                    depth,
                    rows,
                    w.pointer + part * width * depth,
                    depth,
                    min(width, columns - part * width),
                    depth
                )
            }
            return y.elements.map(\.bitPattern)
        }
        #expect(results.allSatisfy { $0 == results[0] })
    }

    @Test func `there is a core to use, and no more than the system has`() {
        #expect((1...ProcessInfo.processInfo.processorCount).contains(ProcessorCount.usable))
    }

    @Test(arguments: [("0", [0]), (" 0-3,8", [0, 1, 2, 3, 8]), ("5-4,x,-,2", [2]), ("", [])])
    func `a list of processors is read as Linux writes it`(list: String, processors: [Int]) {
        #expect(ProcessorCount.processors(list: list) == processors)
    }

    @Test(
        arguments: [
            ("0::/a/b", ["a/b/cpu.max": "150000 100000", "a/cpu.max": "max 100000"], 1.5),
            ("0::/a/b", ["a/b/cpu.max": "400000 100000", "cpu.max": "200000 100000"], 2.0),
            ("0::/../elsewhere", ["cpu.max": "300000 100000"], 3.0),
            ("0::/", [:], nil),
            ("0::/", ["cpu.max": "max 100000"], nil),
            ("0::/", ["cpu.max": "nonsense"], nil),
            (
                "4:cpu,cpuacct:/x",
                ["cpu/x/cpu.cfs_quota_us": "50000", "cpu/x/cpu.cfs_period_us": "100000"], 0.5
            ),
            (
                "4:cpu:/x", ["cpu/x/cpu.cfs_quota_us": "-1", "cpu/x/cpu.cfs_period_us": "100000"],
                nil
            ),
        ] as [(String, [String: String], Double?)]
    )
    func `the share of a control group is the strictest above the process`(
        membership: String,
        files: [String: String],
        share: Double?
    ) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: root) }
        for (path, text) in files {
            let file = root.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try Data("\(text)\n".utf8).write(to: file)
        }
        #expect(ProcessorCount.controlGroupShare(root: root.path, membership: membership) == share)
    }
}
