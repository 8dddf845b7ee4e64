import Foundation
import SystemPackage
import Tensors

/// Compares every recorded stage of a folder with what the engine computes: `parity FOLDER`; or writes what the engine computes from any
/// model: `parity stages MODEL INPUTS OUTPUT`, see ``StageDump``.
@main
enum ParityCommand {
    static func main() async {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if arguments.first == "stages", arguments.count >= 4 {
            await dump(arguments.dropFirst())
        }
        guard arguments.count == 1 else {
            print(
                """
                usage: parity FOLDER, which holds checkpoints/ and goldens/
                       parity stages MODEL INPUTS OUTPUT [float32|bfloat16|int8|int4]
                """
            )
            exit(64)
        }
        do {
            let folder = GoldenFolder(path: FilePath(arguments[0]))
            let parity = try Parity(folder: folder)
            var report = try await parity.exact()
            let rounded = try await parity.rounded()
            print("float32")
            for line in report.table { print(line) }
            print("\nbfloat16, factors of products rounded")
            for line in rounded.table { print(line) }
            let formats = try await parity.formats()
            print(
                "\nweights in 8 and 4 bits; errors are relative, tolerances 2 times Q8_0's and 1 time Q4_0's"
            )
            for line in formats.table { print(line) }
            report.adoptFailures(of: rounded, label: "bfloat16")
            let failures = report.failures + formats.failures
            for line in failures { print("failed  \(line)") }
            print("\n\(report.passed + formats.passed) passed, \(failures.count) failed")
            exit(failures.isEmpty ? 0 : 1)
        } catch {
            print("parity: \(error)")
            exit(66)
        }
    }

    private static func dump(_ arguments: ArraySlice<String>) async -> Never {
        let paths = arguments.prefix(3).map { FilePath($0) }
        let word = arguments.dropFirst(3).first ?? Precision.float32.rawValue
        let (precision, form) = (Precision(rawValue: word), PackedForm(rawValue: word))
        guard precision != nil || form != nil else {
            print("parity: \(word) is neither float32 nor bfloat16, int8 or int4")
            exit(64)
        }
        do {
            try await StageDump(model: paths[0], precision: precision ?? .float32, form: form)
                .write(inputs: paths[1], to: paths[2])
            exit(0)
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

    /// What packed weights cost, beside what the simplest formats of other programs cost.
    func formats() async throws -> ParityReport {
        var report = ParityReport()
        try await FormatParity(folder: folder).compare(manifest, into: &report)
        try MatrixParity().compare(into: &report)
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
