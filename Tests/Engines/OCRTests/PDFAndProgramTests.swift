import Foundation
import Jobs
import PipelineSpec
import Records
import Scanning
import Testing

@testable import OCR

@Suite(
    .enabled(if: Docket.isBuilt, "needs the docket binary beside the tests"),
    .enabled(if: Docket.has("pdftotext"), "needs poppler-utils"),
    .serialized
)
struct PDFTests {
    @Test func `a text layer is read with its boxes at 300 dpi`() async throws {
        let engine = try ReadEngine.built()
        let reading = try await engine.read(Docket.fixture("receipts/mail-order.pdf"), as: .pdf)
        await engine.shutdown()
        #expect(reading.result.route == "text layer")
        let page = try #require(reading.pages.first)
        #expect(page.source == .textLayer)
        #expect(page.words.allSatisfy { $0.box.maxX <= page.width && $0.box.maxY <= page.height })
        #expect(reading.result.pageCount == reading.pages.count)
    }

    @Test func `a scanned page is drawn and read`() async throws {
        let engine = try ReadEngine.built()
        let reading = try await engine.read(Docket.fixture("receipts/scanned.pdf"), as: .pdf)
        await engine.shutdown()
        #expect(reading.result.route == "tesseract")
        #expect(reading.pages.contains { $0.source == .tesseract && !$0.words.isEmpty })
    }

    @Test func `stored pages are left out`() async throws {
        let engine = try ReadEngine.built()
        let path = Docket.fixture("letters/letter.pdf")
        let whole = try await engine.read(path, as: .pdf)
        let count = try #require(whole.result.pageCount)
        let rest = try await engine.read(path, as: .pdf, storedPages: [1])
        await engine.shutdown()
        #expect(whole.outcomes.map(\.number) == Array(1...count))
        #expect(rest.outcomes.map(\.number) == Array(1...count).filter { $0 > 1 })
        #expect(rest.result.pageCount == count)
    }

    @Test(
        arguments: [
            ("broken/locked.pdf", FailureReason.encrypted), ("broken/cut.pdf", .corrupt),
            ("broken/poster.pdf", .tooLarge),
        ]
    )
    func `what cannot be read has its reason`(file: String, reason: FailureReason) async throws {
        let engine = try ReadEngine.built()
        await #expect {
            try await engine.read(Docket.fixture(file), as: .pdf)
        } throws: {
            ($0 as? JobFailure)?.reason == reason
        }
        await engine.shutdown()
    }

    @Test func `a lost index is found again`() async throws {
        let engine = try ReadEngine.built()
        let reading = try await engine.read(Docket.fixture("broken/lost-index.pdf"), as: .pdf)
        await engine.shutdown()
        #expect(reading.text.contains("Index lost, text kept"))
    }
}

@Suite(.enabled(if: Docket.isBuilt, "needs the docket binary beside the tests"), .serialized)
struct ProgramEngineTests {
    private let receipt = Docket.fixture("receipts/bakery.png")

    private func step(_ command: [String]) -> ReadStep {
        ReadStep(prepare: [], engine: command)
    }

    @Test func `a program gets the picture as PNG and its text becomes words`() async throws {
        let engine = try ReadEngine.built()
        let reading = try await engine.read(
            receipt,
            as: .png,
            step: step([
                "/bin/sh", "-c", "head -c 4 | tail -c 3; echo ' TOTAL 9.99'; cat >/dev/null",
            ])
        )
        await engine.shutdown()
        let page = try #require(reading.pages.first)
        #expect(page.words.map(\.text) == ["PNG", "TOTAL", "9.99"])
        #expect(page.source == .program)
        #expect(page.warnings.contains { $0.contains("plain text") })
        #expect(reading.result.route == "program sh")
    }

    @Test func `a program that fails says why`() async throws {
        let engine = try ReadEngine.built()
        await #expect(
            throws: JobFailure(
                .engineFailed,
                "/bin/sh ended with status 7: no such model",
                page: 1
            )
        ) {
            try await engine.read(
                receipt,
                as: .png,
                step: step(["/bin/sh", "-c", "echo first >&2; echo no such model >&2; exit 7"])
            )
        }
        await engine.shutdown()
    }

    @Test func `a missing program is a missing engine`() async throws {
        let engine = try ReadEngine.built()
        await #expect {
            try await engine.read(receipt, as: .png, step: step(["no-such-reader"]))
        } throws: {
            ($0 as? JobFailure)?.reason == .missingEngine
        }
        await engine.shutdown()
    }

    @Test func `a program that never ends is ended`() async throws {
        let engine = try ReadEngine.built()
        var limits = Limits.standard
        limits.millisecondsPerPage = 5000
        let start = ContinuousClock.now
        await #expect {
            try await engine.read(
                receipt,
                as: .png,
                step: step(["/bin/sh", "-c", "sleep 600 & sleep 600"]),
                limits: limits
            )
        } throws: {
            ($0 as? JobFailure)?.reason == .timeout
        }
        #expect(ContinuousClock.now - start < .seconds(60))
        await engine.shutdown()
    }

    @Test func `a program cannot read the user's files`() async throws {
        let engine = try ReadEngine.built()
        await #expect {
            try await engine.read(
                receipt,
                as: .png,
                step: step(["/bin/sh", "-c", "read line < '\(#filePath)' || exit 5"])
            )
        } throws: {
            ($0 as? JobFailure)?.reason == .engineFailed
        }
        await engine.shutdown()
    }

    @Test(.enabled(if: Docket.has("tesseract"), "needs tesseract-ocr"))
    func `Tesseract as a program finds the words where the engine finds them`() async throws {
        let engine = try ReadEngine.built()
        let skewed = Docket.fixture("receipts/skewed.png")
        let command = ["tesseract", "stdin", "stdout", "--psm", "6", "hocr"]
        let prepare: [ReadStep.Preparation] = [.deskew, .contrast]
        let own = try await engine.read(
            skewed,
            as: .png,
            step: ReadStep(prepare: prepare, layout: .block)
        )
        let program = try await engine.read(
            skewed,
            as: .png,
            step: ReadStep(prepare: prepare, engine: command)
        )
        let blank = try await engine.read(
            Docket.fixture("receipts/blank.jpg"),
            as: .jpeg,
            step: ReadStep(engine: command)
        )
        await engine.shutdown()
        #expect(program.text == own.text)
        #expect(program.pages[0].words.map(\.box) == own.pages[0].words.map(\.box))
        #expect(blank.pages.first?.isBlank == true)
        #expect(blank.pages.first?.words.isEmpty == true)
    }
}
