import Foundation
import Sandbox
import SystemPackage
import Testing

@Suite struct WorkerProcessTests {
    @Test func `a large message goes there and back`() async throws {
        let worker = try await Probe.bare()
        let bytes = Array("echo ".utf8) + (0..<16_000_000).map { UInt8(truncatingIfNeeded: $0 / 7) }
        try await worker.send(bytes, within: .seconds(30))
        let answer = try await worker.receive(within: .seconds(30))
        #expect(answer?.bytes == bytes)
    }

    @Test func `open files go there and back`() async throws {
        let worker = try await Probe.bare()
        let file = try MemoryFile.make(name: "page", size: 5)
        try file.writeAll("hello".utf8)
        try await worker.send(
            Array("echo".utf8),
            descriptors: [file, file, file, file],
            within: .seconds(30)
        )
        let answer = try #require(
            try await worker.receive(within: .seconds(30), descriptorLimit: 4)
        )
        #expect(answer.descriptors.count == 4)
        var bytes = [UInt8](repeating: 0, count: 8)
        let count = try bytes.withUnsafeMutableBytes {
            try answer.descriptors[3].read(fromAbsoluteOffset: 0, into: $0)
        }
        #expect(bytes[..<count] == Array("hello".utf8)[...])
        for descriptor in answer.descriptors + [file] { try descriptor.close() }
    }

    @Test(arguments: [0, 1, 3])
    func `open files that were not asked for are closed`(limit: Int) async throws {
        let worker = try await Probe.bare()
        let file = try MemoryFile.make(name: "unwanted-\(limit)")
        defer { try? file.close() }
        try await worker.send(
            Array("echo".utf8),
            descriptors: [file, file, file, file],
            within: .seconds(30)
        )
        await #expect(throws: ChannelError.self) {
            try await worker.receive(within: .seconds(30), descriptorLimit: limit)
        }
        #expect(openDescriptors(of: "memfd:unwanted-\(limit)") == 1)
    }

    @Test func `a worker that does not answer is waited for no longer than said`() async throws {
        let worker = try await Probe.bare("silent")
        let start = SuspendingClock.now
        await #expect(throws: ChannelError.timedOut) {
            try await worker.receive(within: .milliseconds(200))
        }
        // Its socket takes little without anyone reading.
        await #expect(throws: ChannelError.timedOut) {
            try await worker.send([UInt8](repeating: 0, count: 8 << 20), within: .milliseconds(200))
        }
        let time = SuspendingClock.now - start
        #expect(time > .milliseconds(400) && time < .seconds(10))
        #expect(worker.isRunning)
    }

    @Test func `an answer that comes late can still be waited for`() async throws {
        let worker = try await Probe.bare()
        await #expect(throws: ChannelError.timedOut) {
            try await worker.receive(within: .milliseconds(50))
        }
        #expect(try await worker.ask("echo 1") == "echo 1")
    }

    @Test func `waiting can be cancelled`() async throws {
        let worker = try await Probe.bare("silent")
        let waiting = Task { try await worker.receive(within: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(50))
        waiting.cancel()
        await #expect(throws: ChannelError.cancelled) { try await waiting.value }
        let late = Task {
            try? await Task.sleep(for: .seconds(60))
            return try await worker.receive(within: .seconds(60))
        }
        late.cancel()
        await #expect(throws: ChannelError.cancelled) { try await late.value }
    }

    @Test func `the exit status is told, each time it is asked for`() async throws {
        let worker = try await Probe.bare("exit", "7")
        #expect(await worker.exit().cause == .exited(7))
        #expect(await worker.exit().cause == .exited(7))
        #expect(try await worker.receive(within: .seconds(1)) == nil)
        await #expect(throws: ChannelError.closed) {
            try await worker.send([1], within: .seconds(1))
        }
        #expect(!worker.isRunning)
    }

    @Test func `killing twice and after the end does no harm`() async throws {
        let worker = try await Probe.bare("silent")
        worker.kill()
        worker.kill()
        #expect(await worker.exit().cause == .killed)
        worker.kill()
        #expect(kill(worker.processID, 0) == -1)  // no zombie is left
    }

    @Test func `a worker that nobody holds any more is ended`() async throws {
        let process = try await Probe.bare("silent").processID
        #expect(try await isSoonGone(process, isOurs: true))
    }

    @Test func `a crash while an answer is awaited is the end of the stream`() async throws {
        let worker = try await Probe.bare()
        let waiting = Task { try await worker.receive(within: .seconds(60)) }
        try await Task.sleep(for: .milliseconds(50))
        kill(worker.processID, SIGSEGV)
        #expect(try await waiting.value == nil)
        #expect(await worker.exit().cause == .crashed(signal: SIGSEGV))
    }

    @Test func `a flood of complaints is drained, its end kept and its codes taken out`()
        async throws
    {
        let worker = try await Probe.bare()
        #expect(try await worker.ask("complain 3000000") == "done")
        try await worker.send(Array("exit 3".utf8), within: .seconds(5))
        let exit = await worker.exit()
        #expect(exit.cause == .exited(3))
        #expect(exit.errorOutput.utf8.count <= 4096)
        #expect(exit.errorOutput.hasSuffix("xxx[31mlast word"))
    }

    @Test func `a program that is not there is an error at once`() async throws {
        await #expect(throws: Errno.noSuchFileOrDirectory) {
            try await WorkerProcess.start(executable: "/nowhere/at/all", arguments: [])
        }
    }

    @Test(arguments: [
        (
            "a length beyond the limit", "255,255,255,255,0,0,0,0",
            ChannelError.oversized(4_294_967_295, limit: 32 << 20)
        ),
        (
            "open files that are announced and not sent", "1,0,0,0,4,0,0,0,1",
            .wrongDescriptors(announced: 4, received: 0)
        ),
        (
            "very many open files", "1,0,0,0,255,255,255,255,1",
            .wrongDescriptors(announced: 4_294_967_295, received: 0)
        ),
    ])
    func `a worker in foreign hands cannot send`(what: String, bytes: String, error: ChannelError)
        async throws
    {
        let worker = try await Probe.bare()
        try await worker.send(Array("raw \(bytes)".utf8), within: .seconds(5))
        await #expect(throws: error, "\(what)") { try await worker.receive(within: .seconds(10)) }
        // Nothing it says after that is believed.
        await #expect(throws: error) { try await worker.receive(within: .seconds(10)) }
    }

    @Test func `half a message is no message`() async throws {
        let worker = try await Probe.bare()
        try await worker.send(Array("raw 9,0,0,0,0,0,0,0,1,2,3".utf8), within: .seconds(5))
        await #expect(throws: ChannelError.timedOut) {
            try await worker.receive(within: .milliseconds(200))
        }
        try await worker.send(Array("exit 0".utf8), within: .seconds(5))
        await #expect(throws: ChannelError.closed) {
            try await worker.receive(within: .seconds(10))
        }
    }

    @Test func `many workers come and go and leave nothing behind`() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<24 {
                group.addTask {
                    let worker = try await Probe.bare()
                    #expect(try await worker.ask("echo \(number)") == "echo \(number)")
                    if number % 2 == 0 { worker.kill() } else { _ = try await worker.ask("exit 0") }
                    let cause = await worker.exit().cause
                    #expect(cause == (number % 2 == 0 ? .killed : .exited(0)))
                    #expect(kill(worker.processID, 0) == -1)
                }
            }
            try await group.waitForAll()
        }
    }
}
