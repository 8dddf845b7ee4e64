import ArgumentParser

/// `--mmproj`.
struct TowerOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The vision tower of a GGUF file; else the mmproj file beside it.",
            valueName: "file"
        ),
        completion: .file(extensions: ["gguf"])
    )
    var mmproj: String?
}
