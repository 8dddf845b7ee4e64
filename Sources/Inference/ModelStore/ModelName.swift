/// A model's name on a hub, `owner/name`.
public struct ModelName: Hashable, Sendable {
    /// Who publishes it.
    public let owner: String
    /// What it is called there.
    public let name: String
}
