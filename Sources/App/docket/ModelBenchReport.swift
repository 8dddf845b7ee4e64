import Energy
import ModelStore
import Qwen
import Tensors
import VisionLanguage

/// What `docket model bench` prints.
struct ModelBenchReport {
    private let model: String
    private let family: String
    private let precision: String
    private let kernels: String
    private let threads: Int
    private let modelBytes: Int
    private let cacheBytesPerToken: Int
    private let context: Int

    var readySeconds = 0.0
    var loadAverage: Double?
    var usedByOthers: Double?
    var bandwidth: RunSamples?
    var peakBytes: Int?
    /// Why it is not known what the processors used.
    var energyFault: EnergyFault?
    var outcomes: [(stage: BenchmarkStage, outcome: BenchmarkOutcome)] = []

    init(
        _ location: ModelLocation,
        _ answering: QuestionAnswering,
        _ compute: Compute,
        context: Int
    ) {
        model = location.name
        family = answering.model.configuration.family.rawValue
        precision = answering.model.arithmetic
        kernels = compute.kernels.name
        threads = compute.pool.threadCount
        modelBytes = answering.weightBytes
        cacheBytesPerToken = answering.model.cacheBytesPerToken
        self.context = context
    }

    // MARK: For people

    /// What is measured, on what.
    var firstLines: [String] {
        [
            row("model", "\(model), \(family), \(ByteCount(modelBytes)) of weights"),
            row("processor", ProcessorName.here ?? "of unknown name"),
            row(
                "arithmetic",
                "\(precision), \(kernels), \(threads) thread\(threads == 1 ? "" : "s")"
            ),
            row("ready", "in \(FixedPoint(readySeconds, digits: 2)) s"),
        ]
    }

    /// A stage's figures, or why it has none.
    func line(_ stage: BenchmarkStage, _ outcome: BenchmarkOutcome) -> String {
        let name = stage.name(context: context)
        switch outcome {
        case .skipped(let reason): return row(name, "not measured: \(Self.words(reason))")
        case .measured(let result):
            let samples = result.measure.samples
            let (unit, scale) = Self.unit(of: result.measure)
            let figure = Self.pad("\(FixedPoint(samples.median * scale)) \(unit)", 15)
            let spread =
                samples.values.count > 1
                ? "\(FixedPoint(samples.least * scale)) to \(FixedPoint(samples.greatest * scale))"
                : "one run"
            let details = [words(result), Self.energy(result)].filter { !$0.isEmpty }
            return row(name, figure + Self.pad(spread, 17) + details.joined(separator: ", "))
        }
    }

    /// What is said when all is measured.
    var lastLines: [String] {
        var lines: [String] = []
        if let bandwidth {
            lines.append(
                row(
                    "bandwidth",
                    "\(FixedPoint(bandwidth.median / 1e9)) GB/s of memory read by "
                        + (threads == 1 ? "one thread" : "\(threads) threads together")
                )
            )
        }
        var memory = peakBytes.map { "\(ByteCount($0)) at most; " } ?? ""
        memory +=
            "weights \(ByteCount(modelBytes)), keys and values "
            + "\(ModelInspectionReport.grouped(cacheBytesPerToken)) bytes a token"
        lines.append(row("memory", memory))
        if let energyFault {
            lines.append(row("energy", "not known: \(EnergyText.reason(energyFault))"))
        }
        return lines
    }

    /// What makes figures doubtful.
    var warnings: [String] {
        var warnings: [String] = []
        if let usedByOthers, usedByOthers >= 0.1 {
            warnings.append(
                "others used \(FixedPoint(usedByOthers, digits: 1)) processors meanwhile: figures are worse than the "
                    + "machine can do"
            )
        }
        if isSmall {
            warnings.append(
                "weights of \(ByteCount(modelBytes)) may stay in the processor's caches: the share of memory's bandwidth "
                    + "says little"
            )
        }
        return warnings
    }

    /// Whether weights are fewer than what is read to measure memory.
    private var isSmall: Bool {
        modelBytes < MemoryBandwidth.usualByteCount
            && outcomes.contains { outcome in
                if case .measured(let result) = outcome.outcome {
                    result.bandwidthShare != nil
                } else {
                    false
                }
            }
    }

    /// Documents of a run of fields.
    private static let documents = BenchmarkStage.batchWidth

    private func words(_ result: BenchmarkResult) -> String {
        switch result.stage {
        case .smallPicture, .largePicture, .page:
            let size = result.shownSize.map { "\($0.width) × \($0.height), " } ?? ""
            return "\(size)\(ModelInspectionReport.grouped(result.tokens)) tokens"
        case .prefill: return ""
        case .decode, .longDecode:
            guard let bytes = result.bytesPerToken else { return "" }
            let share = result.bandwidthShare.map {
                ", \(Int(($0.median * 100).rounded())) % of what memory gives"
            }
            return "\(ByteCount(bytes)) a token\(share ?? "")"
        case .batch:
            return result.timesSingle.map { "\(FixedPoint($0.median)) times one alone" } ?? ""
        case .answer: return "picture of 448 × 448, \(result.tokens) tokens"
        case .fields, .fieldsTogether:
            let tokens = FixedPoint(Double(result.tokens) / Double(Self.documents), digits: 1)
            let times = result.timesSingle.map {
                ", \(FixedPoint($0.median)) times as fast as one by one"
            }
            return "a document, \(tokens) tokens each\(times ?? "")"
        }
    }

    /// What a run used, for each picture, answer or token.
    private static func energy(_ result: BenchmarkResult) -> String {
        guard let joules = result.joules?.median else { return "" }
        switch result.stage {
        case .smallPicture, .largePicture, .page, .answer: return "\(FixedPoint(joules)) J"
        case .prefill, .decode, .longDecode, .batch:
            return "\(FixedPoint(joules / Double(max(1, result.tokens)))) J a token"
        case .fields, .fieldsTogether:
            return "\(FixedPoint(joules / Double(documents))) J a document"
        }
    }

    private static func words(_ reason: BenchmarkSkip) -> String {
        switch reason {
        case .seesNothing: "the model reads text only"
        case .contextTooShort(let needed, let limit):
            "it takes \(needed) tokens, and the model holds \(limit)"
        }
    }

    private static func unit(of measure: BenchmarkMeasure) -> (name: String, scale: Double) {
        switch measure {
        case .seconds(let samples): samples.median < 0.1 ? ("ms", 1000) : ("s", 1)
        case .tokensPerSecond: ("tokens/s", 1)
        }
    }

    private func row(_ name: String, _ words: String) -> String {
        var line = Self.pad(name, 13) + words
        while line.last == " " { line.removeLast() }
        return line
    }

    private static func pad(_ text: String, _ width: Int) -> String {
        // Two blanks at least, so that columns stay apart.
        text + String(repeating: " ", count: max(2, width - text.count))
    }

    // MARK: For programs

    /// Seconds, bytes, tokens.
    var json: JSONValue {
        var memory: [String: JSONValue] = [
            "modelBytes": .number(modelBytes), "cacheBytesPerToken": .number(cacheBytesPerToken),
        ]
        memory["peakBytes"] = peakBytes.map(JSONValue.number) ?? .null
        return .object([
            "model": .text(model),
            "family": .text(family),
            "precision": .text(precision),
            "kernels": .text(kernels),
            "threads": .number(threads),
            "processor": ProcessorName.here.map(JSONValue.text) ?? .null,
            "version": .text(Docket.version),
            "readySeconds": .fraction(readySeconds),
            "loadAverage": loadAverage.map(JSONValue.fraction) ?? .null,
            "usedByOthers": usedByOthers.map(JSONValue.fraction) ?? .null,
            "bandwidth": bandwidth.map { .fraction($0.median) } ?? .null,
            "results": .list(
                outcomes.compactMap { stage, outcome in
                    guard case .measured(let result) = outcome else { return nil }
                    return json(stage, result)
                }
            ),
            "skipped": .list(
                outcomes.compactMap { stage, outcome in
                    guard case .skipped(let reason) = outcome else { return nil }
                    return .object([
                        "name": .text(stage.name(context: context)),
                        "reason": .text(Self.words(reason)),
                    ])
                }
            ),
            "memory": .object(memory),
        ])
    }

    private func json(_ stage: BenchmarkStage, _ result: BenchmarkResult) -> JSONValue {
        let samples = result.measure.samples
        var fields: [String: JSONValue] = [
            "name": .text(stage.name(context: context)),
            "min": .fraction(samples.least),
            "max": .fraction(samples.greatest),
            "runs": .list(samples.values.map(JSONValue.fraction)),
            "tokens": .number(result.tokens),
        ]
        switch result.measure {
        case .seconds: fields["seconds"] = .fraction(samples.median)
        case .tokensPerSecond: fields["tokensPerSecond"] = .fraction(samples.median)
        }
        if let size = result.shownSize {
            fields["width"] = .number(size.width)
            fields["height"] = .number(size.height)
        }
        if let joules = result.joules { fields["joules"] = .fraction(joules.median) }
        if let preprocessing = result.preprocessing {
            fields["preprocessSeconds"] = .fraction(preprocessing.median)
        }
        if let bytes = result.bytesPerToken { fields["bytesPerToken"] = .number(bytes) }
        if let bytes = result.cacheBytesRead { fields["cacheBytesRead"] = .number(bytes) }
        if let share = result.bandwidthShare { fields["bandwidthShare"] = .fraction(share.median) }
        if let times = result.timesSingle { fields["timesSingle"] = .fraction(times.median) }
        return .object(fields)
    }
}
