internal import Glibc

/// What keeps a math library that this binary may link from starting threads before walls are up, which would not bind them.
///
/// OpenBLAS starts its threads when it is loaded, as many as `OPENBLAS_NUM_THREADS` says. A program behind walls gets the
/// user's own number back.
enum LoneThread {
    private static let variable = "OPENBLAS_NUM_THREADS"
    private static let kept = "DOCKET_OWN_OPENBLAS_NUM_THREADS"

    /// The user's own number; empty where there is none.
    static var own: String { value(of: variable) ?? "" }

    /// Gives the user's number back to this process and what it becomes.
    static func end() {
        guard let own = value(of: kept) else { return }
        unsafe unsetenv(kept)
        if own.isEmpty { unsafe unsetenv(variable) } else { unsafe setenv(variable, own, 1) }
    }

    private static func value(of name: String) -> String? {
        unsafe getenv(name).map { unsafe String(cString: $0) }
    }
}
