import Crypto
import Foundation
import SystemPackage
import Tensors

/// The files of the checkpoints, and that tensors in several files are those of one.
struct CheckpointParity {
    let folder: GoldenFolder

    func compare(_ manifest: Manifest, into report: inout ParityReport) throws {
        for (name, digest) in manifest.checkpoint_sha256.sorted(by: { $0.key < $1.key }) {
            let item = "checkpoints/\(name)"
            report.expect(item, group: "checkpoints", stage: "files")
            let path = folder.checkpoints.appending(name).string
            let data = try? Data(contentsOf: URL(fileURLWithPath: path))
            let found = data.map {
                SHA256.hash(data: $0).map { String(format: "%02x", $0) }.joined()
            }
            report.compare(item, problem: found == digest ? nil : "is not the recorded file")
        }
        for name in folder.names(in: folder.checkpoints) where name.hasSuffix("-sharded") {
            let item = "checkpoints/\(name) tensors"
            report.expect(item, group: "checkpoints", stage: "tensors of shards")
            report.compare(item, problem: try difference(name, String(name.dropLast(8))))
        }
    }

    /// The first tensor that two folders do not share to the bit.
    private func difference(_ name: String, _ other: String) throws -> String? {
        let one = try SafetensorsDirectory(folder.checkpoints.appending(name))
        let two = try SafetensorsDirectory(folder.checkpoints.appending(other))
        let names = two.storedTensors.map(\.name)
        guard one.storedTensors.map(\.name).sorted() == names.sorted() else {
            return "has other tensors than \(other)"
        }
        for tensor in names {
            guard let a = try one.tensor(named: tensor), let b = try two.tensor(named: tensor),
                a.shape == b.shape, a.form == b.form,
                a.withBytes({ x in b.withBytes { y in x.elementsEqual(y) } })
            else { return "\(tensor) differs from \(other)'s" }
        }
        return nil
    }
}
