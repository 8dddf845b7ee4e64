import ArgumentParser
import VisionLanguage

/// `docket model bench`.
struct ModelBenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure how fast a model is on this machine.",
        discussion: """
            Draws pictures and writes texts in memory, puts them through the model as `docket ask` does, and prints a \
            line for each stage: the median of its runs, with the least and the greatest.

              encode-448     features of a picture of 448 × 448, in seconds
              encode-1024    of 1024 × 1024
              encode-a4      of a page, A4 at 150 dpi
              prefill-512    a prompt of 512 tokens, in tokens a second
              decode         an answer after 32 tokens, in tokens a second
              decode-2000    after 2,000 tokens (--context)
              batch-8        eight answers at once, their tokens together
              answer-60      a picture of 448 × 448 and 60 tokens of answer, from pixels to the last word
              fields         an answer of six fields, token by token, in seconds after the prompt
              fields-8       eight of them at once, keys and all else that is certain fed together

            Beside each run of decode memory is read with the same threads: the share says how near decoding is to what \
            memory allows. Leave the machine alone meanwhile; what other programs took is told at the end.

            Examples:
              docket model bench
              docket model bench --model qwen3-vl-2b.int8.docket --only decode --only batch-8
              docket model bench --threads 1 --json >bench.json

            Exit status: 0 measured; 1 the model cannot go on; 64 wrong command line; 66 no model, or one that cannot be \
            run; 73 the output cannot be written; 130 interrupted.
            """
    )

    @OptionGroup var model: ModelOptions

    @Option(
        help: ArgumentHelp(
            "Measure this stage only; may be repeated.",
            valueName: "stage"
        ),
        completion: .list(BenchmarkStage.allCases.map { $0.name() })
    )
    var only: [String] = []

    @Option(help: "How often each stage is run.")
    var runs = 3

    @Option(help: "Tokens that the answer of the long stage comes after.")
    var context = BenchmarkStage.usualContext

    @Flag(help: "Print one JSON object at the end instead of lines as they come.")
    var json = false

    func validate() throws {
        guard (1...1000).contains(runs) else {
            throw ValidationError("--runs \(runs): expected 1 to 1000")
        }
        guard (1...1_000_000).contains(context) else {
            throw ValidationError("--context \(context): expected 1 to 1000000 tokens")
        }
        for name in only where stage(named: name) == nil {
            let names = BenchmarkStage.allCases.map { $0.name(context: context) }
            throw ValidationError(
                "--only \(name): no such stage; expected one of \(names.joined(separator: ", "))"
            )
        }
    }

    /// Those that are to be measured, in their usual order.
    var stages: [BenchmarkStage] {
        let wanted = only.compactMap { stage(named: $0) }
        return BenchmarkStage.allCases.filter { wanted.isEmpty || wanted.contains($0) }
    }

    private func stage(named name: String) -> BenchmarkStage? {
        BenchmarkStage.allCases.first { $0.name(context: context) == name }
    }

    func run() async throws {
        let session = try ModelBenchSession(self)
        let work = Task { try await session.run() }
        let signals = CommandSignals(patience: 10) { work.cancel() }
        do {
            try await work.value
        } catch is CancellationError {
            throw Fault(signals.status ?? .interrupted, "interrupted")
        }
        if let status = signals.status { throw ExitCode(status.rawValue) }
    }
}
