internal import Glibc
internal import SystemPackage

/// What is in a folder, asked without following the caller's trust: names and kinds only.
enum StoreFolder {
    /// What a pull in hand, a lock and a model being replaced end in; no model may be called so.
    static let incoming = ".incoming"
    static let lock = ".lock"
    static let replaced = ".replaced"
    static let reservedEndings = [incoming, lock, replaced]

    /// Kind of what a path leads to.
    enum Kind {
        case file
        case folder
        case other
    }

    /// Kind and size of what a path leads to, links followed; nil when there is nothing.
    static func status(of path: FilePath) -> (kind: Kind, byteCount: Int, modified: Int)? {
        var status = stat()
        guard unsafe path.withPlatformString({ unsafe stat($0, &status) }) == 0 else { return nil }
        let kind: Kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        return (kind, Int(status.st_size), status.st_mtim.tv_sec)
    }

    /// Whether a path leads to a regular file.
    static func isFile(_ path: FilePath) -> Bool { status(of: path)?.kind == .file }

    /// Whether a path leads to a folder.
    static func isFolder(_ path: FilePath) -> Bool { status(of: path)?.kind == .folder }

    /// Names in a folder, sorted; none when it cannot be read.
    static func names(in folder: FilePath) -> [String] {
        guard let handle = unsafe folder.withPlatformString({ unsafe opendir($0) }) else {
            return []
        }
        defer { unsafe closedir(handle) }
        var names: [String] = []
        while let entry = unsafe readdir(handle) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(
                    to: CChar.self,
                    capacity: MemoryLayout.size(ofValue: unsafe entry.pointee.d_name)
                ) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names.sorted()
    }
}
