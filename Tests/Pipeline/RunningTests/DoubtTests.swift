import Records
import Testing

@testable import Running

@Suite struct DoubtTests {
    private func total(
        _ printed: String,
        _ confidence: Double,
        _ features: [Feature: Double] = [:],
        reason: String = "the largest amount, no key word was found"
    ) -> Candidate {
        Candidate(
            field: "total",
            content: .money(Money(amount: DecimalNumber(units: 5330, scale: 2))),
            printed: printed,
            confidence: confidence,
            evidence: [],
            reason: reason,
            features: features
        )
    }

    private static let sound: [Feature: Double] = [
        .score: 0.8, .words: 0.95, .weakestWord: 0.9, .page: 0.9, .key: 1, .lead: 0.6,
    ]

    @Test func `badly read words and a close rival are named`() {
        let features: [Feature: Double] = [
            .score: 0.5, .words: 0.48, .weakestWord: 0.4, .page: 0.8, .key: 1, .lead: 0.05,
        ]
        let sentence = Doubt(total("53.30", 0.42, features), rival: total("58.80", 0.3)).sentence
        #expect(
            sentence
                == "total \"53.30\" is 42 % sure: its words were read with 48 % certainty, and "
                + "\"58.80\" is nearly as likely"
        )
    }

    @Test func `a missing key word is named where one is to be expected`() {
        var features = Self.sound
        features[.key] = 0
        #expect(
            Doubt(total("53.30", 0.4, features), rival: nil).sentence
                == "total \"53.30\" is 40 % sure: no key word stands beside it"
        )
        var name = total("Hollow Oak", 0.4, features, reason: "in the head")
        name.content = .text("Hollow Oak")
        #expect(!Doubt(name, rival: nil).sentence.contains("key word"))
    }

    @Test func `where nothing in particular is wrong the rule itself is quoted`() {
        #expect(
            Doubt(total("53.30", 0.4, Self.sound), rival: nil).sentence
                == "total \"53.30\" is 40 % sure: it is only known as "
                + "“the largest amount, no key word was found”"
        )
    }

    @Test func `a value without numbers is named with its confidence`() {
        #expect(
            Doubt(total("53.30", 0.4), rival: nil).sentence == "total \"53.30\" is 40 % sure"
        )
    }

    @Test func `a pipeline says how sure is sure enough`() {
        let record = [FieldDefinition(name: "total", type: .money, isRequired: true)]
        var facts = Judgement.Facts()
        facts.chosen = ["total": total("53.30", 0.55, Self.sound)]
        #expect(Judgement.of(facts, record: record).status == .done)
        let strict = Judgement.of(facts, record: record, reviewBelow: 0.6)
        #expect(strict.status == .review)
        #expect(strict.reason == "unsure total")
        #expect(strict.detail.hasPrefix("total \"53.30\" is 55 % sure"))
        facts.chosen = ["total": total("53.30", 0.4, Self.sound)]
        #expect(Judgement.of(facts, record: record).status == .review)
        #expect(Judgement.of(facts, record: record, reviewBelow: 0).status == .done)
    }
}
