internal import Glibc
public import SystemPackage

/// Walks through a folder and hands out what it finds, one event a call.
///
/// Files come in the order of the bytes of their whole paths, whatever order the file system
/// keeps, so that a list of known paths in the same order can be compared in step. Nothing is held
/// in memory but the names of the folders that lead to the present one, and of those no more than
/// ``ScanLimits/nameBytes``: where a single folder has more names, it is listed several times, and
/// each pass keeps the first names after the last one handed out.
///
/// Links to files and folders are followed; a folder that leads back into itself is not. Names
/// that appear or vanish meanwhile are found or not, but no name is handed out twice.
public final class DirectoryScanner {
    /// The folder that is scanned.
    public let folder: FilePath
    private let filter: PathFilter
    private let limits: ScanLimits
    private var stack: FolderStack
    /// The path of the present folder with a slash at its end; empty for the scanned folder.
    private var path: [UInt8] = []
    private var name: [UInt8] = []
    private var spareNames = NameArena()
    private var hasBegun = false

    /// Prepares to scan a folder; nothing is opened yet.
    ///
    /// - Parameters:
    ///   - folder: the folder.
    ///   - include: what is looked for; with none of them nothing is found.
    ///   - exclude: what is left out; a folder that matches is left out with all that is in it.
    ///   - limits: what the scanner may use up.
    public init(
        folder: FilePath,
        include: [Glob],
        exclude: [Glob],
        limits: ScanLimits = .standard
    ) {
        self.folder = folder
        self.limits = limits
        filter = PathFilter(include: include, exclude: exclude)
        stack = FolderStack(maximumOpen: limits.openFolders)
    }

    /// What comes next.
    ///
    /// - Returns: the next event, or nil when the folder has been worked through.
    /// - Throws: ``ScanError`` at the first call when the folder itself cannot be opened.
    public func next() throws(ScanError) -> ScanEvent? {
        if !hasBegun {
            hasBegun = true
            if let event = try begin() { return event }
        }
        while !stack.isEmpty {
            guard let (entry, kind) = stack.top.names.next() else {
                if stack.top.isListed { leave() } else if let event = list() { return event }
                continue
            }
            // The bytes are copied so that no slice keeps the arena shared while it changes.
            name.removeAll(keepingCapacity: true)
            name.append(contentsOf: entry)
            if let event = kind == .folder ? enter() : look(kind) { return event }
        }
        return nil
    }

    // MARK: Folders

    private func begin() throws(ScanError) -> ScanEvent? {
        let root = try OpenFolder(folder)
        let descriptor = fcntl(root.descriptor, F_DUPFD_CLOEXEC, 0)
        var status = stat()
        guard descriptor >= 0, unsafe fstat(descriptor, &status) == 0 else {
            throw .unreadableFolder(folder, Errno(rawValue: errno))
        }
        push(descriptor, status, name: [], filter: filter.root)
        return list()
    }

    /// Goes into the folder `name`, which ends with a slash.
    private func enter() -> ScanEvent? {
        guard let prefix = filter.entering(name.dropLast(), in: stack.top.filter) else {
            return nil
        }
        let folderName = Array(name.dropLast())
        let folderPath = path + folderName
        guard stack.depth < limits.depth else { return .tooDeep(path: folderPath) }
        var status = stat()
        let parent: Int32
        do {
            parent = try stack.topDescriptor()
        } catch {
            return abandon(error)
        }
        let descriptor: Int32
        do {
            descriptor = try sparingDescriptors { () throws(Errno) in
                try openFile(folderName, at: parent, flags: folderFlags)
            }
        } catch .noSuchFileOrDirectory, .notDirectory {
            return nil  // gone, or replaced, since it was listed
        } catch {
            return .unreadableFolder(path: folderPath, error)
        }
        guard unsafe fstat(descriptor, &status) == 0 else {
            defer { close(descriptor) }
            return .unreadableFolder(path: folderPath, Errno(rawValue: errno))
        }
        guard !stack.contains(status) else {
            close(descriptor)
            return .loop(path: folderPath)
        }
        push(descriptor, status, name: folderName, filter: prefix)
        return list()
    }

    private func push(
        _ descriptor: Int32,
        _ status: stat,
        name: [UInt8],
        filter: PathFilter.Prefix
    ) {
        path.append(contentsOf: name)
        if !name.isEmpty { path.append(UInt8(ascii: "/")) }
        stack.push(
            FolderStack.Level(
                name: name,
                descriptor: descriptor,
                device: status.st_dev,
                inode: status.st_ino,
                filter: filter,
                pathLength: path.count,
                names: spareNames
            )
        )
        spareNames = NameArena()
    }

    private func leave() {
        if var level = stack.pop(), level.names.byteCount < 1 << 20 {
            level.names.removeAll()
            spareNames = level.names
        }
        path.removeSubrange((stack.isEmpty ? 0 : stack.top.pathLength)...)
    }

    /// Gives up the present folder, the rest of which cannot be reached.
    private func abandon(_ error: Errno) -> ScanEvent? {
        let abandoned = Array(path.dropLast())
        stack.top.names.removeAll()
        stack.top.isListed = true
        switch error {
        case .noSuchFileOrDirectory, .notDirectory: return nil
        default: return .unreadableFolder(path: abandoned, error)
        }
    }

    /// Tries again with fewer folders held open when the process has no descriptor left.
    private func sparingDescriptors<Result: ~Copyable>(
        _ body: () throws(Errno) -> Result
    ) throws(Errno) -> Result {
        do {
            return try body()
        } catch .tooManyOpenFiles, .tooManyOpenFilesInSystem {
            stack.closeDistant(keeping: 2)
            return try body()
        }
    }

    // MARK: Names

    /// Lists the present folder: the first names after those that were handed out, as many as fit.
    private func list() -> ScanEvent? {
        stack.top.names.removeAll()
        // Folders above hold names as well: each further one gets half of what they leave.
        let share = max(limits.nameBytes / 512, (limits.nameBytes - stack.nameBytes) / 2)
        let after = stack.top.lastListed
        var last: [UInt8]?
        var failure: Errno?
        do {
            let descriptor = try stack.topDescriptor()
            var listing = try sparingDescriptors { () throws(Errno) in
                try DirectoryListing(of: descriptor)
            }
            while let entry = try listing.next() {
                // A folder `a` is the name `a/`; `a` itself comes before it.
                if let last, precedes(last[...], entry.name) { continue }
                if !after.isEmpty, !mayFollow(entry.name, after) { continue }
                guard let kind = admitted(entry, in: descriptor) else { continue }
                if !after.isEmpty || last != nil {
                    let key = kind == .folder ? entry.name + [UInt8(ascii: "/")] : entry.name
                    if !after.isEmpty, !precedes(after[...], key) { continue }
                    if let last, precedes(last[...], key) { continue }
                }
                stack.top.names.append(entry.name, kind: kind)
                if stack.top.names.byteCount > share {
                    stack.top.names.sort()
                    last = stack.top.names.keep(max(1, stack.top.names.count * 3 / 4))
                }
            }
        } catch {
            failure = error
        }
        stack.top.names.sort()
        stack.top.isListed = last == nil || failure != nil
        stack.top.lastListed = stack.top.names.last
        guard let failure, failure != .noSuchFileOrDirectory else { return nil }
        return .unreadableFolder(path: Array(path.dropLast()), failure)
    }

    /// Whether a name, with or without a slash behind it, may come after another.
    private func mayFollow(_ name: ArraySlice<UInt8>, _ after: [UInt8]) -> Bool {
        precedes(after[...], name) || after.starts(with: name)
    }

    /// What an entry is when it is to be handed out or entered; nil when it is not.
    private func admitted(_ entry: DirectoryListing.Entry, in descriptor: Int32) -> EntryKind? {
        let prefix = stack.top.filter
        switch entry.kind {
        case .folder:
            return filter.entering(entry.name, in: prefix) == nil ? nil : .folder
        case .link, .unknown:
            let mayBeFile = filter.admits(entry.name, in: prefix)
            let mayBeFolder = filter.entering(entry.name, in: prefix) != nil
            guard mayBeFile || mayBeFolder else { return nil }
            guard let status = try? fileStatus(Array(entry.name), at: descriptor) else {
                return mayBeFile ? .link : nil  // said again, with its reason, when its turn comes
            }
            switch SpecialFileKind(mode: status.st_mode) {
            case .folder: return mayBeFolder ? .folder : nil
            default: return mayBeFile ? .regular : nil
            }
        default:
            return filter.admits(entry.name, in: prefix) ? entry.kind : nil
        }
    }

    /// Looks at the file `name` of the present folder.
    private func look(_ kind: EntryKind) -> ScanEvent? {
        let filePath = path + name
        switch kind {
        case .pipe: return .notRegular(path: filePath, .pipe)
        case .socket: return .notRegular(path: filePath, .socket)
        case .characterDevice: return .notRegular(path: filePath, .characterDevice)
        case .blockDevice: return .notRegular(path: filePath, .blockDevice)
        case .regular, .link, .unknown, .folder: break
        }
        let descriptor: Int32
        do {
            descriptor = try stack.topDescriptor()
        } catch {
            return abandon(error)
        }
        do {
            let status = try fileStatus(name, at: descriptor)
            switch SpecialFileKind(mode: status.st_mode) {
            case nil: return .file(FoundFile(path: filePath, stamp: FileStamp(status)))
            case .folder?: return nil  // it became one since it was listed: the next scan goes in
            case let special?: return .notRegular(path: filePath, special)
            }
        } catch .noSuchFileOrDirectory, .notDirectory {
            return kind == .link ? .danglingLink(path: filePath) : nil
        } catch .tooManySymbolicLinkLevels {
            return .danglingLink(path: filePath)
        } catch {
            return .unreadableFile(path: filePath, error)
        }
    }
}
