import Foundation
import Testing

/// The commands beside `run`, and what the documentation says of them.
@Suite(.serialized)
struct CommandTests {
    private static let commands = [
        "run", "plan", "retry", "schedule", "status", "export", "search", "diff", "read", "find",
        "ask", "check", "forget", "doctor",
    ]
    /// Commands that are groups of others.
    private static let groups = ["report", "model"]

    private static let pipeline = """
        pipeline: papers
        input: {folders: [documents], include: ["**/*"], settle: 0s}
        record: {total: {type: money, required: true}}
        steps:
          - read: text
          - find: [total]
        output: {table: papers}
        """

    // MARK: Help and documentation

    @Test func `every command has help, and the overview names them all`() async throws {
        let overview = try await DocketCommand.run(["--help"])
        #expect(overview.status == 0, overview.words)
        for command in Self.commands {
            #expect(
                overview.output.contains("\n  \(command) "),
                "\(command) is not in the overview"
            )
            let help = try await DocketCommand.run(["help", command])
            #expect(
                help.status == 0 && help.output.contains("USAGE: docket \(command)"),
                help.words
            )
        }
        #expect(!overview.output.contains("\n  worker "), "inner commands are not shown")
        let version = try await DocketCommand.run(["--version"])
        #expect(version.status == 0 && !version.output.isEmpty)
    }

    @Test func `a misspelt command is told which was meant`() async throws {
        let near = try await DocketCommand.run(["statsu"])
        #expect(near.status == 64 && near.errors.contains("docket status"), near.words)
        let far = try await DocketCommand.run(["zeppelin"])
        #expect(far.status == 64 && far.errors.contains("docket help"), far.words)
    }

    @Test func `a plan names the language that is missing`() async throws {
        let place = try Workplace()
        try place.use(
            """
            pipeline: papers
            input: {folders: [documents]}
            steps:
              - read: text
                languages: [eng, zzz]
            """
        )
        let plan = try await place.docket("plan", place.pipeline)
        #expect(plan.status == 0 && plan.output.contains("language 'zzz' is not"), plan.words)
    }

    @Test func `a status tells a run that goes on from one that died`() async throws {
        let place = try Workplace()
        try place.use(Self.pipeline)
        for name in ["cafe.png", "bakery.png", "faint.jpg"] { try place.copy("receipts/\(name)") }
        let run = try place.start(["run", place.pipeline])
        var text = ""
        for _ in 0..<100 where !text.contains("(process \(run.process))") {
            try await Task.sleep(for: .milliseconds(20))
            text = try await place.docket("status").output
        }
        #expect(text.contains("running (process \(run.process))"), "\(text)")
        kill(run.process, SIGKILL)
        _ = try await run.end(within: 20)
        let after = try await place.docket("status")
        #expect(after.output.contains("its process died"), after.words)
    }

    @Test func `every pipeline that comes with Docket can be planned`() async throws {
        let place = try Workplace()
        let folder = Project.root.appending(path: "pipelines")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".yaml") }
        #expect(names.count >= 4)
        for name in names {
            let plan = try await place.docket(
                "plan",
                folder.appending(path: name).path,
                "--input",
                Project.fixture("receipts").path
            )
            #expect(plan.status == 0, plan.words)
            #expect(plan.output.contains("step 1"), plan.words)
        }
        #expect(!FileManager.default.fileExists(atPath: place.database), "a plan writes nothing")
    }

    @Test func `commands in the documentation exist, with the options shown`() async throws {
        var files = [Project.root.appending(path: "README.md")]
        let folder = Project.root.appending(path: "Documentation")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        files += names.filter { $0.hasSuffix(".md") }.map { folder.appending(path: $0) }
        var helps: [String: String] = [:]
        for file in files {
            guard let text = try? String(contentsOf: file, encoding: .utf8) else { continue }
            for line in Self.commandLines(in: text) {
                let place = "\(file.lastPathComponent): docket \(line.joined(separator: " "))"
                // An arrow or the like: a drawing, no command.
                guard let command = line.first, command.first?.isLetter == true else { continue }
                guard (Self.commands + Self.groups).contains(command) || command == "help" else {
                    Issue.record("no such command in \(place)")
                    continue
                }
                let name = Self.groups.contains(command) ? Array(line.prefix(2)) : [command]
                let key = name.joined(separator: " ")
                if helps[key] == nil {
                    let help = try await DocketCommand.run(["help"] + name)
                    #expect(help.status == 0, "no such command in \(place)")
                    helps[key] = help.output
                }
                let known = Set(
                    (helps[key] ?? "").split { !$0.isLetter && $0 != "-" }.map(String.init)
                )
                for word in line where word.hasPrefix("-") && word.count > 1 && word != "--" {
                    let option = String(word.prefix { $0 != "=" })
                    #expect(known.contains(option), "no option \(option) in \(place)")
                }
            }
        }
    }

    @Test func `every reason of a failure is explained`() throws {
        let source = try String(
            contentsOf: Project.root.appending(path: "Sources/Pipeline/Jobs/FailureReason.swift"),
            encoding: .utf8
        )
        let reasons = source.split(separator: "\n").compactMap { line -> String? in
            guard line.hasPrefix("    case ") else { return nil }
            let words = line.dropFirst(9).split(separator: " ")
            return words.last.map { String($0).replacing("\"", with: "") }
        }
        #expect(reasons.count > 8)
        let headings = try String(
            contentsOf: Project.root.appending(path: "Documentation/Failures.md"),
            encoding: .utf8
        )
        .split(separator: "\n").filter { $0.hasPrefix("#") }
        for reason in reasons {
            #expect(
                headings.contains { heading in
                    heading.split { "# `,".contains($0) }.contains { String($0) == reason }
                },
                "Documentation/Failures.md has no section on \(reason)"
            )
        }
    }

    /// Words behind `docket` in each line of the code blocks of a Markdown text.
    private static func commandLines(in text: String) -> [[String]] {
        var isCode = false
        var lines: [[String]] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                isCode.toggle()
                continue
            }
            guard isCode else { continue }
            var words = line.split(separator: " ").map(String.init)
            if words.first == "$" { words.removeFirst() }
            guard let program = words.first, program == "docket" || program.hasSuffix("/docket")
            else { continue }
            let rest = words.dropFirst()
            lines.append(Array(rest.prefix { !["|", "&&", "#", ">", ";", "||"].contains($0) }))
        }
        return lines
    }

    // MARK: Commands at work

    @Test func `an unchanged folder costs a run's row and nothing else`() async throws {
        let place = try Workplace()
        let letters = Project.fixture("letters").path
        let first = try await place.docket(
            "run",
            Project.pipeline("scans"),
            "--input",
            letters,
            "--json"
        )
        #expect(first.status == 0, first.words)
        let before = try StoredRows(place.database).dump(without: ["run"])
        #expect(before["text"]?.isEmpty == false)
        let second = try RunSummary(
            try await place.docket("run", Project.pipeline("scans"), "--input", letters, "--json")
        )
        #expect(second["worked"] == 0 && second["unchanged"] == second["found"], second.ended.words)
        let after = try StoredRows(place.database).dump(without: ["run"])
        #expect(after == before)
        #expect(try StoredRows(place.database).count("SELECT count(*) FROM run") == 2)
    }

    @Test func `words are found where they stand`() async throws {
        let place = try Workplace()
        _ = try await place.docket(
            "run",
            Project.pipeline("scans"),
            "--input",
            Project.fixture("letters").path,
            "--quiet"
        )
        let hits = try await place.docket("search", "blue", "rope", "--json")
        #expect(hits.status == 0, hits.words)
        #expect(try hits.objects().compactMap { $0["path"] as? String } == ["packing.txt"])
        let accents = try await place.docket("search", "grossere topfe")
        #expect(accents.status == 0 || accents.output.isEmpty)
        let none = try await place.docket("search", "zeppelin\" OR (")
        #expect(none.status == 1, none.words)
    }

    @Test func `the status is JSON, and names what is wrong`() async throws {
        let place = try Workplace()
        try place.use(Self.pipeline)
        try place.copy("broken/header-only.jpg")
        try place.write("Total: 1.00\n", to: "fine.txt")
        let run = try await place.run()
        #expect(run.status == 1, run.ended.words)
        let status = try await place.docket("status", "--json")
        let object = try #require(status.objects().first)
        #expect((object["runs"] as? [Any])?.count == 1, status.words)
        let problems = try #require(object["problems"] as? [[String: Any]])
        #expect(problems.map { $0["path"] as? String } == ["header-only.jpg"], status.words)
        #expect(problems.map { $0["reason"] as? String } == ["corrupt"], status.words)
        let text = try await place.docket("status", "1")
        #expect(text.status == 0 && text.output.contains("found 2 = done 1"), text.words)
        let none = try await place.docket("status", "99")
        #expect(none.status == 66, none.words)
    }

    @Test func `what failed stays failed until it is to be retried`() async throws {
        let place = try Workplace()
        try place.use(Self.pipeline)
        try place.copy("broken/header-only.jpg")
        try await place.run()
        let again = try await place.run()
        #expect(again["worked"] == 0 && again["failed"] == 1, again.ended.words)
        let retry = try await place.docket("retry", place.pipeline, "--json")
        #expect(retry.status == 0 && retry.output.contains("1"), retry.words)
        let third = try await place.run()
        #expect(third["worked"] == 1 && third["failed"] == 1, third.ended.words)
    }

    @Test func `what may pass is tried three times more, then put aside`() async throws {
        let place = try Workplace()
        let broken = Self.pipeline.replacing(
            "- read: text",
            with: "- {read: text, engine: [sh, -c, 'exit 3']}"
        )
        try place.use(broken)
        try place.copy("broken/letter.pnm")
        for number in 1...4 {
            let run = try await place.run()
            let expected = number < 4 ? "failed" : "quarantined"
            #expect(run["worked"] == 1 && run[expected] == 1, "run \(number): \(run.ended.words)")
        }
        let fifth = try await place.run()
        #expect(
            fifth["worked"] == 0 && fifth["quarantined"] == 1 && fifth.status == 1,
            fifth.ended.words
        )
        _ = try await place.docket("retry", place.pipeline)
        let sixth = try await place.run()
        #expect(sixth["worked"] == 1 && sixth["failed"] == 1, sixth.ended.words)
    }

    @Test func `what is forgotten is in no byte of the files`() async throws {
        let place = try Workplace()
        try place.use(Self.pipeline)
        let word = "Zwiebelkuchenrezept"
        try place.write("\(word)\nTotal: 17.23\n", to: "private.txt")
        try place.write("Paper\nTotal: 1.00\n", to: "other.txt")
        try await place.run()
        #expect(try Self.bytes(of: place).contains(word))
        let forget = try await place.docket("forget", place.document("private.txt").path, "--json")
        #expect(forget.status == 0, forget.words)
        for text in [word, word.lowercased(), "17.23", "private.txt"] {
            #expect(try !Self.bytes(of: place).contains(text), "\(text) is still there")
        }
        let rows = try await place.rows()
        #expect(rows.compactMap { $0["path"] } == ["other.txt"])
        let check = try await place.docket("check")
        #expect(check.status == 0, check.words)
        let unknown = try await place.docket("forget", "/no/such/file")
        #expect(unknown.status == 66, unknown.words)
    }

    @Test func `files that it makes are their owner's alone`() async throws {
        let place = try Workplace()
        try place.use(Self.pipeline)
        try place.write("Total: 1.00\n", to: "a.txt")
        try await place.run()
        let output = place.folder.appending(path: "out.csv").path
        _ = try await place.docket("export", place.pipeline, "--output", output)
        for file in [place.database, place.database + ".lock", output] {
            let rights = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions]
            #expect(rights as? Int == 0o600, "\(file)")
        }
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/systemd-analyze")))
    func `systemd accepts the units for the nightly run`() async throws {
        let place = try Workplace()
        let folder = place.folder.appending(path: "units with % and $")
        try place.use(Self.pipeline)
        let schedule = try await place.docket(
            "schedule",
            place.pipeline,
            "--at",
            "02:30",
            "--until",
            "06:00",
            "--output",
            folder.path
        )
        #expect(schedule.status == 0, schedule.words)
        let units = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(units.count == 3)
        let verified = try await RunningCommand(
            "/usr/bin/systemd-analyze",
            ["verify"] + units.map { folder.appending(path: $0).path }
        ).end(within: 60)
        #expect(verified.status == 0, verified.words)
        let cron = try await place.docket("schedule", place.pipeline, "--cron")
        #expect(cron.output.hasPrefix("30 2 * * * /"), cron.words)
    }

    private static func bytes(of place: Workplace) throws -> String {
        var all = ""
        for suffix in ["", "-wal", "-shm"] {
            guard let data = FileManager.default.contents(atPath: place.database + suffix) else {
                continue
            }
            all += String(decoding: data, as: Unicode.ASCII.self)
        }
        return all
    }
}
