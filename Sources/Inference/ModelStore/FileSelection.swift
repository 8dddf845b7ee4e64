internal import WebAccess

/// Which files of a model are fetched: what Docket reads, the licence and the description; never a pickle, which runs
/// as a program when it is opened.
enum FileSelection {
    /// What a model may have at most; the largest published ones have a few hundred files.
    private static let fileCount = 2000
    private static let smallBytes = 256 << 20
    private static let weightBytes = 1 << 40

    /// Chooses among what is offered.
    ///
    /// - Parameters:
    ///   - files: All that the server lists.
    ///   - chosen: GGUF files that the person named.
    ///   - name: The model, for messages.
    /// - Returns: Small files first, so that a model that cannot be used is refused before its weights come.
    /// - Throws: ``ModelStoreFault`` for names and sizes out of all measure, and when there is nothing to run.
    static func select(
        _ files: [RemoteFile],
        chosen: [String],
        of name: String
    ) throws(ModelStoreFault) -> [RemoteFile] {
        for file in files where !RemoteFile.isSafe(file.path) {
            throw .unsafeName(PlainWords.of(file.path))
        }
        let top = files.filter { !$0.path.contains("/") }
        let selected: [RemoteFile]?
        if !chosen.isEmpty {
            selected = try named(chosen, among: files)
        } else if let checkpoint = checkpoint(among: top, of: name) {
            selected = checkpoint
        } else {
            selected = try soleGGUF(among: files, of: name)
        }
        guard let selected else {
            throw .nothingToRun(name, found: top.map(\.path).sorted())
        }
        try check(selected)
        return selected.sorted { first, second in
            let ranks = (isWeights(first.path) ? 1 : 0, isWeights(second.path) ? 1 : 0)
            return ranks.0 != ranks.1 ? ranks.0 < ranks.1 : first.path < second.path
        }
    }

    /// Whether a file holds weights.
    static func isWeights(_ path: String) -> Bool {
        let path = path.lowercased()
        return path.hasSuffix(".safetensors") || path.hasSuffix(".gguf")
    }

    /// Whether a file is small and of use.
    static func isSmallPart(_ name: String) -> Bool {
        let known = [
            "config.json", "generation_config.json", "vocab.json", "merges.txt",
            "added_tokens.json", "special_tokens_map.json", "processor_config.json",
            ShardIndex.fileName,
        ]
        return known.contains(name)
            || name.hasPrefix("tokenizer") && name.hasSuffix(".json")
            || name.hasPrefix("chat_template")
                && (name.hasSuffix(".json") || name.hasSuffix(".jinja"))
            || name.hasSuffix("preprocessor_config.json")
    }

    private static func isPaper(_ file: RemoteFile) -> Bool {
        let name = file.path.uppercased()
        return (file.size ?? 0) <= 1 << 20 && !file.path.contains("/")
            && ["README", "LICENSE", "LICENCE", "NOTICE"].contains { name.hasPrefix($0) }
            && (!name.contains(".") || name.hasSuffix(".MD") || name.hasSuffix(".TXT"))
    }

    private static func checkpoint(among top: [RemoteFile], of name: String) -> [RemoteFile]? {
        let weights = top.filter { $0.path.hasSuffix(".safetensors") }
        // Some repositories hold the same weights a second time for another program.
        let usual = weights.filter { $0.path.hasPrefix("model") }
        guard !weights.isEmpty, top.contains(where: { $0.path == "config.json" }) else {
            return nil
        }
        return top.filter { isSmallPart($0.path) || isPaper($0) }
            + (usual.isEmpty ? weights : usual)
    }

    private static func soleGGUF(
        among files: [RemoteFile],
        of name: String
    ) throws(ModelStoreFault) -> [RemoteFile]? {
        let models = GGUFChoice.models(among: files.map(\.path))
        guard let model = models.first else { return nil }
        guard models.count == 1 else { throw .chooseFile(name, models.sorted()) }
        return try named([model], among: files)
    }

    /// The files that a person named, the vision tower that goes with them, licence and description.
    private static func named(
        _ chosen: [String],
        among files: [RemoteFile]
    ) throws(ModelStoreFault) -> [RemoteFile] {
        let paths = files.map(\.path)
        var wanted: [RemoteFile] = []
        for name in chosen {
            guard
                let file = files.first(where: { $0.path == name })
                    ?? files.first(where: { $0.localName == name })
            else {
                throw .noSuchFile(
                    PlainWords.of(name),
                    available: paths.filter { $0.hasSuffix(".gguf") }.sorted()
                )
            }
            guard name.lowercased().hasSuffix(".gguf") else {
                throw .noSuchFile(
                    PlainWords.of(name),
                    available: paths.filter { $0.hasSuffix(".gguf") }.sorted()
                )
            }
            if GGUFChoice.firstPart(of: name) != nil { throw .splitFile(name) }
            if !wanted.contains(file) { wanted.append(file) }
        }
        if GGUFChoice.projector(among: wanted.map(\.path)) == nil,
            let tower = GGUFChoice.projector(among: paths),
            let file = files.first(where: { $0.path == tower })
        {
            wanted.append(file)
        }
        return wanted + files.filter(isPaper)
    }

    private static func check(_ files: [RemoteFile]) throws(ModelStoreFault) {
        guard files.count <= fileCount else { throw .tooMuch("\(files.count) files") }
        var seen: Set<String> = []
        for file in files {
            let limit = isWeights(file.path) ? weightBytes : smallBytes
            if let size = file.size, size < 0 || size > limit {
                throw .tooMuch("\(file.path): \(size) bytes")
            }
            guard seen.insert(file.localName).inserted else { throw .unsafeName(file.path) }
        }
    }

    /// The most bytes that are taken of a file whose length nobody tells.
    static func limit(for path: String) -> Int { isWeights(path) ? weightBytes : smallBytes }
}
