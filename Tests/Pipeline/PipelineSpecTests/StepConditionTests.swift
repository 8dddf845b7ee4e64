import PipelineSpec
import Records
import Testing

@Suite struct StepConditionTests {
    let fields = ["merchant", "date", "total"].map { FieldDefinition(name: $0, type: .text) }

    func record(_ confidences: [String: Double]) -> Record {
        .choosing(
            from: confidences.map { field, confidence in
                let candidate = Candidate(
                    field: field,
                    content: .text("x"),
                    printed: "x",
                    confidence: confidence,
                    evidence: [],
                    reason: ""
                )
                return (candidate: candidate, stepIndex: 1)
            },
            fields: fields
        )
    }

    @Test(arguments: [
        ([:], true, "merchant, date and total have no value"),
        (["merchant": 0.9, "date": 0.9], true, "total has no value"),
        (["merchant": 0.9, "date": 0.799, "total": 0.9], true, "date is 0.79 sure, below 0.80"),
        (
            ["merchant": 0.9, "date": 0.80, "total": 1], false,
            "merchant, date and total have values of confidence 0.80 or more"
        ),
    ])
    func `a step runs when a field lacks a value or confidence`(
        confidences: [String: Double],
        isMet: Bool,
        reason: String
    ) {
        let condition = StepCondition(
            missing: ["merchant", "date", "total"],
            orConfidenceBelow: 0.8
        )
        let answer = condition.isMet(by: record(confidences))
        #expect(answer.isMet == isMet)
        #expect(answer.reason == reason)
    }

    @Test func `without a bound any value will do`() {
        let condition = StepCondition(missing: ["date"], orConfidenceBelow: nil)
        #expect(condition.isMet(by: record(["date": 0.01])) == (false, "date has a value"))
    }
}
