internal import SystemPackage
internal import Tensors

/// The headers of the GGUF files that a packed file was made of, which it holds in place of settings and tokenizer.
struct PackedHeaders {
    let text: GGUFFile
    let vision: GGUFFile?

    /// What the header of a part is called.
    static func name(of half: String, part: Int) -> String { "\(half)-\(part).gguf" }

    /// Reads the headers; none of their tensors can be had.
    ///
    /// - Throws: ``WeightFault``.
    init(_ packed: PackedFile) throws(WeightFault) {
        guard let text = try Self.parts("text", packed) else {
            throw .damagedPacked(file: packed.path, .contents)
        }
        self.text = text
        vision = try Self.parts("vision", packed)
    }

    private static func parts(
        _ half: String,
        _ packed: PackedFile
    ) throws(WeightFault) -> GGUFFile? {
        var headers: [GGUFHeader] = []
        while let file = try packed.mapped(file: name(of: half, part: headers.count + 1)) {
            headers.append(try GGUFHeader(file))
        }
        return headers.isEmpty ? nil : GGUFFile(listing: headers)
    }

    /// The headers of a file as they are written: everything before the data.
    ///
    /// - Returns: By name, in order.
    static func all(of file: GGUFFile, half: String) -> [(name: String, bytes: [UInt8])] {
        file.headers.enumerated().map { index, header in
            let bytes = unsafe header.file.bytes.prefix(header.dataStart)
            return unsafe (name(of: half, part: index + 1), Array(bytes))
        }
    }
}
