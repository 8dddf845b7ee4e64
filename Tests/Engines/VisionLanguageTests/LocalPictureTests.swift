import Answering
import FeatureCache
import Foundation
import Imaging
import Jobs
import Qwen
import SystemPackage
import Testing

@testable import VisionLanguage

/// Docket's engine shown pages: each is decoded behind walls and looked at once.
@Suite(.enabled(if: DecoderFixture.isBuilt)) struct LocalPictureTests {
    private static let images = TinyModel.folder.appending(path: "goldens/images")

    private let files = OpenFiles()

    private func question(
        _ pictures: [QuestionPicture],
        _ shape: AnswerShape = .label(["food", "travel", "a hotel"]),
        document: String = "a1",
        turn: Turn? = nil
    ) -> ModelQuestion {
        ModelQuestion(
            instruction: "You read tickets and labels. Answer only from what is printed.",
            pictures: pictures,
            question: "What is printed here?",
            shape: shape,
            document: document,
            turn: turn
        )
    }

    private func withCache<Result>(
        _ body: (CacheLocation) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "docket-cache-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        return try await body(CacheLocation(folder: FilePath(folder.path)))
    }

    // MARK: What it is shown

    @Test func `a page is shown as the model's reference shows it`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        var asked = question([try files.image("exact.png")], .text(maxTokens: 32))
        asked.instruction = ""
        let answer = try await model.answer(asked)
        let recorded = try TinyModel.Case("qwen3-vl-tiny/one_image")
        #expect(answer.work.promptTokens == recorded.prompt.count)
        let loaded = try TinyModel.load("qwen3-vl-tiny")
        let expected = recorded.answer(until: loaded.endTokens)
        #expect(answer.text == loaded.tokenizer.decode(expected, skippingSpecial: true))
        #expect(answer.work.features == [.computed])
    }

    @Test func `pages of one file are shown in the order that was asked for`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        try await DecoderFixture.withFile(
            DecoderFixture.pdf(pages: [(300, 200), (200, 300), (400, 200)]),
            named: "three.pdf"
        ) { path in
            guard DecoderFixture.has("pdftoppm") else { return }
            let pages = try (1...3).map { try files.picture(path.string, page: $0) }
            let order = [pages[1], pages[2], pages[0]]
            let together = try await model.answer(question(order))
            #expect(together.work.features == [.computed, .computed, .computed])
            let again = try await model.answer(question(order))
            #expect(again.work.features == [.shared, .shared, .shared])
            #expect(again.labels == together.labels)
            let other = try await model.answer(question(pages))
            #expect(other.labels != together.labels)
        }
    }

    @Test func `a page that lies on its side is shown upright`() {
        let picture = RGBPicture(width: 3, height: 2, pixels: (0..<6).flatMap { [$0, 0, 0] })
        func reds(_ degrees: Int) -> [UInt8] {
            picture.turned(by: degrees).pixels.enumerated().filter { $0.offset % 3 == 0 }
                .map(\.element)
        }
        #expect(reds(0) == [0, 1, 2, 3, 4, 5])
        #expect(reds(90) == [3, 0, 4, 1, 5, 2])
        #expect(reds(180) == [5, 4, 3, 2, 1, 0])
        #expect(reds(270) == [2, 5, 1, 4, 0, 3])
        #expect(picture.turned(by: 90).width == 2)
    }

    @Test func `turned pages have their own features and tokens`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        let path = Self.images.appending(path: "wide.png").path
        let upright = try await model.answer(question([try files.picture(path)]))
        let turned = try await model.answer(question([try files.picture(path, turnedBy: 90)]))
        #expect(upright.work.promptTokens == turned.work.promptTokens)
        #expect(turned.work.features == [.computed])
        #expect(upright.labels != turned.labels)
    }

    // MARK: Once

    @Test func `a second question about a page needs neither decoder nor tower`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        let pages = [try files.image("ticket.png"), try files.image("large.png")]
        let first = try await model.answer(question(pages))
        // The second time the files are not even opened.
        var asked = question(pages)
        asked.pictures = pages.map {
            QuestionPicture(
                descriptor: FileDescriptor(rawValue: -1),
                page: $0.page,
                displayPath: $0.displayPath
            )
        }
        let second = try await model.answer(asked)
        #expect(first.work.features == [.computed, .computed])
        #expect(second.work.features == [.shared, .shared])
        #expect(second.labels == first.labels)
        await model.finish(document: "a1")
        let later = try await model.answer(question(pages))
        #expect(later.work.features == [.computed, .computed])
        #expect(later.labels == first.labels)
    }

    @Test func `keys and values of a page serve its next question`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        let pages = try ["exact.png", "large.png", "rgba.png", "photo.jpg"].enumerated().map {
            var page = try files.image($0.element)
            page.turnedBy = $0.offset.isMultiple(of: 2) ? 0 : 180
            return page
        }
        for (number, page) in pages.enumerated() {
            var asked = question(
                [page],
                document: "d\(number)"
            )
            asked.texts = ["TOTAL 17.25 EUR, and what else was read on the page"]
            let first = try await model.answer(asked)
            let second = try await model.answer(asked)
            #expect(second.work.reusedTokens > first.work.reusedTokens)
            #expect(second.labels == first.labels)
            let alone = try await LocalModel(LocalFixture.settings()).answer(asked)
            #expect(second.labels == alone.labels)
        }
    }

    @Test func `the next night no tower is needed, and no answer differs by it`() async throws {
        try await withCache { location in
            var settings = LocalFixture.settings()
            settings.cache = location
            let asked = question([try files.image("ticket.png")])
            let night = try await LocalModel(settings).answer(asked)
            #expect(night.work.features == [.computed])
            let next = try await LocalModel(settings).answer(asked)
            #expect(next.work.features == [.exact])
            #expect(next.labels == night.labels)
            let without = try await LocalModel(LocalFixture.settings()).answer(asked)
            #expect(without.labels == night.labels)
            // Another size of page, and another model, have features of their own.
            settings.imageTokens = 1
            #expect(try await LocalModel(settings).answer(asked).work.features == [.computed])
            settings.files = .checkpoint(
                FilePath(TinyModel.folder.appending(path: "checkpoints/qwen3-vl-tiny-f32").path)
            )
            #expect(try await LocalModel(settings).answer(asked).work.features == [.computed])
        }
    }

    // MARK: Turns

    @Test func `pictures are looked at in the order of documents, whoever comes first`()
        async throws
    {
        try await withCache { location in
            var settings = LocalFixture.settings()
            settings.cache = location
            let model = try LocalModel(settings)
            let first = Turn()
            let second = Turn(after: first)
            let picture = try files.image("ticket.png")
            // The same page twice: the one behind must find what the one before it has left.
            let behind = Task {
                try await model.answer(question([picture], document: "b2", turn: second))
            }
            try await Task.sleep(for: .milliseconds(50))
            #expect(!second.hasPassed)
            let front = try await model.answer(question([picture], document: "a1", turn: first))
            #expect(front.work.features == [.computed])
            #expect(try await behind.value.work.features == [.exact])
            #expect(first.hasPassed && second.hasPassed)
        }
    }

    @Test func `out of turn nothing is left for others`() async throws {
        try await withCache { location in
            var settings = LocalFixture.settings()
            settings.cache = location
            let model = try LocalModel(settings)
            let turn = Turn()
            turn.pass()
            let late = question([try files.image("ticket.png")], document: "a1", turn: turn)
            #expect(try await model.answer(late).work.features == [.computed])
            let other = question([try files.image("ticket.png")], document: "b2")
            #expect(try await model.answer(other).work.features == [.computed])
            // What was left in turn serves the same pixels also out of it.
            let later = question([try files.image("ticket.png")], document: "c3", turn: turn)
            #expect(try await model.answer(later).work.features == [.exact])
        }
    }

    /// Lines of something like print, of the size that the model sees, as PNG; `noise` alters some pixels by one level.
    private static func print(noise: UInt8 = 0) throws -> [UInt8] {
        let (width, height) = (64, 64)
        var state: UInt32 = 7
        var marks = [Bool](repeating: false, count: 32 * 32)
        for place in marks.indices {
            state = state &* 1_664_525 &+ 1_013_904_223
            marks[place] = place / 32 / 5 % 2 == 0 && state >> 31 == 1
        }
        var pixels: [UInt8] = []
        for row in 0..<height {
            for column in 0..<width {
                let level: UInt8 = marks[row / 2 * 32 + column / 2] ? 40 : 230
                let added = (row * width + column).isMultiple(of: 7) ? noise : 0
                pixels += [UInt8](repeating: level + added, count: 3)
            }
        }
        return try Picture(rgb: pixels, width: width, height: height).pngBytes()
    }

    @Test func `a document's later steps see the features of its first, however little is kept`()
        async throws
    {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "docket-copies-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(Self.print()).write(to: folder.appending(path: "page.png"))
        try Data(Self.print(noise: 1)).write(to: folder.appending(path: "copy.png"))
        let page = try files.picture(folder.appending(path: "page.png").path)
        let copy = try files.picture(folder.appending(path: "copy.png").path)
        try await withCache { location in
            var settings = LocalFixture.settings()
            settings.cache = location
            settings.keptBytes = 1
            let model = try LocalModel(settings)
            let donor = try await model.answer(question([page]))
            func asked(_ turn: Turn) -> ModelQuestion {
                question([copy], document: "b2", turn: turn)
            }
            let turn = Turn()
            let first = try await model.answer(asked(turn))
            guard case .near = first.work.features.first else {
                Issue.record("\(first.work.features)")
                return
            }
            #expect(first.labels == donor.labels)
            // Its turn has passed, and nothing of it is in memory.
            #expect(turn.hasPassed)
            let second = try await model.answer(asked(turn))
            #expect(second.work.features == first.work.features)
            #expect(second.labels == first.labels)
            // Who was never looked at and comes out of turn gets no donor's.
            await model.finish(document: "b2")
            let late = try await model.answer(asked(turn))
            #expect(late.work.features == [.computed])
            #expect(late.labels != first.labels)
            // Nor does a page that had its own get them later.
            #expect(try await model.answer(asked(Turn())).work.features == [.computed])
            // A donor that is gone leaves the page's own.
            await model.finish(document: "b2")
            let anew = try await model.answer(asked(Turn()))
            #expect(anew.work.features == first.work.features)
            try FileManager.default.removeItem(
                atPath: location.folder.appending("entries").string
            )
            let left = try await model.answer(asked(turn))
            #expect(left.work.features == [.computed])
            #expect(left.labels == late.labels)
        }
    }

    @Test func `a page that fails holds up nobody, and says why`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        let first = Turn()
        let second = Turn(after: first)
        try await DecoderFixture.withFile([UInt8]("no picture at all".utf8)) { path in
            let broken = question([try files.picture(path.string)], turn: first)
            let behind = Task {
                try await model.answer(
                    question([try files.image("exact.png")], document: "b2", turn: second)
                )
            }
            let failure = await #expect(throws: JobFailure.self) { try await model.answer(broken) }
            #expect(failure?.reason == .unsupported && failure?.page == 1)
            _ = try await behind.value
        }
        let beyond = question([
            try files.picture(Self.images.appending(path: "exact.png").path, page: 7)
        ])
        let failure = await #expect(throws: JobFailure.self) { try await model.answer(beyond) }
        #expect(failure?.page == 7)
        // Nothing of it lasts.
        _ = try await model.answer(question([try files.image("exact.png")], document: "c3"))
    }

    // MARK: Blank

    @Test func `a blank page is never shown`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        let path = DecoderFixture.fixture("receipts/blank.jpg").string
        let blank = try files.picture(path)
        for _ in 0..<2 {
            await #expect(throws: NothingShown(pages: [1])) {
                try await model.answer(question([blank]))
            }
        }
        var asked = question([blank])
        asked.texts = ["What was read."]
        let text = try await model.answer(asked)
        #expect(text.work.features.isEmpty)
        asked.pictures = []
        #expect(try await model.answer(asked).labels == text.labels)
    }

    @Test func `many documents at once are answered as one by one`() async throws {
        let names = ["ticket.png", "exact.png", "rgba.png", "photo.jpg", "large.png"]
        let questions = try names.enumerated().map { number, name in
            question(
                [try files.image(name)],
                number.isMultiple(of: 2) ? .text(maxTokens: 20) : .label(["food", "travel"]),
                document: "d\(number)"
            )
        }
        let model = try LocalModel(LocalFixture.settings(width: 4))
        let together = try await withThrowingTaskGroup(of: (Int, ModelAnswer).self) { group in
            for (number, question) in questions.enumerated() {
                group.addTask { (number, try await model.answer(question)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (number, question) in questions.enumerated() {
            let alone = try await LocalModel(LocalFixture.settings()).answer(question)
            #expect(together[number]?.text == alone.text)
            #expect(together[number]?.labels == alone.labels)
        }
    }
}
