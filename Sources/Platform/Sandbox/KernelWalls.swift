internal import CSandbox

/// What the running kernel has for walls, found without raising any.
public struct KernelWalls: Codable, Hashable, Sendable {
    /// The version of Landlock; 0 where the kernel has none or has it switched off.
    public var landlockVersion: Int
    /// Whether system calls can be filtered.
    public var seccomp: Bool

    /// Whether Landlock closes TCP as well (version 4).
    public var closesNetwork: Bool { landlockVersion >= 4 }
    /// Whether Landlock keeps signals and abstract sockets inside (version 6).
    public var keepsSignals: Bool { landlockVersion >= 6 }

    /// Asks the kernel.
    public static func probe() -> KernelWalls {
        KernelWalls(
            landlockVersion: Int(sandbox_landlock_version()),
            seccomp: sandbox_has_filters()
        )
    }
}
