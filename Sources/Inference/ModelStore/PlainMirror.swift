internal import FoundationEssentials
internal import NIOHTTP1
internal import WebAccess

/// A server of files without the hub's API: what is there is found by asking for known names.
struct PlainMirror {
    private static let names = [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json",
        "vocab.json", "merges.txt", "added_tokens.json", "special_tokens_map.json",
        "chat_template.json", "chat_template.jinja", "preprocessor_config.json",
        "video_preprocessor_config.json", "processor_config.json", "README.md", "LICENSE",
    ]
    private static let sumsName = "SHA256SUMS"

    let client: HubClient
    let name: ModelName
    let revision: String
    let chosen: [String]
    let refusal: HubRefusal

    /// Finds out what there is.
    ///
    /// - Throws: ``ModelStoreFault/noSuchModel(_:from:hadToken:)`` where no folder has the model.
    func list() async throws(AttemptFailure) -> RemoteListing {
        let folder = try await folder()
        if let manifest = try await manifest(in: folder) {
            // A folder of another model is not filed under this one's name.
            guard manifest.name == name.description else { throw noSuchModel }
            return RemoteListing(
                revision: manifest.revision.flatMap {
                    RemoteFile.isDigest($0, digits: 40) ? $0 : nil
                },
                files: manifest.files.map {
                    RemoteFile(
                        path: $0.path,
                        size: $0.size,
                        sha256: RemoteFile.isDigest($0.sha256, digits: 64) ? $0.sha256 : nil
                    )
                },
                layout: .plain(folder)
            )
        }
        let sums = try await sums(in: folder)
        var files: [RemoteFile] = []
        for name in chosen.isEmpty ? Self.names : chosen + ["README.md", "LICENSE"] {
            if let file = try await probe(name, in: folder) { files.append(file) }
        }
        if chosen.isEmpty { files += try await weights(in: folder) }
        for index in files.indices where files[index].sha256 == nil {
            files[index].sha256 = sums[files[index].path]
        }
        return RemoteListing(revision: nil, files: files, layout: .plain(folder))
    }

    /// The folder that the files are in: the address itself, or that with the model's name as folders behind it.
    private func folder() async throws(AttemptFailure) -> [String] {
        let candidates = [
            [], [name.owner, name.name], [name.owner, name.name, "resolve", revision],
        ]
        for folder in candidates
        where try await probe(chosen.first ?? "config.json", in: folder) != nil {
            return folder
        }
        throw noSuchModel
    }

    private var noSuchModel: AttemptFailure {
        .final(
            .noSuchModel(name.description, from: client.address.text, hadToken: refusal.hadToken)
        )
    }

    private func weights(in folder: [String]) async throws(AttemptFailure) -> [RemoteFile] {
        guard let index = try await probe(ShardIndex.fileName, in: folder),
            let bytes = try await small(ShardIndex.fileName, in: folder, limit: 64 << 20)
        else {
            return try await [probe("model.safetensors", in: folder)].compactMap(\.self)
        }
        let parts: [String]
        do throws(ModelStoreFault) { parts = try ShardIndex.read([UInt8](bytes)).files } catch {
            throw .final(error)
        }
        guard parts.count <= 1000 else { throw .final(.tooMuch("\(parts.count) parts")) }
        var files = [index]
        for part in parts {
            guard let file = try await probe(part, in: folder) else {
                throw .final(.missingPart(part))
            }
            files.append(file)
        }
        return files
    }

    /// A file's length and hash; nil when it is not there.
    private func probe(_ file: String, in folder: [String]) async throws(AttemptFailure)
        -> RemoteFile?
    {
        guard RemoteFile.isSafe(file) else { throw .final(.unsafeName(PlainWords.of(file))) }
        let address = address(of: file, in: folder)
        var answer = try await client.ask(address, method: .HEAD)
        if answer.status == 405 || answer.status == 501 {
            // The body is not read: letting go of the answer closes the connection.
            answer = try await client.ask(address)
        }
        switch answer.status {
        case 200: break
        case 403, 404, 410: return nil
        default: throw refusal.failure(answer, file: file)
        }
        let etag = Self.strongTag(answer.hubHeaders) ?? Self.strongTag(answer.headers)
        let linked = answer.hubHeaders.first(name: "X-Linked-Etag").map(Self.unquoted)
        let size = answer.hubHeaders.first(name: "X-Linked-Size").flatMap { Int($0) }
        let isHub = answer.hubHeaders.first(name: "X-Repo-Commit") != nil
        var found = RemoteFile(path: file, size: size ?? answer.length, etag: etag)
        for tag in [linked, etag.map(Self.unquoted)].compactMap(\.self) {
            if RemoteFile.isDigest(tag, digits: 64) {
                found.sha256 = found.sha256 ?? tag
            } else if isHub, RemoteFile.isDigest(tag, digits: 40), found.size != nil {
                // Forty digits are git's name of the content at the hub, and anything elsewhere.
                found.gitSHA1 = found.gitSHA1 ?? tag
            }
        }
        return found
    }

    private func manifest(in folder: [String]) async throws(AttemptFailure) -> ModelManifest? {
        try await small(ModelManifest.fileName, in: folder, limit: 4 << 20).flatMap {
            try? JSONDecoder().decode(ModelManifest.self, from: $0)
        }
    }

    /// `SHA256SUMS`: a hash and a name on each line, as `sha256sum` writes it.
    private func sums(in folder: [String]) async throws(AttemptFailure) -> [String: String] {
        guard let data = try await small(Self.sumsName, in: folder, limit: 1 << 20) else {
            return [:]
        }
        var sums: [String: String] = [:]
        for line in String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2, RemoteFile.isDigest(words[0].lowercased(), digits: 64) else {
                continue
            }
            var file = words[1]
            while file.hasPrefix(" ") || file.hasPrefix("*") { file.removeFirst() }
            if file.hasPrefix("./") { file.removeFirst(2) }
            sums[file] = words[0].lowercased()
        }
        return sums
    }

    private func small(
        _ file: String,
        in folder: [String],
        limit: Int
    ) async throws(AttemptFailure) -> Data? {
        let answer = try await client.ask(address(of: file, in: folder))
        guard answer.status == 200 else {
            if (400..<500).contains(answer.status), answer.status != 429 { return nil }
            throw refusal.failure(answer, file: file)
        }
        return try await client.text(answer, limit: limit)
    }

    private func address(of file: String, in folder: [String]) -> String {
        client.address.appending(folder + file.split(separator: "/").map(String.init))
    }

    /// A mark that is the same only for the same bytes.
    static func strongTag(_ headers: HTTPHeaders) -> String? {
        headers.first(name: "ETag").flatMap { tag in
            tag.hasPrefix("\"") && tag.utf8.count <= 256 ? tag : nil
        }
    }

    private static func unquoted(_ tag: String) -> String {
        String(tag.drop { $0 == "\"" }.prefix { $0 != "\"" })
    }
}
