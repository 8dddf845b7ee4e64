/// Reads part of a mapped file forward; no read goes beyond its end.
///
/// Safe: every access is checked against `end`, which is checked against the file once.
@safe struct ByteReader {
    /// The file, which stays mapped meanwhile.
    let file: MappedFile
    /// The next byte, counted from the file's start.
    private(set) var position: Int
    /// The first byte that may not be read.
    let end: Int

    /// Reads `range` of a file.
    init(_ file: MappedFile, _ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= file.count)
        self.file = file
        position = range.lowerBound
        end = range.upperBound
    }

    /// Bytes that are left.
    var remaining: Int { end - position }

    /// The next byte, not taken; nil at the end.
    func peek() -> UInt8? {
        guard position < end else { return nil }
        return unsafe file.bytes[position]
    }

    /// Takes a byte; nil at the end.
    mutating func byte() -> UInt8? {
        guard position < end else { return nil }
        defer { position += 1 }
        return unsafe file.bytes[position]
    }

    /// Takes a little-endian integer; nil when fewer bytes are left.
    mutating func integer<Integer: FixedWidthInteger & BitwiseCopyable>(
        _ type: Integer.Type
    ) -> Integer? {
        let size = MemoryLayout<Integer>.size
        guard remaining >= size else { return nil }
        defer { position += size }
        return unsafe Integer(
            littleEndian: file.bytes.loadUnaligned(fromByteOffset: position, as: type)
        )
    }

    /// Passes over bytes; false, and nothing passed, when fewer are left.
    mutating func skip(_ count: Int) -> Bool {
        guard count >= 0, count <= remaining else { return false }
        position += count
        return true
    }

    /// Takes `count` bytes, which must be left, as UTF-8; nil when they are not.
    mutating func text(_ count: Int) -> String? {
        precondition(count >= 0 && count <= remaining)
        defer { position += count }
        return unsafe String(
            validating: UnsafeRawBufferPointer(
                rebasing: file.bytes[position..<position + count]
            ),
            as: UTF8.self
        )
    }

    /// How many bytes from here on satisfy `isWanted`, up to the first that does not.
    func run(where isWanted: (UInt8) -> Bool) -> Int {
        var index = position
        while index < end, unsafe isWanted(file.bytes[index]) { index += 1 }
        return index - position
    }
}
