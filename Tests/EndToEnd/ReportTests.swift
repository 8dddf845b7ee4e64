import Testing

@Suite struct ReportTests {
    private static let pipeline = """
        pipeline: tills
        input: {folders: [documents], settle: 0s}
        record:
          merchant: {type: text}
          total: {type: money, required: true}
        steps:
          - read: text
          - find: [merchant, total]
        """

    private static func receipt(_ total: String) -> String {
        "Hollow Oak Bakery Ltd\nLoaf \(total)\nTOTAL \(total)\n"
    }

    private func place() async throws -> Workplace {
        let place = try Workplace()
        try place.use(Self.pipeline)
        for (name, total) in [("a.txt", "5.20"), ("b.txt", "7.10"), ("c.txt", "8.00")] {
            try place.write(Self.receipt(total), to: name)
        }
        let run = try await place.run()
        #expect(run.status == 0, run.ended.words)
        return place
    }

    private func truth(_ text: String, in place: Workplace, name: String = "truth.jsonl") throws
        -> String
    {
        let path = place.folder.appending(path: name).path
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    @Test func `confidences are held against a truth file, always with the same figures`()
        async throws
    {
        let place = try await place()
        let file = try truth(
            """
            {"file": "a.txt", "company": "HOLLOW OAK BAKERY LTD", "total": "5.20"}
            {"file": "b.txt", "company": "Hollow Oak Bakery Ltd", "total": "7.11"}
            {"file": "c.txt", "company": ["Hollow Oak", "Hollow Oak Bakery Ltd"], "total": 8}

            """,
            in: place
        )
        let arguments = [
            "report", "calibration", place.pipeline, "--truth", file, "--map", "company=merchant",
        ]
        let first = try await place.start(arguments).end(within: 60)
        #expect(first.status == 0, first.words)
        #expect(first.output.contains("3 documents of known truth, 6 values"))
        #expect(first.output.contains("expected calibration error"))
        let second = try await place.start(arguments).end(within: 60)
        #expect(second.output == first.output)

        let json = try await place.start(arguments + ["--json"]).end(within: 60)
        let report = try #require(try json.objects().first)
        let fields = try #require(report["fields"] as? [[String: Any]])
        #expect(fields.map { $0["field"] as? String } == ["merchant", "total"])
        #expect(fields.map { $0["right"] as? Int } == [3, 2])
        #expect(report["values"] as? Int == 6)
    }

    @Test func `a corrected export is a truth file`() async throws {
        let place = try await place()
        let table = try await place.export()
        let file = try truth(table.replacing("7.10", with: "7.11"), in: place, name: "right.csv")
        let ended = try await place.docket(
            "report",
            "calibration",
            place.pipeline,
            "--truth",
            file,
            "--json"
        )
        #expect(ended.status == 0, ended.words)
        let report = try #require(try ended.objects().first)
        let fields = try #require(report["fields"] as? [[String: Any]])
        #expect(fields.map { $0["right"] as? Int } == [3, 2])
    }

    @Test func `a truth that cannot be used is told with its place and what to do`() async throws {
        let place = try await place()
        func words(_ text: String, _ options: String...) async throws -> Ended {
            let file = try truth(text, in: place)
            return try await place.start(
                ["report", "calibration", place.pipeline, "--truth", file] + options
            ).end(within: 60)
        }
        let broken = try await words("{\"file\": \"a.txt\"}\n{\"file\":\n")
        #expect(broken.status == 64)
        #expect(broken.errors.contains("truth.jsonl:2: expected"))
        let other = try await words(#"{"file": "z.txt", "total": "1.00"}"#)
        #expect(other.status == 64)
        #expect(other.errors.contains("none of its files (z.txt) is a document"))
        let unnamed = try await words(#"{"file": "a.txt", "company": "Oak"}"#)
        #expect(unnamed.status == 64)
        #expect(unnamed.errors.contains("--map KEY=FIELD"))
        let unknown = try await words(
            #"{"file": "a.txt", "company": "Oak"}"#,
            "--map",
            "company=shop"
        )
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("has no field shop"))
        let missing = try await place.docket(
            "report",
            "calibration",
            place.pipeline,
            "--truth",
            "/nowhere/truth.jsonl"
        )
        #expect(missing.status == 66)
        #expect(missing.errors.contains("/nowhere/truth.jsonl: cannot be read"))
    }
}
