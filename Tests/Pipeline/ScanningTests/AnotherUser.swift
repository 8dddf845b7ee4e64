import Glibc
import SystemPackage

/// Runs something with the rights of a user who owns nothing, on this thread only.
///
/// The rights with which files are reached belong to a thread on Linux, so that tests beside this
/// one notice nothing. Glibc's module leaves `setfsuid` out, the library does not.
enum AnotherUser {
    @discardableResult
    static func run<Result>(_ body: () throws -> Result) throws -> Result {
        typealias SetUser = @convention(c) (UInt32) -> Int32
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), "setfsuid") else {
            throw Errno.notSupported
        }
        let setUser = unsafeBitCast(symbol, to: SetUser.self)
        _ = setUser(65534)
        defer { _ = setUser(0) }
        guard setUser(65534) == 65534 else { throw Errno.notPermitted }
        return try body()
    }
}
