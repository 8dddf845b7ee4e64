import ArgumentParser
import Exporting
import Foundation
import ModelStore
import Qwen
import SystemPackage
import Tensors

/// `docket model quantize`.
struct ModelQuantizeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quantize",
        abstract: "Pack a model to 8 or 4 bits a weight, in one file that is ready at once.",
        usage: "docket model quantize [<options>] --to <form> [<model>]",
        discussion: """
            Writes one file that holds everything: weights in the order in which the processor reads them, \
            configuration, tokenizer, and a checksum of each part. It lies beside the model unless --output says where, and appears \
            when all of it is there, not before. int8 is close to lossless; int4 is faster again and less exact: \
            it loses about as much as GGUF's Q4_0, with the vision tower in 8 bits. A weight that would lose too much \
            takes more bits.

            Examples:
              docket model quantize ~/models/Qwen3-VL-2B-Instruct --to int8
              docket model quantize Qwen/Qwen3-VL-2B-Instruct --to int4
              docket ask receipt.jpg "Total?" --model qwen3-vl-2b.int4.docket

            Exit status: 0 written; 64 wrong command line, or a model that is packed already; 66 no model, or one with damaged \
            files; 73 the file cannot be written, or is there (--force replaces it); 130, 143 interrupted, and nothing was written.
            """
    )

    @Argument(
        help:
            "A model's folder, GGUF file or installed name; else $DOCKET_MODEL, else the only one.",
        completion: .file()
    )
    var model: String?

    @Option(help: ArgumentHelp("int8 or int4.", valueName: "form"))
    var to: PackedFormWord

    @Option(
        help: ArgumentHelp(
            "What the embedding table and the head are packed to; else as --to says.",
            valueName: "form"
        )
    )
    var head: PackedFormWord?

    @OptionGroup var tower: TowerOption

    @Option(
        help: ArgumentHelp(
            "The file to write; else NAME.int8.docket beside the model.",
            valueName: "file"
        ),
        completion: .file(extensions: ["docket"])
    )
    var output: String?

    @OptionGroup var threads: ThreadsOption

    @Flag(help: "Replace a file that is there.")
    var force = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func validate() throws {
        if let output, !output.hasSuffix(PackedLayout.suffix) {
            throw ValidationError(
                "--output \(output): expected a name that ends in \(PackedLayout.suffix)"
            )
        }
        try ModelOptions.checkKernels()
    }

    func run() async throws {
        let location = try ModelOptions.locate(model, mmproj: tower.mmproj)
        let place = PackedPlace(location, store: ModelStore().root)
        let path = output.map { FilePath(absolutePath($0)) } ?? place.file(to.form)
        // The work may take minutes: what it would fail for in the end is told first.
        if !force, FileManager.default.fileExists(atPath: path.string) {
            throw Fault(write: .exists(path))
        }
        let packing = try plan(location, place)
        let progress = PackingProgress(path, packing, isQuiet: quiet)
        let compute = Compute(pool: threads.pool)
        let start = ContinuousClock.now
        let task = Task {
            try packing.write(
                to: path,
                replaces: force,
                writer: "docket \(Docket.version)",
                date: Date.now.formatted(.iso8601),
                compute: compute
            ) { progress.show($0) }
        }
        let signals = CommandSignals { task.cancel() }
        let result: PackingResult
        do {
            result = try await task.value
        } catch {
            progress.close()
            if error as? PackingFault == .cancelled, let status = signals.status {
                throw Fault(status, "interrupted; nothing was written")
            }
            if let error = error as? PackingFault { throw Fault(packing: error) }
            throw error
        }
        progress.close()
        let report = PackingReport(result, packing, time: ContinuousClock.now - start)
        if json {
            try AskOutput.line(report.json.text)
        } else if !quiet {
            for line in report.lines { Terminal.error(line) }
        }
    }

    private func plan(_ location: ModelLocation, _ place: PackedPlace) throws -> ModelPacking {
        let opened: OpenedModel
        do throws(ModelFault) {
            switch location.layout {
            case .checkpoint: opened = try OpenedModel(folder: location.path)
            case .gguf(let projector):
                opened = try OpenedModel(gguf: location.path, projector: projector)
            case .packed: throw .model(.weights(.notGGUF(file: location.path)))
            }
        } catch {
            if case .packed = location.layout {
                throw Fault(packing: .packedAlready(location.path))
            }
            throw Fault(opening: error, model: location.name)
        }
        do throws(PackingFault) {
            return try ModelPacking(
                opened,
                to: to.form,
                tables: head?.form,
                name: place.name,
                sourceName: place.source,
                revision: location.revision
            )
        } catch {
            throw Fault(packing: error)
        }
    }
}

/// `--to`.
enum PackedFormWord: String, ExpressibleByArgument, CaseIterable {
    case int8, int4

    var form: PackedForm {
        switch self {
        case .int8: .int8
        case .int4: .int4
        }
    }
}

/// What a packed file is called, and where it goes: beside the model.
struct PackedPlace {
    /// `qwen3-vl-2b`: the model's name in lower case, without the word that all models for answers have.
    let name: String
    /// What to call the model that it is made of: `OWNER/NAME` in the store, else its folder's or file's name.
    let source: String
    private let folder: FilePath

    init(_ location: ModelLocation, store: FilePath) {
        let path = FilePath(absolutePath(location.path.string))
        let root = FilePath(absolutePath(store.string))
        let isInstalled = path != root && path.starts(with: root)
        var last = path.lastComponent?.string ?? "model"
        source = isInstalled ? location.name : last
        // A GGUF file of the store lies in its model's folder, beside which packed files are listed.
        let depth = path.components.count - root.components.count
        let above = isInstalled ? max(1, depth - 1) : 1
        var folder = path
        for _ in 0..<above { folder.removeLastComponent() }
        self.folder = folder
        if last.lowercased().hasSuffix(".gguf") {
            last.removeLast(".gguf".count)
            last = last.replacing(/-[0-9]{5}-of-[0-9]{5}$/, with: "")
        }
        let words = last.lowercased().split(separator: "-", omittingEmptySubsequences: false)
        let kept = words.filter { $0 != "instruct" }.joined(separator: "-")
        name = kept.isEmpty ? last.lowercased() : kept
    }

    /// The file of a form.
    func file(_ form: PackedForm) -> FilePath {
        folder.appending("\(name).\(form.rawValue)\(PackedLayout.suffix)")
    }
}
