import Foundation
import GRDB
import Jobs
import Records
import Testing

@testable import Storage

/// What a model answered, what waits for it, and what is checked about both.
@Suite struct AnswerTests {
    private func answer(_ position: Int, _ text: String = "yes") -> JobAnswer {
        var work = AnswerWork()
        work.promptTokens = 7
        work.features = [.computed, .near(donor: "abc"), .exact, .shared]
        return JobAnswer(
            position: position,
            part: .window,
            firstPage: 1,
            lastPage: 8,
            question: "What?",
            fingerprint: "f\(position)",
            text: text,
            end: "finished",
            work: work
        )
    }

    private func begin(
        _ test: TestStore,
        _ document: DocumentID,
        fingerprint: String = "f",
        startOver: Bool = false,
        verb: String = "ask"
    ) throws -> BegunJob {
        let run = try #require(test.started)
        return try test.store.beginJob(
            run: run.run,
            pipeline: run.pipeline,
            document: document,
            stepIndex: 2,
            verb: verb,
            fingerprint: fingerprint,
            engineVersion: "m",
            route: "model",
            routeReason: "date has no value",
            startOver: startOver
        )
    }

    @Test func `answers come back as they were, and go with the document`() throws {
        let test = try TestStore()
        try test.begin()
        let document = try test.place("a.jpg", "a")
        let job = try begin(test, document)
        try test.store.keepAnswer(job.id, answer(0), milliseconds: 5)
        try test.store.keepAnswer(job.id, answer(1), milliseconds: 5)
        try test.store.keepAnswer(job.id, answer(1, "no"), milliseconds: 5)
        #expect(try test.store.answers(job.id) == [answer(0), answer(1, "no")])
        #expect(try test.store.check() == [])
        _ = try test.store.forget("a.jpg")
        #expect(try test.dump().filter { $0.hasPrefix("answer") }.isEmpty)
    }

    @Test
    func
        `answers stay while the job is begun again, and only those that it rests on when it is done`()
        throws
    {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.place("a.jpg", "a")
        let job = try begin(test, document)
        for place in 0..<3 { try test.store.keepAnswer(job.id, answer(place), milliseconds: 1) }
        #expect(try begin(test, document).storedAnswers.count == 3)
        #expect(try begin(test, document, fingerprint: "other").storedAnswers.count == 3)
        try test.store.finishJob(
            run: run.run,
            job.id,
            JobResult(route: "model", doubts: ["cut"]),
            milliseconds: 1,
            answers: [0, 2]
        )
        #expect(try test.store.answers(job.id).map(\.position) == [0, 2])
        let state = try test.store.documentState(pipeline: run.pipeline, document: document)
        #expect(state.jobs.first?.doubts == ["cut"])
        #expect(state.jobs.first?.routeReason == "date has no value")
        #expect(try begin(test, document, startOver: true).storedAnswers.isEmpty)
        try test.store.keepAnswer(job.id, answer(0), milliseconds: 1)
        #expect(try begin(test, document, fingerprint: "g", verb: "classify").storedAnswers.isEmpty)
    }

    @Test
    func `a step that is not wanted any more loses its answers, one without a model keeps them`()
        throws
    {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.place("a.jpg", "a")
        let job = try begin(test, document)
        try test.store.keepAnswer(job.id, answer(0), milliseconds: 1)
        for keeps in [true, false] {
            try test.store.skipJob(
                run: run.run,
                pipeline: run.pipeline,
                document: document,
                stepIndex: 2,
                verb: "ask",
                fingerprint: "s\(keeps)",
                reason: "no",
                keepsAnswers: keeps
            )
            #expect(try test.store.answers(job.id).isEmpty == !keeps)
        }
    }

    private func wait(_ test: TestStore, _ document: DocumentID, gain: Double) throws {
        let run = try #require(test.started)
        try test.store.finishDocument(
            run: run.run,
            pipeline: run.pipeline,
            document: document,
            status: .waiting,
            reason: "waits for the model",
            detail: "date has no value",
            attempts: 0,
            planFingerprint: "model 2 plan",
            engineFingerprint: "e",
            confidence: nil,
            needsReview: false,
            chosen: [],
            expectedWork: ExpectedWork(gain: gain, cost: 2)
        )
    }

    @Test
    func
        `what waits comes by its gain and then its path, each document once and only where it is there`()
        throws
    {
        let test = try TestStore()
        let run = try test.begin(folders: ["/scans", "/more"])
        for (path, gain) in [("b", 1.0), ("a", 1.0), ("c", 3.0)] {
            try wait(test, try test.place("\(path).jpg", path), gain: gain)
        }
        try test.place("z.jpg", "a")
        try test.process("done.jpg", "done", total: "1.00")
        try wait(test, try test.place("other.jpg", "other", folder: 1), gain: 9)
        func paths(_ folders: [Int]) throws -> [String] {
            var paths: [String] = []
            try test.store.waitingForModel(
                pipeline: run.pipeline,
                folders: folders.map { run.folders[$0] }
            ) {
                paths.append(String(decoding: $0.path, as: UTF8.self))
                #expect($0.reason == "date has no value")
                #expect($0.work.cost == 2)
            }
            return paths
        }
        #expect(try paths([0]) == ["c.jpg", "a.jpg", "b.jpg"])
        #expect(try paths([0, 1]) == ["other.jpg", "c.jpg", "a.jpg", "b.jpg"])
        let count = try test.store.countWaitingForModel(
            pipeline: run.pipeline,
            folders: [run.folders[0]]
        )
        #expect(count == 3)
        #expect(try test.lines().contains("a.jpg waiting -"))
        #expect(try test.store.check() == [])
    }

    @Test func `what the model has cost is the time of its answers`() throws {
        let test = try TestStore()
        let run = try test.begin()
        #expect(try test.store.modelCost(pipeline: run.pipeline).meanMilliseconds == nil)
        for path in ["a", "b"] {
            let job = try begin(test, try test.place("\(path).jpg", path))
            for place in 0..<2 {
                try test.store.keepAnswer(job.id, answer(place), milliseconds: 100)
            }
        }
        let cost = try test.store.modelCost(pipeline: run.pipeline)
        #expect(cost == ModelCost(documents: 2, answers: 4, milliseconds: 400))
        #expect(cost.meanMilliseconds == 200)
    }

    @Test func `check names what cannot be`() throws {
        let test = try TestStore()
        try test.begin()
        let document = try test.place("a.jpg", "a")
        var candidate = test.candidate("total", "1.00")
        candidate.isUnverified = true
        try test.find(document, [candidate])
        try test.conclude(document)
        let job = try begin(test, try test.place("b.jpg", "b"), verb: "find")
        try test.store.keepAnswer(job.id, answer(0), milliseconds: 1)
        try wait(test, try test.place("c.jpg", "c"), gain: 1)
        try test.store.database.write { db in
            try db.execute(sql: "UPDATE outcome SET status = 'done' WHERE gain IS NOT NULL")
        }
        let tables = try test.store.check().map {
            if case .contradiction(let table, _) = $0 { table } else { "\($0)" }
        }
        #expect(tables == ["outcome", "answer", "value"])
    }

    @Test func `an unverified value says so in an export, now and in an earlier run`() throws {
        let test = try TestStore()
        let run = try test.begin()
        let document = try test.place("a.jpg", "a")
        var candidate = test.candidate("total", "1.00")
        candidate.isUnverified = true
        try test.find(document, [candidate])
        try test.conclude(document, .review)
        try test.finish()
        try test.begin()
        candidate.isUnverified = false
        try test.find(document, [candidate])
        try test.conclude(document)
        #expect(try test.rows().first?.values["total"]?.isUnverified == false)
        #expect(
            try test.rows(ExportSelection(run: run.run)).first?.values["total"]?.isUnverified
                == true
        )
    }
}
