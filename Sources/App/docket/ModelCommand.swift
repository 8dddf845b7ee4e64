import ArgumentParser

/// `docket model`.
struct ModelCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "model",
        abstract: "Get models, pack them, list them, look into them and measure them.",
        discussion: """
            A model is `OWNER/NAME` in $DOCKET_MODELS (else $XDG_DATA_HOME/docket/models, else \
            ~/.local/share/docket/models), a folder with config.json, a tokenizer and *.safetensors, a \
            GGUF file, or a packed file. Where a command is not told which, it takes $DOCKET_MODEL, else the only one that is \
            there.
            """,
        subcommands: [
            ModelPullCommand.self, ModelQuantizeCommand.self, ModelListCommand.self,
            ModelInspectCommand.self, ModelBenchCommand.self,
        ]
    )
}
