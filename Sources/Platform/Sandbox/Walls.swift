internal import CSandbox
internal import Glibc
public import SystemPackage

/// What a process keeps when it walls itself in: everything else is given up for good.
///
/// A worker is handed open files over a socket and needs nothing else; a program started behind
/// walls may open what it needs to run, and nothing of the user's. Both keep at most so much memory,
/// processor time and open files.
public struct Walls: Codable, Hashable, Sendable {
    /// The largest address space (`RLIMIT_AS`), in bytes.
    public var addressSpaceBytes: Int
    /// Processor time (`RLIMIT_CPU`); `Int.max` leaves the process without a limit.
    public var cpuSeconds: Int
    /// The largest file it may write, in memory too (`RLIMIT_FSIZE`), in bytes.
    public var fileBytes: Int
    /// One more than the highest descriptor it may open (`RLIMIT_NOFILE`).
    public var openFiles: Int
    /// Files, and folders with all that is in them, which may be opened for reading.
    public var readablePaths: [String]
    /// Whether it may start programs: those that can be read.
    public var mayExecute: Bool
    /// Whether it may start processes beside itself; without it `mayExecute` lets it become another
    /// program, and no more.
    public var mayFork: Bool

    /// Creates walls from their parts.
    public init(
        addressSpaceBytes: Int,
        cpuSeconds: Int,
        fileBytes: Int,
        openFiles: Int,
        readablePaths: [String],
        mayExecute: Bool,
        mayFork: Bool = false
    ) {
        self.addressSpaceBytes = addressSpaceBytes
        self.cpuSeconds = cpuSeconds
        self.fileBytes = fileBytes
        self.openFiles = openFiles
        self.readablePaths = readablePaths
        self.mayExecute = mayExecute
        self.mayFork = mayFork
    }

    /// Walls for a worker: it opens nothing, starts nothing, reaches nobody.
    ///
    /// Its processor time is counted by the one who gives it work
    /// (``WorkerProcess/allowProcessorTime(seconds:)``), since it reads many documents in its life.
    public static func worker(addressSpaceBytes: Int) -> Walls {
        Walls(
            addressSpaceBytes: addressSpaceBytes,
            cpuSeconds: .max,
            fileBytes: 1 << 30,
            openFiles: 64,
            readablePaths: [],
            mayExecute: false
        )
    }

    /// Raises the walls around this very process; they cannot be taken down again.
    ///
    /// Descriptors from 4 on are closed (from 3 on where `mayExecute`), signals sent to the whole
    /// group (Ctrl-C, `systemctl stop`) are ignored from here on, and the process dies with the
    /// thread that started it. Call it before any other thread exists: Landlock binds one thread
    /// and those that it starts.
    ///
    /// - Returns: What the kernel had to offer.
    /// - Throws: ``WallError``. The process is then partly walled in and should end.
    public func raise() throws(WallError) -> RaisedWalls {
        let threads = sandbox_thread_count()
        guard threads <= 1 else { throw .otherThreads(Int(threads) - 1) }

        try check(.descriptors, sandbox_close_from(mayExecute ? 3 : 4))
        if mayExecute { try check(.group, sandbox_lead_group()) }
        try check(.signals, sandbox_settle_signals(mayExecute))
        try check(.parent, sandbox_die_with_parent(expectedParent))
        sandbox_volunteer_for_oom()
        sandbox_exit_when_out_of_memory()
        try limit()
        try check(.privileges, sandbox_drop_privileges(mayExecute))
        let landlock = restrictFiles()
        try check(.landlock, min(landlock, 0))
        let filter =
            mayExecute ? sandbox_filter_program(landlock, mayFork) : sandbox_filter_worker()
        try check(.filter, min(filter, 0))
        return RaisedWalls(landlockVersion: Int(landlock), seccomp: filter > 0)
    }

    /// Who started this process, where it was told: it may have died before anyone could look.
    private var expectedParent: pid_t {
        guard let text = unsafe getenv(WorkerProcess.parentVariable) else { return 0 }
        return unsafe pid_t(String(cString: text)) ?? 0
    }

    private func limit() throws(WallError) {
        let never = UInt64.max
        let seconds = cpuSeconds == .max ? never : UInt64(max(cpuSeconds, 1))
        // A worker cannot change its limits, a program could: only its hard limit holds.
        let lastSecond = mayExecute && seconds < never ? seconds + 1 : never
        // A core of 1 byte is none at all, even where a program takes cores: it would get the
        // document's memory. The kernel checks for this very number.
        let limits: [(resource: Int32, soft: UInt64, hard: UInt64)] = [
            (Int32(RLIMIT_CORE.rawValue), 1, 1),
            (Int32(RLIMIT_CPU.rawValue), seconds, lastSecond),
            (Int32(RLIMIT_FSIZE.rawValue), UInt64(fileBytes), UInt64(fileBytes)),
            (Int32(RLIMIT_NOFILE.rawValue), UInt64(openFiles), UInt64(openFiles)),
            (Int32(RLIMIT_AS.rawValue), UInt64(addressSpaceBytes), UInt64(addressSpaceBytes)),
        ]
        for limit in limits {
            try check(.limits, sandbox_limit(limit.resource, limit.soft, limit.hard))
        }
    }

    private func restrictFiles() -> Int32 {
        let paths = unsafe CStrings(readablePaths)
        defer { unsafe paths.free() }
        return unsafe sandbox_restrict_files(paths.pointer, readablePaths.count, mayExecute)
    }

    private func check(_ wall: WallError.Wall, _ result: Int32) throws(WallError) {
        guard result < 0 else { return }
        throw .refused(wall, Errno(rawValue: -result))
    }
}

/// What the kernel granted of the walls that were asked for.
public struct RaisedWalls: Codable, Hashable, Sendable {
    /// The version of Landlock in force, 0 where the kernel has none.
    public var landlockVersion: Int
    /// Whether system calls are filtered.
    public var seccomp: Bool

    /// Whether Landlock keeps the process from the file system.
    public var landlock: Bool { landlockVersion > 0 }

    /// Creates a description of walls.
    public init(landlockVersion: Int, seccomp: Bool) {
        self.landlockVersion = landlockVersion
        self.seccomp = seccomp
    }
}

/// Why walls could not be raised.
public enum WallError: Error, Hashable, Sendable {
    /// One of the things that walls are made of.
    public enum Wall: String, Hashable, Sendable {
        /// Closing descriptors.
        case descriptors
        /// A process group of its own.
        case group
        /// Signal actions.
        case signals
        /// Dying with the parent; `ESRCH` when it is already gone.
        case parent
        /// Resource limits.
        case limits
        /// Capabilities and no-new-privileges.
        case privileges
        /// Landlock.
        case landlock
        /// The system call filter.
        case filter
    }

    /// So many other threads exist, which the walls would not bind.
    case otherThreads(Int)
    /// The kernel refused.
    case refused(Wall, Errno)
}
