/// Writes GGUF files by hand, wrong ones too.
struct GGUFBytes {
    var version: UInt32 = 3
    var tensorCount: UInt64?
    var valueCount: UInt64?
    var alignment = 32
    private var values: [UInt8] = []
    private var valuesWritten: UInt64 = 0
    private var tensors: [UInt8] = []
    private var tensorsWritten: UInt64 = 0
    private(set) var data: [UInt8] = []

    static func text(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: UInt64(text.utf8.count))
        return bytes + Array(text.utf8)
    }

    static func number(_ number: some FixedWidthInteger) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(little: number)
        return bytes
    }

    mutating func add(_ key: String, type: UInt32, _ value: [UInt8]) {
        values += Self.text(key) + Self.number(type) + value
        valuesWritten += 1
    }

    mutating func add(_ key: String, _ value: String) {
        add(key, type: 8, Self.text(value))
    }

    mutating func add(_ key: String, _ value: UInt32) {
        add(key, type: 4, Self.number(value))
    }

    mutating func add(_ key: String, arrayOf type: UInt32, count: UInt64, _ elements: [UInt8]) {
        add(key, type: 9, Self.number(type) + Self.number(count) + elements)
    }

    /// Lists a tensor with the sizes as the file has them, innermost first.
    mutating func list(_ name: String, sizes: [UInt64], type: UInt32, offset: UInt64) {
        tensors += Self.text(name) + Self.number(UInt32(sizes.count))
        for size in sizes { tensors += Self.number(size) }
        tensors += Self.number(type) + Self.number(offset)
        tensorsWritten += 1
    }

    /// Lists a tensor and appends its bytes, aligned.
    mutating func add(_ name: String, sizes: [UInt64], type: UInt32, _ bytes: [UInt8]) {
        while data.count % alignment != 0 { data.append(0) }
        list(name, sizes: sizes, type: type, offset: UInt64(data.count))
        data += bytes
    }

    var bytes: [UInt8] {
        var bytes = Array("GGUF".utf8)
        bytes.append(little: version)
        bytes.append(little: tensorCount ?? tensorsWritten)
        bytes.append(little: valueCount ?? valuesWritten)
        bytes += values + tensors
        while bytes.count % alignment != 0 { bytes.append(0) }
        return bytes + data
    }
}
