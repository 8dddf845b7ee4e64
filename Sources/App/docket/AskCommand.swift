import ArgumentParser
import Jobs

/// `docket ask`.
struct AskCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ask",
        abstract: "Ask a model one question, about pictures or texts.",
        usage: "docket ask <question> [<pictures> ...] [<options>]",
        discussion: """
            The answer goes to standard output as it comes, everything else to standard error. Nothing is stored but \
            features of pictures, and nothing leaves this machine. The question may stand before or after the pictures. \
            One that only wants the text is answered as `docket read` would, and needs no model.

            Examples:
              docket ask "What is the total?" receipt.jpg
              docket ask "Extract all text" menu.jpg
              docket ask "What changed between these two?" page1.png page2.png
              docket ask "Is this review positive or negative?" --text review.txt
              docket read letter.pdf | docket ask "Who wrote this?" --text -
              docket ask "What is the total?" receipt.jpg --json --stats
              docket read letter.png | docket ask "Write out this letter." letter.png --draft -

            Exit status: 0 answered, also when cut by --max-tokens; 1 no answer: a picture or text could not be read, \
            every page was blank, or the answer ran into a loop; 64 wrong command line; 66 no model, or one that cannot \
            be run; 73 the answer cannot be written; 130 interrupted.
            """
    )

    @Argument(help: "The question, and the pictures that it is about.", completion: .file())
    var words: [String] = []

    @Option(
        help: ArgumentHelp(
            "The question, where it could be taken for a file's name.",
            valueName: "text"
        )
    )
    var question: String?

    @Option(
        help: ArgumentHelp(
            "A text that the question is about; - for standard input; may be repeated.",
            valueName: "file"
        ),
        completion: .file()
    )
    var text: [String] = []

    @Option(
        help: ArgumentHelp(
            """
            A text that the answer is likely to quote, such as what `docket read` found on the page; the model is not \
            shown it, and answers the same, sooner. - for standard input; may be repeated.
            """,
            valueName: "file"
        ),
        completion: .file()
    )
    var draft: [String] = []

    @Option(
        help: ArgumentHelp(
            "A video that the question is about (needs ffmpeg), or a folder of its frames; may be repeated.",
            valueName: "file"
        ),
        completion: .file()
    )
    var video: [String] = []

    @Option(help: ArgumentHelp("Instructions to the model.", valueName: "text"))
    var system: String?

    @Option(
        help: """
            Tokens that a picture may become: fewer are faster and see less. A token is 32 × 32 pixels.
            """
    )
    var imageTokens = 1280

    @Option(help: "Tokens that a whole video may become.")
    var videoTokens = 5120

    @Option(
        help: ArgumentHelp(
            "Pages of a PDF or TIFF that are shown, such as 3 or 2-5; all unless said.",
            valueName: "pages"
        )
    )
    var pages: PageRange?

    @Option(
        help: ArgumentHelp(
            "Frames that are shown of each second of a video; a folder of frames is taken to have so many a second.",
            valueName: "frames"
        )
    )
    var fps = 2.0

    @Option(
        help: """
            Who answers: model, text (as `docket read`), or auto: the text where the question only asks for it.
            """
    )
    var route: RouteWord = .auto

    @OptionGroup(title: "Model") var model: ModelOptions
    @OptionGroup(title: "Answer") var answer: AnswerOptions

    @Flag(help: "Say what it took: times, tokens, memory, energy.")
    var stats = false

    @Flag(help: "Look for no picture in the cache of earlier ones, and keep none there.")
    var noCache = false

    @Flag(help: "Print one JSON object at the end instead of the answer as it comes.")
    var json = false

    @Option(
        help: ArgumentHelp(
            "With --json, the likeliest tokens of each step, so many, beside the chosen one.",
            valueName: "count"
        )
    )
    var logprobs: Int?

    @Flag(name: .shortAndLong, help: "Print nothing but the answer and errors.")
    var quiet = false

    func validate() throws {
        guard imageTokens >= 1 else {
            throw ValidationError("--image-tokens \(imageTokens): expected 1 or more")
        }
        guard videoTokens >= 1 else {
            throw ValidationError("--video-tokens \(videoTokens): expected 1 or more")
        }
        guard fps > 0, fps <= 1000 else {
            throw ValidationError("--fps \(fps): expected more than 0, at most 1000")
        }
        if let logprobs {
            guard json else { throw ValidationError("--logprobs is for --json") }
            guard (0...100).contains(logprobs) else {
                throw ValidationError("--logprobs \(logprobs): expected 0 to 100")
            }
        }
        if route == .text {
            guard text.isEmpty, video.isEmpty else {
                throw ValidationError("--route text reads pictures and PDFs only")
            }
        }
        guard (words + text + draft + video).count(where: { $0 == "-" }) <= 1 else {
            throw ValidationError("standard input (-) can be read once only")
        }
    }

    func run() async throws {
        let work = try answering()
        let signals = CommandSignals(patience: 10) { work.cancel() }
        do {
            let status = try await work.value
            let end = signals.status ?? status
            if end != .success { throw ExitCode(end.rawValue) }
        } catch let fault as Fault where fault.status == .interrupted {
            throw Fault(signals.status ?? .interrupted, fault.message)
        } catch is CancellationError {
            throw Fault(signals.status ?? .interrupted, "interrupted")
        }
    }

    /// Begins to answer: by reading, where only the text is wanted, else by the model.
    private func answering() throws -> Task<ExitStatus, any Error> {
        let words = try AskWords(words, question: question)
        if case .text(let reason) = route(of: words) {
            guard !words.pictures.isEmpty else {
                throw Fault(.usage, "--route text: which picture? `docket ask \"…\" menu.jpg`")
            }
            let reading = AskReading(command: self, words: words, reason: reason)
            return Task { try await reading.run() }
        }
        let session = try AskSession(self, words: words)
        return Task { try await session.run() }
    }
}
