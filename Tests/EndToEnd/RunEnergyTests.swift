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
        let told = try await place.start(arguments.dropLast() + ["--database", "other.sqlite"])
            .end()
        let line = try #require(
            told.errors.split(separator: "\n").first { $0.hasPrefix("  energy: ") },
            told.words
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
        let second = try await place.start(Array(arguments.dropLast())).end()
        #expect(second.errors.contains("0 of 1 files read"), second.words)
        #expect(!second.errors.contains("energy:"), second.words)
    }
}
