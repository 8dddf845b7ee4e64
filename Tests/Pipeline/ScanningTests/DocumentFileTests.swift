import Glibc
import Scanning
import SystemPackage
import Testing

@Suite struct DocumentFileTests {
    private func open(
        _ folder: TemporaryFolder,
        _ path: String,
        limit: Int = 1 << 30,
        expected: FileStamp? = nil
    ) throws -> DocumentFile {
        try DocumentFile(
            Array(path.utf8),
            in: OpenFolder(folder.path),
            byteLimit: limit,
            expected: expected
        )
    }

    @Test func `an empty file has the hash of nothing`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a", "")
        let document = try open(folder, "a")
        #expect(
            document.sha256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        )
        #expect(document.kind == .empty)
        #expect(document.byteCount == 0)
    }

    @Test func `a file is hashed, sniffed and kept open`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a", "abc")
        let document = try open(folder, "a", limit: 3)
        #expect(
            document.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        )
        #expect(document.kind == .text)
        #expect(document.stamp.size == 3)
        try folder.remove("a")
        var bytes = [UInt8](repeating: 0, count: 10)
        let count = try bytes.withUnsafeMutableBytes {
            try document.descriptor.read(fromAbsoluteOffset: 0, into: $0)
        }
        #expect(bytes.prefix(count) == [97, 98, 99])
    }

    @Test func `a file larger than the buffer is hashed whole`() throws {
        let folder = try TemporaryFolder()
        // A million times the letter a is one of the standard's own examples.
        try folder.file(Array("a".utf8), [UInt8](repeating: 97, count: 1_000_000))
        #expect(
            try open(folder, "a").sha256
                == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        )
        try folder.file(Array("b".utf8), [UInt8](repeating: 0, count: 3 << 20))
        #expect(
            try open(folder, "b").sha256
                == "bbd05cf6097ac9b1f89ea29d2542c1b7b67ee46848393895f5a9e43fa1f621e5"
        )
    }

    @Test func `a file over the limit is not read`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a", "four")
        #expect(throws: DocumentFileError.tooLarge(byteCount: 4, limit: 3)) {
            try open(folder, "a", limit: 3)
        }
        // A terabyte of nothing: reading it would take the test's life.
        let sparse = folder.path.appending("sparse")
        let file = try FileDescriptor.open(
            sparse,
            .writeOnly,
            options: .create,
            permissions: .ownerReadWrite
        )
        _ = ftruncate(file.rawValue, 1 << 40)
        try file.close()
        #expect(throws: DocumentFileError.tooLarge(byteCount: 1 << 40, limit: 64_000_000)) {
            try open(folder, "sparse", limit: 64_000_000)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is not there, or no file, is said`() throws {
        let folder = try TemporaryFolder()
        try folder.pipe("pipe")
        try folder.folder("folder")
        try folder.file("file")
        #expect(throws: DocumentFileError.vanished) { try open(folder, "nothing") }
        #expect(throws: DocumentFileError.vanished) { try open(folder, "file/x") }
        #expect(throws: DocumentFileError.notRegular(.pipe)) { try open(folder, "pipe") }
        #expect(throws: DocumentFileError.notRegular(.folder)) { try open(folder, "folder") }
    }

    @Test func `a file that is not what was found is not taken for it`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a", "one")
        let first = try open(folder, "a").stamp
        #expect(try open(folder, "a", expected: first).stamp == first)
        try folder.file("a", "three")
        let now = try OpenFolder(folder.path).stamp(of: Array("a".utf8))
        #expect(throws: DocumentFileError.changed(now)) { try open(folder, "a", expected: first) }
    }

    @Test func `a write after hashing is noticed, a replacement does not matter`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a", "one")
        let document = try open(folder, "a")
        #expect(document.isUnchanged())
        #expect(document.isUnchanged(since: document.stamp))
        try folder.file("a", "more")
        #expect(!document.isUnchanged())
    }

    @Test(.timeLimit(.minutes(1)))
    func `a file that grows while it is read never passes for finished`() throws {
        let folder = try TemporaryFolder()
        let path = Array("a".utf8)
        try folder.file(path, [UInt8](repeating: 1, count: 2 << 20))
        let root = try OpenFolder(folder.path)
        let writer = try GrowingFile(folder.path.appending("a"))
        defer { writer.stop() }
        var noticed = 0
        while noticed < 5 {
            do throws(DocumentFileError) {
                _ = try DocumentFile(path, in: root, byteLimit: 1 << 40)
            } catch {
                guard case .changed = error else { throw error }
                noticed += 1
            }
        }
    }

    @Test(.enabled(if: !isBoundByRights, "only root can take on another user's rights"))
    func `a file without the right to read it is unreadable`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a", "secret")
        _ = folder.path.withPlatformString { chmod($0, 0o755) }
        try AnotherUser.run {
            #expect(throws: DocumentFileError.unreadable(.permissionDenied)) {
                try open(folder, "a")
            }
        }
    }

    @Test func `letting go closes the file`() throws {
        let folder = try TemporaryFolder()
        try folder.file("a")
        let root = try OpenFolder(folder.path)
        for _ in 0..<2000 { _ = try DocumentFile(Array("a".utf8), in: root, byteLimit: 10) }
        for _ in 0..<2000 {
            #expect(throws: DocumentFileError.tooLarge(byteCount: 1, limit: 0)) {
                try DocumentFile(Array("a".utf8), in: root, byteLimit: 0)
            }
        }
    }
}

/// A file that another process appends to until it is stopped.
private final class GrowingFile {
    private let process: pid_t

    init(_ path: FilePath) throws {
        var process: pid_t = 0
        let script = "ulimit -t 60; while :; do printf x >> \"$0\"; done"
        let words = ["/bin/sh", "-c", script, path.string]
        var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        let result = posix_spawn(&process, "/bin/sh", nil, nil, &arguments, environ)
        guard result == 0 else { throw Errno(rawValue: result) }
        self.process = process
    }

    func stop() {
        kill(process, SIGKILL)
        var status: Int32 = 0
        waitpid(process, &status, 0)
    }
}
