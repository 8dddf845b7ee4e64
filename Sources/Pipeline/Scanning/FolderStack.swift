internal import Glibc
internal import SystemPackage

/// The folders from the scanned one down to the one that is being worked through.
///
/// Only some of them are held open. The others are opened again by their names on the way back,
/// and known again by device and inode.
struct FolderStack: ~Copyable {
    struct Level {
        /// The name in the folder above; empty for the scanned folder.
        var name: [UInt8]
        /// -1 while the folder is closed.
        var descriptor: Int32
        var device: dev_t
        var inode: ino_t
        var filter: PathFilter.Prefix
        /// The length of the folder's path, with its slash at the end.
        var pathLength: Int
        /// Names in order, from the one that comes next.
        var names = NameArena()
        /// The last name of `names`; a further pass takes those after it.
        var lastListed: [UInt8] = []
        /// Whether `names` reaches to the folder's end.
        var isListed = false
    }

    private(set) var levels: [Level] = []
    private let maximumOpen: Int
    private var openCount = 0

    init(maximumOpen: Int) {
        self.maximumOpen = maximumOpen
    }

    deinit {
        for level in levels where level.descriptor >= 0 { close(level.descriptor) }
    }

    var isEmpty: Bool { levels.isEmpty }
    var depth: Int { levels.count }

    /// The folder that is being worked through.
    var top: Level {
        _read { yield levels[levels.count - 1] }
        _modify { yield &levels[levels.count - 1] }
    }

    /// Whether a folder is one of those on the stack.
    func contains(_ status: stat) -> Bool {
        levels.contains { $0.inode == status.st_ino && $0.device == status.st_dev }
    }

    /// The bytes of all names that wait.
    var nameBytes: Int { levels.reduce(0) { $0 + $1.names.byteCount } }

    mutating func push(_ level: Level) {
        levels.append(level)
        openCount += 1
        closeDistant(keeping: maximumOpen)
    }

    mutating func pop() -> Level? {
        guard let level = levels.popLast() else { return nil }
        if level.descriptor >= 0 {
            close(level.descriptor)
            openCount -= 1
        }
        return level
    }

    /// Closes folders until few are open: never the first nor the last, and the uppermost first.
    mutating func closeDistant(keeping count: Int) {
        closeFolders(above: levels.count - 1, keeping: count)
    }

    /// The descriptor of the folder that is being worked through, which is opened again where needed.
    mutating func topDescriptor() throws(Errno) -> Int32 {
        let last = levels.count - 1
        if levels[last].descriptor >= 0 { return levels[last].descriptor }
        var index = last
        while levels[index].descriptor < 0 { index -= 1 }
        while index < last {
            let opened = try openFile(
                levels[index + 1].name,
                at: levels[index].descriptor,
                flags: folderFlags
            )
            index += 1
            levels[index].descriptor = opened
            openCount += 1
            var status = stat()
            guard unsafe fstat(opened, &status) == 0 else { throw Errno(rawValue: errno) }
            guard status.st_ino == levels[index].inode, status.st_dev == levels[index].device else {
                close(opened)
                levels[index].descriptor = -1
                openCount -= 1
                throw .staleNFSFileHandle
            }
            // What was passed on the way is closed again, but for the nearest to the end.
            closeFolders(above: index, keeping: maximumOpen)
        }
        return levels[last].descriptor
    }

    private mutating func closeFolders(above lowest: Int, keeping count: Int) {
        var index = 1
        while openCount > count, index < lowest {
            if levels[index].descriptor >= 0 {
                close(levels[index].descriptor)
                levels[index].descriptor = -1
                openCount -= 1
            }
            index += 1
        }
    }
}

/// How a folder is opened for listing.
let folderFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY
