import Glibc
import SystemPackage

/// A folder of its own for one test, removed at its end; names are bytes.
final class TemporaryFolder {
    let path: FilePath
    let descriptor: Int32

    init() throws {
        var template = Array("/tmp/docket-scanning-XXXXXX".utf8CString)
        guard let made = mkdtemp(&template) else { throw Errno(rawValue: errno) }
        path = FilePath(platformString: made)
        descriptor = path.withPlatformString { open($0, O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
    }

    deinit {
        TemporaryFolder.removeAll(in: descriptor)
        close(descriptor)
        _ = path.withPlatformString { rmdir($0) }
    }

    /// Makes the folders above a path, one `mkdirat` at a time, so that no path is too long.
    private func parent<Result>(of bytes: [UInt8], _ body: (Int32, [CChar]) throws -> Result)
        throws -> Result
    {
        let names = bytes.split(separator: UInt8(ascii: "/")).map {
            $0.map { CChar(bitPattern: $0) } + [0]
        }
        var folder = dup(descriptor)
        defer { close(folder) }
        for name in names.dropLast() {
            mkdirat(folder, name, 0o700)
            let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            guard next >= 0 else { throw Errno(rawValue: errno) }
            close(folder)
            folder = next
        }
        return try body(folder, names[names.count - 1])
    }

    private func check(_ result: Int32) throws {
        guard result >= 0 else { throw Errno(rawValue: errno) }
    }

    func file(_ path: [UInt8], _ content: [UInt8] = [120]) throws {
        try parent(of: path) { folder, name in
            let file = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
            try check(file)
            defer { close(file) }
            try check(Int32(content.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }))
        }
    }

    func file(_ path: String, _ content: String = "x") throws {
        try file(Array(path.utf8), Array(content.utf8))
    }

    func folder(_ path: String, mode: mode_t = 0o700) throws {
        try parent(of: Array(path.utf8)) { folder, name in
            mkdirat(folder, name, mode)
            try check(fchmodat(folder, name, mode, 0))
        }
    }

    func link(_ path: String, to target: String) throws {
        try parent(of: Array(path.utf8)) { folder, name in
            try check(symlinkat(target, folder, name))
        }
    }

    func pipe(_ path: String) throws {
        try parent(of: Array(path.utf8)) { folder, name in
            try check(mkfifoat(folder, name, 0o600))
        }
    }

    func setMode(_ path: String, _ mode: mode_t) throws {
        try parent(of: Array(path.utf8)) { folder, name in
            try check(fchmodat(folder, name, mode, 0))
        }
    }

    func remove(_ path: String) throws {
        try parent(of: Array(path.utf8)) { folder, name in
            if unlinkat(folder, name, 0) != 0 {
                let inner = openat(folder, name, O_RDONLY | O_DIRECTORY)
                try check(inner)
                TemporaryFolder.removeAll(in: inner)
                close(inner)
                try check(unlinkat(folder, name, AT_REMOVEDIR))
            }
        }
    }

    func rename(_ path: String, to other: String) throws {
        try check(renameat(descriptor, path, descriptor, other))
    }

    private static func removeAll(in folder: Int32) {
        guard let stream = fdopendir(dup(folder)) else { return }
        rewinddir(stream)
        var names: [[CChar]] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0) + 1))
                }
            }
            if name != [46, 0], name != [46, 46, 0] { names.append(name) }
        }
        closedir(stream)
        for name in names where unlinkat(folder, name, 0) != 0 {
            fchmodat(folder, name, 0o700, 0)
            let inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
            guard inner >= 0 else { continue }
            removeAll(in: inner)
            close(inner)
            unlinkat(folder, name, AT_REMOVEDIR)
        }
    }
}

/// Whether this process is bound by the rights of files; root is not.
let isBoundByRights = geteuid() != 0
