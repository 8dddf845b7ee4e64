import FoundationEssentials
import SystemPackage

@testable import Tensors

/// A packed file that a test writes, and damages.
struct PackedBytes {
    /// What the table of contents says before anything is damaged.
    var contents: PackedContents
    /// Everything from the first byte to the table of contents.
    let data: [UInt8]

    /// Writes a small file: a matrix of 40 × 130 in 8 bits, one in 4 bits, three rows of bfloat16, a vector, a settings file.
    init(in folder: WrittenFolder, as name: String = "small.int8.docket") throws {
        let path = folder.path.appending(name)
        let writer = try PackedFileWriter(path, replaces: true)
        var contents = PackedContents(
            name: "small",
            precision: .int8,
            family: "qwen3",
            writer: "a test",
            written: "2026-11-21T00:00:00Z",
            source: PackedSource(
                name: "Small",
                format: .safetensors,
                revision: nil,
                files: [PackedSource.File(name: "model.safetensors", bytes: 1)]
            )
        )
        try writer.append(Array("{\"a\": 1}".utf8))
        contents.files = [try writer.endSection("config.json")]
        for (name, form, shape) in Self.tensors {
            let bytes = PackedLayout.byteCount(form, shape: shape) ?? 0
            try writer.append(
                (0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ name.utf8.count) }
            )
            let section = try writer.endSection(name)
            contents.tensors.append(
                PackedTensor(
                    name: name,
                    form: form.name,
                    shape: shape,
                    offset: section.offset,
                    bytes: section.bytes,
                    sha256: section.sha256
                )
            )
        }
        _ = try writer.commit(contents)
        let file = [UInt8](try Data(contentsOf: URL(filePath: path.string)))
        self.contents = contents
        data = Array(file[..<(file.count - (try contents.encoded()).count)])
    }

    static let tensors: [(String, WeightForm, [Int])] = [
        ("eight", .packed(.int8), [40, 130]), ("four", .packed(.int4), [33, 2, 128]),
        ("rows", .rows(.bfloat16), [3, 5]), ("vector", .rows(.float32), [7]),
    ]

    /// The file with its table of contents as it is now, and a checksum that fits it.
    var bytes: [UInt8] {
        get throws { sealed(try contents.encoded()) }
    }

    /// The file with other bytes for a table of contents, and a checksum that fits them.
    func sealed(_ table: [UInt8]) -> [UInt8] {
        var file = data + table
        var numbers: [UInt8] = []
        numbers.append(little: UInt64(data.count))
        numbers.append(little: UInt64(table.count))
        let digest = table.withUnsafeBytes { SectionDigest.of($0) }
        file.replaceSubrange(16..<64, with: numbers + digest)
        return file
    }
}
