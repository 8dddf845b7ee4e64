import Answering
import Foundation
import Jobs
import PipelineSpec
import SystemPackage
import Testing
import VisionLanguage

/// What a page may demand before Docket's engine is shown it, and which page is blamed.
@Suite(.enabled(if: DecoderFixture.isBuilt)) struct LocalLimitTests {
    private let files = OpenFiles()

    private func question(
        _ pictures: [QuestionPicture],
        document: String = "a1",
        limits: Limits? = nil
    ) -> ModelQuestion {
        ModelQuestion(
            instruction: "",
            pictures: pictures,
            question: "What is printed here?",
            shape: .label(["food", "travel"]),
            document: document,
            limits: limits
        )
    }

    @Test func `a pipeline's limits hold for the pages that a model is shown`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        var asked = question([try files.image("large.png")], limits: .standard)
        asked.limits?.pixels = 12_999
        await #expect {
            try await model.answer(asked)
        } throws: {
            ($0 as? JobFailure)?.reason == .tooLarge
                && ($0 as? JobFailure)?.detail.contains("12999") == true
        }
        asked.limits?.pixels = 13_000
        asked.limits?.bytes = 100
        await #expect {
            try await model.answer(asked)
        } throws: {
            ($0 as? JobFailure)?.reason == .tooLarge
                && ($0 as? JobFailure)?.detail.contains("100 bytes") == true
        }
        asked.limits?.bytes = 1_000_000
        _ = try await model.answer(asked)
        // A PDF has no pixels of its own: it is drawn with as many as there may be.
        if DecoderFixture.has("pdftoppm") {
            try await DecoderFixture.withFile(DecoderFixture.pdf(pages: [(300, 200)])) { path in
                var drawn = question(
                    [try files.picture(path.string)],
                    document: "b2",
                    limits: .standard
                )
                drawn.limits?.pixels = 50_000
                _ = try await model.answer(drawn)
            }
        }
        // And where they allow more than the model's own settings would.
        var settings = LocalFixture.settings()
        settings.limits.pixels = 10
        let narrow = try LocalModel(settings)
        _ = try await narrow.answer(asked)
        asked.limits = nil
        asked.document = "c3"
        await #expect(throws: JobFailure.self) { try await narrow.answer(asked) }
    }

    @Test func `a page has the time that the pipeline gives it`() async throws {
        try await DecoderFixture.withFile(
            "#!/bin/sh\nsleep 60\n".utf8,
            named: "decoder",
            permissions: 0o700
        ) { script in
            var settings = LocalFixture.settings()
            settings.executable = script
            var asked = question([try files.image("exact.png")], limits: .standard)
            asked.limits?.millisecondsPerPage = 1000
            let model = try LocalModel(settings)
            let failure = await #expect(throws: JobFailure.self) { try await model.answer(asked) }
            #expect(failure?.reason == .timeout)
        }
    }

    @Test(arguments: 1...3)
    func `of pages that are decoded together, the one that fails is named`(broken: Int) async throws
    {
        guard DecoderFixture.has("pdftoppm") else { return }
        let model = try LocalModel(LocalFixture.settings())
        // One is 400 times as long as it is wide.
        let sizes: [(width: Int, height: Int)] = (1...3).map {
            $0 == broken ? (5, 2000) : (300, 200)
        }
        try await DecoderFixture.withFile(DecoderFixture.pdf(pages: sizes)) { path in
            let pages = try (1...3).map { try files.picture(path.string, page: $0) }
            // One descriptor: they are decoded by one process.
            let together = pages.map { page in
                var page = page
                page.descriptor = pages[0].descriptor
                return page
            }
            let failure = await #expect(throws: JobFailure.self) {
                try await model.answer(question(together))
            }
            #expect(failure?.reason == .unsupported && failure?.page == broken)
        }
    }
}
