import Foundation
import Testing

/// Questions that only want the text, on a machine without any model.
@Suite struct AskRouteTests {
    private static let receipt = Project.fixture("receipts/bakery.png").path

    private func ask(_ words: String...) async throws -> Ended {
        try await DocketCommand.run(["ask"] + words)
    }

    @Test(arguments: ["提取图中所有文字", "Extract all text", "What does this receipt say?"])
    func `a question that only wants the text is answered without a model`(question: String)
        async throws
    {
        let asked = try await ask(question, Self.receipt)
        #expect(asked.status == 0, asked.words)
        #expect(asked.errors == "route: text (asks only for the text)\n", asked.words)
        let read = try await DocketCommand.run(["read", Self.receipt])
        #expect(asked.output == read.output)
        #expect(asked.output.contains("TOTAL"), asked.words)
    }

    @Test func `nothing is said of the route where nothing but the answer is wanted`() async throws
    {
        let asked = try await ask("Extract all text", Self.receipt, "--quiet")
        #expect(asked.status == 0, asked.words)
        #expect(asked.errors.isEmpty, asked.words)
    }

    @Test func `JSON tells the route, the text and where it was read`() async throws {
        let asked = try await ask("Extract all text", Self.receipt, "--json")
        #expect(asked.status == 0, asked.words)
        #expect(asked.errors.isEmpty, asked.words)
        let object = try #require(try asked.objects().first)
        let route = try #require(object["route"] as? [String: Any])
        #expect(route["engine"] as? String == "text")
        #expect(route["reason"] as? String == "asks only for the text")
        #expect(object["model"] is NSNull)
        #expect((object["answer"] as? String)?.contains("TOTAL") == true)
        let pages = try #require(object["pages"] as? [[String: Any]])
        #expect(pages.map { $0["page"] as? Int } == [1])
    }

    @Test func `any other question wants a model, and says which command gets one`() async throws {
        for words in [["What is the total?"], ["Extract all text", "--route", "model"]] {
            let asked = try await DocketCommand.run(["ask", Self.receipt] + words)
            #expect(asked.status == 66, asked.words)
            #expect(asked.errors.contains("docket model pull"), asked.words)
            #expect(asked.output.isEmpty)
        }
    }

    @Test func `the text can be insisted on`() async throws {
        let asked = try await ask("What is the total?", Self.receipt, "--route", "text")
        #expect(asked.status == 0, asked.words)
        #expect(asked.errors == "route: text (--route says so)\n", asked.words)
        let video = try await ask("What?", "--video", Self.receipt, "--route", "text")
        #expect(video.status == 64, video.words)
    }

    @Test func `only the pages that are asked about are read`() async throws {
        let letter = Project.fixture("letters/letter.pdf").path
        let second = try await ask("Extract all text", letter, "--pages", "2")
        #expect(second.status == 0, second.words)
        #expect(second.output.contains("Enclosed"), second.words)
        #expect(!second.output.contains("Dear"), second.words)
        let none = try await ask("Extract all text", letter, "--pages", "7")
        #expect(none.status == 1, none.words)
        #expect(none.errors.contains("no page 7"), none.words)
    }

    @Test func `a blank page has no text to give`() async throws {
        let asked = try await ask("Extract all text", Project.fixture("receipts/blank.jpg").path)
        #expect(asked.status == 1, asked.words)
        #expect(asked.output.isEmpty)
        #expect(asked.errors.contains("blank"), asked.words)
    }
}
