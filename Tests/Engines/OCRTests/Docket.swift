import Foundation
import Jobs
import OCR
import PipelineSpec
import Records
import Scanning
import Synchronization
import SystemPackage
import Testing

/// The docket binary, which is started as `worker` and as `walled`.
enum Docket {
    /// `$DOCKET_BINARY`, else the one built beside the tests; nil where there is none.
    static let path: String? = {
        let tests =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
        let beside = (tests as NSString).deletingLastPathComponent + "/docket"
        let named = ProcessInfo.processInfo.environment["DOCKET_BINARY"]
        return [named, beside].compactMap(\.self)
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    static var isBuilt: Bool { path != nil }

    /// Whether a program is on this machine.
    static func has(_ program: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/" + program)
    }

    /// A folder or file of the project's fixtures.
    static func fixture(_ name: String) -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent("fixtures/" + name).path
    }
}

/// What was read from one document.
struct Reading {
    var result: JobResult
    var outcomes: [PageOutcome]

    var pages: [PageText] {
        outcomes.compactMap { if case .read(let page) = $0 { page } else { nil } }
    }
    var text: String { pages.map(\.text).joined(separator: "\n") }
}

extension ReadEngine {
    /// An engine over the built binary.
    static func built(jobs: Int = 1) throws -> ReadEngine {
        ReadEngine(jobs: jobs, selfExecutable: try #require(Docket.path))
    }

    /// Reads a file as the runner does.
    func read(
        _ path: String,
        as kind: DocumentKind,
        step: ReadStep = ReadStep(),
        limits: Limits = .standard,
        storedPages: Set<Int> = []
    ) async throws -> Reading {
        let file = try FileDescriptor.open(path, .readOnly)
        defer { try? file.close() }
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        let document = OpenDocument(
            descriptor: file,
            sha256: String(repeating: "0", count: 64),
            byteCount: size,
            kind: kind,
            displayPath: path
        )
        let outcomes = OutcomeList()
        let result = try await answer(
            Job(
                document: document,
                step: .read(step),
                stepIndex: 0,
                record: [],
                limits: limits,
                storedPages: storedPages
            )
        ) { outcomes.append($0) }
        return Reading(result: result, outcomes: outcomes.all)
    }
}

private final class OutcomeList: Sendable {
    private let list = Mutex<[PageOutcome]>([])
    var all: [PageOutcome] { list.withLock { $0 } }
    func append(_ outcome: PageOutcome) { list.withLock { $0.append(outcome) } }
}
