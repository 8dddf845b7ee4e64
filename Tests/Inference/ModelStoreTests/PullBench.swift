import FaultyHub
import Foundation
import ModelStore
import Synchronization

/// A store in a folder of its own, a hub that goes wrong as a test says, and pulls between them that wait for nothing.
final class PullBench: Sendable {
    let folder: URL
    let hub: FaultyHub
    let model: PublishedModel

    /// Publishes a model.
    ///
    /// - Parameters:
    ///   - model: What is published.
    ///   - answer: What is answered instead of the hub's own answer; nil leaves that.
    /// - Throws: What keeps it from listening.
    init(
        _ model: PublishedModel = .tiny(),
        answer: @escaping @Sendable (FaultyHub.Request, FaultyHub.Reply) -> FaultyHub.Reply? = {
            _,
            _ in nil
        }
    ) throws {
        self.model = model
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("docket-pull-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        hub = try FaultyHub { request in
            let usual = model.answer(request)
            return answer(request, usual) ?? usual
        }
    }

    deinit {
        hub.stop()
        try? FileManager.default.removeItem(at: folder)
    }

    var store: ModelStore { ModelStore(environment: ["DOCKET_MODELS": folder.path]) }
    var target: URL { folder.appendingPathComponent(model.name) }
    var incoming: URL { folder.appendingPathComponent(model.name + ".incoming") }

    /// Patience for a hub that is at hand.
    static var settings: PullSettings {
        var settings = PullSettings()
        settings.connectTimeout = .seconds(20)
        settings.idleTimeout = .seconds(20)
        settings.firstDelay = .milliseconds(1)
        settings.longestDelay = .milliseconds(4)
        settings.progressBytes = 1
        settings.attempts = 4
        return settings
    }

    /// Patience for one that falls silent.
    static var impatient: PullSettings {
        var settings = settings
        settings.idleTimeout = .milliseconds(1500)
        settings.attempts = 2
        return settings
    }

    /// Pulls what is published.
    func pull(
        environment: [String: String] = [:],
        settings: PullSettings = PullBench.settings,
        observer: Recorder = Recorder(),
        change: (inout PullRequest) -> Void = { _ in }
    ) async throws -> PullOutcome {
        var request = PullRequest(name: try ModelName(model.name))
        request.from = hub.address
        change(&request)
        return try await ModelPull(
            request,
            store: store,
            settings: settings,
            environment: environment,
            observer: observer
        ).run()
    }

    /// The fault that a pull ends with; nil when it succeeds.
    func fault(
        environment: [String: String] = [:],
        settings: PullSettings = PullBench.settings,
        observer: Recorder = Recorder(),
        change: (inout PullRequest) -> Void = { _ in }
    ) async -> ModelStoreFault? {
        do {
            _ = try await pull(
                environment: environment,
                settings: settings,
                observer: observer,
                change: change
            )
            return nil
        } catch {
            return error as? ModelStoreFault
        }
    }

    /// A file of the model that is there.
    func bytes(_ name: String) -> [UInt8]? { Self.bytes(target.appendingPathComponent(name)) }

    /// A file of the pull in hand.
    func incomingBytes(_ name: String) -> [UInt8]? {
        Self.bytes(incoming.appendingPathComponent(name))
    }

    /// Whether the model that is there has a file; bytes themselves are not for the log of a failing test.
    func has(_ name: String) -> Bool { bytes(name) != nil }

    /// Whether the pull in hand has a file.
    func hasIncoming(_ name: String) -> Bool { incomingBytes(name) != nil }

    /// Whether a file of the model that is there is as it was published.
    func isRight(_ name: String, as published: PublishedModel? = nil) -> Bool {
        has(name) && bytes(name) == (published ?? model).files[name]
    }

    /// Requests for a file, in their order.
    func requests(for name: String) -> [FaultyHub.Request] {
        hub.requests.filter { $0.target.hasSuffix("/\(name)") }
    }

    private static func bytes(_ url: URL) -> [UInt8]? {
        (try? Data(contentsOf: url)).map { [UInt8]($0) }
    }
}

/// Keeps what a pull tells.
final class Recorder: PullObserver {
    private let kept = Mutex<[PullEvent]>([])
    private let action: @Sendable (PullEvent) -> Void

    init(_ action: @escaping @Sendable (PullEvent) -> Void = { _ in }) { self.action = action }

    var events: [PullEvent] { kept.withLock { $0 } }

    func observe(_ event: PullEvent) {
        kept.withLock { $0.append(event) }
        action(event)
    }
}

/// Counts calls, to go wrong on some of them.
final class Counter: Sendable {
    private let count = Mutex(0)

    /// The number of this call, from 1.
    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
