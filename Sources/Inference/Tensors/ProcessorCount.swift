internal import FoundationEssentials

/// How many threads of arithmetic are worth starting here.
public enum ProcessorCount {
    /// The physical cores that this process may use: those of its affinity, hardware threads of one core counted once, and no
    /// more than its control group's share of processor time.
    public static let usable: Int = {
        let cores = Set(allowedProcessors().map(coreOfProcessor)).count
        guard
            let share = controlGroupShare(
                root: "/sys/fs/cgroup",
                membership: text("/proc/self/cgroup")
            )
        else { return max(1, cores) }
        return max(1, min(cores, Int(share.rounded(.up))))
    }()

    private static func allowedProcessors() -> [Int] {
        let status = text("/proc/self/status")?.split(separator: "\n") ?? []
        let prefix = "Cpus_allowed_list:"
        guard let line = status.first(where: { $0.hasPrefix(prefix) }) else { return [0] }
        return processors(list: line.dropFirst(prefix.count))
    }

    /// The numbers in a list as Linux writes it, `0-3,8`.
    static func processors(list: some StringProtocol) -> [Int] {
        list.split(separator: ",").flatMap { range -> [Int] in
            let ends = range.split(separator: "-").compactMap { end in
                Int(String(end.filter { !$0.isWhitespace }))
            }
            guard let first = ends.first, let last = ends.last, first <= last, last < 1 << 20
            else { return [] }
            return Array(first...last)
        }
    }

    /// A name for the core that a processor belongs to: the list of its hardware threads.
    private static func coreOfProcessor(_ processor: Int) -> String {
        let topology = "/sys/devices/system/cpu/cpu\(processor)/topology"
        return text("\(topology)/core_cpus_list") ?? text("\(topology)/thread_siblings_list")
            ?? "\(processor)"
    }

    /// Processors' worth of time that the control groups around a process grant, the strictest of them.
    ///
    /// - Parameters:
    ///   - root: Where control groups are mounted.
    ///   - membership: What `/proc/self/cgroup` says.
    /// - Returns: The share, nil where there is no limit.
    static func controlGroupShare(root: String, membership: String?) -> Double? {
        var shares: [Double] = []
        for line in (membership ?? "0::/").split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            let isVersion2 = fields[1].isEmpty
            guard isVersion2 || fields[1].split(separator: ",").contains("cpu") else { continue }
            let mounts = isVersion2 ? [root] : ["\(root)/\(fields[1])", "\(root)/cpu"]
            // Inside a container the path may be another name space's; the mount's own root then holds the limit.
            var parts = fields[2].split(separator: "/").filter { $0 != ".." }
            while true {
                let path = parts.map { "/\($0)" }.joined()
                shares += mounts.compactMap { share(directory: $0 + path, isVersion2: isVersion2) }
                guard !parts.isEmpty else { break }
                parts.removeLast()
            }
        }
        return shares.min()
    }

    private static func share(directory: String, isVersion2: Bool) -> Double? {
        let quota: Double?
        let period: Double?
        if isVersion2 {
            let words = text("\(directory)/cpu.max")?.split(separator: " ") ?? []
            guard words.count == 2 else { return nil }
            quota = Double(words[0])
            period = Double(words[1])
        } else {
            quota = text("\(directory)/cpu.cfs_quota_us").flatMap(Double.init)
            period = text("\(directory)/cpu.cfs_period_us").flatMap(Double.init)
        }
        guard let quota, let period, quota > 0, period > 0 else { return nil }
        return quota / period
    }

    private static func text(_ path: String) -> String? {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return nil }
        let text = String(decoding: data, as: UTF8.self)
        return text.last == "\n" ? String(text.dropLast()) : text
    }
}
