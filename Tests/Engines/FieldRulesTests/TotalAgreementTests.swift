import FieldRules
import Records
import Testing

@Suite struct TotalAgreementTests {
    private func best(_ pages: [PageText], _ name: String = "total") -> Candidate? {
        FieldFinder.candidates(for: FieldDefinition(name: name, type: .money), in: pages).first
    }

    private func lines(_ lines: [(String, Double)]) -> [PageText] {
        Pages.picture(
            lines.enumerated().map { row, line in
                .init(text: line.0, column: 0, row: row, confidence: line.1)
            }
        )
    }

    @Test(arguments: [
        // Rounding: the amount after it is the one to pay, named or not.
        (
            "Tea 17.93\nTax 1.08\nNet Total 19.01\nRounding -0.01\nNet Total Rounded 19.00\nCash 19.00",
            "19.00"
        ),
        ("Tea 19.02\nTotal 19.02\nRounding 0.02\nCash 19.00\nChange 0.00", "19.00"),
        // The lines of tax add up to it.
        ("Tee 10,00\nSaft 9,90\nSurme 19,90\nTyp Netto MwSt Brutto\n19% 16,72 3,18 19,90", "19.90"),
        (
            "Tea 359.20\nCake 7.90\nTotl 367.10\nGST SUMMARY\nZR 0% 359.20 0.00\nSR 6% 7.45 0.45",
            "367.10"
        ),
        // Amounts under each other that fit as sum, cash and change.
        ("Tea 4.00\nCake 6.00\nTqbql 10.00\nCash 20.00\nGhamqe 10.00", "10.00"),
        ("Tea 4.10\nCake 6.30\nxx 10.40\nyy 50.00\nzz 39.60", "10.40"),
        // Net and tax make a printed amount, whose own word was lost.
        ("Medicine 33.90\nxx 33.90\nNett of Tax: 31.98\nGST 6%: 1.92", "33.90"),
        (
            "Base: 112,73 Cuota: 11,27\nTotal: 112,73 Total: 11,27\nTotal (Impuestos Inc.) 124,00.€-",
            "124.00"
        ),
        // A misread minus and a refund are no total.
        ("Tea 3.00\nCake 4.00\nTotal -1.73\nTotal 7.00", "7.00"),
    ])
    func `what adds up is the sum`(text: String, value: String) {
        #expect(best(Pages.text("Corner Shop\n" + text))?.content.plain == value)
    }

    @Test func `a total that differs in one digit from the payment gives way to the surer reading`()
        throws
    {
        let pages = lines([
            ("Corner Shop", 0.95), ("Tea 4.99", 0.95), ("Cake 3.03", 0.9), ("TOTAL 8.09", 0.5),
            ("DEBIT CARD 8.03", 0.95),
        ])
        let total = try #require(best(pages))
        #expect(total.content.plain == "8.03")
        #expect(total.reason.contains("misread"))
        let sure = lines([
            ("Corner Shop", 0.95), ("Tea 4.99", 0.95), ("TOTAL 8.09", 0.95),
            ("DEBIT CARD 8.03", 0.5),
        ])
        #expect(best(sure)?.content.plain == "8.09")
    }

    @Test func `items that add up decide between two sums`() throws {
        let pages = lines([
            ("Corner Shop", 0.95), ("Tea 4.99", 0.95), ("Cake 3.04", 0.95), ("TOTAL 8.83", 0.9),
            ("CREDIT CARD 8.03", 0.9),
        ])
        let total = try #require(best(pages))
        #expect(total.content.plain == "8.03")
        #expect(total.reason.contains("equals the 2 amounts above it"))
    }

    @Test func `letters in an amount beside a currency are digits`() {
        let text = "Tea RM3.90\nTotal RMG6.1O\nCash RM1OO.00\nChange RM33.90"
        #expect(best(Pages.text(text))?.content.plain == "66.10")
    }

    @Test func `tax is the sum of the lines of tax`() throws {
        let text =
            "Tee 10,00\nSaft 9,90\nSumme 19,90\nMwSt Netto Brutto\nA 7% 0,65 9,35 10,00\nB 19% 1,58 8,32 9,90"
        let tax = try #require(best(Pages.text(text), "tax"))
        #expect(tax.content.plain == "2.23")
        #expect(tax.evidence.count == 2)
    }
}
