import Jobs
import PipelineSpec
import Records
import Scanning
import Testing

@testable import Storage

@Suite struct LocationTests {
    @Test func `known paths come in the order of their bytes, in batches, with any bytes`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let paths: [[UInt8]] = [
            Array("a b\n.jpg".utf8), Array("a/z".utf8), Array("a0".utf8), [0xC3, 0x28],
            [0xFF, 0x00, 0x01],
        ]
        for (index, path) in paths.shuffled().enumerated() {
            _ = try test.store.recordLocation(
                run: run.run,
                pipeline: run.pipeline,
                folder: run.folders[0],
                path: path,
                stamp: test.stamp(index),
                isTrusted: index % 2 == 0,
                sha256: test.hash("\(index)"),
                byteCount: 1,
                kind: .png
            )
        }
        var found: [[UInt8]] = []
        while true {
            let batch = try test.store.knownLocations(
                pipeline: run.pipeline,
                folder: run.folders[0],
                after: found.last,
                limit: 2
            )
            if batch.isEmpty { break }
            #expect(batch.allSatisfy { $0.stamp.device == .max && $0.outcomeStatus == nil })
            found += batch.map(\.path)
        }
        #expect(found == paths)
        #expect(try test.rows().map(\.path).last == "\\xFF\\x00\\x01")
    }

    @Test func `equal files are duplicates of the first in order, whichever was seen first`() throws
    {
        let test = try TestStore()
        let run = try test.begin(folders: ["/scans", "/more"])
        let document = try test.place("b.jpg", "same")
        try test.place("a.jpg", "same")
        try test.place("a.jpg", "same", folder: 1)
        try test.place("other.jpg", "other")
        try test.conclude(document)
        #expect(
            try test.store.tally(pipeline: run.pipeline, folders: run.folders)
                == [.done: 1, .duplicate: 2, .waiting: 1]
        )
        #expect(
            try test.store.tally(pipeline: run.pipeline, folders: [run.folders[1]]) == [
                .duplicate: 1
            ]
        )
        let duplicates = try test.rows().filter { $0.status == .duplicate }
        #expect(duplicates.map(\.duplicateOf) == ["/scans/a.jpg", "/scans/a.jpg"])
        #expect(duplicates.map { $0.folder + "/" + $0.path } == ["/more/a.jpg", "/scans/b.jpg"])
        let places = try test.store.locations(pipeline: run.pipeline, document: document)
        #expect(
            places.map { String(decoding: $0.path, as: UTF8.self) } == ["a.jpg", "b.jpg", "a.jpg"]
        )
    }

    @Test func `a file of another pipeline is no duplicate`() throws {
        let test = try TestStore()
        try test.begin()
        try test.conclude(try test.place("a.jpg", "same"))
        test.pipeline = TestStore.pipeline("invoices")
        let run = try test.begin()
        try test.place("z.jpg", "same")
        #expect(try test.store.tally(pipeline: run.pipeline, folders: run.folders) == [.waiting: 1])
    }

    @Test func `a path without a document has its own status until it is read`() throws {
        let test = try TestStore()
        let first = try test.begin()
        try test.process("a.jpg", "a", total: "1.00")
        try test.finish()
        let second = try test.begin()
        try test.store.recordPathStatus(
            run: second.run,
            pipeline: second.pipeline,
            folder: second.folders[0],
            [
                PathStatus(
                    path: Array("a.jpg".utf8),
                    stamp: test.stamp(7),
                    status: .failed,
                    reason: "unreadable",
                    detail: "permission denied"
                )
            ]
        )
        #expect(try test.lines() == ["a.jpg failed -"])
        let problems = try test.store.problems(pipeline: second.pipeline, limit: 5)
        #expect(
            problems.map(\.reason) == ["unreadable"]
                && problems.map(\.detail) == ["permission denied"]
        )
        #expect(
            try test.store.problems(pipeline: second.pipeline, run: first.run, limit: 5).isEmpty
        )
        try test.begin()
        try test.place("a.jpg", "a")
        #expect(try test.lines() == ["a.jpg done 1.00"])
        #expect(try test.store.check() == [])
    }

    @Test func `new times of the same bytes are kept without a new version`() throws {
        let test = try TestStore()
        try test.begin()
        try test.place("a.jpg", "a", stamp: 1)
        let run = try test.begin()
        try test.place("a.jpg", "a", stamp: 2)
        let known = try test.store.knownLocations(
            pipeline: run.pipeline,
            folder: run.folders[0],
            after: nil,
            limit: 9
        )
        #expect(known.map(\.stamp) == [test.stamp(2)])
        #expect(try test.rows(ExportSelection(includesPast: true)).count == 1)
    }

    @Test
    func `retry gives quarantined and failed documents another chance, the chosen paths only`()
        throws
    {
        let test = try TestStore()
        let run = try test.begin()
        for (path, status) in [
            ("a.jpg", DocumentStatus.failed), ("b.jpg", .quarantined), ("c.jpg", .done),
        ] {
            let document = try test.place(path, path)
            try test.store.finishDocument(
                run: run.run,
                pipeline: run.pipeline,
                document: document,
                status: status,
                reason: "crashed",
                detail: nil,
                attempts: 3,
                planFingerprint: "plan",
                engineFingerprint: "e",
                confidence: nil,
                needsReview: false,
                chosen: []
            )
        }
        func attempts() throws -> [Int?] {
            try test.store.knownLocations(
                pipeline: run.pipeline,
                folder: run.folders[0],
                after: nil,
                limit: 9
            ).map(\.attempts)
        }
        #expect(try test.store.retry(pipeline: run.pipeline) { $0.first == UInt8(ascii: "b") } == 1)
        #expect(try attempts() == [3, 0, 3])
        #expect(try test.store.retry(pipeline: run.pipeline) == 2)
        #expect(try attempts() == [0, 0, 3])
    }
}
