internal import Glibc
internal import SystemPackage

/// Finds programs and what they cannot run without, the way a shell does.
enum ProgramLookup: Equatable {
    case found(String)
    case notExecutable(String)
    case missing

    /// Looks a program up: a name with a slash is a path, any other is searched in `PATH`.
    init(_ name: String) {
        if name.contains("/") {
            self = Self.look(at: name)
            return
        }
        let path = unsafe getenv("PATH").map { unsafe String(cString: $0) } ?? "/usr/bin:/bin"
        var best = ProgramLookup.missing
        if !name.isEmpty {
            for folder in path.split(separator: ":", omittingEmptySubsequences: false) {
                let found = Self.look(at: (folder.isEmpty ? "." : folder) + "/" + name)
                if case .found = found {
                    self = found
                    return
                }
                if best == .missing { best = found }
            }
        }
        self = best
    }

    private static func look(at path: String) -> ProgramLookup {
        switch FileKind(of: path) {
        case nil: .missing
        case .file where unsafe access(path, X_OK) == 0: .found(path)
        default: .notExecutable(path)
        }
    }
}

/// What a path leads to, links followed.
enum FileKind {
    case file
    case directory
    case other

    init?(of path: String) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: self = .file
        case S_IFDIR: self = .directory
        default: self = .other
        }
    }
}

/// The path without links, or `nil` where it leads nowhere.
func resolvedPath(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
}

/// The program that a script names in its first line, and that program's first argument.
func scriptInterpreter(of path: String) -> [String]? {
    guard
        let file = try? FileDescriptor.open(
            FilePath(path),
            .readOnly,
            options: [.closeOnExec, .nonBlocking]
        )
    else { return nil }
    defer { try? file.close() }
    var start = [UInt8](repeating: 0, count: 256)
    let count = try? unsafe start.withUnsafeMutableBytes { try unsafe file.read(into: $0) }
    guard let count, start[..<count].starts(with: "#!".utf8) else { return nil }
    let line = start[2..<count].prefix { $0 != UInt8(ascii: "\n") }
    let words = String(decoding: line, as: UTF8.self)
        .split(maxSplits: 1, whereSeparator: { $0 == " " || $0 == "\t" })
    return words.isEmpty ? nil : words.map { String($0).trimmingSpaces() }
}

extension String {
    fileprivate func trimmingSpaces() -> String {
        let blank: Set<Character> = [" ", "\t", "\r"]
        let start = drop { blank.contains($0) }
        guard let last = start.lastIndex(where: { !blank.contains($0) }) else { return "" }
        return String(start[...last])
    }
}
