import Foundation
import Glibc
import Testing

/// The built command, started as a person starts it.
enum DocketCommand {
    /// The file that is started: `DOCKET_BINARY`, else what `swift build` made.
    static let binary =
        ProcessInfo.processInfo.environment["DOCKET_BINARY"]
        ?? Project.root.appending(path: ".build/debug/docket").path

    /// Runs it to its end.
    ///
    /// A command that does not end in time is killed, and the test told so.
    static func run(
        _ arguments: [String],
        in folder: URL? = nil,
        environment: [String: String] = [:],
        seconds: Double = 240
    ) async throws -> Ended {
        try await RunningCommand(
            binary,
            arguments,
            in: folder,
            environment: environment
        ).end(within: seconds)
    }
}

/// How a command ended and what it said.
struct Ended {
    /// The exit status; 128 and the number of the signal for one that was killed.
    let status: Int32
    let outputBytes: [UInt8]
    let errors: String
    let seconds: Double

    var output: String { String(decoding: outputBytes, as: UTF8.self) }
    var wasKilled: Bool { status == 128 + SIGKILL }
    /// All that was said, for a failing test.
    var words: Comment { "exit status \(status)\n\(output.prefix(4000))\n\(errors.suffix(4000))" }
    /// The output's lines as JSON objects.
    func objects() throws -> [[String: Any]] {
        try output.split(separator: "\n").map {
            try #require(JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }
}

/// A command that was started and not yet ended, in a session of its own.
final class RunningCommand {
    /// Features of pictures that the tests of this process keep.
    private static let cache =
        FileManager.default.temporaryDirectory
        .appending(path: "docket-test-cache-\(getpid())").path

    /// Its process, process group and session.
    let process: pid_t
    private let output: URL
    private let errors: URL
    private let started = ContinuousClock.now
    private var status: Int32?

    init(
        _ program: String,
        _ arguments: [String],
        in folder: URL? = nil,
        environment: [String: String] = [:]
    ) throws {
        let name = FileManager.default.temporaryDirectory.appending(
            path: "docket-said-\(UUID().uuidString)"
        )
        output = name.appendingPathExtension("out")
        errors = name.appendingPathExtension("err")

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        let flags = O_WRONLY | O_CREAT | O_TRUNC
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output.path, flags, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, errors.path, flags, 0o600)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // A session survives a change of process group: whoever is left over is found by it.
        let ownSession: Int32 = 0x80
        posix_spawnattr_setflags(
            &attributes,
            Int16(ownSession | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)
        )

        var variables = ProcessInfo.processInfo.environment
        variables["DOCKET_DATABASE"] = nil
        variables["DOCKET_DIE_AFTER"] = nil
        // Models and features of whoever runs the tests change nothing, and are not changed.
        variables["DOCKET_MODEL"] = nil
        variables["DOCKET_MODELS"] = "/nowhere"
        variables["XDG_CACHE_HOME"] = Self.cache
        variables.merge(environment) { _, new in new }
        // `env -C` changes the folder and becomes the program, in the same process.
        let line = (folder.map { ["/usr/bin/env", "-C", $0.path] } ?? []) + [program] + arguments
        let words = line.map { strdup($0) } + [nil]
        let settings = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for pointer in words + settings { free(pointer) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, line[0], &actions, &attributes, words, settings)
        guard code == 0 else {
            throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO)
        }
        self.process = process
    }

    deinit {
        if status == nil {
            kill(-process, SIGKILL)
            var word: Int32 = 0
            waitpid(process, &word, 0)
        }
        unlink(output.path)
        unlink(errors.path)
    }

    /// Whether it has ended.
    func hasEnded() -> Bool {
        if status != nil { return true }
        var word: Int32 = 0
        guard waitpid(process, &word, WNOHANG) == process else { return false }
        let signal = word & 0x7F
        status = signal == 0 ? (word >> 8) & 0xFF : 128 + signal
        return true
    }

    /// Waits for its end.
    func end(within seconds: Double = 240) async throws -> Ended {
        let deadline = ContinuousClock.now + .seconds(seconds)
        while !hasEnded() {
            if ContinuousClock.now > deadline {
                kill(-process, SIGKILL)
                Issue.record("a command did not end within \(seconds) s: \(said())")
                try await Task.sleep(for: .milliseconds(200))
                _ = hasEnded()
                break
            }
            try await Task.sleep(for: .milliseconds(4))
        }
        return Ended(
            status: status ?? -1,
            outputBytes: [UInt8]((try? Data(contentsOf: output)) ?? Data()),
            errors: said(),
            seconds: Double((ContinuousClock.now - started) / .milliseconds(1)) / 1000
        )
    }

    /// What it has written to standard error so far.
    func said() -> String {
        String(decoding: (try? Data(contentsOf: errors)) ?? Data(), as: UTF8.self)
    }

    /// Sends a signal to the program alone, as `kill` does.
    func send(_ signal: Int32) { kill(process, signal) }

    /// Sends a signal to its whole group, as a terminal does on Ctrl-C.
    func sendToGroup(_ signal: Int32) { kill(-process, signal) }

    /// Processes of its session that are still there a moment after its end, with their names.
    func leftOver() async throws -> [String] {
        for _ in 0..<100 {
            if Self.members(ofSession: process).isEmpty { return [] }
            try await Task.sleep(for: .milliseconds(20))
        }
        return Self.members(ofSession: process)
    }

    /// Those of its processes that run a program of this name.
    func members(named name: String) -> [String] {
        Self.members(ofSession: process).filter { $0.contains("(\(name))") }
    }

    private static func members(ofSession session: pid_t) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { name in
            guard Int32(name) != nil,
                let stat = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return nil }
            // After the name: state, parent, group, session.
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            guard fields.count > 3, fields[3] == "\(session)", fields[0] != "Z" else { return nil }
            return stat[...end].description
        }
    }
}
