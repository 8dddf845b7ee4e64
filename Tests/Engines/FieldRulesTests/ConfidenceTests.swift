import Records
import Testing

@testable import FieldRules

@Suite struct ConfidenceTests {
    private static let total = FieldDefinition(name: "total", type: .money)
    private static let receipt = """
        Hollow Oak Bakery
        Sourdough 4.20
        Scone 3.60
        Subtotal 7.80
        Total 8.40
        """

    private func best(_ name: String, _ type: FieldType, _ text: String, read: Double = 1) throws
        -> Candidate
    {
        let field = FieldDefinition(name: name, type: type)
        return try #require(
            FieldFinder.candidates(for: field, in: Pages.text(text, confidence: read)).first
        )
    }

    @Test func `confidence never rises from one candidate to the next, and none is certain`() {
        let candidates = FieldFinder.candidates(for: Self.total, in: Pages.text(Self.receipt))
        #expect(candidates.count >= 2)
        #expect(candidates.map(\.confidence) == candidates.map(\.confidence).sorted(by: >))
        #expect(candidates.map(\.score) == candidates.map(\.score).sorted(by: >))
        #expect(candidates.allSatisfy { $0.confidence > 0 && $0.confidence < 1 })
        #expect(candidates.map(\.confidence).reduce(0, +) <= 1.1, "only one of them can be right")
    }

    @Test func `what was read with doubt is less sure, and says so in its numbers`() throws {
        let clear = try best("total", .money, Self.receipt)
        let doubtful = try best("total", .money, Self.receipt, read: 0.4)
        #expect(doubtful.content == clear.content)
        #expect(doubtful.confidence < clear.confidence - 0.1)
        #expect(doubtful.features[.weakestWord] == 0.4)
        #expect(doubtful.features[.page] == 0.4)
        #expect(clear.features[.page] == 1)
    }

    @Test func `the numbers tell the key word, the agreement and the rivals`() throws {
        let named = try best("total", .money, Self.receipt)
        #expect(named.features[.key] == 1)
        #expect(named.features[.rivals] ?? 0 > 0)
        #expect(named.features[.kind("total")] == 1)
        let guessed = try best("total", .money, "Shop\nTea 4.00\nCake 5.00")
        #expect(guessed.features[.key] == 0)
        #expect(guessed.confidence < named.confidence)
        let proven = try best("total", .money, Self.receipt + "\nCash 10.00\nChange 1.60")
        #expect(proven.features[.agreement] ?? 0 > 0)
        #expect(proven.confidence > named.confidence)
    }

    @Test func `a currency whose sign stands once agrees with nothing, one at every amount does`()
        throws
    {
        let once = try best("currency", .currency, "Shop\nTea 4.00\nTotal € 4.00")
        let often = try best("currency", .currency, "Shop\nTea €4.00\nMilk €1.00\nTotal €5.00")
        #expect(once.content == .currency("EUR"))
        #expect(often.content == .currency("EUR"))
        #expect(once.features[.agreement] == 0)
        #expect(often.features[.agreement] == 1)
    }

    @Test(arguments: ["merchant", "address", "date", "total", "tax", "currency", "receipt_number"])
    func `every number is from 0 to 1`(name: String) {
        let type: FieldType =
            switch name {
            case "date": .date(order: nil)
            case "total", "tax": .money
            case "currency": .currency
            case "receipt_number": .identifier
            default: .text
            }
        let text = """
            Hollow Oak Bakery Ltd
            14 Mill Lane, Brindleford BF3 9QT
            Receipt No 004417 23/09/2025 08:41
            Tax £0.60
            Total £8.40
            """
        let field = FieldDefinition(name: name, type: type)
        let candidates = FieldFinder.candidates(for: field, in: Pages.text(text, confidence: 1.7))
        #expect(!candidates.isEmpty)
        for candidate in candidates {
            #expect(candidate.features.values.allSatisfy { (0...1).contains($0) })
            #expect(candidate.features.keys.count { $0.rawValue.hasPrefix("kind_") } == 1)
        }
    }

    @Test func `a text is the less sure the more of its words may be misread`() throws {
        let short = try best("note", .text, "Note: tea", read: 0.8)
        let long = try best("note", .text, "Note: tea and cake and more", read: 0.8)
        #expect(short.features[.weakestWord] == long.features[.weakestWord])
        #expect(long.features[.allWords] ?? 1 < short.features[.allWords] ?? 0)
        #expect(long.confidence < short.confidence)
    }

    @Test func `the weights of a calibration make a probability, the score by its log odds`() {
        let calibration = Calibration(
            version: "t",
            intercept: 0,
            weights: [.score: 1, .key: 2],
            runnerUpShare: 0.5
        )
        #expect(abs(calibration.confidence([.score: 0.8]) - 0.8) < 1e-9)
        #expect(calibration.confidence([.score: 0.8, .key: 1]) > 0.96)
        #expect(abs(calibration.confidence([.score: 1, .key: 1]) - 0.98) < 1e-9)
        #expect(abs(calibration.confidence([.score: 0]) - 0.02) < 1e-9)
        #expect(abs(calibration.confidence([.score: 0.5, .page: 0.9]) - 0.5) < 1e-9)
    }
}
