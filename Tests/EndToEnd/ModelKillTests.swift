import Foundation
import Testing

/// A run that is killed between two answers of a model goes on behind the last one that was stored.
@Suite(.serialized) struct ModelKillTests {
    private static let model = Project.fixture("models/checkpoints/qwen3-tiny").path

    /// Seven answers for a document of six pages: one for each, and one that merges them.
    private static let pipeline = """
        pipeline: gist
        input: {folders: [documents], include: ["**/*"], settle: 0s}
        record:
          gist: {type: text}
        steps:
          - read: text
            prepare: [orient]
          - summarize: gist
            from: text
            window: 1
            stride: 1
            max-tokens: 8
        output: {table: gist}
        """

    private static let answers =
        "SELECT position, part, first_page, question, text, end, work FROM answer ORDER BY job, position"

    private func place() throws -> Workplace {
        let place = try Workplace()
        try place.use(Self.pipeline)
        let strip = try GreyStrip(contentsOf: Project.fixture("broken/letter.pnm"))
        try place.write(strip.tiff(pages: 6), to: "pages.tif")
        return place
    }

    @Test(arguments: [1, 4, 7])
    func `the answers before the kill are kept, and only the others are asked for`(dieAfter: Int)
        async throws
    {
        let place = try place()
        let whole = try await place.run("--model", Self.model)
        #expect(whole.isConserved, whole.ended.words)
        let expected = try await place.export("--format", "jsonl")
        let undisturbed = try StoredRows(place.database).lines(
            "SELECT position, part, question, text, end FROM answer ORDER BY position"
        )
        #expect(undisturbed.count == 7, whole.ended.words)
        place.removeDatabase()
        let killed = try await place.start(
            ["run", place.pipeline, "--quiet", "--model", Self.model],
            environment: ["DOCKET_DIE_AFTER": "answer:\(dieAfter)"]
        ).end()
        #expect(killed.wasKilled, killed.words)
        let before = try StoredRows(place.database).lines(Self.answers)
        #expect(before.count == dieAfter)
        #expect(
            try StoredRows(place.database).count(
                "SELECT count(*) FROM outcome WHERE status = 'waiting' AND gain IS NOT NULL"
            ) == 1
        )
        let resumed = try await place.run("--model", Self.model)
        #expect(resumed.isConserved, resumed.ended.words)
        let model = try #require(resumed.fields["model"] as? [String: Any])
        #expect(model["answers"] as? Int == 7 - dieAfter)
        // With their times: not asked again.
        #expect(
            Array(try StoredRows(place.database).lines(Self.answers).prefix(dieAfter)) == before
        )
        let after = try StoredRows(place.database).lines(
            "SELECT position, part, question, text, end FROM answer ORDER BY position"
        )
        #expect(after == undisturbed)
        #expect(try await place.export("--format", "jsonl") == expected)
        let check = try await place.docket("check")
        #expect(check.status == 0, check.words)
        // And a third run has nothing to do.
        let third = try await place.run("--model", Self.model)
        #expect(third["worked"] == 0)
        #expect((third.fields["model"] as? [String: Any])?["answers"] as? Int == 0)
    }
}
