import Jobs
import PipelineSpec
import Records
import Synchronization

/// Stands in for the model: says of a field what the words `say:field=value` on a page tell it to.
///
/// `guess:field=value` says what is nowhere on the page, `never:REASON` fails, `doubt:WORD` is doubted, `windows:N` takes N
/// answers. What it is asked is written down, in the order of the turns.
final class StandInThinker: JobEngine {
    private struct State {
        var version = "thinker 1"
        var asked: [String] = []
        var seen: [String] = []
        var finished: [String] = []
        var unloads = 0
        var stored: [Int] = []
        var kept: [Int] = []
        var diesAfterAnswers: Int?
        var unavailableAfter: Int?
        var unavailableTimes = Int.max
        var firstPosition = 0
        var heals = false
        var inHand = 0
        var mostInHand = 0
        var meanwhile: (@Sendable () -> Void)?
    }
    private let state = Mutex(State())

    /// Jobs as `path verb`, as they came.
    var asked: [String] { state.withLock { $0.asked } }
    /// Paths as they were let to look, in the order of the turns.
    var seen: [String] { state.withLock { $0.seen } }
    /// Places of the answers that each job was handed from an earlier try.
    var stored: [Int] { state.withLock { $0.stored } }
    /// Places of the answers that were kept.
    var kept: [Int] { state.withLock { $0.kept } }
    var finished: [String] { state.withLock { $0.finished } }
    var unloads: Int { state.withLock { $0.unloads } }
    var mostInHand: Int { state.withLock { $0.mostInHand } }

    func become(_ version: String) { state.withLock { $0.version = version } }
    func dieAfterAnswers(_ count: Int?) { state.withLock { $0.diesAfterAnswers = count } }
    /// After so many questions, cannot be asked so many times.
    func beUnavailableAfter(_ count: Int?, times: Int = .max) {
        state.withLock { ($0.unavailableAfter, $0.unavailableTimes) = (count, times) }
    }
    /// Gives a job's answers other places from now on.
    func beginAt(position: Int) { state.withLock { $0.firstPosition = position } }
    func heal() { state.withLock { $0.heals = true } }
    func whileAsked(_ act: (@Sendable () -> Void)?) { state.withLock { $0.meanwhile = act } }
    func forgetCalls() {
        state.withLock {
            ($0.asked, $0.seen, $0.stored, $0.kept, $0.finished) = ([], [], [], [], [])
        }
    }

    func version(for step: Step) -> String { state.withLock { $0.version } }

    func finish(document: String) async { state.withLock { $0.finished.append(document) } }

    func unload() async { state.withLock { $0.unloads += 1 } }

    func answer(
        _ job: Job,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        let path = job.document.displayPath
        let isUnavailable = state.withLock { state in
            state.inHand += 1
            state.mostInHand = max(state.mostInHand, state.inHand)
            state.asked.append("\(path) \(job.step.verb)")
            state.stored += job.storedAnswers.map(\.position)
            return state.unavailableAfter.map {
                state.asked.count > $0 && state.asked.count - $0 <= state.unavailableTimes
            } ?? false
        }
        defer { state.withLock { $0.inHand -= 1 } }
        if isUnavailable {
            throw EngineUnavailable(reason: "nobody is there", remedy: "start it")
        }
        state.withLock { $0.meanwhile }?()
        await job.turn?.wait()
        state.withLock { $0.seen.append(path) }
        job.turn?.pass()
        let words = job.pages.flatMap(\.words).map(\.text)
        let heals = state.withLock { $0.heals }
        if let told = Self.told("never:", words).first, !heals,
            let reason = FailureReason(rawValue: told)
        {
            throw JobFailure(reason, "as told")
        }
        try await give(Self.told("windows:", words).first.flatMap { Int($0) } ?? 1, job)
        let fields =
            switch job.step {
            case .ask(let step): step.fills
            case .classify(let step): [step.field]
            case .summarize(let step): [step.field]
            case .read, .find, .check: [String]()
            }
        var candidates: [Candidate] = []
        for (sign, isUnverified) in [("say:", false), ("guess:", true)] {
            for pair in Self.told(sign, words).map({ $0.split(separator: "=").map(String.init) })
            where pair.count == 2 && fields.contains(pair[0]) {
                candidates.append(
                    Candidate(
                        field: pair[0],
                        content: .text(pair[1]),
                        printed: pair[1],
                        confidence: isUnverified ? 0.4 : 0.8,
                        evidence: [],
                        reason: "answered",
                        isUnverified: isUnverified
                    )
                )
            }
        }
        return JobResult(
            route: "thinker",
            candidates: candidates,
            doubts: Self.told("doubt:", words)
        )
    }

    private func give(_ count: Int, _ job: Job) async throws {
        let first = state.withLock { $0.firstPosition }
        for position in 0..<count {
            let answer = JobAnswer(
                position: first + position,
                part: count == 1 ? .whole : .window,
                question: "\(job.step)",
                fingerprint: "\(version(for: job.step)) \(job.step) \(position) of \(count)",
                text: "answer \(position)",
                end: "finished",
                work: Self.work
            )
            if var known = job.storedAnswers.first(where: { $0.fingerprint == answer.fingerprint })
            {
                known.position = first + position
                try await job.keepAnswer(known)
                continue
            }
            let dies = state.withLock { state in
                state.diesAfterAnswers.map { state.kept.count >= $0 } ?? false
            }
            if dies { throw CancellationError() }
            try await job.keepAnswer(answer)
            state.withLock { $0.kept.append(position) }
        }
    }

    private static var work: AnswerWork {
        var work = AnswerWork()
        work.promptTokens = 100
        work.reusedTokens = 60
        work.answerTokens = 10
        work.features = [.computed, .exact]
        work.seeing = 5
        return work
    }

    private static func told(_ sign: String, _ words: [String]) -> [String] {
        words.filter { $0.hasPrefix(sign) }.map { String($0.dropFirst(sign.count)) }
    }
}
