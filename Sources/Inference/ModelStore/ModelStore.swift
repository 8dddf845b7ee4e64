public import FoundationEssentials
public import SystemPackage

/// The models of this user: where they live, which there are, and which one a word means.
public struct ModelStore: Sendable {
    /// The folder that holds `OWNER/NAME/…`.
    public let root: FilePath
    private let preferred: String?

    /// Finds the store by the environment.
    ///
    /// - Parameter environment: `DOCKET_MODELS` is the folder; without it `XDG_DATA_HOME/docket/models`, without that
    ///   `HOME/.local/share/docket/models`. `DOCKET_MODEL` is the model that is meant where none is named.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        func value(_ name: String) -> String? {
            environment[name].flatMap { $0.isEmpty ? nil : $0 }
        }
        if let models = value("DOCKET_MODELS") {
            root = FilePath(models)
        } else if let data = value("XDG_DATA_HOME"), FilePath(data).isAbsolute {
            root = FilePath(data).appending("docket").appending("models")
        } else {
            root = FilePath(value("HOME") ?? "/root").appending(".local").appending("share")
                .appending("docket").appending("models")
        }
        preferred = value("DOCKET_MODEL")
    }

    /// The folder of a model, whether it is there or not.
    public func folder(of name: ModelName) -> FilePath {
        root.appending(name.owner).appending(name.name)
    }

    /// Finds the model that a word means.
    ///
    /// - Parameter word: A folder, GGUF file or packed file, `owner/name`, or a name alone that one installed model has; nil means
    ///   `DOCKET_MODEL`, else the only installed model.
    /// - Returns: Where it is. Its files are there; whether they are sound shows when they are read.
    /// - Throws: ``ModelStoreFault`` when there is none, or several.
    public func locate(_ word: String?) throws(ModelStoreFault) -> ModelLocation {
        guard let word = word ?? preferred, !word.isEmpty else { return try onlyModel() }
        if word.contains("://") { throw .address(word) }
        let path = FilePath(word)
        let isPlainlyPath = path.isAbsolute || word.hasPrefix("./") || word.hasPrefix("../")
        if let status = StoreFolder.status(of: path) {
            switch status.kind {
            case .file: return try Self.location(ofFile: path, name: word)
            case .folder:
                do throws(ModelStoreFault) {
                    return try Self.location(ofFolder: path, name: word)
                } catch .notAModel where !isPlainlyPath {
                    // `Qwen/…` may be a folder here by chance: the store is asked before it is refused.
                    if let found = try find(word) { return found }
                    throw .notAModel(path, lacks: "config.json")
                }
            case .other: throw .notAModel(path, lacks: "files")
            }
        }
        if isPlainlyPath { throw .noSuchPath(path) }
        if let found = try find(word) { return found }
        if word.hasSuffix(".gguf") || word.hasSuffix(Self.packedEnding) {
            throw .noSuchPath(path)
        }
        throw .notInstalled(word, installed: installed().filter(\.isComplete).map(\.name))
    }

    private func onlyModel() throws(ModelStoreFault) -> ModelLocation {
        let models = installed()
        // What was packed is the same model again: who wants it says so, unless it is all that is there.
        let whole = models.filter { $0.isComplete && !$0.isPacked }
        let complete = whole.isEmpty ? models.filter(\.isComplete) : whole
        guard let first = complete.first else {
            throw .noModel(store: root, begun: models.map(\.name))
        }
        guard complete.count == 1 else { throw .severalModels(complete.map(\.name)) }
        return try location(of: first, name: first.name)
    }

    /// Looks a word up among the installed models.
    private func find(_ word: String) throws(ModelStoreFault) -> ModelLocation? {
        var word = word
        var models = installed()
        if word.hasSuffix(Self.packedEnding) {
            word.removeLast(Self.packedEnding.count)
            models.removeAll { !$0.isPacked }
        }
        let parts = word.split(separator: "/").map(String.init)
        let wanted = parts.last?.hasSuffix(".gguf") == true ? Array(parts.dropLast()) : parts
        let matches = models.filter { model in
            let own = model.name.lowercased()
            let sought = wanted.joined(separator: "/").lowercased()
            return own == sought || (wanted.count == 1 && own.hasSuffix("/\(sought)"))
        }
        guard matches.count < 2 else { throw .severalModels(matches.map(\.name)) }
        guard let model = matches.first else { return nil }
        guard model.isComplete else { throw .incomplete(model.name) }
        guard wanted.count < parts.count, let file = parts.last else {
            return try location(of: model, name: model.name)
        }
        let path = model.path.appending(file)
        guard StoreFolder.isFile(path) else { throw .noSuchPath(path) }
        return try Self.location(ofFile: path, name: "\(model.name)/\(file)")
    }

    private func location(
        of model: InstalledModel,
        name: String
    ) throws(ModelStoreFault) -> ModelLocation {
        model.isPacked
            ? ModelLocation(name: name, path: model.path, layout: .packed)
            : try Self.location(ofFolder: model.path, name: name)
    }

    /// A model given as a file.
    private static func location(
        ofFile path: FilePath,
        name: String
    ) throws(ModelStoreFault) -> ModelLocation {
        if path.lastComponent?.string.lowercased().hasSuffix(packedEnding) == true {
            return ModelLocation(name: name, path: path, layout: .packed)
        }
        guard let file = path.lastComponent?.string, file.lowercased().hasSuffix(".gguf") else {
            throw .notAModel(path, lacks: "the ending .gguf or \(packedEnding)")
        }
        let folder = path.removingLastComponent()
        return ModelLocation(
            name: name,
            path: path,
            layout: .gguf(projector: GGUFChoice.projector(in: folder, besides: file)),
            revision: ModelManifest.read(in: folder)?.revision
        )
    }

    /// A model given as a folder.
    static func location(
        ofFolder folder: FilePath,
        name: String
    ) throws(ModelStoreFault) -> ModelLocation {
        if folder.lastComponent?.string.hasSuffix(StoreFolder.incoming) == true {
            throw .incomplete(name)
        }
        let names = StoreFolder.names(in: folder.isEmpty ? "." : folder)
        let hasConfiguration = names.contains("config.json")
        if hasConfiguration, names.contains(where: { $0.hasSuffix(".safetensors") }) {
            return ModelLocation(
                name: name,
                path: folder,
                layout: .checkpoint,
                revision: ModelManifest.read(in: folder)?.revision
            )
        }
        let models = GGUFChoice.models(among: names)
        guard let model = models.first else {
            throw .notAModel(folder, lacks: hasConfiguration ? "*.safetensors" : "config.json")
        }
        guard models.count == 1 else { throw .severalFiles(folder, models) }
        return try location(ofFile: folder.appending(model), name: name)
    }
}
