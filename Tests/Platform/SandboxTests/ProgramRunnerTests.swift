import Glibc
import Sandbox
import SystemPackage
import Testing

@Suite struct ProgramRunnerTests {
    /// Counts bytes until it has enough.
    private struct Counter: OutputConsumer {
        var enough: Int
        var count = 0

        mutating func take(_ bytes: [UInt8]) -> Bool {
            count += bytes.count
            return count < enough
        }
    }

    private static let runner = ProgramRunner(selfExecutable: Probe.path)

    @discardableResult
    private static func withNothing<Result>(
        _ body: (FileDescriptor) async throws -> Result
    ) async throws -> Result {
        let nothing = try FileDescriptor.open("/dev/null", .readOnly)
        defer { try? nothing.close() }
        return try await body(nothing)
    }

    private static func run(
        _ command: [String],
        milliseconds: Int = 20_000,
        runner: ProgramRunner = Self.runner
    ) async throws -> (end: ProcessEnd, output: String, errors: String) {
        try await withNothing { nothing in
            let outcome = try await runner.run(
                command,
                input: nothing,
                milliseconds: milliseconds
            )
            defer { try? outcome.output.close() }
            let output = try outcome.output.readAll(limit: 1_000_000)
            return (outcome.end, String(decoding: output, as: UTF8.self), outcome.errors)
        }
    }

    @Test func `a program's output, messages and status come back`() async throws {
        let outcome = try await Self.run(["sh", "-c", "echo out; echo err >&2; exit 3"])
        #expect(outcome.end == .exited(3))
        #expect(outcome.output == "out\n" && outcome.errors == "err\n")
    }

    @Test(arguments: [PassedVariables.needed, .notSecret])
    func `a program has what it needs, none of ours and no key`(passed: PassedVariables) throws {
        let keys = [
            "DOCKET_API_KEY", "DOCKET_API_KEY_FILE", "OPENAI_API_KEY", "HF_TOKEN",
            "HUGGING_FACE_HUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "DB_PASSWORD", "https_proxy",
        ]
        var environment = ["LC_ALL": "C", "OPENBLAS_NUM_THREADS": "3", "MY_DATA": "here"]
        for key in keys { environment[key] = "the-secret" }
        let result = try Probe.start(
            ["variables", passed == .needed ? "needed" : "not-secret"],
            environment: environment
        )
        #expect(result.status == 0 && !result.output.contains("the-secret"), "\(result)")
        let seen = Set(result.output.split(separator: "\n").map(String.init))
        #expect(seen.isSuperset(of: ["LC_ALL=C", "OPENBLAS_NUM_THREADS=3"]))
        #expect(seen.contains { $0.hasPrefix("PATH=") } && seen.contains { $0.hasPrefix("HOME=") })
        #expect(!seen.contains { $0.hasPrefix("DOCKET_OWN") })
        // The user's own program may be set up by any variable.
        #expect(seen.contains("MY_DATA=here") == (passed == .notSecret))
    }

    @Test func `a program that takes too long is ended`() async throws {
        let start = ContinuousClock.now
        await #expect(throws: ProgramFault.timedOut("sleep", milliseconds: 300)) {
            try await Self.run(["sleep", "60"], milliseconds: 300)
        }
        #expect(ContinuousClock.now - start < .seconds(20))
    }

    @Test func `a program that is not there is named`() async {
        await #expect(throws: ProgramFault.notInstalled("no-such-program")) {
            try await Self.run(["no-such-program"])
        }
    }

    @Test func `output that grows beyond its limit ends the program`() async throws {
        var runner = Self.runner
        runner.outputBytes = 1_000_000
        let outcome = try await Self.run(["yes"], runner: runner)
        #expect(outcome.end == .signalled(SIGXFSZ))
    }

    @Test func `of many messages the last are kept`() async throws {
        let outcome = try await Self.run(["sh", "-c", "yes | head -c 200000 >&2; echo last >&2"])
        #expect(outcome.end == .exited(0) && outcome.errors.hasSuffix("last\n"))
    }

    @Test func `messages without end end a program whose output is taken`() async throws {
        try await Self.withNothing { nothing in
            let outcome = try await Self.runner.stream(
                ["sh", "-c", "exec yes >&2"],
                input: nothing,
                milliseconds: 30_000,
                into: Counter(enough: .max)
            )
            #expect(outcome.end == .signalled(SIGXFSZ))
        }
    }

    @Test func `output may be taken as it comes, to the end or until it is enough`() async throws {
        try await Self.withNothing { nothing in
            let all = try await Self.runner.stream(
                ["head", "-c", "50000000", "/dev/zero"],
                input: nothing,
                milliseconds: 30_000,
                into: Counter(enough: .max)
            )
            #expect(all.end == .exited(0) && all.consumer.count == 50_000_000)
            let some = try await Self.runner.stream(
                ["yes"],
                input: nothing,
                milliseconds: 30_000,
                into: Counter(enough: 1_000_000)
            )
            #expect(some.end == nil && some.consumer.count >= 1_000_000)
        }
    }

    @Test func `a program whose output is taken is ended when its time is over`() async throws {
        try await Self.withNothing { nothing in
            await #expect(throws: ProgramFault.timedOut("sleep", milliseconds: 300)) {
                try await Self.runner.stream(
                    ["sleep", "60"],
                    input: nothing,
                    milliseconds: 300,
                    into: Counter(enough: 1)
                )
            }
        }
    }
}
