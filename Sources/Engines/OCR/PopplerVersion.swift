internal import Glibc
internal import Sandbox

/// The version of poppler's programs.
enum PopplerVersion {
    /// Asks `pdftotext -v`; it sees no document, so it needs no walls.
    ///
    /// - Returns: `22.12.0`; nil where poppler is not installed.
    static func installed() -> String? {
        guard let path = ProgramRunner.find("pdftotext") else { return nil }
        let quoted = "'\(path.replacing("'", with: "'\\''"))'"
        guard let pipe = unsafe popen("exec \(quoted) -v 2>&1 </dev/null", "r") else { return nil }
        defer { unsafe pclose(pipe) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe fread($0.baseAddress, 1, $0.count, pipe)
        }
        // pdftotext version 22.12.0
        let words = String(decoding: bytes[..<count], as: UTF8.self)
            .split(whereSeparator: \.isWhitespace)
        guard words.count >= 3, words[1] == "version" else { return nil }
        return String(words[2])
    }
}
