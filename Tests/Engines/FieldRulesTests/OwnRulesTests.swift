import FieldRules
import Jobs
import PipelineSpec
import Records
import Testing

@Suite struct OwnRulesTests {
    @Test func `near names a key word of one's own, which outranks the built-in ones`() {
        let field = FieldDefinition(name: "total", type: .money, near: ["Endabrechnung"])
        let pages = Pages.text("Laden\nTotal 5,00\nEndabrechnung 7,00")
        #expect(FieldFinder.candidates(for: field, in: pages).map(\.content.plain).first == "7.00")
    }

    @Test func `a pattern finds its first group, as the field's type`() throws {
        let code = FieldDefinition(name: "pass", type: .identifier, pattern: #"PASS-(\d{4})"#)
        let found = try #require(
            FieldFinder.candidates(for: code, in: Pages.text("Card PASS-1234 x")).first
        )
        #expect(found.content == .identifier("1234"))
        #expect(found.evidence.first?.words == "PASS-1234")
        let price = FieldDefinition(name: "deposit", type: .money, pattern: #"dep\s+(\S+)"#)
        #expect(
            FieldFinder.candidates(for: price, in: Pages.text("dep 3,20")).first?.content.plain
                == "3.20"
        )
    }

    @Test func `near prefers among the matches of a pattern`() {
        let field = FieldDefinition(
            name: "code",
            type: .identifier,
            near: ["member"],
            pattern: #"\d{4}"#
        )
        let pages = Pages.text("Order 1111\n\n\nMember 2222")
        #expect(FieldFinder.candidates(for: field, in: pages).first?.content == .identifier("2222"))
    }

    @Test(arguments: ["(a+)+$", "(x*)*y", #"(\d+\s*)+;"#, "([a-z]+)*!", "("])
    func `a pattern that could run for ever, or is none, is refused with a reason`(pattern: String)
        throws
    {
        let field = FieldDefinition(name: "code", type: .text, pattern: pattern)
        #expect(FieldFinder.patternFault(of: field) != nil)
        #expect(
            FieldFinder.candidates(
                for: field,
                in: Pages.text("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab")
            ).isEmpty
        )
    }

    @Test(arguments: [#"\d+-\d+"#, #"(INV|RE)-?(\d+)"#, #"(\d{3}\s){3}"#, "[(+]+a", #"(ab)+c"#])
    func `harmless patterns are taken`(pattern: String) {
        #expect(
            FieldFinder.patternFault(
                of: FieldDefinition(name: "code", type: .text, pattern: pattern)
            ) == nil
        )
    }

    private func job(_ record: [FieldDefinition], find: [String], _ text: String) -> Job {
        Job(
            document: OpenDocument(
                descriptor: .init(rawValue: -1),
                sha256: "",
                byteCount: 0,
                kind: .text,
                displayPath: "a.txt"
            ),
            step: .find(FindStep(fields: find)),
            stepIndex: 1,
            record: record,
            limits: .standard,
            pages: Pages.text(text)
        )
    }

    @Test func `a find step answers its own fields, from the text alone`() async throws {
        let record = [
            FieldDefinition(name: "total", type: .money),
            FieldDefinition(name: "date", type: .date(order: nil)),
        ]
        let result = try await FindEngine().answer(
            job(record, find: ["total"], "Date 25/12/2017\nTotal 5.00")
        ) { _ in }
        #expect(result.route == "rules")
        #expect(result.candidates.map(\.field) == ["total"])
        #expect(FindEngine().version(for: .find(FindStep(fields: []))).hasPrefix("rules "))
    }

    @Test func `a pattern that cannot be used fails the job with its field's name`() async {
        let record = [FieldDefinition(name: "code", type: .text, pattern: "(")]
        await #expect {
            try await FindEngine().answer(job(record, find: ["code"], "x")) { _ in }
        } throws: { error in
            (error as? JobFailure)?.detail.contains("code") == true
        }
    }
}
