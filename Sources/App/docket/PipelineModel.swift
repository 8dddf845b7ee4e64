import Answering
import FeatureCache
import Foundation
import Jobs
import ModelStore
import PipelineSpec
import RemoteModel
import SystemPackage
import VisionLanguage

/// The language model that a pipeline's steps go to, or why there is none.
struct PipelineModel: Sendable {
    /// What steps can be sent to.
    let presence: JobRouter.Model
    /// What answers; nil where there is none.
    let model: (any AnsweringModel)?
    /// Why it cannot be asked now, although steps are sent to it: their documents wait.
    private(set) var absence: EngineUnavailable?
    /// What a person should know before anything is asked.
    var warnings: [String] = []

    /// No model, with the reason.
    static func absent(_ reason: String, remedy: String) -> PipelineModel {
        PipelineModel(presence: .absent(reason: reason, remedy: remedy), model: nil)
    }

    private init(presence: JobRouter.Model, model: (any AnsweringModel)?) {
        self.presence = presence
        self.model = model
    }

    /// A model that is there.
    init(_ model: any AnsweringModel, name: String) {
        presence = model.seesPictures ? .seeing(name: name) : .textOnly(name: name)
        self.model = model
    }

    /// A server that does not answer.
    init(_ server: SilentServer, _ absence: EngineUnavailable) {
        self.init(server, name: server.name)
        self.absence = absence
    }

    /// No model was named and none is installed.
    static let none = PipelineModel(presence: .none, model: nil)

    /// Decides where steps go.
    var router: JobRouter { JobRouter(model: presence) }
}

/// Finds the models of pipelines: each once, so that one that is loaded serves all.
struct ModelChooser {
    private let options: RunModelOptions
    private let environment: [String: String]
    private var chosen: [String?: PipelineModel] = [:]

    init(
        _ options: RunModelOptions,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.options = options
        self.environment = environment
    }

    /// The model of one pipeline: that of the command, else the pipeline's own, else `$DOCKET_MODEL`, else the only one installed.
    ///
    /// One that is missing or broken leaves its steps out. A server that does not answer tonight lets what waits for it go on waiting.
    ///
    /// - Throws: `Fault` for a wrong command line; `CancellationError`.
    mutating func model(of pipeline: Pipeline) async throws -> PipelineModel {
        let word = options.model ?? pipeline.model
        if let known = chosen[word] { return known }
        // Who names no model and needs none is not told of those that are there.
        let isNeeded = pipeline.steps.contains {
            if case .skipped = JobRouter().route(for: $0) { true } else { false }
        }
        guard word != nil || isNeeded else { return .none }
        let model = try await find(word)
        chosen[word] = model
        return model
    }

    private func find(_ word: String?) async throws -> PipelineModel {
        if let word, let address = try Self.address(word) {
            guard options.tower.mmproj == nil else {
                throw Fault(.usage, "--mmproj: a server has its own vision tower")
            }
            return try await connect(to: address)
        }
        let location: ModelLocation
        do {
            location = try ModelOptions.locate(word, mmproj: options.tower.mmproj)
        } catch let fault as ModelStoreFault {
            let isNamed = word != nil || environment["DOCKET_MODEL"].map { !$0.isEmpty } ?? false
            return isNamed ? try Self.unusable(Fault(model: fault)) : Self.unnamed(fault)
        }
        let cache = options.noCache ? nil : try CacheLocation.ofUser(environment)
        do throws(AskFault) {
            return PipelineModel(try local(location, cache), name: Self.shortName(of: location))
        } catch {
            return try Self.unusable(Fault(ask: error, model: location.name))
        }
    }

    /// A model that somebody named and that is not there, or broken: text and rules are done all the same.
    ///
    /// - Throws: `Fault` where the command line itself is wrong.
    private static func unusable(_ fault: Fault) throws(Fault) -> PipelineModel {
        guard fault.status != .usage else { throw fault }
        var model = PipelineModel.absent(fault.message, remedy: "or name another with --model")
        model.warnings = ["\(fault.message); the steps that need it are left out"]
        return model
    }

    private static func address(_ word: String) throws(Fault) -> RemoteAddress? {
        do throws(RemoteFault) {
            return try RemoteAddress(parsing: word)
        } catch {
            throw Fault(remote: error)
        }
    }

    /// Why there is no model where nobody named one.
    private static func unnamed(_ fault: ModelStoreFault) -> PipelineModel {
        switch fault {
        case .severalModels(let names):
            .absent(
                "several models are installed and none is named",
                remedy: "--model \(names.first ?? "NAME"), or `model:` in the pipeline"
            )
        case .noModel(_, let begun) where !begun.isEmpty:
            .absent(
                "the download of \(begun[0]) has not ended",
                remedy: "`docket model pull \(begun[0])` goes on with it"
            )
        default: .none
        }
    }

    private func local(
        _ location: ModelLocation,
        _ cache: CacheLocation?
    ) throws(AskFault) -> LocalModel {
        let name = location.name
        return try LocalModel(
            LocalModel.Settings(
                name: Self.shortName(of: location),
                files: location.files,
                compute: options.compute,
                executable: FilePath(Assembly.executable),
                cache: cache,
                note: { Terminal.error("docket: \($0.words)") },
                words: { fault in (Fault(ask: fault, model: name).message, "") }
            )
        )
    }

    /// The name as it is stored with results: however the same folder is named on the command line, they stay the same.
    private static func shortName(of location: ModelLocation) -> String {
        let word = location.name
        let isPath = word.hasPrefix("/") || word.hasPrefix(".") || FilePath(word) == location.path
        guard isPath else { return word }
        return FilePath(word).lexicallyNormalized().lastComponent?.string ?? word
    }

    private func connect(to address: RemoteAddress) async throws -> PipelineModel {
        do {
            let key = try RemoteKey.find(
                for: address,
                file: options.apiKeyFile.map { FilePath($0) },
                environment: environment
            )
            var patience = RemoteOptions()
            patience.width = options.modelRequests
            let model = try await RemoteModel.connect(
                to: address,
                key: key,
                options: patience,
                executable: FilePath(Assembly.executable),
                environment: environment
            )
            var chosen = PipelineModel(model, name: model.name)
            chosen.warnings = RemoteModel.warnings(address: address, key: key)
            return chosen
        } catch let fault as RemoteFault {
            throw Fault(remote: fault)
        } catch let absence as EngineUnavailable {
            return PipelineModel(SilentServer(at: address, absence: absence), absence)
        }
    }
}
