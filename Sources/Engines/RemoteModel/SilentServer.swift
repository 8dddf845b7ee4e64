public import Answering
public import Jobs

/// A server that somebody named and that could not be reached: what waits for it goes on waiting.
public struct SilentServer: AnsweringModel {
    private let absence: EngineUnavailable
    /// The host and port.
    public let name: String

    /// Stands for a server.
    ///
    /// - Parameters:
    ///   - address: Where it should be.
    ///   - absence: Why it cannot be asked.
    public init(at address: RemoteAddress, absence: EngineUnavailable) {
        name = address.destination
        self.absence = absence
    }

    /// Not known: nothing that was answered before is stale by it.
    public var version: String { "" }
    /// Taken to see, so that documents wait rather than go without.
    public var seesPictures: Bool { true }
    /// The host and port.
    public var destination: String? { name }
    /// The first question tells that there is no answer.
    public var width: Int { 1 }

    /// Tells that no question can be answered.
    ///
    /// - Parameter question: What is asked.
    /// - Returns: Never.
    /// - Throws: `EngineUnavailable`.
    public func answer(_ question: ModelQuestion) async throws -> ModelAnswer { throw absence }

    /// Nothing is kept.
    public func finish(document: String) async {}

    /// Nothing is loaded.
    public func unload() async {}
}
