import Foundation
import Sandbox
import SystemPackage
import Testing

@Suite struct WorkerWallsTests {
    private let refusals: Set<String> = ["Operation not permitted", "Permission denied"]

    @Test func `without walls the probe can do what the walls forbid`() async throws {
        let folder = try TemporaryFolder()
        let secret = try folder.write("secret", "a secret")
        let listener = try Listener()
        let worker = try await Probe.bare()
        for request in [
            "open \(secret)", "write \(folder.path)/new", "look \(secret)", "list \(folder.path)",
            "connect \(listener.port)", "start /bin/true", "execute-memory", "call 319 0 0",
        ] {
            let answer = try await worker.ask(request)
            #expect(request == "call 319 0 0" || answer == "done", "\(request)")
        }
    }

    @Test func `a worker is refused files, network, programs and other processes, and goes on`()
        async throws
    {
        let folder = try TemporaryFolder()
        let secret = try folder.write("secret", "a secret")
        let listener = try Listener()
        let worker = try await Probe.walled()
        let (us, it) = (getpid(), worker.processID)
        for request in [
            "open \(secret)", "open /etc/passwd", "open /dev/null", "open /proc/self/mem",
            "open /proc/\(us)/mem", "write \(folder.path)/new", "write \(secret)",
            "delete \(secret)",
            "look \(secret)", "look-past-flags \(secret)", "list \(folder.path)", "list /",
            "connect \(listener.port)", "socket 1", "socket 2", "socket 10", "socket 16",
            "socket 17",
            "execute /bin/true", "start /bin/true", "execute-memory", "raise-limit",
            "kill \(us)", "kill 1", "kill \(it)", "kill 0", "kill -1",
        ] {
            let answer = try await worker.ask(request)
            #expect(answer.map(refusals.contains) == true, "\(request): \(answer ?? "ended")")
        }
        #expect(FileManager.default.contents(atPath: secret) == Data("a secret".utf8))
        #expect(try await worker.ask("echo still here") == "echo still here")
    }

    #if arch(x86_64)
        // The numbers of x86-64: `fork`, `vfork`, `clone` of a process, `ptrace` and so on.
        @Test(arguments: [
            ("fork", "57"), ("vfork", "58"), ("clone", "56 17"), ("clone with VM", "56 256"),
            ("clone of a user namespace", "56 \(0x1000_0000 | 0x10900)"), ("ptrace", "101 16 1"),
            ("process_vm_readv", "310 1 0 0 0 0 0"), ("process_vm_writev", "311 1 0 0 0 0 0"),
            ("execveat", "322 0 0 0 0 4096"), ("memfd_create", "319 0 0"),
            ("io_uring_setup", "425 4 0"),
            ("bpf", "321"), ("perf_event_open", "298"), ("userfaultfd", "323"), ("mount", "165"),
            ("unshare", "272 \(0x1000_0000)"), ("setns", "308"), ("keyctl", "250"),
            ("add_key", "248"),
            ("chroot", "161"), ("pidfd_open", "434 1 0"), ("pidfd_getfd", "438 0 0 0"),
            ("pidfd_send_signal", "424 0 9 0 0"), ("tkill", "200 1 9"),
            ("tgkill of another", "234 1 1 9"),
            ("rt_sigqueueinfo", "129 1 9 0"), ("prctl PDEATHSIG", "157 1 0"),
            ("personality", "135 0"),
            ("ioctl", "16 3 21522 0"), ("fcntl SETOWN", "72 3 8 1"), ("shmget", "29 0 4096 512"),
            ("socketpair", "53 1 1 0 0"), ("bind", "49 3 0 0"), ("listen", "50 3 1"),
            ("landlock_restrict_self", "446 0 0"), ("seccomp", "317 0 0 0"), ("getcwd", "79"),
            ("chdir", "80"), ("open_by_handle_at", "304"), ("setuid", "105 0"), ("sync", "162"),
            ("kcmp", "312"), ("modify_ldt", "154 0 0 0"), ("statmount", "457"), ("wait4", "61 -1"),
        ])
        func `a worker is refused the system call`(name: String, numbers: String) async throws {
            let worker = try await Probe.walled()
            let answer = try await worker.ask("call \(numbers)")
            #expect(answer == "Operation not permitted", "\(name)")
        }

        @Test func `a call of another architecture ends the worker`() async throws {
            let worker = try await Probe.walled()
            #expect(try await worker.ask("call \(0x4000_0000 | 39)") == nil)
            #expect(await worker.exit().cause == .crashed(signal: SIGSYS))
        }
    #endif

    @Test func `a worker reads the open file that it was handed`() async throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("document", "what is written")
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        let worker = try await Probe.walled()
        #expect(try await worker.ask("content", descriptors: [file]) == "15: what is written")
        #expect(try await worker.ask("content") == "Bad file descriptor")
    }

    @Test func `a worker can have threads`() async throws {
        let worker = try await Probe.walled()
        #expect(try await worker.ask("thread") == "done")
    }

    @Test func `memory beyond the limit is not there`() async throws {
        let worker = try await Probe.walled()
        #expect(try await worker.ask("memory 10000000000") == "Cannot allocate memory")
        #expect(try await worker.ask("memory 100000000") == "done")
    }

    @Test(arguments: ["new 10000000000", "array 10000000000"])
    func `a worker that runs out of memory says so by its end`(request: String) async throws {
        let worker = try await Probe.walled()
        #expect(try await worker.ask(request) == nil)
        let exit = await worker.exit()
        #expect(exit.cause == .outOfMemory, "\(exit)")
    }

    @Test func `processor time is counted from when it was given`() async throws {
        let worker = try await Probe.walled()
        try worker.allowProcessorTime(seconds: 1)
        #expect(try await worker.ask("spin") == nil)
        let exit = await worker.exit()
        #expect(exit.cause == .processorTime)
        #expect(exit.processorTime > .milliseconds(900) && exit.processorTime < .seconds(5))
        #expect(throws: Errno.noSuchProcess) { try worker.allowProcessorTime(seconds: 1) }
    }

    @Test func `an abort is a crash`() async throws {
        let worker = try await Probe.walled()
        #expect(try await worker.ask("abort") == nil)
        #expect(await worker.exit().cause == .crashed(signal: SIGABRT))
    }

    @Test(arguments: [SIGINT, SIGTERM, SIGHUP, SIGPIPE])
    func `what the terminal sends to all does not end a worker`(signal: Int32) async throws {
        let worker = try await Probe.walled()
        kill(worker.processID, signal)
        #expect(try await worker.ask("echo 1") == "echo 1")
    }

    @Test func `a signal that comes before the walls does not end a worker either`() async throws {
        let worker = try await WorkerProcess.start(
            executable: FilePath(Probe.path),
            arguments: ["worker", "2000000000"]
        )
        kill(worker.processID, SIGINT)
        #expect(try await worker.receive(within: .seconds(30)) != nil)
        #expect(try await worker.ask("echo 1") == "echo 1")
    }

    @Test func `walls are not raised beside another thread`() throws {
        #expect(try Probe.start(["threads"]).status == 42)
    }

    @Test func `a worker dies with the process that started it`() async throws {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(fileURLWithPath: Probe.path)
        process.arguments = ["parent"]
        process.standardOutput = output
        try process.run()
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let worker = try #require(pid_t(line.trimmingCharacters(in: .whitespacesAndNewlines)))
        #expect(kill(worker, 0) == 0)
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(try await isSoonGone(worker))
    }

    @Test func `the walls that are up can be seen from outside`() async throws {
        let worker = try await Probe.walled()
        let status = try String(contentsOfFile: "/proc/\(worker.processID)/status", encoding: .utf8)
        #expect(status.contains("NoNewPrivs:\t1"))
        #expect(status.contains("CapEff:\t0000000000000000"))
        #expect(status.contains("CapPrm:\t0000000000000000"))
        let limits = try String(contentsOfFile: "/proc/\(worker.processID)/limits", encoding: .utf8)
        #expect(limits.contains(/Max core file size +1 +/))
        #expect(limits.contains(/Max open files +64 +64/))
        if KernelWalls.probe().seccomp { #expect(status.contains("Seccomp:\t2")) }
        let names = try FileManager.default.contentsOfDirectory(
            atPath: "/proc/\(worker.processID)/fd"
        )
        #expect(names.sorted() == ["0", "1", "2", "3"])
    }

    @Test func `the peak of memory can be read and reset`() async throws {
        let worker = try await Probe.walled()
        #expect(try await worker.ask("array 300000000") == "done 300000000")
        #expect(try #require(PeakMemory.read(of: worker.processID)) > 300_000_000)
        try PeakMemory.reset(of: worker.processID)
        #expect(try #require(PeakMemory.read(of: worker.processID)) < 200_000_000)
        worker.kill()
        _ = await worker.exit()
        #expect(PeakMemory.read(of: worker.processID) == nil)
    }
}
