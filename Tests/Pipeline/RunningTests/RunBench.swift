import Foundation
import GRDB
import Jobs
import PipelineSpec
import Records
import Running
import Storage
import Synchronization

/// A folder, a database and stand-in engines: a run without pictures or workers.
final class RunBench {
    let root: URL
    let folder: URL
    let engine = StandInReader()
    var pipeline: Pipeline
    var options = RunOptions(jobs: 2)
    let thinker = StandInThinker()
    var router = JobRouter()
    var modelWidth = 1
    let observer = RecordingObserver()
    let pauses = Pauses()

    init(
        record: [FieldDefinition] = [FieldDefinition(name: "total", type: .text)],
        steps: [Step] = [.read(ReadStep()), .find(FindStep(fields: ["total", "date"]))]
    ) throws {
        root = FileManager.default.temporaryDirectory
            .appendingPathComponent("running-\(UUID().uuidString)")
        folder = root.appendingPathComponent("in")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        pipeline = Pipeline(
            name: "bench",
            description: nil,
            file: "/bench.yaml",
            input: InputSpec(
                folders: [folder.path],
                include: ["**/*"],
                exclude: [],
                settle: .zero,
                limits: .standard
            ),
            record: record,
            steps: steps,
            table: "bench"
        )
    }

    deinit {
        do { try FileManager.default.removeItem(at: root) } catch {
            print("left behind: \(root.path)")
        }
    }

    /// Writes a file that has been left alone for an hour.
    func write(_ text: String, to name: String) throws {
        let url = folder.appendingPathComponent(name)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(text.utf8).write(to: url)
    }

    var store: Store {
        get throws { try Store(path: root.appendingPathComponent("db.sqlite").path, mode: .create) }
    }

    @discardableResult
    func run(stop: StopRequest = StopRequest()) async throws -> RunReport {
        try await Runner(
            pipeline: pipeline,
            store: store,
            engines: [
                "read": engine, "find": StandInFinder(),
                "check": CheckEngine(today: try today()),
                "ask": thinker, "classify": thinker, "summarize": thinker,
            ],
            router: router,
            modelWidth: modelWidth,
            modelPatience: ModelPatience { [pauses] in try await pauses.pass($0) },
            options: options,
            observer: observer,
            stop: stop
        ).run()
    }

    private func today() throws -> CalendarDate {
        guard let day = CalendarDate(year: 2026, month: 1, day: 1) else {
            throw CancellationError()
        }
        return day
    }

    /// Everything that the tables hold but the runs' own rows, for finding out whether anything was written.
    func dump() throws -> [String] {
        let queue = try DatabaseQueue(path: root.appendingPathComponent("db.sqlite").path)
        let tables = [
            "pipeline", "folder", "document", "location", "outcome", "job", "page", "text",
            "answer",
            "value", "check_result", "resolution",
        ]
        return try queue.read { db in
            try tables.flatMap { table in
                try Row.fetchAll(db, sql: "SELECT * FROM \(table) ORDER BY rowid").map {
                    "\(table) \($0)"
                }
            }
        }
    }

    /// The rows of an export as `path: status: total`.
    func rows(at run: RunID? = nil) throws -> [String] {
        var rows: [String] = []
        try store.exportRows(pipeline: "bench", ExportSelection(run: run)) { row in
            let values = row.values.sorted { $0.key < $1.key }
                .map { "\($0.key)=\($0.value.content.plain)" }
            rows.append(([row.path, row.status.rawValue] + values).joined(separator: " "))
        }
        return rows
    }
}

/// Reads a file's lines as pages; a line that names a failure fails in that way, and of a line that begins
/// with `cut` only that word is read, both until the reader heals.
final class StandInReader: JobEngine {
    private struct State {
        var calls: [String] = []
        var pagesAsked: [Int] = []
        var breaksAfterPage: Int?
        var heals = false
        var failure: FailureReason?
        var meanwhile: (@Sendable () -> Void)?
        var text: String?
    }
    private let state = Mutex(State())
    let engineVersion = Mutex("stand-in 1")

    var calls: [String] { state.withLock { $0.calls } }
    var pagesAsked: [Int] { state.withLock { $0.pagesAsked } }
    func breakAfterPage(_ page: Int?) { state.withLock { $0.breaksAfterPage = page } }
    func failInstead(_ reason: FailureReason) { state.withLock { $0.failure = reason } }
    func whileReading(_ act: (@Sendable () -> Void)?) { state.withLock { $0.meanwhile = act } }
    func heal() { state.withLock { $0.heals = true } }
    /// Reads this in place of what every file holds.
    func speak(_ text: String) { state.withLock { $0.text = text } }
    func forgetCalls() {
        state.withLock {
            $0.calls = []
            $0.pagesAsked = []
        }
    }

    func version(for step: Step) -> String { engineVersion.withLock { $0 } }

    func answer(
        _ job: Job,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        state.withLock { $0.calls.append(job.document.displayPath) }
        state.withLock { $0.meanwhile }?()
        let (breaks, heals) = state.withLock { ($0.breaksAfterPage, $0.heals) }
        var buffer = [UInt8](repeating: 0, count: job.document.byteCount)
        let count = try buffer.withUnsafeMutableBytes {
            try job.document.descriptor.read(fromAbsoluteOffset: 0, into: $0)
        }
        let text =
            state.withLock { $0.text } ?? String(decoding: buffer.prefix(count), as: UTF8.self)
        let lines = text.split(separator: "\n")
        if let first = lines.first, first.hasPrefix("fail "), !heals,
            let reason = FailureReason(rawValue: String(first.dropFirst(5)))
        {
            throw JobFailure(state.withLock { $0.failure } ?? reason, "as told")
        }
        for (index, line) in lines.enumerated() where !job.storedPages.contains(index + 1) {
            if index >= job.limits.pages { continue }
            state.withLock { $0.pagesAsked.append(index + 1) }
            let told = line.split(separator: " ")
            if line.hasPrefix("page-fail "), !heals,
                let reason = FailureReason(rawValue: String(told[1]))
            {
                try await store(.failed(number: index + 1, JobFailure(reason, "as told")))
                continue
            }
            let isCutShort = line.hasPrefix("cut ") && !heals
            let words = (isCutShort ? told.prefix(1) : told[...]).enumerated().map { column, text in
                Word(
                    text: String(text),
                    box: Box(x: column * 10, y: 0, width: 9, height: 1),
                    confidence: 0.9,
                    block: 0,
                    line: 0
                )
            }
            try await store(
                .read(
                    PageText(
                        number: index + 1,
                        width: 100,
                        height: 1,
                        words: line == "blank" ? [] : words,
                        source: .tesseract,
                        isBlank: line == "blank",
                        isCutShort: isCutShort
                    )
                )
            )
            if index + 1 == breaks { throw CancellationError() }
        }
        return JobResult(
            route: "stand-in",
            pageCount: lines.count,
            unreadPages: max(0, lines.count - job.limits.pages)
        )
    }
}

/// Finds `field=…` for the step's fields: a text, or a date `d/m/y` in both readings; and what forms say is always so.
struct StandInFinder: JobEngine {
    func version(for step: Step) -> String { "finder 1" }

    func answer(
        _ job: Job,
        store: @Sendable (PageOutcome) async throws -> Void
    ) async throws -> JobResult {
        guard case .find(let step) = job.step else { return JobResult(route: "rules") }
        var candidates: [Candidate] = []
        for rule in step.forms.flatMap(\.rules) {
            guard let content = rule.content else { continue }
            candidates.append(
                Candidate(
                    field: rule.field,
                    content: content,
                    printed: content.plain,
                    confidence: 0.97,
                    evidence: [],
                    reason: "form"
                )
            )
        }
        for page in job.pages {
            for word in page.words {
                let parts = word.text.split(separator: "=").map(String.init)
                guard parts.count == 2, step.fields.contains(parts[0]) else { continue }
                let evidence = [Evidence(page: page.number, box: word.box, words: word.text)]
                func propose(_ content: FieldContent, _ order: DateOrder? = nil) {
                    candidates.append(
                        Candidate(
                            field: parts[0],
                            content: content,
                            printed: parts[1],
                            confidence: 0.9,
                            evidence: evidence,
                            reason: "told",
                            assumedOrder: order
                        )
                    )
                }
                let numbers = parts[1].split(separator: "/").compactMap { Int($0) }
                if numbers.count == 3 {
                    let dayFirst = CalendarDate(
                        year: numbers[2],
                        month: numbers[1],
                        day: numbers[0]
                    )
                    let monthFirst = CalendarDate(
                        year: numbers[2],
                        month: numbers[0],
                        day: numbers[1]
                    )
                    let isOpen = dayFirst != nil && monthFirst != nil && dayFirst != monthFirst
                    if let dayFirst { propose(.date(dayFirst), isOpen ? .dayFirst : nil) }
                    if let monthFirst, monthFirst != dayFirst {
                        propose(.date(monthFirst), isOpen ? .monthFirst : nil)
                    }
                } else {
                    propose(.text(parts[1]))
                }
            }
        }
        return JobResult(route: "rules", candidates: candidates)
    }
}

/// Keeps what a run told.
final class RecordingObserver: RunObserver {
    private let ended = Mutex<[String: String]>([:])
    private let model = Mutex<[String]>([])
    private let noted = Mutex<[String]>([])
    private let whenModelIsAt = Mutex<(@Sendable (Int) -> Void)?>(nil)

    func observe(_ event: RunEvent) {
        if case .ended(let path, let status, let reason, _) = event {
            ended.withLock { $0[path] = "\(status.rawValue) \(reason)" }
        }
        if case .note(let text) = event { noted.withLock { $0.append(text) } }
        if case .model(let done, let total, _) = event {
            model.withLock { $0.append("\(done) of \(total)") }
            whenModelIsAt.withLock { $0 }?(done)
        }
    }
    var notes: [String] { noted.withLock { $0 } }
    func outcome(_ path: String) -> String? { ended.withLock { $0[path] } }
    /// How far the model was, event by event.
    var modelProgress: [String] { model.withLock { $0 } }
    func atModel(_ act: @escaping @Sendable (Int) -> Void) { whenModelIsAt.withLock { $0 = act } }
}

/// Time that a run lets pass; only where a test says so does it take any.
final class Pauses: Sendable {
    private let all = Mutex(Duration.zero)
    private let whilePassing = Mutex<(@Sendable (Duration) async throws -> Void)?>(nil)

    var total: Duration { all.withLock { $0 } }
    func whilePassing(_ act: @escaping @Sendable (Duration) async throws -> Void) {
        whilePassing.withLock { $0 = act }
    }
    func pass(_ time: Duration) async throws {
        all.withLock { $0 += time }
        try await whilePassing.withLock { $0 }?(time)
    }
}
