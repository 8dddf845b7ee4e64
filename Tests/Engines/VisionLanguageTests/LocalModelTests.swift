import Answering
import Foundation
import Grammar
import Jobs
import SystemPackage
import Testing
import VisionLanguage

/// Docket's engine as what answers jobs: the same answers, however much is shared and however many are asked at once.
@Suite struct LocalModelTests {
    private static let text =
        "BLUE LAKE BAKERY\n12 Mill Lane\n2023-02-11 18:05\nRye bread 2 x 3.10\nTOTAL 17.25 EUR\n"
    private static let schema = AnswerSchema.object([
        .init("total", .nullable(.number(digits: 5, decimals: 2))),
        .init("date", .nullable(.date)),
        .init("items", .list(of: .object([.init("name", .text(atMost: 12))]), atMost: 2)),
    ])
    private static let labels = ["food", "travel", "a hotel", "office"]

    private func question(
        _ words: String,
        _ shape: AnswerShape = .text(maxTokens: 16),
        text: String = text,
        document: String = "a1"
    ) -> ModelQuestion {
        ModelQuestion(
            instruction: "You read tickets and labels. Answer only from what is printed.",
            texts: [text],
            question: words,
            shape: shape,
            document: document
        )
    }

    // MARK: Loading

    @Test func `what it is is known before it is loaded, and goes by content`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        #expect(model.seesPictures)
        #expect(model.destination == nil)
        #expect(model.version.contains("qwen3-vl-tiny"))
        #expect(try !LocalModel(LocalFixture.settings("qwen3-tiny")).seesPictures)
        try await LocalFixture.withCopy(of: "qwen3-vl-tiny") { folder in
            var settings = LocalFixture.settings()
            settings.files = .checkpoint(folder)
            #expect(try LocalModel(settings).version == model.version)
            settings.imageTokens = 7
            #expect(try LocalModel(settings).version != model.version)
            // Weights of the same shapes that were trained a little more.
            settings = LocalFixture.settings()
            settings.files = .checkpoint(folder)
            let file = URL(filePath: folder.string).appending(path: "model.safetensors")
            var bytes = try Data(contentsOf: file)
            bytes[bytes.count - 2] ^= 1
            try bytes.write(to: file)
            #expect(try LocalModel(settings).version != model.version)
        }
    }

    @Test func `files that are no model are refused at once`() {
        #expect(throws: AskFault.self) { try LocalModel(LocalFixture.settings("no-such-model")) }
    }

    @Test func `files that went bad since leave documents waiting, with what to do`() async throws {
        try await LocalFixture.withCopy(of: "qwen3-vl-tiny") { folder in
            var settings = LocalFixture.settings()
            settings.files = .checkpoint(folder)
            settings.words = { fault in
                guard case .tokenizer = fault else { return ("?", "?") }
                return ("no tokenizer", "get it")
            }
            let model = try LocalModel(settings)
            let file = URL(filePath: folder.string).appending(path: "tokenizer.json")
            let bytes = try Data(contentsOf: file)
            try bytes.prefix(100).write(to: file)
            await #expect(throws: EngineUnavailable(reason: "no tokenizer", remedy: "get it")) {
                try await model.answer(question("What?"))
            }
            // Once it is whole, it is loaded.
            try bytes.write(to: file)
            _ = try await model.answer(question("What?"))
        }
    }

    @Test func `it is loaded again after it was let go, and answers the same`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        let first = try await model.answer(question("Which date?"))
        await model.unload()
        let second = try await model.answer(question("Which date?"))
        #expect(first.text == second.text && first.text != "")
        #expect(second.work.reusedTokens == 0)
    }

    // MARK: Memory

    @Test func `without memory for it documents wait; with memory again they are answered`()
        async throws
    {
        let memory = Reading(1000)
        var settings = LocalFixture.settings()
        settings.availableMemory = { memory.bytes }
        let model = try LocalModel(settings)
        let fault = await #expect(throws: EngineUnavailable.self) {
            try await model.answer(question("What?"))
        }
        #expect(fault?.reason.contains("qwen3-vl-tiny") == true)
        memory.bytes = 8 << 30
        let answer = try await model.answer(question("What?"))
        // It is let go when others take the memory, and comes back later.
        memory.bytes = 1000
        await #expect(throws: EngineUnavailable.self) { try await model.answer(question("What?")) }
        memory.bytes = nil
        let again = try await model.answer(question("What?"))
        #expect(again.text == answer.text)
        #expect(again.work.reusedTokens == 0)
    }

    @Test func `where memory runs short while it answers, answers that run are finished`()
        async throws
    {
        let memory = Reading(8 << 30)
        var settings = LocalFixture.settings()
        settings.availableMemory = { memory.bytes }
        let model = try LocalModel(settings)
        let words = (0..<6).map { "Which date? \($0)" }
        let answers = await withTaskGroup(of: Result<String, any Error>.self) { group in
            for (number, words) in words.enumerated() {
                group.addTask {
                    if number == 3 { memory.bytes = 1000 }
                    do {
                        return .success(try await model.answer(self.question(words)).text)
                    } catch { return .failure(error) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        // Each was answered or is to wait; none failed, none hangs.
        for case .failure(let error) in answers { #expect(error is EngineUnavailable) }
        memory.bytes = 8 << 30
        _ = try await model.answer(question("What?"))
    }

    // MARK: Sharing

    @Test func `instruction and text are computed once, and no answer changes by it`() async throws
    {
        let shapes: [AnswerShape] = [
            .text(maxTokens: 16), .fields(Self.schema, maxTokens: 60), .label(Self.labels),
        ]
        let model = try LocalModel(LocalFixture.settings())
        var reused: [Int] = []
        for shape in shapes {
            let asked = question("Which of them? 哪个？", shape)
            let shared = try await model.answer(asked)
            let alone = try await LocalModel(LocalFixture.settings()).answer(asked)
            #expect(shared.text == alone.text && shared.end == alone.end)
            #expect(shared.labels == alone.labels)
            #expect(shared.work.promptTokens == alone.work.promptTokens)
            reused.append(shared.work.reusedTokens)
            #expect(alone.work.reusedTokens == 0)
        }
        #expect(reused[0] == 0)
        let whole = try await model.answer(question("Which of them? 哪个？")).work
        // All but the question itself.
        #expect(reused[1] > whole.promptTokens * 2 / 3 && reused[2] == reused[1])
        // Another document shares the instruction.
        let other = try await model.answer(question("Which?", text: "Another.", document: "b2"))
        #expect(other.work.reusedTokens > 16 && other.work.reusedTokens < reused[1])
        // When a document is done, its text is let go.
        await model.finish(document: "a1")
        let later = try await model.answer(question("Which of them? 哪个？"))
        #expect(later.work.reusedTokens == other.work.reusedTokens)
    }

    @Test(arguments: ["", " ", "\n\n", "́", "ing", "<|im_end|>", "\u{301}\n"])
    func `a question that grows together with the text is tokenised as one`(start: String)
        async throws
    {
        let model = try LocalModel(LocalFixture.settings())
        for text in ["The total is 3", "Sum:\n\n", "e"] {
            for words in ["Which?", start + "What?", start] {
                let asked = question(words, .label(Self.labels), text: text)
                let shared = try await model.answer(asked)
                let alone = try await LocalModel(LocalFixture.settings()).answer(asked)
                #expect(shared.labels == alone.labels)
                #expect(shared.work.promptTokens == alone.work.promptTokens)
            }
        }
    }

    // MARK: Together

    @Test(arguments: [1, 3, 8])
    func `questions that are asked at once are answered as one by one`(width: Int) async throws {
        var questions: [ModelQuestion] = []
        for number in 0..<9 {
            let shape: AnswerShape =
                switch number % 3 {
                case 0: .text(maxTokens: 8 + 4 * number)
                case 1: .fields(Self.schema, maxTokens: 40 + number)
                default: .label(Self.labels)
                }
            questions.append(
                question(
                    "What is in line \(number)?",
                    shape,
                    text: String(repeating: "Line \(number % 4). ", count: 3 + 9 * (number % 4)),
                    document: "d\(number % 4)"
                )
            )
        }
        let model = try LocalModel(LocalFixture.settings(width: width))
        #expect(model.width == width)
        let together = try await withThrowingTaskGroup(of: (Int, ModelAnswer).self) { group in
            for (number, question) in questions.enumerated() {
                group.addTask { (number, try await model.answer(question)) }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        let single = try LocalModel(LocalFixture.settings(width: 1))
        for (number, question) in questions.enumerated() {
            let alone = try await single.answer(question)
            #expect(together[number]?.text == alone.text)
            #expect(together[number]?.end == alone.end)
            #expect(together[number]?.labels == alone.labels)
        }
    }

    @Test func `cancelling one question leaves the others alone`() async throws {
        let model = try LocalModel(LocalFixture.settings(width: 2))
        let expected = try await model.answer(question("Which date?", .text(maxTokens: 40)))
        let long = Task {
            try await model.answer(question("Tell all.", .text(maxTokens: 1000), document: "b"))
        }
        let other = Task { try await model.answer(question("Which date?", .text(maxTokens: 40))) }
        try await Task.sleep(for: .milliseconds(30))
        long.cancel()
        await #expect(throws: CancellationError.self) { try await long.value }
        #expect(try await other.value.text == expected.text)
        #expect(
            try await model.answer(question("Which date?", .text(maxTokens: 40))).text
                == expected.text
        )
    }

    // MARK: Forms

    @Test func `fields are whole whatever the model is, and said to be cut where they were`()
        async throws
    {
        let model = try LocalModel(LocalFixture.settings())
        for most in [20, 40, 60, 200] {
            let asked = question("What is it?", .fields(Self.schema, maxTokens: most))
            let answer: ModelAnswer
            do {
                answer = try await model.answer(asked)
            } catch let failure as JobFailure {
                // Fewer tokens than the shortest answer takes.
                #expect(failure.reason == .tooLarge && failure.detail.contains("\(most)"))
                continue
            }
            _ = try Self.schema.parse(answer.text)
            #expect(answer.work.answerTokens <= most)
            #expect(answer.work.forcedTokens > 0)
        }
        let list = AnswerSchema.list(of: .text(atMost: 40), atMost: 20)
        let cut = try await model.answer(question("List all.", .fields(list, maxTokens: 12)))
        #expect(cut.end == .cut)
        _ = try list.parse(cut.text)
    }

    @Test func `a label is the likeliest of all, with shares that add to one`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        let many = (0..<70).map { "label \($0)" } + Self.labels
        for labels in [Self.labels, many] {
            let answer = try await model.answer(question("Which is it?", .label(labels)))
            #expect(answer.labels.map(\.label) == labels)
            #expect(abs(answer.labels.reduce(0) { $0 + $1.probability } - 1) < 1e-9)
            let best = try #require(answer.labels.max { $0.probability < $1.probability })
            #expect(answer.text == best.label)
            // How likely it is does not depend on the order of the others.
            let turned = try await model.answer(question("Which is it?", .label(labels.reversed())))
            #expect(Set(turned.labels.map(\.label)) == Set(labels))
            for (one, other) in zip(answer.labels, turned.labels.reversed()) {
                #expect(abs(one.probability - other.probability) < 1e-12)
            }
        }
        await #expect(throws: JobFailure.self) { try await model.answer(question("?", .label([]))) }
        await #expect(throws: JobFailure.self) {
            try await model.answer(question("?", .label(["a", ""])))
        }
    }

    @Test(arguments: ["qwen2-tiny", "qwen3-tiny"])
    func `models of text answer from texts, and refuse pictures`(name: String) async throws {
        let model = try LocalModel(LocalFixture.settings(name))
        #expect(try await model.answer(question("Which date?")).text != "")
        #expect(try await !model.answer(question("Which date?")).text.contains("<think>"))
        var asked = question("Which date?")
        asked.pictures = [
            QuestionPicture(descriptor: .standardInput, page: 1, displayPath: "page.png")
        ]
        let failure = await #expect(throws: JobFailure.self) { try await model.answer(asked) }
        #expect(failure?.reason == .unsupported)
    }

    @Test func `what is too long is refused with both numbers, and never cut`() async throws {
        let model = try LocalModel(LocalFixture.settings("qwen3-tiny"))
        let long = String(repeating: "word and ", count: 5000)
        let failure = await #expect(throws: JobFailure.self) {
            try await model.answer(question("What?", text: long))
        }
        #expect(failure?.reason == .tooLarge)
        #expect(failure?.detail.contains("4096") == true)
        #expect(failure?.detail.contains("window") == true)
        // And an answer gets what room there is.
        let most = String(repeating: "word and ", count: 400)
        _ = try await model.answer(question("What?", .text(maxTokens: 100_000), text: most))
    }

    @Test func `an endless answer is cut, a loop is said to be one`() async throws {
        let model = try LocalModel(LocalFixture.settings())
        let answer = try await model.answer(question("What?", .text(maxTokens: 3)))
        #expect(answer.work.answerTokens <= 3)
        #expect(answer.end == .cut || answer.end == .finished)
        let ends = try await model.answer(question("Tell all.", .text(maxTokens: 3000))).end
        #expect([.repetition, .cut, .finished].contains(ends))
    }
}
