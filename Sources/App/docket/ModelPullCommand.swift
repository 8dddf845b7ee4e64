import ArgumentParser
import ModelStore

/// `docket model pull`.
struct ModelPullCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Download a model, checked against its hashes; goes on where it was broken off.",
        usage: "docket model pull [<options>] <owner/name>",
        discussion: """
            The model comes from the Hugging Face hub ($HF_ENDPOINT names another) or from --from: a server \
            with the hub's API, or one that only serves the files. It appears in its place when all of it \
            is there and right, not before; run the command again after Ctrl-C or a broken connection and \
            it goes on. A model that is there already is left alone (--verify hashes it, --update looks for \
            a newer one).

            $HF_TOKEN is sent to that one server, never to where it redirects to, and never over plain HTTP \
            except on this machine; the token in ~/.cache/huggingface goes to the hub only. Proxies are \
            taken from $https_proxy, $http_proxy, $all_proxy and $no_proxy.

            Examples:
              docket model pull Qwen/Qwen3-VL-2B-Instruct
              docket model pull Qwen/Qwen3-VL-2B-Instruct-GGUF --file Qwen3VL-2B-Instruct-Q4_K_M.gguf
              docket model pull Qwen/Qwen3-VL-2B-Instruct --from http://mirror.example/models/
            """
    )

    @Argument(help: ArgumentHelp("The model's name on the hub.", valueName: "owner/name"))
    var name: String

    @Option(help: ArgumentHelp("Branch, tag or commit.", valueName: "revision"))
    var revision = "main"

    @Option(help: ArgumentHelp("The server to take it from.", valueName: "url"))
    var from: String?

    @Option(
        help: ArgumentHelp(
            "A GGUF file of a repository that holds several; may be repeated.",
            valueName: "name.gguf"
        )
    )
    var file: [String] = []

    @Option(
        help: ArgumentHelp("The folder that the model becomes.", valueName: "dir"),
        completion: .directory
    )
    var into: String?

    @Flag(help: "Hash a model that is there already; what is damaged is fetched again.")
    var verify = false

    @Flag(help: "Look for a newer commit when the model is there already.")
    var update = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "Print JSON to standard output.")
    var json = false

    func validate() throws {
        guard !revision.isEmpty else { throw ValidationError("--revision: expected a name") }
    }

    func run() async throws {
        var request = PullRequest(name: try ModelName(name))
        request.revision = revision
        request.from = from
        request.files = file
        request.into = try into.map { try Self.folder($0) }
        request.verifies = verify
        request.updates = update

        let progress = ModelPullProgress(name: name, isQuiet: quiet)
        let pull = ModelPull(request, store: ModelStore(), observer: progress)
        let task = Task { try await pull.run() }
        let signals = CommandSignals { task.cancel() }
        let outcome: PullOutcome
        do {
            outcome = try await task.value
        } catch {
            progress.close()
            guard error as? ModelStoreFault == .cancelled, let status = signals.status else {
                throw error
            }
            throw Fault(status, "interrupted; `docket model pull \(name)` goes on from here")
        }
        progress.close()
        try report(outcome)
    }

    private func report(_ outcome: PullOutcome) throws {
        if json {
            try AskOutput.line(
                JSONValue.object([
                    "name": .text(outcome.name), "path": .text(outcome.path),
                    "revision": outcome.revision.map { .text($0) } ?? .null,
                    "files": .number(outcome.fileCount), "bytes": .number(outcome.byteCount),
                    "was_complete": .flag(outcome.wasComplete),
                    "unverified": .list(outcome.unverified.map { .text($0) }),
                ]).text
            )
            return
        }
        guard !quiet else { return }
        if !outcome.unverified.isEmpty {
            Terminal.error(
                "note: the server names no hash of \(Fault.some(outcome.unverified)); only the form was "
                    + "checked, not every byte"
            )
        }
        let at = outcome.revision.map { " at \($0.prefix(12))" } ?? ""
        Terminal.error(
            outcome.wasComplete
                ? "\(outcome.name) is complete\(at) in \(outcome.path) (\(ByteCount(outcome.byteCount)))"
                    + (verify ? ", every byte as it was" : "")
                    + (update ? "" : "; --update looks for a newer one")
                : "\(outcome.name)\(at): \(outcome.fileCount) files, \(ByteCount(outcome.byteCount)), "
                    + "in \(outcome.path)"
        )
    }

    private static func folder(_ word: String) throws -> String {
        guard !word.isEmpty else { throw Fault(.usage, "--into: expected a folder") }
        return absolutePath(word)
    }
}
