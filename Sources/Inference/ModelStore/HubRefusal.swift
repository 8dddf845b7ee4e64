internal import FoundationEssentials
internal import NIOHTTP1

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
            return .passing(.status(status), retryAfter: Self.retryAfter(answer.headers))
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

    /// How long the server asks us to wait: seconds, or a date.
    ///
    /// Source: RFC 9110, 10.2.3.
    static func retryAfter(_ headers: HTTPHeaders, now: Date = Date()) -> Duration? {
        guard let text = headers.first(name: "Retry-After") else { return nil }
        if let seconds = Int(text) {
            return seconds < 0 ? nil : .seconds(min(seconds, 1_000_000))
        }
        guard let date = date(text) else { return nil }
        return .seconds(max(0, min(date.timeIntervalSince(now), 1_000_000)))
    }

    /// Reads a date such as `Sun, 06 Nov 1994 08:49:37 GMT`.
    private static func date(_ text: String) -> Date? {
        let words = text.split { " ,:".contains($0) }
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        guard words.count == 8, words[7] == "GMT",
            let month = months.firstIndex(of: String(words[2])), let day = Int(words[1]),
            let year = Int(words[3]), let hour = Int(words[4]), let minute = Int(words[5]),
            let second = Int(words[6])
        else { return nil }
        var parts = DateComponents()
        (parts.year, parts.month, parts.day) = (year, month + 1, day)
        (parts.hour, parts.minute, parts.second) = (hour, minute, second)
        parts.timeZone = .gmt
        return Calendar(identifier: .gregorian).date(from: parts)
    }
}
