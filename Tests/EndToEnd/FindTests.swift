import Foundation
import Testing

/// `docket find` and what a pipeline's own forms make of documents that the built-in rules misread.
@Suite(.serialized)
struct FindTests {
    private static let receipt = """
        Larkspur Garden Centre
        Old Station Road, Kingsmere KM7 2PL
        Date 03/04/2025
        Lavender           20.70
        Subtotal           20.70
        TOTAL GBP          20.70
        CASH               30.00
        CHANGE              9.30

        """

    private func place() throws -> Workplace {
        let place = try Workplace()
        try place.write(Self.receipt, to: "receipt.txt")
        return place
    }

    @Test func `a field is explained without a pipeline, by the meaning of its name`() async throws
    {
        let place = try place()
        let file = place.document("receipt.txt").path
        let total = try await place.docket("find", "--explain", file, "total")
        #expect(total.status == 0, total.words)
        #expect(total.output.hasPrefix("total (money) in \(file)"), total.words)
        #expect(total.output.contains("“20.70” is chosen"), total.words)
        #expect(total.output.contains("9.30") && total.output.contains("“CHANGE”"), total.words)
        #expect(
            total.output.split(separator: "\n").allSatisfy { $0.count <= 80 || !$0.contains("  ") }
        )
        let date = try await place.docket("find", "--explain", file, "invoice_date")
        #expect(date.output.contains("“2025-04-03” is chosen"), date.words)
        #expect(date.output.contains("a country that writes so"), date.words)
        let unknown = try await place.docket("find", "--explain", file, "lavender")
        #expect(unknown.status == 0 && unknown.output.contains("no rule knows"), unknown.words)
    }

    @Test func `an explanation as JSON is one object with its candidates`() async throws {
        let place = try place()
        let ended = try await place.docket(
            "find",
            "--explain",
            "--json",
            place.document("receipt.txt").path,
            "total"
        )
        let object = try #require(try ended.objects().first)
        let candidates = try #require(object["candidates"] as? [[String: Any]])
        #expect(candidates.first?["content"] as? String == "20.70")
        #expect(candidates.first?["is_chosen"] as? Bool == true)
        #expect((object["passed_over"] as? [Any])?.isEmpty == false)
    }

    @Test func `without a field, the values that were found are listed`() async throws {
        let place = try place()
        let ended = try await place.docket("find", place.document("receipt.txt").path)
        #expect(ended.status == 0, ended.words)
        let lines = ended.output.split(separator: "\n")
        #expect(
            lines.contains { $0.hasPrefix("merchant ") && $0.contains("Larkspur") },
            ended.words
        )
        // What is open is not left out.
        #expect(lines.contains { $0.hasPrefix("date ") }, ended.words)
        #expect(!lines.contains { $0.hasPrefix("iban") }, ended.words)
    }

    @Test func `mistakes are told in words`() async throws {
        let place = try place()
        let file = place.document("receipt.txt").path
        let swapped = try await place.docket("find", "--explain", "total", file)
        #expect(
            swapped.status == 1 && swapped.errors.contains("the file comes first"),
            swapped.words
        )
        let forms = Project.root.appending(path: "fixtures/own-forms.yaml").path
        let near = try await place.docket("find", "--pipeline", forms, file, "totl")
        #expect(near.status == 64 && near.errors.contains("did you mean total?"), near.words)
        let both = try await place.docket("find", "--pipeline", forms, "-l", "eng", file)
        #expect(both.status == 64, both.words)
    }

    @Test func `forms of a pipeline's own read what the built-in rules do not`() async throws {
        let place = try Workplace()
        let pipeline = Project.root.appending(path: "fixtures/own-forms.yaml").path
        let run = try await place.docket("run", pipeline, "--quiet")
        #expect(run.status == 0, run.words)
        let export = try await place.docket("export", pipeline)
        let rows = Table(export.output).rows
        for truth in try Project.truth("forms") {
            let file = try #require(truth["file"] as? String)
            let row = try #require(rows.first { $0["path"]?.hasSuffix(file) == true }, export.words)
            for field in ["merchant", "date", "total", "number"] {
                #expect(row[field] == truth[field] as? String, "\(file) \(field)")
            }
        }
        let explained = try await place.docket(
            "find",
            "--explain",
            "--pipeline",
            pipeline,
            Project.fixture("forms/toaster.png").path,
            "total"
        )
        #expect(explained.output.contains("sure: form tinker-barn"), explained.words)
        #expect(explained.output.contains("wood-permit"), explained.words)
    }
}
