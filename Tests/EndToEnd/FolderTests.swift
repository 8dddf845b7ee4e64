import Foundation
import Glibc
import Testing

/// What a run makes of a folder as people have them.
@Suite(.serialized)
struct FolderTests {
    private static func pipeline(settle: String = "0s") -> String {
        """
        pipeline: papers
        input: {folders: [documents], include: ["**/*"], settle: \(settle)}
        record: {total: {type: money}}
        steps:
          - read: text
          - find: [total]
        output: {table: papers}
        """
    }

    @Test func `odd names, links, pipes and empty files are all accounted for`() async throws {
        let place = try Workplace()
        try place.use(Self.pipeline())
        let longName = String(repeating: "l", count: 251) + ".txt"
        for name in [
            "two\nlines.txt", "  spaces  .txt", longName, "-rf", "a/b/c/deep.txt", "$(touch x).txt",
        ] {
            try place.write("This is \(name)\nTotal: 4.50\n", to: name)
        }
        try Self.write(
            "bytes that are no UTF-8",
            to: Array("bad\u{1}".utf8) + [0xFF, 0xC3],
            in: place
        )
        try place.write([], to: "nothing.png")
        symlink(".", place.document("loop").path)
        symlink("no-such-file", place.document("dangling.txt").path)
        mkfifo(place.document("pipe.txt").path, 0o600)

        let run = try await place.run(seconds: 60)
        #expect(run.status == 1 && run.isConserved, run.ended.words)
        #expect(run["done"] == 7 && run["failed"] == 1, run.ended.words)
        #expect(run["skipped"] == 2, "the pipe and the dangling link")
        let rows = try await place.rows()
        #expect(rows.count == run["found"])
        #expect(Set(rows.compactMap { $0["path"] }).count == rows.count)
        #expect(rows.contains { $0["path"] == "two\\x0Alines.txt" && $0["total"] == "4.50" })
        #expect(rows.contains { ($0["path"] ?? "").hasSuffix("\\xFF\\xC3") })
        for row in rows where row["status"] != "done" {
            #expect(row["reason"] != "", "\(row["path"] ?? "") has no reason")
        }
        let again = try await place.run()
        #expect(again["worked"] == 0 && again["found"] == run["found"], again.ended.words)
    }

    @Test func `a file that is being written waits, and is read when it is whole`() async throws {
        let place = try Workplace()
        try place.use(Self.pipeline(settle: "1s"))
        try place.write("Total: 1.00\n", to: "whole.txt")
        let growing = place.document("growing.txt").path
        let writer = Task.detached {
            while !Task.isCancelled {
                if let file = fopen(growing, "a") {
                    fputs("and one more line\n", file)
                    fclose(file)
                }
                try? await Task.sleep(for: .milliseconds(30))
            }
        }
        try await Task.sleep(for: .milliseconds(100))
        let run = try await place.run()
        writer.cancel()
        await writer.value
        #expect(run.status == 0 && run.isConserved, run.ended.words)
        #expect(run["waiting"] == 1 && run["done"] == 1, run.ended.words)
        let row = try await place.rows("--status", "waiting").first
        #expect(row?["path"] == "growing.txt" && row?["reason"] != "")
        let after = try await place.run()
        #expect(after["waiting"] == 0 && after["done"] == 2, after.ended.words)
    }

    @Test func `a file that goes while the run waits for it is accounted for`() async throws {
        let place = try Workplace()
        try place.use(Self.pipeline(settle: "3s"))
        try place.write("Total: 1.00\n", to: "fleeting.txt")
        try place.write("Total: 2.00\n", to: "staying.txt")
        let command = try place.start(["run", place.pipeline, "--json"])
        try await Task.sleep(for: .milliseconds(1200))
        try place.remove("fleeting.txt")
        let run = try RunSummary(try await command.end())
        #expect(run.isConserved && run["found"] == 2 && run["done"] == 1, run.ended.words)
        let after = try await place.run()
        #expect(after["found"] == 1 && after["done"] == 1, after.ended.words)
    }

    @Test func `a renamed file costs nothing, a changed one is read again, a removed one goes`()
        async throws
    {
        let place = try Workplace()
        try place.use(Self.pipeline())
        try place.copy("broken/letter.pnm", as: "a.pnm")
        try place.write("Total: 1.00\n", to: "b.txt")
        try place.write("Total: 3.00\n", to: "c.txt")
        try await place.run()
        try FileManager.default.moveItem(at: place.document("a.pnm"), to: place.document("z.pnm"))
        let renamed = try await place.run()
        #expect(
            renamed["worked"] == 0 && renamed["pages"] == 0 && renamed["done"] == 3,
            renamed.ended.words
        )
        #expect(try await place.rows().compactMap { $0["path"] } == ["b.txt", "c.txt", "z.pnm"])

        try place.write("Total: 2.00\n", to: "b.txt")
        try place.remove("c.txt")
        let changed = try await place.run()
        #expect(
            changed["worked"] == 1 && changed["vanished"] == 1 && changed["found"] == 2,
            changed.ended.words
        )
        #expect(try await place.rows().compactMap { $0["total"] } == ["2.00", ""])
        let former = try await place.rows("--run", "2")
        #expect(former.compactMap { $0["total"] } == ["1.00", "3.00", ""], "as it was after run 2")

        let difference = try await place.docket("diff", "2", "\(changed["run"])", "--json")
        let changes = try difference.objects().map {
            "\($0["path"] ?? "") \($0["before"] ?? "") \($0["after"] ?? "")"
        }
        #expect(
            changes.contains { $0.hasPrefix("b.txt 1.00") && $0.contains("2.00") },
            difference.words
        )
    }

    @Test func `a limit, a glob and a time of day leave the rest waiting`() async throws {
        let place = try Workplace()
        try place.use(Self.pipeline())
        for index in 1...6 {
            try place.write("Paper \(index)\nTotal: \(index).00\n", to: "\(index).txt")
        }
        let limited = try await place.run("--limit", "2")
        #expect(limited.status == 0 && limited.isConserved, limited.ended.words)
        #expect(limited["done"] == 2 && limited["waiting"] == 4, limited.ended.words)
        let chosen = try await place.run("--only", "6.*")
        #expect(
            chosen["done"] == 3 && chosen["waiting"] == 3 && chosen["worked"] == 1,
            chosen.ended.words
        )
        let rest = try await place.run()
        #expect(rest["done"] == 6 && rest["worked"] == 3, rest.ended.words)
        let forced = try await place.run("--force", "--limit", "0")
        #expect(forced["found"] == 6 && forced.isConserved, forced.ended.words)
    }

    @Test func `a run ends at the time of day that it was given`() async throws {
        let place = try Workplace()
        try place.use(
            Self.pipeline().replacing(
                "- read: text",
                with: "- {read: text, engine: [sh, -c, 'sleep 3; echo word']}"
            )
        )
        let strip = try GreyStrip(contentsOf: Project.fixture("broken/letter.pnm"))
        for index in 1...60 {
            try place.write(strip.tiff(pages: 1) + [UInt8(index)], to: "\(index).tif")
        }
        let calendar = Calendar.current
        let next = Date.now.addingTimeInterval(60)
        let parts = calendar.dateComponents([.hour, .minute], from: next)
        let run = try await place.run(
            "--until",
            "\(parts.hour ?? 0):\(parts.minute ?? 0)",
            "--jobs",
            "1"
        )
        #expect(run.status == 0 && run.isConserved, run.ended.words)
        #expect(run["waiting"] > 0, run.ended.words)
        #expect(run.ended.seconds < 75)
    }

    private static func write(_ text: String, to name: [UInt8], in place: Workplace) throws {
        let path = Array((place.documents.path + "/").utf8) + name
        let file = path.map { CChar(bitPattern: $0) } + [0]
        let stream = try #require(fopen(file, "w"))
        fputs(text, stream)
        fclose(stream)
    }
}
