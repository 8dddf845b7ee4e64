extension SpecParser {
    /// What `include` and `exclude` are when the file does not say: everything that is not hidden.
    static let defaultInclude = ["**/*"]
    static let defaultExclude = ["**/.*"]
    static let defaultSettle = Duration.seconds(2)

    /// `input:`.
    mutating func input(_ node: SpecNode) -> InputSpec? {
        guard let keys = mapping(node, "`input`", keys: PipelineKeys.input) else { return nil }
        var folders: [String] = []
        if let node = keys["folders"] {
            folders = self.folders(node)
        } else {
            report(
                .missingKey("folders", of: "`input`", expected: "folders: [FOLDER]"),
                at: node
            )
        }
        let include = keys["include"].map { globs($0, "`include`", mayBeEmpty: false) }
        let exclude = keys["exclude"].map { globs($0, "`exclude`", mayBeEmpty: true) }
        let settle = keys["settle"].flatMap {
            milliseconds($0, "`settle`", from: 0, "a duration such as 2s or 500ms, at most 24h")
        }
        return InputSpec(
            folders: folders,
            include: include ?? SpecParser.defaultInclude,
            exclude: exclude ?? SpecParser.defaultExclude,
            settle: settle.map { .milliseconds($0) } ?? SpecParser.defaultSettle,
            limits: keys["limits"].map { limits($0) } ?? .standard
        )
    }

    private mutating func folders(_ node: SpecNode) -> [String] {
        var folders: [String] = []
        for (text, node) in texts(node, "`folders`", expected: "a list of folders") {
            guard !text.contains("\0") else {
                report(.badName(text, of: "a folder", expected: "a path"), at: node)
                continue
            }
            let folder = resolved(text)
            if folders.contains(folder) {
                report(.repeated(text, of: "`folders`"), at: node)
            } else {
                folders.append(folder)
            }
        }
        return folders
    }

    private mutating func globs(_ node: SpecNode, _ owner: String, mayBeEmpty: Bool) -> [String] {
        let entries = texts(node, owner, expected: "a list of globs", mayBeEmpty: mayBeEmpty)
        for (glob, node) in entries {
            if let why = globFault(glob) { report(.badGlob(glob, why: why), at: node) }
        }
        return entries.map(\.text)
    }

    private mutating func limits(_ node: SpecNode) -> Limits {
        var limits = Limits.standard
        guard let keys = mapping(node, "`limits`", keys: PipelineKeys.limits) else { return limits }
        if let node = keys["bytes"],
            let bytes = quantity(
                node,
                "`bytes`",
                in: 1...1 << 40,
                expected: "a size such as 64MB or 64MiB, at most 1024GiB",
                read: Quantity.bytes
            )
        {
            limits.bytes = bytes
        }
        if let node = keys["pixels"],
            let pixels = quantity(
                node,
                "`pixels`",
                in: 1...4_000_000_000,
                expected: "a count such as 120M, at most 4000M",
                read: Quantity.count
            )
        {
            limits.pixels = pixels
        }
        if let node = keys["pages"],
            let pages = quantity(
                node,
                "`pages`",
                in: 1...1_000_000,
                expected: "a count such as 1000, at most 1000000",
                read: Quantity.whole
            )
        {
            limits.pages = pages
        }
        let duration = "a duration such as 60, 60s or 2m, at most 24h"
        if let node = keys["seconds-per-page"],
            let time = milliseconds(node, "`seconds-per-page`", from: 1, duration)
        {
            limits.millisecondsPerPage = time
        }
        if let node = keys["stall"], let time = milliseconds(node, "`stall`", from: 1, duration) {
            limits.stallMilliseconds = time
        }
        return limits
    }

    private mutating func milliseconds(
        _ node: SpecNode,
        _ owner: String,
        from lowest: Int,
        _ expected: String
    ) -> Int? {
        quantity(
            node,
            owner,
            in: lowest...86_400_000,
            expected: expected,
            read: Quantity.milliseconds
        )
    }
}
