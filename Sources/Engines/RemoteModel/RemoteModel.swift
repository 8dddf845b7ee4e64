public import Answering
internal import Generation
internal import Jobs
internal import Qwen
internal import Synchronization
internal import SystemPackage
internal import VisionLanguage

/// A model at an OpenAI-compatible server (vLLM, llama-server, SGLang, Ollama, OpenAI) that answers jobs.
///
/// Pages are decoded here, behind walls, and sent as pixels: no byte of a foreign file leaves the machine.
public final class RemoteModel: AnsweringModel {
    /// Raised whenever the same question is put otherwise.
    static let revision = 2

    /// The model's name, where it is, and what the server says of it.
    public let version: String
    /// Whether it is shown pictures: unless the server says that it sees none.
    public let seesPictures: Bool
    /// Questions that are on their way at once.
    public let width: Int
    /// Host and port.
    public var destination: String? { exchange.server.address.destination }
    /// The model's name at the server.
    public let name: String

    let exchange: ChatExchange
    private let pages: SentPages
    /// Questions that are on their way.
    private let places: Places

    /// Takes a server's model; asks nobody anything.
    ///
    /// - Parameters:
    ///   - listing: What the server says of it.
    ///   - exchange: Asks it.
    ///   - options: How.
    ///   - executable: The docket binary, which becomes the walled process that decodes.
    init(
        _ listing: RemoteListing,
        exchange: ChatExchange,
        options: RemoteOptions,
        executable: FilePath
    ) {
        name = listing.name
        width = max(1, options.width)
        seesPictures = listing.seesPictures
        version =
            ([
                "remote/\(Self.revision)", listing.name,
                "at \(exchange.server.address.destination)",
            ] + listing.facts + ["\(options.imageTokens) tokens a page"]).joined(separator: " ")
        self.exchange = exchange
        places = Places(width)
        pages = SentPages(
            decoder: PictureDecoder(executable: executable, limits: options.limits),
            imageTokens: options.imageTokens
        )
    }

    /// Answers one question.
    ///
    /// Fields are an answer of their schema, whatever the server takes of it. Labels have shares only where the server tells how likely the
    /// tokens are; otherwise there are none.
    ///
    /// - Parameter question: What is asked.
    /// - Returns: The answer.
    /// - Throws: `JobFailure`, `EngineUnavailable`, `NothingShown`, `CancellationError`.
    public func answer(_ question: ModelQuestion) async throws -> ModelAnswer {
        // Nothing is learnt from one document's pictures for the next: nobody need wait for them.
        question.turn?.pass()
        guard question.pictures.isEmpty || seesPictures else {
            throw JobFailure(.unsupported, "\(name) sees no pictures")
        }
        // Before the pictures: they are held by as many questions as are answered, and no more.
        do throws(GenerationFault) { try await places.take() } catch { throw CancellationError() }
        defer { places.give() }
        let start = ContinuousClock.now
        let pictures = try await pages.addresses(
            of: question.pictures,
            under: question.limits
        )
        if pictures.isEmpty, question.texts.isEmpty, !question.pictures.isEmpty {
            throw NothingShown(pages: question.pictures.map(\.page))
        }
        var asking = RemoteQuestion(question, pictures: pictures, model: name, exchange: exchange)
        asking.work.decodingPictures = (ContinuousClock.now - start).milliseconds
        return try await asking.answer()
    }

    /// Nothing is kept here for a document.
    public func finish(document: String) async {}

    /// Nothing is loaded here; connections that nobody uses close by themselves.
    public func unload() async {}
}

extension Duration {
    /// Whole milliseconds.
    var milliseconds: Int { Int(self / .milliseconds(1)) }
}
