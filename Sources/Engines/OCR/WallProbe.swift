internal import Glibc

/// Tries, from inside a worker, what its walls must refuse.
enum WallProbe {
    /// Tries to open, to make a file, to execute and to connect.
    ///
    /// - Parameter request: at what to try it.
    /// - Returns: the kernel's refusals, zero where there was none.
    static func tryEverything(_ request: ProbeRequest) -> ProbeReport {
        ProbeReport(
            read: opening(request.readablePath, O_RDONLY),
            write: opening(request.writablePath, O_WRONLY | O_CREAT),
            execute: executing(request.program),
            connect: connecting(to: request.port)
        )
    }

    private static func opening(_ path: String, _ flags: Int32) -> Int32 {
        let descriptor = unsafe open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return errno }
        close(descriptor)
        return 0
    }

    /// Replaces this very process where nothing refuses it: then the worker's end is the answer.
    private static func executing(_ path: String) -> Int32 {
        unsafe path.withCString { path in
            var arguments: [UnsafeMutablePointer<CChar>?] = unsafe [
                UnsafeMutablePointer(mutating: path), nil,
            ]
            unsafe execve(path, &arguments, nil)
        }
        return errno
    }

    private static func connecting(to port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let result = unsafe withUnsafePointer(to: &address) { address in
            unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                unsafe connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return result == 0 ? 0 : errno
    }
}
