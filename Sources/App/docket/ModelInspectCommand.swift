import ArgumentParser
import ModelStore
import Qwen
import SystemPackage

/// `docket model inspect`.
struct ModelInspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what a model is, what memory it takes, and what is wrong with it.",
        discussion: """
            Looks at headers and settings, not at the weights themselves, so that it answers at once; also at what \
            a broken download has left. --verify reads the whole of a packed file.

            Exit status 0 when the model can be run, 66 when something keeps it from that.
            """
    )

    @Argument(
        help:
            "A model's folder, GGUF file, packed file or installed name; else $DOCKET_MODEL, else the only one.",
        completion: .file()
    )
    var model: String?

    @OptionGroup var tower: TowerOption

    @Flag(help: "Hold every byte of a packed file against its checksum.")
    var verify = false

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func run() throws {
        let inspection = try inspect()
        let report = ModelInspectionReport(inspection)
        if json {
            try AskOutput.line(report.json.text)
        } else {
            for line in report.lines { try AskOutput.line(line) }
        }
        if !inspection.isUsable { throw ExitCode(ExitStatus.noInput.rawValue) }
    }

    private func inspect() throws -> ModelInspection {
        let location: ModelLocation
        do throws(ModelStoreFault) {
            location = try ModelStore().locate(model)
        } catch {
            // What a broken download left is what is to be looked at; where it lies, the word says or the store.
            switch error {
            case .incomplete, .notAModel: return ModelInspection(folder: try brokenFolder())
            default: throw error
            }
        }
        switch location.layout {
        case .checkpoint: return ModelInspection(folder: location.path)
        case .gguf(let projector):
            let vision = tower.mmproj.map { FilePath($0) } ?? projector
            return ModelInspection(gguf: location.path, vision: vision)
        case .packed: return ModelInspection(packed: location.path, verifies: verify)
        }
    }

    private func brokenFolder() throws -> FilePath {
        let store = ModelStore()
        // The same word that was looked up: what is named, else what the environment names.
        guard let model = model ?? Terminal.environment("DOCKET_MODEL"), !model.isEmpty else {
            throw ModelStoreFault.noModel(store: store.root, begun: [])
        }
        let sought = model.lowercased()
        let begun = store.installed().first { installed in
            let name = installed.name.lowercased()
            return name == sought || name.hasSuffix("/\(sought)")
        }
        return begun?.path ?? FilePath(model)
    }
}
