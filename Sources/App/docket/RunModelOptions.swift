import ArgumentParser
import Foundation
import RemoteModel
import Tensors

/// Which model answers a pipeline's steps, and on what it runs.
struct RunModelOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            """
            A model's folder, GGUF file, packed file or installed name, or a server's address (http://host:8000/v1; the \
            model's name there goes behind #): documents are sent to it. Without: the pipeline's own `model:`, else \
            $DOCKET_MODEL, else the only one installed.
            """,
            valueName: "model"
        ),
        completion: .file()
    )
    var model: String?

    @OptionGroup var tower: TowerOption

    @OptionGroup var threads: ThreadsOption

    @Option(help: "What the model multiplies in: auto, f32 or bf16.")
    var precision: PrecisionWord = .auto

    @Flag(help: "Keep no features of pictures on disk, and use none (see docket cache).")
    var noCache = false

    @Option(
        help: ArgumentHelp(
            "The key that a server asks for; else $DOCKET_API_KEY, else the file that $DOCKET_API_KEY_FILE names.",
            valueName: "file"
        ),
        completion: .file()
    )
    var apiKeyFile: String?

    @Option(
        help: ArgumentHelp(
            "Questions that are on their way to a server at once.",
            valueName: "count"
        )
    )
    var modelRequests = RemoteOptions().width

    func validate() throws {
        guard (1...256).contains(modelRequests) else {
            throw ValidationError("--model-requests \(modelRequests): expected 1 to 256")
        }
        try ModelOptions.checkKernels()
    }

    /// What arithmetic runs on.
    var compute: Compute {
        Compute(pool: threads.pool, precision: precision.precision)
    }
}
