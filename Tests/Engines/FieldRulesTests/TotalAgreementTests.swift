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
            "Tea 21.53\nTax 1.50\nNet Total 23.03\nRounding -0.03\nNet Total Rounded 23.00\nCash 23.00",
            "23.00"
        ),
        ("Tea 19.02\nTotal 19.02\nRounding 0.02\nCash 19.00\nChange 0.00", "19.00"),
        // The lines of tax add up to it.
        (
            "Tee 10,00\nSaft 13,80\nSurme 23,80\nTyp Netto MwSt Brutto\n19% 20,00 3,80 23,80",
            "23.80"
        ),
        (
            "Tea 200.00\nCake 5.30\nTotl 205.30\nGST SUMMARY\nZR 0% 200.00 0.00\nSR 6% 5.00 0.30",
            "205.30"
        ),
        // Amounts under each other that fit as sum, cash and change.
        ("Tea 4.00\nCake 6.00\nTqbql 10.00\nCash 20.00\nGhamqe 10.00", "10.00"),
        ("Tea 4.10\nCake 6.30\nxx 10.40\nyy 50.00\nzz 39.60", "10.40"),
        // Net and tax make a printed amount, whose own word was lost.
        ("Medicine 42.40\nxx 42.40\nNett of Tax: 40.00\nGST 6%: 2.40", "42.40"),
        (
            "Base: 200,00 Cuota: 20,00\nTotal: 200,00 Total: 20,00\nTotal (Impuestos Inc.) 220,00.€-",
            "220.00"
        ),
        // A misread minus and a refund are no total.
        ("Tea 3.00\nCake 4.00\nTotal -2.10\nTotal 7.00", "7.00"),
    ])
    func `what adds up is the sum`(text: String, value: String) {
        #expect(best(Pages.text("Corner Shop\n" + text))?.content.plain == value)
    }

    @Test func `a total that differs in one digit from the payment gives way to the surer reading`()
        throws
    {
        let pages = lines([
            ("Corner Shop", 0.95), ("Tea 5.99", 0.95), ("Cake 3.03", 0.9), ("TOTAL 9.08", 0.5),
            ("DEBIT CARD 9.02", 0.95),
        ])
        let total = try #require(best(pages))
        #expect(total.content.plain == "9.02")
        #expect(total.reason.contains("misread"))
        let sure = lines([
            ("Corner Shop", 0.95), ("Tea 5.99", 0.95), ("TOTAL 9.08", 0.95),
            ("DEBIT CARD 9.02", 0.5),
        ])
        #expect(best(sure)?.content.plain == "9.08")
    }

    @Test func `items that add up decide between two sums`() throws {
        let pages = lines([
            ("Corner Shop", 0.95), ("Tea 5.99", 0.95), ("Cake 3.03", 0.95), ("TOTAL 9.82", 0.9),
            ("CREDIT CARD 9.02", 0.9),
        ])
        let total = try #require(best(pages))
        #expect(total.content.plain == "9.02")
        #expect(total.reason.contains("equals the 2 amounts above it"))
    }

    @Test func `letters in an amount beside a currency are digits`() {
        let text = "Tea RM4.20\nTotal RMG5.8O\nCash RM1OO.00\nChange RM34.20"
        #expect(best(Pages.text(text))?.content.plain == "65.80")
    }

    @Test func `tax is the sum of the lines of tax`() throws {
        let text =
            "Tee 10,00\nSaft 9,90\nSumme 19,90\nMwSt Netto Brutto\nA 7% 0,65 9,35 10,00\nB 19% 1,58 8,32 9,90"
        let tax = try #require(best(Pages.text(text), "tax"))
        #expect(tax.content.plain == "2.23")
        #expect(tax.evidence.count == 2)
    }
}
