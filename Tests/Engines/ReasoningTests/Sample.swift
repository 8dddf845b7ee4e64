import Jobs
import PipelineSpec
import Records
import Scanning
import Synchronization
import SystemPackage

/// Documents and jobs as the tests of this module need them.
enum Sample {
    static let receipt = page([
        "KWIK-E-MART", "742 Evergreen Terrace", "Date: 14 May 2025", "Milk 2.50", "Bread 3.10",
        "Total EUR 5.60",
    ])

    static let record: [FieldDefinition] = [
        .init(name: "merchant", type: .text, isRequired: true),
        .init(name: "date", type: .date(order: nil)),
        .init(name: "currency", type: .currency),
        .init(name: "total", type: .money, isRequired: true),
        .init(name: "number", type: .identifier),
        .init(name: "category", type: .label(["food", "travel", "other"])),
        .init(name: "summary", type: .text),
        .init(
            name: "items",
            type: .list([.init(name: "name", type: .text), .init(name: "price", type: .money)])
        ),
    ]

    /// A page of lines, read without a doubt.
    static func page(_ lines: [String], number: Int = 1, source: PageText.Source = .tesseract)
        -> PageText
    {
        var words: [Word] = []
        for (line, text) in lines.enumerated() {
            var x = 10
            for word in text.split(separator: " ") {
                words.append(
                    Word(
                        text: String(word),
                        box: Box(x: x, y: 20 + 40 * line, width: 12 * word.count, height: 24),
                        confidence: 0.96,
                        block: 0,
                        line: line
                    )
                )
                x += 12 * (word.count + 1)
            }
        }
        return PageText(
            number: number,
            width: 800,
            height: 1200,
            words: words,
            source: source,
            isBlank: lines.isEmpty
        )
    }

    static func job(
        _ step: Step,
        pages: [PageText] = [receipt],
        record: [FieldDefinition] = record,
        candidates: [Candidate] = [],
        route: JobRouter.Route = .model(reason: ""),
        kind: DocumentKind = .png,
        turn: Turn? = nil,
        stored: [JobAnswer] = [],
        kept: KeptAnswers = KeptAnswers()
    ) -> Job {
        Job(
            document: OpenDocument(
                descriptor: FileDescriptor(rawValue: -1),
                sha256: String(repeating: "ab", count: 32),
                byteCount: 1000,
                kind: kind,
                displayPath: "receipt.png"
            ),
            step: step,
            stepIndex: 1,
            record: record,
            limits: .standard,
            pages: pages,
            candidates: candidates,
            route: route,
            turn: turn,
            storedAnswers: stored,
            keepAnswer: { kept.keep($0) }
        )
    }

    static func ask(
        _ fills: String...,
        question: String = "Read this receipt.",
        from: StepSource = .picture,
        window: Int = 8,
        stride: Int = 8,
        maxTokens: Int? = nil,
        composed: Bool = false
    ) -> Step {
        .ask(
            AskStep(
                question: question,
                fills: fills,
                from: from,
                window: window,
                stride: stride,
                maxTokens: maxTokens,
                composed: composed
            )
        )
    }
}

/// What a job gave to be stored.
final class KeptAnswers: Sendable {
    private let content = Mutex<[JobAnswer]>([])
    var all: [JobAnswer] { content.withLock { $0 } }
    func keep(_ answer: JobAnswer) { content.withLock { $0.append(answer) } }
}
