public import Answering
public import FeatureCache
internal import Generation
internal import Jobs
internal import Qwen
public import SystemPackage
public import Tensors

/// Docket's own engine as a model that answers jobs.
///
/// It is loaded at the first question, by whoever comes first, and dropped when memory is short; the next question loads it again. Questions
/// that are asked at once are decoded together, and share what they begin with: the answers are those that each would get alone.
public actor LocalModel: AnsweringModel {
    /// Raised whenever the same question may get another answer from the same files on the same processor.
    static let revision = 1

    /// Name, content of the files, instruction set and precision; known without loading.
    public nonisolated let version: String
    /// Whether it can be shown pictures; known without loading.
    public nonisolated let seesPictures: Bool
    /// How many questions it answers at once.
    public nonisolated let width: Int
    /// Nothing leaves the machine.
    public nonisolated var destination: String? { nil }

    /// Which model answers, and how.
    public struct Settings: Sendable {
        /// The model's name, for people.
        public var name: String
        /// Its files.
        public var files: ModelFiles
        /// What arithmetic runs on.
        public var compute: Compute
        /// The most tokens that a page may become.
        public var imageTokens: Int
        /// What a file may demand before it is refused, where the question does not say.
        public var limits: PictureDecoder.Limits
        /// The docket binary, which becomes the walled process that decodes.
        public var executable: FilePath
        /// Answers that run at once; nil for as many as memory has room for, 8 at most.
        public var width: Int?
        /// Bytes of keys and values that are kept for documents' next questions; features get half as many besides.
        public var keptBytes: Int
        /// Where features of pictures are kept for later runs; nil where nowhere.
        public var cache: CacheLocation?
        /// Is told what goes wrong with that, once for each kind.
        public var note: @Sendable (CacheNote) -> Void
        /// Bytes of memory that could be had; nil where it is not known.
        public var availableMemory: @Sendable () -> Int?
        /// The words for files that cannot be used: what happened, and what a person can do.
        public var words: @Sendable (AskFault) -> (reason: String, remedy: String)

        /// Collects settings.
        public init(
            name: String,
            files: ModelFiles,
            compute: Compute = Compute(),
            imageTokens: Int = 1280,
            limits: PictureDecoder.Limits = PictureDecoder.Limits(),
            executable: FilePath = "/proc/self/exe",
            width: Int? = nil,
            keptBytes: Int = 1 << 30,
            cache: CacheLocation? = nil,
            note: @escaping @Sendable (CacheNote) -> Void = { _ in },
            availableMemory: (@Sendable () -> Int?)? = nil,
            words: (@Sendable (AskFault) -> (reason: String, remedy: String))? = nil
        ) {
            self.name = name
            self.files = files
            self.compute = compute
            self.imageTokens = imageTokens
            self.limits = limits
            self.executable = executable
            self.width = width
            self.keptBytes = keptBytes
            self.cache = cache
            self.note = note
            self.availableMemory = availableMemory ?? { AvailableMemory.read() }
            self.words =
                words ?? { ("\($0)", "`docket model inspect` says what is wrong with its files") }
        }
    }

    private enum Stage {
        case absent
        case loading(Task<LoadedModel, any Error>)
        case loaded(LoadedModel)
    }

    private let settings: Settings
    private let memory: MemoryNeed
    private let featureKey: String
    /// Opened with the model's first loading and once: what it may serve goes by what was there then.
    private lazy var cache = settings.cache.map {
        FeatureCache($0, model: featureKey, note: settings.note)
    }
    /// Outlives the model where it is dropped between two questions about a document.
    private let settled = SettledFeatures()
    /// Answers that hold keys and values.
    private let places: Places
    /// Files that are decoded at once.
    private let decoding = Places(2)
    private var stage = Stage.absent
    /// Questions that are worked on.
    private var questions = 0
    /// Those of them that are being answered, and so end by themselves.
    private var answering = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Looks at a model's files; loads nothing.
    ///
    /// - Parameter settings: Which model, and how it answers.
    /// - Throws: ``AskFault`` when the files are no model.
    public init(_ settings: Settings) throws(AskFault) {
        let card = try settings.files.card()
        let compute = settings.compute
        memory = MemoryNeed(card, isExact: compute.isExact)
        width = settings.width.map { max(1, $0) } ?? memory.width(settings.availableMemory())
        seesPictures = card.configuration.vision != nil
        version = [
            "docket/\(Self.revision)", settings.name, String(card.identity.prefix(16)),
            compute.kernels.name, compute.word, "\(settings.imageTokens) tokens a page",
        ].joined(separator: " ")
        featureKey = card.features(compute, revision: Self.revision)
        places = Places(width)
        self.settings = settings
    }

    // MARK: Asking

    /// Answers one question, together with others that are asked meanwhile.
    ///
    /// - Parameter question: What is asked.
    /// - Returns: The answer, which is the one that it would be alone.
    /// - Throws: `JobFailure`, `EngineUnavailable`, `NothingShown`, `CancellationError`.
    public func answer(_ question: ModelQuestion) async throws -> ModelAnswer {
        guard question.pictures.isEmpty || seesPictures else {
            throw JobFailure(.unsupported, "\(settings.name) sees no pictures")
        }
        questions += 1
        defer { questions -= 1 }
        let model = try await loaded()
        let asking = QuestionInProgress(
            question,
            to: model,
            owner: self,
            reader: model.asking.preprocessor.map {
                PictureReader(
                    decoder: PictureDecoder(
                        executable: settings.executable,
                        limits: settings.limits
                    ),
                    preprocessor: $0,
                    imageTokens: settings.imageTokens,
                    places: decoding
                )
                .under(question.limits)
            }
        )
        do {
            return try await asking.answer()
        } catch let fault as GenerationFault {
            throw fault.failure(of: settings.name)
        } catch AskFault.generation(let fault) {
            throw fault.failure(of: settings.name)
        } catch let fault as AskFault {
            throw unavailable(fault)
        }
    }

    /// Lets go of a document's features, keys and values.
    ///
    /// - Parameter document: Its SHA-256.
    public func finish(document: String) async {
        settled.forget(document: document)
        guard case .loaded(let model) = stage else { return }
        model.pictures.forget(document: document)
        await model.prefixes.forget(document: document)
    }

    /// Lets go of the model; questions that are being answered are answered to their end.
    public func unload() async {
        settled.forget()
        stage = .absent
    }

    // MARK: Loading

    /// The model, loaded now where it is not.
    private func loaded() async throws -> LoadedModel {
        if case .loaded(let model) = stage, questions == 1, isShort {
            await model.shrink()
            if isShort, questions == 1 { stage = .absent }
        }
        switch stage {
        case .loaded(let model): return model
        case .loading(let task): return try await loaded(by: task)
        case .absent:
            if let shortage = shortage(memory.toLoad) { throw shortage }
            let (files, compute) = (settings.files, settings.compute)
            let (cache, kept) = (seesPictures ? cache : nil, settings.keptBytes)
            let settled = settled
            let task = Task.detached {
                LoadedModel(
                    try QuestionAnswering(files, compute: compute),
                    cache: cache,
                    settled: settled,
                    kept: kept
                )
            }
            stage = .loading(task)
            return try await loaded(by: task)
        }
    }

    private func loaded(by task: Task<LoadedModel, any Error>) async throws -> LoadedModel {
        var isOurs: Bool {
            if case .loading(task) = stage { true } else { false }
        }
        do {
            let model = try await task.value
            if isOurs { stage = .loaded(model) }
            return model
        } catch {
            if isOurs { stage = .absent }
            throw (error as? AskFault).map(unavailable) ?? error
        }
    }

    private func unavailable(_ fault: AskFault) -> EngineUnavailable {
        let (reason, remedy) = settings.words(fault)
        return EngineUnavailable(reason: reason, remedy: remedy)
    }

    // MARK: Memory

    private var isShort: Bool { shortage(memory.toGoOn) != nil }

    /// Why so much memory cannot be had; nil where it can.
    private func shortage(_ needed: Int) -> EngineUnavailable? {
        guard let available = settings.availableMemory(), available < needed else { return nil }
        return EngineUnavailable(
            reason:
                "\(settings.name) needs \(megabytes(needed)) of memory, and \(megabytes(available)) can be had",
            remedy:
                "end other programs, or take a smaller form of the model (`docket model quantize`)"
        )
    }

    private func megabytes(_ bytes: Int) -> String { "\(bytes / 1_000_000) MB" }

    /// Waits until there is a place for an answer, and memory for it.
    ///
    /// Where memory is short, what is kept goes first; then answers run one at a time; then the model goes.
    ///
    /// - Throws: `EngineUnavailable`, `CancellationError`; no place is taken then.
    func begin(_ model: LoadedModel) async throws {
        do throws(GenerationFault) { try await places.take() } catch { throw CancellationError() }
        if isShort { await model.shrink() }
        while let shortage = shortage(memory.toGoOn) {
            guard answering > 0 else {
                stage = .absent
                places.give()
                throw shortage
            }
            await withCheckedContinuation { waiting.append($0) }
        }
        answering += 1
    }

    /// Gives the place back that ``begin(_:)`` took.
    func end() {
        answering -= 1
        places.give()
        for continuation in waiting { continuation.resume() }
        waiting = []
    }
}
