import ArgumentParser
import FoundationEssentials
import ModelStore
import SystemPackage

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
                pad(model.name, width), pad(model.family ?? "-", 10),
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
            "family": model.family.map { .text($0) } ?? .null,
            "bytes": .number(model.byteCount),
            "state": .text(model.isComplete ? "complete" : "partial"),
            "revision": model.revision.map { .text($0) } ?? .null,
            "modified": .text(model.modified.formatted(.iso8601)),
        ])
    }

    private static func day(_ date: Date) -> String {
        String(date.formatted(.iso8601).prefix(10))
    }
}
