import Sandbox
import Testing

@Suite struct KernelWallsTests {
    @Test func `what the kernel offers is what a worker gets`() async throws {
        let kernel = KernelWalls.probe()
        let worker = try await WorkerProcess.start(
            executable: .init(Probe.path),
            arguments: ["worker", "2000000000"]
        )
        let greeting = try await worker.receive(within: .seconds(30))
        #expect(
            greeting.map { String(decoding: $0.bytes, as: UTF8.self) }
                == "walls \(kernel.landlockVersion) \(kernel.seccomp)"
        )
    }
}
