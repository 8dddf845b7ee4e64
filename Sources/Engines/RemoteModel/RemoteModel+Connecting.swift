internal import Jobs
public import SystemPackage

extension RemoteModel {
    /// Asks a server which models it has, and takes the one that the address names, or the only one.
    ///
    /// - Parameters:
    ///   - address: The server, and the model's name where it has several.
    ///   - key: The key that it asks for, by ``RemoteKey/find(for:file:environment:)``.
    ///   - options: How patient it is asked, and what it is shown.
    ///   - executable: The docket binary, which becomes the walled process that decodes.
    ///   - environment: The process's environment: proxies, certificates.
    /// - Returns: The model.
    /// - Throws: ``RemoteFault`` for what a person must say otherwise; `EngineUnavailable` when the server does not answer now;
    ///   `CancellationError`.
    public static func connect(
        to address: RemoteAddress,
        key: RemoteKey?,
        options: RemoteOptions = RemoteOptions(),
        executable: FilePath = "/proc/self/exe",
        environment: [String: String]
    ) async throws -> RemoteModel {
        try await connect(
            to: address,
            key: key,
            options: options,
            executable: executable,
            environment: environment,
            time: RemoteTime()
        )
    }

    static func connect(
        to address: RemoteAddress,
        key: RemoteKey?,
        options: RemoteOptions,
        executable: FilePath,
        environment: [String: String],
        time: RemoteTime
    ) async throws -> RemoteModel {
        let server = try ChatServer(
            address,
            key: key,
            options: options,
            environment: environment,
            time: time
        )
        let exchange = ChatExchange(server, options: options, hasKey: key != nil, time: time)
        let list: JSONTree?
        do throws(AttemptFault) {
            list = try await server.models()
        } catch {
            if error == .cancelled { throw CancellationError() }
            throw exchange.unavailable(error)
        }
        return RemoteModel(
            try RemoteListing(list, for: address),
            exchange: exchange,
            options: options,
            executable: executable
        )
    }

    /// What a person should know before anything is sent.
    ///
    /// - Parameters:
    ///   - address: The server.
    ///   - key: The key that it is given.
    /// - Returns: Warnings, a sentence each.
    public static func warnings(address: RemoteAddress, key: RemoteKey?) -> [String] {
        guard address.isOpenToOthers else { return [] }
        let what = key == nil ? "documents" : "documents and the key"
        return [
            "\(what) go to \(address.destination) unencrypted: anybody on the way can read them; use https:// or a tunnel"
        ]
    }
}
