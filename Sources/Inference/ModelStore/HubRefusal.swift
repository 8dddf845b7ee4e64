internal import NIOHTTP1
internal import WebAccess

/// What it means when a server does not give what it was asked for.
struct HubRefusal {
    let name: String
    let revision: String
    let from: String
    let hadToken: Bool

    /// The failure that an answer stands for.
    ///
    /// - Parameters:
    ///   - answer: Any answer but success.
    ///   - file: What was asked for; nil for the model itself.
    /// - Returns: Whether to try again, or the fault.
    func failure(_ answer: HubClient.Answer, file: String?) -> AttemptFailure {
        let status = answer.status
        let words = PlainWords.of(answer.hubHeaders.first(name: "X-Error-Message") ?? "")
        if status == 408 || status == 425 || status == 429 || status >= 500 {
            return .passing(
                .status(status),
                retryAfter: RetryAfter.duration(answer.headers.first(name: "Retry-After"))
            )
        }
        // The hub says in a field which of several things a status means.
        switch answer.hubHeaders.first(name: "X-Error-Code") ?? "" {
        case "GatedRepo": return .final(.gated(name, hadToken: hadToken))
        case "RepoNotFound":
            return .final(.noSuchModel(name, from: from, hadToken: hadToken))
        case "RevisionNotFound": return .final(.noSuchRevision(revision, of: name))
        case "EntryNotFound":
            return .final(.noSuchFile(file.map(PlainWords.of) ?? name, available: []))
        default: break
        }
        switch (status, file) {
        case (401, _): return .final(.unauthorised(name, hadToken: hadToken))
        case (403, _): return .final(.gated(name, hadToken: hadToken))
        case (404, nil), (410, nil):
            return .final(.noSuchModel(name, from: from, hadToken: hadToken))
        case (404, let file?), (410, let file?):
            return .final(.noSuchFile(PlainWords.of(file), available: []))
        default:
            return .final(.refused(address: answer.address, status: status, words: words))
        }
    }
}
