import Glibc
import SystemPackage

/// Tries what walls forbid, mostly by bare system calls: what a stranger's code would do.
struct ForbiddenCalls {
    typealias Call = @convention(c) (Int, Int, Int, Int, Int, Int, Int) -> Int
    private let call: Call
    private let allocate: @convention(c) (Int) -> UnsafeMutableRawPointer?

    init() {
        call = unsafeBitCast(dlsym(nil, "syscall"), to: Call.self)
        // C++'s `operator new(unsigned long)`
        allocate = unsafeBitCast(
            dlsym(nil, "_Znwm"),
            to: (@convention(c) (Int) -> UnsafeMutableRawPointer?).self
        )
    }

    /// What came of it: `done`, or the error in words.
    func attempt(_ verb: String, _ word: String) -> String {
        switch verb {
        case "open": result(open(word, O_RDONLY))
        case "write": result(open(word, O_WRONLY | O_CREAT, 0o600))
        case "delete": result(unlink(word))
        case "look": look(word, flags: 0)
        // With the flag that is let through for open files.
        case "look-past-flags": look(word, flags: 0x1000)
        case "list": opendir(word) == nil ? failure() : "done"
        case "connect": connect(port: UInt16(word) ?? 0)
        case "socket": result(socket(Int32(word) ?? 0, Int32(SOCK_STREAM.rawValue), 0))
        case "execute":
            withArguments(word) { result(execve(word, $0, $0)) }
        case "start":
            withArguments(word) {
                var process: pid_t = 0
                let failure = posix_spawn(&process, word, nil, nil, $0, $0)
                return failure == 0 ? "done" : String(cString: strerror(failure))
            }
        case "kill": result(kill(Int32(word) ?? 0, SIGTERM))
        case "call":
            word.withCString { _ in
                let numbers = word.split(separator: " ").compactMap { Int($0) }
                let all = numbers + Array(repeating: 0, count: 7 - numbers.count)
                return result(call(all[0], all[1], all[2], all[3], all[4], all[5], all[6]))
            }
        case "execute-memory":
            mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED
                ? failure() : "done"
        case "raise-limit":
            {
                var limit = rlimit(rlim_cur: .max, rlim_max: .max)
                return result(setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit))
            }()
        case "memory":
            mmap(
                nil,
                Int(word) ?? 0,
                PROT_READ | PROT_WRITE,
                MAP_PRIVATE | MAP_ANONYMOUS,
                -1,
                0
            ) == MAP_FAILED ? failure() : "done"
        case "new": allocate(Int(word) ?? 0) == nil ? failure() : "done"
        case "array": "done \([UInt8](repeating: 1, count: Int(word) ?? 0).count)"
        case "thread": thread()
        case "spin": spin()
        case "abort": abort()
        case "complain": complain(Int(word) ?? 0)
        case "exit": exit(Int32(word) ?? 99)
        default: "what?"
        }
    }

    private func failure() -> String { String(cString: strerror(errno)) }

    private func result(_ value: some BinaryInteger) -> String { value < 0 ? failure() : "done" }

    private func withArguments(
        _ path: String,
        _ body: ([UnsafeMutablePointer<CChar>?]) -> String
    ) -> String {
        body([strdup(path), nil])
    }

    private func look(_ path: String, flags: Int32) -> String {
        var status = stat()
        return result(flags == 0 ? stat(path, &status) : fstatat(AT_FDCWD, path, &status, flags))
    }

    private func connect(port: UInt16) -> String {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard socket >= 0 else { return failure() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                result(Glibc.connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)))
            }
        }
    }

    private func thread() -> String {
        var thread = pthread_t()
        let failure = pthread_create(&thread, nil, { _ in malloc(100) }, nil)
        guard failure == 0 else { return String(cString: strerror(failure)) }
        pthread_join(thread, nil)
        return "done"
    }

    private func spin() -> String {
        var sum = 0
        while true { sum &+= 1 }
    }

    /// Writes so many bytes to standard error, then a last word with a terminal's control codes.
    private func complain(_ count: Int) -> String {
        let line = Array(repeating: UInt8(ascii: "x"), count: 1000)
        for _ in 0..<(count / 1000) { _ = write(2, line, line.count) }
        _ = try? FileDescriptor.standardError.writeAll("\u{1b}[31mlast word\u{7}".utf8)
        return "done"
    }
}
