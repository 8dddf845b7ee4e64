import Answering
import EvidenceSearch
import Jobs
import PipelineSpec
import Records

/// A `classify` job: one label, in one look.
struct LabelAnswer {
    let step: ClassifyStep
    let job: Job
    let model: any AnsweringModel

    /// Sheets that a label is chosen by: what a document is stands at its beginning.
    static let sheetCount = 8

    /// Asks, and proposes the likeliest label and the one after it.
    ///
    /// - Throws: `JobFailure`, also for an answer that is no label; `EngineUnavailable`; `CancellationError`.
    func result() async throws -> JobResult {
        guard let field = job.record.first(where: { $0.name == step.field }),
            case .label(let labels) = field.type, !labels.isEmpty
        else {
            throw JobFailure(.unsupported, "\(step.field) is no field of type label")
        }
        let windows = try SheetWindows(job, from: step.from, window: 1, stride: 1)
        var sheets = windows.sheets.prefix(Self.sheetCount)
        guard !sheets.isEmpty else { return JobResult(route: "model") }
        var dialogue = Dialogue(job: job, model: model)
        while true {
            do {
                let reply = try await dialogue.ask(
                    Wording.label(labels, of: field),
                    shape: .label(labels),
                    about: sheets,
                    part: .whole,
                    isLastLook: sheets.count == windows.sheets.count
                )
                let choice = try LabelChoice(reply, among: labels)
                let pages = sheets.count < windows.sheets.count ? sheets.last?.number : nil
                return JobResult(
                    route: "model",
                    candidates: choice.candidates(for: field.name, upToPage: pages)
                )
            } catch let failure as JobFailure where failure.reason == .tooLarge {
                if sheets.count > 1 {
                    sheets = sheets.prefix((sheets.count + 1) / 2)
                } else if let first = sheets.first?.halves?.first {
                    sheets = [first]
                } else {
                    throw failure
                }
            } catch is NothingShown {
                return JobResult(route: "model")
            }
        }
    }
}

/// The labels that a model finds likeliest, and how far that can be trusted.
struct LabelChoice {
    /// The labels from the likeliest on, each with its share; nil where the model gives none.
    let ranked: [(label: String, share: Double?)]

    /// Takes a model's answer; what is no label, and numbers that are no shares, are left out.
    ///
    /// - Throws: `JobFailure` when no label is left.
    init(_ reply: Dialogue.Reply, among labels: [String]) throws(JobFailure) {
        guard reply.end != .repetition else {
            throw JobFailure(.engineFailed, "the model ran into a loop instead of naming a label")
        }
        var shares: [String: Double] = [:]
        let known = Set(labels)
        for entry in reply.labels
        where known.contains(entry.label) && entry.probability.isFinite && entry.probability >= 0 {
            shares[entry.label] = entry.probability
        }
        let sum = shares.values.sorted().reduce(0, +)
        if sum > 0, sum.isFinite, shares.count == labels.count {
            ranked = labels.enumerated()
                .map {
                    (index: $0.offset, label: $0.element, share: (shares[$0.element] ?? 0) / sum)
                }
                .sorted { ($1.share, $0.index) < ($0.share, $1.index) }
                .map { ($0.label, $0.share) }
            return
        }
        // A server that gives no shares says the label itself, in its own upper or lower case and with a full stop.
        let said = Self.folded(reply.text)
        guard let label = labels.first(where: { Self.folded($0) == said }) else {
            throw JobFailure(
                .engineFailed,
                "the model answered \"\(reply.text.prefix(80))\", which is no label of the field"
            )
        }
        ranked = [(label, nil)]
    }

    /// A label whose share leads by less than this is little more than a guess.
    static let clearLead = 0.2

    /// How likely it is that a label of this lead is right.
    ///
    /// What a model says of itself is no evidence for it: however large the lead, a label is no surer than any answer that nothing else
    /// speaks for. It may be evidence against it: without a clear lead, a label falls below what a required field needs to pass.
    static func confidence(lead: Double?) -> Double {
        let most = ModelValues.unsoughtConfidence
        guard let lead else { return most }
        guard lead >= clearLead else { return min(most, 0.2 + lead) }
        let least = min(most, 0.5)
        return least + (most - least) * (lead - clearLead) / (1 - clearLead)
    }

    /// The likeliest label and the next one.
    ///
    /// - Parameters:
    ///   - field: The field.
    ///   - page: The last page that was looked at, where there are others after it.
    /// - Returns: One candidate or two, the likeliest first.
    func candidates(for field: String, upToPage page: Int?) -> [Candidate] {
        let shares = ranked.compactMap(\.share)
        let lead: Double? = shares.isEmpty ? nil : shares[0] - (shares.count > 1 ? shares[1] : 0)
        let confidence = Self.confidence(lead: lead)
        let place = page.map { ", by the pages up to \($0)" } ?? ""
        return ranked.prefix(2).enumerated().compactMap { rank, entry -> Candidate? in
            guard let share = entry.share else {
                return candidate(field, entry.label, confidence, "chosen by the model" + place)
            }
            guard rank == 0 || share >= 0.05 else { return nil }
            let how = rank == 0 ? "chosen by the model" : "the model's second choice"
            var made = candidate(
                field,
                entry.label,
                rank == 0 ? confidence : min(confidence, share),
                "\(how), which gives it \(Int((share * 100).rounded())) %\(place)"
            )
            made.features[.labelShare] = min(1, share)
            if rank == 0, let lead { made.features[.lead] = share > 0 ? min(1, lead / share) : 0 }
            return made
        }
    }

    private func candidate(
        _ field: String,
        _ label: String,
        _ confidence: Double,
        _ reason: String
    ) -> Candidate {
        Candidate(
            field: field,
            content: .label(label),
            printed: label,
            confidence: confidence,
            evidence: [],
            reason: reason,
            features: [.model: 1]
        )
    }

    private static func folded(_ text: String) -> String {
        var folded = text.lowercased()[...]
        while let last = folded.last, last.isWhitespace || last.isPunctuation {
            folded = folded.dropLast()
        }
        while let first = folded.first, first.isWhitespace || first == "\"" {
            folded = folded.dropFirst()
        }
        return String(folded)
    }
}

extension Feature {
    /// The share that a model gives a label among all labels.
    static let labelShare = Feature(rawValue: "label_share")
}
