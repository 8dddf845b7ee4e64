internal import CSandbox

/// What the running kernel has for walls, found without raising any.
public struct KernelWalls: Codable, Hashable, Sendable {
    /// The version of Landlock; 0 where the kernel has none or has it switched off.
    public var landlockVersion: Int
    /// Whether system calls can be filtered.
    public var seccomp: Bool

    /// Asks the kernel.
    public static func probe() -> KernelWalls {
        KernelWalls(
            landlockVersion: Int(sandbox_landlock_version()),
            seccomp: sandbox_has_filters()
        )
    }
}
