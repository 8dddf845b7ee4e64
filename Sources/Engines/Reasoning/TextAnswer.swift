import Answering
import Jobs
import PipelineSpec
import Records

/// What answers a question that only wants the text: what was read, without a model.
struct TextAnswer {
    let job: Job
    let step: AskStep

    /// Words of a page that its evidence quotes, in characters: the whole text stands in the value.
    private static let quoted = 2000

    /// Keeps the text as the answer, and proposes it for the field that it fills.
    ///
    /// - Throws: `JobFailure` when no step has read the document; what `job.keepAnswer` throws.
    func result() async throws -> JobResult {
        guard !job.pages.isEmpty else {
            throw JobFailure(
                .unsupported,
                "its text was asked for and no step has read it: add `- read: text` above this step"
            )
        }
        let pages = job.pages.filter { !$0.words.isEmpty }
        let text = pages.map { trimmed($0.text) }.joined(separator: "\n\n")
        try await job.keepAnswer(
            JobAnswer(
                position: 0,
                part: .whole,
                firstPage: job.pages.map(\.number).min(),
                lastPage: job.pages.map(\.number).max(),
                question: step.question,
                fingerprint: Fingerprint.text(job.pages).description,
                text: text,
                end: ModelAnswer.End.finished.rawValue
            )
        )
        var result = JobResult(route: "text")
        let wanted = Set(step.fills)
        for field in job.record where wanted.contains(field.name) && !text.isEmpty {
            guard case .text = field.type else { continue }
            let words = pages.flatMap(\.words)
            let certainty = words.reduce(0) { $0 + $1.confidence } / Double(max(1, words.count))
            result.candidates.append(
                Candidate(
                    field: field.name,
                    content: .text(text),
                    printed: text,
                    confidence: certainty,
                    evidence: pages.map(evidence),
                    reason: "all text that was read",
                    features: [.words: certainty]
                )
            )
        }
        return result
    }

    private func evidence(_ page: PageText) -> Evidence {
        Evidence(
            page: page.number,
            box: page.words.dropFirst().reduce(page.words[0].box) { $0.union($1.box) },
            words: String(trimmed(page.text).prefix(Self.quoted))
        )
    }

    private func trimmed(_ text: String) -> String {
        var text = text[...]
        while let last = text.last, last.isWhitespace { text = text.dropLast() }
        return String(text)
    }
}
