internal import Glibc

extension Walls {
    /// What programs read to run at all: themselves, libraries, fonts, character maps, the time zone.
    static let systemPaths = [
        "/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin",
        "/etc/ld.so.cache", "/etc/ld.so.preload", "/etc/alternatives", "/etc/fonts",
        "/etc/localtime",
        "/etc/timezone", "/etc/locale.alias", "/etc/nsswitch.conf", "/etc/passwd", "/etc/group",
        "/etc/magic", "/etc/mime.types", "/etc/papersize", "/etc/ImageMagick-6",
        "/etc/ImageMagick-7",
        "/etc/python3", "/etc/perl",
        "/var/cache/fontconfig", "/var/lib/ghostscript",
        "/dev/zero", "/dev/random", "/dev/urandom",
        "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/filesystems",
        "/proc/sys/kernel", "/proc/sys/vm", "/sys/devices/system/cpu",
    ]

    /// Walls for a program that reads a document on standard input and answers on standard output.
    ///
    /// It may read the system's libraries and fonts, its own installation (the program, what its
    /// first line runs it with, `lib` and `libexec` beside its `bin`), and the files that its
    /// arguments name. Every other file, all writing, the network and other processes are closed.
    ///
    /// - Parameters:
    ///   - executable: A path, or a name to be found in `PATH`.
    ///   - arguments: Its arguments, without its own name.
    ///   - addressSpaceBytes: The most memory.
    ///   - cpuSeconds: The most processor time of one process.
    ///   - mayFork: Whether it may start processes beside itself. Both limits are for each of them.
    /// - Returns: The walls, raised by ``WalledProgram``.
    public static func program(
        executable: String,
        arguments: [String],
        addressSpaceBytes: Int,
        cpuSeconds: Int,
        mayFork: Bool = true
    ) -> Walls {
        var paths = systemPaths + installation(of: executable, depth: 0)
        for argument in arguments {
            paths += files(namedBy: argument)
        }
        if let data = unsafe getenv("TESSDATA_PREFIX") {
            paths += files(namedBy: unsafe String(cString: data))
        }
        return Walls(
            addressSpaceBytes: addressSpaceBytes,
            cpuSeconds: cpuSeconds,
            fileBytes: 4 << 30,
            openFiles: 256,
            readablePaths: paths,
            mayExecute: true,
            mayFork: mayFork
        )
    }

    /// The program under each name that leads to it, with what lies beside it in an installation.
    private static func installation(of program: String, depth: Int) -> [String] {
        guard depth < 4, case .found(let path) = ProgramLookup(program) else { return [] }
        let names = [path, resolvedPath(path)].compactMap(\.self)
        var paths = names
        for name in names {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count > 2, parts[parts.count - 2] == "bin" else { continue }
            let prefix = parts.dropLast(2).joined(separator: "/")
            paths += ["lib", "lib64", "libexec", "pyvenv.cfg"].map { prefix + "/" + $0 }
        }
        guard let interpreter = scriptInterpreter(of: path) else { return paths }
        paths += installation(of: interpreter[0], depth: depth + 1)
        if interpreter.count > 1, interpreter[0].hasSuffix("/env") {
            paths += installation(of: interpreter[1], depth: depth + 1)
        }
        return paths
    }

    /// The file or folder that an argument or the value in `--option=value` names.
    ///
    /// A folder that holds the user's home is not what anyone means, even if `.` happens to be it.
    private static func files(namedBy argument: String) -> [String] {
        let value = argument.firstIndex(of: "=").map { String(argument[$0...].dropFirst()) }
        let home =
            unsafe getenv("HOME").flatMap { resolvedPath(unsafe String(cString: $0)) } ?? "/root"
        return [argument, value].compactMap(\.self).filter { name in
            guard let path = resolvedPath(name) else { return false }
            return switch FileKind(of: path) {
            case .file: true
            case .directory: path != "/" && !(home + "/").hasPrefix(path + "/")
            default: false
            }
        }
    }
}
