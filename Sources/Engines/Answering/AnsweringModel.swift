/// A model that answers questions about documents: Docket's own engine, a server, or a stand-in in a test.
///
/// Several questions may be asked at once; each answer is the one that it would be alone.
public protocol AnsweringModel: Sendable {
    /// What decides its answers: name, version, format, instruction set; part of a job's fingerprint. Known without loading it.
    var version: String { get }
    /// Whether it can be shown pictures.
    var seesPictures: Bool { get }
    /// The host that documents are sent to; nil where nothing leaves the machine.
    var destination: String? { get }
    /// How many questions it answers at once: more of them only wait.
    var width: Int { get }

    /// Answers one question.
    ///
    /// - Parameter question: What is asked.
    /// - Returns: The answer.
    /// - Throws: `JobFailure` when this question cannot be answered; `EngineUnavailable` when none can at present;
    ///   ``NothingShown`` when all that it was to be shown is blank; `CancellationError`.
    func answer(_ question: ModelQuestion) async throws -> ModelAnswer

    /// Lets go of what is kept for a document's next question.
    ///
    /// - Parameter document: Its SHA-256.
    func finish(document: String) async

    /// Lets go of everything, as at the end of a run; the next question loads it again.
    func unload() async
}
