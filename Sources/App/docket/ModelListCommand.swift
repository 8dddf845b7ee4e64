import ArgumentParser
import FoundationEssentials
import ModelStore
import SystemPackage
import Tensors

/// `docket model list`.
struct ModelListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the models that are there, and those of which only a part is."
    )

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func run() throws {
        let store = ModelStore()
        let models = store.installed()
        if json {
            try AskOutput.line(JSONValue.list(models.map(Self.json)).text)
            return
        }
        guard !models.isEmpty else {
            Terminal.error(
                "no models in \(store.root); `docket model pull \(Fault.usualModel)` gets one"
            )
            return
        }
        let width = models.map(\.name.count).max() ?? 0
        for model in models {
            let size = "\(ByteCount(model.byteCount))"
            let line = [
                pad(model.name, width), pad(Self.family(model) ?? "-", 10),
                pad(Self.packedForm(model) ?? "-", 4),
                String(repeating: " ", count: max(0, 9 - size.count)) + size,
                model.isComplete ? "complete" : "partial ", Self.day(model.modified),
            ].joined(separator: "  ")
            try AskOutput.line(line)
        }
        for model in models where !model.isComplete {
            Terminal.error("`docket model pull \(model.name)` goes on with what is partial")
        }
    }

    private static func json(_ model: InstalledModel) -> JSONValue {
        .object([
            "name": .text(model.name), "path": .text(model.path.string),
            "family": family(model).map { .text($0) } ?? .null,
            "packed": packedForm(model).map { .text($0) } ?? .null,
            "bytes": .number(model.byteCount),
            "state": .text(model.isComplete ? "complete" : "partial"),
            "revision": model.revision.map { .text($0) } ?? .null,
            "modified": .text(model.modified.formatted(.iso8601)),
        ])
    }

    private static func family(_ model: InstalledModel) -> String? {
        guard model.isPacked else { return model.family }
        return (try? PackedFile(model.path)).map { Fault.shown($0.contents.family) }
    }

    /// What a packed file is packed to; `?` for one that cannot be read, which `model inspect` says more about.
    private static func packedForm(_ model: InstalledModel) -> String? {
        guard model.isPacked else { return nil }
        return (try? PackedFile(model.path))?.contents.precision.rawValue ?? "?"
    }

    private static func day(_ date: Date) -> String {
        String(date.formatted(.iso8601).prefix(10))
    }
}
