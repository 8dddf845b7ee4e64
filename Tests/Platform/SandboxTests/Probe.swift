import Foundation
import Sandbox
import SystemPackage
import Testing

/// The probe: a worker that tries on request what it should not.
enum Probe {
    /// Built beside the tests.
    static let path: String = {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        return (tests as NSString).deletingLastPathComponent + "/wall-probe"
    }()

    /// A worker behind its walls, which it has reported to be up.
    static func walled(addressSpaceBytes: Int = 2_000_000_000) async throws -> WorkerProcess {
        let worker = try await WorkerProcess.start(
            executable: FilePath(path),
            arguments: ["worker", "\(addressSpaceBytes)"]
        )
        let greeting = try #require(try await worker.receive(within: .seconds(30)))
        #expect(String(decoding: greeting.bytes, as: UTF8.self).hasPrefix("walls "))
        return worker
    }

    /// A worker without walls, to stand for one that has been taken over.
    static func bare(_ arguments: String...) async throws -> WorkerProcess {
        try await WorkerProcess.start(
            executable: FilePath(path),
            arguments: arguments.isEmpty ? ["bare"] : arguments,
            messageLimit: 32 << 20
        )
    }

    /// Runs a program behind walls, to its end.
    static func run(
        _ command: [String],
        input: String = "",
        addressSpaceBytes: Int = 2_000_000_000,
        cpuSeconds: Int = 20,
        alone: Bool = false,
        environment: [String: String] = [:]
    ) throws -> (status: Int32, signalled: Bool, output: String, errors: String) {
        try start(
            WalledProgram.arguments(
                for: command,
                addressSpaceBytes: addressSpaceBytes,
                cpuSeconds: cpuSeconds,
                alone: alone
            ),
            input: input,
            environment: environment
        )
    }

    /// Runs the probe with any arguments, to its end.
    static func start(
        _ arguments: [String],
        input: String = "",
        environment: [String: String] = [:]
    ) throws -> (status: Int32, signalled: Bool, output: String, errors: String) {
        let folder = try TemporaryFolder()
        let files = try ["in", "out", "err"].map { name in
            let path = folder.path + "/" + name
            try (name == "in" ? input : "").write(toFile: path, atomically: false, encoding: .utf8)
            return try #require(FileHandle(forUpdatingAtPath: path))
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = files[0]
        process.standardOutput = files[1]
        process.standardError = files[2]
        try process.run()
        process.waitUntilExit()
        func text(_ name: String) throws -> String {
            String(
                decoding: try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name)),
                as: UTF8.self
            )
        }
        return (
            process.terminationStatus, process.terminationReason == .uncaughtSignal,
            try text("out"), try text("err")
        )
    }
}

extension WorkerProcess {
    /// Asks the probe something and gives back its answer.
    func ask(
        _ request: String,
        descriptors: [FileDescriptor] = [],
        within time: Duration = .seconds(30)
    ) async throws -> String? {
        try await send(Array(request.utf8), descriptors: descriptors, within: time)
        return try await receive(within: time).map { String(decoding: $0.bytes, as: UTF8.self) }
    }
}

/// A folder that is gone with its owner.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "docket-walls-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func write(_ name: String, _ text: String, mode: Int = 0o644) throws -> String {
        let file = path + "/" + name
        try FileManager.default.createDirectory(
            atPath: (file as NSString).deletingLastPathComponent,
            withIntermediateDirectories: true
        )
        try text.write(toFile: file, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: file)
        return file
    }
}

/// Whether a process is gone before long; one that is dead and waits for a stranger to notice is.
func isSoonGone(_ process: pid_t, isOurs: Bool = false) async throws -> Bool {
    for _ in 0..<400 {
        let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        if status == nil || !isOurs && status?.contains("State:\tZ") == true { return true }
        try await Task.sleep(for: .milliseconds(50))
    }
    return false
}

/// Descriptors open in this process that lead to `kind` of thing.
func openDescriptors(of kind: String) -> Int {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.filter {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)"))?
            .contains(kind) == true
    }.count
}

/// A listener on the loopback, to be reached or not.
final class Listener {
    private let socket: Int32
    let port: UInt16

    init() throws {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.socket = socket
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) == 0 && listen(socket, 5) == 0
                    && getsockname(socket, $0, &size) == 0
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        try #require(bound)
    }

    deinit { close(socket) }
}
