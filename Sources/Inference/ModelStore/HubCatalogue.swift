internal import FoundationEssentials
internal import NIOHTTP1

/// What the hub's API says of a model: its commit, its files, their lengths and hashes.
struct HubCatalogue {
    private static let answerLimit = 32 << 20
    private static let pageCount = 50

    let client: HubClient
    let name: ModelName
    let revision: String
    let refusal: HubRefusal

    private struct Model: Decodable {
        let sha: String?
        let siblings: [Sibling]
    }

    private struct Sibling: Decodable {
        let rfilename: String
        let size: Int?
        let blobId: String?
        let lfs: LargeFile?
    }

    /// The API says `sha256` in one answer and `oid` in another.
    private struct LargeFile: Decodable {
        let sha256: String?
        let oid: String?
        let size: Int?

        var digest: String? {
            guard let text = sha256 ?? oid else { return nil }
            let digits = text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text
            return RemoteFile.isDigest(digits, digits: 64) ? digits : nil
        }
    }

    private struct TreeEntry: Decodable {
        let type: String
        let path: String
        let size: Int?
        let oid: String?
        let lfs: LargeFile?
    }

    /// Asks the API.
    ///
    /// - Parameter mayBePlain: Whether this may be a server of files alone.
    /// - Returns: What there is; nil from a server of files alone.
    /// - Throws: ``AttemptFailure``.
    func list(mayBePlain: Bool) async throws(AttemptFailure) -> RemoteListing? {
        let model = client.address.appending(
            ["api", "models", name.owner, name.name, "revision", revision],
            query: "?blobs=true"
        )
        let answer = try await client.ask(model)
        guard answer.status == 200 else {
            let isPlain =
                mayBePlain && [400, 403, 404, 405, 410, 501].contains(answer.status)
                && answer.hubHeaders.first(name: "X-Error-Code") == nil
            if isPlain { return nil }
            throw refusal.failure(answer, file: nil)
        }
        let data = try await client.text(answer, limit: Self.answerLimit)
        guard let found = try? JSONDecoder().decode(Model.self, from: data) else {
            // A page for people answers every address at some servers of files; a damaged listing is no such page.
            if mayBePlain, data.first != UInt8(ascii: "{") { return nil }
            throw .final(.notAHub(address: answer.address))
        }
        let commit = found.sha.flatMap { RemoteFile.isDigest($0, digits: 40) ? $0 : nil }
        guard let commit else { throw .final(.notAHub(address: answer.address)) }
        var files = found.siblings.map { file in
            Self.file(file.rfilename, size: file.size, blob: file.blobId, large: file.lfs)
        }
        // Servers that mirror the API leave lengths and hashes to the tree.
        if files.contains(where: { $0.size == nil || !$0.hasDigest }),
            let tree = try await tree(at: commit)
        {
            files = tree
        }
        return RemoteListing(revision: commit, files: files, layout: .hub)
    }

    private func tree(at commit: String) async throws(AttemptFailure) -> [RemoteFile]? {
        var address: String? = client.address.appending(
            ["api", "models", name.owner, name.name, "tree", commit],
            query: "?recursive=true"
        )
        var files: [RemoteFile] = []
        for _ in 0..<Self.pageCount {
            guard let page = address else { return files }
            let answer = try await client.ask(page)
            if answer.status == 404 { return nil }
            guard answer.status == 200 else { throw refusal.failure(answer, file: nil) }
            let data = try await client.text(answer, limit: Self.answerLimit)
            guard let entries = try? JSONDecoder().decode([TreeEntry].self, from: data) else {
                throw .final(.notAHub(address: answer.address))
            }
            files += entries.filter { $0.type == "file" }.map { entry in
                Self.file(entry.path, size: entry.size, blob: entry.oid, large: entry.lfs)
            }
            address = answer.headers.first(name: "Link").flatMap { link in
                Self.next(link).flatMap { HubAddress.target(of: $0, from: page) }
            }
            if let next = address, HubAddress.origin(of: next) != client.address.origin {
                throw .final(.badRedirect(HubAddress.withoutSecrets(next)))
            }
        }
        throw .final(.tooMuch("more than \(Self.pageCount) pages of files"))
    }

    /// The next page, of a field such as `<https://…>; rel="next"`.
    private static func next(_ link: String) -> String? {
        for part in link.split(separator: ",") where part.contains("rel=\"next\"") {
            guard let start = part.firstIndex(of: "<"), let end = part.firstIndex(of: ">"),
                start < end
            else { continue }
            return String(part[part.index(after: start)..<end])
        }
        return nil
    }

    private static func file(
        _ path: String,
        size: Int?,
        blob: String?,
        large: LargeFile?
    ) -> RemoteFile {
        // Of a large file git holds a pointer: the blob's name is the pointer's, not the content's.
        if let large {
            return RemoteFile(path: path, size: large.size ?? size, sha256: large.digest)
        }
        let gitSHA1 = blob.flatMap { RemoteFile.isDigest($0, digits: 40) ? $0 : nil }
        // Git hashes the length before the content: without it there is nothing to compare.
        return RemoteFile(path: path, size: size, gitSHA1: size == nil ? nil : gitSHA1)
    }
}
