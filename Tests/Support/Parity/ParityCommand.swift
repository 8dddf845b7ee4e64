import Foundation
import SystemPackage
import Tensors

/// Compares every recorded stage of a folder with what the engine computes: `parity FOLDER`.
@main
enum ParityCommand {
    static func main() async {
        guard CommandLine.arguments.count == 2 else {
            print("usage: parity FOLDER, which holds checkpoints/ and goldens/")
            exit(64)
        }
        do {
            let folder = GoldenFolder(path: FilePath(CommandLine.arguments[1]))
            let parity = try Parity(folder: folder)
            var report = try await parity.exact()
            let rounded = try await parity.rounded()
            print("float32")
            for line in report.table { print(line) }
            print("\nbfloat16, factors of products rounded")
            for line in rounded.table { print(line) }
            report.adoptFailures(of: rounded, label: "bfloat16")
            for line in report.failures { print("failed  \(line)") }
            print("\n\(report.passed) passed, \(report.failed) failed")
            exit(report.failed == 0 ? 0 : 1)
        } catch {
            print("parity: \(error)")
            exit(66)
        }
    }
}

/// All comparisons of a folder.
struct Parity {
    let folder: GoldenFolder
    let manifest: Manifest
    let tolerances: StageTolerances

    init(folder: GoldenFolder) throws {
        self.folder = folder
        manifest = try folder.read(Manifest.self, "manifest.json")
        tolerances = StageTolerances(
            file: try folder.read(ToleranceFile.self, "tolerance.json")
        )
    }

    /// Everything that was recorded, products in float32.
    func exact() async throws -> ParityReport {
        var report = ParityReport()
        try CheckpointParity(folder: folder).compare(manifest, into: &report)
        try TokenizerParity(folder: folder).compare(into: &report)
        try ChatParity(folder: folder).compare(into: &report)
        try PictureParity(folder: folder).compare(into: &report)
        try await compareModels(.float32, into: &report)
        return report
    }

    /// What depends on precision, factors of products rounded to bfloat16.
    func rounded() async throws -> ParityReport {
        var report = ParityReport()
        try await compareModels(.bfloat16, into: &report)
        return report
    }

    private func compareModels(
        _ precision: Precision,
        into report: inout ParityReport
    ) async throws {
        try await VisionParity(folder: folder, tolerances: tolerances)
            .compare(precision, into: &report)
        try await CaseParity(folder: folder, tolerances: tolerances)
            .compare(manifest, precision, into: &report)
    }
}
