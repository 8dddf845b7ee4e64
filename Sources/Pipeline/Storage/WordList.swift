import Records

/// The words of a page as JSON: `[["text",x,y,width,height,confidence,block,line],…]`.
///
/// Written and read by hand: a page has hundreds, and a general encoder takes longer than the transaction around it.
enum WordList {
    static func json(_ words: [Word]) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(words.count * 48 + 2)
        bytes.append(UInt8(ascii: "["))
        for (index, word) in words.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(UInt8(ascii: "["))
            appendQuoted(word.text, to: &bytes)
            let box = word.box
            for number in [box.x, box.y, box.width, box.height] { append(number, to: &bytes) }
            bytes.append(UInt8(ascii: ","))
            let confidence = word.confidence.isFinite ? word.confidence : 0
            bytes.append(contentsOf: confidence.description.utf8)
            append(word.block, to: &bytes)
            append(word.line, to: &bytes)
            bytes.append(UInt8(ascii: "]"))
        }
        bytes.append(UInt8(ascii: "]"))
        return String(decoding: bytes, as: UTF8.self)
    }

    static func words(from json: String) throws -> [Word] {
        var reader = Reader(bytes: Array(json.utf8))
        var words: [Word] = []
        try reader.expect("[")
        if reader.skip("]") { return words }
        repeat {
            try reader.expect("[")
            let text = try reader.string()
            let box = Box(
                x: try reader.nextInteger(),
                y: try reader.nextInteger(),
                width: try reader.nextInteger(),
                height: try reader.nextInteger()
            )
            let confidence = try reader.nextNumber()
            let block = try reader.nextInteger()
            let line = try reader.nextInteger()
            try reader.expect("]")
            words.append(
                Word(text: text, box: box, confidence: confidence, block: block, line: line)
            )
        } while reader.skip(",")
        try reader.expect("]")
        return words
    }

    private static func append(_ number: Int, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: ","))
        bytes.append(contentsOf: String(number).utf8)
    }

    private static func appendQuoted(_ text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"):
                bytes.append(UInt8(ascii: "\\"))
                bytes.append(byte)
            case 0..<0x20:
                let digits = Array("0123456789abcdef".utf8)
                bytes.append(contentsOf: Array("\\u00".utf8))
                bytes.append(digits[Int(byte >> 4)])
                bytes.append(digits[Int(byte & 15)])
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Reads what `json` writes, and the same with other spacing and escapes, as another program may leave it.
    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func skip(_ character: Unicode.Scalar) -> Bool {
            while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
                position += 1
            }
            guard position < bytes.count, bytes[position] == UInt8(ascii: character) else {
                return false
            }
            position += 1
            return true
        }

        mutating func expect(_ character: Unicode.Scalar) throws {
            guard skip(character) else { throw fault("expected \(character)") }
        }

        mutating func nextInteger() throws -> Int {
            try expect(",")
            let text = numberText()
            guard let number = Int(text) else { throw fault("expected a whole number") }
            return number
        }

        mutating func nextNumber() throws -> Double {
            try expect(",")
            guard let number = Double(numberText()) else { throw fault("expected a number") }
            return number
        }

        private mutating func numberText() -> String {
            let start = position
            while position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: ","), UInt8(ascii: "]"):
                    return String(
                        decoding: bytes[start..<position].filter { $0 > 0x20 },
                        as: UTF8.self
                    )
                default: position += 1
                }
            }
            return ""
        }

        mutating func string() throws -> String {
            try expect("\"")
            let start = position
            while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
                position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
            }
            guard position < bytes.count else { throw fault("unended text") }
            let content = bytes[start..<position]
            position += 1
            guard content.contains(UInt8(ascii: "\\")) else {
                return String(decoding: content, as: UTF8.self)
            }
            let quoted = "\"" + String(decoding: content, as: UTF8.self) + "\""
            return try JSONColumn.value(String.self, from: quoted)
        }

        private func fault(_ what: String) -> StoredFormError {
            StoredFormError(what: "words of a page, byte \(position): \(what)", text: "")
        }
    }
}
