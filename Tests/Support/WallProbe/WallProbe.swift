// A worker that does on request what no worker should: the tests of the walls see it refused.
import Glibc
import Sandbox
import SystemPackage

@main
struct WallProbe {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        switch arguments.first {
        case "worker": serve(walls: .worker(addressSpaceBytes: Int(arguments[1]) ?? 1 << 31))
        case "bare": serve(walls: nil)
        case "walled": WalledProgram.exec(Array(arguments.dropFirst()))
        case "threads": raiseBesideAnotherThread()
        case "parent": beParent()
        case "variables": showVariables(arguments[1] == "needed" ? .needed : .notSecret)
        case "exit": exit(Int32(arguments[1]) ?? 99)
        case "silent": while true { pause() }
        default: exit(64)
        }
    }

    /// Answers requests of the form `VERB [WORD]` until the other side is gone.
    static func serve(walls: Walls?) {
        let calls = ForbiddenCalls()
        let channel = MessageChannel.toParent()
        do {
            if let walls {
                let raised = try walls.raise()
                try channel.send(Array("walls \(raised.landlockVersion) \(raised.seccomp)".utf8))
            }
            while let message = try channel.receive() {
                let words = String(decoding: message.bytes.prefix(4096), as: UTF8.self)
                    .split(separator: " ", maxSplits: 1).map(String.init)
                let word = words.count > 1 ? words[1] : ""
                let answer: String
                switch words.first ?? "" {
                case "echo":
                    try channel.send(message.bytes, descriptors: message.descriptors)
                    message.descriptors.forEach { try? $0.close() }
                    continue
                case "content": answer = content(of: message.descriptors)
                case "raw":
                    rawBytes(word)
                    continue
                case let verb: answer = calls.attempt(verb, word)
                }
                message.descriptors.forEach { try? $0.close() }
                try channel.send(Array(answer.utf8))
            }
        } catch {
            _ = try? FileDescriptor.standardError.writeAll("probe: \(error)\n".utf8)
            exit(3)
        }
    }

    static func content(of descriptors: [FileDescriptor]) -> String {
        var status = stat()
        let file = descriptors.first?.rawValue ?? 50  // nothing has that number
        guard fstat(file, &status) == 0 else { return String(cString: strerror(errno)) }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = pread(file, &bytes, bytes.count, 0)
        return "\(count): " + String(decoding: bytes, as: UTF8.self)
    }

    /// Writes bytes given as `1,2,3` past the channel.
    static func rawBytes(_ list: String) {
        let bytes = list.split(separator: ",").compactMap { UInt8($0) }
        _ = write(3, bytes, bytes.count)
    }

    static func raiseBesideAnotherThread() {
        var thread = pthread_t()
        pthread_create(&thread, nil, { _ in while true { pause() } }, nil)
        do {
            _ = try Walls.worker(addressSpaceBytes: 1 << 31).raise()
            exit(0)
        } catch {
            exit(error == .otherThreads(1) ? 42 : 43)
        }
    }

    /// Prints the variables that a program sees which this process runs.
    static func showVariables(_ variables: PassedVariables) {
        Task.detached {
            do {
                var runner = ProgramRunner(selfExecutable: "/proc/self/exe")
                runner.variables = variables
                let nothing = try FileDescriptor.open("/dev/null", .readOnly)
                let outcome = try await runner.run(["env"], input: nothing, milliseconds: 20_000)
                let output = try outcome.output.readAll(limit: 1_000_000)
                try FileDescriptor.standardOutput.writeAll(output)
                exit(0)
            } catch {
                _ = try? FileDescriptor.standardError.writeAll("probe: \(error)\n".utf8)
                exit(3)
            }
        }
        while true { pause() }
    }

    /// Starts a worker, tells its number on standard output, and waits to be killed.
    static func beParent() {
        Task.detached {
            do {
                let worker = try await WorkerProcess.start(
                    executable: "/proc/self/exe",
                    arguments: ["worker", "2000000000"]
                )
                _ = try await worker.receive(within: .seconds(20))
                try FileDescriptor.standardOutput.writeAll("\(worker.processID)\n".utf8)
                while true { _ = try? await worker.receive(within: .seconds(60)) }
            } catch {
                exit(3)
            }
        }
        while true { pause() }
    }
}
