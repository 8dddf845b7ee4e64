import Foundation
import Testing

@Suite struct RunEnergyTests {
    @Test func `a run tells what the processor used, or why that is not known`() async throws {
        let place = try Workplace()
        try place.write("A letter about a blue rope.", to: "letter.txt")
        let arguments = [
            "run", Project.pipeline("scans"), "--input", place.documents.path, "--json",
        ]
        let run = try RunSummary(try await place.start(arguments).end())
        #expect(run["worked"] == 1, run.ended.words)
        let line = try #require(
            run.ended.errors.split(separator: "\n").first { $0.hasPrefix("  energy: ") },
            run.ended.words
        )
        if let joules = run.fields["joules"] as? Double {
            #expect(run.fields["joules_per_document"] as? Double == joules)
            #expect(line.contains(" J a document, ") && line.contains(" J in all "))
        } else {
            #expect(run.fields["joules"] is NSNull)
            #expect(run.fields["joules_per_document"] == nil)
            let reason = try #require(run.fields["joules_unknown"] as? String, run.ended.words)
            #expect(line == "  energy: not known, \(reason)")
        }
        let second = try RunSummary(try await place.start(arguments).end())
        #expect(second["worked"] == 0, second.ended.words)
        #expect(!second.ended.errors.contains("energy:"), second.ended.words)
    }
}
