import Foundation
import Jobs
import PipelineSpec
import Records
import Scanning
import Testing

@testable import OCR

@Suite(.enabled(if: Docket.isBuilt, "needs the docket binary beside the tests"), .serialized)
struct ReadEngineTests {
    @Test func `a receipt is read with words in their places`() async throws {
        let engine = try ReadEngine.built()
        let reading = try await engine.read(Docket.fixture("receipts/bakery.png"), as: .png)
        await engine.shutdown()
        let page = try #require(reading.pages.first)
        #expect(reading.text.contains("Sourdough loaf 4.20"))
        #expect(reading.result.route == "tesseract")
        #expect(reading.result.peakBytes > 1_000_000)
        let total = try #require(page.words.first { $0.text == "TOTAL" })
        let card = try #require(page.words.first { $0.text == "Card" })
        #expect(total.box.y < card.box.y)
        #expect(total.line < card.line)
        #expect(page.words.allSatisfy { $0.box.maxX <= page.width && $0.box.maxY <= page.height })
        #expect(!page.isBlank)
    }

    @Test(arguments: 1...8)
    func `every EXIF orientation reads upright`(orientation: Int) async throws {
        let engine = try ReadEngine.built()
        let reading = try await engine.read(
            Docket.fixture("orientations/\(orientation).jpg"),
            as: .jpeg
        )
        await engine.shutdown()
        #expect(reading.text.contains("TOTAL"))
        #expect(reading.pages.first?.turnedBy == 0)
        #expect(reading.pages.first?.width == 480)
    }

    @Test func `a page on its head is turned, unless the step does not ask for it`() async throws {
        let engine = try ReadEngine.built()
        let path = Docket.fixture("receipts/upside-down.jpg")
        let turned = try await engine.read(path, as: .jpeg)
        let left = try await engine.read(path, as: .jpeg, step: ReadStep(prepare: []))
        await engine.shutdown()
        #expect(turned.pages.first?.turnedBy == 180)
        #expect(left.pages.first?.turnedBy == 0)
        #expect(turned.text.count { $0.isNumber } > 0)
    }

    @Test func `a page without ink is blank`() async throws {
        let engine = try ReadEngine.built()
        let reading = try await engine.read(Docket.fixture("receipts/blank.jpg"), as: .jpeg)
        await engine.shutdown()
        #expect(reading.pages.first?.isBlank == true)
        #expect(reading.pages.first?.words.isEmpty == true)
    }

    @Test func `a missing language fails with the package that brings it`() async throws {
        let engine = try ReadEngine.built()
        await #expect(
            throws: JobFailure(
                .missingEngine,
                "language 'xyz_abc' is not installed; apt install tesseract-ocr-xyz-abc"
            )
        ) {
            try await engine.read(
                Docket.fixture("receipts/bakery.png"),
                as: .png,
                step: ReadStep(languages: ["eng", "xyz_abc"])
            )
        }
        await engine.shutdown()
    }

    @Test func `text files are one page and need no worker`() async throws {
        let engine = ReadEngine(jobs: 1, selfExecutable: "/nowhere/docket")
        let reading = try await engine.read(Docket.fixture("letters/minutes.md"), as: .text)
        #expect(reading.result.route == "plain text")
        #expect(reading.pages.first?.source == .plainText)
        #expect(reading.pages.first?.words.isEmpty == false)
    }

    @Test(
        arguments: [
            ("broken/bomb.png", DocumentKind.png, FailureReason.tooLarge),
            ("broken/header-only.jpg", .jpeg, .corrupt), ("broken/empty.jpg", .empty, .empty),
            ("broken/not-a-picture.jpg", .unknown, .unsupported),
        ]
    )
    func `what cannot be read has its reason`(
        file: String,
        kind: DocumentKind,
        reason: FailureReason
    ) async throws {
        let engine = try ReadEngine.built()
        await #expect {
            try await engine.read(Docket.fixture(file), as: kind)
        } throws: {
            ($0 as? JobFailure)?.reason == reason
        }
        await engine.shutdown()
    }

    @Test func `a file with more bytes than the limit is too large`() async throws {
        let engine = try ReadEngine.built()
        var limits = Limits.standard
        limits.bytes = 100
        await #expect {
            try await engine.read(
                Docket.fixture("receipts/bakery.png"),
                as: .png,
                limits: limits
            )
        } throws: {
            ($0 as? JobFailure)?.reason == .tooLarge
        }
    }

    @Test func `one reused worker in any order reads as fresh workers do`() async throws {
        let files = ["bakery.png", "photographed.jpg", "skewed.png", "faint.jpg", "cafe.png"]
            .map { Docket.fixture("receipts/" + $0) }
        func kind(_ path: String) -> DocumentKind { path.hasSuffix("png") ? .png : .jpeg }
        var fresh: [String: [PageText]] = [:]
        for file in files {
            let engine = try ReadEngine.built()
            fresh[file] = try await engine.read(file, as: kind(file)).pages
            await engine.shutdown()
        }
        let reused = try ReadEngine.built()
        for file in files.reversed() + files.shuffled() {
            let pages = try await reused.read(file, as: kind(file)).pages
            #expect(pages == fresh[file], "\(file)")
        }
        await reused.shutdown()
    }

    @Test func `a worker can open, make, execute and connect to nothing`() async throws {
        let engine = try ReadEngine.built()
        let report = try await engine.probeWalls(
            readablePath: #filePath,
            writablePath: NSTemporaryDirectory() + "docket-probe-\(UUID().uuidString)",
            port: 9
        )
        await engine.shutdown()
        #expect(report.isTight, "\(report)")
    }

    @Test func `a page that takes too long fails, and the next one is read`() async throws {
        let engine = try ReadEngine.built()
        let path = Docket.fixture("receipts/photographed.jpg")
        var hurried = Limits.standard
        hurried.millisecondsPerPage = 20
        await #expect {
            try await engine.read(path, as: .jpeg, limits: hurried)
        } throws: {
            ($0 as? JobFailure)?.reason == .timeout
        }
        let reading = try await engine.read(path, as: .jpeg)
        await engine.shutdown()
        #expect(!reading.text.isEmpty)
    }

    @Test func `a cancelled job ends at once and leaves the engine usable`() async throws {
        let engine = try ReadEngine.built()
        let path = Docket.fixture("receipts/photographed.jpg")
        let task = Task { try await engine.read(path, as: .jpeg) }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        let outcome = await task.result
        if case .failure(let error) = outcome { #expect(error is CancellationError) }
        let reading = try await engine.read(path, as: .jpeg)
        await engine.shutdown()
        #expect(!reading.text.isEmpty)
    }

    @Test func `more jobs than workers wait for their turn`() async throws {
        let engine = try ReadEngine.built(jobs: 1)
        let path = Docket.fixture("orientations/1.jpg")
        let texts = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<4 { group.addTask { try await engine.read(path, as: .jpeg).text } }
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        await engine.shutdown()
        #expect(texts.count == 4)
        #expect(Set(texts).count == 1)
    }
}

@Suite struct HostileWorkerTests {
    @Test(
        arguments: [
            "printf 'garbage that is no message at all' >&3", "exit 3", "exit 0", "kill -SEGV $$",
            "head -c 100000 /dev/zero >&3; sleep 1",
        ]
    )
    func `whatever a worker does is a crash of one document`(script: String) async throws {
        let path = NSTemporaryDirectory() + "docket-hostile-\(UUID().uuidString)"
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let engine = ReadEngine(jobs: 1, selfExecutable: path)
        await #expect {
            try await engine.read(Docket.fixture("receipts/bakery.png"), as: .png)
        } throws: {
            ($0 as? JobFailure)?.reason == .crashed
        }
        await engine.shutdown()
    }
}
