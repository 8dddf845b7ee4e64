public import ArgumentParser
import Foundation
import Jobs
import OCR
public import PipelineSpec
import Records
import Scanning
import Synchronization
import SystemPackage

/// Reads one file outside any run, by the same engine and inside the same walls.
struct SingleFile {
    let path: String
    let step: ReadStep
    var limits = Limits.standard
    /// Pages that are not read.
    var leftOut: Set<Int> = []

    /// The pages, read or failed.
    ///
    /// - Throws: `JobFailure` when the file as a whole cannot be read.
    func pages(by engine: ReadEngine) async throws -> [PageOutcome] {
        let spool = path == "-" ? try Self.spooledInput(limit: limits.bytes) : nil
        // The document stays open: its name is needed no longer than that.
        defer { if let spool { try? FileManager.default.removeItem(at: spool) } }
        let url = spool ?? URL(fileURLWithPath: absolutePath(path))
        let file: DocumentFile
        do {
            file = try DocumentFile(
                Array(url.lastPathComponent.utf8),
                in: OpenFolder(FilePath(url.deletingLastPathComponent().path)),
                byteLimit: limits.bytes
            )
        } catch let error as DocumentFileError {
            throw Self.failure(error)
        } catch let error as ScanError {
            throw JobFailure(.unreadable, "\(error)")
        }
        if file.kind == .empty { throw JobFailure(.empty, "the file has no bytes") }
        if file.kind == .unknown {
            throw JobFailure(
                .unsupported,
                file.foreignContent.map { "seems to be: \($0.rawValue)" }
                    ?? "not a picture, PDF or text of any kind that is read"
            )
        }
        let outcomes = Mutex<[PageOutcome]>([])
        let job = Job(
            document: OpenDocument(
                descriptor: file.descriptor,
                sha256: file.sha256,
                byteCount: file.byteCount,
                kind: file.kind,
                foreignContent: file.foreignContent?.rawValue,
                displayPath: path
            ),
            step: .read(step),
            stepIndex: 0,
            record: [],
            limits: limits,
            storedPages: leftOut
        )
        let result = try await engine.answer(job) { outcome in
            outcomes.withLock { $0.append(outcome) }
        }
        if result.unreadPages > 0 {
            Terminal.error(
                "docket: \(path): \(result.unreadPages) pages beyond the limit were not read"
            )
        }
        return outcomes.withLock { $0 }
    }

    /// Standard input as a file of its own, since a document is read from any place in it.
    private static func spooledInput(limit: Int) throws -> URL {
        let url = FileManager.default.temporaryDirectory.appending(
            path: "docket-input-\(UUID().uuidString)"
        )
        guard
            FileManager.default.createFile(
                atPath: url.path,
                contents: nil,
                attributes: [.posixPermissions: 0o600]
            )
        else { throw JobFailure(.unreadable, "\(url.path) cannot be made; see TMPDIR") }
        do {
            let file = try FileHandle(forWritingTo: url)
            var count = 0
            while count <= limit,
                let bytes = try FileHandle.standardInput.read(upToCount: 1 << 20), !bytes.isEmpty
            {
                try file.write(contentsOf: bytes)
                count += bytes.count
            }
            try file.close()
        } catch {
            try? FileManager.default.removeItem(at: url)
            throw JobFailure(.unreadable, "standard input: \(error.localizedDescription)")
        }
        return url
    }

    private static func failure(_ error: DocumentFileError) -> JobFailure {
        switch error {
        case .vanished: JobFailure(.unreadable, "no such file")
        case .notRegular(let kind): JobFailure(.unreadable, "not a file but a \(kind.rawValue)")
        case .tooLarge(let byteCount, let limit):
            JobFailure(.tooLarge, "\(byteCount) bytes, the limit is \(limit)")
        case .changed: JobFailure(.unreadable, "being written to")
        case .unreadable(let error): JobFailure(.unreadable, "\(error)")
        }
    }
}

/// How a single file is read.
struct ReadingOptions: ParsableArguments {
    @Option(
        name: [.customShort("l"), .customLong("language")],
        help: ArgumentHelp(
            "A language by Tesseract's name (eng, deu, chi_sim); may be repeated: a page is read in that which it is in.",
            valueName: "name"
        )
    )
    var languages: [String] = []

    @Option(help: "How lines are found: auto, page, block, column or sparse.")
    var layout: ReadStep.Layout = .auto

    @Option(
        help: """
            fast (one reading), best (all that helps), none, or some of orient, deskew, contrast, scale, reread and \
            despeckle with commas between them; may be repeated. Without it: best.
            """
    )
    var prepare: [PreparationList] = []

    @Flag(help: "Read bar codes and matrix codes too; json shows them.")
    var barcodes = false

    /// The step.
    var step: ReadStep {
        ReadStep(
            languages: languages.isEmpty ? ReadStep().languages : languages,
            prepare: prepare.isEmpty ? ReadStep().prepare : prepare.flatMap(\.steps),
            layout: layout,
            barcodes: barcodes
        )
    }
}

extension ReadStep.Layout: ExpressibleByArgument {}

/// Preparations with commas between them, or one of the words that stand for several.
struct PreparationList: ExpressibleByArgument {
    let steps: [ReadStep.Preparation]

    init?(argument: String) {
        switch argument {
        case "fast": steps = ReadStep.Preparation.fast
        case "best": steps = ReadStep.Preparation.best
        case "none": steps = []
        default:
            let names = argument.split(separator: ",", omittingEmptySubsequences: false)
            steps = names.compactMap { ReadStep.Preparation(rawValue: String($0)) }
            guard steps.count == names.count else { return nil }
        }
    }

    static var allValueStrings: [String] {
        ["fast", "best", "none"] + ReadStep.Preparation.allCases.map(\.rawValue)
    }
}
