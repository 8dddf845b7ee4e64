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

    /// Writes a line to standard error; what a file's name has of control characters is not obeyed by a terminal.
    static func error(_ line: String) {
        write((isatty(STDERR_FILENO) == 1 ? plain(line) : line) + "\n", to: STDERR_FILENO)
    }

    /// Text in which nothing moves a cursor or changes a colour.
    static func plain(_ text: String) -> String {
        let isControl = { (scalar: Unicode.Scalar) in
            (scalar.value < 0x20 && scalar != "\n" && scalar != "\t")
                || (0x7F...0x9F).contains(scalar.value)
        }
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { isControl($0) ? "\u{FFFD}" : $0 }
            )
        )
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

    /// Why standard output took less than it was given, once that has happened; a reader that went away is no failure.
    static var outputFailure: Int32? { firstOutputFailure.withLock(\.self) }

    private static let firstOutputFailure = Mutex<Int32?>(nil)

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(descriptor, $0.baseAddress, $0.count)
            }
            if count < 0 {
                let error = errno
                if error == EINTR { continue }
                if descriptor == STDOUT_FILENO, error != EPIPE {
                    firstOutputFailure.withLock { $0 = $0 ?? error }
                }
                return  // the rest would only follow into nothing
            }
            rest = rest.dropFirst(count)
        }
    }
}
