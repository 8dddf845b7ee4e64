import ArgumentParser
import OCR
import Sandbox
import VisionLanguage

/// `docket worker`: the process that opens nothing and reads pictures; started by Docket itself.
struct WorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker",
        abstract: "Read pictures inside the walls; started by Docket itself.",
        shouldDisplay: false
    )

    func run() throws {
        throw ExitCode(ReadWorker.main())
    }
}

/// `docket walled`: raises the walls, then becomes another program; started by Docket itself.
struct WalledCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "walled",
        abstract: "Run a program inside the walls; started by Docket itself.",
        shouldDisplay: false
    )

    @Argument(parsing: .captureForPassthrough)
    var arguments: [String] = []

    func run() throws {
        WalledProgram.exec(arguments)
    }
}

/// `docket picture-worker`: the process that opens nothing and decodes pictures for `docket ask`.
struct PictureWorkerCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: PictureDecoder.workerCommand,
        abstract: "Decode pictures inside the walls; started by Docket itself.",
        shouldDisplay: false
    )

    func run() throws {
        throw ExitCode(PictureWorker.main())
    }
}
