import Jobs
import PipelineSpec
import Records
import Storage
import Testing

@testable import Running

@Suite struct ExpectedGainTests {
    private static func work(
        _ steps: [Step],
        known: [String: Double] = [:],
        pages: Int = 1,
        from step: Int = 0
    ) -> ExpectedWork {
        let record = [
            FieldDefinition(name: "total", type: .text, isRequired: true),
            FieldDefinition(name: "kind", type: .text),
        ]
        let pipeline = Pipeline(
            name: "p",
            description: nil,
            file: "",
            input: InputSpec(
                folders: [],
                include: [],
                exclude: [],
                settle: .zero,
                limits: .standard
            ),
            record: record,
            steps: steps,
            table: "p"
        )
        let candidates = known.sorted { $0.key < $1.key }.map { field, confidence in
            Candidate(
                field: field,
                content: .text("x"),
                printed: "x",
                confidence: confidence,
                evidence: [],
                reason: ""
            )
        }
        return ExpectedGain(
            pipeline: pipeline,
            router: JobRouter(model: .seeing(name: "m")),
            fromStep: step
        ).work(
            record: .choosing(from: candidates.map { ($0, 0) }, fields: record),
            pageCount: pages
        )
    }

    private static let both = Step.ask(AskStep(question: "", fills: ["total", "kind"]))

    @Test func `a required field that is missing promises more than one that is not required`() {
        let required = Self.work([Self.both], known: ["kind": 0.9])
        let optional = Self.work([Self.both], known: ["total": 0.9])
        #expect(required.gain > optional.gain)
    }

    @Test func `a field of low confidence promises something, a sure one nothing`() {
        let unsure = Self.work([Self.both], known: ["kind": 1, "total": 0.5])
        let sure = Self.work([Self.both], known: ["kind": 1, "total": 1])
        #expect(unsure.gain == 1.5)
        #expect(sure.gain == 0)
    }

    @Test
    func `pages shown cost each, and windows of text each, with the question that merges them`() {
        #expect(Self.work([Self.both], pages: 3).cost == 3)
        #expect(Self.work([Self.both], pages: 0).cost == 1)
        #expect(Self.work([.classify(ClassifyStep(field: "kind"))], pages: 50).cost == 1)
        let long = Step.summarize(SummarizeStep(field: "kind", window: 8, stride: 6))
        #expect(Self.work([long], pages: 8).cost == 1)
        #expect(Self.work([long], pages: 20).cost == 4)
    }

    @Test func `steps that are done, not wanted, or no model's do not count`() {
        let when = StepCondition(missing: ["kind"], orConfidenceBelow: nil)
        let steps: [Step] = [
            Self.both, .read(ReadStep()), .classify(ClassifyStep(field: "kind", when: when)),
        ]
        #expect(Self.work(steps, from: 1).gain == 1)
        #expect(Self.work(steps, known: ["kind": 0.1], from: 1) == ExpectedWork(gain: 0, cost: 1))
    }

    @Test
    func `a page that cannot be counted is one, and a window of no pages does not divide by zero`()
    {
        let odd = Step.summarize(SummarizeStep(field: "kind", window: 0, stride: 0))
        #expect(Self.work([odd], pages: 3).cost == 4)
    }
}

@Suite struct TimeLeftTests {
    private static let nothing = ModelCost(documents: 0, answers: 0, milliseconds: 0)

    @Test func `before the first document the time is that of earlier nights, or not known`() {
        let start = ContinuousClock.now
        let unknown = TimeLeft(cost: 4, documents: 4, known: Self.nothing, width: 1, start: start)
        #expect(unknown.left(at: start) == nil)
        let known = ModelCost(documents: 10, answers: 20, milliseconds: 20_000)
        let one = TimeLeft(cost: 4, documents: 4, known: known, width: 1, start: start)
        #expect(one.left(at: start) == .seconds(8))
        let two = TimeLeft(cost: 4, documents: 4, known: known, width: 2, start: start)
        #expect(two.left(at: start) == .seconds(4))
        // More places than documents make nothing faster.
        let many = TimeLeft(cost: 4, documents: 4, known: known, width: 100, start: start)
        #expect(many.left(at: start) == .seconds(2))
    }

    @Test func `a time in which nothing could be done does not count`() {
        let start = ContinuousClock.now
        var time = TimeLeft(cost: 4, documents: 4, known: Self.nothing, width: 1, start: start)
        time.finish(cost: 2)
        time.leaveOut(.seconds(30))
        #expect(time.left(at: start.advanced(by: .seconds(40))) == .seconds(10))
    }

    @Test func `then it is what this night's own documents took, page by page`() {
        let start = ContinuousClock.now
        let known = ModelCost(documents: 1, answers: 1, milliseconds: 1_000_000)
        var time = TimeLeft(cost: 10, documents: 4, known: known, width: 1, start: start)
        time.finish(cost: 2)
        #expect(time.left(at: start.advanced(by: .seconds(6))) == .seconds(24))
        time.finish(cost: 8)
        #expect(time.left(at: start.advanced(by: .seconds(30))) == .zero)
    }
}
