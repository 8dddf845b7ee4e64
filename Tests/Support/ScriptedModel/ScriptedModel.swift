public import Answering
public import Jobs
import Synchronization

/// A model that answers what a test has prepared, and remembers what it was asked.
public final class ScriptedModel: AnsweringModel {
    /// What it does with a question; the number counts its questions from 0.
    public typealias Script = @Sendable (ModelQuestion, Int) async throws -> ModelAnswer

    /// What decides its answers.
    public let version: String
    /// Whether it can be shown pictures.
    public let seesPictures: Bool
    /// Where documents are said to be sent.
    public let destination: String?
    /// How many questions it is said to answer at once.
    public let width: Int
    private let script: Script
    private let state = Mutex(State())

    private struct State {
        var questions: [ModelQuestion] = []
        var finished: [String] = []
        var unloads = 0
    }

    /// Prepares a model.
    public init(
        version: String = "scripted 1",
        seesPictures: Bool = true,
        destination: String? = nil,
        width: Int = 1,
        _ script: @escaping Script
    ) {
        self.version = version
        self.seesPictures = seesPictures
        self.destination = destination
        self.width = width
        self.script = script
    }

    /// What it was asked, in order.
    public var questions: [ModelQuestion] { state.withLock(\.questions) }
    /// The documents that it was told to let go of.
    public var finishedDocuments: [String] { state.withLock(\.finished) }
    /// How often it was told to let go of everything.
    public var unloads: Int { state.withLock(\.unloads) }

    /// Remembers the question and does what was prepared.
    public func answer(_ question: ModelQuestion) async throws -> ModelAnswer {
        let number = state.withLock { state in
            state.questions.append(question)
            return state.questions.count - 1
        }
        await question.turn?.wait()
        let answer = try await script(question, number)
        question.turn?.pass()
        return answer
    }

    /// Remembers the document.
    public func finish(document: String) async {
        state.withLock { $0.finished.append(document) }
    }

    /// Counts.
    public func unload() async {
        state.withLock { $0.unloads += 1 }
    }
}

extension ScriptedModel {
    /// Answers these texts one after the other, the last one again and again.
    public static func answering(_ texts: String...) -> ScriptedModel {
        ScriptedModel { _, number in
            ModelAnswer(text: texts[min(number, texts.count - 1)], end: .finished)
        }
    }

    /// Answers this text, cut.
    public static func cutting(_ text: String) -> ScriptedModel {
        ScriptedModel { _, _ in ModelAnswer(text: text, end: .cut) }
    }

    /// Runs into a loop.
    public static var looping: ScriptedModel {
        ScriptedModel { _, _ in
            ModelAnswer(text: String(repeating: "Total Total ", count: 40), end: .repetition)
        }
    }

    /// Gives each label this probability.
    public static func labelling(_ shares: [(String, Double)]) -> ScriptedModel {
        ScriptedModel { _, _ in
            ModelAnswer(
                text: shares.max { $0.1 < $1.1 }?.0 ?? "",
                end: .finished,
                labels: shares.map { .init(label: $0.0, probability: $0.1) }
            )
        }
    }

    /// Fails at every question.
    public static func failing(_ failure: JobFailure) -> ScriptedModel {
        ScriptedModel { _, _ in throw failure }
    }

    /// Cannot be asked.
    public static var unavailable: ScriptedModel {
        ScriptedModel { _, _ in
            throw EngineUnavailable(
                reason: "gpu-box:8000 refused the connection",
                remedy: "start it"
            )
        }
    }

    /// Is shown so many characters or pictures at most, and answers by another script.
    public static func reading(
        atMost characters: Int = .max,
        pictures: Int = .max,
        _ script: @escaping Script
    ) -> ScriptedModel {
        ScriptedModel { question, number in
            let length = question.texts.reduce(0) { $0 + $1.count }
            guard length <= characters, question.pictures.count <= pictures else {
                throw JobFailure(.tooLarge, "\(length) characters, the limit is \(characters)")
            }
            return try await script(question, number)
        }
    }
}
