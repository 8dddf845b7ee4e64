import Foundation
import Testing

/// Pipelines whose steps go to the fixtures' tiny models: their answers are noise, always the same noise, and always of the form.
@Suite struct ReasoningRunTests {
    private static func model(_ name: String) -> [String] {
        [
            "--model", Project.fixture("models/checkpoints/\(name)").path, "--precision", "f32",
            "--threads", "1",
        ]
    }

    /// A receipt that the rules read well, one of which they know nothing, and a blank page.
    private func receipts() throws -> Workplace {
        let place = try Workplace()
        try place.copy("receipts/bakery.png")
        try place.copy("receipts/blank.jpg")
        try place.copy("letters/two-columns.png")
        return place
    }

    private func run(
        _ pipeline: String,
        _ place: Workplace,
        _ options: [String]
    ) async throws -> RunSummary {
        try RunSummary(
            try await place.start(
                ["run", Project.pipeline(pipeline), "--input", place.documents.path, "--json"]
                    + options,
                environment: ["XDG_CACHE_HOME": place.folder.path]
            ).end()
        )
    }

    private func plan(
        _ pipeline: String,
        _ place: Workplace,
        _ options: [String]
    ) async throws -> [String: Any] {
        let ended = try await place.start(
            ["plan", Project.pipeline(pipeline), "--input", place.documents.path, "--json"]
                + options
        ).end()
        #expect(ended.status == 0, ended.words)
        return try #require(try ended.objects().first)
    }

    // MARK: Receipts

    @Test
    func `a model looks where rules were not enough, and what it answers is held to its form`()
        async throws
    {
        let place = try receipts()
        let run = try await run("receipts", place, Self.model("qwen3-vl-tiny"))
        #expect(run.status == 0 && run.isConserved, run.ended.words)
        let rows = StoredRows(place.database)

        // The blank page wakes nobody; the receipt that was read well is asked for nothing that it has.
        let blank = "(SELECT document FROM location WHERE CAST(path AS TEXT) LIKE '%blank%')"
        #expect(
            try rows.count(
                "SELECT count(*) FROM answer a JOIN job j ON j.id = a.job WHERE j.document IN \(blank)"
            ) == 0
        )
        #expect(
            try rows.strings(
                "SELECT DISTINCT reason FROM job WHERE document IN \(blank) AND verb = 'ask'"
            )
                == ["nothing is on the pages"]
        )

        let answers = try rows.strings(
            "SELECT a.text FROM answer a JOIN job j ON j.id = a.job WHERE j.verb = 'ask'"
        )
        #expect(!answers.isEmpty, run.ended.words)
        for answer in answers {
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(answer.utf8)) as? [String: Any],
                "\(answer)"
            )
            #expect(Set(object.keys) == ["merchant", "date", "total", "items"])
            let places = ["merchant", "date", "total", "items"].compactMap {
                answer.range(of: "\"\($0)\"")?.lowerBound
            }
            #expect(places == places.sorted(), "\(answer)")
        }
        // Noise is nowhere on the page: none of it passes for a reading, and a person is asked to look.
        #expect(
            try rows.count(
                "SELECT count(*) FROM value WHERE is_unverified = 0 AND evidence = '[]' AND step_index = 2 AND until_run IS NULL"
            ) == 0
        )
        #expect(try rows.count("SELECT count(*) FROM outcome WHERE status = 'review'") >= 1)
    }

    @Test func `a second run asks nothing and writes nothing but its own row`() async throws {
        let place = try receipts()
        let options = Self.model("qwen3-vl-tiny")
        let first = try await run("receipts", place, options)
        #expect(first.status == 0, first.ended.words)
        let rows = StoredRows(place.database)
        let before = try rows.dump(without: ["run"])
        let second = try await run("receipts", place, options)
        #expect(second["worked"] == 0, second.ended.words)
        #expect((second.fields["model"] as? [String: Any])?["answers"] as? Int == 0)
        #expect(try rows.dump(without: ["run"]) == before)
        // Nor does one without the model undo anything.
        let third = try await run("receipts", place, [])
        #expect(third["worked"] == 0, third.ended.words)
        #expect(try rows.dump(without: ["run"]) == before)
    }

    @Test func `the records do not depend on how many are worked on at once`() async throws {
        let place = try receipts()
        let options = Self.model("qwen3-vl-tiny")
        var exports: [String] = []
        for jobs in ["1", "3"] {
            let run = try await run("receipts", place, options + ["--jobs", jobs])
            #expect(run.status == 0, run.ended.words)
            let export = try await place.start(["export", Project.pipeline("receipts")]).end()
            exports.append(export.output)
            place.removeDatabase()
            try? FileManager.default.removeItem(at: place.folder.appending(path: "docket"))
        }
        #expect(exports[0] == exports[1])
        #expect(Table(exports[0]).rows.count == 3)
    }

    @Test func `features are kept for the next night, and told of`() async throws {
        let place = try receipts()
        let run = try await run("receipts", place, Self.model("qwen3-vl-tiny"))
        #expect(run.status == 0, run.ended.words)
        let status = try await place.start(
            ["cache", "status", "--json"],
            environment: ["XDG_CACHE_HOME": place.folder.path]
        ).end()
        #expect(status.status == 0, status.words)
        #expect(try status.objects().first?["entries"] as? Int ?? 0 >= 1, status.words)
    }

    // MARK: No model

    @Test func `without a model its steps are skipped with the remedy`() async throws {
        let place = try receipts()
        let run = try await run("receipts", place, [])
        #expect(run.status == 0 && run.isConserved, run.ended.words)
        let skipped = try #require(run.fields["skipped_steps"] as? [[String: Any]])
        #expect(skipped.map { $0["verb"] as? String } == ["ask", "classify"])
        #expect(
            skipped.allSatisfy { ($0["remedy"] as? String)?.contains("docket model pull") == true }
        )
    }

    @Test func `a model that is required has to be there before anything is done`()
        async throws
    {
        let place = try receipts()
        for (options, words) in [
            (["--require-model"], "the step `ask` needs a language model: no model; `docket model"),
            (["--require-model", "--model", "/nowhere/model"], "no such file or folder"),
            (["--require-model", "--model", Project.fixtures.path], "not a model"),
        ] {
            let ended = try await place.start(
                ["run", Project.pipeline("receipts"), "--input", place.documents.path] + options
            ).end()
            #expect(ended.status == 66, ended.words)
            #expect(ended.errors.contains(words), ended.words)
            #expect(!FileManager.default.fileExists(atPath: place.database))
        }
        let required = try await run(
            "receipts",
            place,
            Self.model("qwen3-vl-tiny") + ["--require-model"]
        )
        #expect(required.status == 0, required.ended.words)
    }

    @Test func `a model that was named and is not there leaves its steps out, and is named`()
        async throws
    {
        let place = try receipts()
        let run = try await run("receipts", place, ["--model", "/nowhere/model"])
        #expect(run.status == 0 && run.isConserved, run.ended.words)
        let skipped = try #require(run.fields["skipped_steps"] as? [[String: Any]])
        #expect(skipped.map { $0["verb"] as? String } == ["ask", "classify"])
        let reasons = skipped.compactMap { $0["reason"] as? String }
        #expect(reasons.allSatisfy { $0.contains("/nowhere/model: no such file or folder") })
    }

    @Test func `a model that sees no pictures leaves those steps out and says what to do`()
        async throws
    {
        let place = try receipts()
        let run = try await run("receipts", place, Self.model("qwen3-tiny"))
        #expect(run.status == 0, run.ended.words)
        let skipped = try #require(run.fields["skipped_steps"] as? [[String: Any]])
        #expect(skipped.map { $0["verb"] as? String } == ["ask"])
        #expect((skipped[0]["reason"] as? String)?.contains("sees no pictures") == true)
        #expect((skipped[0]["remedy"] as? String)?.contains("from: text") == true)
    }

    @Test func `a file that names its model needs no option`() async throws {
        let place = try Workplace()
        try place.write("The kettle broke after nine days.", to: "kettle.txt")
        let model = Project.fixture("models/checkpoints/qwen3-tiny").path
        try place.use(
            """
            pipeline: named
            input: {folders: [documents], settle: 0s}
            record: {mood: {type: label, labels: [good, bad]}}
            model: \(model)
            steps:
              - read: text
              - classify: mood
            """
        )
        let run = try await place.run()
        #expect(run.status == 0, run.ended.words)
        let moods = try await place.rows().compactMap { $0["mood"] }
        #expect(moods.count == 1 && ["good", "bad"].contains(moods[0]), run.ended.words)
    }

    // MARK: Reviews

    @Test func `reviews are classified by a model of text, and answered`() async throws {
        let place = try Workplace()
        for name in ["kettle", "cafe", "noodles"] { try place.copy("reviews/\(name).txt") }
        let run = try await run("reviews", place, Self.model("qwen3-tiny"))
        #expect(run.status == 0 && run.isConserved, run.ended.words)
        let export = try await place.start(["export", Project.pipeline("reviews")]).end()
        let rows = Table(export.output).rows
        #expect(rows.count == 3, export.words)
        for row in rows {
            #expect(
                ["positive", "neutral", "negative"].contains(row["sentiment"] ?? ""),
                export.words
            )
        }
        // A label is chosen in one look at all of them: nothing is written for it.
        let stored = StoredRows(place.database)
        #expect(
            try stored.count(
                "SELECT count(*) FROM answer a JOIN job j ON j.id = a.job WHERE j.verb = 'classify' AND a.text NOT IN ('positive', 'neutral', 'negative')"
            ) == 0
        )
    }

    // MARK: Text routes

    @Test func `a step that only wants the text is answered without a model`() async throws {
        let place = try Workplace()
        try place.write("Bring the blue rope.\nAnd matches.\n", to: "note.txt")
        try place.use(
            """
            pipeline: notes
            input: {folders: [documents], settle: 0s}
            record: {words: text}
            steps:
              - read: text
              - ask: Extract all text, line by line.
                fills: words
            """
        )
        let run = try RunSummary(
            try await place.start(["run", place.pipeline, "--json"])
                .end()
        )
        #expect(run.status == 0 && run["done"] == 1, run.ended.words)
        let rows = try await place.rows()
        #expect(rows.first?["words"] == "Bring the blue rope.\nAnd matches.", "\(rows)")
        #expect(
            try StoredRows(place.database).strings(
                "SELECT route_reason FROM job WHERE verb = 'ask'"
            )
                == ["asks only for the text"]
        )
    }

    // MARK: Plan

    @Test func `plan tells the routes, what is unread, and afterwards that nothing waits`()
        async throws
    {
        let place = try receipts()
        let options = Self.model("qwen3-vl-tiny")
        let before = try await plan("receipts", place, options)
        let steps = try #require(before["steps"] as? [[String: Any]])
        #expect(
            steps.map { $0["route"] as? String } == ["text", "rules", "model", "model", "checks"]
        )
        var model = try #require(before["model"] as? [String: Any])
        #expect(model["unread"] as? Int == 3)
        #expect(model["waiting"] as? Int == 0)
        #expect(model["takes_all"] as? Bool == false)
        #expect(model["destination"] is NSNull)
        #expect(model["seconds"] is NSNull)
        #expect(!FileManager.default.fileExists(atPath: place.database))

        try await place.age()
        _ = try await run("receipts", place, options)
        let after = try await plan("receipts", place, options)
        model = try #require(after["model"] as? [String: Any])
        #expect(model["unread"] as? Int == 0)
        #expect(model["waiting"] as? Int == 0)
        #expect(model["mean_seconds_per_document"] as? Double ?? 0 > 0)

        let without = try await plan("receipts", place, [])
        #expect(without["model"] is NSNull)
        #expect(
            (without["steps"] as? [[String: Any]])?.map { $0["route"] as? String }
                == ["text", "rules", "none", "none", "checks"]
        )
    }
}
