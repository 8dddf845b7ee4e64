internal import Glibc

/// What the file system says about a file without reading it: when it is the same, so is the file.
public struct FileStamp: Hashable, Codable, Sendable {
    /// The device that holds the file.
    public var device: UInt64
    /// The file's number on its device.
    public var inode: UInt64
    /// Size in bytes.
    public var size: Int
    /// When the content was last written, in nanoseconds since 1970; whoever owns the file can set it.
    public var modified: Int64
    /// When content, name or rights were last changed, in nanoseconds since 1970; set by the system alone.
    public var changed: Int64

    /// Creates a stamp.
    public init(device: UInt64, inode: UInt64, size: Int, modified: Int64, changed: Int64) {
        self.device = device
        self.inode = inode
        self.size = size
        self.modified = modified
        self.changed = changed
    }

    /// Creates a stamp from what `stat` filled in.
    init(_ status: stat) {
        self.init(
            device: UInt64(status.st_dev),
            inode: UInt64(status.st_ino),
            size: Int(status.st_size),
            modified: nanoseconds(status.st_mtim),
            changed: nanoseconds(status.st_ctim)
        )
    }

    /// The later of the two times, in nanoseconds since 1970.
    public var newest: Int64 { max(modified, changed) }

    /// Whether an equal stamp seen later proves equal content.
    ///
    /// A file written twice within one tick of its file system's clock keeps its stamp. Two seconds
    /// is the coarsest tick in use (FAT), so only a stamp whose times were at least that old when
    /// it was taken can be relied on; times in the future never can.
    ///
    /// - Parameter moment: when the stamp was taken, in nanoseconds since 1970.
    /// - Returns: true when the file need not be read again while its stamp stays the same.
    public func isTrustworthy(seenAt moment: Int64) -> Bool {
        let (age, overflows) = moment.subtractingReportingOverflow(newest)
        return overflows ? moment > newest : age >= 2_000_000_000
    }

    /// The present moment on the clock that file times are measured with, in nanoseconds since 1970.
    public static func now() -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return nanoseconds(time)
    }
}

/// A time as one number; times beyond the year 2262 (damaged file systems have them) are clamped.
private func nanoseconds(_ time: timespec) -> Int64 {
    let (seconds, overflows) = Int64(time.tv_sec).multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflows else { return time.tv_sec < 0 ? .min : .max }
    let (sum, overflowsToo) = seconds.addingReportingOverflow(Int64(time.tv_nsec))
    return overflowsToo ? .max : sum
}
