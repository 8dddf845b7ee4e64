internal import FoundationEssentials
internal import SystemPackage
internal import WebAccess

/// The hub's access token: given to one origin, never shown.
struct HubToken: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    let secret: String
    var description: String { "token" }
    var debugDescription: String { "token" }

    /// The token to send to a hub; nil when there is none, or none that may go there.
    ///
    /// `HF_TOKEN` goes to the hub or to the mirror that a person names. The token that the hub's own program keeps in a
    /// file goes to the hub (or `HF_ENDPOINT`) alone. Neither goes over a network unencrypted.
    init?(for address: HubAddress, isHub: Bool, environment: [String: String]) {
        let isHere = Loopback.contains(address.origin.host)
        guard address.origin.scheme == "https" || isHere else { return nil }
        var text = environment["HF_TOKEN"] ?? ""
        if text.isEmpty, isHub {
            let folder =
                environment["HF_HOME"].map { FilePath($0) }
                ?? environment["HOME"].map {
                    FilePath($0).appending(".cache").appending("huggingface")
                }
            let bytes = folder.flatMap { SmallFile.read($0.appending("token"), limit: 4096) }
            text = String(decoding: bytes ?? [], as: UTF8.self)
        }
        while text.last?.isWhitespace == true { text.removeLast() }
        // Anything else could break out of the header field.
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        secret = text
    }
}
