import Crypto
import Foundation
import Qwen
import SystemPackage
import Tensors

/// Reads a packed model file: table of contents, small files, every weight, a model of it.
///
/// Hardly any damage keeps the checksum right, so that bytes are taken a second time with the one that they should have.
func readPacked(_ bytes: [UInt8]) {
    usePacked(bytes)
    if let sealed = sealed(bytes) { usePacked(sealed) }
}

/// Packs a folder, to have something to damage.
func writePacked(_ folder: String, to path: String) throws {
    let name = FilePath(path).lastComponent?.string ?? ""
    let packing = try ModelPacking(
        OpenedModel(folder: FilePath(folder)),
        to: name.contains("int4") ? .int4 : .int8,
        name: "fuzz",
        sourceName: "fuzz"
    )
    _ = try packing.write(
        to: FilePath(path),
        replaces: true,
        writer: "fuzz",
        date: "2026-11-21T00:00:00Z",
        compute: Compute(pool: ThreadPool(threads: 1))
    )
}

/// The bytes with the checksum that their table of contents should have, where they say where that is.
private func sealed(_ bytes: [UInt8]) -> [UInt8]? {
    guard bytes.count >= 64 else { return nil }
    func number(_ place: Int) -> Int? {
        Int(exactly: (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << (8 * $1) })
    }
    guard let offset = number(16), let count = number(24), offset >= 64, count <= bytes.count,
        offset <= bytes.count - count
    else { return nil }
    var sealed = bytes
    let digest = SHA256.hash(data: bytes[offset..<offset + count])
    sealed.replaceSubrange(32..<64, with: Array(digest))
    return sealed
}

private func usePacked(_ bytes: [UInt8]) {
    guard let mapped = try? MappedFile(guarding: bytes, as: "fuzz.int8.docket") else { return }
    blackHole &+= PackedOrigin(mapped)?.source?.count ?? 0
    guard let file = try? PackedFile(mapped) else { return }
    readAll(file)
    for section in file.contents.files {
        blackHole &+= (try? file.bytes(ofFile: section.name))?.count ?? 0
        blackHole &+= (try? file.mapped(file: section.name))?.count ?? 0
    }
    blackHole &+= file.damagedSections()?.count ?? 0
    blackHole &+= file.contents.forms.count
    guard let opened = try? OpenedModel(file) else { return }
    let model = try? QwenModel(opened.checkpoint, configuration: opened.configuration)
    blackHole &+= model?.vocabularySize ?? 0
    for tensor in file.storedTensors.prefix(64) {
        guard let weight = try? file.tensor(named: tensor.name), tensor.elementCount < 1 << 20
        else { continue }
        blackHole &+= WeightRows(weight).widened(kernels: .best).count
    }
}
