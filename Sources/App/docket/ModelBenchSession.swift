import Energy
import Generation
import ModelStore
import Qwen
import Tensors
import VisionLanguage

/// One `docket model bench`: the model, its stages one after the other, and what is said about them.
struct ModelBenchSession {
    private let command: ModelBenchCommand
    private let location: ModelLocation

    /// Finds the model.
    ///
    /// - Throws: `Fault`, `ModelStoreFault`.
    init(_ command: ModelBenchCommand) throws {
        self.command = command
        location = try command.model.location()
    }

    /// Measures, and prints.
    ///
    /// - Throws: `Fault`, `OutputError`, `CancellationError`.
    func run() async throws {
        var progress = AskProgress(isQuiet: false)
        defer { progress.clear() }
        let load = MachineLoad()
        progress.say("loading \(location.name) …")
        let compute = command.model.compute
        let start = ContinuousClock.now
        let model: QuestionAnswering
        do {
            model = try QuestionAnswering(location.files, compute: compute)
        } catch {
            throw Fault(ask: error, model: location.name)
        }
        let ready = ContinuousClock.now - start
        try refuseBlindness(model)
        progress.clear()
        if let average = load.loadAverage, average >= 0.5 {
            Terminal.error(
                "docket: the machine is busy (load average \(FixedPoint(average, digits: 1))): figures will be worse than it can do"
            )
        }

        var report = ModelBenchReport(location, model, compute, context: command.context)
        report.readySeconds = ready / .seconds(1)
        report.loadAverage = load.loadAverage
        let meter = EnergyMeter()
        do throws(EnergyFault) { _ = try meter.joules() } catch { report.energyFault = error }
        var benchmark = Benchmark(
            model,
            compute: compute,
            runs: command.runs,
            context: command.context,
            joules: { try? meter.joules() }
        )
        try await measure(&benchmark, &report, &progress)
        progress.clear()
        report.bandwidth = benchmark.bandwidths.isEmpty ? nil : RunSamples(benchmark.bandwidths)
        report.peakBytes = benchmark.peakBytes
        report.usedByOthers = load.usedByOthers()
        if command.json {
            try AskOutput.line(report.json.text)
        } else {
            for line in report.lastLines { try AskOutput.line(line) }
        }
        for warning in report.warnings { Terminal.error("docket: \(warning)") }
    }

    /// Measures all stages and prints the line of each as it comes.
    private func measure(
        _ benchmark: inout Benchmark,
        _ report: inout ModelBenchReport,
        _ progress: inout AskProgress
    ) async throws {
        if !command.json { for line in report.firstLines { try AskOutput.line(line) } }
        do throws(AskFault) {
            progress.say("reading the weights …")
            try await benchmark.warmUp()
        } catch {
            throw words(error)
        }
        for stage in command.stages {
            let name = stage.name(context: command.context)
            let outcome: BenchmarkOutcome
            do throws(AskFault) {
                outcome = try await benchmark.measure(stage) { run in
                    progress.say("\(name): run \(run) of \(command.runs) …")
                }
            } catch {
                throw words(error)
            }
            progress.clear()
            report.outcomes.append((stage, outcome))
            if !command.json { try AskOutput.line(report.line(stage, outcome)) }
        }
        if benchmark.bandwidths.isEmpty {
            progress.say("reading memory …")
            benchmark.measureBandwidth()
        }
    }

    /// Refuses what leaves nothing to measure: stages of pictures only, of a model that reads text only.
    private func refuseBlindness(_ model: QuestionAnswering) throws(Fault) {
        guard !model.seesPictures, command.stages.allSatisfy(\.needsPictures) else { return }
        throw model.model.configuration.family == .qwen3VL
            ? Fault.halfBlind(model: location.name) : Fault.blind(model: location.name)
    }

    private func words(_ fault: AskFault) -> any Error {
        if case .generation(.cancelled) = fault { return CancellationError() }
        return Fault(ask: fault, model: location.name)
    }
}
