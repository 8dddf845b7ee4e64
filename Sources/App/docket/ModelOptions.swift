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

    @OptionGroup var tower: TowerOption

    @OptionGroup var threads: ThreadsOption

    @Option(
        help: """
            f32 multiplies in single precision; bf16 rounds factors to bfloat16, faster where the processor can; auto \
            takes bf16 where it can and weights are bfloat16.
            """
    )
    var precision: PrecisionWord = .auto

    func validate() throws {
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
        try Self.locate(model, mmproj: tower.mmproj)
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
            pool: threads.pool,
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
