import SystemPackage

/// Standard input, in lines and in bytes.
struct Input {
    private var buffer: [UInt8] = []
    private var place = 0

    /// The next line without its end; nil after the last.
    mutating func line() -> String? {
        var line: [UInt8] = []
        while fill() {
            let byte = buffer[place]
            place += 1
            if byte == UInt8(ascii: "\n") { break }
            line.append(byte)
        }
        return line.isEmpty ? nil : String(decoding: line, as: UTF8.self)
    }

    /// So many bytes; nil where there are fewer.
    mutating func bytes(_ count: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            guard fill() else { return nil }
            let part = min(count - bytes.count, buffer.count - place)
            bytes += buffer[place..<place + part]
            place += part
        }
        return bytes
    }

    private mutating func fill() -> Bool {
        guard place == buffer.count else { return true }
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        let count =
            (try? chunk.withUnsafeMutableBytes { try FileDescriptor.standardInput.read(into: $0) })
            ?? 0
        buffer = Array(chunk.prefix(count))
        place = 0
        return count > 0
    }
}
