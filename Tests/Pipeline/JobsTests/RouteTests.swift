import PipelineSpec
import Records
import Testing

@testable import Jobs

@Suite struct RouteTests {
    private let wanting = "提取图中所有文字，分行输出"
    private let other = "提取吊牌上所有文字，按品牌、货号分类输出"
    private let router = JobRouter(model: .seeing(name: "eyes"))

    @Test func `a question that only wants the text needs no model`() {
        let step = Step.ask(AskStep(question: wanting, fills: []))
        #expect(router.route(for: step) == .text(reason: "asks only for the text"))
        #expect(JobRouter().route(for: step) == .text(reason: "asks only for the text"))
    }

    @Test func `every other question is the model's`() {
        let step = Step.ask(AskStep(question: other, fills: []))
        #expect(router.route(for: step) == .model(reason: "eyes looks at the picture"))
        #expect(JobRouter().route(for: step).engine == "none")
    }

    @Test func `the step's own route overrules the question`() {
        let model = Step.ask(AskStep(question: wanting, fills: [], route: .model))
        #expect(router.route(for: model).engine == "model")
        let text = Step.ask(AskStep(question: other, fills: [], route: .text))
        #expect(router.route(for: text) == .text(reason: "the step says so"))
    }

    @Test func `a question that fills more than one text is the model's`() {
        let several = Step.ask(AskStep(question: wanting, fills: ["total", "date"]))
        #expect(router.route(for: several).engine == "model")
        let one = Step.ask(AskStep(question: wanting, fills: ["letter"], takesText: true))
        #expect(router.route(for: one).engine == "text")
    }

    @Test func `a question that fills a field is for the text only where it names the text`() {
        func engine(_ question: String, _ fills: [String]) -> String {
            let step = AskStep(question: question, fills: fills, takesText: true)
            return router.route(for: .ask(step)).engine
        }
        #expect(engine("Read this receipt.", ["merchant"]) == "model")
        #expect(engine("Read this receipt.", []) == "text")
        #expect(engine("Extract all text, line by line.", ["words"]) == "text")
        #expect(engine("提取图中所有文字", ["words"]) == "text")
    }

    @Test func `a model of text is shown no picture, and says what to do`() {
        let router = JobRouter(model: .textOnly(name: "words"))
        guard
            case .skipped(let reason, let remedy) = router.route(
                for: .ask(AskStep(question: other, fills: []))
            )
        else {
            Issue.record("a model without eyes was shown a picture")
            return
        }
        #expect(reason == "words sees no pictures")
        #expect(remedy.contains("from: text"))
        let reading = Step.ask(AskStep(question: other, fills: [], from: .text))
        #expect(router.route(for: reading).engine == "model")
        #expect(router.route(for: .classify(ClassifyStep(field: "kind"))).engine == "model")
    }

    @Test func `a record that rules have filled with confidence goes nowhere`() {
        let field = FieldDefinition(name: "total", type: .money)
        let step = Step.ask(
            AskStep(
                question: other,
                fills: ["total"],
                when: StepCondition(missing: ["total"], orConfidenceBelow: 0.8)
            )
        )
        func record(confidence: Double?) -> Record {
            let candidates = confidence.map {
                [
                    (
                        candidate: Candidate(
                            field: "total",
                            content: .text("12.50"),
                            printed: "12.50",
                            confidence: $0,
                            evidence: [],
                            reason: "",
                            features: [:]
                        ), stepIndex: 1
                    )
                ]
            }
            return Record.choosing(from: candidates ?? [], fields: [field])
        }
        let page = PageText(number: 1, width: 10, height: 10, words: [], source: .tesseract)
        #expect(
            router.route(for: step, record: record(confidence: 0.9), pages: [page]).engine == "none"
        )
        #expect(
            router.route(for: step, record: record(confidence: 0.5), pages: [page]).engine
                == "model"
        )
        #expect(
            router.route(for: step, record: record(confidence: nil), pages: [page]).engine
                == "model"
        )
        #expect(
            router.route(for: step, record: record(confidence: nil), pages: [page]).reason
                == "total has no value; eyes looks at the picture"
        )
    }

    @Test func `a page with nothing on it goes nowhere`() {
        let step = Step.ask(AskStep(question: other, fills: []))
        let route = router.route(
            for: step,
            record: Record.choosing(from: [], fields: []),
            pages: [
                PageText(
                    number: 1,
                    width: 10,
                    height: 10,
                    words: [],
                    source: .tesseract,
                    isBlank: true
                )
            ]
        )
        #expect(route == .skipped(reason: "nothing is on the pages", remedy: ""))
    }
}
