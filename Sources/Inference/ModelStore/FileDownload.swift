internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import SystemPackage
internal import WebAccess

/// Fetches one file into a folder: goes on where an earlier attempt ended, checks every byte, and gives the file its
/// name only when it is whole.
final class FileDownload {
    private let file: RemoteFile
    private let address: String
    private let folder: FilePath
    private let revision: String?
    private let client: HubClient
    private let refusal: HubRefusal
    private let observer: any PullObserver
    private let partial: PartialFile
    /// The length, once anybody has told it.
    private var size: Int?
    private var etag: String?

    init(
        _ file: RemoteFile,
        at address: String,
        into folder: FilePath,
        revision: String?,
        client: HubClient,
        refusal: HubRefusal,
        observer: any PullObserver
    ) throws(ModelStoreFault) {
        self.file = file
        self.address = address
        self.folder = folder
        self.revision = revision
        self.client = client
        self.refusal = refusal
        self.observer = observer
        size = file.size
        etag = file.etag
        partial = try PartialFile(
            folder.appending(file.localName + PullState.partialEnding),
            expectedCount: file.size,
            namesForGit: file.gitSHA1 != nil
        )
    }

    /// Fetches what is missing.
    ///
    /// - Returns: The file as it is on disk now.
    func run(_ retrying: Retrying) async throws(ModelStoreFault) -> ModelManifest.File {
        observer.observe(
            .began(file: file.localName, size: file.size, offset: partial.count)
        )
        var isSecond = false
        while true {
            try await retrying.run(file.localName, reached: { self.partial.count }) {
                () async throws(AttemptFailure) in
                try await self.attempt()
            }
            if let finished = try check(isSecond: isSecond) { return finished }
            isSecond = true
        }
    }

    /// Holds the bytes against the hash; nil when they are wrong and are to be fetched once more.
    private func check(isSecond: Bool) throws(ModelStoreFault) -> ModelManifest.File? {
        let found = partial.result()
        let pairs: [(expected: String, found: String)] = [
            file.sha256.map { ($0, found.sha256) },
            file.gitSHA1.flatMap { expected in found.gitSHA1.map { (expected, $0) } },
        ].compactMap(\.self)
        if let wrong = pairs.first(where: { $0.expected != $0.found }) {
            try partial.restart()
            guard !isSecond else {
                DiskFault.remove(partial.path)
                throw .wrongDigest(
                    file: file.localName,
                    expected: wrong.expected,
                    found: wrong.found
                )
            }
            observer.observe(.startingOver(file: file.localName, .wrongDigest))
            return nil
        }
        if pairs.isEmpty {
            do throws(ModelStoreFault) {
                try FileForm.check(partial.path, name: file.localName)
            } catch {
                DiskFault.remove(partial.path)
                throw error
            }
        }
        let check: PullCheck =
            pairs.isEmpty ? .form : file.sha256 != nil ? .sha256 : .gitSHA1
        try partial.finish(as: folder.appending(file.localName))
        observer.observe(.finished(file: file.localName, check))
        return ModelManifest.File(
            path: file.localName,
            size: partial.count,
            sha256: found.sha256,
            check: check
        )
    }

    /// One request, and as much of its answer as comes.
    private func attempt() async throws(AttemptFailure) {
        if let size, partial.count == size { return }
        if partial.count > 0, !file.hasDigest, etag == nil {
            // Nothing could tell whether what follows is still of the same file.
            try restart()
            observer.observe(.startingOver(file: file.localName, .rangeIgnored))
        }
        let offset = partial.count
        var headers: [(String, String)] = []
        if offset > 0 {
            headers.append(("Range", "bytes=\(offset)-"))
            // Without a hash the server must say whether it is still the same file.
            if !file.hasDigest, let etag { headers.append(("If-Range", etag)) }
        }
        let answer = try await client.ask(address, headers: headers)
        let end = try admit(answer, offset: offset)
        try await receive(answer, end: end)
    }

    /// Judges an answer before a byte of it is taken.
    ///
    /// - Returns: Where its bytes end in the file; nil when nobody tells.
    private func admit(_ answer: HubClient.Answer, offset: Int) throws(AttemptFailure) -> Int? {
        if let revision, let commit = answer.hubHeaders.first(name: "X-Repo-Commit"),
            commit.lowercased() != revision, RemoteFile.isDigest(commit.lowercased(), digits: 40)
        {
            throw .final(
                .revisionMoved(file: file.localName, expected: revision, found: commit)
            )
        }
        if let encoding = answer.headers.first(name: "Content-Encoding"), encoding != "identity" {
            throw .passing(.encoded(PlainWords.of(encoding)))
        }
        switch answer.status {
        case 200:
            if offset > 0 {
                try restart()
                observer.observe(.startingOver(file: file.localName, .rangeIgnored))
            }
            return try whole(answer)
        case 206: return try part(answer, offset: offset)
        case 416:
            try restart()
            throw .passing(.wrongRange(asked: offset, answered: "416"))
        default: throw refusal.failure(answer, file: file.path)
        }
    }

    private func whole(_ answer: HubClient.Answer) throws(AttemptFailure) -> Int? {
        guard let length = answer.length else { return size }
        if let size, length != size {
            throw .passing(.wrongLength(expected: size, found: length))
        }
        if length > FileSelection.limit(for: file.path) {
            throw .final(.tooMuch("\(file.localName): \(length) bytes"))
        }
        size = length
        etag = PlainMirror.strongTag(answer.hubHeaders) ?? etag
        return length
    }

    private func part(_ answer: HubClient.Answer, offset: Int) throws(AttemptFailure) -> Int? {
        let text = answer.headers.first(name: "Content-Range") ?? ""
        guard let range = ContentRange(text), range.start == offset, offset > 0,
            size.map({ range.end < $0 }) ?? true,
            size == nil || range.total == nil || range.total == size
        else { throw .passing(.wrongRange(asked: offset, answered: PlainWords.of(text))) }
        let count = range.end + 1 - range.start
        if let length = answer.length, length != count {
            throw .passing(.wrongLength(expected: count, found: length))
        }
        size = size ?? range.total
        return range.end + 1
    }

    private func receive(_ answer: HubClient.Answer, end: Int?) async throws(AttemptFailure) {
        let limit = end ?? FileSelection.limit(for: file.path)
        do {
            for try await buffer in answer.body {
                if Task.isCancelled { throw AttemptFailure.final(.cancelled) }
                guard buffer.readableBytes <= limit - partial.count else {
                    try restart()
                    throw AttemptFailure.passing(.tooLong(expected: limit))
                }
                try unsafe buffer.withUnsafeReadableBytes { try unsafe partial.append($0) }
                observer.observe(.received(buffer.readableBytes))
            }
        } catch let fault as ModelStoreFault {
            throw .final(fault)
        } catch {
            throw HubClient.failure(error, host: client.address.origin.host)
        }
        if let end, partial.count < end {
            throw .passing(.connectionLost(detail: "\(end - partial.count) bytes were missing"))
        }
        // A server may send a part shorter than was asked for: the next attempt asks for the rest.
        if let size, partial.count < size {
            throw .passing(.wrongLength(expected: size, found: partial.count))
        }
        size = partial.count
    }

    private func restart() throws(AttemptFailure) {
        do throws(ModelStoreFault) { try partial.restart() } catch { throw .final(error) }
    }
}

/// `bytes START-END/TOTAL`.
///
/// Source: RFC 9110, 14.4.
struct ContentRange: Equatable {
    let start: Int
    let end: Int
    /// nil for `*`.
    let total: Int?

    init?(_ text: String) {
        guard text.hasPrefix("bytes ") else { return nil }
        let parts = text.dropFirst(6).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let bounds = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard bounds.count == 2, let start = Int(bounds[0]), let end = Int(bounds[1]), start >= 0,
            end >= start, end < .max, parts[1] == "*" || Int(parts[1]) != nil
        else { return nil }
        self.start = start
        self.end = end
        total = Int(parts[1])
        if let total, end >= total { return nil }
    }
}
