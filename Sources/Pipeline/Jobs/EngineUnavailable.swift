/// Why an engine cannot be asked at present: its documents wait for it, none of them has failed.
public struct EngineUnavailable: Error, Hashable, Sendable {
    /// What happened, for a person: `gpu-box:8000 refused the connection 5 times`.
    public var reason: String
    /// What a person can do.
    public var remedy: String

    /// Makes a reason.
    public init(reason: String, remedy: String) {
        self.reason = reason
        self.remedy = remedy
    }
}
