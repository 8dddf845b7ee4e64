import ArgumentParser
import ModelStore
import SystemPackage
import Tensors

/// Which model answers, and on what it runs.
struct ModelOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "A model's folder, GGUF file, packed file or installed name; else $DOCKET_MODEL, else the only one installed.",
            valueName: "name"
        ),
        completion: .file()
    )
    var model: String?

    @Option(
        help: ArgumentHelp(
            "The vision tower of a GGUF file; else the mmproj file beside it.",
            valueName: "file"
        ),
        completion: .file(extensions: ["gguf"])
    )
    var mmproj: String?

    @Option(help: "Threads of arithmetic; else one a physical core that may be used.")
    var threads: Int?

    @Option(
        help: """
            f32 multiplies in single precision; bf16 rounds factors to bfloat16, faster where the processor can; auto \
            takes bf16 where it can and weights are bfloat16.
            """
    )
    var precision: PrecisionWord = .auto

    func validate() throws {
        if let threads, !(1...1024).contains(threads) {
            throw ValidationError("--threads \(threads): expected 1 to 1024")
        }
        try Self.checkKernels()
    }

    /// Refuses kernels that the environment asks for and the processor does not run.
    ///
    /// - Throws: `ValidationError`.
    static func checkKernels() throws {
        guard let name = Kernels.refused else { return }
        let known = Kernels.available.map(\.name).joined(separator: ", ")
        throw ValidationError("DOCKET_KERNELS=\(name): this processor runs \(known)")
    }

    /// Finds the model.
    ///
    /// - Throws: `ModelStoreFault`; `Fault` for a tower that goes with no file.
    func location() throws -> ModelLocation {
        try Self.locate(model, mmproj: mmproj)
    }

    /// Finds a model.
    ///
    /// - Throws: `ModelStoreFault`; `Fault` for a tower that goes with no file.
    static func locate(_ model: String?, mmproj: String?) throws -> ModelLocation {
        let found = try ModelStore().locate(model)
        guard let mmproj else { return found }
        guard case .gguf = found.layout else {
            throw Fault(
                .usage,
                "--mmproj \(mmproj): \(found.name) is no GGUF file, and has its vision tower in it"
            )
        }
        return ModelLocation(
            name: found.name,
            path: found.path,
            layout: .gguf(projector: FilePath(mmproj)),
            revision: found.revision
        )
    }

    /// What arithmetic runs on.
    var compute: Compute {
        Compute(
            pool: threads.map { ThreadPool(threads: $0) } ?? ThreadPool(),
            precision: precision.precision
        )
    }
}

/// `--precision`.
enum PrecisionWord: String, ExpressibleByArgument, CaseIterable {
    case auto, f32, bf16

    var precision: Precision? {
        switch self {
        case .auto: nil
        case .f32: .float32
        case .bf16: .bfloat16
        }
    }
}
