import Glibc
import Synchronization

/// What the terminal is, and how lines reach it: results to standard output, everything else to standard error.
enum Terminal {
    /// Whether standard error is a terminal that can show a progress line.
    static var showsProgress: Bool {
        isatty(STDERR_FILENO) == 1 && environment("TERM") != "dumb"
    }

    /// Whether colours may be used on standard error.
    static var hasColours: Bool {
        showsProgress && (environment("NO_COLOR") ?? "").isEmpty
    }

    /// Whether colours may be used on standard output.
    static var outputHasColours: Bool {
        isatty(STDOUT_FILENO) == 1 && environment("TERM") != "dumb"
            && (environment("NO_COLOR") ?? "").isEmpty
    }

    /// Width of the terminal in columns; 80 where there is none.
    static var columns: Int {
        var size = winsize()
        guard unsafe ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else {
            return 80
        }
        return Int(size.ws_col)
    }

    /// Writes a line to standard error.
    static func error(_ line: String) {
        write(line + "\n", to: STDERR_FILENO)
    }

    /// Writes text to standard error as it is.
    static func errorText(_ text: String) {
        write(text, to: STDERR_FILENO)
    }

    /// Writes a line to standard output.
    static func output(_ line: String) {
        write(line + "\n", to: STDOUT_FILENO)
    }

    /// Writes text to standard output as it is.
    static func outputText(_ text: String) {
        write(text, to: STDOUT_FILENO)
    }

    /// The value of an environment variable.
    static func environment(_ name: String) -> String? {
        guard let value = unsafe getenv(name) else { return nil }
        return unsafe String(cString: value)
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 {
                if errno == EINTR { continue }
                return  // nobody listens any more: there is no one left to tell
            }
            rest = rest.dropFirst(count)
        }
    }
}
