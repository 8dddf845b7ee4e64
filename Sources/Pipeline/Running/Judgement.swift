import Jobs
import PipelineSpec
import Records

/// What becomes of a document, decided from what its jobs gave: pure, without store or clock.
struct Judgement: Hashable, Sendable {
    var status: DocumentStatus
    /// A short reason; empty for a document that is done and not blank.
    var reason: String
    /// The sentence behind it.
    var detail: String
    var attempts: Int
    /// Whether the next run tries again without any change.
    var isRetried: Bool
    /// Lowest confidence among the record's required fields (all fields when none is required).
    var confidence: Double?
    /// The step at which it waits for the model.
    var waitingAt: Int?

    /// Why a document waits for the model.
    struct Waiting: Sendable {
        /// The step that is to be answered.
        var step: Int
        /// Why: what its condition says, or why the model cannot be asked.
        var why: String
        /// Set where the model could not be asked.
        var unavailable: EngineUnavailable?
    }

    /// What the jobs of a document gave.
    struct Facts: Sendable {
        /// Whether the pages are frames of a video: most have nothing to be read on them.
        var isVideo = false
        /// The failure that ended the work on the document, if any.
        var failure: JobFailure?
        /// Set for a document that waits for the model; the steps from there on are not done.
        var waiting: Waiting?
        /// Steps of a model that failed, by their verbs.
        var stepFailures: [(verb: String, failure: JobFailure)] = []
        /// What a person should look at besides the values, as the model's steps said.
        var doubts: [String] = []
        /// Steps that a model answered.
        var answeredByModel: Set<Int> = []
        /// Steps at which a model failed.
        var failedByModel: Set<Int> = []
        /// Pages that were read.
        var pages: [PageText] = []
        /// Pages that failed while others were read.
        var pageFailures: [JobFailure] = []
        /// Pages beyond the limit.
        var unreadPages = 0
        /// The record's chosen values.
        var chosen: [String: Candidate] = [:]
        /// Of each field the best candidate of another content than the chosen one.
        var rivals: [String: Candidate] = [:]
        /// Answers of a model that are nowhere on the page, where another value stands.
        var unprinted: [Candidate] = []
        /// Fields whose date can be read two ways and that nothing decides.
        var ambiguousDates: [String] = []
        var checks: [CheckResult] = []
        var earlierAttempts = 0
        /// The engine version by which each step was answered, today's where it was not.
        var engineVersions: [String] = []
    }

    /// Below this confidence a required value is for a person to look at, unless the pipeline says otherwise.
    ///
    /// It is more likely wrong than right. How many errors a higher one finds, `docket report calibration` shows.
    static let sureEnough = 0.5
    /// The reason of a document that the model has still to look at.
    static let waitsForModel = "waits for the model"

    /// Judges a document: the first that applies of failed, partial, review, done.
    ///
    /// - Parameters:
    ///   - facts: what its jobs gave.
    ///   - record: the record's fields.
    ///   - reviewBelow: the confidence below which a required value is looked at.
    /// - Returns: what becomes of it.
    static func of(
        _ facts: Facts,
        record: [FieldDefinition],
        reviewBelow: Double = sureEnough
    ) -> Judgement {
        let confidence = lowestConfidence(facts, record: record)
        if let failure = facts.failure {
            let verdict = JobLifecycle.verdict(
                on: failure.reason,
                earlierAttempts: facts.earlierAttempts
            )
            return Judgement(
                status: verdict.status,
                reason: failure.reason.rawValue,
                detail: failure.detail,
                attempts: verdict.attempts,
                isRetried: verdict.isRetried,
                confidence: nil
            )
        }
        if let waiting = facts.waiting {
            return Judgement(
                status: .waiting,
                reason: Self.waitsForModel,
                detail: waiting.why,
                attempts: facts.earlierAttempts,
                isRetried: false,
                confidence: confidence,
                waitingAt: waiting.step
            )
        }
        if let partial = partial(facts, confidence: confidence) { return partial }
        let questions = questions(facts, record: record, reviewBelow: reviewBelow)
        guard let first = questions.first else {
            let isBlank = !facts.pages.isEmpty && facts.pages.allSatisfy(\.isBlank)
            return Judgement(
                status: .done,
                reason: isBlank ? "blank" : "",
                detail: isBlank ? "there is no ink on any page" : "",
                attempts: 0,
                isRetried: false,
                confidence: confidence
            )
        }
        return Judgement(
            status: .review,
            reason: first.reason,
            detail: questions.map(\.detail).joined(separator: "; "),
            attempts: 0,
            isRetried: false,
            confidence: confidence
        )
    }

    private static func partial(_ facts: Facts, confidence: Double?) -> Judgement? {
        var details: [String] = []
        var reason: String?
        var isRetried = false
        var attempts = 0
        for failure in facts.pageFailures {
            reason = reason ?? failure.reason.rawValue
            details.append("page \(failure.page ?? 0): \(failure.detail)")
        }
        for (verb, failure) in facts.stepFailures {
            reason = reason ?? "\(verb): \(failure.reason.rawValue)"
            details.append("\(verb): \(failure.detail)")
        }
        let failures = facts.pageFailures + facts.stepFailures.map(\.failure)
        if let passing = failures.first(where: { $0.reason.mayPass }) {
            let verdict = JobLifecycle.verdict(
                on: passing.reason,
                earlierAttempts: facts.earlierAttempts
            )
            attempts = verdict.attempts
            isRetried = verdict.isRetried
        }
        for page in facts.pages where page.isCutShort {
            reason = reason ?? "cut short"
            details.append(
                "page \(page.number): \(page.warnings.first ?? "only part of it could be read")"
            )
        }
        if facts.unreadPages > 0 {
            reason = reason ?? "pages limit"
            details.append("\(facts.unreadPages) pages beyond the limit were not read")
        }
        guard let reason else { return nil }
        let shown = details.prefix(5).joined(separator: "; ")
        return Judgement(
            status: .partial,
            reason: reason,
            detail: details.count > 5 ? shown + "; and \(details.count - 5) more" : shown,
            attempts: attempts,
            isRetried: isRetried,
            confidence: confidence
        )
    }

    private static func questions(
        _ facts: Facts,
        record: [FieldDefinition],
        reviewBelow: Double
    ) -> [(reason: String, detail: String)] {
        var questions: [(reason: String, detail: String)] = []
        for page in facts.pages
        where !facts.isVideo && !page.isBlank && page.words.isEmpty && page.source != .plainText {
            questions.append(
                ("nothing read", "page \(page.number) has ink, but no words were read from it")
            )
        }
        // A document without ink has no fields to miss: it is done, and blank.
        guard facts.pages.isEmpty || facts.pages.contains(where: { !$0.isBlank }) else { return [] }
        for field in facts.ambiguousDates {
            let printed = facts.chosen[field]?.printed
            questions.append(
                (
                    "ambiguous date",
                    "\(field)\(printed.map { " \"\($0)\"" } ?? "") can be read day first or month first"
                )
            )
        }
        let missing = record.filter {
            $0.isRequired && facts.chosen[$0.name] == nil && !facts.ambiguousDates.contains($0.name)
        }
        if !missing.isEmpty {
            let names = missing.map(\.name).joined(separator: ", ")
            questions.append(("missing \(names)", "no value was found for \(names)"))
        }
        for check in facts.checks where check.outcome == .failed {
            questions.append(("check failed", "\(check.rule): \(check.detail)"))
        }
        for field in record {
            guard let candidate = facts.chosen[field.name] else { continue }
            if candidate.isUnverified {
                questions.append(("unverified \(field.name)", unverified(candidate)))
            } else if field.isRequired, candidate.confidence < reviewBelow {
                questions.append(
                    (
                        "unsure \(field.name)",
                        Doubt(candidate, rival: facts.rivals[field.name]).sentence
                    )
                )
            }
        }
        for candidate in facts.unprinted {
            questions.append(("unverified \(candidate.field)", unverified(candidate)))
        }
        for doubt in facts.doubts { questions.append(("doubtful answer", doubt)) }
        return questions
    }

    /// Most letters of a value that are quoted.
    private static let quoted = 60

    private static func unverified(_ candidate: Candidate) -> String {
        let printed = candidate.printed.isEmpty ? candidate.content.plain : candidate.printed
        return
            "\(candidate.field) \"\(printed.prefix(quoted))\" is an answer of the model and was found nowhere on the page"
    }

    private static func lowestConfidence(_ facts: Facts, record: [FieldDefinition]) -> Double? {
        let required = record.filter(\.isRequired).map(\.name)
        let fields = required.isEmpty ? record.map(\.name) : required
        return fields.compactMap { facts.chosen[$0]?.confidence }.min()
    }
}
