import FieldRules
import Records
import Testing

@Suite struct TotalTests {
    private func candidates(_ pages: [PageText], _ name: String = "total") -> [Candidate] {
        FieldFinder.candidates(for: FieldDefinition(name: name, type: .money), in: pages)
    }

    @Test func `what agrees with cash and change is nearly certain, and says so`() throws {
        let pages = Pages.text(
            """
            Corner Shop Ltd
            Bread 3.30
            Cake 50.00
            SUBTOTAL 53.30
            TOTAL RM 53.30
            CASH 60.00
            CHANGE 6.70
            """
        )
        let best = try #require(candidates(pages).first)
        #expect(best.content.plain == "53.30")
        #expect(best.score > 0.9)
        #expect(best.reason.contains("equals cash 60.00 − change 6.70"))
        #expect(best.reason.contains("right of “TOTAL”"))
    }

    @Test(arguments: [
        ("SUBTOTAL 10.00\nTAX 0.60\nTOTAL 10.60\nCASH 20.00\nCHANGE 9.40", "10.60"),
        ("TOTAL 10.00\nTOTAL SAVINGS 99.00", "10.00"),
        ("TOTAL QTY 12.00\nTOTAL 10.00", "10.00"),
        ("TOTAL 10.02\nROUNDING -0.02\nGRAND TOTAL 10.00", "10.00"),
        ("Total (excluding GST) 9.43\nTotal GST 0.57\nTotal (inclusive of GST) 10.00", "10.00"),
        (
            "Zwischensumme 8,40\nMwSt 1,60\nGesamtbetrag 10,00\nGegeben 20,00\nRückgeld 10,00",
            "10.00"
        ),
        ("Sous-total 8,40\nTVA 1,60\nTotal TTC 10,00", "10.00"),
        ("小计 8.40\n税额 1.60\n合计 10.00\n现金 20.00\n找零 10.00", "10.00"),
    ])
    func `the sum is told from what stands around it`(lines: String, value: String) {
        #expect(candidates(Pages.text("Shop\nCoffee 1.00\n" + lines)).first?.content.plain == value)
    }

    @Test func `a total without the decimals that the other amounts have is unsure`() throws {
        let pages = Pages.text(
            "Shop\nSoap 8,59\nCurry 7,88\nNuts 2,99\nSUMME EUR 19\n19.04.2020 16:15\n"
        )
        let best = try #require(candidates(pages).first)
        #expect(best.content.plain == "19")
        #expect(best.score < 0.5)
        let whole = Pages.text("Shop\nTea JPY 300\nRice JPY 500\nTOTAL JPY 800\n")
        #expect(try #require(candidates(whole).first).score > 0.5)
    }

    @Test func `a misread key word still counts when its word was unsure`() {
        let pages = Pages.picture([
            .init(text: "Corner Shop", column: 0, row: 0),
            .init(text: "Coffee 3.50", column: 0, row: 1),
            .init(text: "T0TAI 4.50", column: 0, row: 2, confidence: 0.5),
        ])
        #expect(candidates(pages).first?.content.plain == "4.50")
    }

    @Test func `a value in another block at the same height belongs to its key`() throws {
        let pages = Pages.picture([
            .init(text: "Corner Shop", column: 0, row: 0),
            .init(text: "Coffee", column: 0, row: 1), .init(text: "Total", column: 0, row: 2),
            .init(text: "3.50", column: 60, row: 1, block: 1),
            .init(text: "4.50", column: 60, row: 2, block: 1),
        ])
        let best = try #require(candidates(pages).first)
        #expect(best.content.plain == "4.50")
        #expect(best.evidence.first?.box == Box(x: 600, y: 80, width: 40, height: 20))
    }

    @Test func `without any key word the answer is a guess and says so`() throws {
        let best = try #require(candidates(Pages.text("Coffee 3.50\nCake 4.50")).first)
        #expect(best.score <= 0.4)
        #expect(best.reason.contains("no key word"))
    }

    @Test func `a page without amounts has no total`() {
        #expect(candidates(Pages.text("Dear Sir,\nthank you for your letter of May.")).isEmpty)
        #expect(candidates([]).isEmpty)
    }

    @Test func `tax and subtotal come from their own lines`() {
        let pages = Pages.text("Coffee 10.00\nSubtotal 10.00\nTax 0.60\nTotal 10.60")
        #expect(candidates(pages, "tax").first?.content.plain == "0.60")
        #expect(candidates(pages, "subtotal").first?.content.plain == "10.00")
        #expect(candidates(pages, "change").isEmpty)
    }

    @Test func `an amount below its key is found`() {
        let pages = Pages.text("Rechnung\nEndbetrag\n34,73\nDanke")
        #expect(candidates(pages, "amount").first?.content.plain == "34.73")
    }
}
